//! Hands over what a person who leaves is responsible for, in one transaction.
//!
//! Rules: only what one person can decide is handed over, and only to the named successors; what the sides of a project
//! decide together (the lead, the panel, the end of a membership, open approvals) is listed with who has to act. A
//! successor of a sponsor is only proposed. Repeating a hand-over changes nothing. Locks are taken in one order:
//! people, departments, projects by id, callback requests, agents.

use super::offboard_dto::{OffboardPerson, OffboardingResult};
use super::remaining::remaining;
use super::{in_projects, report, service, successors};
use crate::callbacks::requests;
use crate::directory::departments::{self, DepartmentBody};
use crate::directory::people::{self, HomePositionBody};
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::error::Error;
use crate::kernel::ids::{CallbackRequestId, PersonId};
use crate::kernel::tx::Tx;

/// Most callback requests that are handed over at once.
const MAX_REQUESTS: i64 = 1000;

/// Hands over what has a successor, all or nothing, and lists what remains.
///
/// # Errors
/// 403, also for an administrator with a part in the project of an area or a sponsor role; 404; 409 when the person is
/// erased, a project has ended, an area is disputed, or a side cannot get another sponsor; 422 for what the person does
/// not have, and for unsuitable successors.
pub fn offboard(tx: &mut Tx<'_>, id: PersonId, body: &OffboardPerson) -> Result<OffboardingResult, Error> {
    tx.authorize_and_deduplicate(Action::OffboardPerson, &Relations::default())?;
    if !body.departments.is_empty() || !body.managed_people.is_empty() {
        authz::require(tx.actor, Action::WriteDirectory, &Relations::default())?;
    }
    service::lock_offboarding(tx)?;
    successors::lock_and_check(tx, id, body)?;
    let headed = body.departments.iter().map(|one| one.department_id).collect();
    departments::service::lock_many(tx.conn, headed)?;
    // Before the heads change, so that a caller who is the head of a side still has a part in its project.
    let in_projects = in_projects::hand_over(tx, id, body)?;
    let departments = hand_over_departments(tx, id, body)?;
    let home_positions = hand_over_people(tx, id, body)?;
    let callback_requests = hand_over_requests(tx, id, body)?;
    let mut report = report::of_person(tx.conn, id, tx.now)?;
    // Someone who gets the new manager on a later day needs no other one.
    report.people_managed.retain(|person| body.managed_people.iter().all(|one| one.managed_person_id != *person));
    Ok(OffboardingResult {
        person_id: id,
        assignments: in_projects.assignments,
        departments,
        sponsor_roles: in_projects.sponsor_roles,
        home_positions,
        callback_requests,
        remaining: remaining(&report),
    })
}

fn hand_over_departments(tx: &mut Tx<'_>, id: PersonId, body: &OffboardPerson) -> Result<Vec<DepartmentBody>, Error> {
    let mut departments = Vec::with_capacity(body.departments.len());
    for (index, one) in body.departments.iter().enumerate() {
        let pointer = format!("/departments/{index}");
        let people = (id, one.person_id);
        let department = departments::service::hand_over(tx, one.department_id, people, &body.reason, &pointer)?;
        departments.push(DepartmentBody::from(department));
    }
    Ok(departments)
}

fn hand_over_people(tx: &mut Tx<'_>, id: PersonId, body: &OffboardPerson) -> Result<Vec<HomePositionBody>, Error> {
    let mut positions = Vec::with_capacity(body.managed_people.len());
    for (index, one) in body.managed_people.iter().enumerate() {
        let pointer = format!("/managed_people/{index}");
        let (managers, on) = ((id, one.person_id), one.valid_from.unwrap_or(tx.now.day()));
        let changed = people::managers::hand_over(tx, one.managed_person_id, managers, on, &body.reason, &pointer)?;
        positions.extend(changed);
    }
    Ok(positions)
}

fn hand_over_requests(tx: &mut Tx<'_>, id: PersonId, body: &OffboardPerson) -> Result<Vec<CallbackRequestId>, Error> {
    match body.callback_destination() {
        Some(to) => {
            requests::service::hand_over(tx, id, to, MAX_REQUESTS, (body.reason.as_str(), "/callback_agent_id"))
        }
        None => Ok(Vec::new()),
    }
}
