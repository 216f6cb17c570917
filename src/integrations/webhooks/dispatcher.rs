//! Assigns sequence numbers to committed events, queues them for the webhook endpoints and claims the deliveries, all
//! in one transaction.

use crate::integrations::webhooks::deliveries::{self, Batch, BatchContext, DueEndpoint};
use crate::kernel::db::DbConn;
use crate::kernel::environment::Environment;
use crate::kernel::error::Error;
use crate::kernel::events::sequence;
use crate::kernel::time::UtcTime;

pub use sequence::is_waiting;

/// Most endpoints whose deliveries are claimed with a dispatch.
const FEW_ENDPOINTS: usize = 4;

/// The result of a dispatch.
#[derive(Default)]
pub struct Dispatched {
    /// The number of events.
    pub events: usize,
    /// Whether more events may be waiting.
    pub more: bool,
    /// Endpoints with due deliveries, in the order of their ids, and whether the last attempt of each failed.
    pub due: Vec<DueEndpoint>,
    /// Deliveries to other endpoints, which are already claimed.
    pub claimed: Vec<Batch>,
}

/// Dispatches the oldest committed events that have no sequence number yet.
pub fn dispatch(conn: &mut DbConn, environment: &Environment, now: UtcTime) -> Result<Dispatched, Error> {
    let assigned = sequence::assign(conn)?;
    let (events, more) = (assigned.len(), assigned.len() == sequence::BATCH);
    let due = if events > 0 { deliveries::fan_out(conn, environment, assigned, now)? } else { Vec::new() };
    Ok(Dispatched { events, more, due, claimed: Vec::new() })
}

/// Dispatches like [`dispatch`], and claims the deliveries if they are for few endpoints, so that no worker needs a
/// transaction to claim them.
pub fn dispatch_and_claim(conn: &mut DbConn, context: &BatchContext) -> Result<Dispatched, Error> {
    let dispatched = dispatch(conn, &context.environment, context.environment.now())?;
    if dispatched.due.len() > FEW_ENDPOINTS {
        return Ok(dispatched);
    }
    let (claimed, due) = deliveries::claim_idle(conn, context, dispatched.due)?;
    Ok(Dispatched { due, claimed, ..dispatched })
}
