//! Putting the report together.

use super::dto::{Latency, Portion, Report, SideReport};
use super::latency::{self, Question, Said};
use super::store;
use crate::calendar;
use crate::collaboration::approvals::service as approvals;
use crate::collaboration::decisions;
use crate::collaboration::memberships::service as memberships;
use crate::collaboration::ownership::{CoverageQuery, check_coverage};
use crate::collaboration::projects::service as projects;
use crate::kernel::auth::Actor;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::{DepartmentId, ProjectId};
use crate::kernel::time::UtcTime;

/// The report of a project at `now`; a fixed number of statements.
///
/// # Errors
/// 403, 404.
pub fn report(conn: &mut DbConn, actor: &Actor, id: ProjectId, now: UtcTime) -> Result<Report, Error> {
    let project = projects::visible(conn, actor, id, now)?;
    let names = store::sides(conn, id)?;
    let parity = memberships::parity_of(conn, &project, None, now)?;
    let coverage = check_coverage::coverage_of(conn, &project, &CoverageQuery::default(), now)?;
    let milestones = projects::milestones_of(conn, &project)?.data;
    let questions = questions(conn, id)?;
    let raised = decisions::service::raised_by_side(conn, id)?;
    let since = questions.iter().map(|question| question.asked_at).min().unwrap_or(now);
    let calendar = calendar::service::present(conn, since)?.calendar;

    let count_of =
        |counts: &[(DepartmentId, i64)], side| counts.iter().filter(|one| one.0 == side).map(|one| one.1).sum();
    let first: Vec<_> = questions.iter().filter_map(latency::first_to_answer).map(|side| (side, 1)).collect();
    let all_said = || questions.iter().flat_map(|question| &question.said);
    // An answer that was changed later was a veto all the same.
    let vetoes: Vec<_> = all_said().filter(|said| !said.agrees).map(|said| (said.side, 1)).collect();
    let areas: Vec<_> = coverage.areas.iter().map(|area| (area.department_id, 1)).collect();
    let members: Vec<_> = parity.sides.iter().map(|side| (side.department_id, i64::from(side.members))).collect();
    let share = |counts: &[(DepartmentId, i64)], side| {
        let total: i64 = counts.iter().map(|one| one.1).sum();
        let count: i64 = count_of(counts, side);
        Portion { count, share: (total > 0).then(|| count as f64 / total as f64) }
    };
    let sides = names
        .into_iter()
        .map(|(department_id, name)| SideReport {
            department_id,
            name,
            latency: latency_of(&latency::waiting(&questions, department_id, &calendar, now)),
            decisions_raised: share(&raised, department_id),
            first_answers: share(&first, department_id),
            vetoes: share(&vetoes, department_id),
            areas: share(&areas, department_id),
            members: share(&members, department_id),
        })
        .collect();
    Ok(Report { project_id: id, project_name: project.name, as_of: now, sides, parity, milestones, coverage })
}

/// Everything that the sides were asked, with what they said.
fn questions(conn: &mut DbConn, project: ProjectId) -> Result<Vec<Question>, Error> {
    let mut questions: Vec<(crate::kernel::ids::ConsentId, Question)> = Vec::new();
    for row in approvals::history(conn, project)? {
        if questions.last().is_none_or(|(id, _)| *id != row.consent_id) {
            let (asked_at, settled_at) = (row.asked_at, row.settled_at);
            questions.push((row.consent_id, Question { asked_at, settled_at, said: Vec::new() }));
        }
        if let (Some((_, question)), Some(answer)) = (questions.last_mut(), row.answer) {
            question.said.push(Said {
                side: answer.department_id,
                at: answer.answered_at,
                until: answer.superseded_at,
                agrees: answer.answer == crate::collaboration::approvals::ConsentAnswer::Agree,
            });
        }
    }
    Ok(questions.into_iter().map(|(_, question)| question).collect())
}

fn latency_of(waiting: &latency::Waiting) -> Latency {
    let minutes = |seconds: i64| seconds / 60;
    Latency {
        answered: waiting.answered.len() as u32,
        waiting: waiting.open.len() as u32,
        unanswered: waiting.unanswered,
        p50_minutes: latency::percentile(&waiting.answered, 50).map(minutes),
        p90_minutes: latency::percentile(&waiting.answered, 90).map(minutes),
        longest_wait_minutes: waiting.open.iter().copied().max().map(minutes),
    }
}
