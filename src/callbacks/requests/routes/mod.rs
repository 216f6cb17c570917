//! `/v1/callback-requests` for agents; [`visitor`] has what visitors call, [`desk`] what moves a
//! request, [`export`] the CSV export.

mod agent_calendar;
mod desk;
mod export;
mod visitor;

use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{
    CallAttemptBody, CallAttemptList, CallbackRequestBody, CallbackRequestQuery, NewCallAttempt, RecordedCallAttempt,
};
use super::enums::CallbackState;
use super::{record_attempt, service};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::body::Nothing;
use crate::kernel::http::list::{ListRequest, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub use agent_calendar::configure as configure_agent_calendars;

pub fn configure(config: &mut ServiceConfig) {
    config
        .service(visitor::create_callback_request)
        .service(visitor::get_callback_challenge)
        .service(visitor::get_callback_receipt)
        .service(visitor::reschedule_callback_request)
        .service(visitor::cancel_callback_request)
        .service(visitor::withdraw_callback_consent)
        .service(list_callback_requests)
        .service(export::export_callback_requests)
        .service(claim_callback_request)
        .service(get_callback_request)
        .service(desk::assign_callback_request)
        .service(desk::unassign_callback_request)
        .service(desk::release_callback_request)
        .service(desk::reroute_callback_request)
        .service(create_call_attempt)
        .service(list_call_attempts);
}

/// List callback requests
///
/// In the order in which they came in.
#[utoipa::path(
    tag = "Callbacks",
    params(CallbackRequestQuery, PageQuery),
    responses(
        (status = 200, description = "A page of requests.", body = PageBody<CallbackRequestBody>),
        (status = 422, description = "`created_to` is not after `created_from`."),
    ),
)]
#[get("/v1/callback-requests")]
pub async fn list_callback_requests(
    app: web::Data<AppState>,
    actor: Actor,
    ListRequest { query, page, links }: ListRequest<CallbackRequestQuery>,
) -> Result<Response, Error> {
    let rows = app.db.read(move |conn| service::list(conn, &actor, &query, &page)).await?;
    Ok(links.respond(rows, |(row, _)| row.id.to_string(), CallbackRequestBody::from)?.no_store())
}

/// Take the next callback request
///
/// Assigns the most urgent request that waits to you: windows that have begun by their start,
/// calls as soon as possible by their promise, repeated calls when they are due. No two agents get
/// the same one.
#[utoipa::path(
    tag = "Callbacks",
    request_body = Nothing,
    responses(
        (status = 200, description = "The request, now yours.", body = CallbackRequestBody),
        (status = 404, description = "`nothing_to_claim`: nobody is to be called at the moment."),
    ),
)]
#[post("/v1/callback-requests/next")]
pub async fn claim_callback_request(
    app: web::Data<AppState>,
    Call { actor, body: _, meta }: Call<Nothing>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let request = service::claim_next(tx)?;
        let version = request.0.version;
        let about = request.0.id;
        Ok(Response::ok(&CallbackRequestBody::from(request))?.version(version).no_store().about(about))
    })
    .await
}

/// Read a callback request
///
/// With everything an agent needs to make the call.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = CallbackRequestId, Path, description = "The request.")),
    responses(
        (status = 200, description = "The request.", body = CallbackRequestBody),
        (status = 304, description = "You have the present version already."),
        (status = 404, description = "There is no such request."),
    ),
)]
#[get("/v1/callback-requests/{id}")]
pub async fn get_callback_request(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(CallbackRequestId,)>,
) -> Result<Response, Error> {
    let request = app.db.read(move |conn| service::get(conn, &actor, id)).await?;
    let version = request.0.version;
    Ok(Response::ok(&CallbackRequestBody::from(request))?.version(version).no_store())
}

/// Record an attempt to call
///
/// By the agent who has the request. `reached` completes it; `wrong_number` ends it; anything else
/// puts it back for another call, an hour later at the earliest and inside opening hours, until
/// the third attempt.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = CallbackRequestId, Path, description = "The request.")),
    request_body = NewCallAttempt,
    responses(
        (status = 201, description = "The attempt, and what became of the request.", body = RecordedCallAttempt),
        (status = 404, description = "There is no such request."),
        (status = 409, description = "`illegal_transition`: nobody has taken the request, or it is closed."),
    ),
)]
#[post("/v1/callback-requests/{id}/attempts")]
pub async fn create_call_attempt(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(CallbackRequestId,)>,
    Call { actor, body, meta }: Call<NewCallAttempt>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let (attempt, request) = record_attempt::record_attempt(tx, id, &body)?;
        let again = (request.state == CallbackState::RetryScheduled).then_some(request.due_from);
        let recorded = RecordedCallAttempt {
            id: attempt.id,
            attempt: CallAttemptBody::from(attempt),
            request_state: request.state,
            next_attempt_from: again,
        };
        Ok(Response::created(format!("/v1/callback-requests/{id}/attempts"), &recorded)?.no_store().about(id))
    })
    .await
}

/// List the attempts to call
///
/// Three at most, in order.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = CallbackRequestId, Path, description = "The request.")),
    responses(
        (status = 200, description = "The attempts.", body = CallAttemptList),
        (status = 404, description = "There is no such request."),
    ),
)]
#[get("/v1/callback-requests/{id}/attempts")]
pub async fn list_call_attempts(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(CallbackRequestId,)>,
) -> Result<Response, Error> {
    let attempts = app.db.read(move |conn| service::list_attempts(conn, &actor, id)).await?;
    let data = attempts.into_iter().map(CallAttemptBody::from).collect();
    Ok(Response::ok(&CallAttemptList { data })?.no_store())
}
