//! Drafting and reading projects.

use actix_web::{get, post, web};

use super::answer;
use crate::auth::Actor;
use crate::error::Error;
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::http::page::{Page, PageRequest};
use crate::http::path::FromPath;
use crate::http::query::FromQuery;
use crate::ids::ProjectId;
use crate::projects::dto::{NewProject, ProjectBody, ProjectQuery};
use crate::projects::{drafting, service};
use crate::state::AppState;

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
pub async fn create_project(app: web::Data<AppState>, call: Call<NewProject>) -> Result<Answer, Error> {
    let Call { actor, body, meta } = call;
    app.write(actor, meta, move |tx| {
        let whole = drafting::create(tx, &body)?;
        let location = format!("/v1/projects/{}", whole.project.id);
        Ok(Answer::created(location, &whole.body())?.version(whole.project.version))
    })
    .await
}

/// List projects
///
/// In the order in which they were drafted. People see the projects where they are sponsor, lead
/// or member; services and administrators see all.
#[utoipa::path(
    tag = "Projects",
    params(ProjectQuery),
    responses((status = 200, description = "A page of projects.", body = Page<ProjectBody>)),
)]
#[get("/v1/projects")]
pub async fn list_projects(
    app: web::Data<AppState>,
    actor: Actor,
    from: FromQuery<ProjectQuery>,
) -> Result<Answer, Error> {
    let page = PageRequest::new(&from, from.query.limit, from.query.cursor.as_deref())?;
    let (query, wanted, now) = (from.query, page.clone(), app.world.now());
    let rows = app.db.read(move |conn| service::list(conn, &actor, &query, now, &wanted)).await?;
    page.answer(rows, |row| (String::new(), row.project.id.to_string()), |row| row.body())
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
    path: FromPath<(ProjectId,)>,
) -> Result<Answer, Error> {
    let FromPath((id,)) = path;
    let now = app.world.now();
    answer(&app.db.read(move |conn| service::get(conn, &actor, id, now)).await?)
}
