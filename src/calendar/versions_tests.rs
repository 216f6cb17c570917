//! Property tests of calendars whose settings change over time.

use jiff::ToSpan;
use proptest::prelude::*;

use super::*;
use crate::calendar::rules::tests::varied_calendars;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Replaces the settings of a calendar from an instant on, as a change at that instant does.
fn changed(mut calendar: Calendar, at: Timestamp, other: Calendar) -> Calendar {
    let from = other.date_at(at);
    append(&mut calendar, Successor { from, at, calendar: other });
    calendar
}

fn append(calendar: &mut Calendar, successor: Successor) {
    match &mut calendar.next {
        Some(next) => append(&mut next.calendar, successor),
        last => *last = Some(Box::new(successor)),
    }
}

fn after(start: Timestamp, minutes: i64) -> Timestamp {
    start + SignedDuration::from_mins(minutes)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// A change from now on leaves the business time of every interval up to now as it was.
    #[test]
    fn a_change_leaves_every_past_interval_as_it_is(
        (calendar, now) in varied_calendars(), (other, _) in varied_calendars(),
        begins in 0i64..20_000, length in 0i64..20_000, later in 0i64..10_000,
    ) {
        let to = after(now, -begins);
        let from = after(to, -length);
        let expected = calendar.business_duration(from, to);
        let once = changed(calendar, after(now, later), other.clone());
        prop_assert_eq!(once.business_duration(from, to), expected);
        // Several changes, also planned ones, make no difference either.
        let twice = changed(once, after(now, later + 1), other);
        prop_assert_eq!(twice.business_duration(from, to), expected);
    }

    /// The business time of an interval is the sum of its parts, wherever it is cut.
    #[test]
    fn pieces_add_up(
        (calendar, now) in varied_calendars(), (other, _) in varied_calendars(), (third, _) in varied_calendars(),
        start in -10_000i64..10_000, lengths in prop::collection::vec(0i64..6_000, 1..6), between in 1i64..5_000,
    ) {
        let over_time = changed(changed(calendar, now, other), after(now, between), third);
        let first = after(now, start);
        let mut sum = SignedDuration::ZERO;
        let mut from = first;
        for length in lengths {
            let to = after(from, length);
            sum += over_time.business_duration(from, to);
            from = to;
        }
        prop_assert_eq!(over_time.business_duration(first, from), sum);
    }

    /// Each part counts by the settings of its time: before the change by the old ones, then by the new ones.
    #[test]
    fn each_part_counts_by_its_own_settings(
        (calendar, now) in varied_calendars(), (other, _) in varied_calendars(), before in 0i64..9_000, more in 0i64..9_000,
    ) {
        let (from, to) = (after(now, -before), after(now, more));
        let expected = calendar.business_duration(from, now) + other.business_duration(now, to);
        prop_assert_eq!(changed(calendar, now, other).business_duration(from, to), expected);
    }

    /// Business days and opening hours follow the settings of the day.
    #[test]
    fn days_follow_the_settings_of_the_day(
        (calendar, now) in varied_calendars(), (other, _) in varied_calendars(), days in -20i32..20,
    ) {
        let change = other.date_at(now);
        let over_time = changed(calendar.clone(), now, other.clone());
        let date = change + days.days();
        let expected = if days < 0 { &calendar } else { &other };
        prop_assert_eq!(over_time.is_business_day(date), expected.is_business_day(date));
        prop_assert!(over_time.opening_periods(date).eq(expected.opening_periods(date)));
        prop_assert_eq!(over_time.on(date), if days < 0 { &over_time } else { &other });
    }
}

#[test]
fn an_empty_interval_has_no_business_time() {
    let calendar = Calendar::prague().unwrap();
    let at: Timestamp = "2027-03-30T10:00:00Z".parse().unwrap();
    let over_time = changed(calendar.clone(), at, calendar);
    assert_eq!(over_time.business_duration(at + DAY, at), SignedDuration::ZERO);
    assert_eq!(over_time.business_duration(at, at), SignedDuration::ZERO);
}
