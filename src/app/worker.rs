//! Background work: records what becomes due with time, dispatches events, delivers webhooks, cleans up, measures. Runs next
//! to the server or alone, in any number of processes on one database.
//!
//! Rules: an error never ends the process; it is logged, and the work is tried again after a pause. When asked to stop, the
//! worker claims nothing more, finishes what it is sending and releases the rest.

use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::sleep;

use crate::app::context::Context;
use crate::app::scheduler;
use crate::callbacks::requests;
use crate::integrations::webhooks::deliveries::{self, BatchContext, DeliveryContext, Timing};
use crate::integrations::webhooks::deliveries::{EndpointWorker, WorkerPool};
use crate::integrations::webhooks::{dispatcher, event_retention, gauges};
use crate::kernel::config::Settings;
use crate::kernel::error::Error;
use crate::kernel::http::idempotency;
use crate::privacy;

/// How often the commits of other processes are looked for; those of this process send a notification.
const DISPATCH_INTERVAL: Duration = Duration::from_millis(250);
/// How late the scheduler can notice that something is due.
const SCHEDULE_INTERVAL: Duration = Duration::from_secs(1);
/// Pause after an error.
const ERROR_PAUSE: Duration = Duration::from_secs(1);
/// Pause between two rounds of cleaning up.
const TIDY_INTERVAL: Duration = Duration::from_mins(1);
/// How old the gauges can be.
const MEASURE_INTERVAL: Duration = Duration::from_secs(15);

/// What the worker needs.
#[derive(Clone)]
pub struct Parts {
    pub delivery: DeliveryContext,
    /// How long events are kept.
    pub events_kept: Duration,
}

impl Parts {
    /// Takes what the handlers share, with the default times.
    #[must_use]
    pub fn of(context: &Context) -> Self {
        let (state, outbound) = (&context.state, &context.outbound);
        let batch = BatchContext {
            environment: state.environment.clone(),
            vault: state.vault.clone(),
            timing: Timing::default(),
        };
        let delivery = DeliveryContext {
            db: state.db.clone(),
            batch,
            sender: outbound.sender.clone(),
            tokens: outbound.tokens.clone(),
            committed: state.committed.clone(),
        };
        Self { delivery, events_kept: Duration::from_hours(30 * 24) }
    }

    /// Applies the times that the operator has set.
    #[must_use]
    pub fn with(mut self, settings: &Settings) -> Self {
        self.delivery.batch.timing = Timing { attempt: settings.egress.timeout };
        self.events_kept = settings.events_kept;
        self
    }
}

/// Works until `stopping` becomes true.
pub async fn run(parts: Parts, stopping: watch::Receiver<bool>) {
    let dispatched = Notify::new();
    tokio::join!(
        schedule(&parts.delivery, stopping.clone()),
        dispatch(&parts.delivery, &dispatched, stopping.clone()),
        deliver(&parts.delivery, &dispatched, stopping.clone()),
        measure(&parts.delivery, stopping.clone()),
        tidy(&parts, stopping),
    );
}

/// Does everything that is due at this moment; returns how many webhook attempts were made.
pub async fn drain(parts: &Parts) -> Result<usize, Error> {
    let (_running, stopping) = watch::channel(false);
    let delivery = &parts.delivery;
    let mut sent = 0;
    while scheduler::run_once(&delivery.db, &delivery.batch.environment).await? > 0 {}
    loop {
        let dispatched = dispatch_once(delivery).await?;
        let due = deliveries::due_endpoints(delivery).await?;
        if dispatched == 0 && due.is_empty() {
            return Ok(sent);
        }
        let workers: Vec<_> =
            due.into_iter().map(|(endpoint, _)| EndpointWorker::new(delivery, endpoint, &stopping)).collect();
        sent +=
            futures_util::future::try_join_all(workers.iter().map(EndpointWorker::run)).await?.iter().sum::<usize>();
    }
}

/// Returns whether to stop; also when the sender is gone, which could ask for it.
fn is_stopping(stopping: &watch::Receiver<bool>) -> bool {
    *stopping.borrow() || stopping.has_changed().is_err()
}

async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error means that the sender is gone, which could ask to stop.
    let _ = stopping.wait_for(|stop| *stop).await;
}

/// Sleeps, but not longer than until the worker is asked to stop.
async fn pause(stopping: &mut watch::Receiver<bool>, duration: Duration) {
    tokio::select! {
        () = stopped(stopping) => {}
        () = sleep(duration) => {}
    }
}

