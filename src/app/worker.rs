//! Background work: time-based changes, event dispatch, webhook delivery, cleanup and gauges. It runs in the server
//! process or in a process of its own, in any number of processes on one database.
//!
//! Rules: an error never ends the process; it is logged, and the work is retried after a pause. During shutdown, the
//! worker claims no more deliveries, finishes the running attempts and releases all other leases.

use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::sleep;

use crate::app::context::Context;
use crate::app::scheduler;
use crate::callbacks::requests;
use crate::integrations::webhooks::deliveries::{self, BatchContext, DeliveryContext, Timing};
use crate::integrations::webhooks::deliveries::{EndpointWorker, WorkerPool};
use crate::integrations::webhooks::dispatcher::{self, Dispatched};
use crate::integrations::webhooks::{event_retention, gauges};
use crate::kernel::config::Settings;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::http::idempotency;
use crate::privacy;

/// How often events of other processes are polled. A commit of this process that records an event sends a notification.
const DISPATCH_INTERVAL: Duration = Duration::from_millis(250);
/// How often the scheduler polls for due items.
const SCHEDULE_INTERVAL: Duration = Duration::from_secs(1);
/// Pause after an error.
const ERROR_PAUSE: Duration = Duration::from_secs(1);
/// Pause between two cleanups.
const TIDY_INTERVAL: Duration = Duration::from_mins(1);
/// Pause between two updates of the statistics of the database.
const STATISTICS_INTERVAL: Duration = Duration::from_hours(24);
/// How often the gauges are updated.
const MEASURE_INTERVAL: Duration = Duration::from_secs(15);

/// The dependencies and settings of the worker.
#[derive(Clone)]
pub struct Parts {
    pub delivery: DeliveryContext,
    /// How long events are kept.
    pub events_retention: Duration,
}

impl Parts {
    /// Creates the parts from the shared data, with default settings.
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
        Self { delivery, events_retention: Duration::from_hours(30 * 24) }
    }

    /// Applies the settings of the operator.
    #[must_use]
    pub fn with(mut self, settings: &Settings) -> Self {
        self.delivery.batch.timing = Timing { attempt: settings.egress.timeout };
        self.events_retention = settings.events_retention;
        self
    }
}

/// Runs until `stopping` becomes true.
pub async fn run(parts: Parts, stopping: watch::Receiver<bool>) {
    let (sender, dispatched) = mpsc::unbounded_channel();
    tokio::join!(
        schedule(&parts.delivery, stopping.clone()),
        dispatch(&parts.delivery, sender, stopping.clone()),
        deliver(&parts.delivery, dispatched, stopping.clone()),
        measure(&parts.delivery, stopping.clone()),
        update_statistics(&parts.delivery, stopping.clone()),
        tidy(&parts, stopping),
    );
}

/// Processes everything that is due now and returns the number of webhook attempts.
pub async fn drain(parts: &Parts) -> Result<usize, Error> {
    let (_running, stopping) = watch::channel(false);
    let delivery = &parts.delivery;
    let mut sent = 0;
    while scheduler::run_once(&delivery.db, &delivery.batch.environment).await? > 0 {}
    loop {
        let environment = delivery.batch.environment.clone();
        let dispatch = move |conn: &mut DbConn| dispatcher::dispatch(conn, &environment, environment.now());
        let dispatched = delivery.db.write(dispatch).await?;
        let due = deliveries::due_endpoints(delivery).await?;
        if dispatched.events == 0 && due.is_empty() {
            return Ok(sent);
        }
        let workers: Vec<_> =
            due.into_iter().map(|(endpoint, _)| EndpointWorker::new(delivery, endpoint, &stopping)).collect();
        sent +=
            futures_util::future::try_join_all(workers.iter().map(EndpointWorker::run)).await?.iter().sum::<usize>();
    }
}

/// Returns whether to stop, which is also the case when the sender was dropped.
fn is_stopping(stopping: &watch::Receiver<bool>) -> bool {
    *stopping.borrow() || stopping.has_changed().is_err()
}

async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error means that the sender was dropped.
    let _ = stopping.wait_for(|stop| *stop).await;
}

/// Sleeps until the time has passed or the worker has to stop.
async fn pause(stopping: &mut watch::Receiver<bool>, duration: Duration) {
    tokio::select! {
        () = stopped(stopping) => {}
        () = sleep(duration) => {}
    }
}

/// Runs the scheduler.
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

