//! Gauges of events and webhooks.

use super::circuit_breaker::Circuit;
use super::{deliveries, registry};
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::events;
use crate::kernel::time::UtcTime;

/// Numbers and ages of waiting events and deliveries.
#[derive(Debug)]
pub struct Measured {
    pending: i64,
    /// How long the oldest pending delivery has waited, in seconds; 0 if there is none.
    oldest_pending: f64,
    /// For each endpoint whether it is enabled, and its circuit.
    circuits: Vec<(bool, Circuit)>,
    undispatched: i64,
    /// How long the oldest undispatched event has waited, in seconds; 0 if there is none.
    oldest_undispatched: f64,
}

impl Measured {
    /// Counts events and deliveries at `now`, with five statements.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn read(conn: &mut DbConn, now: UtcTime) -> Result<Self, Error> {
        let age = |since: Option<UtcTime>| since.map_or(0.0, |since| since.seconds_until(now));
        Ok(Self {
            pending: deliveries::count_pending(conn)?,
            oldest_pending: age(deliveries::oldest_waiting(conn)?.into_iter().flatten().min()),
            circuits: registry::circuits(conn)?,
            undispatched: events::count_unsequenced(conn)?,
            oldest_undispatched: age(events::oldest_unsequenced(conn)?),
        })
    }

    /// Sets the gauges.
    pub fn set(&self) {
        metrics::gauge!("entente_webhook_deliveries_pending").set(self.pending as f64);
        metrics::gauge!("entente_webhook_oldest_pending_seconds").set(self.oldest_pending);
        metrics::gauge!("entente_events_undispatched").set(self.undispatched as f64);
        metrics::gauge!("entente_events_oldest_undispatched_seconds").set(self.oldest_undispatched);
        for circuit in Circuit::ALL {
            let count = self.circuits.iter().filter(|(enabled, one)| *enabled && one == circuit).count();
            metrics::gauge!("entente_webhook_endpoints", "circuit" => circuit.as_str()).set(count as f64);
        }
        let disabled = self.circuits.iter().filter(|(enabled, _)| !enabled).count();
        metrics::gauge!("entente_webhook_endpoints", "circuit" => "disabled").set(disabled as f64);
    }
}
