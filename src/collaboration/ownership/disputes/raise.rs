//! Contesting who owns an area.

use super::dto::{DisputeBody, NewDispute};
use super::store::{self, AlreadyDisputed, Dispute};
use crate::collaboration::memberships::neutrality;
use crate::collaboration::ownership::store as assignments;
use crate::collaboration::ownership::transfers::service as transfers;
use crate::collaboration::projects::{Project, ProjectVerb, service as projects};
use crate::collaboration::states::DisputeState;
use crate::kernel::authz::{Action, Facts};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem, Text, Violation, refuse_if_any};
use crate::kernel::events::types;
use crate::kernel::ids::{AreaId, DepartmentId};
use crate::kernel::record::Change;
use crate::kernel::tx::Tx;

/// Contests who owns an area, for the caller's side.
///
/// # Errors
/// 403, 404; 422 for an arbiter who has a part in the project, or a deadline that is past; 409 while
/// it is disputed already, or unless the project runs.
pub fn raise(tx: &mut Tx<'_>, area: AreaId, new: &NewDispute) -> Result<Dispute, Error> {
    let area = assignments::area(tx.conn, area)?.ok_or_else(Error::not_found)?;
    let project = projects::lock(tx, area.project_id)?;
    let facts = projects::facts(tx.conn, project.id, tx.actor, tx.now)?.ok_or_else(Error::not_found)?;
    tx.authorize_and_deduplicate(Action::RaiseDispute, &facts)?;
    project.state.require(ProjectVerb::RaiseDispute)?;
    refuse_retired(tx.conn, area.id)?;
    let department_id = contesting_side(tx, &project, facts, new)?;
    refuse_if_any(faults(tx, &project, new)?)?;
    let row = Dispute {
        id: tx.new_id(),
        project_id: project.id,
        area_id: area.id,
        department_id,
        raised_by: facts.person,
        claim: new.claim.clone(),
        arbiter_person_id: new.arbiter_person_id,
        deadline: new.deadline,
        state: DisputeState::Open,
        outcome_person_id: None,
        outcome_department_id: None,
        decision_id: None,
        raised_at: tx.now,
        settled_at: None,
        version: 1,
    };
    store::insert(tx.conn, &row)?.map_err(|AlreadyDisputed| already_disputed())?;
    // What is disputed is not on its way to anybody.
    transfers::lapse_of_area(tx, project.id, area.id)?;
    let body = DisputeBody::from(row.clone());
    tx.record_change(&Change::created(types::DISPUTE_RAISED, row.id.as_str(), &body)?)?;
    Ok(row)
}

/// A sponsor contests for the own side; an administrator says for which one.
fn contesting_side(tx: &mut Tx<'_>, project: &Project, facts: Facts, new: &NewDispute) -> Result<DepartmentId, Error> {
    let sides = projects::sides(tx.conn, project.id)?;
    let own = sides.iter().find(|side| side.seated().is_some() && side.seated() == facts.person);
    match (new.department_id, own) {
        (Some(named), Some(own)) if named != own.department_id => {
            Err(Error::forbidden("A sponsor contests for the own side.", "Sponzor vede spor za vlastní stranu."))
        }
        (None, Some(own)) => Ok(own.department_id),
        (Some(named), _) if sides.iter().any(|side| side.department_id == named) => Ok(named),
        _ => {
            let text = Text::new("Say which side of the project contests.", "Uveďte, která strana projektu spor vede.");
            Err(Error::violation(Violation::at("/department_id", "not_a_side", text)))
        }
    }
}

fn faults(tx: &mut Tx<'_>, project: &Project, new: &NewDispute) -> Result<Vec<Violation>, Error> {
    let mut faults = Vec::new();
    if new.deadline <= tx.now {
        let text = Text::new("This instant is past.", "Tento okamžik už minul.");
        faults.push(Violation::at("/deadline", "in_the_past", text));
    }
    faults.extend(neutrality::unfit_arbiter(tx, project, new.arbiter_person_id, "/arbiter_person_id")?);
    Ok(faults)
}

/// An area that the charter has left out belongs to nobody any more.
fn refuse_retired(conn: &mut DbConn, area: AreaId) -> Result<(), Error> {
    let area = assignments::area(conn, area)?.ok_or_else(Error::not_found)?;
    if area.retired_at.is_none() {
        return Ok(());
    }
    Err(Problem::new(Code::Conflict)
        .because("The charter does not have this area any more.", "Tuto oblast už zakládací listina neobsahuje.")
        .into())
}

fn already_disputed() -> Problem {
    Problem::new(Code::AlreadyExists).because("This area is disputed already.", "O tuto oblast se už vede spor.")
}
