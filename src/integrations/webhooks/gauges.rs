//! Metrics about events and webhooks that are computed from the database.

use super::circuit_breaker::Circuit;
use super::{deliveries, registry};
use crate::kernel::db::Db;
use crate::kernel::error::Error;
use crate::kernel::events;
use crate::kernel::time::UtcTime;

/// Updates the gauges of events and webhooks.
///
/// # Errors
/// When the database cannot be read.
pub async fn update(db: &Db, now: UtcTime) -> Result<(), Error> {
    let age = |since: Option<UtcTime>| since.map_or(0.0, |since| since.seconds_until(now));
    let (pending, oldest, circuits, undispatched) = db
        .read_slowly(|conn| {
            let oldest = deliveries::oldest_waiting(conn)?.into_iter().flatten().min();
            Ok((deliveries::count_pending(conn)?, oldest, registry::circuits(conn)?, events::oldest_unsequenced(conn)?))
        })
        .await?;
    metrics::gauge!("entente_webhook_deliveries_pending").set(pending as f64);
    metrics::gauge!("entente_webhook_oldest_pending_seconds").set(age(oldest));
    metrics::gauge!("entente_events_oldest_undispatched_seconds").set(age(undispatched));
    for circuit in Circuit::ALL {
        let count = circuits.iter().filter(|(enabled, one)| *enabled && one == circuit).count();
        metrics::gauge!("entente_webhook_endpoints", "circuit" => circuit.as_str()).set(count as f64);
    }
    let disabled = circuits.iter().filter(|(enabled, _)| !enabled).count();
    metrics::gauge!("entente_webhook_endpoints", "circuit" => "disabled").set(disabled as f64);
    Ok(())
}
