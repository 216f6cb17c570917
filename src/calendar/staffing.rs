//! Duty times of agents, and how many calls they can make, as pure functions.
//!
//! - A duty is weekly, in local time of the calendar's zone, half-open: `[starts, ends)`.
//! - During an absence an agent is not on duty.
//! - An agent who has duties in several queues at the same time divides the time between them.
//! - A call must fit: three agents who each have half the time of a call left make none.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::rules::{end_of_time_before, first_instant_from};

/// A weekly period on one weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duty {
    /// Monday is 1 (ISO 8601).
    pub weekday: i8,
    pub starts: Time,
    pub ends: Time,
}

impl Duty {
    /// Whether the local time in `zone` at `instant` is inside this duty.
    #[must_use]
    pub fn covers(&self, zone: &TimeZone, instant: Timestamp) -> bool {
        let local = zone.to_datetime(instant);
        local.weekday().to_monday_one_offset() == self.weekday
            && self.starts <= local.time()
            && local.time() < self.ends
    }

    /// Whether the two duties have any time in common.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.weekday == other.weekday && self.starts < other.ends && other.starts < self.ends
    }

    /// Returns this duty on `date` in UTC; `None` if it is on another weekday.
    fn on(&self, zone: &TimeZone, date: Date) -> Option<(Timestamp, Timestamp)> {
        let is_on = date.weekday().to_monday_one_offset() == self.weekday;
        let starts = first_instant_from(zone, date.to_datetime(self.starts)).filter(|_| is_on)?;
        let ends = end_of_time_before(zone, date.to_datetime(self.ends))?;
        (starts < ends).then_some((starts, ends))
    }
}

/// A duty of an agent in one queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SharedDuty {
    pub duty: Duty,
    /// In how many queues the agent is on duty at that time.
    pub queues: i64,
}

/// An agent in a queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Staff {
    pub duties: Vec<SharedDuty>,
    /// Absences, half-open.
    pub absences: Vec<(Timestamp, Timestamp)>,
}

impl Staff {
    /// Whether the agent is on duty at `instant`.
    #[must_use]
    pub fn is_on_duty(&self, zone: &TimeZone, instant: Timestamp) -> bool {
        self.duties.iter().any(|one| one.duty.covers(zone, instant)) && !self.is_absent(instant)
    }

    fn is_absent(&self, instant: Timestamp) -> bool {
        self.absences.iter().any(|(from, to)| *from <= instant && instant < *to)
    }

    /// Returns how many calls of `handling_minutes` the agent can make for the queue in `[from, to)`.
    #[must_use]
    pub fn calls(&self, zone: &TimeZone, from: Timestamp, to: Timestamp, handling_minutes: i64) -> i32 {
        let minutes = self.time_on_duty(zone, from, to).as_mins();
        i32::try_from(minutes / handling_minutes.max(1)).unwrap_or(i32::MAX)
    }

    /// Returns the time that the agent has for the queue in `[from, to)`.
    #[must_use]
    pub fn time_on_duty(&self, zone: &TimeZone, from: Timestamp, to: Timestamp) -> SignedDuration {
        let (first, last) = (zone.to_datetime(from).date(), zone.to_datetime(to).date());
        let dates = std::iter::successors(Some(first), |date| date.tomorrow().ok()).take_while(|date| *date <= last);
        let times =
            dates.flat_map(|date| self.duties.iter().filter_map(move |one| Some((one, one.duty.on(zone, date)?))));
        times
            .map(|(one, (starts, ends))| self.present(starts.max(from), ends.min(to)) / divisor(one.queues))
            .fold(SignedDuration::ZERO, SignedDuration::saturating_add)
    }

    /// Returns the time of `[from, to)` without absences.
    fn present(&self, from: Timestamp, to: Timestamp) -> SignedDuration {
        let mut absences: Vec<_> =
            self.absences.iter().map(|(starts, ends)| (*starts.max(&from), *ends.min(&to))).collect();
        absences.sort_unstable();
        let (mut present, mut since) = (SignedDuration::ZERO, from);
        for (starts, ends) in absences.into_iter().filter(|(starts, ends)| starts < ends) {
            if starts > since {
                present += starts.duration_since(since);
            }
            since = since.max(ends);
        }
        if to > since { present + to.duration_since(since) } else { present }
    }
}

fn divisor(queues: i64) -> i32 {
    i32::try_from(queues.max(1)).unwrap_or(i32::MAX)
}

#[cfg(test)]
#[path = "staffing_tests.rs"]
mod tests;
