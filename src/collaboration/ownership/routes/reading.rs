//! Reading ownership across areas, people and projects.

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

/// List who has what in a project
///
/// The assignments of all areas. With `as_of` those in force on a day, with `known_at` as it was
/// recorded at an instant, and with both what was known then of that day.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = ProjectId, Path, description = "The project."), AssignmentQuery, PageQuery),
    responses(
        (status = 200, description = "A page of assignments.", body = PageBody<AssignmentBody>),
        (status = 404, description = "There is no such project, or you have no part in it."),
        (status = 422, description = "`known_at` is to come."),
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

/// List what a person has
///
/// The assignments of a person in the projects that you may see; you see all of your own.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = PersonId, Path, description = "The person."), AssignmentQuery, PageQuery),
    responses(
        (status = 200, description = "A page of assignments.", body = PageBody<AssignmentBody>),
        (status = 404, description = "There is no such person."),
        (status = 422, description = "`known_at` is to come."),
    ),
)]
#[get("/v1/people/{id}/assignments")]
pub async fn list_assignments_of_person(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(PersonId,)>,
    ListRequest { query, page, links }: ListRequest<AssignmentQuery>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    let rows = app.db.read(move |conn| service::list_of_person(conn, &actor, id, &query, now, &page)).await?;
    links.respond(rows, |row| row.id.to_string(), AssignmentBody::from)
}

/// Find data that two projects own differently
///
/// Areas of this project and of another running one that are about the same `data_asset` on the same
/// days, but belong to different departments. Both projects are warned.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = ProjectId, Path, description = "The project.")),
    responses(
        (status = 200, description = "The conflicts.", body = DataConflictList),
        (status = 404, description = "There is no such project, or you have no part in it."),
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
