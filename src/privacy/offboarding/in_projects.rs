//! Hands over the areas and the sponsor roles of a person who leaves, project by project.
//!
//! Rule: administrators act for no side, so one with a part in a project hands over nothing in it.

use std::collections::BTreeMap;

use super::offboard_dto::{AssignmentSuccessor, OffboardPerson, SponsorSuccessor};
use crate::collaboration::lifecycle::sponsor_handover;
use crate::collaboration::ownership::{AssignmentBody, handover, service as ownership};
use crate::collaboration::projects::dto::SideBody;
use crate::collaboration::projects::{Project, service as projects};
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::error::{Code, Error, Violation};
use crate::kernel::ids::{PersonId, ProjectId};
use crate::kernel::tx::Tx;

/// What is handed over in a project, each item with its index in the request.
#[derive(Default)]
struct Items {
    areas: Vec<(usize, AssignmentSuccessor)>,
    sponsor_roles: Vec<(usize, SponsorSuccessor)>,
}

/// What was handed over in all projects.
#[derive(Default)]
pub struct InProjects {
    pub assignments: Vec<AssignmentBody>,
    pub sponsor_roles: Vec<SideBody>,
}

/// Hands over the areas, and proposes the successors of the sponsor.
///
/// # Errors
/// 403 for an administrator with a part in one of the projects; 409 when a project has ended, an area is disputed, or a
/// side cannot get another sponsor; 422 for what the person does not have, and for unsuitable successors.
pub fn hand_over(tx: &mut Tx<'_>, leaving: PersonId, body: &OffboardPerson) -> Result<InProjects, Error> {
    let mut by_project: BTreeMap<ProjectId, Items> = BTreeMap::new();
    for (index, item) in body.areas.iter().enumerate() {
        let found = ownership::current(tx.conn, item.assignment_id)?;
        let found = found.ok_or_else(|| handover::unknown_assignment(&format!("/areas/{index}")))?;
        by_project.entry(found.project_id).or_default().areas.push((index, *item));
    }
    for (index, item) in body.sponsor_roles.iter().enumerate() {
        by_project.entry(item.project_id).or_default().sponsor_roles.push((index, *item));
    }
    // Before any project is locked, so that a caller without permission does not make others wait.
    for (id, items) in &by_project {
        authorize(tx, *id, items)?;
    }
    let mut done = InProjects::default();
    for (id, items) in by_project {
        let project = projects::lock_unchanged(tx, id)?;
        let caller = authorize(tx, id, &items)?;
        let project = hand_over_areas(tx, project, leaving, &items, &mut done)?;
        propose_sponsors(tx, project, (leaving, caller), &items, (body.reason.as_str(), &mut done))?;
    }
    Ok(done)
}

/// Checks that the caller has no part in a project, and returns the relations of the caller to it.
///
/// # Errors
/// 403; 422 for a project that does not exist.
fn authorize(tx: &mut Tx<'_>, id: ProjectId, items: &Items) -> Result<Relations, Error> {
    let found = projects::relations(tx.conn, id, tx.actor, tx.now)?;
    let relations = found.ok_or_else(|| match items.sponsor_roles.first() {
        Some((index, _)) => {
            let pointer = format!("/sponsor_roles/{index}/project_id");
            Error::violation(Violation::unknown_reference(pointer, "violation-not-sponsor"))
        }
        None => Error::not_found(),
    })?;
    authz::require(tx.actor, Action::OffboardPerson, &relations)?;
    Ok(relations)
}

/// Hands over assignments in a project, and returns the project, in a new version if there are new assignments.
fn hand_over_areas(
    tx: &mut Tx<'_>,
    project: Project,
    leaving: PersonId,
    items: &Items,
    done: &mut InProjects,
) -> Result<Project, Error> {
    let mut is_changed = false;
    for (index, item) in &items.areas {
        let (assignment, pointer) = ((item.assignment_id, leaving), format!("/areas/{index}"));
        let handed_over = handover::hand_over_from(tx, &project, assignment, item.person_id, &pointer);
        let (next, is_new) = handed_over.map_err(|error| located(error, &pointer))?;
        is_changed |= is_new;
        done.assignments.push(AssignmentBody::from(next));
    }
    if is_changed { projects::lock(tx, project.id) } else { Ok(project) }
}

fn propose_sponsors(
    tx: &mut Tx<'_>,
    mut project: Project,
    (leaving, caller): (PersonId, Relations),
    items: &Items,
    (reason, done): (&str, &mut InProjects),
) -> Result<(), Error> {
    for (index, item) in &items.sponsor_roles {
        let (people, pointer) = ((leaving, item.person_id), format!("/sponsor_roles/{index}"));
        let proposed =
            sponsor_handover::hand_over(tx, project, item.department_id, people, caller, (reason, pointer.as_str()));
        let (after, side) = proposed.map_err(|error| located(error, &pointer))?;
        project = after;
        done.sponsor_roles.push(side);
    }
    Ok(())
}

/// Adds to a problem with the state which item of the request it is about.
fn located(error: Error, pointer: &str) -> Error {
    match error {
        Error::Problem(problem)
            if matches!(problem.code, Code::Conflict | Code::AlreadyExists | Code::IllegalTransition) =>
        {
            (*problem).with("conflicting_field", pointer).into()
        }
        error => error,
    }
}
