//! The end of events: the oldest go first and without gaps, and the feed remembers up to where, so
//! that a reader who comes too late is told.

use super::store;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::EventId;
use crate::kernel::time::UtcTime;

/// Events that are removed in one transaction.
const BATCH: i64 = 500;

/// Whether an event that is in the feed happened before `before`: a read.
pub fn is_waiting(conn: &mut DbConn, before: UtcTime) -> Result<bool, Error> {
    let removed = store::forgotten_through(conn)?;
    Ok(store::oldest(conn, removed, 1)?.iter().any(|(_, _, at)| *at < before))
}

/// The oldest events, those that happened before `before`, as (sequence, id), in order. Locks the sequence.
pub fn expired(conn: &mut DbConn, before: UtcTime) -> Result<Vec<(i64, EventId)>, Error> {
    store::lock_sequence(conn)?;
    let removed = store::forgotten_through(conn)?;
    let oldest = store::oldest(conn, removed, BATCH)?;
    Ok(oldest.into_iter().take_while(|(_, _, at)| *at < before).map(|(sequence, id, _)| (sequence, id)).collect())
}

/// Removes events that [`expired`] has returned, up to the sequence `last`.
pub fn remove(conn: &mut DbConn, ids: &[EventId], last: i64) -> Result<(), Error> {
    store::delete(conn, ids)?;
    store::set_forgotten_through(conn, last)
}
