//! State transitions of a project.

use actix_web::{HttpRequest, get, post, web};

use super::respond;
use crate::collaboration::approvals::{Approval, ApprovalBody};
use crate::collaboration::lifecycle::dto::{ApprovalRequest, CancelProject, Readiness, Reason};
use crate::collaboration::lifecycle::service::Cancellation;
use crate::collaboration::lifecycle::{hold, joint, readiness, service};
use crate::collaboration::projects::dto::{BlockerBody, ProjectBody};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::body::EmptyBody;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::ProjectId;
use crate::kernel::request::{self, Call};
use crate::kernel::state::AppState;

/// Propose a project
///
/// Moves a project from `draft` to `proposed` and requests an approval of kind `charter`, in which every side signs the
/// charter. The charter needs at least one goal and one milestone, all due dates must be within the project, and every
/// side must have a sponsor of its own in office. Any sponsor, the project lead, the person who drafted it or an
/// administrator can propose a project. Once all sides have signed, you can activate it.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "Identifier of the project.")),
    request_body = EmptyBody,
    responses(
        (status = 200, description = "The proposed project.", body = ProjectBody),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
        (status = 409, description = "`not_ready`: the charter is incomplete, or a side has no active sponsor of its own (see `blockers`). `illegal_transition`: the project is not a draft."),
    ),
)]
#[post("/v1/projects/{id}/propose")]
pub async fn propose_project(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(ProjectId,)>,
    Call { actor, body: EmptyBody {}, meta }: Call<EmptyBody>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| respond(&service::propose(tx, id)?)).await
}

/// Get the readiness of a project
///
/// Lists everything that prevents the activation of a project: missing sponsors, goals, milestones or signatures, an
/// unbalanced or empty team, members without a regular position, and gaps in ownership. Each blocker names the side,
/// area or person it is about and says what to do. `activate` uses the same check.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "Identifier of the project.")),
    responses(
        (status = 200, description = "The readiness of the project.", body = Readiness),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
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
/// Moves a project from `proposed` to `active`. All sides must have signed the newest version of the charter, and
/// readiness must have no blockers. Any sponsor, the project lead or an administrator can activate a project. The
/// charter comes into force, and accepted memberships become active on their first day.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "Identifier of the project.")),
    request_body = EmptyBody,
    responses(
        (status = 200, description = "The active project.", body = ProjectBody),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
        (status = 409, description = "`not_ready`: activation is blocked, see `blockers`. `illegal_transition`: the project is not proposed."),
    ),
)]
#[post("/v1/projects/{id}/activate")]
pub async fn activate_project(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(ProjectId,)>,
    Call { actor, body: EmptyBody {}, meta }: Call<EmptyBody>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| respond(&service::activate(tx, id)?)).await
}

/// Cancel a project
///
/// Cancels a project that is `draft` or `proposed`. Any sponsor, the project lead or an administrator can do this
/// alone; so can the person who drafted the project while it is a draft. After a project was activated, even if it is
/// `on_hold` or `closing`, no side can cancel it alone. The operation then requests an approval of kind `cancel` from
/// all sides. If you represent a side, your request counts as its approval.
///
/// When a project is cancelled, its open approvals, transfers and disputes lapse, and its open decisions are withdrawn.
/// A cancelled project is read-only.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "Identifier of the project.")),
    request_body = CancelProject,
    responses(
        (status = 200, description = "The cancelled project.", body = ProjectBody),
        (status = 201, description = "The approval that was requested, because the project was activated.", body = ApprovalBody),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
        (status = 409, description = "`illegal_transition`: the project is closed or already cancelled. Once the project was activated: `already_exists`: the same approval is already open."),
    ),
)]
#[post("/v1/projects/{id}/cancel")]
pub async fn cancel_project(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(ProjectId,)>,
    Call { actor, body, meta }: Call<CancelProject>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| match service::cancel(tx, id, body.reason.as_deref())? {
        Cancellation::Done(whole) => respond(&whole),
        Cancellation::Requested(approval) => requested(&approval),
    })
    .await
}

