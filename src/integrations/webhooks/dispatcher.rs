//! Assigns sequence numbers to committed events and queues them for the webhook endpoints, in one transaction.

use crate::integrations::webhooks::deliveries;
use crate::kernel::db::DbConn;
use crate::kernel::environment::Environment;
use crate::kernel::error::Error;
use crate::kernel::events::sequence;
use crate::kernel::time::UtcTime;

pub use sequence::is_waiting;

/// Dispatches the committed events that have no sequence number yet; returns how many there were.
pub fn dispatch(conn: &mut DbConn, environment: &Environment, now: UtcTime) -> Result<usize, Error> {
    let events = sequence::assign(conn)?;
    let count = events.len();
    if count > 0 {
        deliveries::fan_out(conn, environment, events, now)?;
    }
    Ok(count)
}
