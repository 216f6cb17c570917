//! The clock of the demo: it simulates a week while the example is loaded, so that reports have data from the past.
//!
//! Rule: the clock shows the system time before and after loading, so that a database with data only sees the system
//! time.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use crate::kernel::environment::{Clock, ManualClock, SystemClock};
use crate::kernel::time::UtcTime;

/// A clock that can be moved between two steps of the example.
pub trait Shift: Send + Sync {
    /// Moves the clock by these hours, backwards if they are negative.
    fn shift(&self, hours: i64);
}

/// Larger than every offset in hours, so that the monotonic time is never negative.
const START_HOURS: i64 = 24 * 365;

/// The system clock with an offset.
#[derive(Debug, Default)]
pub struct DemoClock {
    hours: AtomicI64,
}

impl Clock for DemoClock {
    fn now(&self) -> UtcTime {
        SystemClock.now().plus_seconds(3600 * self.hours.load(Ordering::SeqCst))
    }

    /// Has the same offset, because the demo simulates time that passes, not a clock that is set.
    fn monotonic(&self) -> Duration {
        let hours = (START_HOURS + self.hours.load(Ordering::SeqCst)).max(0);
        SystemClock.monotonic() + Duration::from_hours(hours.unsigned_abs())
    }
}

impl Shift for DemoClock {
    fn shift(&self, hours: i64) {
        self.hours.fetch_add(hours, Ordering::SeqCst);
    }
}

impl Shift for ManualClock {
    fn shift(&self, hours: i64) {
        self.set(self.now().plus_seconds(3600 * hours));
    }
}

/// The simulated past, and the hours that remain until the present.
pub struct History<'a> {
    clock: &'a dyn Shift,
    remaining: i64,
}

impl<'a> History<'a> {
    /// Moves the clock back by these hours.
    pub fn since(clock: &'a dyn Shift, hours: i64) -> Self {
        clock.shift(-hours);
        Self { clock, remaining: hours }
    }

    /// Moves the clock forwards by these hours.
    pub fn pass(&mut self, hours: i64) {
        self.clock.shift(hours);
        self.remaining -= hours;
    }
}

impl Drop for History<'_> {
    /// Returns the clock to the present, also after an error.
    fn drop(&mut self) {
        self.clock.shift(self.remaining);
    }
}
