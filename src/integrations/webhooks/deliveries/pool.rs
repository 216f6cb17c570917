//! The pool of endpoint workers: decides which endpoints are served now and which come next.
//!
//! Rules: an endpoint has at most one worker; endpoints whose last attempt failed and endpoints whose worker is slow
//! have a separate limit, so that receivers that do not respond cannot delay the others; endpoints are served round
//! robin.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{Id as TaskId, JoinSet};
use tokio::time::{Instant, sleep};

use super::context::DeliveryContext;
use super::endpoint_worker::EndpointWorker;
use super::store::leases;
use crate::kernel::error::Error;
use crate::kernel::ids::WebhookEndpointId;

/// Most workers for endpoints whose last attempt succeeded.
const HEALTHY_WORKERS: usize = 64;
/// Most workers for endpoints whose last attempt failed or whose worker is slow.
const FAILING_WORKERS: usize = 192;
/// A worker that runs for longer than this counts as slow.
const SLOW_AFTER: Duration = Duration::from_millis(250);
/// How often due deliveries are polled, and so how late a retry can be.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// The pause after a database error.
const ERROR_PAUSE: Duration = Duration::from_secs(1);

/// Returns the endpoints with due deliveries that no worker has leased, in the order of their ids, and whether the last
/// attempt of each failed.
pub async fn due_endpoints(context: &DeliveryContext) -> Result<Vec<(WebhookEndpointId, bool)>, Error> {
    let now = context.now();
    context.db.read(move |conn| leases::due_endpoints(conn, now)).await
}

/// The running endpoint workers of a process.
pub struct WorkerPool {
    context: DeliveryContext,
    stopping: watch::Receiver<bool>,
    running: JoinSet<()>,
    healthy: WorkerGroup,
    failing: WorkerGroup,
}

impl WorkerPool {
    #[must_use]
    pub fn new(context: DeliveryContext, stopping: watch::Receiver<bool>) -> Self {
        Self {
            context,
            stopping,
            running: JoinSet::new(),
            healthy: WorkerGroup::new(HEALTHY_WORKERS),
            failing: WorkerGroup::new(FAILING_WORKERS),
        }
    }

    /// Starts workers for the endpoints with due deliveries, up to the limits.
    ///
    /// # Errors
    /// When the due endpoints cannot be read.
    pub async fn start_due(&mut self) -> Result<(), Error> {
        let due = due_endpoints(&self.context).await?;
        self.healthy.move_slow_to(&mut self.failing);
        let served: HashSet<_> = self.healthy.served().chain(self.failing.served()).collect();
        let due = due.into_iter().filter(|(endpoint, _)| !served.contains(endpoint));
        let (failing, healthy): (Vec<_>, Vec<_>) = due.partition(|(_, has_failed)| *has_failed);
        for (group, due) in [(&mut self.healthy, healthy), (&mut self.failing, failing)] {
            // Slow workers that were moved to the failing group still count towards the limit of the whole pool.
            let free = (HEALTHY_WORKERS + FAILING_WORKERS).saturating_sub(self.running.len());
            for endpoint in group.next(due.into_iter().map(|(endpoint, _)| endpoint).collect(), free) {
                let worker = self.running.spawn(work(self.context.clone(), endpoint, self.stopping.clone()));
                group.running.insert(worker.id(), (endpoint, Instant::now()));
            }
        }
        Ok(())
    }

    /// Waits until a worker ends or the due endpoints have to be polled again.
    pub async fn wait(&mut self) {
        let poll_interval = if self.healthy.is_full() { SLOW_AFTER } else { POLL_INTERVAL };
        tokio::select! {
            Some(ended) = self.running.join_next_with_id() => {
                let task = ended.map_or_else(|error| error.id(), |(task, ())| task);
                self.healthy.running.remove(&task);
                self.failing.running.remove(&task);
            }
            () = sleep(poll_interval) => {}
        }
    }

    /// Waits until all workers have ended.
    pub async fn join_all(mut self) {
        while self.running.join_next().await.is_some() {}
    }
}

async fn work(context: DeliveryContext, endpoint: WebhookEndpointId, stopping: watch::Receiver<bool>) {
    if let Err(error) = EndpointWorker::new(&context, endpoint, &stopping).run().await {
        tracing::error!(%error, endpoint_id = %endpoint, "webhook endpoint worker failed");
        // The endpoint is still due, so without a pause the worker would start again at once.
        sleep(ERROR_PAUSE).await;
    }
}

/// A group of workers with a common limit.
struct WorkerGroup {
    limit: usize,
    running: HashMap<TaskId, (WebhookEndpointId, Instant)>,
    last_started: Option<WebhookEndpointId>,
}

impl WorkerGroup {
    fn new(limit: usize) -> Self {
        Self { limit, running: HashMap::new(), last_started: None }
    }

    fn served(&self) -> impl Iterator<Item = WebhookEndpointId> {
        self.running.values().map(|(endpoint, _)| *endpoint)
    }

    fn is_full(&self) -> bool {
        self.running.len() >= self.limit
    }

    fn move_slow_to(&mut self, other: &mut Self) {
        let now = Instant::now();
        other.running.extend(self.running.extract_if(|_, (_, since)| now.duration_since(*since) > SLOW_AFTER));
    }

    /// Returns which of the due endpoints, none of which has a worker, get one now; at most `free` of them.
    fn next(&mut self, due: Vec<WebhookEndpointId>, free: usize) -> Vec<WebhookEndpointId> {
        let mut next = round_robin(due, self.last_started);
        next.truncate(self.limit.saturating_sub(self.running.len()).min(free));
        self.last_started = next.last().copied().or(self.last_started);
        next
    }
}

/// Rotates the endpoints so that the one after `last` comes first.
fn round_robin(mut due: Vec<WebhookEndpointId>, last: Option<WebhookEndpointId>) -> Vec<WebhookEndpointId> {
    if let Some(last) = last {
        let next = due.partition_point(|endpoint| *endpoint <= last);
        due.rotate_left(next);
    }
    due
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn endpoint(number: u128) -> WebhookEndpointId {
        WebhookEndpointId::from_uuid(uuid::Uuid::from_u128(number))
    }

    proptest! {
        #[test]
        fn endpoints_are_served_equally_often(count in 1_u128..20, rounds in 1_usize..60, workers in 1_usize..5) {
            let due: Vec<_> = (0..count).map(endpoint).collect();
            let mut served = HashMap::<_, usize>::new();
            let mut group = WorkerGroup::new(workers);
            for _ in 0..rounds {
                for one in group.next(due.clone(), workers) {
                    *served.entry(one).or_default() += 1;
                }
            }
            let counts = due.iter().map(|one| served.get(one).copied().unwrap_or_default());
            let (least, most) = (counts.clone().min().unwrap(), counts.max().unwrap());
            prop_assert!(most - least <= 1, "{served:?}");
        }
    }
}
