//! Gauges of projects that have not ended, and of open approvals.

use super::approvals::OpenApprovals;
use super::approvals::service as approvals;
use super::projects::State;
use super::projects::service as projects;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::time::UtcTime;

/// The states of projects that have not ended. Ended projects are not counted, because their number only grows.
pub const STATES: [State; 5] = [State::Draft, State::Proposed, State::Active, State::OnHold, State::Closing];

/// Numbers of projects and approvals.
#[derive(Debug)]
pub struct Measured {
    projects: Vec<(State, i64)>,
    approvals: OpenApprovals,
    /// How long the oldest open approval has been open, in seconds; 0 if there is none.
    oldest: f64,
}

impl Measured {
    /// Counts the projects and approvals at `now`, with two statements.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn read(conn: &mut DbConn, now: UtcTime) -> Result<Self, Error> {
        let approvals = approvals::count_open(conn, now)?;
        let oldest = approvals.oldest.map_or(0.0, |since| since.seconds_until(now));
        Ok(Self { projects: projects::count_by_state(conn, &STATES)?, approvals, oldest })
    }

    /// Sets the gauges.
    pub fn set(&self) {
        for state in STATES {
            let count = self.projects.iter().find(|(one, _)| *one == state).map_or(0, |(_, count)| *count);
            metrics::gauge!("entente_projects", "state" => state.as_str()).set(count as f64);
        }
        metrics::gauge!("entente_approvals_open").set(self.approvals.count as f64);
        metrics::gauge!("entente_approvals_overdue").set(self.approvals.overdue as f64);
        metrics::gauge!("entente_approvals_oldest_open_seconds").set(self.oldest);
    }
}
