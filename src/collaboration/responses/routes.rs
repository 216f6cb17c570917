//! Handler of `POST /v1/approvals/{id}/responses`.

use actix_web::{post, web};

use super::dto::NewApprovalResponse;
use super::respond;
use crate::collaboration::approvals::ApprovalBody;
use crate::kernel::error::Error;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::ids::ApprovalId;
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes.service(respond_to_approval);
}

/// Respond to an approval
///
/// Approves or rejects an open approval on behalf of your side. You must be the sponsor of a side or its delegate
/// today, and send the `sha256` of the approval you have read. Until the last side has responded, a new response
/// replaces the earlier one of your side. If the approval is `sealed`, the other sides see only that you have responded.
///
/// The last response settles the approval: it is `approved` if every side approves, otherwise `rejected`. The approved
/// action is carried out in the same transaction: for example, a charter is signed, a project resumes, or an area is
/// transferred. If the action is no longer possible, the last approval fails and is not recorded, even if another side has
/// rejected; a rejection is recorded.
#[utoipa::path(
    tag = "Approvals",
    params(("id" = ApprovalId, Path, description = "Identifier of the approval.")),
    request_body = NewApprovalResponse,
    responses(
        (status = 200, description = "The approval, including your response.", body = ApprovalBody),
        (status = 404, description = "`not_found`: the approval does not exist, or you do not have access to its project."),
        (status = 409, description = "`illegal_transition`: the approval is not open, or its deadline has passed. `conflict`: `sha256` does not match the approval, you have already responded for another side, or the approved action is no longer possible. `not_ready`: a side of the project has no sponsor."),
    ),
)]
#[post("/v1/approvals/{id}/responses")]
pub async fn respond_to_approval(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(ApprovalId,)>,
    Call { actor, body, meta }: Call<NewApprovalResponse>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let (approval, side) = respond::respond(tx, id, &body)?;
        Ok(Response::ok(&ApprovalBody::seen_by(&approval, Some(side))?)?.version(approval.row.version))
    })
    .await
}
