//! Assigns committed events their sequence and queues them for webhooks, in one transaction.

use super::deliveries;
use crate::kernel::db::DbConn;
use crate::kernel::environment::World;
use crate::kernel::error::Error;
use crate::kernel::events::store;
use crate::kernel::time::UtcTime;

/// Events per transaction.
const BATCH: i64 = 200;

/// Returns whether there is anything to [`dispatch`]: a read that is cheap enough for polling.
pub fn is_waiting(conn: &mut DbConn) -> Result<bool, Error> {
    Ok(!store::unsequenced(conn, 1)?.is_empty())
}

/// Assigns a sequence to the events that have none; returns how many there were.
pub fn dispatch(conn: &mut DbConn, world: &World, now: UtcTime) -> Result<usize, Error> {
    let last = store::lock_sequence(conn)?;
    let waiting = store::unsequenced(conn, BATCH)?;
    if waiting.is_empty() {
        return Ok(0);
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
    let count = events.len();
    deliveries::fan_out(conn, world, events, now)?;
    Ok(count)
}
