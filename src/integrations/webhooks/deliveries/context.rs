//! What the workers that deliver webhooks share.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use crate::integrations::webhooks::sender::Sender;
use crate::integrations::webhooks::tokens::Tokens;
use crate::kernel::db::Db;
use crate::kernel::environment::Environment;
use crate::kernel::time::UtcTime;
use crate::kernel::vault::Vault;

/// What a worker needs to deliver.
#[derive(Clone)]
pub struct DeliveryContext {
    pub db: Db,
    pub batch: BatchContext,
    pub sender: Arc<dyn Sender>,
    pub tokens: Arc<Tokens>,
    /// Notified when recording the outcomes of a batch may have created an event.
    pub committed: Arc<Notify>,
}

impl DeliveryContext {
    pub fn now(&self) -> UtcTime {
        self.batch.environment.now()
    }
}

/// What the transactions that claim and record a batch need.
#[derive(Clone)]
pub struct BatchContext {
    pub environment: Environment,
    pub vault: Arc<Vault>,
    pub timing: Timing,
}

/// How long attempts and leases can take.
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
    /// Returns how long a worker owns the batch that it claimed.
    #[must_use]
    pub fn lease(self) -> Duration {
        self.attempt * 2
    }

    /// Returns more than an attempt and its record can take: no attempt starts when less of the lease is left.
    #[must_use]
    pub fn margin(self) -> Duration {
        self.attempt + self.attempt / 5
    }
}