/// Assigns a sequence to committed events, queues them for webhooks, and passes the deliveries on.
async fn dispatch(
    delivery: &DeliveryContext,
    sender: mpsc::UnboundedSender<Dispatched>,
    mut stopping: watch::Receiver<bool>,
) {
    // Whether a commit of this process has recorded an event, so that there is no need to look for one first.
    let mut is_waiting = false;
    loop {
        let interval = match dispatch_once(delivery, is_waiting).await {
            Ok(dispatched) => {
                is_waiting = dispatched.more && !is_stopping(&stopping);
                if dispatched.events > 0 {
                    // The receiver stops after this function, so this cannot fail.
                    let _ = sender.send(dispatched);
                }
                if is_waiting {
                    continue;
                }
                DISPATCH_INTERVAL
            }
            Err(error) => {
                tracing::error!(%error, "failed to dispatch events");
                ERROR_PAUSE
            }
        };
        if is_stopping(&stopping) {
            return;
        }
        is_waiting = tokio::select! {
            () = pause(&mut stopping, interval) => false,
            () = delivery.committed.notified() => true,
        };
    }
}

/// Dispatches one batch of events, if any is waiting, and claims deliveries.
async fn dispatch_once(delivery: &DeliveryContext, is_waiting: bool) -> Result<Dispatched, Error> {
    // Read first, so that an idle service does not write.
    if !is_waiting && !delivery.db.read(dispatcher::is_waiting).await? {
        return Ok(Dispatched::default());
    }
    let batch = delivery.batch.clone();
    delivery.db.write(move |conn| dispatcher::dispatch_and_claim(conn, &batch)).await
}

/// Runs a worker for each endpoint with due deliveries: those that the dispatcher passes on, and those that become due
/// later or were queued by other processes.
async fn deliver(
    delivery: &DeliveryContext,
    mut dispatched: mpsc::UnboundedReceiver<Dispatched>,
    mut stopping: watch::Receiver<bool>,
) {
    let mut pool = WorkerPool::new(delivery.clone(), stopping.clone());
    while !is_stopping(&stopping) {
        if pool.is_poll_due()
            && let Err(error) = pool.poll().await
        {
            tracing::error!(%error, "failed to poll for due webhooks");
            sleep(ERROR_PAUSE).await;
        }
        tokio::select! {
            () = stopped(&mut stopping) => {}
            Some(Dispatched { due, claimed, .. }) = dispatched.recv() => {
                pool.send(claimed);
                pool.start(due);
            }
            () = pool.wait() => {}
        }
    }
    // Workers that start now release their leases, so that another process sends the deliveries at once.
    while let Some(Dispatched { claimed, .. }) = dispatched.recv().await {
        pool.send(claimed);
    }
    pool.join_all().await;
}

/// Updates the gauges periodically.
async fn measure(delivery: &DeliveryContext, mut stopping: watch::Receiver<bool>) {
    while !is_stopping(&stopping) {
        if let Err(error) = gauges::update(&delivery.db, delivery.now()).await {
            tracing::error!(%error, "failed to update gauges");
        }
        pause(&mut stopping, MEASURE_INTERVAL).await;
    }
}

/// Updates the statistics of the database at the start and periodically.
async fn update_statistics(delivery: &DeliveryContext, mut stopping: watch::Receiver<bool>) {
    while !is_stopping(&stopping) {
        if let Err(error) = delivery.db.update_statistics().await {
            tracing::error!(%error, "failed to update the statistics of the database");
        }
        pause(&mut stopping, STATISTICS_INTERVAL).await;
    }
}

/// Deletes and erases expired data periodically.
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
        idempotency::delete_expired(conn, now)?;
        requests::scheduled::delete_expired_challenges(conn, now)?;
        requests::erasure::delete_networks(conn)
    })
    .await?;
    db.write(scheduler::unit(environment, requests::scheduled::flag_closed_days)).await?;
    if db.write(scheduler::unit(environment, requests::scheduled::unassign_idle)).await? > 0 {
        committed.notify_one();
    }
    erase_outdated(parts).await?;
    delete_old_events(parts).await
}

/// Erases the personal data of callback requests after their retention period.
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

/// Deletes events after their retention period.
pub async fn delete_old_events(parts: &Parts) -> Result<(), Error> {
    let db = &parts.delivery.db;
    let before = parts.delivery.now().minus(parts.events_retention);
    while db.read(move |conn| event_retention::is_waiting(conn, before)).await?
        && db.write(move |conn| event_retention::delete_expired(conn, before)).await? > 0
    {}
    Ok(())
}
