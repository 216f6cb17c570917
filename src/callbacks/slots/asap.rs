//! What a roster can keep in addition to the calls that are promised already, as pure functions.
//!
//! - A call as soon as possible can start once the agents on duty have had time for every call ahead of it, and for
//!   this one: those that wait for a call as soon as possible, and those in windows that have begun by then.
//! - Calls as soon as possible use what the bookings of the next slots leave, so that less can be booked in these
//!   slots.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::calendar::booking::{Capacity, Schedule};
use crate::calendar::slots;

/// How exact the promise is: it is the end of a step, rounded up.
const STEP: SignedDuration = SignedDuration::from_mins(5);

/// The calls that a queue still has to make.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ahead {
    /// Calls as soon as possible.
    pub waiting: i64,
    /// The starts of windows that have not ended, with the calls that are booked in each.
    pub booked: Vec<(Timestamp, i64)>,
}

impl Ahead {
    fn by(&self, instant: Timestamp) -> i64 {
        let booked = self.booked.iter().filter(|(start, _)| *start < instant).map(|(_, calls)| *calls);
        booked.fold(self.waiting, i64::saturating_add)
    }
}

/// Returns the time before which a call that is requested now can start. `None` if the agents on duty cannot make it
/// within the booking horizon, or the calendar never opens.
pub fn promise_by(schedule: &Schedule, now: Timestamp, ahead: &Ahead) -> Option<Timestamp> {
    let calendar = &schedule.calendar;
    let target = calendar.promise_by(now, schedule.rules.asap_target_minutes)?;
    let days = calendar.business_days_from(calendar.date_at(now)).take(schedule.rules.horizon_days);
    let mut worked = SignedDuration::ZERO;
    for date in days {
        let Capacity::Roster { staff, handling_minutes } = &schedule.rules.on(date).capacity else {
            return Some(target);
        };
        for (opens, closes) in calendar.opening_periods(date) {
            let mut from = opens.max(now);
            while from < closes {
                let to = from.checked_add(STEP).ok()?.min(closes);
                for one in staff {
                    worked = worked.saturating_add(one.time_on_duty(&calendar.zone, from, to));
                }
                let calls = ahead.by(to).saturating_add(1);
                if worked >= SignedDuration::from_secs(handling_minutes.saturating_mul(calls).saturating_mul(60)) {
                    return Some(target.max(to));
                }
                from = to;
            }
        }
    }
    None
}

/// Returns how many of the calls as soon as possible have to be made during each slot, by its start.
pub fn taken_by_waiting(schedule: &Schedule, now: Timestamp, ahead: &Ahead) -> BTreeMap<Timestamp, i32> {
    let booked: BTreeMap<_, _> = ahead.booked.iter().copied().collect();
    let (calendar, mut left, mut taken) = (&schedule.calendar, ahead.waiting, BTreeMap::new());
    let days = calendar.business_days_from(calendar.date_at(now)).take(schedule.rules.horizon_days);
    for slot in days.flat_map(|date| slots::slots_on(schedule, date)).filter(|slot| slot.end > now) {
        if left <= 0 {
            break;
        }
        let free = i64::from(schedule.capacity_without_others(&slot)) - booked.get(&slot.start).copied().unwrap_or(0);
        let calls = left.min(free.max(0));
        taken.insert(slot.start, i32::try_from(calls).unwrap_or(i32::MAX));
        left -= calls;
    }
    taken
}

#[cfg(test)]
#[path = "asap_tests.rs"]
mod tests;
