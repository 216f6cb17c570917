//! A closure with its result, as the database threads see it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use tokio::sync::oneshot;

use super::connection::DbConn;
use super::errors;
use super::faults::{self, Faults};
use crate::kernel::error::Error;

/// Whether a job changes data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Read,
    /// `repeatable`: after its commit, another run returns the stored response.
    Write {
        repeatable: bool,
    },
}

impl Kind {
    /// Returns the error for a job whose thread has not finished it in time.
    pub(super) fn overdue(self) -> Error {
        match self {
            Self::Read => faults::unavailable(),
            Self::Write { .. } => faults::outcome_unknown(),
        }
    }

    /// Returns the error for a job whose thread failed.
    pub(super) fn dropped(self) -> Error {
        match self {
            Self::Read => Error::internal("a database thread dropped its work"),
            Self::Write { .. } => faults::outcome_unknown(),
        }
    }
}

/// What to do with the transaction after one run of a closure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Run {
    /// The closure succeeded.
    Commit,
    /// The closure returned an error, which is the result.
    Rollback,
    /// The closure can be retried.
    Retry,
    /// A row stayed locked for longer than the lock timeout.
    Blocked,
    /// The connection is broken.
    Broken,
}

/// A closure and its result, with the type erased.
pub(super) trait Job<C>: Send {
    /// Marks the job as running. Returns false if the caller has timed out.
    fn begin(&self) -> bool {
        self.progress().start()
    }
    fn progress(&self) -> Arc<Progress>;
    fn kind(&self) -> Kind;
    fn run(&mut self, conn: &mut C, faults: &Faults) -> Run;
    /// Sends the result of the last run. If the outcome of an earlier run is unknown, a fault does not settle it.
    fn finish(self: Box<Self>, unsettled: bool);
    /// Sends an error instead.
    fn fail(self: Box<Self>, error: Error);
}

const WAITING: u8 = 0;
const RUNNING: u8 = 1;
const ABANDONED: u8 = 2;
const ENDED: u8 = 3;
const EXPIRED: u8 = 4;
const HANDED_OVER: u8 = 5;

/// What the caller and the thread know about a job. The first change of the status wins: a job that runs is awaited, a
/// job that waits and is abandoned never starts, and a job that expires while it runs takes its thread with it.
#[derive(Debug, Default)]
pub(super) struct Progress {
    status: AtomicU8,
    /// Whether the thread that runs the job is reserved for reads and visitors.
    on_reserved: AtomicBool,
    started: OnceLock<Instant>,
}

impl Progress {
    /// Starts a job that waits, also one that another thread has handed over. Returns false if the caller no longer
    /// waits.
    pub(super) fn start(&self) -> bool {
        // First, because the caller reads it as soon as the status has changed.
        let _ = self.started.set(Instant::now());
        self.change(WAITING, RUNNING) || self.change(HANDED_OVER, RUNNING)
    }

    /// Lets the job wait for another thread. Returns false if it has expired.
    pub(super) fn hand_over(&self) -> bool {
        self.change(RUNNING, HANDED_OVER)
    }

    /// Records which kind of thread runs the job.
    pub(super) fn run_on(&self, is_reserved: bool) {
        self.on_reserved.store(is_reserved, Ordering::SeqCst);
    }

    /// Returns whether the thread that runs the job is reserved.
    pub(super) fn is_on_reserved(&self) -> bool {
        self.on_reserved.load(Ordering::SeqCst)
    }

    /// Records that the job has ended. Returns false if it has expired before.
    pub(super) fn end(&self) -> bool {
        self.change(RUNNING, ENDED)
    }

    /// Gives up waiting. Returns false if the job has started.
    pub(super) fn abandon(&self) -> bool {
        self.change(WAITING, ABANDONED)
    }

    /// Abandons a job that waits for another thread. It is rolled back. Returns false if it does not wait.
    pub(super) fn abandon_handed_over(&self) -> bool {
        self.change(HANDED_OVER, ABANDONED)
    }

    /// Records that a job that runs has exceeded its time limit. Returns false if it has ended.
    pub(super) fn expire(&self) -> bool {
        self.change(RUNNING, EXPIRED)
    }

    /// Takes [`Progress::expire`] back. Returns false if the thread of the job has ended because of it.
    pub(super) fn revive(&self) -> bool {
        self.change(EXPIRED, RUNNING)
    }

    /// Returns when the job started; now if it has not.
    pub(super) fn started(&self) -> Instant {
        self.started.get().copied().unwrap_or_else(Instant::now)
    }

    fn change(&self, from: u8, to: u8) -> bool {
        self.status.compare_exchange(from, to, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }
}

/// The job of a closure.
pub(super) struct Task<T, F> {
    pub(super) work: F,
    pub(super) kind: Kind,
    pub(super) progress: Arc<Progress>,
    pub(super) sender: oneshot::Sender<Result<T, Error>>,
    pub(super) result: Option<Result<T, Error>>,
}

impl<T, F> Job<DbConn> for Task<T, F>
where
    T: Send,
    F: FnMut(&mut DbConn) -> Result<T, Error> + Send,
{
    fn progress(&self) -> Arc<Progress> {
        self.progress.clone()
    }

    fn kind(&self) -> Kind {
        self.kind
    }

    fn run(&mut self, conn: &mut DbConn, faults: &Faults) -> Run {
        let result = catch_unwind(AssertUnwindSafe(|| (self.work)(conn)))
            .unwrap_or_else(|_| Err(Error::internal("database work panicked")));
        let (run, result) = match result {
            Ok(value) => (Run::Commit, Ok(value)),
            // Not a fault unless all attempts fail.
            Err(Error::Database(error)) if errors::is_retryable(&error) => (Run::Retry, Err(faults::unavailable())),
            Err(Error::Database(error)) => (run_after(&error), Err(faults.explain(error))),
            Err(error) => (Run::Rollback, Err(error)),
        };
        self.result = Some(result);
        run
    }

    fn finish(self: Box<Self>, unsettled: bool) {
        let result = match self.result {
            Some(Err(error)) if unsettled && error.status().is_server_error() => Err(faults::outcome_unknown()),
            Some(result) => result,
            None => Err(self.kind.dropped()),
        };
        // The caller may have disconnected; the work is done regardless.
        let _ = self.sender.send(result);
    }

    fn fail(self: Box<Self>, error: Error) {
        let _ = self.sender.send(Err(error));
    }
}

fn run_after(error: &diesel::result::Error) -> Run {
    if errors::is_broken(error) {
        Run::Broken
    } else if errors::is_lock_timeout(error) {
        Run::Blocked
    } else {
        Run::Rollback
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_ends_or_is_expired_but_not_both() {
        let progress = Progress::default();
        assert!(!progress.expire());
        assert!(progress.start());
        assert!(!progress.abandon() && !progress.abandon_handed_over());
        assert!(progress.expire());
        assert!(!progress.end() && !progress.hand_over() && !progress.start());

        let progress = Progress::default();
        assert!(progress.start() && !progress.start());
        assert!(progress.end());
        assert!(!progress.expire());

        let progress = Progress::default();
        assert!(progress.abandon());
        assert!(!progress.start());
    }

    #[test]
    fn a_job_that_is_handed_over_is_not_expired() {
        let progress = Progress::default();
        assert!(progress.start() && progress.hand_over());
        assert!(!progress.expire() && !progress.end());
        assert!(progress.start());
        assert!(progress.hand_over() && progress.abandon_handed_over());
        assert!(!progress.start());
    }
}
