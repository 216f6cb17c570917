//! Moving a project from state to state.

use actix_web::{HttpRequest, get, post, web};

use super::answer;
use crate::collaboration::approvals::{Asked, ConsentBody};
use crate::collaboration::lifecycle::dto::{Cancellation, JointRequest, Readiness, Reason};
use crate::collaboration::lifecycle::{joint, readiness, service};
use crate::collaboration::projects::dto::{BlockerBody, ProjectBody};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::body::Nothing;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::ProjectId;
use crate::kernel::request::{self, Call};
use crate::kernel::state::AppState;

/// Propose a project
///
/// Puts the charter to the sponsors for signature, as a consent that each of them answers. It needs a goal, a milestone, all dates inside
/// the project, and a sponsor in every seat.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "The project.")),
    request_body = Nothing,
    responses(
        (status = 200, description = "The project, proposed.", body = ProjectBody),
        (status = 404, description = "There is no such project."),
        (status = 409, description = "`not_ready`: `blockers` has what is missing; `illegal_transition`: it is not a draft."),
    ),
)]
#[post("/v1/projects/{id}/propose")]
pub async fn propose_project(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(ProjectId,)>,
    Call { actor, body: Nothing {}, meta }: Call<Nothing>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| answer(&service::propose(tx, id)?)).await
}

/// Read what is missing
///
/// Everything that a project lacks before it can be activated, each with the side, area or person
/// it is about and what to do.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "The project.")),
    responses(
        (status = 200, description = "The readiness list.", body = Readiness),
        (status = 404, description = "There is no such project."),
    ),
)]
#[get("/v1/projects/{id}/readiness")]
pub async fn get_readiness(
    app: web::Data<AppState>,
    request: HttpRequest,
    actor: Actor,
    FromPath((id,)): FromPath<(ProjectId,)>,
) -> Result<Response, Error> {
    let (lang, now) = (request::lang(&request), app.environment.now());
    let blockers = app.db.read(move |conn| readiness::blockers(conn, &actor, id, now)).await?;
    let blockers: Vec<_> = blockers.iter().map(|blocker| BlockerBody::new(blocker, lang)).collect();
    Response::ok(&Readiness { ready: blockers.is_empty(), blockers })
}

/// Activate a project
///
/// Starts the work, on the charter that all sides have signed. Nothing may be missing on the
/// readiness list.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "The project.")),
    request_body = Nothing,
    responses(
        (status = 200, description = "The project, active.", body = ProjectBody),
        (status = 404, description = "There is no such project."),
        (status = 409, description = "`not_ready`: `blockers` has what is missing; `illegal_transition`: it is not proposed."),
    ),
)]
#[post("/v1/projects/{id}/activate")]
pub async fn activate_project(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(ProjectId,)>,
    Call { actor, body: Nothing {}, meta }: Call<Nothing>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| answer(&service::activate(tx, id)?)).await
}

/// Cancel a project
///
/// Gives up what has not begun or is on hold. A cancelled project can only be read.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "The project.")),
    request_body = Cancellation,
    responses(
        (status = 200, description = "The project, cancelled.", body = ProjectBody),
        (status = 404, description = "There is no such project."),
        (status = 409, description = "`illegal_transition`: it is running or over."),
    ),
)]
#[post("/v1/projects/{id}/cancel")]
pub async fn cancel_project(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(ProjectId,)>,
    Call { actor, body, meta }: Call<Cancellation>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| answer(&service::cancel(tx, id, body.reason.as_deref())?)).await
}

/// Put a project on hold
///
/// Stops the work; any side can, with a reason. It goes on when all sides agree to resume.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "The project.")),
    request_body = Reason,
    responses(
        (status = 200, description = "The project, on hold.", body = ProjectBody),
        (status = 404, description = "There is no such project."),
        (status = 409, description = "`illegal_transition`: it is not active."),
    ),
)]
#[post("/v1/projects/{id}/hold")]
pub async fn hold_project(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(ProjectId,)>,
    Call { actor, body, meta }: Call<Reason>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| answer(&service::hold(tx, id, &body.reason)?)).await
}

/// Ask to resume a project
///
/// All sides have to agree. A sponsor who asks has agreed by that.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "The project.")),
    request_body = JointRequest,
    responses(
        (status = 201, description = "What the sides are asked.", body = ConsentBody),
        (status = 404, description = "There is no such project."),
        (status = 409, description = "`illegal_transition`: it is not on hold; `already_exists`: the sides are being asked; `not_ready`: a seat is vacant."),
    ),
)]
#[post("/v1/projects/{id}/resume")]
pub async fn resume_project(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(ProjectId,)>,
    Call { actor, body, meta }: Call<JointRequest>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| asked(&joint::ask_to_resume(tx, id, body.reason.as_deref())?)).await
}

/// Ask to close a project
///
/// All sides have to agree. A sponsor who asks has agreed by that. Then the members return to their
/// home positions, and the project is closed once all have returned and the closure report is
/// written.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "The project.")),
    request_body = JointRequest,
    responses(
        (status = 201, description = "What the sides are asked.", body = ConsentBody),
        (status = 404, description = "There is no such project."),
        (status = 409, description = "`illegal_transition`: it is not running; `already_exists`: the sides are being asked; `not_ready`: a seat is vacant."),
    ),
)]
#[post("/v1/projects/{id}/close")]
pub async fn close_project(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(ProjectId,)>,
    Call { actor, body, meta }: Call<JointRequest>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| asked(&joint::ask_to_close(tx, id, body.reason.as_deref())?)).await
}

fn asked(asked: &Asked) -> Result<Response, Error> {
    let location = format!("/v1/consents/{}", asked.row.id);
    Ok(Response::created(location, &ConsentBody::try_from(asked)?)?.version(asked.row.version))
}
