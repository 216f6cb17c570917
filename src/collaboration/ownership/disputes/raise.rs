//! Raising disputes.

use super::dto::{DisputeBody, NewDispute};
use super::store::{self, AlreadyDisputed, Dispute};
use crate::collaboration::arbitration::service::{self as arbitration, Terms};
use crate::collaboration::arbitration::{Arbiter, topic};
use crate::collaboration::ownership::store as assignments;
use crate::collaboration::ownership::transfers::service as transfers;
use crate::collaboration::projects::permit::{Standing, permit};
use crate::collaboration::projects::{Project, ProjectVerb, response_time, service as projects};
use crate::collaboration::states::DisputeState;
use crate::kernel::authz::{Action, Relations, not_for_you};
use crate::kernel::error::{Code, Error, Problem, Text, refuse_if_any};
use crate::kernel::events::types;
use crate::kernel::ids::{AreaId, DepartmentId, DisputeId};
use crate::kernel::record::Change;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Raises a dispute about the ownership of an area on behalf of the caller's side, and draws its arbiter.
///
/// # Errors
/// 403, 404; 422 for a deadline that leaves the sides too little time, or keeps the arbiter from deciding for too long;
/// 409 when the area is already disputed, or the last dispute of the side about it ended less than 20 business days
/// ago, or unless the project is active or on hold.
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
    let terms = Terms::read(tx.conn, project.id, tx.now)?;
    let earliest = terms.earliest(tx.now);
    let deadline = new.deadline.unwrap_or(earliest);
    let latest = terms.latest(tx.now);
    let too_soon = response_time::too_soon("/deadline", deadline, tx.now, earliest);
    let too_late = response_time::too_late("/deadline", deadline, latest);
    refuse_if_any(too_soon.or(too_late).into_iter().collect())?;
    if store::open_about(tx.conn, area.id)?.is_some() {
        return Err(already_disputed().into());
    }
    if let Some(ended) = store::last_end(tx.conn, area.id, department_id)? {
        refuse_too_soon(terms.may_dispute_from(ended), tx.now)?;
    }
    let id: DisputeId = tx.new_id();
    let topic = topic::of_area(area.id);
    let drawn = arbitration::draw_for(tx, &project, &terms, id.as_str(), &topic)?;
    let Arbiter { person_id, draw_id, ruling_from, ruling_until } = match drawn.ruling_from {
        Some(from) => terms.ruling(drawn, from.max(deadline)),
        None => drawn,
    };
    let row = Dispute {
        id,
        project_id: project.id,
        area_id: area.id,
        department_id,
        raised_by: relations.person,
        claim: new.claim.clone(),
        arbiter_person_id: person_id,
        deadline,
        state: DisputeState::Open,
        outcome_person_id: None,
        outcome_department_id: None,
        decision_id: None,
        raised_at: tx.now,
        ended_at: None,
        version: 1,
        draw_id,
        ruling_from,
        ruling_until,
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

/// Refuses a dispute before the side can raise one about the area again.
fn refuse_too_soon(from: UtcTime, now: UtcTime) -> Result<(), Error> {
    if from <= now {
        return Ok(());
    }
    let text = Text::new("detail-dispute-too-soon").with("from", from.to_string());
    Err(Problem::new(Code::Conflict).because(text).into())
}

fn already_disputed() -> Problem {
    Problem::new(Code::AlreadyExists).because("detail-dispute-exists")
}
