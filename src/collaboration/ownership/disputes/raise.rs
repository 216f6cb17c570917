//! Raising disputes.

use super::dto::{DisputeBody, NewDispute};
use super::store::{self, AlreadyDisputed, Dispute};
use crate::collaboration::memberships::neutrality;
use crate::collaboration::ownership::store as assignments;
use crate::collaboration::ownership::transfers::service as transfers;
use crate::collaboration::projects::permit::{Standing, permit};
use crate::collaboration::projects::{Project, ProjectVerb, service as projects};
use crate::collaboration::states::DisputeState;
use crate::kernel::authz::{Action, Relations, not_for_you};
use crate::kernel::error::{Code, Error, Problem, Text, Violation, refuse_if_any};
use crate::kernel::events::types;
use crate::kernel::ids::{AreaId, DepartmentId};
use crate::kernel::record::Change;
use crate::kernel::tx::Tx;

/// Raises a dispute about the ownership of an area on behalf of the caller's side.
///
/// # Errors
/// 403, 404; 422 for an arbiter who is not neutral, or a deadline in the past; 409 when the area is already disputed,
/// or unless the project is active or on hold.
pub fn raise(tx: &mut Tx<'_>, area: AreaId, new: &NewDispute) -> Result<Dispute, Error> {
    let permitted = permit(tx, Action::RaiseDispute, |tx| {
        let area = assignments::area(tx.conn, area)?.ok_or_else(Error::not_found)?;
        Ok(Standing::read(tx, area.project_id)?.about(area))
    })?;
    let Standing { project, relations, about: area } = permitted.lock_and_raise(tx)?;
    project.state.require(ProjectVerb::RaiseDispute)?;
    if area.retired_at.is_some() {
        return Err(Problem::new(Code::Conflict).because("detail-area-removed").into());
    }
    let department_id = raising_side(tx, &project, relations, new)?;
    refuse_if_any(violations(tx, &project, new)?)?;
    let row = Dispute {
        id: tx.new_id(),
        project_id: project.id,
        area_id: area.id,
        department_id,
        raised_by: relations.person,
        claim: new.claim.clone(),
        arbiter_person_id: new.arbiter_person_id,
        deadline: new.deadline,
        state: DisputeState::Open,
        outcome_person_id: None,
        outcome_department_id: None,
        decision_id: None,
        raised_at: tx.now,
        ended_at: None,
        version: 1,
    };
    store::insert(tx.conn, &row)?.map_err(|AlreadyDisputed| already_disputed())?;
    // An open transfer cannot complete while the area is disputed.
    transfers::lapse_of_area(tx, project.id, area.id)?;
    let body = DisputeBody::from(row.clone());
    tx.record_change(&Change::created(types::DISPUTE_RAISED, row.id.as_str(), &body)?)?;
    Ok(row)
}

/// Returns the side that raises the dispute, which is that of the sponsor.
fn raising_side(
    tx: &mut Tx<'_>,
    project: &Project,
    relations: Relations,
    new: &NewDispute,
) -> Result<DepartmentId, Error> {
    let sides = projects::sides(tx.conn, project.id, tx.now.day())?;
    let own = sides.iter().find(|side| side.active_sponsor().is_some() && side.active_sponsor() == relations.person);
    match (new.department_id, own) {
        (_, None) => Err(not_for_you(Action::RaiseDispute)),
        (Some(named), Some(own)) if named != own.department_id => Err(Error::forbidden("forbidden-other-side-dispute")),
        (_, Some(own)) => Ok(own.department_id),
    }
}

fn violations(tx: &mut Tx<'_>, project: &Project, new: &NewDispute) -> Result<Vec<Violation>, Error> {
    let mut violations = Vec::new();
    if new.deadline <= tx.now {
        let text = Text::new("violation-past-instant");
        violations.push(Violation::at("/deadline", "in_the_past", text));
    }
    violations.extend(neutrality::unfit_arbiter(tx, project, new.arbiter_person_id, "/arbiter_person_id")?);
    Ok(violations)
}

fn already_disputed() -> Problem {
    Problem::new(Code::AlreadyExists).because("detail-dispute-exists")
}
