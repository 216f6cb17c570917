//! A calendar as a value: opening periods and business time.
//!
//! - A business day has opening periods. A closed day has none. A date with hours of its own has these, also on a
//!   public holiday. Otherwise a public holiday has none, and any other day has those of its weekday.
//! - Opening periods are half-open, `[opens, closes)`: at 17:00:00 the calendar is closed.
//! - Local time is determined first and then converted to UTC. If a clock change affects a period, it lasts from the
//!   first instant with a local time of `opens` or later to the last one before `closes`. If periods then overlap, the
//!   later one begins at the end of the earlier one.
//! - Business time is elapsed time inside opening hours, so an hour that a clock change repeats counts twice
//!   and an hour that it skips does not count.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use super::holidays::Region;
use super::hours::{Period, SpecialHours, Week};
use super::public_holidays::PublicHolidays;
use super::versions::Successor;

/// After this number of closed days a search gives up.
const SEARCH_DAYS: usize = 400;
const INSTANT: SignedDuration = SignedDuration::from_nanos(1);

/// Opening hours and closed days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// The time zone of all dates and local times.
    pub zone: TimeZone,
    /// The opening periods of each weekday. A period that does not end after it starts is never open.
    pub week: Week,
    /// The opening periods of single dates.
    pub special_hours: SpecialHours,
    /// Region whose public holidays the calendar observes.
    pub public_holidays: PublicHolidays,
    /// Closed days in addition to weekends and public holidays.
    pub closed_days: BTreeSet<Date>,
    /// The settings that replace all of these later.
    pub next: Option<Box<Successor>>,
}

impl Calendar {
    /// Creates a calendar with the default hours in `zone`: Monday to Friday, 10:00 to 17:00, closed on Czech public
    /// holidays.
    pub fn in_zone(zone: TimeZone) -> Self {
        let weekdays = [true, true, true, true, true, false, false];
        Self {
            zone,
            week: Week::daily(weekdays, Time::constant(10, 0, 0, 0), Time::constant(17, 0, 0, 0)),
            special_hours: SpecialHours::default(),
            public_holidays: PublicHolidays::of(Region::Cz),
            closed_days: BTreeSet::new(),
            next: None,
        }
    }

    /// Creates a calendar with [`Calendar::in_zone`] for `Europe/Prague`.
    ///
    /// # Errors
    /// The time zone database does not contain the zone; the bundled one does.
    pub fn prague() -> Result<Self, jiff::Error> {
        TimeZone::get("Europe/Prague").map(Self::in_zone)
    }

    /// Returns the local date at `instant`.
    pub fn date_at(&self, instant: Timestamp) -> Date {
        self.zone.to_datetime(instant).date()
    }

    /// Whether `date` is a business day, by the settings of that day.
    pub fn is_business_day(&self, date: Date) -> bool {
        self.on(date).is_open_on(date)
    }

    /// Whether `date` is a business day by these settings.
    fn is_open_on(&self, date: Date) -> bool {
        !self.periods_on(date).is_empty()
    }

    /// Returns the opening periods of `date` in local time, by these settings.
    pub(super) fn periods_on(&self, date: Date) -> &[Period] {
        if self.closed_days.contains(&date) {
            return &[];
        }
        match self.special_hours.on(date) {
            Some(periods) => periods,
            None if self.week.on(date).is_empty() => &[],
            None if self.public_holidays.include(date) => &[],
            None => self.week.on(date),
        }
    }

