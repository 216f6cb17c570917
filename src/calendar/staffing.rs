//! Duty times of agents, and how many calls they can make, as pure functions.
//!
//! - A duty is weekly, in local time of the calendar's zone, half-open: `[starts, ends)`.
//! - During an absence an agent is not on duty.
//! - An agent who has duties in several queues at the same time divides the time between them. Queues can have
//!   different time zones: duties count as simultaneous if they overlap at any time within a year.
//! - A call must fit: three agents who each have half the time of a call left make none.

use std::collections::BTreeSet;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::rules::{end_of_time_before, first_instant_from};

/// Clock changes repeat every year.
const YEAR: SignedDuration = SignedDuration::from_hours(366 * 24);
const DAY_SECONDS: i64 = 24 * 3_600;
const WEEK_SECONDS: i64 = 7 * DAY_SECONDS;

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

    /// Whether the two duties have any time in common if local time at the other one is `ahead` seconds ahead of that
    /// at this one.
    #[must_use]
    pub fn overlaps_across_zones(&self, other: &Self, ahead: i32) -> bool {
        let ((starts, ends), (others_start, others_end)) = (self.in_week(), other.in_week());
        let (others_start, others_end) = (others_start - i64::from(ahead), others_end - i64::from(ahead));
        // The other duty can be in the week before or after this one.
        [-WEEK_SECONDS, 0, WEEK_SECONDS].iter().any(|weeks| others_start + weeks < ends && starts < others_end + weeks)
    }

    /// Returns the start and the end in seconds since the start of the week.
    fn in_week(&self) -> (i64, i64) {
        let midnight = i64::from(self.weekday - 1) * DAY_SECONDS;
        let since_midnight = |time: Time| Time::midnight().duration_until(time).as_secs();
        (midnight + since_midnight(self.starts), midnight + since_midnight(self.ends))
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

/// Returns by how many seconds the local time in `other` is ahead of that in `zone`, now or at any time within a year.
/// There are several values if the clocks do not change at the same time.
#[must_use]
pub fn seconds_ahead(zone: &TimeZone, other: &TimeZone, now: Timestamp) -> BTreeSet<i32> {
    let until = now.checked_add(YEAR).unwrap_or(Timestamp::MAX);
    let changes = |zone: &TimeZone| -> Vec<Timestamp> {
        zone.following(now).map(|change| change.timestamp()).take_while(|at| *at < until).collect()
    };
    let instants = [vec![now], changes(zone), changes(other)].concat();
    instants.into_iter().map(|at| other.to_offset(at).seconds() - zone.to_offset(at).seconds()).collect()
}

fn divisor(queues: i64) -> i32 {
    i32::try_from(queues.max(1)).unwrap_or(i32::MAX)
}

#[cfg(test)]
#[path = "staffing_tests.rs"]
mod tests;
