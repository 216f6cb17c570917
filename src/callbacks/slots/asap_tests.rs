use jiff::civil::time;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::calendar::booking::BookingRules;
use crate::calendar::rules::Calendar;
use crate::calendar::staffing::{Duty, SharedDuty, Staff};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Agents who are on duty on Tuesdays, each in one period.
fn schedule(duties: &[(i8, i8)], handling_minutes: i64) -> Schedule {
    let staff = |(starts, ends): &(i8, i8)| Staff {
        duties: vec![SharedDuty {
            duty: Duty { weekday: 2, starts: time(*starts, 0, 0, 0), ends: time(*ends, 0, 0, 0) },
            queues: 1,
        }],
        absences: Vec::new(),
    };
    let capacity = Capacity::Roster { staff: duties.iter().map(staff).collect(), handling_minutes };
    Schedule::new(Calendar::prague().unwrap(), BookingRules { capacity, ..BookingRules::default() })
}

fn waiting(waiting: i64) -> Ahead {
    Ahead { waiting, booked: Vec::new() }
}

#[test]
fn a_promise_takes_the_queue_into_account() {
    let ten = at("2027-03-30T08:00Z");
    let one_agent = schedule(&[(10, 17)], 20);
    let two_agents = schedule(&[(10, 17), (10, 17)], 20);
    for (schedule, ahead, expected) in [
        // The target is later than the agent needs.
        (&one_agent, waiting(0), Some("2027-03-30T08:30Z")),
        (&one_agent, waiting(2), Some("2027-03-30T09:00Z")),
        (&two_agents, waiting(2), Some("2027-03-30T08:30Z")),
        // Six hours of calls and the last one.
        (&one_agent, waiting(20), Some("2027-03-30T15:00Z")),
        // The next Tuesday.
        (&one_agent, waiting(21), Some("2027-04-06T08:20Z")),
        (&one_agent, waiting(60), None),
        (&schedule(&[], 20), waiting(0), None),
        (
            &one_agent,
            Ahead { waiting: 0, booked: vec![(ten, 2), (at("2027-03-30T12:00Z"), 9)] },
            Some("2027-03-30T09:00Z"),
        ),
    ] {
        assert_eq!(promise_by(schedule, ten, &ahead), expected.map(at), "{ahead:?}");
    }
    let after_hours = promise_by(&one_agent, at("2027-03-30T16:00Z"), &waiting(0));
    assert_eq!(after_hours, Some(at("2027-04-06T08:20Z")));
}

#[test]
fn a_fixed_capacity_promises_the_target() {
    let fixed = Schedule::new(Calendar::prague().unwrap(), BookingRules::default());
    assert_eq!(promise_by(&fixed, at("2027-03-30T08:00Z"), &waiting(99)), Some(at("2027-03-30T08:30Z")));
}

#[test]
fn waiting_calls_leave_less_capacity_in_the_next_slots() {
    // Three calls fit into each hour from 10:00 to 12:00.
    let schedule = schedule(&[(10, 12)], 20);
    let (ten, eleven) = (at("2027-03-30T08:00Z"), at("2027-03-30T09:00Z"));
    let taken = |waiting, booked: &[(Timestamp, i64)]| {
        let ahead = Ahead { waiting, booked: booked.to_vec() };
        let found = taken_by_waiting(&schedule, at("2027-03-30T07:00Z"), &ahead);
        [ten, eleven].map(|start| found.get(&start).copied().unwrap_or(0))
    };
    assert_eq!(taken(0, &[]), [0, 0]);
    assert_eq!(taken(2, &[]), [2, 0]);
    assert_eq!(taken(4, &[]), [3, 1]);
    assert_eq!(taken(2, &[(ten, 2)]), [1, 1]);
    assert_eq!(taken(9, &[(ten, 3), (eleven, 1)]), [0, 2]);
}