    /// Returns the opening periods `[opens, closes)` of `date` in UTC, by the settings of that day.
    pub fn opening_periods(&self, date: Date) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        self.on(date).own_periods(date)
    }

    /// Returns the opening periods of `date` in UTC, by these settings.
    fn own_periods(&self, date: Date) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        let mut previous = Timestamp::MIN;
        self.periods_on(date).iter().filter_map(move |period| {
            let opens = first_instant_from(&self.zone, date.to_datetime(period.opens))?.max(previous);
            let closes = end_of_time_before(&self.zone, date.to_datetime(period.closes))?;
            if opens >= closes {
                return None;
            }
            previous = closes;
            Some((opens, closes))
        })
    }

    /// Returns the time before which a call must start if it is requested as soon as possible at `now`: `now` plus
    /// `target_minutes` of business time. If the target is reached exactly at the end of an opening period, the call is
    /// due then, not at the next opening. A target of zero is due at once, or at the next opening.
    ///
    /// `None` if this time is not within 400 days.
    pub fn promise_by(&self, now: Timestamp, target_minutes: i64) -> Option<Timestamp> {
        self.after_business_time(now, minutes(target_minutes.max(0)))
    }

    /// Returns `now` if the calendar is open, otherwise the next opening; `None` if that is not within 400 days.
    pub fn next_open(&self, now: Timestamp) -> Option<Timestamp> {
        self.after_business_time(now, SignedDuration::ZERO)
    }

    /// Whether the calendar is open at `instant`.
    pub fn is_open_at(&self, instant: Timestamp) -> bool {
        self.opening_periods(self.date_at(instant)).any(|(opens, closes)| opens <= instant && instant < closes)
    }

    fn after_business_time(&self, now: Timestamp, mut left: SignedDuration) -> Option<Timestamp> {
        let hours = days_from(self.date_at(now)).take(SEARCH_DAYS).flat_map(|date| self.opening_periods(date));
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

    /// Returns the business time in `[from, to)` by these settings alone; zero if the interval is empty.
    pub(super) fn own_duration(&self, from: Timestamp, to: Timestamp) -> SignedDuration {
        let last = self.date_at(to);
        days_from(self.date_at(from))
            .take_while(|date| *date <= last)
            .flat_map(|date| self.own_periods(date))
            .map(|(opens, closes)| closes.min(to).duration_since(opens.max(from)))
            .filter(SignedDuration::is_positive)
            .fold(SignedDuration::ZERO, SignedDuration::saturating_add)
    }

    /// Returns the `n`-th business day after `date`; for zero, `date` itself, open or not.
    /// `None` if 400 consecutive days are closed.
    pub fn add_business_days(&self, date: Date, n: usize) -> Option<Date> {
        match n.checked_sub(1) {
            None => Some(date),
            Some(index) => self.business_days_from(date.tomorrow().ok()?).nth(index),
        }
    }

    /// Returns the `n`-th business day before `date`; for zero, `date` itself, open or not.
    /// `None` if 400 consecutive days are closed.
    pub fn subtract_business_days(&self, date: Date, n: usize) -> Option<Date> {
        let Some(index) = n.checked_sub(1) else { return Some(date) };
        let mut days = std::iter::successors(date.yesterday().ok(), |day| day.yesterday().ok());
        std::iter::from_fn(|| days.by_ref().take(SEARCH_DAYS).find(|day| self.is_business_day(*day))).nth(index)
    }

    /// Returns the business days in order, including `date` if it is one. Ends if 400 consecutive days are closed.
    pub fn business_days_from(&self, date: Date) -> impl Iterator<Item = Date> {
        let mut days = days_from(date);
        std::iter::from_fn(move || days.by_ref().take(SEARCH_DAYS).find(|day| self.is_business_day(*day))).fuse()
    }
}

/// Converts minutes to a duration, saturating at the limits of the type.
pub(super) fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_secs(count.saturating_mul(60))
}

fn days_from(date: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(date), |day| day.tomorrow().ok())
}

/// Returns the first instant at which the local time in `zone` is `local` or later.
pub(super) fn first_instant_from(zone: &TimeZone, local: DateTime) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(local);
    match ambiguous.offset() {
        AmbiguousOffset::Gap { .. } => change_that_skips(zone, local),
        _ => ambiguous.earlier().ok(),
    }
}

/// Returns the end of the last period in which the local time in `zone` is before `local`.
pub(super) fn end_of_time_before(zone: &TimeZone, local: DateTime) -> Option<Timestamp> {
    let last = local.checked_sub(INSTANT).ok()?;
    let ambiguous = zone.to_ambiguous_timestamp(last);
    match ambiguous.offset() {
        AmbiguousOffset::Gap { .. } => change_that_skips(zone, last),
        _ => ambiguous.later().ok()?.checked_add(INSTANT).ok(),
    }
}

/// Returns the instant of the clock change that skips `local`.
fn change_that_skips(zone: &TimeZone, local: DateTime) -> Option<Timestamp> {
    let before = zone.to_ambiguous_timestamp(local).earlier().ok()?;
    Some(zone.following(before).next()?.timestamp())
}

#[cfg(test)]
#[path = "rules_tests.rs"]
pub(super) mod tests;
