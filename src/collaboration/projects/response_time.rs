//! The time that the sides have to respond.
//!
//! Rule: nothing is due before the end of the last of `response_days` business days after the day on which it was
//! asked, in the time zone of the company calendar, so that every side has that many whole business days.

use std::time::Duration;

use crate::calendar::rules::Calendar;
use crate::kernel::error::{Text, Violation};
use crate::kernel::time::UtcTime;

/// Returns the most seconds that `days` business days take. Closed days can at most treble the time, and add a month to
/// it.
fn most_seconds(days: usize) -> i64 {
    let most_days = i64::try_from(days).unwrap_or(i64::MAX / 1_000_000).saturating_mul(3).saturating_add(31);
    most_days.saturating_mul(24 * 60 * 60)
}

/// Returns the end of the `days`-th business day after the day of `from`, or of the most time that they can take, if
/// that is earlier.
#[must_use]
pub fn end(calendar: &Calendar, from: UtcTime, days: usize) -> UtcTime {
    let latest = from.plus_seconds(most_seconds(days));
    let last = calendar.add_business_days(calendar.date_at(from.to_jiff()), days);
    let midnight = last.and_then(|last| last.tomorrow().ok()?.to_zoned(calendar.zone.clone()).ok());
    midnight.map_or(latest, |midnight| UtcTime::from_jiff(midnight.timestamp()).min(latest))
}

/// Returns the last instant of which [`end`] has come at `now`. The calendar is that of [`surely_ended`].
#[must_use]
pub fn last_ended(calendar: &Calendar, now: UtcTime, days: usize) -> UtcTime {
    let first = calendar.subtract_business_days(calendar.date_at(now.to_jiff()), days);
    let midnight = first.and_then(|first| first.to_zoned(calendar.zone.clone()).ok());
    let before = midnight.map(|midnight| UtcTime::from_jiff(midnight.timestamp()).minus(Duration::from_micros(1)));
    before.map_or(surely_ended(now, days), |before| before.max(surely_ended(now, days)))
}

/// Returns an instant of which [`end`] has come at `now`, whatever the calendar is.
#[must_use]
pub fn surely_ended(now: UtcTime, days: usize) -> UtcTime {
    now.plus_seconds(-most_seconds(days))
}

/// Returns the violation of a due time that leaves the sides less than their time to respond.
#[must_use]
pub fn too_soon(pointer: &'static str, due: UtcTime, now: UtcTime, earliest: UtcTime) -> Option<Violation> {
    if due <= now {
        return Some(Violation::at(pointer, "in_the_past", Text::new("violation-past-instant")));
    }
    let text = || Text::new("violation-too-soon").with("earliest", earliest.to_string());
    (due < earliest).then(|| Violation::at(pointer, "too_soon", text()))
}

/// Returns the violation of a due time that is later than a side can set alone.
#[must_use]
pub fn too_late(pointer: &'static str, due: UtcTime, latest: UtcTime) -> Option<Violation> {
    let text = || Text::new("violation-too-late").with("latest", latest.to_string());
    (due > latest).then(|| Violation::at(pointer, "too_late", text()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::time::Day;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_sides_have_whole_business_days(hours in 0..2_000_i64, days in 1..12_usize) {
            let calendar = Calendar::prague().unwrap();
            let start: UtcTime = "2027-03-01T08:00:00Z".parse().unwrap();
            let from = start.plus_seconds(hours * 3_600);
            let end = end(&calendar, from, days);
            let first = Day::from_jiff(calendar.date_at(from.to_jiff()));
            let after = Day::from_jiff(calendar.date_at(end.to_jiff()));
            let between = (1..first.days_until(after))
                .filter(|day| calendar.is_business_day(first.plus_days(*day).to_jiff()))
                .count();
            prop_assert_eq!(between, days);
            let last = Day::from_jiff(calendar.date_at(end.plus_seconds(-1).to_jiff()));
            prop_assert!(calendar.is_business_day(last.to_jiff()));
        }

        #[test]
        fn the_last_instant_that_has_ended_is_found(
            hours in 0..2_000_i64, passed in 0..3_000_i64, days in 1..25_usize, closed in 0..150_i64,
        ) {
            let first: Day = "2027-03-10".parse().unwrap();
            let closed_days = (0..closed).map(|day| first.plus_days(day).to_jiff()).collect();
            let calendar = Calendar { closed_days, ..Calendar::prague().unwrap() };
            let start: UtcTime = "2027-03-01T08:00:00Z".parse().unwrap();
            let from = start.plus_seconds(hours * 3_600);
            let now = from.plus_seconds(passed * 3_600);
            let has_ended = |from: UtcTime| end(&calendar, from, days) <= now;
            let last = last_ended(&calendar, now, days);
            prop_assert_eq!(has_ended(from), from <= last);
            prop_assert!(has_ended(last) && !has_ended(last.plus(Duration::from_micros(1))));
            prop_assert!(has_ended(surely_ended(now, days)));
        }
    }

    #[test]
    fn an_earlier_due_time_is_refused() {
        let now: UtcTime = "2027-03-30T08:00:00Z".parse().unwrap();
        let earliest = now.plus_seconds(1_000);
        assert!(too_soon("/due_at", earliest, now, earliest).is_none());
        assert_eq!(too_soon("/due_at", earliest.plus_seconds(-1), now, earliest).unwrap().code, "too_soon");
        assert_eq!(too_soon("/due_at", now, now, earliest).unwrap().code, "in_the_past");
        assert!(too_late("/deadline", earliest, earliest).is_none());
        assert_eq!(too_late("/deadline", earliest.plus_seconds(1), earliest).unwrap().code, "too_late");
    }
}
