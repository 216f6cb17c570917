//! The plan of an agent: queues, duties and absences in bodies, rows and rules, as pure functions.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::dto::{AgentAbsence, AgentDuty, AgentQueue};
use super::duty::Candidate;
use super::rows::{AbsenceRow, Agent, DutyRow, Plan, QueueRow};
use crate::calendar::staffing::{self, Duty, SharedDuty, Staff};
use crate::kernel::error::{Text, Violation};
use crate::kernel::ids::{AgentId, QueueId};

/// Returns the rows of an agent with these queues and absences, in the order in which they are read.
#[must_use]
pub fn rows(agent_id: AgentId, queues: &[AgentQueue], absences: &[AgentAbsence]) -> Plan {
    let queue = |one: &AgentQueue| QueueRow { agent_id, queue_id: one.queue_id };
    let duties = |one: &AgentQueue| -> Vec<DutyRow> {
        one.duties.iter().map(|duty| duty_row(agent_id, one.queue_id, duty)).collect()
    };
    let absence = |one: &AgentAbsence| AbsenceRow { agent_id, starts_at: one.starts_at, ends_at: one.ends_at };
    let mut plan = Plan {
        queues: queues.iter().map(queue).collect(),
        duties: queues.iter().flat_map(duties).collect(),
        absences: absences.iter().map(absence).collect(),
    };
    plan.queues.sort_by_key(|row| row.queue_id);
    plan.duties.sort_by(|a, b| (a.queue_id, a.weekday, &a.starts).cmp(&(b.queue_id, b.weekday, &b.starts)));
    plan.absences.sort_by_key(|row| row.starts_at);
    plan
}

fn duty_row(agent_id: AgentId, queue_id: QueueId, duty: &AgentDuty) -> DutyRow {
    let (starts, ends) = (duty.starts.clone(), duty.ends.clone());
    DutyRow { agent_id, queue_id, weekday: duty.weekday.number(), starts, ends }
}

fn read(row: &DutyRow) -> Option<Duty> {
    let time = |text: &str| Time::strptime("%H:%M", text).ok();
    Some(Duty { weekday: i8::try_from(row.weekday).ok()?, starts: time(&row.starts)?, ends: time(&row.ends)? })
}

/// By how many seconds the local time of the second queue is ahead of that of the first one, if their zones differ.
pub type SecondsAhead = BTreeMap<(QueueId, QueueId), BTreeSet<i32>>;

/// Returns how far the local times of queues with these zones are apart, now or at any time within a year.
#[must_use]
pub fn seconds_ahead(zones: &[(QueueId, TimeZone)], now: Timestamp) -> SecondsAhead {
    let pairs = zones.iter().flat_map(|one| zones.iter().map(move |other| (one, other)));
    let different = pairs.filter(|((_, zone), (_, other))| zone != other);
    different.map(|((one, zone), (two, other))| ((*one, *two), staffing::seconds_ahead(zone, other, now))).collect()
}

/// Returns an agent as a candidate without open requests. An agent divides their time between the queues in which they
/// are on duty at the same time.
#[must_use]
pub fn candidate(agent: &Agent, plan: &Plan, ahead: &SecondsAhead) -> Candidate {
    let duties: Vec<(QueueId, Duty)> = plan
        .duties
        .iter()
        .filter(|row| row.agent_id == agent.id)
        .filter_map(|row| Some((row.queue_id, read(row)?)))
        .collect();
    let of_agent = plan.absences.iter().filter(|row| row.agent_id == agent.id);
    let absences: Vec<_> = of_agent.map(|row| (row.starts_at.to_jiff(), row.ends_at.to_jiff())).collect();
    let mut queues: BTreeMap<QueueId, Staff> = BTreeMap::new();
    for (queue, duty) in &duties {
        let overlap = |other: &QueueId, at: &Duty| match ahead.get(&(*queue, *other)) {
            Some(differences) => differences.iter().any(|seconds| duty.overlaps_across_zones(at, *seconds)),
            None => duty.overlaps(at),
        };
        let others = duties.iter().filter(|(other, at)| other != queue && overlap(other, at));
        let others: BTreeSet<_> = others.map(|(other, _)| *other).collect();
        let shared = SharedDuty { duty: *duty, queues: 1 + i64::try_from(others.len()).unwrap_or(i64::MAX - 1) };
        let staff = queues.entry(*queue).or_insert_with(|| Staff { duties: Vec::new(), absences: absences.clone() });
        staff.duties.push(shared);
    }
    let Agent { id, max_open, last_assigned_at, .. } = *agent;
    Candidate { id, queues, open: 0, max_open, last_assigned_at }
}

/// Returns the violations in queues that passed the schema. `exist` tells for each queue whether it exists.
#[must_use]
pub fn queue_faults(queues: &[AgentQueue], exist: &[bool]) -> Vec<Violation> {
    let mut found = Vec::new();
    for (index, queue) in queues.iter().enumerate() {
        let pointer = format!("/queues/{index}/queue_id");
        if exist.get(index) == Some(&false) {
            found.push(Violation::unknown_reference(pointer, "violation-unknown-queue"));
        } else if queues.iter().take(index).any(|other| other.queue_id == queue.queue_id) {
            found.push(Violation::at(pointer, "duplicate_queue", Text::new("violation-queue-twice")));
        }
        found.extend(duty_faults(index, &queue.duties));
    }
    found
}