/// Lets agents make calls one after the other, minute by minute, and returns when the last one starts.
fn simulate(duties: &[(i8, i8)], handling_minutes: i64, now: Timestamp, calls: i64) -> Option<Timestamp> {
    let zone = TimeZone::get("Europe/Prague").unwrap();
    let duty =
        |(starts, ends): &(i8, i8)| Duty { weekday: 2, starts: time(*starts, 0, 0, 0), ends: time(*ends, 0, 0, 0) };
    let mut free_at = vec![now; duties.len()];
    let mut left = calls;
    for minute in 0..14 * 24 * 60 {
        let instant = now + SignedDuration::from_mins(minute);
        for (agent, free) in duties.iter().zip(&mut free_at) {
            // A call that has begun is ended, also after the duty.
            if *free <= instant && duty(agent).covers(&zone, instant) {
                left -= 1;
                if left == 0 {
                    return Some(instant);
                }
                *free = instant + SignedDuration::from_mins(handling_minutes);
            }
        }
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Agents who work without a pause keep every promise.
    #[test]
    fn the_roster_keeps_the_promise(
        duties in prop::collection::vec((10i8..16, 1i8..7), 0..4), handling in 5i64..40, ahead in 0i64..30, hour in 0i64..48,
    ) {
        let duties: Vec<_> = duties.into_iter().map(|(starts, length)| (starts, (starts + length).min(17))).collect();
        let now = at("2027-03-29T22:00Z") + SignedDuration::from_hours(hour);
        if let Some(by) = promise_by(&schedule(&duties, handling), now, &waiting(ahead)) {
            let started = simulate(&duties, handling, now, ahead + 1);
            prop_assert!(started.is_some_and(|started| started < by), "{started:?} {by}");
        }
    }

    /// Waiting calls take no more than what is left of each slot, and no more than there are.
    #[test]
    fn waiting_calls_take_what_is_left(
        duties in prop::collection::vec((10i8..16, 1i8..7), 0..4), handling in 5i64..40, calls in 0i64..60,
        booked in prop::collection::vec(0i64..4, 7),
    ) {
        let duties: Vec<_> = duties.into_iter().map(|(starts, length)| (starts, (starts + length).min(17))).collect();
        let schedule = schedule(&duties, handling);
        let now = at("2027-03-30T06:00Z");
        let starts = (0..7).map(|hour| at("2027-03-30T08:00Z") + SignedDuration::from_hours(hour));
        let ahead = Ahead { waiting: calls, booked: starts.zip(booked).collect() };
        let taken = taken_by_waiting(&schedule, now, &ahead);
        prop_assert!(taken.values().map(|calls| i64::from(*calls)).sum::<i64>() <= calls);
        for slot in slots::slots_on(&schedule, schedule.calendar.date_at(now)) {
            let booked = ahead.booked.iter().find(|(start, _)| *start == slot.start).map_or(0, |(_, calls)| *calls);
            let left = (i64::from(schedule.capacity_without_others(&slot)) - booked).max(0);
            prop_assert!(taken.get(&slot.start).is_none_or(|calls| i64::from(*calls) <= left));
        }
    }

    /// The more calls are ahead, the later is the promise, and it is never before the target.
    #[test]
    fn more_calls_ahead_never_make_it_earlier(handling in 5i64..40, ahead in 0i64..30, hour in 0i64..48) {
        let schedule = schedule(&[(10, 13), (12, 17)], handling);
        let now = at("2027-03-29T22:00Z") + SignedDuration::from_hours(hour);
        let (first, next) = (promise_by(&schedule, now, &waiting(ahead)), promise_by(&schedule, now, &waiting(ahead + 1)));
        prop_assert!(first.is_some() || next.is_none());
        prop_assert!(first.zip(next).is_none_or(|(first, next)| first <= next));
        prop_assert!(first >= schedule.calendar.promise_by(now, 30).filter(|_| first.is_some()));
    }
}
