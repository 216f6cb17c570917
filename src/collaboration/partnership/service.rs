//! Computes the partnership report.

use super::dto::{Latency, Portion, Report, SideReport};
use super::latency::{self, ApprovalHistory, SideResponse};
use super::store::{self, SideRow};
use crate::calendar;
use crate::collaboration::approvals::{ApprovalChoice, HistoryRow, service as approvals};
use crate::collaboration::memberships::service as memberships;
use crate::collaboration::memberships::team::Team;
use crate::collaboration::ownership::{CoverageQuery, check_coverage};
use crate::collaboration::projects::service as projects;
use crate::kernel::auth::Actor;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::{ApprovalId, DepartmentId, ProjectId};
use crate::kernel::time::UtcTime;

/// Computes the report of a project at `now`; a fixed number of statements.
///
/// # Errors
/// 403, 404.
pub fn report(conn: &mut DbConn, actor: &Actor, id: ProjectId, now: UtcTime) -> Result<Report, Error> {
    let project = projects::visible(conn, actor, id, now)?;
    let mut rows = store::sides(conn, id)?;
    let team: Team = rows.iter().map(|row| (row.department_id, row.member)).collect();
    rows.dedup_by_key(|row| row.department_id);
    let coverage = check_coverage::coverage_of(conn, &project, &team, &CoverageQuery::default(), now)?;
    let milestones = projects::milestones_of(conn, &project)?.data;
    let approvals = histories(approvals::history(conn, id)?);
    let requested = approvals.iter().map(|approval| approval.requested_at);
    let since = requested.chain(project.parity_breached_at).min().unwrap_or(now);
    let calendar = calendar::service::present(conn, since)?.calendar;
    let parity = memberships::parity_of(&project, &team, Some(&calendar), None, now);

    let count_of =
        |counts: &[(DepartmentId, i64)], side| counts.iter().filter(|one| one.0 == side).map(|one| one.1).sum();
    let raised: Vec<_> = rows.iter().map(|row| (row.department_id, row.decisions_raised)).collect();
    let first: Vec<_> = approvals.iter().filter_map(latency::first_to_respond).map(|side| (side, 1)).collect();
    let all_responses = || approvals.iter().flat_map(|approval| &approval.responses);
    // A rejection that was changed later still counts, once all sides have responded.
    let rejections: Vec<_> =
        all_responses().filter(|response| response.rejects).map(|response| (response.side, 1)).collect();
    let areas: Vec<_> = coverage.areas.iter().map(|area| (area.department_id, 1)).collect();
    let members: Vec<_> = parity.sides.iter().map(|side| (side.department_id, i64::from(side.members))).collect();
    let share = |counts: &[(DepartmentId, i64)], side| {
        let total: i64 = counts.iter().map(|one| one.1).sum();
        let count: i64 = count_of(counts, side);
        Portion { count, share: (total > 0).then(|| count as f64 / total as f64) }
    };
    let sides = rows
        .into_iter()
        .map(|SideRow { department_id, name, .. }| SideReport {
            department_id,
            name,
            latency: latency_of(&latency::response_times(&approvals, department_id, &calendar, now)),
            decisions_raised: share(&raised, department_id),
            first_responses: share(&first, department_id),
            rejections: share(&rejections, department_id),
            areas: share(&areas, department_id),
            members: share(&members, department_id),
        })
        .collect();
    Ok(Report { project_id: id, project_name: project.name, as_of: now, sides, parity, milestones, coverage })
}

/// Groups the responses to approvals by approval.
pub(super) fn histories(rows: Vec<HistoryRow>) -> Vec<ApprovalHistory> {
    let mut histories: Vec<(ApprovalId, ApprovalHistory)> = Vec::new();
    for row in rows {
        if histories.last().is_none_or(|(id, _)| *id != row.approval_id) {
            let (requested_at, ended_at) = (row.requested_at, row.ended_at);
            let history = ApprovalHistory { requested_at, ended_at, responses: Vec::new() };
            histories.push((row.approval_id, history));
        }
        // What an arbiter responds for a silent side says nothing about that side.
        let response = row.response.filter(|response| response.draw_id.is_none());
        if let (Some((_, history)), Some(response)) = (histories.last_mut(), response) {
            history.responses.push(SideResponse {
                side: response.department_id,
                at: response.responded_at,
                until: response.superseded_at,
                rejects: !response.sealed && response.response == ApprovalChoice::Reject,
            });
        }
    }
    histories.into_iter().map(|(_, history)| history).collect()
}

fn latency_of(times: &latency::ResponseTimes) -> Latency {
    let minutes = |seconds: i64| seconds / 60;
    Latency {
        responded: times.responded.len() as u32,
        pending: times.open.len() as u32,
        without_response: times.without_response,
        p50_minutes: latency::percentile(&times.responded, 50).map(minutes),
        p90_minutes: latency::percentile(&times.responded, 90).map(minutes),
        longest_wait_minutes: times.open.iter().copied().max().map(minutes),
    }
}
