//! The company calendar as a value: when we are open, and how business time passes.
//!
//! - A business day is an open weekday that is neither a Czech public holiday nor a closure.
//! - Opening hours are half-open, `[opens, closes)`: at 17:00:00 it is closed.
//! - Wall time is built first and converted then. Hours that meet a clock change run from the
//!   first instant at which the clock shows `opens` or later to the last one before `closes`.
//! - Business time is real elapsed time inside opening hours, so an hour repeated by a clock
//!   change counts twice and a missing one does not count.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use super::holidays::is_czech_holiday;

/// How far a search goes before the calendar counts as closed for good, in days.
const SEARCH_DAYS: usize = 400;
const INSTANT: SignedDuration = SignedDuration::from_nanos(1);

/// Opening hours, booking rules and closures of the company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// The zone in which every date and wall time below is meant.
    pub zone: TimeZone,
    /// Open weekdays, Monday first.
    pub weekdays: [bool; 7],
    /// Local opening time. With `closes <= opens` the calendar never opens.
    pub opens: Time,
    /// Local closing time, exclusive, on the same date.
    pub closes: Time,
    /// Length of a callback window in minutes.
    pub window_minutes: i64,
    /// The least time between booking and the start of the window, in minutes.
    pub minimum_notice: i64,
    /// How many business days may be booked, today included if it is one.
    pub horizon_days: usize,
    /// The promise for a call "as soon as possible", in business minutes.
    pub asap_target_minutes: i64,
    /// Closed dates on top of weekends and public holidays.
    pub closures: BTreeSet<Date>,
}

impl Calendar {
    /// The company's standing rules in `zone`: Monday to Friday, 10:00 to 17:00, no closures.
    pub fn in_zone(zone: TimeZone) -> Self {
        Self {
            zone,
            weekdays: [true, true, true, true, true, false, false],
            opens: Time::constant(10, 0, 0, 0),
            closes: Time::constant(17, 0, 0, 0),
            window_minutes: 60,
            minimum_notice: 15,
            horizon_days: 10,
            asap_target_minutes: 30,
            closures: BTreeSet::new(),
        }
    }

    /// [`Calendar::in_zone`] for `Europe/Prague`.
    ///
    /// # Errors
    /// The time zone database does not know the zone; it does when bundled.
    pub fn prague() -> Result<Self, jiff::Error> {
        TimeZone::get("Europe/Prague").map(Self::in_zone)
    }

    /// The local date at `instant`.
    pub fn date_at(&self, instant: Timestamp) -> Date {
        self.zone.to_datetime(instant).date()
    }

    /// Whether we work on `date`.
    pub fn is_business_day(&self, date: Date) -> bool {
        let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
        self.weekdays.get(weekday).copied().unwrap_or(false)
            && !self.closures.contains(&date)
            && !is_czech_holiday(date)
    }

    /// The half-open interval `[opens, closes)` of `date` in UTC; `None` when closed all day.
    pub fn opening_hours(&self, date: Date) -> Option<(Timestamp, Timestamp)> {
        if !self.is_business_day(date) {
            return None;
        }
        let opens = first_instant_from(&self.zone, date.to_datetime(self.opens))?;
        let closes = end_of_time_before(&self.zone, date.to_datetime(self.closes))?;
        (opens < closes).then_some((opens, closes))
    }

    /// When a call asked for at `now` "as soon as possible" must have started: `now` plus the
    /// target in business time. A target that ends exactly with the opening hours is due at
    /// closing time that day, not at the next opening. A target of zero is due at once,
    /// or when we next open.
    ///
    /// `None` when that time does not come within 400 days.
    pub fn promise_by(&self, now: Timestamp) -> Option<Timestamp> {
        self.after_business_time(now, minutes(self.asap_target_minutes.max(0)))
    }

    /// `now` when we are open, else the next opening; `None` when that is not within 400 days.
    pub fn next_open(&self, now: Timestamp) -> Option<Timestamp> {
        self.after_business_time(now, SignedDuration::ZERO)
    }

    fn after_business_time(&self, now: Timestamp, mut left: SignedDuration) -> Option<Timestamp> {
        let hours = days_from(self.date_at(now)).take(SEARCH_DAYS).filter_map(|date| self.opening_hours(date));
        for (opens, closes) in hours {
            let from = opens.max(now);
            if from >= closes {
                continue;
            }
            let open_for = closes.duration_since(from);
            if left <= open_for {
                return from.checked_add(left).ok();
            }
            left -= open_for;
        }
        None
    }

    /// The business time that passes in `[from, to)`; zero when the interval is empty.
    pub fn business_duration(&self, from: Timestamp, to: Timestamp) -> SignedDuration {
        let last = self.date_at(to);
        days_from(self.date_at(from))
            .take_while(|date| *date <= last)
            .filter_map(|date| self.opening_hours(date))
            .map(|(opens, closes)| closes.min(to).duration_since(opens.max(from)))
            .filter(SignedDuration::is_positive)
            .fold(SignedDuration::ZERO, SignedDuration::saturating_add)
    }

    /// The `n`-th business day after `date`; `date` itself, open or not, for zero.
    /// `None` when 400 days in a row are closed.
    pub fn add_business_days(&self, date: Date, n: usize) -> Option<Date> {
        match n.checked_sub(1) {
            None => Some(date),
            Some(index) => self.business_days_from(date.tomorrow().ok()?).nth(index),
        }
    }

    /// Business days in order, `date` included if it is one. Ends when 400 days in a row are closed.
    pub fn business_days_from(&self, date: Date) -> impl Iterator<Item = Date> {
        let mut days = days_from(date);
        std::iter::from_fn(move || days.by_ref().take(SEARCH_DAYS).find(|day| self.is_business_day(*day))).fuse()
    }
}

/// Minutes as a duration, capped where the type ends.
pub(super) fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_secs(count.saturating_mul(60))
}

fn days_from(date: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(date), |day| day.tomorrow().ok())
}

/// The first instant at which the clock of `zone` shows `local` or later.
fn first_instant_from(zone: &TimeZone, local: DateTime) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(local);
    match ambiguous.offset() {
        AmbiguousOffset::Gap { .. } => change_that_skips(zone, local),
        _ => ambiguous.earlier().ok(),
    }
}

/// The end of the last stretch of time in which the clock of `zone` shows less than `local`.
fn end_of_time_before(zone: &TimeZone, local: DateTime) -> Option<Timestamp> {
    let last = local.checked_sub(INSTANT).ok()?;
    let ambiguous = zone.to_ambiguous_timestamp(last);
    match ambiguous.offset() {
        AmbiguousOffset::Gap { .. } => change_that_skips(zone, last),
        _ => ambiguous.later().ok()?.checked_add(INSTANT).ok(),
    }
}

/// The clock change over a `local` time that does not exist.
fn change_that_skips(zone: &TimeZone, local: DateTime) -> Option<Timestamp> {
    let before = zone.to_ambiguous_timestamp(local).earlier().ok()?;
    Some(zone.following(before).next()?.timestamp())
}

#[cfg(test)]
#[path = "rules_tests.rs"]
pub(super) mod tests;
