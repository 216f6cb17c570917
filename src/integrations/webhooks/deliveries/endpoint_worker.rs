//! The worker of an endpoint: claims a batch of due deliveries, sends them with four concurrent requests, and records
//! the outcomes.
//!
//! Rules: requests are sent outside any transaction; an attempt starts only if it ends before its lease does; outcomes
//! are recorded together with the claim of the next batch, and earlier when a slow request delays the batch; a worker
//! ends after its time slice, so that other endpoints are served.

use std::sync::Arc;
use std::time::{Duration, Instant};
use std::vec;

use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::attempt::{Attempt, PendingAttempt, Verdict};
use super::claim::{self, Batch};
use super::context::DeliveryContext;
use super::exchange::Exchange;
use super::payload::OutgoingDelivery;
use super::record::{self, BatchReport};
use super::store::leases::Lease;
use crate::integrations::webhooks::message::Target;
use crate::integrations::webhooks::sender::{SendResult, reason};
use crate::kernel::error::Error;
use crate::kernel::ids::WebhookEndpointId;
use crate::kernel::stop::{Phase, StopSignal};
use crate::kernel::time::UtcTime;

/// Concurrent requests to one endpoint.
const CONCURRENCY: usize = 4;
/// How long finished attempts wait for the rest of their batch before they are recorded.
const RECORD_AFTER: Duration = Duration::from_millis(250);
/// How long an endpoint is served before the worker ends.
const TIME_SLICE: Duration = Duration::from_secs(1);
/// How often recording is tried, and the pause between two tries.
const RECORD_TRIES: u32 = 10;
const RECORD_PAUSE: Duration = Duration::from_secs(1);

/// What a worker has done.
#[derive(Debug, Default)]
pub struct Served {
    /// The number of attempts.
    pub attempts: usize,
    /// Whether more may be due, because the worker ended early.
    pub more: bool,
}

/// Sends the due deliveries of one endpoint.
pub struct EndpointWorker<'a> {
    context: &'a DeliveryContext,
    endpoint: WebhookEndpointId,
    stop: &'a StopSignal,
}

impl<'a> EndpointWorker<'a> {
    #[must_use]
    pub fn new(context: &'a DeliveryContext, endpoint: WebhookEndpointId, stop: &'a StopSignal) -> Self {
        Self { context, endpoint, stop }
    }

    /// Sends due deliveries like [`Self::serve`]; returns the number of attempts.
    ///
    /// # Errors
    /// As [`Self::serve`].
    pub async fn run(&self) -> Result<usize, Error> {
        self.serve(None).await.map(|served| served.attempts)
    }

    /// Sends `first`, a batch that is already claimed, and then due deliveries until none is left, the time slice ends,
    /// a batch contains a failure, or the process drains. After a failure the endpoint is served again as a failing
    /// one.
    ///
    /// # Errors
    /// When the database fails; attempts that were not recorded are repeated after their lease has ended.
    pub async fn serve(&self, first: Option<Batch>) -> Result<Served, Error> {
        let mut next = match first {
            Some(batch) => Some(batch),
            None => self.claim().await?,
        };
        let (mut served, started) = (Served::default(), Instant::now());
        while let Some(batch) = next {
            let mut run = BatchRun::new(self, &batch);
            run.send(batch.deliveries).await?;
            let in_time = started.elapsed() < TIME_SLICE;
            let claim_next = in_time && !run.halted && !run.failed && !self.is_stopping();
            next = run.record(true, claim_next).await?;
            served.attempts += run.made;
            served.more = !claim_next;
        }
        Ok(served)
    }

    async fn claim(&self) -> Result<Option<Batch>, Error> {
        let (batch_context, endpoint) = (self.context.batch.clone(), self.endpoint);
        self.context.db.write(move |conn| claim::claim(conn, &batch_context, endpoint)).await
    }

    fn is_stopping(&self) -> bool {
        self.stop.has_reached(Phase::Draining)
    }
}

/// A batch that is being sent.
struct BatchRun<'a> {
    worker: &'a EndpointWorker<'a>,
    lease: Lease,
    target: Arc<Target>,
    delays: Arc<[Duration]>,
    /// The number of deliveries in the batch.
    claimed: usize,
    /// Attempts that have ended and are not recorded yet.
    unrecorded: Vec<Attempt>,
    made: usize,
    /// Whether the receiver requested a pause or responded 410, or its token server returned no token.
    halted: bool,
    /// Whether an attempt of the batch failed.
    failed: bool,
}

impl<'a> BatchRun<'a> {
    fn new(worker: &'a EndpointWorker<'a>, batch: &Batch) -> Self {
        Self {
            worker,
            lease: batch.lease,
            target: batch.target.clone(),
            delays: batch.delays.clone(),
            claimed: batch.deliveries.len(),
            unrecorded: Vec::new(),
            made: 0,
            halted: false,
            failed: false,
        }
    }

