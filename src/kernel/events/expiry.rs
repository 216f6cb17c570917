//! Deletion of expired events, oldest first and without gaps. The feed stores the last deleted sequence, so that a
//! reader who is too late gets an error instead of an incomplete list.

use super::store;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::EventId;
use crate::kernel::time::UtcTime;

/// Maximum number of events that are deleted in one transaction.
const BATCH: i64 = 500;

/// Returns whether the feed has an event that happened before `before`.
pub fn is_waiting(conn: &mut DbConn, before: UtcTime) -> Result<bool, Error> {
    let removed = store::expired_through(conn)?;
    Ok(store::oldest(conn, removed, 1)?.iter().any(|(_, _, at)| *at < before))
}

/// Returns the sequence and id of the oldest events that happened before `before`, in order. Locks the sequence.
pub fn expired(conn: &mut DbConn, before: UtcTime) -> Result<Vec<(i64, EventId)>, Error> {
    store::lock_sequence(conn)?;
    let removed = store::expired_through(conn)?;
    let oldest = store::oldest(conn, removed, BATCH)?;
    Ok(oldest.into_iter().take_while(|(_, _, at)| *at < before).map(|(sequence, id, _)| (sequence, id)).collect())
}

/// Deletes events that [`expired`] returned, up to the sequence `last`.
pub fn remove(conn: &mut DbConn, ids: &[EventId], last: i64) -> Result<(), Error> {
    store::delete(conn, ids)?;
    store::set_expired_through(conn, last)
}