/// Put a project on hold
///
/// Moves a project from `active` to `on_hold`. The sponsor of any side can do this alone, with a reason. Members and
/// accountable people keep their roles, and approvals and decisions continue. Parity is not checked, and a grace period
/// starts again after the hold.
///
/// The hold ends automatically after 20 business days (`hold_ends_at`), unless all sides extend it. It ends earlier if
/// all sides approve to resume the project. After that, the same side cannot put the project on hold again for 20
/// business days (`may_hold_from` of the side). However many closed days there are, each of these periods has at most
/// 56 days.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "Identifier of the project.")),
    request_body = Reason,
    responses(
        (status = 200, description = "The project, which is now on hold.", body = ProjectBody),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
        (status = 409, description = "`illegal_transition`: the project is not active. `conflict`: your side cannot put the project on hold again before `may_hold_from`."),
    ),
)]
#[post("/v1/projects/{id}/hold")]
pub async fn hold_project(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(ProjectId,)>,
    Call { actor, body, meta }: Call<Reason>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| respond(&hold::hold(tx, id, &body.reason)?)).await
}

/// Request to resume a project
///
/// Requests the approval of all sides to resume a project that is `on_hold`. Any sponsor, the project lead or an
/// administrator can request it. If you represent a side, your request counts as its approval. The project becomes
/// `active` when the last side has approved.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "Identifier of the project.")),
    request_body = ApprovalRequest,
    responses(
        (status = 201, description = "The approval that was requested.", body = ApprovalBody),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
        (status = 409, description = "`illegal_transition`: the project is not on hold. `already_exists`: the same approval is already open."),
    ),
)]
#[post("/v1/projects/{id}/resume")]
pub async fn resume_project(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(ProjectId,)>,
    Call { actor, body, meta }: Call<ApprovalRequest>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| requested(&joint::request_resume(tx, id, body.reason.as_deref())?)).await
}

/// Request to extend a hold
///
/// Requests the approval of all sides to extend the hold of a project by 20 business days. Any sponsor, the project
/// lead or an administrator can request it. If you represent a side, your request counts as its approval. The terms
/// name the current and the new end of the hold. A hold by the system, because a side has no sponsor, has no end and
/// cannot be extended.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "Identifier of the project.")),
    request_body = ApprovalRequest,
    responses(
        (status = 201, description = "The approval that was requested.", body = ApprovalBody),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
        (status = 409, description = "`illegal_transition`: the project is not on hold. `conflict`: the system put the project on hold. `already_exists`: the same approval is already open. `not_ready`: a side has no sponsor."),
    ),
)]
#[post("/v1/projects/{id}/extend-hold")]
pub async fn extend_hold(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(ProjectId,)>,
    Call { actor, body, meta }: Call<ApprovalRequest>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| requested(&hold::request_extension(tx, id, body.reason.as_deref())?)).await
}

/// Request to close a project
///
/// Requests the approval of all sides to close a project that is `active` or `on_hold`. Any sponsor, the project lead
/// or an administrator can request it. If you represent a side, your request counts as its approval.
///
/// When the last side has approved, the project becomes `closing`: its other open approvals, transfers and disputes
/// lapse, its open decisions are withdrawn, and the members return to their regular positions. It becomes `closed` once
/// all members have returned and the closure report exists.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "Identifier of the project.")),
    request_body = ApprovalRequest,
    responses(
        (status = 201, description = "The approval that was requested.", body = ApprovalBody),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
        (status = 409, description = "`illegal_transition`: the project is neither active nor on hold. `already_exists`: the same approval is already open."),
    ),
)]
#[post("/v1/projects/{id}/close")]
pub async fn close_project(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(ProjectId,)>,
    Call { actor, body, meta }: Call<ApprovalRequest>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| requested(&joint::request_close(tx, id, body.reason.as_deref())?)).await
}

fn requested(approval: &Approval) -> Result<Response, Error> {
    let location = format!("/v1/approvals/{}", approval.row.id);
    Ok(Response::created(location, &ApprovalBody::try_from(approval)?)?.version(approval.row.version))
}