fn duty_faults(queue: usize, duties: &[AgentDuty]) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut before: Vec<Duty> = Vec::new();
    for (index, duty) in duties.iter().enumerate() {
        let pointer = format!("/queues/{queue}/duties/{index}");
        if duty.starts >= duty.ends {
            let text = Text::new("violation-must-be-after").with("field", "ends").with("other", "starts");
            found.push(Violation::at(format!("{pointer}/ends"), "not_after_start", text));
            continue;
        }
        let Some(duty) = read(&duty_row(AgentId::demo(1), QueueId::demo(1), duty)) else { continue };
        if before.iter().any(|other| other.overlaps(&duty)) {
            found.push(Violation::at(pointer, "overlapping_duties", Text::new("violation-duties-overlap")));
        }
        before.push(duty);
    }
    found
}

/// Returns the violations in absences that passed the schema.
#[must_use]
pub fn absence_faults(absences: &[AgentAbsence]) -> Vec<Violation> {
    let mut found = Vec::new();
    for (index, absence) in absences.iter().enumerate() {
        if absence.starts_at >= absence.ends_at {
            let text = Text::new("violation-must-be-after").with("field", "ends_at").with("other", "starts_at");
            found.push(Violation::at(format!("/absences/{index}/ends_at"), "not_after_start", text));
        }
        let before = absences.iter().take(index);
        if before.into_iter().any(|other| other.starts_at < absence.ends_at && absence.starts_at < other.ends_at) {
            let text = Text::new("violation-absences-overlap");
            found.push(Violation::at(format!("/absences/{index}"), "overlapping_absences", text));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Weekday;
    use crate::kernel::ids::PersonId;
    use crate::kernel::time::UtcTime;

    fn duty(starts: &str, ends: &str) -> AgentDuty {
        AgentDuty { weekday: Weekday::Tuesday, starts: starts.into(), ends: ends.into() }
    }

    fn agent() -> Agent {
        let now = UtcTime::from_unix_micros(0);
        Agent {
            id: AgentId::demo(1),
            person_id: PersonId::demo(1),
            active: true,
            max_open: None,
            last_assigned_at: None,
            feed_sha256: None,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// Returns in how many queues the agent is on duty during each of these duties, in two queues with these zones.
    fn shares(zones: [&str; 2], duties: [&[(&str, &str)]; 2]) -> [Vec<i64>; 2] {
        let ids = [QueueId::demo(1), QueueId::demo(2)];
        let in_queue = |(queue_id, duties): (QueueId, &[(&str, &str)])| AgentQueue {
            queue_id,
            duties: duties.iter().map(|(starts, ends)| duty(starts, ends)).collect(),
        };
        let queues: Vec<_> = ids.into_iter().zip(duties).map(in_queue).collect();
        let zones: Vec<_> = ids.into_iter().zip(zones.map(|name| TimeZone::get(name).unwrap())).collect();
        let ahead = seconds_ahead(&zones, "2027-03-30T07:00:00Z".parse().unwrap());
        let found = candidate(&agent(), &rows(agent().id, &queues, &[]), &ahead);
        ids.map(|id| found.queues[&id].duties.iter().map(|one| one.queues).collect())
    }

    #[test]
    fn an_agent_divides_the_time_between_queues_with_duties_at_the_same_time() {
        let duties: [&[(&str, &str)]; 2] = [&[("10:00", "12:00"), ("13:00", "14:00")], &[("11:00", "12:00")]];
        assert_eq!(shares(["Europe/Prague", "Europe/Prague"], duties), [vec![2, 1], vec![2]]);
    }

    #[test]
    fn duties_in_two_zones_are_compared_as_instants() {
        let new_york = ["Europe/Prague", "America/New_York"];
        // The same hours of the day are other hours, and 15:00 in Prague is 09:00 in New York, or 10:00 in a few weeks
        // of the year.
        assert_eq!(shares(new_york, [&[("09:00", "11:00")], &[("09:00", "11:00")]]), [vec![1], vec![1]]);
        assert_eq!(shares(new_york, [&[("15:00", "17:00")], &[("09:00", "11:00")]]), [vec![2], vec![2]]);
        assert_eq!(shares(new_york, [&[("14:00", "15:00")], &[("09:00", "11:00")]]), [vec![2], vec![2]]);
        assert_eq!(shares(new_york, [&[("13:00", "14:00")], &[("09:00", "11:00")]]), [vec![1], vec![1]]);
        // Two names of the same local time.
        let vienna = ["Europe/Prague", "Europe/Vienna"];
        assert_eq!(shares(vienna, [&[("10:00", "11:00")], &[("11:00", "12:00")]]), [vec![1], vec![1]]);
    }
}
