//! `/v1/callback-requests`: list, claim and get requests, and record attempts. [`visitor`] has the operations of
//! visitors, [`desk`] those that assign, release and reroute a request, [`export`] the CSV export.

mod agent_calendar;
mod desk;
mod export;
mod visitor;

use actix_web::{get, post, web};

use super::dto::{
    CallAttemptBody, CallAttemptList, CallbackRequestBody, CallbackRequestQuery, NewCallAttempt, RecordedCallAttempt,
};
use super::enums::CallbackState;
use super::filter::Position;
use super::{record_attempt, service};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::body::EmptyBody;
use crate::kernel::http::list::{ListRequest, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub use agent_calendar::configure as configure_agent_calendars;

pub fn configure(routes: &mut impl Routes) {
    routes
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
        .service(desk::cancel_callback_network)
        .service(create_call_attempt)
        .service(list_call_attempts);
}

/// List callback requests
///
/// Returns callback requests with their contact data, oldest first. Filter by state, intent, agent, flag, promise or
/// time of creation.
#[utoipa::path(
    tag = "Callbacks",
    params(CallbackRequestQuery, PageQuery),
    responses(
        (status = 200, description = "A page of requests.", body = PageBody<CallbackRequestBody>),
        (status = 422, description = "`validation_failed`: `created_to` is not after `created_from`."),
    ),
)]
#[get("/v1/callback-requests")]
pub async fn list_callback_requests(
    app: web::Data<AppState>,
    actor: Actor,
    ListRequest { query, page, links }: ListRequest<CallbackRequestQuery>,
) -> Result<Response, Error> {
    let rows = app.db.read(move |conn| service::list(conn, &actor, &query, &page)).await?;
    Ok(links.respond(rows, |(row, _)| Position::from(row).to_string(), CallbackRequestBody::from)?.no_store())
}

/// Claim a callback request
///
/// Assigns the most urgent due request without an agent to you. You must be an agent on the roster (403 otherwise).
/// Missed requests come first. The others are ordered by urgency, earliest first: by the start of the window
/// (`promised_from`), by `promised_by` for a call as soon as possible, or by the time of the next attempt for a retry.
/// Concurrent calls never claim the same request.
#[utoipa::path(
    tag = "Callbacks",
    request_body = EmptyBody,
    responses(
        (status = 200, description = "The request, which is now assigned to you.", body = CallbackRequestBody),
        (status = 403, description = "`forbidden`: the token lacks the scope, or you are not an agent on the roster."),
        (status = 404, description = "`nothing_to_claim`: no request without an agent is due."),
    ),
)]
#[post("/v1/callback-requests/next")]
pub async fn claim_callback_request(
    app: web::Data<AppState>,
    Call { actor, body: _, meta }: Call<EmptyBody>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let request = service::claim_next(tx)?;
        let version = request.0.version;
        let about = request.0.id;
        Ok(Response::ok(&CallbackRequestBody::from(request))?.version(version).no_store().about(about))
    })
    .await
}

/// Get a callback request
///
/// Returns a callback request with the contact data that an agent needs to make the call.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = CallbackRequestId, Path, description = "Identifier of the callback request.")),
    responses(
        (status = 200, description = "The request.", body = CallbackRequestBody),
        (status = 304, description = "Not modified: the resource still has the version in `If-None-Match`."),
        (status = 404, description = "`not_found`: the request does not exist."),
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

/// Record a call attempt
///
/// Records an attempt to call the visitor, with its outcome. You must be an agent on the roster, and the request must
/// be assigned to you (403 otherwise). `reached` completes the request, and `wrong_number` closes it as `unreachable`.
/// After any other outcome the request returns to the queue without an agent, and the next attempt is due after one
/// hour, within opening hours. After the third attempt the request is closed as `unreachable`. The first attempt
/// determines whether the promise was kept. `Location` is the list of the attempts of the request.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = CallbackRequestId, Path, description = "Identifier of the callback request.")),
    request_body = NewCallAttempt,
    responses(
        (status = 201, description = "The attempt and the resulting state of the request.", body = RecordedCallAttempt),
        (
            status = 403,
            description = "`forbidden`: the token lacks the scope, you are not an agent on the roster, or the request \
                           is assigned to another agent.",
        ),
        (status = 404, description = "`not_found`: the request does not exist."),
        (status = 409, description = "`illegal_transition`: the request is not assigned."),
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

/// List the call attempts of a callback request
///
/// Returns the recorded attempts of a callback request, at most three, oldest first, in one response.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = CallbackRequestId, Path, description = "Identifier of the callback request.")),
    responses(
        (status = 200, description = "The attempts.", body = CallAttemptList),
        (status = 404, description = "`not_found`: the request does not exist."),
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
