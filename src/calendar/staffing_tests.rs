use jiff::civil::{date, time};
use proptest::prelude::*;

use super::*;

fn prague() -> TimeZone {
    TimeZone::get("Europe/Prague").unwrap()
}

fn tuesday(starts: i8, ends: i8) -> Duty {
    Duty { weekday: 2, starts: time(starts, 0, 0, 0), ends: time(ends, 0, 0, 0) }
}

fn staff(duties: &[(i8, i8)], absences: &[(&str, &str)]) -> Staff {
    let absence = |(from, to): &(&str, &str)| (from.parse().unwrap(), to.parse().unwrap());
    Staff {
        duties: duties.iter().map(|(from, to)| SharedDuty { duty: tuesday(*from, *to), queues: 1 }).collect(),
        absences: absences.iter().map(absence).collect(),
    }
}

#[test]
fn a_duty_is_local_time_and_half_open() {
    let duty = tuesday(10, 12);
    for (instant, expected) in [
        ("2027-03-30T07:59:59Z", false),
        ("2027-03-30T08:00:00Z", true),
        ("2027-03-30T09:59:59Z", true),
        ("2027-03-30T10:00:00Z", false),
        // The same local time in winter, and another weekday.
        ("2027-01-12T09:00:00Z", true),
        ("2027-03-31T08:00:00Z", false),
    ] {
        assert_eq!(duty.covers(&prague(), instant.parse().unwrap()), expected, "{instant}");
    }
}

#[test]
fn calls_fit_the_time_on_duty() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let window = (at("2027-03-30T08:00Z"), at("2027-03-30T09:00Z"));
    let whole = staff(&[(10, 12)], &[]);
    let half_absent = staff(&[(10, 12)], &[("2027-03-30T08:30:00Z", "2027-04-02T00:00:00Z")]);
    for (staff, handling, expected) in [
        (whole.clone(), 20, 3),
        (whole, 25, 2),
        (half_absent.clone(), 20, 1),
        (half_absent.clone(), 31, 0),
        (staff(&[(8, 10)], &[]), 20, 0),
        (Staff::default(), 20, 0),
    ] {
        assert_eq!(staff.calls(&prague(), window.0, window.1, handling), expected, "{staff:?}");
    }
    assert!(half_absent.is_on_duty(&prague(), at("2027-03-30T08:29Z")));
    assert!(!half_absent.is_on_duty(&prague(), at("2027-03-30T08:30Z")));
}

#[test]
fn an_agent_in_two_queues_divides_the_time() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let shared = Staff { duties: vec![SharedDuty { duty: tuesday(10, 12), queues: 2 }], absences: Vec::new() };
    assert_eq!(shared.calls(&prague(), at("2027-03-30T08:00Z"), at("2027-03-30T09:00Z"), 20), 1);
}

proptest! {
    /// The time on duty equals the minutes in which the agent is on duty.
    #[test]
    fn time_on_duty_matches_the_minutes(
        start in -600i64..1500, length in 0i64..1500, duties in prop::collection::vec((0i8..12, 12i8..24), 0..2),
        absences in prop::collection::vec((-600i64..2000, 0i64..900), 0..3),
    ) {
        let midnight: Timestamp = "2027-03-29T22:00:00Z".parse().unwrap();
        let after = |minutes: i64| midnight + SignedDuration::from_mins(minutes);
        let duty = |(starts, ends): (i8, i8)| SharedDuty { duty: tuesday(starts, ends.min(23)), queues: 1 };
        let staff = Staff {
            duties: duties.into_iter().take(1).map(duty).collect(),
            absences: absences.into_iter().map(|(from, length)| (after(from), after(from + length))).collect(),
        };
        let on_duty = (start..start + length).filter(|minute| staff.is_on_duty(&prague(), after(*minute))).count();
        let time = staff.time_on_duty(&prague(), after(start), after(start + length));
        prop_assert_eq!(time.as_mins(), i64::try_from(on_duty).unwrap());
    }

    #[test]
    fn overlap_is_mutual_and_means_a_common_minute(
        a in (1_i8..3, 0_i8..23, 1_i8..24), b in (1_i8..3, 0_i8..23, 1_i8..24)
    ) {
        prop_assume!(a.1 < a.2 && b.1 < b.2 && a.2 < 24 && b.2 < 24);
        let duty = |(weekday, starts, ends): (i8, i8, i8)| {
            Duty { weekday, starts: time(starts, 0, 0, 0), ends: time(ends, 0, 0, 0) }
        };
        let (a, b) = (duty(a), duty(b));
        let common = a.weekday == b.weekday && (0..24).any(|hour| {
            let at = time(hour, 0, 0, 0);
            a.starts <= at && at < a.ends && b.starts <= at && at < b.ends
        });
        prop_assert_eq!(a.overlaps(&b), common);
        prop_assert_eq!(a.overlaps(&b), b.overlaps(&a));
    }
}

