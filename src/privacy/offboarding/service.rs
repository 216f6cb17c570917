//! Deactivating and reactivating a person, and the offboarding report.

use std::collections::HashMap;

use super::dto::{OffboardingReport, OrphanedArea, VacantSponsor};
use crate::callbacks::requests;
use crate::collaboration::approvals::service as approvals;
use crate::collaboration::decisions;
use crate::collaboration::memberships::member::Member;
use crate::collaboration::memberships::{scheduled, service as memberships};
use crate::collaboration::ownership::{AssignmentBody, disputes, service as ownership};
use crate::collaboration::projects;
use crate::directory::people::{self, Person, PersonBody};
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::{DbConn, locks};
use crate::kernel::error::{Error, Problem};
use crate::kernel::events::types;
use crate::kernel::ids::{DepartmentId, PersonId, ProjectId};
use crate::kernel::record::Change;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Most possible successors that are listed per role or area.
const MAX_SUCCESSORS: usize = 20;
/// Most items of each kind that are listed.
const MAX_ITEMS: i64 = 1000;

/// Deactivates a person who has left the company.
///
/// # Errors
/// 403, 404; 409 when the person is already deactivated.
pub fn deactivate(tx: &mut Tx<'_>, id: PersonId, reason: &str) -> Result<Person, Error> {
    tx.authorize_and_deduplicate(Action::WriteDirectory, &Relations::default())?;
    lock_offboarding(tx)?;
    let before = people::service::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if before.deactivated_at.is_some() {
        return Err(Problem::illegal_transition(
            "person",
            "deactivated",
            "deactivate_person",
            &["reactivate_person", "erase_person"],
        )
        .into());
    }
    let after = save(tx, before, Some(tx.now), types::PERSON_DEACTIVATED, reason)?;
    projects::sponsors::sponsor_deactivated(tx, id)?;
    scheduled::person_deactivated(tx, id)?;
    Ok(after)
}

/// Reactivates a person, who is the sponsor again of every side without a new sponsor; memberships stay ended.
///
/// # Errors
/// 403, 404; 409 when the person is not deactivated, or is erased.
pub fn reactivate(tx: &mut Tx<'_>, id: PersonId, reason: &str) -> Result<Person, Error> {
    tx.authorize_and_deduplicate(Action::WriteDirectory, &Relations::default())?;
    lock_offboarding(tx)?;
    let before = people::service::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if before.deactivated_at.is_none() {
        return Err(Problem::illegal_transition("person", "active", "reactivate_person", &["deactivate_person"]).into());
    }
    if before.erased_at.is_some() {
        return Err(Problem::illegal_transition("person", "erased", "reactivate_person", &[]).into());
    }
    let after = save(tx, before, None, types::PERSON_REACTIVATED, reason)?;
    projects::sponsors::sponsor_reactivated(tx, id)?;
    Ok(after)
}

/// Serializes offboarding, because for two people who share projects the projects could be locked in different orders.
fn lock_offboarding(tx: &mut Tx<'_>) -> Result<(), Error> {
    locks::acquire(tx.conn, "offboarding")
}

fn save(
    tx: &mut Tx<'_>,
    before: Person,
    deactivated_at: Option<UtcTime>,
    event: &'static str,
    reason: &str,
) -> Result<Person, Error> {
    let after = Person { deactivated_at, version: before.version + 1, updated_at: tx.now, ..before.clone() };
    people::service::save(tx.conn, &after)?;
    let (old, new) = (PersonBody::from(before), PersonBody::from(after.clone()));
    let change = Change::updated(event, after.id.as_str(), &old, &new)?;
    tx.record_change(&Change { reason: Some(reason), ..change })?;
    Ok(after)
}

/// Returns everything that would have no responsible person if a person left. Runs a fixed number of statements.
///
/// # Errors
/// 403, 404.
pub fn report(conn: &mut DbConn, actor: &Actor, id: PersonId, now: UtcTime) -> Result<OffboardingReport, Error> {
    authz::require(actor, Action::ManagePrivacy, &Relations::default())?;
    people::service::find(conn, id)?.ok_or_else(Error::not_found)?;
    let memberships: Vec<_> = memberships::live_of(conn, id, now)?.iter().map(Member::body).collect();
    Ok(OffboardingReport {
        person_id: id,
        sponsor_roles: vacant_sponsors(conn, id, now)?,
        areas: orphaned_areas(conn, id, now)?,
        approvals: approvals::pending_for_sponsor(conn, id, now, MAX_ITEMS)?.iter().map(|(row, _)| row.id).collect(),
        decisions: decisions::service::escalated_to(conn, id, MAX_ITEMS)?.iter().map(|(row, _)| row.id).collect(),
        disputes: disputes::service::arbitrated_by(conn, id, MAX_ITEMS)?.iter().map(|(row, _)| row.id).collect(),
        callback_requests: requests::service::assigned_to(conn, id, MAX_ITEMS)?,
        memberships,
    })
}

fn vacant_sponsors(conn: &mut DbConn, id: PersonId, now: UtcTime) -> Result<Vec<VacantSponsor>, Error> {
    let sides = projects::sponsors::held_by(conn, id, now.day())?;
    let departments: Vec<_> = sides.iter().map(|side| side.department_id).collect();
    let projects: Vec<_> = sides.iter().map(|side| side.project_id).collect();
    let mut candidates: HashMap<DepartmentId, Vec<PersonId>> = HashMap::new();
    for (department, person) in people::service::with_position_in(conn, &departments, now.day(), MAX_ITEMS)? {
        candidates.entry(department).or_default().push(person);
    }
    let members = memberships::people_of(conn, &projects, now)?;
    let all_sides = projects::sponsors::of_projects(conn, &projects, now.day())?;
    let is_free = |project: ProjectId, person: PersonId| {
        let is_sponsor =
            all_sides.iter().any(|side| side.project_id == project && side.sponsor_person_id == Some(person));
        person != id && !members.contains(&(project, person)) && !is_sponsor
    };
    Ok(sides
        .into_iter()
        .map(|side| {
            let people = candidates.get(&side.department_id).into_iter().flatten().copied();
            let free = people.filter(|person| is_free(side.project_id, *person));
            VacantSponsor {
                project_id: side.project_id,
                department_id: side.department_id,
                possible_successors: free.take(MAX_SUCCESSORS).collect(),
            }
        })
        .collect())
}

fn orphaned_areas(conn: &mut DbConn, id: PersonId, now: UtcTime) -> Result<Vec<OrphanedArea>, Error> {
    let owned = ownership::owned_by(conn, id, now.day(), MAX_ITEMS)?;
    let projects: Vec<_> = owned.iter().map(|(assignment, _)| assignment.project_id).collect();
    let members = memberships::sides_of_people(conn, &projects, now)?;
    let successors = |project, side| {
        let of_side = members.iter().filter(|one| (one.0, one.2) == (project, side) && one.1 != id);
        of_side.map(|one| one.1).take(MAX_SUCCESSORS).collect()
    };
    Ok(owned
        .into_iter()
        .map(|(assignment, side)| OrphanedArea {
            possible_successors: successors(assignment.project_id, side),
            assignment: AssignmentBody::from(assignment),
        })
        .collect())
}
