//! Feedback of visitors.

use actix_web::{HttpRequest, post, web};

use super::visitor::visitor_with_token;
use crate::callbacks::requests::dto::{CallbackFeedback, NewCallbackFeedback};
use crate::callbacks::requests::feedback;
use crate::kernel::error::Error;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::request::{Call, PublicCall};
use crate::kernel::state::AppState;

/// Submit feedback on a callback
///
/// Stores whether the visitor says that the call was on time. Only the visitor can submit feedback, with the
/// `Manage-Token`, once: after the promised time (`promised_by`, or the original time if an agent moved the call), or
/// when the request is `completed` or `unreachable`. `GET /v1/reports/callbacks` compares the feedback with what the
/// service has recorded. The feedback is deleted when the personal data of the request is erased. Creates the event
/// `callback_request.feedback_given`.
#[utoipa::path(
    tag = "Callbacks",
    security(("manage_token" = [])),
    params(("id" = CallbackRequestId, Path, description = "Identifier of the callback request.")),
    request_body = NewCallbackFeedback,
    responses(
        (status = 200, description = "The feedback.", body = CallbackFeedback),
        (
            status = 401,
            description = "`unauthenticated`: send the manage token of the request in `Manage-Token`. Bearer tokens \
                           are ignored.",
        ),
        (
            status = 404,
            description = "`not_found`: the request does not exist, the token belongs to another request, or the \
                           personal data was erased.",
        ),
        (
            status = 409,
            description = "`conflict`: the visitor has already given feedback, the promised time has not passed (see \
                           `promised_by`), or an agent created the link of the visitor.",
        ),
    ),
)]
#[post("/v1/callback-requests/{id}/feedback")]
pub async fn submit_callback_feedback(
    app: web::Data<AppState>,
    request: HttpRequest,
    FromPath((id,)): FromPath<(CallbackRequestId,)>,
    PublicCall(Call { actor: _, body, meta }): PublicCall<NewCallbackFeedback>,
) -> Result<Response, Error> {
    let (actor, token) = visitor_with_token(&request)?;
    app.write(actor, meta, move |tx| {
        let feedback = feedback::submit(tx, id, &token, body)?;
        Ok(Response::ok(&feedback)?.no_store().about(feedback.id))
    })
    .await
}
