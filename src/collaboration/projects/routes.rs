//! Handlers for creating and reading projects and charters.

use actix_web::{get, post, web};

use super::dto::{CharterBody, CharterQuery, NewProject, ProjectBody, ProjectWithIncluded};
use super::filter::ProjectQuery;
use super::{create, service};
use crate::directory::expand::{self, ExpandQuery};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::list::{ListRequest, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::query::FromQuery;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::ids::ProjectId;
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes.service(create_project).service(list_projects).service(get_project).service(get_charter);
}

/// Create a project
///
/// Creates a project in the state `draft` with two to eight departments as sides and version 1 of the charter. People
/// in the directory, applications and administrators can create a project; other tokens receive 403. A draft can be
/// incomplete: its readiness lists what is missing. If you send a `template` and no `areas`, the project gets the
/// predefined areas of the template.
#[utoipa::path(
    tag = "Projects",
    request_body = NewProject,
    responses((status = 201, description = "The project.", body = ProjectBody)),
)]
#[post("/v1/projects")]
pub async fn create_project(
    app: web::Data<AppState>,
    Call { actor, body, meta }: Call<NewProject>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let whole = create::create(tx, &body)?;
        let location = format!("/v1/projects/{}", whole.project.id);
        Ok(Response::created(location, &whole.body())?.version(whole.project.version))
    })
    .await
}

/// List projects
///
/// Returns projects, oldest first unless you set `sort`. People see the projects in which they are a sponsor or
/// proposed sponsor, delegate, project lead, member or invitee, the drafts that they have created, and the projects in
/// which they head the department of a side. Applications see all projects. Administrators do, too, except for those in
/// which their own department is a side and they have no role.
#[utoipa::path(
    tag = "Projects",
    params(ProjectQuery, PageQuery),
    responses((status = 200, description = "A page of projects.", body = PageBody<ProjectBody>)),
)]
#[get("/v1/projects")]
pub async fn list_projects(
    app: web::Data<AppState>,
    actor: Actor,
    ListRequest { query, page, links }: ListRequest<ProjectQuery>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    let rows = app.db.read(move |conn| service::list(conn, &actor, &query, now, &page)).await?;
    links.respond(rows, |row| row.id.to_string(), |row| row)
}

/// Get a project
///
/// Returns a project with its state, its sides and sponsors, and the versions of its newest charter and of the charter
/// in force.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "Identifier of the project."), ExpandQuery),
    responses(
        (status = 200, description = "The project.", body = ProjectWithIncluded),
        (status = 304, description = "Not modified: the resource still has the version in `If-None-Match`. Never with `expand`."),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
    ),
)]
#[get("/v1/projects/{id}")]
pub async fn get_project(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(ProjectId,)>,
    from: FromQuery<ExpandQuery>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    app.db
        .read(move |conn| {
            let (project, version) = service::get(conn, &actor, id, now)?;
            Ok(expand::respond(conn, &actor, from.0.expand.as_deref(), project)?.version(version))
        })
        .await
}

/// Get a charter
///
/// Returns the newest version of the charter of a project, or the version you request. The `ETag` in the response is
/// that of the project; send it in `If-Match` to replace the charter.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "Identifier of the project."), CharterQuery),
    responses(
        (status = 200, description = "The charter.", body = CharterBody),
        (status = 304, description = "Not modified: the resource still has the version in `If-None-Match`."),
        (status = 404, description = "`not_found`: the project does not exist, you do not have access to it, or the charter has no such version."),
    ),
)]
#[get("/v1/projects/{id}/charter")]
pub async fn get_charter(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(ProjectId,)>,
    from: FromQuery<CharterQuery>,
) -> Result<Response, Error> {
    let (wanted, now) = (from.0.version, app.environment.now());
    let (charter, version) = app.db.read(move |conn| service::charter(conn, &actor, id, wanted, now)).await?;
    Ok(Response::ok(&charter)?.version(version))
}
