//! Reads of ownership for the API and for other slices. Assigning, handing over, transfers and disputes have files and
//! directories of their own.

use super::dto::AreaBody;
use super::filter::AssignmentQuery;
use super::store::{self, Assignment, Of};
use crate::collaboration::projects::{Area, readiness, service as projects};
use crate::directory::people;
use crate::kernel::auth::Actor;
use crate::kernel::authz::Action;
use crate::kernel::db::DbConn;
use crate::kernel::error::{Error, Text, Violation};
use crate::kernel::ids::{AreaId, AssignmentId, DepartmentId, PersonId, ProjectId};
use crate::kernel::page::Page;
use crate::kernel::time::{Day, UtcTime};

/// Returns one page of the areas of a project with the people accountable on a day, by default today.
///
/// # Errors
/// 403, 404.
pub fn areas(
    conn: &mut DbConn,
    actor: &Actor,
    project: ProjectId,
    as_of: Option<Day>,
    now: UtcTime,
    page: &Page,
) -> Result<Vec<AreaBody>, Error> {
    projects::require(conn, actor, Action::ReadProject, project, now)?;
    // A charter has few areas, so all of them are loaded and the page is cut here.
    let after = page.after.as_deref().unwrap_or_default();
    let areas = store::areas_on(conn, project, as_of.unwrap_or(now.day()))?.into_iter();
    let areas = areas.filter(|(area, _)| area.id.as_str() > after).take(page.limit + 1);
    Ok(areas.map(|(area, owner)| AreaBody::new(area, owner)).collect())
}

/// Returns one page of the past, current and planned assignments of an area.
///
/// # Errors
/// 403, 404; 422 for a `known_at` in the future.
pub fn list(
    conn: &mut DbConn,
    actor: &Actor,
    area: AreaId,
    query: &AssignmentQuery,
    now: UtcTime,
    page: &Page,
) -> Result<Vec<Assignment>, Error> {
    let area = store::area(conn, area)?.ok_or_else(Error::not_found)?;
    projects::require_to_read(conn, actor, area.project_id, now)?;
    refuse_future_known_at(query, now)?;
    store::list(conn, Of::Area(area.id), query, page)
}

/// Returns one page of the assignments of a project.
///
/// # Errors
/// 403, 404; 422 for a `known_at` in the future.
pub fn list_of_project(
    conn: &mut DbConn,
    actor: &Actor,
    project: ProjectId,
    query: &AssignmentQuery,
    now: UtcTime,
    page: &Page,
) -> Result<Vec<Assignment>, Error> {
    projects::require(conn, actor, Action::ReadProject, project, now)?;
    refuse_future_known_at(query, now)?;
    store::list(conn, Of::Project(project), query, page)
}

/// Returns one page of the assignments of a person in the projects that the caller has access to; people see all of
/// their own.
///
/// # Errors
/// 403; 404 for an unknown person; 422 for a `known_at` in the future.
pub fn list_of_person(
    conn: &mut DbConn,
    actor: &Actor,
    person: PersonId,
    query: &AssignmentQuery,
    now: UtcTime,
    page: &Page,
) -> Result<Vec<Assignment>, Error> {
    let found = people::service::get(conn, actor, person)?;
    refuse_future_known_at(query, now)?;
    let only = if found.is_caller(actor) { None } else { projects::accessible(conn, actor, now)? };
    store::list(conn, Of::Person(person, only.as_deref()), query, page)
}

/// Returns one page of the current versions of all assignments to a person, for other modules.
pub fn all_of_person(conn: &mut DbConn, person: PersonId, page: &Page) -> Result<Vec<Assignment>, Error> {
    let all = AssignmentQuery { responsibility: None, as_of: None, known_at: None };
    store::list(conn, Of::Person(person, None), &all, page)
}

/// Refuses a `known_at` in the future, for which the recorded state is not known.
fn refuse_future_known_at(query: &AssignmentQuery, now: UtcTime) -> Result<(), Error> {
    if query.known_at.is_none_or(|at| at <= now) {
        return Ok(());
    }
    let text = Text::new("violation-future-instant");
    Err(Error::violation(Violation::parameter("known_at", "in_the_future", text)))
}

/// Returns one assignment.
///
/// # Errors
/// 403, 404.
pub fn get(conn: &mut DbConn, actor: &Actor, id: AssignmentId, now: UtcTime) -> Result<Assignment, Error> {
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    projects::require_to_read(conn, actor, row.project_id, now)?;
    Ok(row)
}

/// Returns the current version of an assignment, for other modules.
pub fn current(conn: &mut DbConn, id: AssignmentId) -> Result<Option<Assignment>, Error> {
    store::find(conn, id)
}

/// Returns the areas of the charter, and their past, current and planned accountable people, for the readiness check.
pub fn for_readiness(
    conn: &mut DbConn,
    project: ProjectId,
) -> Result<(Vec<readiness::OwnedArea>, Vec<readiness::Owner>), Error> {
    let rows = store::owned_areas(conn, project)?;
    let mut areas: Vec<_> =
        rows.iter().map(|row| readiness::OwnedArea { id: row.id, department_id: row.department_id }).collect();
    areas.dedup();
    let owner = |row: &store::OwnedArea| {
        let store::Owner { person_id, valid_from, valid_to } = row.owner?;
        Some(readiness::Owner { area_id: row.id, person_id, valid_from, valid_to })
    };
    Ok((areas, rows.iter().filter_map(owner).collect()))
}

/// Returns the areas that a person is accountable for on `day` or later, for other slices.
pub fn areas_owned_after(
    conn: &mut DbConn,
    project: ProjectId,
    person: PersonId,
    day: Day,
) -> Result<Vec<Area>, Error> {
    store::areas_owned_after(conn, project, person, day)
}

/// Returns the assignments of a person of all responsibilities on `day` or later in projects that have not ended, each
/// with the side that owns the area, for other slices.
pub fn held_by(
    conn: &mut DbConn,
    person: PersonId,
    day: Day,
    most: i64,
) -> Result<Vec<(Assignment, DepartmentId)>, Error> {
    store::held_by(conn, person, day, most)
}
