//! What agents do with a request in addition to calling: assign, unassign, release and reroute it.

use actix_web::{post, web};

use crate::callbacks::requests::dto::{AssignCallbackRequest, CallbackRequestBody, RerouteCallbackRequest};
use crate::callbacks::requests::rows::RequestAndContact;
use crate::callbacks::requests::{reroute, service};
use crate::kernel::error::Error;
use crate::kernel::http::body::Nothing;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

/// The changed request.
fn changed(request: RequestAndContact) -> Result<Response, Error> {
    let (id, version) = (request.0.id, request.0.version);
    Ok(Response::ok(&CallbackRequestBody::from(request))?.version(version).no_store().about(id))
}

/// Give a callback request to an agent
///
/// To you, without a body, or to somebody on the roster; also when another agent has it.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = CallbackRequestId, Path, description = "The request.")),
    request_body = AssignCallbackRequest,
    responses(
        (status = 200, description = "The request, now the agent's.", body = CallbackRequestBody),
        (status = 409, description = "`illegal_transition`: it is closed or kept back. `conflict`: it is linked to another one."),
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

/// Put a callback request back into the queue
///
/// It waits for whoever claims it; with a roster it is handed out again when it is due, to whoever on
/// duty has the fewest.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = CallbackRequestId, Path, description = "The request.")),
    request_body = Nothing,
    responses(
        (status = 200, description = "The request, nobody's.", body = CallbackRequestBody),
        (status = 409, description = "`illegal_transition`: nobody has it."),
    ),
)]
#[post("/v1/callback-requests/{id}/unassign")]
pub async fn unassign_callback_request(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(CallbackRequestId,)>,
    Call { actor, body: _, meta }: Call<Nothing>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| changed(service::unassign(tx, id)?)).await
}

/// Let a callback request into the queue
///
/// One that was kept back: filled in by a program, as it seemed, or too many for its number. From
/// now on it counts like any other. What is abuse is cancelled instead.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = CallbackRequestId, Path, description = "The request.")),
    request_body = Nothing,
    responses(
        (status = 200, description = "The request, now in the queue.", body = CallbackRequestBody),
        (status = 409, description = "`illegal_transition`: it is not kept back. `conflict`: its number has two open requests, named in `open`. `slot_full`: its window has filled up meanwhile; move it first."),
    ),
)]
#[post("/v1/callback-requests/{id}/release")]
pub async fn release_callback_request(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(CallbackRequestId,)>,
    Call { actor, body: _, meta }: Call<Nothing>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| changed(service::release(tx, id)?)).await
}

/// Send a callback request on to the others
///
/// From sales to technical support, or back. The request ends as `rerouted` and goes on as a new one
/// with the other intent; each names the other. Who was not called yet keeps the promised time; who
/// was is called again as soon as possible. CRM formats never see the one, ITSM formats never the
/// other.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = CallbackRequestId, Path, description = "The request.")),
    request_body = RerouteCallbackRequest,
    responses(
        (status = 201, description = "What it goes on as.", body = CallbackRequestBody),
        (status = 409, description = "`illegal_transition`: it is closed or kept back."),
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
