//! The pool of endpoint workers: decides which endpoints are served now and which come next.
//!
//! Rules: an endpoint has at most one worker; endpoints whose last attempt failed and endpoints whose worker is slow
//! have a separate limit, so that receivers that do not respond cannot delay the others; endpoints are served round
//! robin. New deliveries are reported by the dispatcher; the database is polled for all others, and when endpoints had
//! to wait for a free worker.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use tokio::task::{Id as TaskId, JoinError, JoinSet};
use tokio::time::{Instant, sleep, sleep_until};

use super::claim::Batch;
use super::context::DeliveryContext;
use super::endpoint_worker::EndpointWorker;
use super::store::leases::{self, DueEndpoint};
use crate::kernel::error::Error;
use crate::kernel::ids::WebhookEndpointId;
use crate::kernel::stop::StopSignal;

/// Most workers for endpoints whose last attempt succeeded.
const HEALTHY_WORKERS: usize = 64;
/// Most workers for endpoints whose last attempt failed or whose worker is slow.
const FAILING_WORKERS: usize = 192;
/// A worker that runs for longer than this counts as slow. Receivers that never respond occupy all workers for healthy
/// endpoints for so long at most.
const SLOW_AFTER: Duration = Duration::from_millis(100);
/// How often due deliveries are polled, and so how late a retry can be.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// The pause after a database error.
const ERROR_PAUSE: Duration = Duration::from_secs(1);

/// Returns the endpoints with due deliveries that no worker has leased, in the order of their ids, and whether the last
/// attempt of each failed.
pub async fn due_endpoints(context: &DeliveryContext) -> Result<Vec<DueEndpoint>, Error> {
    let now = context.now();
    context.db.read(move |conn| leases::due_endpoints(conn, now)).await
}

/// The running endpoint workers of a process.
pub struct WorkerPool {
    context: DeliveryContext,
    stop: StopSignal,
    /// Each returns whether more may be due.
    running: JoinSet<bool>,
    healthy: WorkerGroup,
    failing: WorkerGroup,
    /// Endpoints that got deliveries while their worker was running, and whether the last attempt of each had failed.
    again: HashMap<WebhookEndpointId, bool>,
    /// Whether endpoints wait for a free worker.
    is_crowded: bool,
    next_poll: Instant,
}

impl WorkerPool {
    #[must_use]
    pub fn new(context: DeliveryContext, stop: StopSignal) -> Self {
        Self {
            context,
            stop,
            running: JoinSet::new(),
            healthy: WorkerGroup::new(HEALTHY_WORKERS),
            failing: WorkerGroup::new(FAILING_WORKERS),
            again: HashMap::new(),
            is_crowded: false,
            next_poll: Instant::now(),
        }
    }

    #[must_use]
    pub fn is_poll_due(&self) -> bool {
        self.next_poll <= Instant::now()
    }

    /// Starts workers for all endpoints with due deliveries, up to the limits.
    ///
    /// # Errors
    /// When the due endpoints cannot be read.
    pub async fn poll(&mut self) -> Result<(), Error> {
        self.next_poll = Instant::now() + POLL_INTERVAL;
        let due = due_endpoints(&self.context).await?;
        self.is_crowded = false;
        self.start(due);
        Ok(())
    }

    /// Starts workers for these endpoints, up to the limits. They are in the order of their ids, with whether the last
    /// attempt of each failed.
    pub fn start(&mut self, due: Vec<DueEndpoint>) {
        self.healthy.move_slow_to(&mut self.failing);
        let served: HashSet<_> = self.healthy.served().chain(self.failing.served()).collect();
        let (served, idle): (Vec<_>, Vec<_>) = due.into_iter().partition(|(endpoint, _)| served.contains(endpoint));
        // Their workers may have claimed their last batch already.
        self.again.extend(served);
        let mut waiting = idle.len();
        let (failing, healthy): (Vec<_>, Vec<_>) = idle.into_iter().partition(|(_, has_failed)| *has_failed);
        for (group, due) in [(&mut self.healthy, healthy), (&mut self.failing, failing)] {
            // Slow workers that were moved to the failing group still count towards the limit of the whole pool.
            let free = (HEALTHY_WORKERS + FAILING_WORKERS).saturating_sub(self.running.len());
            for endpoint in group.next(due.into_iter().map(|(endpoint, _)| endpoint).collect(), free) {
                let worker = self.running.spawn(work(self.context.clone(), endpoint, None, self.stop.clone()));
                group.running.insert(worker.id(), (endpoint, Instant::now()));
                waiting -= 1;
            }
        }
        self.is_crowded |= waiting > 0;
    }

    /// Starts workers for batches that are already claimed; beyond the limits as well, because their leases have begun.
    pub fn send(&mut self, claimed: Vec<Batch>) {
        for batch in claimed {
            let endpoint = batch.target.endpoint;
            let work = work(self.context.clone(), endpoint, Some(batch), self.stop.clone());
            let worker = self.running.spawn(work);
            self.healthy.running.insert(worker.id(), (endpoint, Instant::now()));
        }
    }

    /// Waits until workers end or the due endpoints have to be polled.
    pub async fn wait(&mut self) {
        let until = self.healthy.free_at().map_or(self.next_poll, |free| free.min(self.next_poll));
        tokio::select! {
            Some(ended) = self.running.join_next_with_id() => {
                self.remove(ended);
                while let Some(ended) = self.running.try_join_next_with_id() {
                    self.remove(ended);
                }
            }
            () = sleep_until(until) => self.next_poll = Instant::now(),
        }
    }

    /// Removes a worker that has ended; starts another one for its endpoint if it has new deliveries.
    fn remove(&mut self, ended: Result<(TaskId, bool), JoinError>) {
        let (task, more) = ended.unwrap_or_else(|error| (error.id(), true));
        let group = if self.healthy.running.contains_key(&task) { &mut self.healthy } else { &mut self.failing };
        let Some((endpoint, _)) = group.running.remove(&task) else { return };
        let again = self.again.remove(&endpoint);
        if more || self.is_crowded {
            self.next_poll = Instant::now();
        } else if let Some(has_failed) = again {
            self.start(vec![(endpoint, has_failed)]);
        }
    }

    /// Waits until all workers have ended.
    pub async fn join_all(mut self) {
        while self.running.join_next().await.is_some() {}
    }
}

/// Runs a worker, which starts with the batch `first` if it is already claimed; returns whether more may be due.
async fn work(context: DeliveryContext, endpoint: WebhookEndpointId, first: Option<Batch>, stop: StopSignal) -> bool {
    match EndpointWorker::new(&context, endpoint, &stop).serve(first).await {
        Ok(served) => served.more,
        Err(error) => {
            tracing::error!(%error, endpoint_id = %endpoint, "webhook endpoint worker failed");
            // The endpoint is still due, so without a pause the worker would start again at once.
            sleep(ERROR_PAUSE).await;
            true
        }
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

    /// Returns when a worker of a full group becomes slow, after which another one can start.
    fn free_at(&self) -> Option<Instant> {
        let oldest = self.running.values().map(|(_, since)| *since).min()?;
        (self.running.len() >= self.limit).then_some(oldest + SLOW_AFTER)
    }

    fn move_slow_to(&mut self, other: &mut Self) {
        let now = Instant::now();
        other.running.extend(self.running.extract_if(|_, (_, since)| now.duration_since(*since) >= SLOW_AFTER));
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
