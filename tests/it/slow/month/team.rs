//! The agents of the simulated month: duty times with breaks, absences, and one agent who works in both queues.

use entente::kernel::ids::PersonId;
use jiff::civil::{Date, date};

use super::{HANDLING_MINUTES, midnight_of};
use crate::support::desk::queues;
use crate::support::*;

pub const DAYS: [&str; 5] = ["monday", "tuesday", "wednesday", "thursday", "friday"];
const WEEK: &[usize] = &[0, 1, 2, 3, 4];

/// An agent. Times are minutes of the day.
pub struct Member {
    pub name: &'static str,
    pub queues: &'static [usize],
    duties: &'static [(i64, i64)],
    days: &'static [usize],
}

const fn at(hour: i64, minute: i64) -> i64 {
    60 * hour + minute
}

const EARLY_BREAK: &[(i64, i64)] = &[(at(10, 0), at(11, 30)), (at(12, 0), at(14, 0))];
const LATE_BREAK: &[(i64, i64)] = &[(at(10, 0), at(12, 0)), (at(12, 30), at(14, 0))];
const NO_BREAK: &[(i64, i64)] = &[(at(10, 0), at(14, 0))];
const NOON: &[(i64, i64)] = &[(at(11, 0), at(14, 0))];

pub static TEAM: [Member; 7] = [
    Member { name: "anna", queues: &[0], duties: EARLY_BREAK, days: WEEK },
    Member { name: "bara", queues: &[0], duties: LATE_BREAK, days: WEEK },
    Member { name: "cyril", queues: &[0], duties: NO_BREAK, days: WEEK },
    Member { name: "dana", queues: &[1], duties: EARLY_BREAK, days: WEEK },
    Member { name: "emil", queues: &[1], duties: LATE_BREAK, days: WEEK },
    Member { name: "filip", queues: &[1], duties: NO_BREAK, days: WEEK },
    Member { name: "gita", queues: &[0, 1], duties: NOON, days: &[1, 3] },
];

/// Agent, day, and minutes of the day.
static ABSENCES: [(&str, Date, i64, i64); 6] = [
    ("anna", date(2027, 3, 19), at(10, 0), at(14, 0)),
    ("bara", date(2027, 3, 25), at(12, 0), at(14, 0)),
    ("gita", date(2027, 3, 30), at(10, 0), at(14, 0)),
    ("dana", date(2027, 4, 1), at(10, 0), at(14, 0)),
    ("dana", date(2027, 4, 2), at(10, 0), at(14, 0)),
    ("filip", date(2027, 4, 8), at(10, 0), at(12, 30)),
];

/// Returns a time of day as the API expects it.
pub fn clock(minute: i64) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// Returns how many minutes two periods have in common.
fn common(one: (i64, i64), other: (i64, i64)) -> i64 {
    (one.1.min(other.1) - one.0.max(other.0)).max(0)
}

impl Member {
    /// Returns the body that adds the agent to the roster. The agent gets one request at a time, so that all others
    /// wait for the first agent who has time.
    pub fn body(&self, person: PersonId) -> Value {
        let on_day = |day: &usize| -> Vec<Value> {
            let period =
                |(from, to): &(i64, i64)| json!({"weekday": DAYS[*day], "starts": clock(*from), "ends": clock(*to)});
            self.duties.iter().map(period).collect()
        };
        let duties: Vec<Value> = self.days.iter().flat_map(on_day).collect();
        let in_queue = |queue: &usize| json!({"queue_id": queues()[*queue], "duties": duties});
        let absence = |(_, day, from, to): &(&str, Date, i64, i64)| {
            let time = |minute: i64| midnight_of(*day).plus_seconds(60 * minute);
            json!({"starts_at": time(*from), "ends_at": time(*to)})
        };
        let of_member = ABSENCES.iter().filter(|absence| absence.0 == self.name);
        json!({
            "person_id": person, "max_open": 1,
            "queues": self.queues.iter().map(in_queue).collect::<Vec<_>>(),
            "absences": of_member.map(absence).collect::<Vec<_>>(),
        })
    }

    /// Returns how many minutes the agent is on duty in a period of a day.
    fn minutes(&self, day: Date, from: i64, to: i64) -> i64 {
        if !self.days.contains(&weekday(day)) {
            return 0;
        }
        let duty = |(starts, ends): &(i64, i64)| {
            let period = (from.max(*starts), to.min(*ends));
            let absent = ABSENCES.iter().filter(|absence| absence.0 == self.name && absence.1 == day);
            common(period, period) - absent.map(|absence| common(period, (absence.2, absence.3))).sum::<i64>()
        };
        self.duties.iter().map(duty).sum()
    }

    pub fn is_on_duty(&self, day: Date, minute: i64) -> bool {
        self.minutes(day, minute, minute + 1) > 0
    }

    /// Returns how many calls the agent can make for a queue in a period of a day.
    pub fn calls(&self, queue: usize, day: Date, from: i64, to: i64) -> i64 {
        if !self.queues.contains(&queue) {
            return 0;
        }
        self.minutes(day, from, to) / self.queues.len() as i64 / HANDLING_MINUTES
    }
}

/// Returns the number of a weekday; Monday is 0.
pub fn weekday(day: Date) -> usize {
    day.weekday().to_monday_one_offset() as usize - 1
}
