use super::*;
use crate::calendar::hours::Week;
use crate::kernel::time::Day;
use proptest::prelude::*;

fn instant(text: &str) -> UtcTime {
    text.parse().unwrap()
}

fn calendar() -> Calendar {
    Calendar::prague().unwrap()
}

#[test]
fn a_hold_ends_with_the_twentieth_business_day_in_local_time() {
    // There are no holidays in the 20 business days after Tuesday 30 March 2027, the day after Easter Monday.
    let end = end(&calendar(), instant("2027-03-30T09:00:00Z"));
    assert_eq!(end, instant("2027-04-27T22:00:00Z"));
    assert_eq!(next_end(&calendar(), end), instant("2027-05-25T22:00:00Z"));
}

#[test]
fn closed_days_do_not_prolong_a_hold_beyond_eight_weeks() {
    let mut closed = calendar();
    closed.week = Week::default();
    let now = instant("2027-03-30T09:00:00Z");
    assert_eq!(end(&closed, now), now.plus_seconds(MOST_DAYS * 86_400));
    let mut almost = calendar();
    almost.week = "5 10:00-17:00".parse().unwrap();
    assert_eq!(end(&almost, now), now.plus_seconds(MOST_DAYS * 86_400));
}

proptest! {
    /// Compares with a naive implementation that counts the business days one by one.
    #[test]
    fn a_period_has_twenty_business_days(start in 0i64..2_000, hour in 0i64..24) {
        let calendar = calendar();
        let now = instant("2026-01-01T00:30:00Z").plus_seconds(start * 86_400 + hour * 3_600);
        let from = Day::from_jiff(calendar.date_at(now.to_jiff()));
        let mut last = from;
        let mut count = 0;
        while count < BUSINESS_DAYS {
            last = last.plus_days(1);
            count += usize::from(calendar.is_business_day(last.to_jiff()));
        }
        let end = end(&calendar, now);
        prop_assert_eq!(Day::from_jiff(calendar.date_at(end.to_jiff())), last.plus_days(1));
        prop_assert_eq!(Day::from_jiff(calendar.date_at(end.plus_seconds(-1).to_jiff())), last);
        // The next period starts where this one ends.
        let next = next_end(&calendar, end);
        let days = from.days_until(Day::from_jiff(calendar.date_at(next.plus_seconds(-1).to_jiff())));
        let business = (1..=days).filter(|day| calendar.is_business_day(from.plus_days(*day).to_jiff())).count();
        prop_assert_eq!(business, 2 * BUSINESS_DAYS);
    }
}
