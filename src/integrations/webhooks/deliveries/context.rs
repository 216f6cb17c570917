//! The dependencies that the workers share.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use crate::integrations::webhooks::sender::Sender;
use crate::integrations::webhooks::tokens::Tokens;
use crate::kernel::db::Db;
use crate::kernel::environment::Environment;
use crate::kernel::time::UtcTime;
use crate::kernel::vault::Vault;

/// The dependencies of a worker.
#[derive(Clone)]
pub struct DeliveryContext {
    pub db: Db,
    pub batch: BatchContext,
    pub sender: Arc<dyn Sender>,
    pub tokens: Arc<Tokens>,
    /// Notified after the outcomes of a batch were recorded, if that created an event.
    pub committed: Arc<Notify>,
}

impl DeliveryContext {
    pub fn now(&self) -> UtcTime {
        self.batch.environment.now()
    }
}

/// The dependencies of the transactions that claim and record batches.
#[derive(Clone)]
pub struct BatchContext {
    pub environment: Environment,
    pub vault: Arc<Vault>,
    pub timing: Timing,
}

/// The durations of attempts and leases.
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
    /// Returns the duration of the lease on a claimed batch.
    #[must_use]
    pub fn lease(self) -> Duration {
        self.attempt * 2
    }

    /// Returns a duration that is longer than an attempt and its recording can take. No attempt starts when less of the
    /// lease is left.
    #[must_use]
    pub fn margin(self) -> Duration {
        self.attempt + self.attempt / 5
    }
}
