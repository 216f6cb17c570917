//! Gauges of open callback requests.

use std::time::Duration;

use super::enums::CallbackState;
use super::store::queue;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::time::UtcTime;

/// A promise is at risk when its promised time ends within this time and it has no agent.
pub const AT_RISK: Duration = Duration::from_mins(15);

/// Numbers of open requests.
#[derive(Debug)]
pub struct Measured {
    by_state: Vec<(CallbackState, i64)>,
    due: i64,
    at_risk: i64,
}

impl Measured {
    /// Counts the open requests at `now`, with four statements.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn read(conn: &mut DbConn, now: UtcTime) -> Result<Self, Error> {
        Ok(Self {
            by_state: queue::count_by_state(conn, &open_states())?,
            due: queue::count_due(conn, now)?,
            at_risk: queue::count_at_risk(conn, now.plus(AT_RISK))?,
        })
    }

    /// Sets the gauges.
    pub fn set(&self) {
        for state in open_states() {
            let count = self.by_state.iter().find(|(one, _)| *one == state).map_or(0, |(_, count)| *count);
            metrics::gauge!("entente_callback_requests", "state" => state.as_str()).set(count as f64);
        }
        metrics::gauge!("entente_callback_requests_due").set(self.due as f64);
        metrics::gauge!("entente_callback_promises_at_risk").set(self.at_risk as f64);
    }
}

/// Returns the states in which an agent will call the visitor.
#[must_use]
pub fn open_states() -> Vec<CallbackState> {
    CallbackState::ALL.iter().copied().filter(|state| state.is_open()).collect()
}
