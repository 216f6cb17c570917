//! Creating and reading projects.

use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{CharterBody, CharterQuery, NewProject, ProjectBody};
use super::filter::ProjectQuery;
use super::{create, service};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::list::{ListRequest, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::query::FromQuery;
use crate::kernel::http::response::Response;
use crate::kernel::ids::ProjectId;
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(config: &mut ServiceConfig) {
    config.service(create_project).service(list_projects).service(get_project).service(get_charter);
}

/// Draft a project
///
/// Names the sides and writes version 1 of the charter. A draft may be incomplete: its readiness
/// list says what is missing. With a template and no areas you get ready-made ones.
#[utoipa::path(
    tag = "Projects",
    request_body = NewProject,
    responses((status = 201, description = "The new project.", body = ProjectBody)),
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
/// In the order in which they were drafted. People see the projects where they are sponsor, lead
/// or member; services and administrators see all.
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
    links.respond(rows, |row| row.project.id.to_string(), |row| row.body())
}

/// Read a project
///
/// With its sides, its state, and the charter it runs on.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "The project.")),
    responses(
        (status = 200, description = "The project.", body = ProjectBody),
        (status = 304, description = "You have the present version already."),
        (status = 404, description = "There is no such project, or none that you may know of."),
    ),
)]
#[get("/v1/projects/{id}")]
pub async fn get_project(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(ProjectId,)>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    let whole = app.db.read(move |conn| service::get(conn, &actor, id, now)).await?;
    Ok(Response::ok(&whole.body())?.version(whole.project.version))
}

/// Read the charter
///
/// The newest version, or the one you name. The `ETag` is that of the project.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "The project."), CharterQuery),
    responses(
        (status = 200, description = "The charter.", body = CharterBody),
        (status = 304, description = "You have the present version already."),
        (status = 404, description = "There is no such project or version."),
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
