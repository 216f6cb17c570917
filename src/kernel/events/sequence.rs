//! The position of an event in the feed: assigned after the commit of its change, by one process at a time and without
//! gaps.

use super::rows::SequencedEvent;
use super::store;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;

/// Maximum number of events per transaction.
const BATCH: i64 = 200;

/// Returns whether there is an event without a sequence. Cheap enough to poll.
pub fn is_waiting(conn: &mut DbConn) -> Result<bool, Error> {
    Ok(!store::unsequenced(conn, 1)?.is_empty())
}

/// Blocks the dispatcher until the end of the transaction.
///
/// Rule: code that changes events, or the deliveries that an endpoint gets, acquires this lock before it locks an
/// endpoint. Otherwise, the dispatcher could queue an event in between.
pub fn lock(conn: &mut DbConn) -> Result<(), Error> {
    store::lock_sequence(conn).map(|_| ())
}

/// Assigns a sequence to the oldest events without one and returns them in order.
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
        store::assign_sequence(conn, position, sequence, of_subject)?;
        event.sequence = Some(sequence);
        event.subject_sequence = Some(of_subject);
        events.push(event);
    }
    store::set_sequence(conn, sequence)?;
    Ok(events)
}
