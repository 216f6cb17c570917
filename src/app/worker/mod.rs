//! Background work: time-based changes, event dispatch, webhook delivery, cleanup and gauges. It runs in the server
//! process or in a process of its own, in any number of processes on one database.
//!
//! Rules: an error never ends the process; it is logged, and the work is retried after a pause. A loop that ends or
//! panics does (`app::supervisor`). As soon as the process drains, the worker claims no more deliveries, finishes the
//! running attempts and releases all other leases.

mod clock;
mod clock_store;
mod tidy;

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::sleep;

pub use tidy::{Cleanup, delete_old_events};

use crate::app::context::Context;
use crate::app::supervisor::Loops;
use crate::app::{gauges, scheduler};
use crate::integrations::webhooks::deliveries::{self, BatchContext, DeliveryContext, Timing};
use crate::integrations::webhooks::deliveries::{EndpointWorker, WorkerPool};
use crate::integrations::webhooks::dispatcher::{self, Dispatched};
use crate::kernel::config::Settings;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::stop::{self, Phase, StopSignal};
use crate::kernel::telemetry;

/// How often events of other processes are polled. A commit of this process that records an event sends a notification.
const DISPATCH_INTERVAL: Duration = Duration::from_millis(250);
/// How often the scheduler polls for due items.
const SCHEDULE_INTERVAL: Duration = Duration::from_secs(1);
/// Pause after an error.
const ERROR_PAUSE: Duration = Duration::from_secs(1);
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

/// Runs until the process stops.
///
/// # Errors
/// The name of the loop that failed.
pub async fn run(parts: Parts, stop: StopSignal) -> Result<(), String> {
    let mut loops = Loops::new(stop.clone());
    start(&mut loops, parts, &stop);
    loops.watch().await
}

/// Starts the loops of the worker, which run until the process stops.
pub(crate) fn start(loops: &mut Loops, parts: Parts, stop: &StopSignal) {
    let delivery = &parts.delivery;
    let (sender, dispatched) = mpsc::unbounded_channel();
    loops.start("schedule", schedule(delivery.clone(), stop.clone()));
    loops.start("dispatch", dispatch(delivery.clone(), sender, stop.clone()));
    loops.start("deliver", deliver(delivery.clone(), dispatched, stop.clone()));
    loops.start("measure", measure(delivery.clone(), stop.clone()));
    loops.start("statistics", update_statistics(delivery.clone(), stop.clone()));
    loops.start("tidy", Cleanup::new(parts).run(stop.clone()));
}

/// Processes everything that is due now and returns the number of webhook attempts.
pub async fn drain(parts: &Parts) -> Result<usize, Error> {
    let (_running, stop) = stop::channel();
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
            due.into_iter().map(|(endpoint, _)| EndpointWorker::new(delivery, endpoint, &stop)).collect();
        sent +=
            futures_util::future::try_join_all(workers.iter().map(EndpointWorker::run)).await?.iter().sum::<usize>();
    }
}

/// Runs the scheduler.
async fn schedule(delivery: DeliveryContext, mut stop: StopSignal) {
    while !stop.has_reached(Phase::Stopping) {
        match scheduler::run_once(&delivery.db, &delivery.batch.environment).await {
            Ok(changes) => {
                telemetry::round_completed("schedule", delivery.now());
                if changes == 0 {
                    stop.pause_until(Phase::Stopping, SCHEDULE_INTERVAL).await;
                } else {
                    delivery.committed.notify_one();
                }
            }
            Err(error) => {
                telemetry::round_failed(&error, "failed to poll for due work");
                stop.pause_until(Phase::Stopping, ERROR_PAUSE).await;
            }
        }
    }
}

/// Assigns a sequence to committed events, queues them for webhooks, and passes the deliveries on.
async fn dispatch(delivery: DeliveryContext, sender: mpsc::UnboundedSender<Dispatched>, mut stop: StopSignal) {
    // Whether a commit of this process has recorded an event, so that there is no need to look for one first.
    let mut is_waiting = false;
    loop {
        // A whole round follows the signal, so that the last commits are dispatched.
        let is_last = stop.has_reached(Phase::Stopping);
        let claims = !stop.has_reached(Phase::Draining);
        let interval = match dispatch_once(&delivery, is_waiting, claims).await {
            Ok(dispatched) => {
                telemetry::round_completed("dispatch", delivery.now());
                is_waiting = dispatched.more && !is_last;
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
                telemetry::round_failed(&error, "failed to dispatch events");
                ERROR_PAUSE
            }
        };
        if is_last {
            return;
        }
        is_waiting = tokio::select! {
            () = stop.pause_until(Phase::Stopping, interval) => false,
            () = delivery.committed.notified() => true,
        };
    }
}

/// Dispatches one batch of events, if any is waiting, and claims deliveries if `claims` is true.
async fn dispatch_once(delivery: &DeliveryContext, is_waiting: bool, claims: bool) -> Result<Dispatched, Error> {
    // Read first, so that an idle service does not write.
    if !is_waiting && !delivery.db.read(dispatcher::is_waiting).await? {
        return Ok(Dispatched::default());
    }
    let batch = delivery.batch.clone();
    let dispatch = move |conn: &mut DbConn| {
        if claims {
            dispatcher::dispatch_and_claim(conn, &batch)
        } else {
            dispatcher::dispatch(conn, &batch.environment, batch.environment.now())
        }
    };
    delivery.db.write(dispatch).await
}

/// Runs a worker for each endpoint with due deliveries: those that the dispatcher passes on, and those that become due
/// later or were queued by other processes.
async fn deliver(delivery: DeliveryContext, mut dispatched: mpsc::UnboundedReceiver<Dispatched>, mut stop: StopSignal) {
    let mut pool = WorkerPool::new(delivery.clone(), stop.clone());
    while !stop.has_reached(Phase::Draining) {
        if pool.is_poll_due() {
            match pool.poll().await {
                Ok(()) => telemetry::round_completed("deliver", delivery.now()),
                Err(error) => {
                    telemetry::round_failed(&error, "failed to poll for due webhooks");
                    sleep(ERROR_PAUSE).await;
                }
            }
        }
        tokio::select! {
            () = stop.reached(Phase::Draining) => {}
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
async fn measure(delivery: DeliveryContext, mut stop: StopSignal) {
    while !stop.has_reached(Phase::Stopping) {
        match gauges::update(&delivery.db, delivery.now()).await {
            Ok(()) => telemetry::round_completed("measure", delivery.now()),
            Err(error) => telemetry::round_failed(&error, "failed to update gauges"),
        }
        stop.pause_until(Phase::Stopping, MEASURE_INTERVAL).await;
    }
}

/// Updates the statistics of the database at the start and periodically.
async fn update_statistics(delivery: DeliveryContext, mut stop: StopSignal) {
    while !stop.has_reached(Phase::Stopping) {
        match delivery.db.update_statistics().await {
            Ok(()) => telemetry::round_completed("statistics", delivery.now()),
            Err(error) => telemetry::round_failed(&error, "failed to update the statistics of the database"),
        }
        stop.pause_until(Phase::Stopping, STATISTICS_INTERVAL).await;
    }
}
