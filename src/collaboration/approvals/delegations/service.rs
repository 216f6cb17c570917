//! Creating, revoking and listing delegations.

use super::dto::{DelegationBody, NewDelegation};
use super::filter::DelegationQuery;
use super::store::{self, Conflict, Delegation};
use crate::collaboration::approvals::rules::ActiveDelegation;
use crate::collaboration::projects::permit::{Standing, permit};
use crate::collaboration::projects::{ProjectVerb, service as projects};
use crate::directory::people;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{Action, not_for_you};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem, Text, Violation};
use crate::kernel::events::types;
use crate::kernel::ids::{DelegationId, DepartmentId, PersonId, ProjectId};
use crate::kernel::page::Page;
use crate::kernel::record::Change;
use crate::kernel::time::{Day, UtcTime};
use crate::kernel::tx::Tx;

/// Creates a delegation by the sponsor of a side.
///
/// # Errors
/// 403 unless the caller is the sponsor of this side, 404; 409 when the side already has a delegate on these days, or
/// the person is the lead, a sponsor or a delegate of another side; 422 for a first day that is past and for a person of another
/// department.
pub fn create(
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
    if new.valid_from < tx.now.day() {
        let text = Text::new("violation-past-day");
        return Err(Error::violation(Violation::at("/valid_from", "dates_out_of_range", text)));
    }
    if sides.iter().any(|row| row.sponsor_person_id == Some(new.delegate_person_id)) {
        return Err(Problem::new(Code::Conflict).because("detail-delegate-is-sponsor").into());
    }
    if project.lead_person_id == Some(new.delegate_person_id) {
        return Err(Problem::new(Code::Conflict).because("detail-delegate-is-lead").into());
    }
    let homes = people::service::home_position_on(tx.conn, &[new.delegate_person_id], new.valid_from)?;
    if homes.iter().all(|home| home.department_id != side) {
        let text = Text::new("violation-delegate-of-other-department");
        return Err(Error::violation(Violation::at("/delegate_person_id", "wrong_side", text)));
    }
    let row = Delegation {
        id: tx.new_id(),
        project_id: project.id,
        department_id: side,
        sponsor_person_id: sponsor,
        delegate_person_id: new.delegate_person_id,
        valid_from: new.valid_from,
        valid_to: new.valid_to,
        revoked_at: None,
        version: 1,
        created_at: tx.now,
    };
    store::insert(tx.conn, &row)?.map_err(refusal)?;
    tx.record_change(&Change::created(types::DELEGATION_CREATED, row.id.as_str(), &DelegationBody::from(row))?)?;
    Ok(row)
}

fn refusal(conflict: Conflict) -> Problem {
    match conflict {
        Conflict::SideHasDelegate => Problem::new(Code::AlreadyExists).because("detail-delegate-exists"),
        Conflict::DelegateOfAnotherSide => Problem::new(Code::Conflict).because("detail-delegate-of-other-side"),
    }
}

/// Returns the delegations by and to a person, oldest first, for other modules.
pub fn of_person(conn: &mut DbConn, person: PersonId, most: i64) -> Result<Vec<Delegation>, Error> {
    store::of_person(conn, person, most)
}

/// Revokes a delegation with immediate effect.
///
/// # Errors
/// 403 unless the caller created it, 404; 409 when it has expired or is already revoked.
pub fn revoke(tx: &mut Tx<'_>, id: DelegationId) -> Result<Delegation, Error> {
    let permitted = permit(tx, Action::CreateDelegation, |tx| {
        let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
        let standing = Standing::read(tx, row.project_id)?;
        let is_own = standing.relations.person == Some(row.sponsor_person_id);
        Ok(standing.sponsoring(is_own))
    })?;
    let project = permitted.lock(tx)?.project;
    project.state.require_for(ProjectVerb::CreateDelegation, "revoke_delegation")?;
    let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if row.revoked_at.is_some() || row.valid_to <= tx.now.day() {
        return Err(Problem::illegal_transition("delegation", "ended", "revoke_delegation", &[]).into());
    }
    revoke_row(tx, row)
}

/// Revokes the delegations of a side that changes its sponsor.
pub fn end_with_sponsor(tx: &mut Tx<'_>, project: ProjectId, side: DepartmentId) -> Result<(), Error> {
    for row in store::of_side(tx.conn, project, side, tx.now.day())? {
        revoke_row(tx, row)?;
    }
    Ok(())
}

fn revoke_row(tx: &mut Tx<'_>, before: Delegation) -> Result<Delegation, Error> {
    let after = Delegation { revoked_at: Some(tx.now), version: before.version + 1, ..before };
    store::update(tx.conn, &after)?;
    let (old, new) = (DelegationBody::from(before), DelegationBody::from(after));
    tx.record_change(&Change::updated(types::DELEGATION_REVOKED, after.id.as_str(), &old, &new)?)?;
    Ok(after)
}

/// Returns the delegations of a project that are in force on a day.
pub fn standing(conn: &mut DbConn, project: ProjectId, day: Day) -> Result<Vec<ActiveDelegation>, Error> {
    let active = |row: Delegation| ActiveDelegation {
        id: row.id,
        department_id: row.department_id,
        delegate: row.delegate_person_id,
    };
    Ok(store::on(conn, project, day)?.into_iter().map(active).collect())
}

/// Returns whether a person is a delegate in a project on `day` or later.
pub fn has_part(conn: &mut DbConn, project: ProjectId, person: PersonId, day: Day) -> Result<bool, Error> {
    store::is_delegate(conn, project, person, day)
}

/// Returns one page of the delegations of a project.
///
/// # Errors
/// 403, 404.
pub fn list(
    conn: &mut DbConn,
    actor: &Actor,
    project: ProjectId,
    query: &DelegationQuery,
    now: UtcTime,
    page: &Page,
) -> Result<Vec<Delegation>, Error> {
    projects::require(conn, actor, Action::ReadProject, project, now)?;
    store::list(conn, project, query, page)
}
