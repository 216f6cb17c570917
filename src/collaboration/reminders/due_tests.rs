use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn at(text: &str) -> UtcTime {
    text.parse().unwrap()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn clock<'a>(calendar: &'a Calendar, now: &str) -> Clock<'a> {
    Clock { now: at(now), calendar, since: at("2027-01-01T00:00:00Z") }
}

#[test]
fn a_date_is_soon_from_the_tenth_business_day_before_it() {
    let mut calendar = Calendar::prague().unwrap();
    let is_soon = |calendar: &Calendar, now: &str| clock(calendar, now).is_soon(day("2027-06-01"));
    assert!(!is_soon(&calendar, "2027-05-17T23:59:59Z"));
    assert!(is_soon(&calendar, "2027-05-18T00:00:00Z"));
    assert!(is_soon(&calendar, "2027-05-31T23:59:59Z"));
    assert!(!is_soon(&calendar, "2027-06-01T00:00:00Z"));
    // A closed day is no business day.
    calendar.closed_days.insert(date(2027, 5, 20));
    assert!(is_soon(&calendar, "2027-05-17T00:00:00Z"));
}

#[test]
fn a_date_has_just_passed_for_ten_business_days() {
    let calendar = Calendar::prague().unwrap();
    let has_just_passed = |now: &str| clock(&calendar, now).has_just_passed(day("2027-06-01"));
    assert!(!has_just_passed("2027-06-01T23:59:59Z"));
    assert!(has_just_passed("2027-06-02T00:00:00Z"));
    assert!(has_just_passed("2027-06-15T23:59:59Z"));
    assert!(!has_just_passed("2027-06-16T00:00:00Z"));
}

#[test]
fn an_overdue_approval_is_repeated_every_five_business_days() {
    let calendar = Calendar::prague().unwrap();
    let due_at = at("2027-04-05T07:00:00Z");
    let overdue = |now: &str, last: Option<&str>| clock(&calendar, now).overdue(due_at, last.map(at));
    assert_eq!(overdue("2027-04-05T06:59:59Z", None), None);
    assert_eq!(overdue("2027-04-05T07:00:00Z", None), Some(due_at));
    assert_eq!(overdue("2027-04-12T06:59:59Z", Some("2027-04-05T07:00:00Z")), Some(due_at));
    assert_eq!(overdue("2027-04-12T07:00:00Z", Some("2027-04-05T07:00:00Z")), Some(at("2027-04-12T07:00:00Z")));
    // What was not sent in time is left out.
    assert_eq!(overdue("2027-04-27T00:00:00Z", None), Some(at("2027-04-26T07:00:00Z")));
    // The local time stays the same when the clocks change. 28 October is a public holiday.
    let winter = Clock { now: at("2027-11-02T08:00:00Z"), calendar: &calendar, since: due_at };
    assert_eq!(winter.overdue(at("2027-10-25T07:00:00Z"), None), Some(at("2027-11-02T08:00:00Z")));
}

#[test]
fn instants_before_the_first_check_are_left_out() {
    let calendar = Calendar::prague().unwrap();
    let clock = |now: &str| Clock { now: at(now), calendar: &calendar, since: at("2027-04-06T00:00:00Z") };
    let due_at = at("2027-04-05T07:00:00Z");
    assert_eq!(clock("2027-04-06T00:00:00Z").overdue(due_at, None), None);
    assert_eq!(clock("2027-04-12T07:00:00Z").overdue(due_at, None), Some(at("2027-04-12T07:00:00Z")));
}

proptest! {
    /// There are ten business days from the first day of the reminder to the date.
    #[test]
    fn the_day_of_the_reminder_is_ten_business_days_earlier(days in 0i64..3_000, closed in prop::collection::btree_set(0i64..3_000, 0..50)) {
        let first = day("2026-01-01");
        let mut calendar = Calendar::prague().unwrap();
        calendar.closed_days = closed.into_iter().map(|closed| first.plus_days(closed).to_jiff()).collect();
        let about = first.plus_days(days);
        let before = business_day_before(&calendar, about).unwrap();
        let between = calendar.business_days_from(before).take_while(|date| Day::from_jiff(*date) < about).count();
        prop_assert_eq!(between, BUSINESS_DAYS_AHEAD);
        prop_assert!(calendar.is_business_day(before));
    }

    #[test]
    fn half_of_the_time_is_between_both_instants(from in 0i64..4_000_000_000_000_000, length in 0i64..1_000_000_000_000) {
        let (from, due_at) = (UtcTime::from_unix_micros(from), UtcTime::from_unix_micros(from + length));
        let half = halfway(from, due_at);
        prop_assert!(from <= half && half <= due_at);
        prop_assert!((from.seconds_until(half) - half.seconds_until(due_at)).abs() < 0.001);
    }
}
