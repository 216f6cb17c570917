//! Deleting old events.
//!
//! Rules: events are deleted oldest first and without gaps, with their deliveries and attempts; an event that is still to be
//! delivered to an enabled endpoint stays, and with it all later ones; the last deleted sequence is stored, so that readers who
//! come too late get an error.

use super::deliveries;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::events::store;
use crate::kernel::ids::EventId;
use crate::kernel::time::UtcTime;

/// Events that are deleted in one transaction.
const BATCH: i64 = 500;

/// Returns whether [`delete`] would find anything older than `before`: a read.
pub fn is_waiting(conn: &mut DbConn, before: UtcTime) -> Result<bool, Error> {
    let forgotten = store::forgotten_through(conn)?;
    Ok(store::oldest(conn, forgotten, 1)?.iter().any(|(_, _, at)| *at < before))
}

/// Deletes events that happened before `before`; returns how many there were.
pub fn delete(conn: &mut DbConn, before: UtcTime) -> Result<usize, Error> {
    store::lock_sequence(conn)?;
    let forgotten = store::forgotten_through(conn)?;
    let mut old = store::oldest(conn, forgotten, BATCH)?;
    old.truncate(old.iter().take_while(|(_, _, at)| *at < before).count());
    let ids: Vec<EventId> = old.iter().map(|(_, id, _)| *id).collect();
    if let Some(needed) = deliveries::first_on_its_way(conn, &ids)? {
        old.truncate(old.iter().take_while(|(sequence, _, _)| *sequence < needed).count());
    }
    let Some((last, _, _)) = old.last() else { return Ok(0) };
    let ids: Vec<EventId> = old.iter().map(|(_, id, _)| *id).collect();
    deliveries::delete_of(conn, &ids)?;
    store::delete(conn, &ids)?;
    store::set_forgotten_through(conn, *last)?;
    Ok(ids.len())
}
