//! Creating delegations, in one project or in all projects of the sponsor.

use super::dto::{DelegationBody, NewDelegation, NewSponsorDelegation};
use super::notices;
use super::store::{self, Conflict, Delegation};
use crate::collaboration::projects::permit::{Standing, permit};
use crate::collaboration::projects::{ProjectVerb, Side, SideStanding, service as projects, sponsors};
use crate::directory::people;
use crate::kernel::authz::{self, Action, Relations, not_for_you};
use crate::kernel::error::{Code, Error, Problem, Text, Violation};
use crate::kernel::events::types;
use crate::kernel::ids::{DepartmentId, PersonId, ProjectId};
use crate::kernel::record::Change;
use crate::kernel::tx::Tx;

/// Creates a delegation by the sponsor of a side.
///
/// # Errors
/// 403 unless the caller is the sponsor of this side, 404; 409 when the side already has a delegate on these days, or
/// the person is the lead, a sponsor in the project or a delegate of another department; 422 for a first day that is
/// past and for a person of another department.
pub fn in_side(
    tx: &mut Tx<'_>,
    project: ProjectId,
    side: DepartmentId,
    new: &NewDelegation,
) -> Result<Delegation, Error> {
    // Only the sponsor can delegate, not a delegate and not the sponsor of another side.
    let permitted = permit(tx, Action::CreateDelegation, |tx| {
        let standing = Standing::read(tx, project)?;
        let sides = projects::sides(tx.conn, project, tx.now.day())?;
        let represented = sides.iter().find(|row| row.department_id == side).ok_or_else(Error::not_found)?;
        Ok(standing.sponsoring_side(represented).about(sides))
    })?;
    let Standing { project, relations, about: sides } = permitted.lock(tx)?;
    let sponsor = relations.person.ok_or_else(|| not_for_you(Action::CreateDelegation))?;
    project.state.require(ProjectVerb::CreateDelegation)?;
    if project.lead_person_id == Some(new.delegate_person_id) {
        return Err(Problem::new(Code::Conflict).because("detail-delegate-is-lead").into());
    }
    refuse_unless_eligible(tx, side, &sides, new)?;
    write(tx, Some(project.id), (sponsor, side), new)
}

/// Creates a delegation in one project or in all projects of the caller, and returns it with a project that lists it.
///
/// # Errors
/// As [`in_side`]; 403 for a caller who is not a sponsor, and 409 when the person is the sponsor of another side in one
/// of the projects.
pub fn by_sponsor(tx: &mut Tx<'_>, new: &NewSponsorDelegation) -> Result<(Delegation, ProjectId), Error> {
    authz::require_scope(tx.actor, Action::CreateDelegation)?;
    let caller = match tx.actor.login() {
        Some(login) => people::service::by_login(tx.conn, login)?.map(|person| person.id),
        None => None,
    };
    let Some(project) = new.project_id else { return in_all_projects(tx, caller, new) };
    let sides = projects::sides(tx.conn, project, tx.now.day())?;
    let own = sides.iter().find(|side| caller.is_some() && side.active_sponsor() == caller);
    // Without a side of their own, the caller is refused for the first one.
    let side = own.or(sides.first()).ok_or_else(Error::not_found)?.department_id;
    Ok((in_side(tx, project, side, &new.into())?, project))
}

fn in_all_projects(
    tx: &mut Tx<'_>,
    caller: Option<PersonId>,
    new: &NewSponsorDelegation,
) -> Result<(Delegation, ProjectId), Error> {
    let mut own = match caller {
        Some(person) => sponsors::held_by(tx.conn, person, tx.now.day())?,
        None => Vec::new(),
    };
    own.retain(|side| side.active_sponsor() == caller && side.standing == SideStanding::Current);
    // Every caller may learn that sponsors can delegate.
    let relations = Relations { sponsor: !own.is_empty(), member: true, person: caller, ..Relations::default() };
    tx.authorize_and_deduplicate(Action::CreateDelegation, &relations)?;
    let sponsor = caller.ok_or_else(|| not_for_you(Action::CreateDelegation))?;
    let new: NewDelegation = new.into();
    let homes = people::service::home_position_on(tx.conn, &[sponsor], new.valid_from)?;
    let department = homes.first().map(|home| home.department_id);
    own.retain(|side| Some(side.department_id) == department);
    let (Some(department), Some(first)) = (department, own.first()) else {
        return Err(Problem::new(Code::Conflict).because("detail-delegate-without-own-side").into());
    };
    let ids: Vec<_> = own.iter().map(|side| side.project_id).collect();
    let sides = sponsors::of_projects(tx.conn, &ids, tx.now.day())?;
    refuse_unless_eligible(tx, department, &sides, &new)?;
    Ok((write(tx, None, (sponsor, department), &new)?, first.project_id))
}

/// Checks the days, and that the delegate belongs to the department and sponsors none of these sides.
fn refuse_unless_eligible(
    tx: &mut Tx<'_>,
    department: DepartmentId,
    sides: &[Side],
    new: &NewDelegation,
) -> Result<(), Error> {
    if new.valid_from < tx.now.day() {
        let text = Text::new("violation-past-day");
        return Err(Error::violation(Violation::at("/valid_from", "dates_out_of_range", text)));
    }
    if let Some(side) = sides.iter().find(|row| row.sponsor_person_id == Some(new.delegate_person_id)) {
        let problem = Problem::new(Code::Conflict).because("detail-delegate-is-sponsor");
        return Err(problem.with("project_id", side.project_id.as_str()).into());
    }
    let homes = people::service::home_position_on(tx.conn, &[new.delegate_person_id], new.valid_from)?;
    if homes.iter().all(|home| home.department_id != department) {
        let text = Text::new("violation-delegate-of-other-department");
        return Err(Error::violation(Violation::at("/delegate_person_id", "wrong_side", text)));
    }
    Ok(())
}

fn write(
    tx: &mut Tx<'_>,
    project_id: Option<ProjectId>,
    (sponsor_person_id, department_id): (PersonId, DepartmentId),
    new: &NewDelegation,
) -> Result<Delegation, Error> {
    let row = Delegation {
        id: tx.new_id(),
        project_id,
        department_id,
        sponsor_person_id,
        delegate_person_id: new.delegate_person_id,
        valid_from: new.valid_from,
        valid_to: new.valid_to,
        revoked_at: None,
        version: 1,
        created_at: tx.now,
    };
    store::insert(tx.conn, &row)?.map_err(refusal)?;
    tx.record_change(&Change::created(types::DELEGATION_CREATED, row.id.as_str(), &DelegationBody::from(row))?)?;
    notices::announce(tx, &row)?;
    Ok(row)
}

fn refusal(conflict: Conflict) -> Problem {
    match conflict {
        Conflict::SideHasDelegate => Problem::new(Code::AlreadyExists).because("detail-delegate-exists"),
        Conflict::SponsorHasDelegate => Problem::new(Code::AlreadyExists).because("detail-delegate-for-all-exists"),
        Conflict::DelegateOfAnotherSide => Problem::new(Code::Conflict).because("detail-delegate-of-other-side"),
    }
}
