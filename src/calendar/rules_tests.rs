use super::*;
use jiff::civil::{date, time};
use proptest::prelude::*;

const ZONES: [&str; 4] = ["Europe/Prague", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"];
/// The four days after each contain a clock change of 2027 in New York (spring), Prague (both) or Lord Howe (both), or
/// Easter or Christmas.
const INTERESTING: [&str; 6] = [
    "2027-03-13T00:00Z",
    "2027-03-27T00:00Z",
    "2027-04-02T00:00Z",
    "2027-10-01T00:00Z",
    "2027-10-30T00:00Z",
    "2027-12-23T00:00Z",
];
/// Office hours, and hours that start, end or are inside a clock change.
const HOURS: [(Time, Time); 6] = [
    (time(10, 0, 0, 0), time(17, 0, 0, 0)),
    (time(1, 0, 0, 0), time(2, 0, 0, 0)),
    (time(2, 0, 0, 0), time(3, 0, 0, 0)),
    (time(2, 15, 0, 0), time(2, 45, 0, 0)),
    (time(1, 30, 0, 0), time(2, 30, 0, 0)),
    (time(0, 0, 0, 0), time(23, 59, 0, 0)),
];
/// The dates of the clock changes of 2027 in these zones.
const CHANGES: [Date; 6] =
    [date(2027, 3, 14), date(2027, 3, 28), date(2027, 4, 4), date(2027, 10, 3), date(2027, 10, 31), date(2027, 11, 7)];
/// The target of calls as soon as possible, in minutes.
const TARGET: i64 = 30;
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Creates a calendar that is open every day, with hours around the clock changes.
fn night_calendar(zone: &str, opens: Time, closes: Time) -> Calendar {
    Calendar { week: Week::daily([true; 7], opens, closes), ..Calendar::in_zone(TimeZone::get(zone).unwrap()) }
}

fn instants() -> impl Strategy<Value = Timestamp> {
    let start = proptest::sample::select(&INTERESTING[..]);
    (start, 0i64..4 * 24 * 60).prop_map(|(start, minute)| at(start) + minutes(minute))
}

fn calendars() -> impl Strategy<Value = Calendar> {
    let hours = proptest::sample::select(&HOURS[..]);
    (proptest::sample::select(&ZONES[..]), hours)
        .prop_map(|(zone, (opens, closes))| night_calendar(zone, opens, closes))
}

/// Determines the opening hours of a calendar with at most one period a day by checking local time at every minute of
/// three days.
fn hours_by_the_clock(calendar: &Calendar, date: Date) -> Option<(Timestamp, Timestamp)> {
    let period = *calendar.periods_on(date).first()?;
    let noon = calendar.zone.to_timestamp(date.at(12, 0, 0, 0)).unwrap();
    let minutes: Vec<_> = (-36 * 60..36 * 60)
        .map(|minute: i64| noon + minutes(minute))
        .filter(|minute| calendar.date_at(*minute) == date)
        .collect();
    let clock = |minute: &Timestamp| calendar.zone.to_datetime(*minute).time();
    let first = minutes.iter().find(|m| clock(m) >= period.opens)?;
    let last = minutes.iter().rfind(|m| clock(m) < period.closes)?;
    (first <= last).then_some((*first, *last + MINUTE))
}

fn periods(calendar: &Calendar, date: Date) -> Vec<(Timestamp, Timestamp)> {
    calendar.opening_periods(date).collect()
}

#[test]
fn prague_opens_at_ten_and_is_closed_at_five_sharp() {
    let calendar = Calendar::prague().unwrap();
    let hours = [(at("2027-03-30T08:00Z"), at("2027-03-30T15:00Z"))];
    assert_eq!(periods(&calendar, date(2027, 3, 30)), hours);
    assert!(!calendar.is_open_at(at("2027-03-30T15:00Z")));
    assert!(calendar.is_open_at(at("2027-03-30T14:59:59.999999999Z")));
}

#[test]
fn weekends_holidays_and_closed_days_are_closed() {
    let mut calendar = Calendar::prague().unwrap();
    calendar.closed_days.insert(date(2027, 3, 31));
    for (day, open) in [
        (date(2027, 3, 26), false),
        (date(2027, 3, 27), false),
        (date(2027, 3, 28), false),
        (date(2027, 3, 29), false),
        (date(2027, 3, 30), true),
        (date(2027, 3, 31), false),
        (date(2027, 4, 1), true),
    ] {
        assert_eq!(calendar.is_business_day(day), open, "{day}");
    }
}

#[test]
fn promises() {
    let calendar = Calendar::prague().unwrap();
    for (now, expected) in [
        // Inside the day.
        ("2027-03-30T08:00Z", "2027-03-30T08:30Z"),
        // Before opening.
        ("2027-03-30T05:00Z", "2027-03-30T08:30Z"),
        // Exactly until closing: the same day.
        ("2027-03-30T14:30Z", "2027-03-30T15:00Z"),
        // Overnight.
        ("2027-03-30T14:50Z", "2027-03-31T08:20Z"),
        // At closing time the calendar is closed.
        ("2027-03-30T15:00Z", "2027-03-31T08:30Z"),
        // From Thursday (CET) over Good Friday, the clock change and Easter Monday to Tuesday (CEST).
        ("2027-03-25T15:50Z", "2027-03-30T08:20Z"),
    ] {
        assert_eq!(calendar.promise_by(at(now), TARGET), Some(at(expected)), "{now}");
    }
}

#[test]
fn a_target_of_zero_is_due_at_once_or_at_the_next_opening() {
    let calendar = Calendar::prague().unwrap();
    for (now, expected) in [("2027-03-30T08:12Z", "2027-03-30T08:12Z"), ("2027-03-30T15:00Z", "2027-03-31T08:00Z")] {
        assert_eq!(calendar.promise_by(at(now), 0), Some(at(expected)), "{now}");
    }
}

#[test]
fn a_calendar_that_never_opens_promises_nothing() {
    let now = at("2027-03-30T08:00Z");
    let never = Calendar { week: Week::default(), ..Calendar::prague().unwrap() };
    assert_eq!(never.promise_by(now, TARGET), None);
    assert_eq!(never.add_business_days(date(2027, 3, 30), 1), None);
    assert_eq!(never.subtract_business_days(date(2027, 3, 30), 1), None);
    assert_eq!(never.business_days_from(date(2027, 3, 30)).next(), None);

    let week = Week::daily([true; 7], time(10, 0, 0, 0), time(10, 0, 0, 0));
    let no_hours = Calendar { week, ..Calendar::prague().unwrap() };
    assert!(periods(&no_hours, date(2027, 3, 30)).is_empty());
    assert_eq!(no_hours.promise_by(now, TARGET), None);
}

#[test]
fn the_limits_of_the_time_types_are_handled() {
    let calendar = Calendar::prague().unwrap();
    assert_eq!(calendar.promise_by(Timestamp::MAX, i64::MAX), None);
    assert_eq!(calendar.promise_by(Timestamp::MIN, i64::MAX), None);
    assert_eq!(calendar.add_business_days(Date::MAX, 1), None);
}

#[test]
fn business_days_are_counted() {
    let calendar = Calendar::prague().unwrap();
    for (from, n, expected) in [
        (date(2027, 3, 25), 0, date(2027, 3, 25)),
        (date(2027, 3, 25), 1, date(2027, 3, 30)),
        (date(2027, 3, 27), 0, date(2027, 3, 27)),
        (date(2027, 3, 27), 1, date(2027, 3, 30)),
        (date(2027, 3, 30), 5, date(2027, 4, 6)),
    ] {
        assert_eq!(calendar.add_business_days(from, n), Some(expected));
    }
    for (from, n, expected) in [
        (date(2027, 3, 30), 0, date(2027, 3, 30)),
        (date(2027, 3, 30), 1, date(2027, 3, 25)),
        (date(2027, 4, 6), 5, date(2027, 3, 30)),
    ] {
        assert_eq!(calendar.subtract_business_days(from, n), Some(expected));
    }
}

#[test]
fn a_clock_change_inside_opening_hours() {
    let duration = |day: Date| {
        let calendar = night_calendar("Europe/Prague", time(1, 0, 0, 0), time(4, 0, 0, 0));
        let (opens, closes) = calendar.opening_periods(day).next().unwrap();
        closes.duration_since(opens)
    };
    assert_eq!(duration(date(2027, 3, 28)), SignedDuration::from_hours(2));
    assert_eq!(duration(date(2027, 3, 30)), SignedDuration::from_hours(3));
    assert_eq!(duration(date(2027, 10, 31)), SignedDuration::from_hours(4));
}

#[test]
fn opening_hours_match_local_time() {
    for zone in ZONES {
        for (opens, closes) in HOURS {
            let calendar = night_calendar(zone, opens, closes);
            for day in CHANGES {
                assert_eq!(
                    calendar.opening_periods(day).next(),
                    hours_by_the_clock(&calendar, day),
                    "{zone} {opens} {closes} {day}"
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_promise_matches_the_target_counted_minute_by_minute(
        calendar in calendars(), now in instants(), target in 1i64..200
    ) {
        let mut due = now;
        let mut left = target;
        while left > 0 {
            left -= i64::from(calendar.is_open_at(due));
            due += MINUTE;
        }
        prop_assert_eq!(calendar.promise_by(now, target), Some(due));
        prop_assert_eq!(calendar.business_duration(now, due), minutes(target));
    }

    #[test]
    fn business_time_matches_the_open_minutes(calendar in calendars(), from in instants(), length in 0i64..4000) {
        let open = (0..length).filter(|minute| calendar.is_open_at(from + minutes(*minute))).count();
        let to = from + minutes(length);
        prop_assert_eq!(
            calendar.business_duration(from, to),
            SignedDuration::from_mins(i64::try_from(open).unwrap())
        );
        prop_assert_eq!(calendar.business_duration(to, from), SignedDuration::ZERO);
    }

    #[test]
    fn business_days_match_a_day_by_day_search(offset in 0i64..1000, n in 0usize..30) {
        let calendar = Calendar::prague().unwrap();
        let from = date(2026, 1, 1) + jiff::Span::new().days(offset);
        let mut day = from;
        let mut left = n;
        while left > 0 {
            day = day.tomorrow().unwrap();
            left -= usize::from(calendar.is_business_day(day));
        }
        prop_assert_eq!(calendar.add_business_days(from, n), Some(day));
    }
}

/// Generates instants within three days of a clock change, a holiday, or any day, in ten years.
fn instants_near_changes() -> impl Strategy<Value = (&'static str, Timestamp)> {
    let zone = proptest::sample::select(&ZONES[..]);
    (zone, 0i64..10 * 365, -3i64 * 24 * 60..3 * 24 * 60, 0u8..3).prop_map(|(zone, day, minute, kind)| {
        let from = at("2025-01-01T00:00Z") + minutes(day * 24 * 60);
        let around = match kind {
            // Kathmandu has no clock changes; its zone data ends in 2038 with an entry that changes nothing.
            0 => {
                let changes = TimeZone::get(zone).unwrap().following(from).next().map(|change| change.timestamp());
                changes.filter(|change| *change < at("2037-01-01T00:00Z")).unwrap_or(from)
            }
            1 => at("2026-12-24T12:00Z") + minutes(day / 365 * 365 * 24 * 60),
            _ => from,
        };
        (zone, around + minutes(minute))
    })
}

/// Generates calendars with unusual hours, some weekdays, and some closed days around `now`.
pub(in crate::calendar) fn varied_calendars() -> impl Strategy<Value = (Calendar, Timestamp)> {
    let hours = (0i8..96, 1i8..96);
    let weekdays =
        proptest::array::uniform7(any::<bool>()).prop_filter("some day is open", |days| days.contains(&true));
    let closed_days = proptest::collection::vec(-3i64..12, 0..6);
    (instants_near_changes(), hours, weekdays, closed_days).prop_map(
        |((zone, now), (opens, length), weekdays, closed)| {
            let quarter = |index: i8| time(index / 4, index % 4 * 15, 0, 0);
            let zone = TimeZone::get(zone).unwrap();
            let today = zone.to_datetime(now).date();
            let opens = opens.min(94);
            let closes = quarter(opens.saturating_add(length).min(95));
            let calendar = Calendar {
                week: Week::daily(weekdays, quarter(opens), closes),
                closed_days: closed.into_iter().map(|days| today + jiff::Span::new().days(days)).collect(),
                ..Calendar::in_zone(zone)
            };
            (calendar, now)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// The promise of any calendar matches local time, checked minute by minute.
    #[test]
    fn promises_of_any_calendar_match_local_time((calendar, now) in varied_calendars(), target in 1i64..400) {
        let mut hours = std::collections::HashMap::new();
        let (mut due, mut left) = (now, target);
        while left > 0 {
            let date = calendar.date_at(due);
            let open = *hours.entry(date).or_insert_with(|| hours_by_the_clock(&calendar, date));
            left -= i64::from(open.is_some_and(|(opens, closes)| opens <= due && due < closes));
            due += MINUTE;
        }
        prop_assert_eq!(calendar.promise_by(now, target), Some(due));
        prop_assert_eq!(calendar.business_duration(now, due), minutes(target));
    }

    /// With several periods a day, the open time of a day is that of the union of its periods, minute by minute.
    #[test]
    fn several_periods_are_open_where_local_time_is_in_one_of_them(
        zone in proptest::sample::select(&ZONES[..]), day in proptest::sample::select(&CHANGES[..]),
        hours in proptest::collection::vec((0i8..23, 0i8..4), 1..4),
    ) {
        let mut week = Week::default();
        for (hour, quarter) in hours {
            let opens = time(hour, quarter * 15, 0, 0);
            let period = Period { opens, closes: time(hour + 1, 0, 0, 0) };
            if week.on(day).iter().all(|other| !other.overlaps(&period)) {
                for weekday in 0..7 {
                    week.add(weekday, period);
                }
            }
        }
        let zone = TimeZone::get(zone).unwrap();
        let calendar = Calendar { week, public_holidays: PublicHolidays::NONE, ..Calendar::in_zone(zone) };
        let periods = periods(&calendar, day);
        prop_assert!(periods.windows(2).all(|pair| pair[0].1 <= pair[1].0));
        let noon = calendar.zone.to_timestamp(day.at(12, 0, 0, 0)).unwrap();
        for minute in -16 * 60..16 * 60 {
            let instant = noon + minutes(minute);
            let local = calendar.zone.to_datetime(instant);
            let expected = local.date() == day
                && calendar.periods_on(day).iter().any(|one| one.opens <= local.time() && local.time() < one.closes);
            let open = periods.iter().any(|(opens, closes)| *opens <= instant && instant < *closes);
            // A clock change inside a period can repeat local times after it; they belong to the period.
            prop_assert!(open || !expected, "{instant}");
        }
    }
}

#[test]
fn other_hours_replace_those_of_the_weekday_and_of_a_holiday() {
    let mut calendar = Calendar::prague().unwrap();
    let morning = Period { opens: time(9, 0, 0, 0), closes: time(12, 0, 0, 0) };
    // A Tuesday, and Good Friday.
    for day in [date(2027, 3, 30), date(2027, 3, 26)] {
        calendar.special_hours.add(day, morning);
        assert_eq!(calendar.periods_on(day), [morning]);
    }
    calendar.closed_days.insert(date(2027, 3, 30));
    assert!(!calendar.is_business_day(date(2027, 3, 30)));
    assert_eq!(calendar.promise_by(at("2027-03-26T08:00Z"), 60), Some(at("2027-03-26T09:00Z")));
}

#[test]
fn a_lunch_break_is_no_business_time() {
    let week = "1 10:00-12:00,2 10:00-12:00,2 13:00-17:00".parse().unwrap();
    let calendar = Calendar { week, ..Calendar::prague().unwrap() };
    assert_eq!(calendar.promise_by(at("2027-03-30T09:50Z"), 30), Some(at("2027-03-30T11:20Z")));
    assert_eq!(calendar.next_open(at("2027-03-30T10:00Z")), Some(at("2027-03-30T11:00Z")));
    let day = calendar.business_duration(at("2027-03-30T00:00Z"), at("2027-03-30T22:00Z"));
    assert_eq!(day, SignedDuration::from_hours(6));
}
