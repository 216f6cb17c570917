//! Whether the process is ready for requests: the last result of a probe that runs in the background.
//!
//! Rules: a readiness check never touches the database, so that a busy service does not look broken. A probe that hangs
//! makes the process not ready. Once a process is draining, it never becomes ready again. Each change is logged once:
//! the probe logs what it finds, and a request that notices a probe that hangs logs that. The age of a result is real
//! time, which has its own clock because the demo moves the clock of the service.

mod probe;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub use probe::{Probe, watch};

use crate::kernel::environment::Clock;

/// How long a probe may run before the database counts as unavailable.
const TIME_LIMIT: Duration = Duration::from_secs(3);
/// How long the last result counts.
const STALE_AFTER: Duration = Duration::from_secs(10);

/// The check that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// No probe has finished yet.
    Starting,
    /// The database cannot be reached, or does not respond in time.
    Database,
    /// Migrations of this version are not applied.
    Migrations,
    /// The disk of the SQLite file is almost full, or does not accept writes.
    Disk,
    /// The process is shutting down.
    Draining,
    /// The probe itself has not finished for ten seconds.
    Stale,
}

impl Check {
    /// Returns the name of the check in problems and in the log.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Database => "database",
            Self::Migrations => "migrations",
            Self::Disk => "disk",
            Self::Draining => "draining",
            Self::Stale => "stale",
        }
    }
}

/// The readiness of a process. Clones share it.
#[derive(Clone)]
pub struct Readiness(Arc<Shared>);

struct Shared {
    clock: Arc<dyn Clock>,
    draining: AtomicBool,
    seen: Mutex<Seen>,
}

/// What is known about the probes. All times are those of [`Clock::monotonic`].
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    /// When the probe that is running began.
    running_since: Option<Duration>,
    /// When the last probe finished, and its result.
    last: Option<(Duration, Result<(), Check>)>,
    /// The check that failed because the probe hangs, if that is logged.
    hangs: Option<Check>,
}

/// A change that the probe cannot log, because it hangs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Hangs(Check),
    Continues,
}

impl Readiness {
    /// Creates the readiness of a process that is starting. The monotonic time of the clock is used.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Shared { clock, draining: AtomicBool::default(), seen: Mutex::default() }))
    }

    /// Records that a probe begins.
    pub fn begin(&self) {
        let now = self.0.clock.monotonic();
        self.update(|seen| seen.running_since = Some(now));
    }

    /// Records the result of a probe, and returns that of the probe before it.
    pub fn finish(&self, result: Result<(), Check>) -> Option<Result<(), Check>> {
        let now = self.0.clock.monotonic();
        self.update(|seen| {
            seen.running_since = None;
            seen.last.replace((now, result)).map(|(_, before)| before)
        })
    }

    /// Makes the process not ready for the rest of its life.
    pub fn drain(&self) {
        self.0.draining.store(true, Ordering::SeqCst);
    }

    /// Returns whether the process is ready.
    ///
    /// # Errors
    /// The check that failed.
    pub fn check(&self) -> Result<(), Check> {
        if self.0.draining.load(Ordering::SeqCst) {
            return Err(Check::Draining);
        }
        judge(self.update(|seen| *seen), self.0.clock.monotonic())
    }

    /// Returns the same as [`Self::check`], and logs that the probe hangs or continues, if that has changed.
    ///
    /// # Errors
    /// The check that failed.
    pub fn observe(&self) -> Result<(), Check> {
        let result = self.check();
        match self.change(result) {
            Some(Change::Hangs(check)) => {
                let error = "the probe has not finished in time";
                tracing::warn!(check = check.as_str(), error, "the process is not ready");
            }
            Some(Change::Continues) => tracing::info!("the process is ready again"),
            None => {}
        }
        result
    }

    /// Records the result of a check, and returns the change to log.
    fn change(&self, result: Result<(), Check>) -> Option<Change> {
        self.update(|seen| {
            let is_found = seen.last.is_some_and(|(_, found)| found == result);
            let hanging = result.err().filter(|check| matches!(check, Check::Database | Check::Stale) && !is_found);
            match (std::mem::replace(&mut seen.hangs, hanging), hanging) {
                (before, Some(check)) if before != hanging => Some(Change::Hangs(check)),
                (Some(_), None) if result.is_ok() => Some(Change::Continues),
                _ => None,
            }
        })
    }

    fn update<T>(&self, change: impl FnOnce(&mut Seen) -> T) -> T {
        change(&mut self.0.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Returns the result of the last probe, unless it is too old or the next probe takes too long.
fn judge(seen: Seen, now: Duration) -> Result<(), Check> {
    let age = |since: Duration| now.saturating_sub(since);
    let finished = seen.last.map(|(at, _)| at);
    if finished.or(seen.running_since).is_some_and(|since| age(since) >= STALE_AFTER) {
        return Err(Check::Stale);
    }
    if seen.running_since.is_some_and(|since| age(since) >= TIME_LIMIT) {
        return Err(Check::Database);
    }
    seen.last.map_or(Err(Check::Starting), |(_, result)| result)
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