/// Records what becomes due with time.
async fn schedule(delivery: &DeliveryContext, mut stopping: watch::Receiver<bool>) {
    while !is_stopping(&stopping) {
        match scheduler::run_once(&delivery.db, &delivery.batch.environment).await {
            Ok(0) => pause(&mut stopping, SCHEDULE_INTERVAL).await,
            Ok(_) => delivery.committed.notify_one(),
            Err(error) => {
                tracing::error!(%error, "failed to poll for due work");
                pause(&mut stopping, ERROR_PAUSE).await;
            }
        }
    }
}

/// Assigns committed events their sequence and queues them for webhooks.
async fn dispatch(delivery: &DeliveryContext, dispatched: &Notify, mut stopping: watch::Receiver<bool>) {
    loop {
        let interval = match dispatch_once(delivery).await {
            Ok(0) => DISPATCH_INTERVAL,
            Ok(_) => {
                dispatched.notify_one();
                continue;
            }
            Err(error) => {
                tracing::error!(%error, "failed to dispatch events");
                ERROR_PAUSE
            }
        };
        if is_stopping(&stopping) {
            return;
        }
        tokio::select! {
            () = pause(&mut stopping, interval) => {}
            () = delivery.committed.notified() => {}
        }
    }
}

/// Dispatches one batch of events; returns how many.
async fn dispatch_once(delivery: &DeliveryContext) -> Result<usize, Error> {
    // An idle service should not write.
    if !delivery.db.read(dispatcher::is_waiting).await? {
        return Ok(0);
    }
    let environment = delivery.batch.environment.clone();
    delivery.db.write(move |conn| dispatcher::dispatch(conn, &environment, environment.now())).await
}

/// Keeps a worker running for each endpoint with something due.
async fn deliver(delivery: &DeliveryContext, dispatched: &Notify, mut stopping: watch::Receiver<bool>) {
    let mut pool = WorkerPool::new(delivery.clone(), stopping.clone());
    while !is_stopping(&stopping) {
        if let Err(error) = pool.start_due().await {
            tracing::error!(%error, "failed to poll for due webhooks");
            sleep(ERROR_PAUSE).await;
        }
        tokio::select! {
            () = stopped(&mut stopping) => {}
            () = dispatched.notified() => {}
            () = pool.wait() => {}
        }
    }
    pool.join_all().await;
}

/// Updates the gauges.
async fn measure(delivery: &DeliveryContext, mut stopping: watch::Receiver<bool>) {
    while !is_stopping(&stopping) {
        if let Err(error) = gauges::update(&delivery.db, delivery.now()).await {
            tracing::error!(%error, "failed to update gauges");
        }
        pause(&mut stopping, MEASURE_INTERVAL).await;
    }
}

/// Deletes and erases what is over its time.
async fn tidy(parts: &Parts, mut stopping: watch::Receiver<bool>) {
    while !is_stopping(&stopping) {
        if let Err(error) = tidy_once(parts).await {
            tracing::error!(%error, "failed to clean up");
        }
        pause(&mut stopping, TIDY_INTERVAL).await;
    }
}

async fn tidy_once(parts: &Parts) -> Result<(), Error> {
    let DeliveryContext { db, batch: BatchContext { environment, .. }, committed, .. } = &parts.delivery;
    let now = environment.now();
    db.write(move |conn| {
        idempotency::forget_old(conn, now)?;
        requests::scheduled::delete_expired_challenges(conn, now)?;
        requests::erasure::forget_networks(conn)
    })
    .await?;
    db.write(scheduler::unit(environment, requests::scheduled::flag_closed_days)).await?;
    if db.write(scheduler::unit(environment, requests::scheduled::unassign_silent)).await? > 0 {
        committed.notify_one();
    }
    erase_outdated(parts).await?;
    delete_old_events(parts).await
}

/// Erases the personal data of requests that are over their retention period.
async fn erase_outdated(parts: &Parts) -> Result<(), Error> {
    let DeliveryContext { db, batch: BatchContext { environment, .. }, committed, .. } = &parts.delivery;
    let mut erased = 0;
    loop {
        match db.write(scheduler::unit(environment, privacy::erase_outdated)).await? {
            0 => break,
            some => erased += some,
        }
    }
    if erased > 0 {
        db.scrub().await?;
        committed.notify_one();
    }
    Ok(())
}

/// Deletes events that are over their retention period.
pub async fn delete_old_events(parts: &Parts) -> Result<(), Error> {
    let db = &parts.delivery.db;
    let before = parts.delivery.now().minus(parts.events_kept);
    while db.read(move |conn| event_retention::is_waiting(conn, before)).await?
        && db.write(move |conn| event_retention::delete_expired(conn, before)).await? > 0
    {}
    Ok(())
}
