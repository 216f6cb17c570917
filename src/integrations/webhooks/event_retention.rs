//! How long events are kept: they are removed together with their deliveries and attempts.
//!
//! Rule: an event that is still on its way to an enabled endpoint stays, and with it everything after it.

use crate::integrations::webhooks::deliveries;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::events::expiry;
use crate::kernel::ids::EventId;
use crate::kernel::time::UtcTime;

pub use expiry::is_waiting;

/// Removes events that happened before `before`; returns how many that were.
pub fn delete_expired(conn: &mut DbConn, before: UtcTime) -> Result<usize, Error> {
    let mut expired = expiry::expired(conn, before)?;
    let ids = |expired: &[(i64, EventId)]| expired.iter().map(|(_, id)| *id).collect::<Vec<_>>();
    if let Some(needed) = deliveries::first_on_its_way(conn, &ids(&expired))? {
        expired.truncate(expired.iter().take_while(|(sequence, _)| *sequence < needed).count());
    }
    let Some((last, _)) = expired.last() else { return Ok(0) };
    let ids = ids(&expired);
    deliveries::delete_of(conn, &ids)?;
    expiry::remove(conn, &ids, *last)?;
    Ok(ids.len())
}
