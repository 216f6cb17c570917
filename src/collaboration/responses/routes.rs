//! Handlers of `POST /v1/approvals/{id}/responses`, `POST /v1/approvals/{id}/escalate`, `POST /v1/draws/{id}/responses`
//! and `POST /v1/projects/{id}/arbiters`.

use actix_web::{post, web};

use super::dto::{NewApprovalResponse, NewArbiter, NewDrawResponse};
use super::{arbiters, draws, escalate, respond};
use crate::collaboration::approvals::ApprovalBody;
use crate::collaboration::arbitration::DrawBody;
use crate::kernel::error::Error;
use crate::kernel::http::body::EmptyBody;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::ids::{ApprovalId, DrawId, ProjectId};
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes.service(respond_to_approval).service(escalate_approval).service(respond_to_draw).service(propose_arbiter);
}

/// Respond to an approval
///
/// Approves or rejects an open approval on behalf of your side. You must be the sponsor of a side or its delegate
/// today, and send the `sha256` of the approval you have read. Until the last side has responded, a new response
/// replaces the earlier one of your side. If the approval is `sealed`, the other sides see only that you have
/// responded.
///
/// The last response settles the approval: it is `approved` if every side approves, otherwise `rejected`. The approved
/// action is carried out in the same transaction: for example, a charter is signed, a project resumes, or an area is
/// transferred. If the action is no longer possible, the last side cannot approve it, even if another side has
/// rejected: the response is 409 and nothing is recorded. It can still reject it.
///
/// If the approval was escalated, its arbiter can respond from `ruling_from`, and must give a `reason`. The response
/// counts for every side that has not responded, including sides without a sponsor, and for no other side.
#[utoipa::path(
    tag = "Approvals",
    params(("id" = ApprovalId, Path, description = "Identifier of the approval.")),
    request_body = NewApprovalResponse,
    responses(
        (status = 200, description = "The approval, including your response.", body = ApprovalBody),
        (status = 404, description = "`not_found`: the approval does not exist, or you do not have access to its project."),
        (status = 409, description = "`illegal_transition`: the approval is not open, an approval of the kind `decision` or `arbiter` is overdue, or you are the arbiter and cannot decide yet. `conflict`: `sha256` does not match the approval, you have already responded for another side, the approved action is no longer possible, or you are the arbiter and no longer neutral. `not_ready`: a side of the project has no sponsor, and the panel cannot decide for it."),
    ),
)]
#[post("/v1/approvals/{id}/responses")]
pub async fn respond_to_approval(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(ApprovalId,)>,
    Call { actor, body, meta }: Call<NewApprovalResponse>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let (approval, viewer) = respond::respond(tx, id, &body)?;
        Ok(Response::ok(&ApprovalBody::seen_by(&approval, viewer)?)?.version(approval.row.version))
    })
    .await
}

/// Escalate an approval
///
/// Draws an arbiter from the panel, who can respond for the sides that have not responded. You must represent the side
/// that requested the approval, or be the project lead if the lead requested it. `kind` must be `resume`, `close`,
/// `cancel`, `release` or `transfer`, and `silent_from` must have passed. A side without a sponsor counts as silent,
/// too.
///
/// Each side can strike the arbiter (`respond_to_draw`) until `ruling_from`, and the silent sides can still respond
/// themselves. Then the arbiter responds (`respond_to_approval`) for the sides that are still silent. This settles the
/// approval, and all sides see the responses. If the arbiter has not responded by `ruling_until`, or is no longer
/// neutral, you can escalate the approval again, and another arbiter is drawn.
#[utoipa::path(
    tag = "Approvals",
    params(("id" = ApprovalId, Path, description = "Identifier of the approval.")),
    request_body = EmptyBody,
    responses(
        (status = 200, description = "The approval with its arbiter.", body = ApprovalBody),
        (status = 404, description = "`not_found`: the approval does not exist, or you do not have access to its project."),
        (status = 409, description = "`illegal_transition`: the approval is not open. `conflict`: the approval is of another kind, the sides that have not responded do not count as silent yet, an arbiter who can decide was already drawn, or no person on the panel can decide."),
    ),
)]
#[post("/v1/approvals/{id}/escalate")]
pub async fn escalate_approval(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(ApprovalId,)>,
    Call { actor, body: EmptyBody {}, meta }: Call<EmptyBody>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let (approval, viewer) = escalate::escalate(tx, id)?;
        Ok(Response::ok(&ApprovalBody::seen_by(&approval, viewer)?)?.version(approval.row.version))
    })
    .await
}

/// Respond to the draw of an arbiter
///
/// Strikes a drawn arbiter on behalf of your side, or waives your strike. You must be the sponsor of a side or its
/// delegate today. Each side can strike one arbiter for a question; then another arbiter is drawn from the panel, and
/// the time starts again. If no other person on the panel can decide a decision or dispute, propose an arbiter to all
/// sides (`propose_arbiter`). When all sides have waived their strikes, the arbiter can decide at once. The decision,
/// dispute or approval has its current draw in `draw_id`.
#[utoipa::path(
    tag = "Decisions",
    params(("id" = DrawId, Path, description = "Identifier of the draw.")),
    request_body = NewDrawResponse,
    responses(
        (status = 200, description = "The draw, with your response.", body = DrawBody),
        (status = 404, description = "`not_found`: the draw does not exist, or you do not have access to its project."),
        (status = 409, description = "`conflict`: the draw is no longer the current one, the arbiter can already decide, or your side has already struck an arbiter for this question."),
    ),
)]
#[post("/v1/draws/{id}/responses")]
pub async fn respond_to_draw(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(DrawId,)>,
    Call { actor, body, meta }: Call<NewDrawResponse>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| Response::ok(&draws::respond(tx, id, &body)?)).await
}

/// Propose an arbiter
///
/// Proposes a person who decides a deadlocked decision or an open dispute, and requests the approval of all sides. Any
/// sponsor, the project lead or an administrator can propose an arbiter, but only if no person on the panel can decide:
/// there is no panel, each person was struck or is not neutral, or the drawn arbiter has not decided within twice the
/// `response_days` of the charter. If you represent a side, the request counts as its approval. If a side rejects, or
/// does not respond in time, a dispute ends `unresolved`, and a decision stays deadlocked.
#[utoipa::path(
    tag = "Decisions",
    params(("id" = ProjectId, Path, description = "Identifier of the project.")),
    request_body = NewArbiter,
    responses(
        (status = 201, description = "The approval that was requested from the sides.", body = ApprovalBody),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
        (status = 409, description = "`already_exists`: your side has already proposed an arbiter, and the approval is still open. `conflict`: a person on the panel can decide. `illegal_transition`: the project is not proposed, active or on hold. `not_ready`: a side has no sponsor."),
    ),
)]
#[post("/v1/projects/{id}/arbiters")]
pub async fn propose_arbiter(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(ProjectId,)>,
    Call { actor, body, meta }: Call<NewArbiter>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let approval = arbiters::propose(tx, id, &body)?;
        let location = format!("/v1/approvals/{}", approval.row.id);
        Ok(Response::created(location, &ApprovalBody::try_from(&approval)?)?.version(approval.row.version))
    })
    .await
}
