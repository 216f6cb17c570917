//! Creating decisions.

use super::dto::{DecisionBody, NewDecision};
use super::store::{self, Decision};
use crate::collaboration::approvals::request::{self, NewApproval};
use crate::collaboration::approvals::{Approval, QuestionTerms, Terms as ApprovalTerms, delegations};
use crate::collaboration::arbitration::service::Terms;
use crate::collaboration::memberships::service as memberships;
use crate::collaboration::projects::{Project, ProjectVerb, Side, response_time, service as projects};
use crate::collaboration::states::DecisionState;
use crate::kernel::authz::{Action, Relations};
use crate::kernel::error::{Error, Text, Violation, refuse_if_any};
use crate::kernel::events::types;
use crate::kernel::ids::{DepartmentId, PersonId, ProjectId};
use crate::kernel::record::Change;
use crate::kernel::tx::Tx;

/// Creates a decision and requests the approval of all sides. The request does not count as the response of the side
/// that raises the question.
///
/// # Errors
/// 403, 404; 422 for a `due_at` that leaves the sides too little time, or when the side that raises the question is
/// unknown; 409 unless the project is proposed, active or on hold, or when a side of a running project has no sponsor.
pub fn raise(tx: &mut Tx<'_>, project: ProjectId, new: &NewDecision) -> Result<(Decision, Approval), Error> {
    let (project, relations) = projects::lock_project(tx, project, Action::RaiseDecision)?;
    project.state.require(ProjectVerb::CreateDecision)?;
    let earliest = Terms::read(tx.conn, project.id, tx.now)?.earliest(tx.now);
    refuse_if_any(response_time::too_soon("/due_at", new.due_at, tx.now, earliest).into_iter().collect())?;
    let sides = projects::sides(tx.conn, project.id, tx.now.day())?;
    let row = Decision {
        id: tx.new_id(),
        project_id: project.id,
        question: new.question.clone(),
        department_id: raising_side(tx, &project, &sides, relations, new.department_id)?,
        raised_by: relations.person,
        raised_at: tx.now,
        due_at: new.due_at,
        state: DecisionState::Open,
        outcome: None,
        decided_by: None,
        rationale: None,
        decided_at: None,
        deadlocked_at: None,
        escalated_to: None,
        escalated_at: None,
        version: 1,
        draw_id: None,
        ruling_from: None,
        ruling_until: None,
    };
    store::insert(tx.conn, &row)?;
    let body = DecisionBody::new(row.clone(), tx.now);
    tx.record_change(&Change::created(types::DECISION_RAISED, row.id.as_str(), &body)?)?;
    let new = NewApproval {
        subject: row.id.as_str(),
        number: None,
        terms: ApprovalTerms::Decision(QuestionTerms { question: row.question.clone() }),
        reason: None,
        due_at: Some(row.due_at),
        approves: None,
    };
    let approval = request::request(tx, &project, &sides, relations.person, new)?;
    Ok((row, approval))
}

/// Returns the side that raises the question: the one named in the request, or the side that the caller represents or
/// works for.
fn raising_side(
    tx: &mut Tx<'_>,
    project: &Project,
    sides: &[Side],
    relations: Relations,
    named: Option<DepartmentId>,
) -> Result<DepartmentId, Error> {
    let sponsored =
        sides.iter().find(|side| side.active_sponsor().is_some() && side.active_sponsor() == relations.person);
    let own = match (sponsored, relations.person) {
        (Some(side), _) => Some(side.department_id),
        (None, Some(person)) => side_today(tx, project.id, person)?,
        (None, None) => None,
    };
    let is_side = |wanted: &DepartmentId| sides.iter().any(|side| side.department_id == *wanted);
    match (named, own) {
        // Only the lead can raise a question for another side.
        (Some(named), Some(own)) if named != own && !relations.lead => {
            Err(Error::forbidden("forbidden-other-side-decision"))
        }
        (_, None) if !relations.lead => Err(Error::forbidden("forbidden-no-side-today")),
        (Some(named), _) if is_side(&named) => Ok(named),
        (None, Some(own)) => Ok(own),
        _ => {
            let text = Text::new("violation-raising-side");
            Err(Error::violation(Violation::at("/department_id", "not_a_side", text)))
        }
    }
}

/// Returns the side that a person represents as a delegate, or works for, today.
fn side_today(tx: &mut Tx<'_>, project: ProjectId, person: PersonId) -> Result<Option<DepartmentId>, Error> {
    let today = tx.now.day();
    let in_force = delegations::service::standing(tx.conn, project, today)?;
    if let Some(delegation) = in_force.iter().find(|one| one.delegate == person) {
        return Ok(Some(delegation.department_id));
    }
    let stays = memberships::stays(tx.conn, project, person)?;
    Ok(stays.into_iter().find(|(_, from, to)| *from <= today && today < *to).map(|stay| stay.0))
}
