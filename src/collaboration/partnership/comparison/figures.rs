//! The figures of a quarter, from what happened in the shared projects.

use super::dto::{DepartmentQuarter, MilestoneSlip, PartnershipQuarter, ResponseLatency};
use super::quarters::Quarter;
use super::store::{RaisedDecision, RaisedDispute, Stay};
use crate::calendar::rules::Calendar;
use crate::collaboration::partnership::dto::Portion;
use crate::collaboration::partnership::latency::{self, ApprovalHistory};
use crate::collaboration::projects::MilestoneBody;
use crate::directory::departments::service::Department;
use crate::kernel::ids::DepartmentId;
use crate::kernel::time::UtcTime;

/// What happened in the shared projects.
pub struct Facts {
    pub approvals: Vec<ApprovalHistory>,
    pub decisions: Vec<RaisedDecision>,
    pub disputes: Vec<RaisedDispute>,
    pub stays: Vec<Stay>,
    pub milestones: Vec<MilestoneBody>,
    pub calendar: Calendar,
    pub now: UtcTime,
}

impl Facts {
    /// Returns the figures of both departments in a quarter.
    #[must_use]
    pub fn of(&self, quarter: &Quarter, departments: [&Department; 2]) -> PartnershipQuarter {
        let is_in = |at: UtcTime| quarter.includes(at.day());
        let ruled = |by: bool, at: Option<UtcTime>| by && at.is_some_and(is_in);
        let ids = departments.map(|department| department.id);
        let decisions = ids.map(|id| count(&self.decisions, |one| one.department_id == id && is_in(one.raised_at)));
        let disputes = ids.map(|id| count(&self.disputes, |one| one.department_id == id && is_in(one.raised_at)));
        let in_favour = ids.map(|id| {
            let favours = |one: &RaisedDispute| one.outcome_department_id == Some(id);
            count(&self.disputes, |one| favours(one) && ruled(one.decided_by.is_some(), one.decided_at))
        });
        let member_days = ids.map(|id| self.member_days(quarter, id));
        let approvals: Vec<_> = self.approvals.iter().filter(|one| is_in(one.requested_at)).cloned().collect();
        let figures = [0, 1].map(|index: usize| DepartmentQuarter {
            department_id: ids[index],
            key: departments[index].key.clone(),
            latency: self.latency(&approvals, ids[index]),
            decisions_raised: portion(decisions, index),
            member_days: portion(member_days, index),
            disputes_raised: portion(disputes, index),
            rulings_in_favour: portion(in_favour, index),
        });
        PartnershipQuarter {
            quarter: quarter.name(),
            starts_on: quarter.starts_on,
            ends_on: quarter.ends_on,
            departments: figures.into(),
            milestones: slip(&self.milestones, quarter),
            rulings: count(&self.decisions, |one| ruled(one.decided_by.is_some(), one.decided_at)),
        }
    }

    fn member_days(&self, quarter: &Quarter, department: DepartmentId) -> i64 {
        let tomorrow = self.now.day().plus_days(1);
        let own = self.stays.iter().filter(|(side, ..)| *side == department);
        own.map(|(_, from, to)| quarter.days_of(*from, (*to).min(tomorrow))).sum()
    }

    fn latency(&self, approvals: &[ApprovalHistory], department: DepartmentId) -> ResponseLatency {
        let times = latency::response_times(approvals, department, &self.calendar, self.now).responded;
        let minutes = |percent| latency::percentile(&times, percent).map(|seconds| seconds / 60);
        ResponseLatency { responded: times.len() as i64, p50_minutes: minutes(50), p90_minutes: minutes(90) }
    }
}

fn count<T>(items: &[T], counts: impl Fn(&T) -> bool) -> i64 {
    items.iter().filter(|item| counts(item)).count() as i64
}

/// Returns one of two counts with its share of both.
fn portion(counts: [i64; 2], index: usize) -> Portion {
    let (count, total) = (counts[index], counts[0] + counts[1]);
    Portion { count, share: (total > 0).then(|| count as f64 / total as f64) }
}

fn slip(milestones: &[MilestoneBody], quarter: &Quarter) -> MilestoneSlip {
    let due = milestones.iter().filter(|one| quarter.includes(one.due_on));
    let days: Vec<i64> = due.filter_map(|one| one.slip_days).map(i64::from).collect();
    MilestoneSlip {
        milestones: days.len() as i64,
        slipped: count(&days, |days| *days > 0),
        p50_days: latency::percentile(&days, 50),
        max_days: days.iter().copied().max(),
    }
}

#[cfg(test)]
#[path = "figures_tests.rs"]
mod tests;
