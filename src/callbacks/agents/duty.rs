//! Duty times, and which agent gets the next request, as pure functions.
//!
//! - A duty is weekly, in local time of the calendar's zone, half-open: `[starts, ends)`.
//! - Of the agents on duty, the one with the fewest open requests is next. Ties are resolved by the oldest
//!   `last_assigned_at` (an agent without one first), then by the order in which agents were added.

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;

use crate::kernel::ids::AgentId;
use crate::kernel::time::UtcTime;

/// A weekly period on one weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duty {
    /// Monday is 1 (ISO 8601).
    pub weekday: i8,
    pub starts: Time,
    pub ends: Time,
}

impl Duty {
    /// Whether the local time in `zone` at `instant` is inside this duty.
    #[must_use]
    pub fn covers(&self, zone: &TimeZone, instant: Timestamp) -> bool {
        let local = zone.to_datetime(instant);
        local.weekday().to_monday_one_offset() == self.weekday
            && self.starts <= local.time()
            && local.time() < self.ends
    }

    /// Whether the two duties have any time in common.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.weekday == other.weekday && self.starts < other.ends && other.starts < self.ends
    }
}

/// An agent on the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub id: AgentId,
    pub duties: Vec<Duty>,
    /// Open requests assigned to the agent.
    pub open: i64,
    pub last_assigned_at: Option<UtcTime>,
}

/// Returns the index of the agent who gets the next request at `instant`; `None` if no agent is on duty.
#[must_use]
pub fn next_in_turn(roster: &[Candidate], zone: &TimeZone, instant: Timestamp) -> Option<usize> {
    let on_duty = |candidate: &Candidate| candidate.duties.iter().any(|duty| duty.covers(zone, instant));
    let turn = |candidate: &Candidate| (candidate.open, candidate.last_assigned_at, candidate.id);
    let candidates = roster.iter().enumerate().filter(|(_, candidate)| on_duty(candidate));
    candidates.min_by_key(|(_, candidate)| turn(candidate)).map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::time;
    use proptest::prelude::*;

    fn prague() -> TimeZone {
        TimeZone::get("Europe/Prague").unwrap()
    }

    fn tuesday(starts: i8, ends: i8) -> Duty {
        Duty { weekday: 2, starts: time(starts, 0, 0, 0), ends: time(ends, 0, 0, 0) }
    }

    fn agent(number: u64, open: i64, last: Option<i64>) -> Candidate {
        let last_assigned_at = last.map(UtcTime::from_unix_micros);
        let duties = vec![tuesday(10, 12)];
        Candidate { id: AgentId::demo(number), duties, open, last_assigned_at }
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
    fn the_fewest_open_go_first_then_the_longest_idle() {
        let at = "2027-03-30T08:00:00Z".parse().unwrap();
        for (roster, expected) in [
            (vec![], None),
            (vec![agent(1, 1, None), agent(2, 0, Some(9))], Some(1)),
            (vec![agent(1, 1, Some(5)), agent(2, 1, Some(4))], Some(1)),
            (vec![agent(1, 1, Some(5)), agent(2, 1, None)], Some(1)),
            (vec![agent(2, 1, Some(5)), agent(1, 1, Some(5))], Some(1)),
        ] {
            assert_eq!(next_in_turn(&roster, &prague(), at), expected, "{roster:?}");
        }
        assert_eq!(next_in_turn(&[agent(1, 0, None)], &prague(), "2027-03-30T11:00:00Z".parse().unwrap()), None);
    }

    proptest! {
        /// Assigning requests one by one distributes them evenly.
        #[test]
        fn open_requests_differ_by_at_most_one(count in 1_usize..8, requests in 0_i64..40) {
            let mut roster: Vec<_> = (1..=count as u64).map(|number| agent(number, 0, None)).collect();
            for turn in 0..requests {
                let next = next_in_turn(&roster, &prague(), "2027-03-30T08:00:00Z".parse().unwrap()).unwrap();
                roster[next].open += 1;
                roster[next].last_assigned_at = Some(UtcTime::from_unix_micros(turn));
            }
            let open = || roster.iter().map(|agent| agent.open);
            prop_assert!(open().max().unwrap() - open().min().unwrap() <= 1);
        }

        #[test]
        fn overlap_is_mutual_and_means_a_common_minute(a in (1_i8..3, 0_i8..23, 1_i8..24), b in (1_i8..3, 0_i8..23, 1_i8..24)) {
            prop_assume!(a.1 < a.2 && b.1 < b.2 && a.2 < 24 && b.2 < 24);
            let duty = |(weekday, starts, ends): (i8, i8, i8)| Duty { weekday, starts: time(starts, 0, 0, 0), ends: time(ends, 0, 0, 0) };
            let (a, b) = (duty(a), duty(b));
            let common = a.weekday == b.weekday && (0..24).any(|hour| {
                let at = time(hour, 0, 0, 0);
                a.starts <= at && at < a.ends && b.starts <= at && at < b.ends
            });
            prop_assert_eq!(a.overlaps(&b), common);
            prop_assert_eq!(a.overlaps(&b), b.overlaps(&a));
        }
    }
}
