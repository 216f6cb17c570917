//! Retention of events: expired events are deleted together with their deliveries and attempts.
//!
//! Rule: an event that is still to be delivered to an enabled endpoint is kept, and so are all later events.

use crate::integrations::webhooks::deliveries;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::events::expiry;
use crate::kernel::ids::EventId;
use crate::kernel::time::UtcTime;

pub use expiry::is_waiting;

/// Deletes events that occurred before `before`; returns how many were deleted.
pub fn delete_expired(conn: &mut DbConn, before: UtcTime) -> Result<usize, Error> {
    let mut expired = expiry::expired(conn, before)?;
    let ids = |expired: &[(i64, EventId)]| expired.iter().map(|(_, id)| *id).collect::<Vec<_>>();
    if let Some(needed) = deliveries::first_undelivered(conn, &ids(&expired))? {
        expired.truncate(expired.iter().take_while(|(sequence, _)| *sequence < needed).count());
    }
    let Some((last, _)) = expired.last() else { return Ok(0) };
    let ids = ids(&expired);
    deliveries::delete_of(conn, &ids)?;
    expiry::remove(conn, &ids, *last)?;
    Ok(ids.len())
}
