//! The place of an event in the feed: given after the commit of its change, by one process at a
//! time and without gaps.

use super::rows::SequencedEvent;
use super::store;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;

/// Events per transaction.
const BATCH: i64 = 200;

/// Whether an event has no sequence yet: a read, cheap enough to be asked often.
pub fn is_waiting(conn: &mut DbConn) -> Result<bool, Error> {
    Ok(!store::unsequenced(conn, 1)?.is_empty())
}

/// Keeps events from being dispatched until the end of the transaction.
///
/// Rule: what rewrites events, or changes which deliveries an endpoint gets, takes this lock before it locks an endpoint;
/// otherwise the dispatcher could queue an event in between.
pub fn lock(conn: &mut DbConn) -> Result<(), Error> {
    store::lock_sequence(conn).map(|_| ())
}

/// Gives the oldest waiting events their sequence and returns them, in order.
pub fn assign(conn: &mut DbConn) -> Result<Vec<SequencedEvent>, Error> {
    let last = store::lock_sequence(conn)?;
    let waiting = store::unsequenced(conn, BATCH)?;
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let mut sequence = last;
    let mut events = Vec::with_capacity(waiting.len());
    for (position, mut event) in waiting {
        sequence += 1;
        let of_subject = store::next_of_subject(conn, &event.subject)?;
        store::give_sequence(conn, position, sequence, of_subject)?;
        event.sequence = Some(sequence);
        event.subject_sequence = Some(of_subject);
        events.push(event);
    }
    store::set_sequence(conn, sequence)?;
    Ok(events)
}
