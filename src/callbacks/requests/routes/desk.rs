//! Operations of agents on a request, other than calling: search, assign, unassign, release, reroute, cancel its
//! network, renew its manage link.

use actix_web::{post, web};

use crate::callbacks::requests::dto::{
    AssignCallbackRequest, CallbackManageLink, CallbackRequestBody, CallbackRequestSearch, CancelledCallbackRequests,
    FoundCallbackRequests, RerouteCallbackRequest,
};
use crate::callbacks::requests::rows::RequestAndContact;
use crate::callbacks::requests::{manage_link, network, reroute, search, service};
use crate::kernel::error::Error;
use crate::kernel::http::body::EmptyBody;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::installation_key::InstallationKey;
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

/// Responds with the changed request.
fn changed(request: RequestAndContact) -> Result<Response, Error> {
    let (id, version) = (request.0.id, request.0.version);
    Ok(Response::ok(&CallbackRequestBody::from(request))?.version(version).no_store().about(id))
}

/// Search callback requests
///
/// Returns at most 50 callback requests by the phone number, e-mail address or name of the visitor, newest first. If
/// you send several criteria, all of them must match. Use it while a visitor is on the phone, or to find earlier
/// requests. The operation is a `POST`, so that no URL contains personal data. It changes no data and ignores the
/// `Idempotency-Key`. Erased requests are not found.
#[utoipa::path(
    tag = "Callbacks",
    request_body = CallbackRequestSearch,
    responses((
        status = 200,
        description = "The requests that match; empty if there are none.",
        body = FoundCallbackRequests,
    )),
)]
#[post("/v1/callback-requests/search")]
pub async fn search_callback_requests(
    app: web::Data<AppState>,
    Call { actor, body, meta: _ }: Call<CallbackRequestSearch>,
) -> Result<Response, Error> {
    let found = app.db.read(move |conn| search::search(conn, &actor, &body)).await?;
    Ok(Response::ok(&found)?.no_store())
}

/// Assign a callback request
///
/// Assigns an open callback request to an active agent, even if it is already assigned to another agent. Without a
/// body, or without `agent_id`, the request is assigned to you; you must then be an active agent on the roster yourself
/// (403 otherwise). An agent cannot take or pass on a request of another agent; an administrator, an application, or a
/// person who is not on the roster can.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = CallbackRequestId, Path, description = "Identifier of the callback request.")),
    request_body = AssignCallbackRequest,
    responses(
        (status = 200, description = "The assigned request.", body = CallbackRequestBody),
        (
            status = 403,
            description = "`forbidden`: the token lacks the scope, `agent_id` is absent and you are not an active \
                           agent who works in the queue of the request, or you are an agent and another agent has the \
                           request.",
        ),
        (
            status = 409,
            description = "`illegal_transition`: the request is closed, quarantined or being called. `conflict`: the \
                           request is linked to another request, whose call also serves this one.",
        ),
    ),
)]
#[post("/v1/callback-requests/{id}/assign")]
pub async fn assign_callback_request(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(CallbackRequestId,)>,
    Call { actor, body, meta }: Call<AssignCallbackRequest>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| changed(service::assign(tx, id, &body)?)).await
}

/// Unassign a callback request
///
/// Returns an assigned callback request to the queue. Agents can claim it again. If agents have duty times, it is
/// assigned again when it is due, to the agent on duty with the fewest open requests.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = CallbackRequestId, Path, description = "Identifier of the callback request.")),
    request_body = EmptyBody,
    responses(
        (status = 200, description = "The unassigned request.", body = CallbackRequestBody),
        (status = 409, description = "`illegal_transition`: the request is not assigned."),
    ),
)]
#[post("/v1/callback-requests/{id}/unassign")]
pub async fn unassign_callback_request(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(CallbackRequestId,)>,
    Call { actor, body: _, meta }: Call<EmptyBody>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| changed(service::unassign(tx, id)?)).await
}

/// Release a quarantined callback request
///
/// Accepts a quarantined callback request into the queue. From then on it is treated like any other request, and its
/// promise counts. The number must have fewer than two open requests and must not be blocked. A request that was
/// quarantined for another reason than `number_limit` has no reserved capacity; it is added to its slot even if the
/// slot is full, because the visitor was promised the call. If the request is abuse, cancel it instead, or all requests
/// of its network. Creates the event `callback_request.received`.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = CallbackRequestId, Path, description = "Identifier of the callback request.")),
    request_body = EmptyBody,
    responses(
        (status = 200, description = "The released request.", body = CallbackRequestBody),
        (
            status = 409,
            description = "`illegal_transition`: the request is not quarantined. `conflict`: its number has two open \
                           requests, listed in `open_request_ids`, or its number is blocked.",
        ),
    ),
)]
#[post("/v1/callback-requests/{id}/release")]
pub async fn release_callback_request(
    app: web::Data<AppState>,
    key: web::Data<InstallationKey>,
    FromPath((id,)): FromPath<(CallbackRequestId,)>,
    Call { actor, body: _, meta }: Call<EmptyBody>,
) -> Result<Response, Error> {
    key.write(&app, actor, meta, move |tx, key| changed(service::release(tx, id, key)?)).await
}

