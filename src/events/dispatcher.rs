//! Gives committed events their sequence and hands them to the webhook queue, in one transaction.

use super::store;
use crate::clock::World;
use crate::db::DbConn;
use crate::error::Error;
use crate::time::UtcTime;
use crate::webhooks;

/// Events per transaction.
const BATCH: i64 = 200;

/// Sequences what is waiting; returns how many events that were.
///
/// # Errors
/// Those of the database.
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
        store::give_sequence(conn, position, sequence)?;
        event.sequence = Some(sequence);
        events.push(event);
    }
    store::set_sequence(conn, sequence)?;
    webhooks::service::fan_out(conn, world, &events, now)?;
    Ok(events.len())
}
