//! Hands over what a person who leaves is responsible for, in one transaction.
//!
//! Rules: only what one person can decide is handed over, and only to the named successors; what the sides of a project
//! decide together (sponsors, the lead, the end of a membership, open approvals) is listed with who has to act. An
//! administrator with a part in a project hands over none of its areas. Locks are taken in one order: people, departments,
//! projects by id, callback requests.

use std::collections::BTreeMap;

use super::offboard_dto::{AssignmentSuccessor, OffboardPerson, OffboardingResult};
use super::remaining::remaining;
use super::{report, service};
use crate::callbacks::requests;
use crate::collaboration::ownership::{AssignmentBody, handover, service as ownership};
use crate::collaboration::projects::service as projects;
use crate::directory::departments::{self, DepartmentBody};
use crate::directory::people;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::error::{Error, Problem, Violation, refuse_if_any};
use crate::kernel::ids::{PersonId, ProjectId};
use crate::kernel::tx::Tx;

/// Most callback requests that are handed over at once.
const MAX_REQUESTS: i64 = 1000;

/// Hands over what has a successor, all or nothing, and lists what remains.
///
/// # Errors
/// 403, also for an administrator with a part in the project of an area; 404; 409 when the person is erased, a project
/// has ended or an area is disputed; 422 for what the person does not have, and for unsuitable successors.
pub fn offboard(tx: &mut Tx<'_>, id: PersonId, body: &OffboardPerson) -> Result<OffboardingResult, Error> {
    tx.authorize_and_deduplicate(Action::OffboardPerson, &Relations::default())?;
    service::lock_offboarding(tx)?;
    lock_people(tx, id, body)?;
    let mut heads = Vec::with_capacity(body.departments.len());
    for (index, one) in body.departments.iter().enumerate() {
        let pointer = format!("/departments/{index}");
        let people = (id, one.person_id);
        let department = departments::service::hand_over(tx, one.department_id, people, &body.reason, &pointer)?;
        heads.push(DepartmentBody::from(department));
    }
    let assignments = hand_over_areas(tx, id, &body.areas)?;
    let callback_requests = match body.callback_agent_id {
        Some(agent) => requests::service::hand_over(tx, id, agent, MAX_REQUESTS, "/callback_agent_id")?,
        None => Vec::new(),
    };
    let report = report::of_person(tx.conn, id, tx.now)?;
    Ok(OffboardingResult {
        person_id: id,
        assignments,
        departments: heads,
        callback_requests,
        remaining: remaining(&report),
    })
}

/// Locks the person and all successors, and checks the successors.
fn lock_people(tx: &mut Tx<'_>, id: PersonId, body: &OffboardPerson) -> Result<(), Error> {
    let areas = body.areas.iter().enumerate().map(|(index, one)| (format!("/areas/{index}"), one.person_id));
    let heads =
        body.departments.iter().enumerate().map(|(index, one)| (format!("/departments/{index}"), one.person_id));
    let successors: Vec<_> = areas.chain(heads).collect();
    let mut ids: Vec<_> = successors.iter().map(|(_, person)| *person).chain([id]).collect();
    ids.sort_unstable();
    ids.dedup();
    let known = people::service::lock_many(tx.conn, &ids)?;
    let find = |id: PersonId| known.iter().find(|person| person.id == id);
    if find(id).ok_or_else(Error::not_found)?.erased_at.is_some() {
        return Err(Problem::illegal_transition("person", "erased", "offboard_person", &[]).into());
    }
    let mut violations = Vec::new();
    for (place, successor) in successors {
        let pointer = format!("{place}/person_id");
        match find(successor) {
            _ if successor == id => {
                violations.push(Violation::at(pointer, "same_person", "violation-successor-is-leaving"));
            }
            None => violations.push(Violation::unknown_reference(pointer, "violation-unknown-person")),
            Some(person) if person.deactivated_at.is_some() => violations.push(people::deactivated_person(pointer)),
            Some(_) => {}
        }
    }
    refuse_if_any(violations)
}

/// Hands over assignments, project by project.
///
/// # Errors
/// Those of [`offboard`]; 403 for an administrator with a part in one of the projects.
fn hand_over_areas(tx: &mut Tx<'_>, id: PersonId, items: &[AssignmentSuccessor]) -> Result<Vec<AssignmentBody>, Error> {
    let mut by_project: BTreeMap<ProjectId, Vec<(usize, AssignmentSuccessor)>> = BTreeMap::new();
    for (index, item) in items.iter().enumerate() {
        let found = ownership::current(tx.conn, item.assignment_id)?;
        let found = found.ok_or_else(|| handover::unknown_assignment(&format!("/areas/{index}")))?;
        by_project.entry(found.project_id).or_default().push((index, *item));
    }
    let mut handed_over = Vec::with_capacity(items.len());
    for (project, items) in by_project {
        let project = projects::lock(tx, project)?;
        let relations = projects::relations(tx.conn, project.id, tx.actor, tx.now)?.ok_or_else(Error::not_found)?;
        authz::require(tx.actor, Action::OffboardPerson, &relations)?;
        for (index, item) in items {
            let (assignment, pointer) = ((item.assignment_id, id), format!("/areas/{index}"));
            let next = handover::hand_over_from(tx, &project, assignment, item.person_id, &pointer)?;
            handed_over.push(AssignmentBody::from(next));
        }
    }
    Ok(handed_over)
}
