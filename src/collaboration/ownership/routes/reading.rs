//! Reads of ownership across areas, people and projects.

use actix_web::{get, web};

use crate::collaboration::ownership::dto::{AssignmentBody, DataConflictList, DataOwnerList, DataOwnerQuery};
use crate::collaboration::ownership::filter::AssignmentQuery;
use crate::collaboration::ownership::{conflicts, lookup, service};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::list::{ListRequest, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::query::FromQuery;
use crate::kernel::http::response::Response;
use crate::kernel::ids::{PersonId, ProjectId};
use crate::kernel::state::AppState;

/// List the assignments of a project
///
/// Returns the past, current and planned assignments of all areas of a project, oldest first. Use `as_of` for the
/// assignments on a given day, `known_at` for the assignments as they were recorded at a given time, and both for the
/// assignments on that day as they were recorded at that time.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = ProjectId, Path, description = "Identifier of the project."), AssignmentQuery, PageQuery),
    responses(
        (status = 200, description = "A page of assignments.", body = PageBody<AssignmentBody>),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
        (status = 422, description = "`validation_failed`: `known_at` is in the future."),
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

/// List the assignments of a person
///
/// Returns the assignments of a person in the projects that you have access to. You can always list all of your own
/// assignments.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = PersonId, Path, description = "Identifier of the person."), AssignmentQuery, PageQuery),
    responses(
        (status = 200, description = "A page of assignments.", body = PageBody<AssignmentBody>),
        (status = 404, description = "`not_found`: the person does not exist."),
        (status = 422, description = "`validation_failed`: `known_at` is in the future."),
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

/// List the data ownership conflicts of a project
///
/// Returns the areas of a project whose `data_asset` is owned by another department in another project that is active
/// or on hold, if the dates of the two projects overlap. Conflicts are warnings: they do not block any operation.
/// Conflicts with projects that you do not have access to are included without the ID of the project.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = ProjectId, Path, description = "Identifier of the project.")),
    responses(
        (status = 200, description = "The conflicts.", body = DataConflictList),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
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

/// List the accountable people of a data asset
///
/// Returns who is accountable for a data asset on a day, in all projects that are activated and have not ended on that
/// day: the person, the department, the project, and since when. You do not need access to the projects: `project` is
/// null for those that you cannot read. They are included only for days up to today (in UTC).
#[utoipa::path(
    tag = "Ownership",
    params(DataOwnerQuery),
    responses((status = 200, description = "The accountable people.", body = DataOwnerList)),
)]
#[get("/v1/ownership")]
pub async fn list_data_owners(
    app: web::Data<AppState>,
    actor: Actor,
    from: FromQuery<DataOwnerQuery>,
) -> Result<Response, Error> {
    let (query, now) = (from.0, app.environment.now());
    Response::ok(&app.db.read(move |conn| lookup::owners(conn, &actor, &query, now)).await?)
}