    /// Sends the deliveries; records finished attempts whenever a slow request delays the batch. Cancels the running
    /// attempts when the process releases its leases; the receivers get these deliveries again.
    async fn send(&mut self, deliveries: Vec<OutgoingDelivery>) -> Result<(), Error> {
        let mut waiting = deliveries.into_iter();
        let mut running = JoinSet::new();
        let mut stop = self.worker.stop.clone();
        loop {
            tokio::select! {
                biased;
                () = self.start_attempts(&mut waiting, &mut running) => {}
                () = stop.reached(Phase::Releasing) => return Ok(()),
            }
            let ended = tokio::select! {
                biased;
                ended = timeout(RECORD_AFTER, running.join_next()) => ended,
                () = stop.reached(Phase::Releasing) => return Ok(()),
            };
            match ended {
                Ok(Some(Ok(attempt))) => self.add(attempt),
                Ok(Some(Err(error))) => {
                    tracing::error!(%error, endpoint_id = %self.worker.endpoint, "webhook attempt panicked");
                }
                Ok(None) => return Ok(()),
                Err(_) if !self.unrecorded.is_empty() => drop(self.record(false, false).await?),
                Err(_) => {}
            }
        }
    }

    /// Starts attempts until enough are running, all have been started, or no other attempt can be started.
    async fn start_attempts(&mut self, waiting: &mut vec::IntoIter<OutgoingDelivery>, running: &mut JoinSet<Attempt>) {
        while running.len() < CONCURRENCY
            && !self.halted
            && !self.worker.is_stopping()
            && self.fits_into_lease()
            && waiting.len() > 0
        {
            let context = self.worker.context;
            let requested_at = context.now();
            let auth_header = self.auth_header(requested_at).await;
            // Fetching a token can take so long that no time is left for a single attempt, which counts as a failure.
            let too_late = !self.fits_into_lease();
            let auth_failed = auth_header.is_none() || (too_late && self.made == 0 && running.is_empty());
            let Some(outgoing) = waiting.next().filter(|_| !too_late || auth_failed) else { return };
            let pending = PendingAttempt { target: self.target.clone(), delays: self.delays.clone(), outgoing };
            match auth_header.filter(|_| !auth_failed) {
                Some(auth_header) => drop(running.spawn(pending.send(context.clone(), auth_header))),
                None => {
                    self.halted = true;
                    let failed = Exchange::single(SendResult::Failed { reason: reason::TOKEN });
                    self.add(pending.ended(context, requested_at, &failed));
                }
            }
        }
    }

    /// Returns whether an attempt that starts now can be finished and recorded before the lease ends.
    fn fits_into_lease(&self) -> bool {
        let context = self.worker.context;
        let latest_start = self.lease.until.unix_micros() - context.batch.timing.margin().as_micros() as i64;
        context.now().unix_micros() <= latest_start
    }

    /// Returns the header that authenticates the service, if the receiver requires one; `None` when the token server
    /// returned no token.
    async fn auth_header(&self, now: UtcTime) -> Option<Option<(String, String)>> {
        let DeliveryContext { tokens, sender, .. } = self.worker.context;
        tokens.auth_header(&**sender, self.target.endpoint, &self.target.auth, now).await.ok()
    }

    fn add(&mut self, attempt: Attempt) {
        self.made += 1;
        self.halted |= attempt.ends_batch();
        self.failed |= attempt.verdict != Verdict::Delivered;
        self.unrecorded.push(attempt);
    }

    async fn record(&mut self, finished: bool, claim_next: bool) -> Result<Option<Batch>, Error> {
        let (context, endpoint) = (self.worker.context, self.worker.endpoint);
        let attempts = std::mem::take(&mut self.unrecorded);
        let release = finished && self.made < self.claimed;
        let report = BatchReport { endpoint, lease: self.lease, attempts, finished, release, claim_next };
        let mut tries = 0;
        loop {
            let (batch_context, report) = (context.batch.clone(), report.clone());
            tries += 1;
            match context.db.write(move |conn| record::record(conn, &batch_context, &report)).await {
                Ok(recorded) => {
                    metrics::counter!("entente_webhook_deliveries_exhausted_total").increment(recorded.exhausted);
                    if recorded.event {
                        context.committed.notify_one();
                    }
                    return Ok(recorded.next);
                }
                Err(error) if tries == RECORD_TRIES => return Err(error),
                Err(error) => {
                    tracing::warn!(
                        %error,
                        endpoint_id = %endpoint,
                        attempt = tries,
                        "webhook attempts not recorded, retrying"
                    );
                    sleep(RECORD_PAUSE).await;
                }
            }
        }
    }
}
