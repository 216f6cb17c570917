//! Which agent gets the next request, as a pure function.
//!
//! - Only agents who are on duty in the queue of the request and have fewer open requests than their maximum get one.
//! - Of these, the one with the fewest open requests is next. Ties are resolved by the oldest `last_assigned_at` (an
//!   agent without one first), then by the order in which agents were added.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::calendar::staffing::Staff;
use crate::kernel::ids::{AgentId, QueueId};
use crate::kernel::time::UtcTime;

/// An agent on the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub id: AgentId,
    /// The queues of the agent, with the times on duty in each.
    pub queues: BTreeMap<QueueId, Staff>,
    /// Open requests assigned to the agent.
    pub open: i64,
    /// Maximum number of open requests; `None` for no maximum.
    pub max_open: Option<i32>,
    pub last_assigned_at: Option<UtcTime>,
}

impl Candidate {
    /// Whether the agent is on duty in a queue at `instant`.
    #[must_use]
    pub fn is_on_duty(&self, queue: QueueId, zone: &TimeZone, instant: Timestamp) -> bool {
        self.queues.get(&queue).is_some_and(|staff| staff.is_on_duty(zone, instant))
    }

    fn can_take_more(&self) -> bool {
        self.max_open.is_none_or(|most| self.open < i64::from(most))
    }
}

/// Returns the index of the agent who gets the next request of a queue at `instant`; `None` if no agent is on duty or
/// all who are have enough requests. `zone` is that of the calendar of the queue.
#[must_use]
pub fn next_in_turn(roster: &[Candidate], queue: QueueId, zone: &TimeZone, instant: Timestamp) -> Option<usize> {
    let turn = |candidate: &Candidate| (candidate.open, candidate.last_assigned_at, candidate.id);
    let can_take = |candidate: &Candidate| candidate.can_take_more() && candidate.is_on_duty(queue, zone, instant);
    let candidates = roster.iter().enumerate().filter(|(_, candidate)| can_take(candidate));
    candidates.min_by_key(|(_, candidate)| turn(candidate)).map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::staffing::{Duty, SharedDuty};
    use jiff::civil::time;
    use proptest::prelude::*;

    fn prague() -> TimeZone {
        TimeZone::get("Europe/Prague").unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn sales() -> QueueId {
        QueueId::demo(1)
    }

    /// An agent who is on duty in sales on Tuesdays from 10 to 12.
    fn agent(number: u64, open: i64, last: Option<i64>) -> Candidate {
        let last_assigned_at = last.map(UtcTime::from_unix_micros);
        let duty = Duty { weekday: 2, starts: time(10, 0, 0, 0), ends: time(12, 0, 0, 0) };
        let staff = Staff { duties: vec![SharedDuty { duty, queues: 1 }], absences: Vec::new() };
        let queues = BTreeMap::from([(sales(), staff)]);
        Candidate { id: AgentId::demo(number), queues, open, max_open: None, last_assigned_at }
    }

    #[test]
    fn the_fewest_open_go_first_then_the_longest_idle() {
        let instant = at("2027-03-30T08:00:00Z");
        for (roster, expected) in [
            (vec![], None),
            (vec![agent(1, 1, None), agent(2, 0, Some(9))], Some(1)),
            (vec![agent(1, 1, Some(5)), agent(2, 1, Some(4))], Some(1)),
            (vec![agent(1, 1, Some(5)), agent(2, 1, None)], Some(1)),
            (vec![agent(2, 1, Some(5)), agent(1, 1, Some(5))], Some(1)),
            (vec![Candidate { max_open: Some(1), ..agent(1, 1, None) }, agent(2, 7, None)], Some(1)),
            (vec![Candidate { max_open: Some(1), ..agent(1, 1, None) }], None),
        ] {
            assert_eq!(next_in_turn(&roster, sales(), &prague(), instant), expected, "{roster:?}");
        }
        let later = at("2027-03-30T11:00:00Z");
        assert_eq!(next_in_turn(&[agent(1, 0, None)], sales(), &prague(), later), None);
    }

    #[test]
    fn only_agents_of_the_queue_are_next() {
        let instant = at("2027-03-30T08:00:00Z");
        assert_eq!(next_in_turn(&[agent(1, 0, None)], QueueId::demo(2), &prague(), instant), None);
    }

    proptest! {
        /// Assigning requests one by one distributes them evenly, and never above the maximum of an agent.
        #[test]
        fn open_requests_differ_by_at_most_one(count in 1_usize..8, requests in 0_i64..40, most in 1_i32..6) {
            let mut roster: Vec<_> = (1..=count as u64).map(|number| agent(number, 0, None)).collect();
            roster[0].max_open = Some(most);
            for turn in 0..requests {
                let Some(next) = next_in_turn(&roster, sales(), &prague(), at("2027-03-30T08:00:00Z")) else { break };
                roster[next].open += 1;
                roster[next].last_assigned_at = Some(UtcTime::from_unix_micros(turn));
            }
            prop_assert!(roster[0].open <= i64::from(most));
            let open = || roster.iter().skip(1).map(|agent| agent.open);
            prop_assert!(open().max().unwrap_or(0) - open().min().unwrap_or(0) <= 1);
        }
    }
}