#[test]
fn a_duty_in_a_skipped_hour_has_no_time() {
    // Sunday 28 March 2027, when 02:00 to 03:00 does not exist.
    let duty = Duty { weekday: 7, starts: time(2, 0, 0, 0), ends: time(3, 0, 0, 0) };
    assert_eq!(duty.on(&prague(), date(2027, 3, 28)), None);
}

#[test]
fn zones_differ_by_every_difference_within_a_year() {
    let zone = |name: &str| TimeZone::get(name).unwrap();
    let now = "2027-03-30T07:00:00Z".parse().unwrap();
    for (other, hours) in [
        ("Europe/Prague", vec![0]),
        ("Europe/Vienna", vec![0]),
        ("Europe/London", vec![-1]),
        // The clocks in New York change two or three weeks earlier in spring, and a week later in autumn.
        ("America/New_York", vec![-6, -5]),
        ("Asia/Tokyo", vec![7, 8]),
        ("Pacific/Kiritimati", vec![12, 13]),
    ] {
        let expected: BTreeSet<i32> = hours.iter().map(|hours| hours * 3_600).collect();
        assert_eq!(seconds_ahead(&prague(), &zone(other), now), expected, "{other}");
    }
}

#[test]
fn duties_overlap_across_midnight_and_the_end_of_the_week() {
    let duty =
        |weekday: i8, starts: i8, ends: i8| Duty { weekday, starts: time(starts, 0, 0, 0), ends: time(ends, 0, 0, 0) };
    for (one, other, hours, expected) in [
        // 15:00 to 17:00 in Prague is 09:00 to 11:00 in New York.
        (duty(2, 15, 17), duty(2, 9, 11), -6, true),
        (duty(2, 15, 17), duty(2, 11, 12), -6, false),
        (duty(2, 15, 17), duty(2, 8, 9), -6, false),
        // Monday morning in Tokyo is Sunday night in Prague.
        (duty(7, 22, 23), duty(1, 6, 7), 8, true),
        (duty(1, 6, 7), duty(7, 22, 23), -8, true),
        (duty(7, 22, 23), duty(1, 7, 8), 8, false),
    ] {
        assert_eq!(one.overlaps_across_zones(&other, hours * 3_600), expected, "{one:?} {other:?}");
        assert_eq!(other.overlaps_across_zones(&one, -hours * 3_600), expected, "{other:?} {one:?}");
    }
}

proptest! {
    #[test]
    fn duties_in_one_zone_overlap_as_their_local_times_do(
        a in (1_i8..=7, 0_i8..22, 1_i8..23), b in (1_i8..=7, 0_i8..22, 1_i8..23)
    ) {
        let duty = |(weekday, from, length): (i8, i8, i8)| Duty {
            weekday,
            starts: time(from, 0, 0, 0),
            ends: time((from + length).min(23), 0, 0, 0),
        };
        let (a, b) = (duty(a), duty(b));
        prop_assert_eq!(a.overlaps_across_zones(&b, 0), a.overlaps(&b));
    }
}
