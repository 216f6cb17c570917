//! Calls: start, end, record and list them.

use actix_web::{get, post, web};

use crate::callbacks::requests::dto::{CallBody, CallList, CallResult, EndCall, NewCall};
use crate::callbacks::requests::{calls, service};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::{CallId, CallbackRequestId};
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

/// Create a call
///
/// Starts a call to the visitor now. You must be an active agent on the roster, and the request must be assigned to
/// you, or have no agent and be in one of your queues (403 otherwise). The request becomes `calling`: no other agent
/// can get it, and it cannot become `missed`. End the call with `POST /v1/calls/{id}/end`; a call that is not ended
/// within two hours ends with the outcome `abandoned`. Creates the events `call.started` and
/// `callback_request.calling`.
///
/// The start of the first call in the opening hours of the queue's calendar decides whether the promise is kept. A call
/// outside these hours is possible, but keeps no promise and counts for no response time.
///
/// An application can record a past call with `started_at`, `ended_at` and `outcome`, for example from a telephone
/// system. The agent must have had the request when the call started. If the call was the first one in opening hours
/// and started on time, a promise that was recorded as broken becomes kept. Always send an `Idempotency-Key`, such as
/// the ID of the call in the telephone system, so that a repetition records nothing twice. A call at the time of
/// another call of the request is refused.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = CallbackRequestId, Path, description = "Identifier of the callback request.")),
    request_body = NewCall,
    responses(
        (status = 201, description = "The call and the resulting state of the request.", body = CallResult),
        (
            status = 403,
            description = "`forbidden`: the token lacks the scope, you are not an active agent on the roster, the \
                           request is assigned to another agent or in a queue of others, or you record a past call but \
                           are not an application.",
        ),
        (status = 404, description = "`not_found`: the request does not exist."),
        (
            status = 409,
            description = "`illegal_transition`: the request is closed, quarantined or being called. `conflict`: you \
                           have a running call, the next call is not due yet, the request is linked to another one, or \
                           a call at this time is recorded already (`call_id`).",
        ),
    ),
)]
#[post("/v1/callback-requests/{id}/calls")]
pub async fn create_call(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(CallbackRequestId,)>,
    Call { actor, body, meta }: Call<NewCall>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let (call, request) = calls::create(tx, id, &body)?;
        let result = CallResult::new(call, &request);
        Ok(Response::created(format!("/v1/callback-requests/{id}/calls"), &result)?.no_store().about(id))
    })
    .await
}

/// List the calls of a callback request
///
/// Returns the calls of a callback request, oldest first, in one response.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = CallbackRequestId, Path, description = "Identifier of the callback request.")),
    responses(
        (status = 200, description = "The calls.", body = CallList),
        (status = 404, description = "`not_found`: the request does not exist."),
    ),
)]
#[get("/v1/callback-requests/{id}/calls")]
pub async fn list_calls(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(CallbackRequestId,)>,
) -> Result<Response, Error> {
    let calls = app.db.read(move |conn| service::list_calls(conn, &actor, id)).await?;
    let data = calls.into_iter().map(CallBody::from).collect();
    Ok(Response::ok(&CallList { data })?.no_store())
}

/// End a call
///
/// Ends a running call with its outcome. Only the agent who makes the call, an application or an administrator can end
/// it (403 otherwise). `reached` completes the request, and `wrong_number` closes it as `unreachable`. After any other
/// outcome the request returns to its queue without an agent, and the next call is due after a pause, within opening
/// hours. After the maximum number of calls, the request is closed as `unreachable`. The pause and the maximum are
/// settings of the queue. Creates the event `call.ended`.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = CallId, Path, description = "Identifier of the call.")),
    request_body = EndCall,
    responses(
        (status = 200, description = "The call and the resulting state of the request.", body = CallResult),
        (
            status = 403,
            description = "`forbidden`: the token lacks the scope, or another agent makes the call.",
        ),
        (status = 404, description = "`not_found`: the call does not exist."),
        (status = 409, description = "`illegal_transition`: the call has ended."),
    ),
)]
#[post("/v1/calls/{id}/end")]
pub async fn end_call(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(CallId,)>,
    Call { actor, body, meta }: Call<EndCall>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let (call, request) = calls::end(tx, id, &body)?;
        let about = call.request_id;
        Ok(Response::ok(&CallResult::new(call, &request))?.no_store().about(about))
    })
    .await
}
