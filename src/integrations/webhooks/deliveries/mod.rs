//! Deliveries: one event on its way to one endpoint.
//!
//! Rules: `pending` until a 2xx (`delivered`), the last try of the schedule while others arrive or a 410 (`exhausted`),
//! or the end of its endpoint (`cancelled`); `blocked` behind an earlier event of its subject, where order is wanted;
//! held, not given up, while its endpoint is failing; asking for it again begins the schedule anew under the same
//! `webhook-id`. Whoever changes a delivery has locked its endpoint first, but for erasing and forgetting, which hold the
//! dispatcher; a worker's result counts only while the lease of its batch is its own.

mod attempts;
mod dto;
mod endpoint_worker;
mod payload;
mod queue;
mod replay;
mod routes;
mod service;
mod settle;
mod store;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::auth::Tokens;
use super::sender::Sender;
use crate::kernel::db::Db;
use crate::kernel::environment::World;
use crate::kernel::vault::Vault;

pub use endpoint_worker::{due_endpoints, work_off};
pub use queue::fan_out;
pub use routes::configure;
pub(super) use store::cancel_all;
pub(super) use store::gauges::{blocked, waiting};
pub use store::gauges::{count_pending, oldest_waiting};
pub(super) use store::order::reorder;
pub use store::retention::{delete_of, first_on_its_way, redact};

/// How long things may take.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// The deadline of an attempt.
    pub attempt: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self { attempt: Duration::from_secs(15) }
    }
}

impl Timing {
    /// How long a batch belongs to the worker that claimed it.
    #[must_use]
    pub fn lease(self) -> Duration {
        self.attempt * 2
    }

    /// More than an attempt can take, and its record: nothing is begun with less of the lease left.
    #[must_use]
    pub fn margin(self) -> Duration {
        self.attempt + self.attempt / 5
    }
}

/// What the database side of a delivery needs.
#[derive(Clone)]
pub struct Tools {
    pub world: World,
    pub vault: Arc<Vault>,
    pub timing: Timing,
}

/// What a delivery needs.
#[derive(Clone)]
pub struct Courier {
    pub db: Db,
    pub tools: Tools,
    pub sender: Arc<dyn Sender>,
    pub tokens: Arc<Tokens>,
    /// Rung when the delivery itself may have made an event.
    pub committed: Arc<Notify>,
}
