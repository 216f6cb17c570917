//! The rule for a clock that jumps: whether data may be deleted because of its age.
//!
//! Within a process, the clock has jumped if it moved by an hour more, or an hour less, than the monotonic time between
//! two rounds. Deleting then waits until the process has seen a day of consistent time. Only a jump forwards is an
//! alarm, because only that can make data look too old.
//!
//! At the start of a process there is no monotonic time to compare with, and a long stop looks like a jump. The clock
//! is compared with the last time that is stored in the database:
//! - up to an hour later: as if the process had not stopped;
//! - later: no alarm, but deleting waits for an hour, in which time synchronisation can correct a clock that is wrong
//!   after the machine was started. Such a correction is a jump backwards;
//! - more than an hour earlier: the clock was set back, or was wrong before, so deleting waits for a day.
//!
//! The remaining wait is stored, so that restarts do not shorten it. Several processes share what is stored: a longer
//! wait of another process is kept as long as that process renews it.

use std::time::Duration;

use crate::kernel::time::UtcTime;

/// A difference up to this is normal: a correction by time synchronisation, or a machine that was suspended briefly.
pub const TOLERANCE: Duration = Duration::from_hours(1);
/// How long deleting waits after a jump.
pub const WAIT_AFTER_JUMP: Duration = Duration::from_hours(24);
/// How long deleting waits after a process was stopped for longer than [`TOLERANCE`].
pub const WAIT_AFTER_STOP: Duration = Duration::from_hours(1);

/// A state that no process has renewed for so long belongs to a process that has ended.
const ABANDONED_AFTER: Duration = Duration::from_mins(10);

/// What the clocks show in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    pub now: UtcTime,
    /// Of the same process as other readings that it is compared with.
    pub monotonic: Duration,
}

/// What is known about the clock after a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockState {
    /// The time of the round.
    pub seen_at: UtcTime,
    /// How long deleting still waits.
    pub wait: Duration,
    /// Whether it waits because the clock jumped forwards.
    pub jumped: bool,
}

impl ClockState {
    /// Returns whether data may be deleted because of its age.
    #[must_use]
    pub fn may_delete(&self) -> bool {
        self.wait.is_zero()
    }
}

/// Returns the state at the first round of a process. `stored` is the state that the last process stored, if any.
#[must_use]
pub fn first(stored: Option<ClockState>, reading: Reading) -> ClockState {
    let Some(stored) = stored else { return ClockState { seen_at: reading.now, wait: Duration::ZERO, jumped: false } };
    let tolerance = TOLERANCE.as_micros() as i64;
    let stopped_for = reading.now.unix_micros().saturating_sub(stored.seen_at.unix_micros());
    let least = if stopped_for < -tolerance {
        WAIT_AFTER_JUMP
    } else if stopped_for > tolerance {
        WAIT_AFTER_STOP
    } else {
        Duration::ZERO
    };
    ClockState { seen_at: reading.now, wait: stored.wait.max(least), ..stored }
}

/// Returns whether a process may replace the stored state. `is_own`: this process stored it. `unchanged_for` is how
/// long it has been the same.
#[must_use]
pub fn may_store(own: ClockState, stored: Option<ClockState>, is_own: bool, unchanged_for: Duration) -> bool {
    stored.is_none_or(|stored| own.wait >= stored.wait || is_own || unchanged_for >= ABANDONED_AFTER)
}

/// Returns the state at a later round of a process. `before` is its state at the reading `last`.
#[must_use]
pub fn next(before: ClockState, last: Reading, reading: Reading) -> ClockState {
    let passed = reading.monotonic.saturating_sub(last.monotonic);
    let moved = reading.now.unix_micros().saturating_sub(last.now.unix_micros());
    let set_by = moved.saturating_sub(i64::try_from(passed.as_micros()).unwrap_or(i64::MAX));
    let tolerance = TOLERANCE.as_micros() as i64;
    if set_by.abs() > tolerance {
        return ClockState { seen_at: reading.now, wait: WAIT_AFTER_JUMP, jumped: before.jumped || set_by > 0 };
    }
    let wait = before.wait.saturating_sub(passed);
    ClockState { seen_at: reading.now, wait, jumped: before.jumped && !wait.is_zero() }
}

#[cfg(test)]
#[path = "clock_tests.rs"]
mod tests;
