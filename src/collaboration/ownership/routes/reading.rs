//! Reads of ownership across areas, people and projects.

use actix_web::{get, web};

use crate::collaboration::ownership::conflicts;
use crate::collaboration::ownership::dto::{AssignmentBody, DataConflictList};
use crate::collaboration::ownership::filter::AssignmentQuery;
use crate::collaboration::ownership::service;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::list::{ListRequest, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::{PersonId, ProjectId};
use crate::kernel::state::AppState;

/// List ownership
///
/// Returns the assignments of all areas of a project. Use `as_of` for the assignments on a given day, `known_at` for
/// the assignments as they were recorded at a given instant, and both for the assignments on that day as they were
/// recorded at that instant.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = ProjectId, Path, description = "The project."), AssignmentQuery, PageQuery),
    responses(
        (status = 200, description = "A page of assignments.", body = PageBody<AssignmentBody>),
        (status = 404, description = "The project does not exist, or you do not have access to it."),
        (status = 422, description = "`known_at` is in the future."),
    ),
)]
#[get("/v1/projects/{id}/ownership")]
pub async fn list_ownership(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(ProjectId,)>,
    ListRequest { query, page, links }: ListRequest<AssignmentQuery>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    let rows = app.db.read(move |conn| service::list_of_project(conn, &actor, id, &query, now, &page)).await?;
    links.respond(rows, |row| row.id.to_string(), AssignmentBody::from)
}

/// List assignments of a person
///
/// Returns the assignments of a person in the projects that you have access to. For your own person, all assignments
/// are returned.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = PersonId, Path, description = "The person."), AssignmentQuery, PageQuery),
    responses(
        (status = 200, description = "A page of assignments.", body = PageBody<AssignmentBody>),
        (status = 404, description = "The person does not exist."),
        (status = 422, description = "`known_at` is in the future."),
    ),
)]
#[get("/v1/people/{id}/assignments")]
pub async fn list_person_assignments(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(PersonId,)>,
    ListRequest { query, page, links }: ListRequest<AssignmentQuery>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    let rows = app.db.read(move |conn| service::list_of_person(conn, &actor, id, &query, now, &page)).await?;
    links.respond(rows, |row| row.id.to_string(), AssignmentBody::from)
}

/// List data conflicts
///
/// Returns the areas of a project whose `data_asset` is owned by another department in another project that is active
/// or on hold, if the dates of the two projects overlap. Conflicts are warnings: they do not block any operation.
/// Conflicts with projects that you do not have access to are included without the id of the project.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = ProjectId, Path, description = "The project.")),
    responses(
        (status = 200, description = "The conflicts.", body = DataConflictList),
        (status = 404, description = "The project does not exist, or you do not have access to it."),
    ),
)]
#[get("/v1/projects/{id}/ownership/conflicts")]
pub async fn list_data_conflicts(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(ProjectId,)>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    Response::ok(&app.db.read(move |conn| conflicts::list(conn, &actor, id, now)).await?)
}
