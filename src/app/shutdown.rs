//! The life of a process: it runs until a signal arrives or a background loop fails, and then stops in order.
//!
//! Rules: the process is not ready from the signal on; it accepts requests for the configured time; the worker claims no
//! deliveries meanwhile; running requests are finished; the background loops end after their current round. Everything
//! ends 25 seconds after the signal, and leases of deliveries are released before. A second signal ends the process at
//! once.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinError;
use tokio::time::sleep;

use crate::app::supervisor::Loops;
use crate::kernel::readiness::Readiness;
use crate::kernel::stop::{Phase, Stopper};

/// How long after the signal the process ends at the latest. Orchestrators kill it after 30 seconds.
const HARD_END: Duration = Duration::from_secs(25);
/// How long after the signal webhook attempts that are still running are cancelled.
const RELEASE_AFTER: Duration = Duration::from_secs(22);

/// What stops when the process ends.
pub struct Process {
    pub loops: Loops,
    pub stopper: Stopper,
    pub readiness: Readiness,
    /// How long requests are accepted after the signal.
    pub drain: Duration,
}

/// The signals that stop a process: SIGTERM and SIGINT.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> Result<Self, String> {
        let listen = |kind| signal(kind).map_err(|error| format!("failed to listen for signals: {error}"));
        Ok(Self { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Runs until a signal arrives or a loop fails. Then waits for `finish`, which finishes the running requests, for the
/// loops, and for `close`, which runs last.
///
/// # Errors
/// The loop that failed, or that a second signal arrived. A process that reaches its time limit has not failed.
pub async fn run(
    process: Process,
    finish: impl Future<Output = ()>,
    close: impl Future<Output = ()>,
) -> Result<(), String> {
    let Process { loops, stopper, readiness, drain } = process;
    let mut signals = Signals::new()?;
    let mut watching = tokio::spawn(loops.watch());
    let failure = tokio::select! {
        ended = &mut watching => Some(reason(ended)),
        () = signals.next() => None,
    };
    readiness.drain();
    stopper.begin(Phase::Draining);
    let ordered = async {
        if failure.is_none() {
            tracing::info!(drain_seconds = drain.as_secs(), "shutting down, waiting for running requests");
            sleep(drain).await;
        }
        finish.await;
        // The loops stop after the requests, so that the last commits are still dispatched.
        stopper.begin(Phase::Stopping);
        let outcome = match &failure {
            Some(failure) => Err(failure.clone()),
            None => watching.await.unwrap_or_else(|error| Err(error.to_string())),
        };
        close.await;
        outcome
    };
    let time_limit = async {
        sleep(RELEASE_AFTER).await;
        stopper.begin(Phase::Releasing);
        sleep(HARD_END - RELEASE_AFTER).await;
    };
    tokio::select! {
        outcome = ordered => outcome,
        () = signals.next() => Err(failure.clone().unwrap_or_else(|| "ended at once by a second signal".to_owned())),
        () = time_limit => {
            tracing::warn!("the time limit for the shutdown has passed, requests or deliveries may be unfinished");
            failure.clone().map_or(Ok(()), Err)
        }
    }
}

/// Returns why the loops ended although the process does not stop.
fn reason(ended: Result<Result<(), String>, JoinError>) -> String {
    match ended {
        Ok(Ok(())) => "the background loops ended".to_owned(),
        Ok(Err(failure)) => failure,
        Err(error) => format!("the supervision of the background loops failed: {error}"),
    }
}