/// Cancel all callback requests of a network
///
/// Cancels all open and quarantined callback requests of the network that this request came from, as abuse: pending
/// promises become void, and the capacity of their slots becomes free. The network (/32 for IPv4, /56 for IPv6) is
/// known only as a keyed hash, so it is named by one of its requests, which should still be open or quarantined. Up to
/// 1000 requests are cancelled at once. Creates the event `callback_request.cancelled` for each request.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = CallbackRequestId, Path, description = "Identifier of a callback request of the network.")),
    request_body = EmptyBody,
    responses(
        (status = 200, description = "The cancelled requests.", body = CancelledCallbackRequests),
        (status = 404, description = "`not_found`: the request does not exist."),
        (
            status = 409,
            description = "`conflict`: the network of the request is not known, because an application submitted the \
                           request, or because it was closed some time ago.",
        ),
    ),
)]
#[post("/v1/callback-requests/{id}/cancel-network")]
pub async fn cancel_callback_network(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(CallbackRequestId,)>,
    Call { actor, body: _, meta }: Call<EmptyBody>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| Ok(Response::ok(&network::cancel_all(tx, id)?)?.no_store())).await
}

/// Create a manage link
///
/// Creates a new link with which the visitor manages the callback request, for example for a system that sends it by
/// e-mail. The previous link and its `manage_token` stop working at once. If the request was rerouted, the link is for
/// the request that continues it. With a link that a person created, the visitor cannot submit feedback, because that
/// person could submit it, too; and a change with it counts like a change of that person. For a closed request, persons
/// cannot create a link. Links that applications create have no such restrictions. Creates the event
/// `callback_request.manage_link_created`, which does not contain the link.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = CallbackRequestId, Path, description = "Identifier of the callback request.")),
    request_body = EmptyBody,
    responses(
        (status = 200, description = "The link, which is returned only once.", body = CallbackManageLink),
        (status = 404, description = "`not_found`: the request does not exist."),
        (
            status = 409,
            description = "`conflict`: the personal data of the request was erased, or the request is closed and you \
                           are not an application.",
        ),
    ),
)]
#[post("/v1/callback-requests/{id}/manage-link")]
pub async fn create_callback_manage_link(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(CallbackRequestId,)>,
    Call { actor, body: _, meta }: Call<EmptyBody>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let link = manage_link::create(tx, id)?;
        Ok(Response::ok(&link)?.no_store().about(link.id))
    })
    .await
}

/// Reroute a callback request
///
/// Moves an open callback request to another queue: by default from sales to technical support, or vice versa. The
/// request is closed as `rerouted`, and a new request in the other queue continues it; they refer to each other by
/// `rerouted_to` and `rerouted_from`, and the new request has the same consents. The promise does not change: the new
/// request keeps the promised time, even if the slot of the other queue is full, and after a call also the number of
/// calls, the result of the promise and the time of the next call. Sales requests are sent to CRM formats only, and
/// technical support requests to ITSM formats only.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = CallbackRequestId, Path, description = "Identifier of the callback request.")),
    request_body = RerouteCallbackRequest,
    responses(
        (status = 201, description = "The new request, which continues the rerouted one.", body = CallbackRequestBody),
        (
            status = 409,
            description = "`illegal_transition`: the request is closed, quarantined or being called. `conflict`: the \
                           request is in that queue already, was rerouted 19 times, or the other intent has no \
                           public queue.",
        ),
    ),
)]
#[post("/v1/callback-requests/{id}/reroute")]
pub async fn reroute_callback_request(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(CallbackRequestId,)>,
    Call { actor, body, meta }: Call<RerouteCallbackRequest>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let next = reroute::reroute(tx, id, &body)?;
        let (id, version) = (next.0.id, next.0.version);
        let body = CallbackRequestBody::from(next);
        Ok(Response::created(format!("/v1/callback-requests/{id}"), &body)?.version(version).no_store().about(id))
    })
    .await
}
