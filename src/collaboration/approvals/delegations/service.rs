//! Revoking and listing delegations.

use std::collections::HashSet;

use super::dto::DelegationBody;
use super::filter::DelegationQuery;
use super::notices;
use super::store::{self, Delegation};
use crate::collaboration::approvals::rules::ActiveDelegation;
use crate::collaboration::projects::permit::{Standing, permit};
use crate::collaboration::projects::{ProjectVerb, service as projects};
use crate::directory::people;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Error, Problem};
use crate::kernel::events::types;
use crate::kernel::ids::{DelegationId, DepartmentId, PersonId, ProjectId};
use crate::kernel::page::Page;
use crate::kernel::record::Change;
use crate::kernel::time::{Day, UtcTime};
use crate::kernel::tx::Tx;

/// Returns the delegations by and to a person, oldest first, for other modules.
pub fn of_person(conn: &mut DbConn, person: PersonId, most: i64) -> Result<Vec<Delegation>, Error> {
    store::of_person(conn, person, most)
}

/// Returns the delegations by and to a person that are in force on `day` or later, oldest first, for other modules.
pub fn current_of_person(conn: &mut DbConn, person: PersonId, day: Day, most: i64) -> Result<Vec<Delegation>, Error> {
    store::current_of_person(conn, person, day, most)
}

/// Revokes a delegation with immediate effect.
///
/// # Errors
/// 403 unless the caller created it, 404; 409 when it has expired or is already revoked.
pub fn revoke(tx: &mut Tx<'_>, id: DelegationId) -> Result<Delegation, Error> {
    authz::require_scope(tx.actor, Action::CreateDelegation)?;
    let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    match row.project_id {
        Some(project) => lock_project(tx, project, row.sponsor_person_id)?,
        None => permit_for_all(tx, &row)?,
    }
    let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if row.valid_to <= tx.now.day() {
        return Err(ended());
    }
    revoke_row(tx, row)?.ok_or_else(ended)
}

fn ended() -> Error {
    Problem::illegal_transition("delegation", "ended", "revoke_delegation", &[]).into()
}

/// Checks the permission for a delegation in one project, and locks the project.
fn lock_project(tx: &mut Tx<'_>, project: ProjectId, sponsor: PersonId) -> Result<(), Error> {
    let permitted = permit(tx, Action::CreateDelegation, |tx| {
        let standing = Standing::read(tx, project)?;
        let is_own = standing.relations.person == Some(sponsor);
        Ok(standing.sponsoring(is_own))
    })?;
    let project = permitted.lock(tx)?.project;
    project.state.require_for(ProjectVerb::CreateDelegation, "revoke_delegation")
}

/// Checks the permission for a delegation in all projects. Only the sponsor and the delegate know that it exists.
fn permit_for_all(tx: &mut Tx<'_>, row: &Delegation) -> Result<(), Error> {
    let caller = match tx.actor.login() {
        Some(login) => people::service::by_login(tx.conn, login)?.map(|person| person.id),
        None => None,
    };
    let (sponsor, delegate) = (caller == Some(row.sponsor_person_id), caller == Some(row.delegate_person_id));
    let relations = Relations { sponsor, member: delegate, delegate, person: caller, ..Relations::default() };
    tx.authorize_and_deduplicate(Action::CreateDelegation, &relations)
}

/// Revokes the delegations of a side that changes its sponsor.
pub fn end_with_sponsor(tx: &mut Tx<'_>, project: ProjectId, side: DepartmentId) -> Result<(), Error> {
    for row in store::of_side(tx.conn, project, side, tx.now.day())? {
        revoke_row(tx, row)?;
    }
    Ok(())
}

/// Revokes a delegation; returns `None` if it is already revoked.
fn revoke_row(tx: &mut Tx<'_>, before: Delegation) -> Result<Option<Delegation>, Error> {
    let after = Delegation { revoked_at: Some(tx.now), version: before.version + 1, ..before };
    if before.revoked_at.is_some() || !store::revoke(tx.conn, &after)? {
        return Ok(None);
    }
    let (old, new) = (DelegationBody::from(before), DelegationBody::from(after));
    tx.record_change(&Change::updated(types::DELEGATION_REVOKED, after.id.as_str(), &old, &new)?)?;
    notices::announce(tx, &after)?;
    Ok(Some(after))
}

/// Returns the delegations of a project that are in force on a day. A delegation for all projects does not count for a
/// side that has a delegate of its own.
pub fn standing(conn: &mut DbConn, project: ProjectId, day: Day) -> Result<Vec<ActiveDelegation>, Error> {
    let active = |row: Delegation| ActiveDelegation {
        id: row.id,
        department_id: row.department_id,
        delegate: row.delegate_person_id,
    };
    let mut delegated = HashSet::new();
    let rows = store::on(conn, project, day)?.into_iter();
    Ok(rows.filter(|row| delegated.insert(row.department_id)).map(active).collect())
}

/// Returns a page of the delegations of a project, ended ones included, for other modules.
pub fn of_project(conn: &mut DbConn, project: ProjectId, page: &Page) -> Result<Vec<Delegation>, Error> {
    store::list(conn, project, &DelegationQuery { as_of: None }, page)
}

/// Returns those of the delegations that exist, for other modules.
pub fn with_ids(conn: &mut DbConn, ids: &[DelegationId]) -> Result<Vec<Delegation>, Error> {
    if ids.is_empty() { Ok(Vec::new()) } else { store::find_many(conn, ids) }
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
