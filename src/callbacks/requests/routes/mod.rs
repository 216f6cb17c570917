//! `/v1/callback-requests`: list, claim and get requests. [`visitor`] has the operations of visitors, [`receipt`]
//! what belongs to the receipt, [`calls`] the operations on calls, [`desk`] those that assign, release and reroute a
//! request, [`feedback`] the feedback of visitors, [`export`] the CSV export.

mod agent_calendar;
mod calls;
mod desk;
mod export;
mod feedback;
mod receipt;
mod visitor;

use actix_web::{get, post, web};

use super::dto::{CallbackRequestBody, CallbackRequestQuery};
use super::filter::Position;
use super::service;
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
        .service(receipt::get_callback_receipt_calendar)
        .service(receipt::list_callback_slots)
        .service(visitor::reschedule_callback_request)
        .service(visitor::cancel_callback_request)
        .service(visitor::withdraw_callback_consent)
        .service(feedback::submit_callback_feedback)
        .service(list_callback_requests)
        .service(export::export_callback_requests)
        .service(claim_callback_request)
        .service(desk::search_callback_requests)
        .service(get_callback_request)
        .service(desk::assign_callback_request)
        .service(desk::unassign_callback_request)
        .service(desk::release_callback_request)
        .service(desk::reroute_callback_request)
        .service(desk::cancel_callback_network)
        .service(desk::create_callback_manage_link)
        .service(calls::create_call)
        .service(calls::list_calls)
        .service(calls::end_call);
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
/// Assigns the most urgent due request without an agent in your queues to you. You must be an agent on the roster (403
/// otherwise). Missed requests come first. The others are ordered by the end of the promised time (`promised_by`), or
/// by the time of the next call for a retry, earliest first. Concurrent calls never claim the same request.
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
