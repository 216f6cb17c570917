//! The life of a process: it runs until a signal arrives, or a background loop or a server fails, and then stops in
//! order.
//!
//! Rules: the process is not ready from then on; it accepts requests for the configured time; the worker claims no
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

/// How long after it begins to stop the process ends at the latest. Orchestrators kill it after 30 seconds.
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

/// Runs until a signal arrives, a loop fails, or `servers` returns which server ended. Then waits for `finish`, which
/// finishes the running requests, for the loops, and for `close`, which runs last.
///
/// # Errors
/// The loop or the server that failed, or that a second signal arrived. A process that reaches its time limit has not
/// failed.
pub async fn run(
    process: Process,
    servers: impl Future<Output = String>,
    finish: impl Future<Output = ()>,
    close: impl Future<Output = ()>,
) -> Result<(), String> {
    let mut signals = Signals::new()?;
    run_until(process, async || signals.next().await, servers, finish, close).await
}

/// As [`run`], with the signals that `next_signal` waits for.
async fn run_until(
    process: Process,
    mut next_signal: impl AsyncFnMut(),
    servers: impl Future<Output = String>,
    finish: impl Future<Output = ()>,
    close: impl Future<Output = ()>,
) -> Result<(), String> {
    let Process { loops, stopper, readiness, drain } = process;
    let mut watching = tokio::spawn(loops.watch());
    let (failure, loops_run) = tokio::select! {
        ended = &mut watching => (Some(reason(ended)), false),
        failure = servers => {
            tracing::error!(%failure, "a server ended, so the process ends");
            (Some(failure), true)
        }
        () = next_signal() => (None, true),
    };
    readiness.drain();
    stopper.begin(Phase::Draining);
    let ordered = async {
        // Without one of its loops, the process does only a part of its work, so it does not continue with it.
        if loops_run {
            tracing::info!(drain_seconds = drain.as_secs(), "shutting down, waiting for running requests");
            sleep(drain).await;
        }
        finish.await;
        // The loops stop after the requests, so that the last commits are still dispatched.
        stopper.begin(Phase::Stopping);
        let loops = match loops_run {
            true => watching.await.unwrap_or_else(|error| Err(error.to_string())),
            false => Ok(()),
        };
        close.await;
        failure.clone().map_or(loops, Err)
    };
    let time_limit = async {
        sleep(RELEASE_AFTER).await;
        stopper.begin(Phase::Releasing);
        sleep(HARD_END - RELEASE_AFTER).await;
    };
    tokio::select! {
        outcome = ordered => outcome,
        () = next_signal() => Err(failure.clone().unwrap_or_else(|| "ended at once by a second signal".to_owned())),
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

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::future::{pending, ready};
    use std::sync::Arc;

    use super::*;
    use crate::kernel::environment::SystemClock;
    use crate::kernel::readiness::Check;
    use crate::kernel::stop;

    /// Runs a process with one loop, and returns its outcome and what was done at its end.
    fn outcome(
        next_signal: impl AsyncFnMut(),
        servers: impl Future<Output = String>,
        loop_fails: bool,
    ) -> (Result<(), String>, Vec<&'static str>) {
        let done = RefCell::new(Vec::new());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let outcome = runtime.block_on(async {
            let (stopper, stop) = stop::channel();
            let (readiness, mut loops) = (Readiness::new(Arc::new(SystemClock)), Loops::new(stop.clone()));
            let mut stopping = stop.clone();
            loops.start("steady", async move {
                if !loop_fails {
                    stopping.reached(Phase::Stopping).await;
                }
            });
            let process = Process { loops, stopper, readiness: readiness.clone(), drain: Duration::ZERO };
            let finish = async {
                assert_eq!(readiness.check(), Err(Check::Draining));
                assert!(stop.has_reached(Phase::Draining) && !stop.has_reached(Phase::Stopping));
                done.borrow_mut().push("finish");
            };
            let close = async {
                assert!(stop.has_reached(Phase::Stopping));
                done.borrow_mut().push("close");
            };
            run_until(process, next_signal, servers, finish, close).await
        });
        (outcome, done.into_inner())
    }

    #[test]
    fn a_server_that_ends_by_itself_stops_the_process_in_order() {
        let (outcome, done) = outcome(async || pending().await, ready("the server ended".to_owned()), false);
        assert_eq!(outcome, Err("the server ended".to_owned()));
        assert_eq!(done, ["finish", "close"]);
    }

    #[test]
    fn a_loop_that_ends_stops_the_process_in_order() {
        let (outcome, done) = outcome(async || pending().await, pending(), true);
        assert_eq!(outcome, Err("the background loop \"steady\" ended".to_owned()));
        assert_eq!(done, ["finish", "close"]);
    }

    #[test]
    fn a_signal_is_no_failure() {
        let mut signals = 0;
        let once = async || {
            signals += 1;
            if signals > 1 {
                pending::<()>().await;
            }
        };
        let (first, done) = outcome(once, pending(), false);
        assert_eq!(first, Ok(()));
        assert_eq!(done, ["finish", "close"]);
    }
}
