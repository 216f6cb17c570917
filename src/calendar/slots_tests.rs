use std::collections::BTreeSet;

use super::*;
use crate::calendar::hours::Week;
use crate::calendar::rules::tests::varied_calendars;
use crate::calendar::versions::Successor;
use jiff::civil::{date, time};
use proptest::prelude::*;

const ZONES: [&str; 4] = ["Europe/Prague", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"];
/// The Sundays of the clock changes in 2027, and two other days.
const DAYS: [Date; 8] = [
    date(2027, 3, 14),
    date(2027, 3, 28),
    date(2027, 4, 4),
    date(2027, 10, 3),
    date(2027, 10, 31),
    date(2027, 11, 7),
    date(2027, 3, 30),
    date(2027, 12, 24),
];

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn window(text: &str) -> Window {
    text.parse().unwrap()
}

fn schedule(calendar: Calendar, window_minutes: i64) -> Schedule {
    Schedule::new(calendar, BookingRules { window_minutes, ..BookingRules::default() })
}

fn prague() -> Schedule {
    schedule(Calendar::prague().unwrap(), 60)
}

fn all_windows(schedule: &Schedule) -> Vec<Window> {
    windows(&schedule.calendar, &schedule.rules)
}

fn all_night(zone: &str, window_minutes: i64) -> Schedule {
    let week = Week::daily([true; 7], time(0, 0, 0, 0), time(6, 0, 0, 0));
    schedule(Calendar { week, ..Calendar::in_zone(TimeZone::get(zone).unwrap()) }, window_minutes)
}

/// Determines the slots by checking local time at every minute of three days: it must show every minute of the window.
fn slots_by_the_clock(schedule: &Schedule, date: Date) -> Vec<(Window, Timestamp)> {
    let calendar = &schedule.calendar;
    if !calendar.is_business_day(date) {
        return Vec::new();
    }
    let noon = calendar.zone.to_timestamp(date.at(12, 0, 0, 0)).unwrap();
    let clock = |instant| calendar.zone.to_datetime(instant);
    let mut found = Vec::new();
    let all_windows = all_windows(schedule);
    for start in (-36 * 60..36 * 60).map(|minute| noon + minutes(minute)) {
        let local = clock(start);
        let begins = |window: &Window| local == date.to_datetime(window.start);
        let runs_evenly =
            || (0..schedule.rules.window_minutes).map(minutes).all(|passed| clock(start + passed) == local + passed);
        if let Some(window) = all_windows.iter().copied().find(begins)
            && runs_evenly()
        {
            found.push((window, start));
        }
    }
    found
}

#[test]
fn windows_of_the_default_calendar() {
    let names: Vec<_> = all_windows(&prague()).iter().map(Window::to_string).collect();
    assert_eq!(
        names,
        ["10:00-11:00", "11:00-12:00", "12:00-13:00", "13:00-14:00", "14:00-15:00", "15:00-16:00", "16:00-17:00"]
    );
}

#[test]
fn remaining_time_too_short_for_a_window_is_left_out() {
    for (window_minutes, count) in [(45, 9), (420, 1), (421, 0), (0, 0), (-60, 0), (i64::MAX, 0)] {
        let schedule = schedule(Calendar::prague().unwrap(), window_minutes);
        assert_eq!(all_windows(&schedule).len(), count, "{window_minutes}");
    }
}

#[test]
fn only_the_exact_form_of_a_window_is_accepted() {
    assert_eq!(window("09:05-10:00").to_string(), "09:05-10:00");
    for text in [
        "",
        "10:00",
        "10-11",
        "9:00-10:00",
        "10:00-10:00",
        "11:00-10:00",
        "10:00 - 11:00",
        "10:00-11:00:00",
        "10:00–11:00",
        "23:00-24:00",
        " 10:00-11:00",
    ] {
        assert_eq!(text.parse::<Window>(), Err(SlotFault::UnknownWindow), "{text:?}");
    }
}

#[test]
fn the_id_is_the_start_in_utc() {
    let slot = find(&prague(), at("2027-03-30T06:00Z"), date(2027, 3, 30), &window("10:00-11:00"));
    let slot = slot.unwrap();
    assert_eq!(slot.slot_id(), "20270330T0800Z");
    assert_eq!(parse_slot_id("20270330T0800Z"), Some(slot.start));
    assert_eq!(slot.end, at("2027-03-30T09:00Z"));
    for id in ["", "20270330T0800", "2027-03-30T08:00Z", "20270330T800Z", "20270230T0800Z", "20270330t0800z"] {
        assert_eq!(parse_slot_id(id), None, "{id:?}");
    }
}

#[test]
fn a_missing_hour_has_no_slot_and_a_repeated_one_has_two() {
    let calendar = all_night("Europe/Prague", 60);
    let starts = |day, name: &str| -> Vec<_> {
        let slots = slots_on(&calendar, day).into_iter();
        slots.filter(|s| s.window == window(name)).map(|s| s.slot_id()).collect()
    };
    let (spring, autumn) = (date(2027, 3, 28), date(2027, 10, 31));
    assert_eq!(starts(spring, "01:00-02:00"), ["20270328T0000Z"]);
    assert!(starts(spring, "02:00-03:00").is_empty());
    assert_eq!(starts(spring, "03:00-04:00"), ["20270328T0100Z"]);
    assert_eq!(starts(autumn, "01:00-02:00"), ["20271030T2300Z"]);
    assert_eq!(starts(autumn, "02:00-03:00"), ["20271031T0000Z", "20271031T0100Z"]);
    assert_eq!(starts(autumn, "03:00-04:00"), ["20271031T0200Z"]);
}

#[test]
fn a_slot_exactly_at_the_end_of_the_notice_is_bookable() {
    let calendar = prague();
    let (day, ten) = (date(2027, 3, 30), window("10:00-11:00"));
    assert!(find(&calendar, at("2027-03-30T07:45Z"), day, &ten).is_ok());
    let late = at("2027-03-30T07:45:00.000000001Z");
    assert_eq!(find(&calendar, late, day, &ten), Err(SlotFault::Past));
}

#[test]
fn a_window_without_a_date_rolls_for_time_and_holidays() {
    let next = |now, name: &str| {
        let (slot, rolled) = next_occurrence(&prague(), at(now), &window(name)).unwrap();
        (slot.date, rolled)
    };
    assert_eq!(next("2027-03-30T07:45Z", "10:00-11:00"), (date(2027, 3, 30), false));
    assert_eq!(next("2027-03-30T07:46Z", "10:00-11:00"), (date(2027, 3, 31), true));
    assert_eq!(next("2027-03-30T07:46Z", "11:00-12:00"), (date(2027, 3, 30), false));
    // Good Friday, the weekend and Easter Monday.
    assert_eq!(next("2027-03-26T06:00Z", "10:00-11:00"), (date(2027, 3, 30), true));
    let odd = window("10:30-11:30");
    assert_eq!(next_occurrence(&prague(), at("2027-03-30T07:45Z"), &odd), None);
}

#[test]
fn faults() {
    let now = at("2027-03-30T06:00Z");
    let ten = window("10:00-11:00");
    for (day, wanted, fault) in [
        (date(2027, 3, 31), window("10:30-11:30"), SlotFault::UnknownWindow),
        (date(2027, 3, 25), ten, SlotFault::Past),
        (date(2027, 4, 3), ten, SlotFault::NotABusinessDay),
        (date(2027, 4, 13), ten, SlotFault::TooFar),
        (Date::MAX, ten, SlotFault::TooFar),
    ] {
        assert_eq!(find(&prague(), now, day, &wanted), Err(fault), "{day} {wanted}");
    }
    // The tenth business day, today included.
    assert!(find(&prague(), now, date(2027, 4, 12), &ten).is_ok());
    for (id, fault) in [
        ("garbage", SlotFault::UnknownWindow),
        ("20270330T0830Z", SlotFault::UnknownWindow),
        ("20270329T0800Z", SlotFault::Past),
        ("20270403T0800Z", SlotFault::NotABusinessDay),
        ("20270413T0800Z", SlotFault::TooFar),
    ] {
        assert_eq!(by_id(&prague(), now, id), Err(fault), "{id}");
    }
    let skipped = all_night("Europe/Prague", 60);
    let missing = find(&skipped, at("2027-03-27T12:00Z"), date(2027, 3, 28), &window("02:00-03:00"));
    assert_eq!(missing, Err(SlotFault::UnknownWindow));
}

#[test]
fn the_second_occurrence_of_a_repeated_window_can_be_found() {
    let calendar = all_night("Europe/Prague", 60);
    let (day, two) = (date(2027, 10, 31), window("02:00-03:00"));
    let start = |now| find(&calendar, at(now), day, &two).map(|slot| slot.slot_id());
    assert_eq!(start("2027-10-30T12:00Z"), Ok("20271031T0000Z".to_owned()));
    assert_eq!(start("2027-10-31T00:30Z"), Ok("20271031T0100Z".to_owned()));
    assert_eq!(start("2027-10-31T01:00Z"), Err(SlotFault::Past));
}

#[test]
fn slots_match_local_time() {
    for zone in ZONES {
        for length in [15, 20, 30, 45, 60, 90, 120] {
            let calendar = all_night(zone, length);
            for day in DAYS {
                check_slots(&calendar, day);
            }
        }
    }
}

fn check_slots(schedule: &Schedule, day: Date) {
    let slots = slots_on(schedule, day);
    let found: Vec<_> = slots.iter().map(|slot| (slot.window, slot.start)).collect();
    assert_eq!(found, slots_by_the_clock(schedule, day), "{schedule:?} {day}");

    let ids: BTreeSet<_> = slots.iter().map(Slot::slot_id).collect();
    assert_eq!(ids.len(), slots.len());
    for slot in slots {
        let length = slot.end.duration_since(slot.start);
        assert_eq!(length, minutes(schedule.rules.window_minutes));
        let mut hours = schedule.calendar.opening_periods(day);
        assert!(hours.any(|(opens, closes)| opens <= slot.start && slot.end <= closes));
        assert_eq!(parse_slot_id(&slot.slot_id()), Some(slot.start));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn bookable_slots_match_a_day_by_day_search(
        zone in proptest::sample::select(&ZONES[..]),
        hour in 0i64..24 * 400,
        horizon_days in 0usize..15,
        minimum_notice in 0i64..600,
    ) {
        let zone = TimeZone::get(zone).unwrap();
        let calendar = Calendar::in_zone(zone);
        let rules = BookingRules { horizon_days, minimum_notice, ..BookingRules::default() };
        let schedule = Schedule::new(calendar.clone(), rules);
        let now = at("2026-12-01T00:30Z") + minutes(hour * 60);

        let mut expected = Vec::new();
        let mut day = calendar.date_at(now);
        let mut left = horizon_days;
        while left > 0 {
            left -= usize::from(calendar.is_business_day(day));
            expected.extend(slots_on(&schedule, day));
            day = day.tomorrow().unwrap();
        }
        expected.retain(|slot| now + minutes(minimum_notice) <= slot.start);
        let bookable = bookable_slots(&schedule, now);
        prop_assert_eq!(&bookable, &expected);

        for slot in &bookable {
            prop_assert_eq!(by_id(&schedule, now, &slot.slot_id()), Ok(*slot));
            prop_assert_eq!(find(&schedule, now, slot.date, &slot.window), Ok(*slot));
        }
        for window in all_windows(&schedule) {
            let first = expected.iter().find(|slot| slot.window == window);
            let next = next_occurrence(&schedule, now, &window);
            prop_assert_eq!(next.map(|(slot, _)| slot), first.copied());
            let today = calendar.date_at(now);
            prop_assert!(next.is_none_or(|(slot, rolled)| rolled == (slot.date != today)));
        }
    }

    /// The slots of any calendar on any day match local time, checked minute by minute.
    #[test]
    fn slots_of_any_calendar_match_local_time(
        (calendar, now) in varied_calendars(), window_minutes in proptest::sample::select(&[15i64, 20, 30, 45, 60, 90][..]), day in 0i64..4
    ) {
        let day = calendar.date_at(now) + jiff::Span::new().days(day);
        check_slots(&schedule(calendar, window_minutes), day);
    }

    #[test]
    fn any_text_is_parsed_or_refused(text in any::<String>()) {
        let now = at("2027-03-30T06:00Z");
        prop_assert!(by_id(&prague(), now, &text).is_err());
        prop_assert!(text.parse::<Window>().is_err() || text.len() == 11);
    }
}

fn wanted(window: &str, date: Option<Date>) -> RequestedTime {
    RequestedTime::Window { window: window.into(), date }
}

#[test]
fn a_window_rolls_for_time_and_reports_it() {
    let calendar = prague();
    let requested = wanted("10:00-11:00", None);
    let rolled = |now: &str| match promise(&calendar, at(now), &requested).unwrap() {
        Promise::Slot { slot, rolled } => (slot.slot_id(), rolled),
        Promise::Asap { .. } => panic!("expected a slot"),
    };
    assert_eq!(rolled("2027-03-30T07:45:00Z"), ("20270330T0800Z".into(), false));
    assert_eq!(rolled("2027-03-30T07:45:01Z"), ("20270331T0800Z".into(), true));
}

#[test]
fn every_fault_points_at_its_field() {
    let calendar = prague();
    let now = at("2027-03-30T10:00:00Z");
    for (requested, pointer, fault) in [
        (wanted("08:00-09:00", None), "/window", SlotFault::UnknownWindow),
        (wanted("10:00-11:00", Some(date(2027, 3, 30))), "/date", SlotFault::Past),
        (wanted("10:00-11:00", Some(date(2027, 4, 3))), "/date", SlotFault::NotABusinessDay),
        (wanted("10:00-11:00", Some(date(2028, 3, 31))), "/date", SlotFault::TooFar),
        (RequestedTime::SlotId("20270331T0830Z".into()), "/slot_id", SlotFault::UnknownWindow),
        (RequestedTime::SlotId("20270330T0800Z".into()), "/slot_id", SlotFault::Past),
    ] {
        assert_eq!(promise(&calendar, now, &requested), Err((pointer, fault)), "{requested:?}");
    }
}

#[test]
fn a_calendar_that_never_opens_promises_nothing() {
    let never = schedule(Calendar { week: Week::default(), ..Calendar::prague().unwrap() }, 60);
    let now = at("2027-03-30T10:00:00Z");
    assert_eq!(promise(&never, now, &RequestedTime::Asap), Err(("", SlotFault::TooFar)));
    assert_eq!(promise(&never, now, &wanted("10:00-11:00", None)), Err(("/window", SlotFault::UnknownWindow)));
    let mut nothing_bookable = prague();
    nothing_bookable.rules.horizon_days = 0;
    assert_eq!(promise(&nothing_bookable, now, &wanted("10:00-11:00", None)), Err(("/window", SlotFault::TooFar)));
}

#[test]
fn windows_begin_with_each_opening() {
    let week = "1 10:00-12:00,2 10:00-12:30,2 13:00-17:00".parse().unwrap();
    let lunch = schedule(Calendar { week, ..Calendar::prague().unwrap() }, 60);
    let on = |day| slots_on(&lunch, day).iter().map(|slot| slot.window.to_string()).collect::<Vec<_>>();
    assert!(on(date(2027, 3, 31)).is_empty());
    let tuesday = ["10:00-11:00", "11:00-12:00", "13:00-14:00", "14:00-15:00", "15:00-16:00", "16:00-17:00"];
    assert_eq!(on(date(2027, 3, 30)), tuesday);
    assert_eq!(on(date(2027, 4, 12)), tuesday[..2]);
    // Known on Tuesdays, so that on a Monday it does not exist.
    let now = at("2027-03-30T06:00Z");
    let missing = find(&lunch, now, date(2027, 4, 12), &window("13:00-14:00"));
    assert_eq!(missing, Err(SlotFault::UnknownWindow));
}

#[test]
fn windows_have_to_fit_now_and_later() {
    let mut planned = schedule(Calendar::prague().unwrap(), 240);
    assert!(always_has_windows(&planned));
    let week = Week::daily([true; 7], time(10, 0, 0, 0), time(12, 0, 0, 0));
    let calendar = Calendar { week, ..Calendar::prague().unwrap() };
    let (from, at) = (date(2027, 4, 5), at("2027-04-04T22:00:00Z"));
    planned.calendar.next = Some(Box::new(Successor { from, at, calendar }));
    assert!(!always_has_windows(&planned));
    let rules = |window_minutes| BookingRules { window_minutes, ..BookingRules::default() };
    planned.rules.next = Some((date(2027, 4, 6), Box::new(rules(60))));
    assert!(!always_has_windows(&planned), "one day has no windows");
    planned.rules.next = Some((from, Box::new(rules(60))));
    assert!(always_has_windows(&planned));
}
