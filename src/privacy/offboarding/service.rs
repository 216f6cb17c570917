//! Leaving the company: what would be orphaned, and recording that somebody has gone.
//!
//! Rules: nothing is reassigned by itself; a leaver's seats count as vacant and their memberships end,
//! but their areas stay in their name until somebody hands them over; the report is the union of what
//! the slices say of the person.

use std::collections::HashMap;

use super::dto::{LeaverArea, LeaverReport, LeaverSeat};
use crate::callbacks::requests;
use crate::collaboration::approvals::service as approvals;
use crate::collaboration::decisions;
use crate::collaboration::memberships::member::Member;
use crate::collaboration::memberships::{scheduled, service as memberships};
use crate::collaboration::ownership::{AssignmentBody, disputes, service as ownership};
use crate::collaboration::projects;
use crate::directory::people::{self, Person, PersonBody};
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Facts};
use crate::kernel::db::{DbConn, locks};
use crate::kernel::error::{Error, Problem};
use crate::kernel::events::types;
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::record::Change;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Most possible successors that are named.
const SUCCESSORS: usize = 20;
/// Most things of a kind that are listed.
const MOST: i64 = 1000;

/// Records that somebody has left the company.
///
/// # Errors
/// 403, 404; 409 when they have left already.
pub fn deactivate(tx: &mut Tx<'_>, id: PersonId, reason: &str) -> Result<Person, Error> {
    tx.admit(Action::WriteDirectory, &Facts::default())?;
    take_turn(tx)?;
    let before = people::service::hold(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if before.deactivated_at.is_some() {
        return Err(Problem::illegal_transition("deactivated", "deactivate", &["reactivate"]).into());
    }
    let after = save(tx, before, Some(tx.now), types::PERSON_DEACTIVATED, reason)?;
    projects::sponsors::sponsor_left(tx, id)?;
    scheduled::person_left(tx, id)?;
    Ok(after)
}

/// Records that somebody is back. Seats that nobody has taken are theirs again; memberships are not.
///
/// # Errors
/// 403, 404; 409 when they have not left.
pub fn reactivate(tx: &mut Tx<'_>, id: PersonId, reason: &str) -> Result<Person, Error> {
    tx.admit(Action::WriteDirectory, &Facts::default())?;
    take_turn(tx)?;
    let before = people::service::hold(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if before.deactivated_at.is_none() {
        return Err(Problem::illegal_transition("active", "reactivate", &["deactivate"]).into());
    }
    let after = save(tx, before, None, types::PERSON_REACTIVATED, reason)?;
    projects::sponsors::sponsor_is_back(tx, id)?;
    Ok(after)
}

/// One leaver after the other: two who share projects would take these in different orders.
fn take_turn(tx: &mut Tx<'_>) -> Result<(), Error> {
    locks::take(tx.conn, "leavers")
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
    tx.record(&Change { reason: Some(reason), ..change })?;
    Ok(after)
}

/// What would be orphaned if somebody left; a fixed number of statements.
///
/// # Errors
/// 403, 404.
pub fn report(conn: &mut DbConn, actor: &Actor, id: PersonId, now: UtcTime) -> Result<LeaverReport, Error> {
    authz::require(actor, Action::WriteDirectory, &Facts::default())?;
    let person = people::service::find(conn, id)?.ok_or_else(Error::not_found)?;
    let callback_requests = match &person.subject {
        Some(subject) => requests::assigned_to(conn, subject, MOST)?,
        None => Vec::new(),
    };
    let memberships: Vec<_> = memberships::live_of(conn, id, now)?.iter().map(Member::body).collect();
    Ok(LeaverReport {
        person_id: id,
        seats: seats(conn, id, now)?,
        areas: areas(conn, id, now)?,
        consents: approvals::waiting_for_sponsor(conn, id, now, MOST)?.iter().map(|row| row.id).collect(),
        decisions: decisions::service::escalated_to(conn, id, MOST)?.iter().map(|row| row.id).collect(),
        disputes: disputes::service::arbitrated_by(conn, id, MOST)?.iter().map(|row| row.id).collect(),
        callback_requests,
        memberships,
    })
}

fn seats(conn: &mut DbConn, id: PersonId, now: UtcTime) -> Result<Vec<LeaverSeat>, Error> {
    let seats = projects::sponsors::held_by(conn, id)?;
    let departments: Vec<_> = seats.iter().map(|seat| seat.department_id).collect();
    let projects: Vec<_> = seats.iter().map(|seat| seat.project_id).collect();
    let mut at_home: HashMap<DepartmentId, Vec<PersonId>> = HashMap::new();
    for (department, person) in people::service::at_home_in(conn, &departments, now.day(), MOST)? {
        at_home.entry(department).or_default().push(person);
    }
    let taken = memberships::people_of(conn, &projects, now)?;
    let others = projects::sponsors::of_projects(conn, &projects)?;
    Ok(seats
        .into_iter()
        .map(|seat| {
            let free = |person: &&PersonId| {
                **person != id
                    && !taken.contains(&(seat.project_id, **person))
                    && !others
                        .iter()
                        .any(|side| side.project_id == seat.project_id && side.sponsor_person_id == Some(**person))
            };
            let people = at_home.get(&seat.department_id).into_iter().flatten();
            let possible_successors = people.filter(free).take(SUCCESSORS).copied().collect();
            LeaverSeat { project_id: seat.project_id, department_id: seat.department_id, possible_successors }
        })
        .collect())
}

fn areas(conn: &mut DbConn, id: PersonId, now: UtcTime) -> Result<Vec<LeaverArea>, Error> {
    let owned = ownership::owned_by(conn, id, now.day(), MOST)?;
    let projects: Vec<_> = owned.iter().map(|(assignment, _)| assignment.project_id).collect();
    let members = memberships::sides_of_people(conn, &projects, now)?;
    let successors = |project, side| {
        let of_side = members.iter().filter(|one| (one.0, one.2) == (project, side) && one.1 != id);
        of_side.map(|one| one.1).take(SUCCESSORS).collect()
    };
    Ok(owned
        .into_iter()
        .map(|(assignment, side)| LeaverArea {
            possible_successors: successors(assignment.project_id, side),
            assignment: AssignmentBody::from(assignment),
        })
        .collect())
}
