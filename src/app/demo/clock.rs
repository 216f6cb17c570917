//! Time for the example: a week of it passes while it is loaded, so that reports have a past.
//!
//! Rule: it is the machine's time before and after; a database that holds data never sees another.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::kernel::environment::{Clock, ManualClock, SystemClock};
use crate::kernel::time::UtcTime;

/// A clock that can be moved between two steps of the example.
pub trait Shift: Send + Sync {
    /// Forwards by these hours; backwards if they are negative.
    fn shift(&self, hours: i64);
}

/// The machine's clock, moved.
#[derive(Debug, Default)]
pub struct DemoClock {
    hours: AtomicI64,
}

impl Clock for DemoClock {
    fn now(&self) -> UtcTime {
        SystemClock.now().plus_seconds(3600 * self.hours.load(Ordering::SeqCst))
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

/// The past of the example: how far back it has still to come from.
pub struct History<'a> {
    clock: &'a dyn Shift,
    left: i64,
}

impl<'a> History<'a> {
    /// Goes back these hours.
    pub fn since(clock: &'a dyn Shift, hours: i64) -> Self {
        clock.shift(-hours);
        Self { clock, left: hours }
    }

    /// Hours go by.
    pub fn pass(&mut self, hours: i64) {
        self.clock.shift(hours);
        self.left -= hours;
    }
}

impl Drop for History<'_> {
    /// Back in the present, on every way out.
    fn drop(&mut self) {
        self.clock.shift(self.left);
    }
}
