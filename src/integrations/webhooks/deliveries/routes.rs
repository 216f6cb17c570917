//! `/v1/webhook-endpoints/{id}/deliveries`, `/v1/webhook-endpoints/{id}/replay` and `/v1/webhook-deliveries`.

use actix_web::{get, post, web};

use super::dto::{AttemptBody, DeliveryBody, WebhookDeliveryQuery};
use super::replay::{self, Replay, ReplayRequest};
use super::service;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::body::EmptyBody;
use crate::kernel::http::list::{ListRequest, NoFilter, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::ids::{DeliveryId, WebhookEndpointId};
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes
        .service(list_webhook_deliveries)
        .service(replay_webhook_events)
        .service(list_webhook_attempts)
        .service(redeliver_webhook_delivery)
        .service(cancel_webhook_delivery);
}

/// List the deliveries of a webhook endpoint
///
/// Returns past and pending deliveries to a webhook endpoint, oldest first. Use `state` to find, for example,
/// exhausted deliveries.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = WebhookEndpointId, Path, description = "Identifier of the webhook endpoint."), WebhookDeliveryQuery, PageQuery),
    responses(
        (status = 200, description = "A page of deliveries.", body = PageBody<DeliveryBody>),
        (status = 404, description = "`not_found`: the webhook endpoint does not exist."),
    ),
)]
#[get("/v1/webhook-endpoints/{id}/deliveries")]
pub async fn list_webhook_deliveries(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(WebhookEndpointId,)>,
    ListRequest { query, page, links }: ListRequest<WebhookDeliveryQuery>,
) -> Result<Response, Error> {
    let state = query.state;
    let rows = app.db.read(move |conn| service::list(conn, &actor, id, state, &page)).await?;
    links.respond(rows, |row| row.id.to_string(), DeliveryBody::from).map(Response::no_store)
}

/// List the attempts of a webhook delivery
///
/// Returns the attempts of a delivery, oldest first, each with its outcome and the start of the response. Use it to
/// find out why a delivery failed.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = DeliveryId, Path, description = "Identifier of the delivery."), PageQuery),
    responses(
        (status = 200, description = "A page of attempts.", body = PageBody<AttemptBody>),
        (status = 404, description = "`not_found`: the delivery does not exist."),
    ),
)]
#[get("/v1/webhook-deliveries/{id}/attempts")]
pub async fn list_webhook_attempts(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(DeliveryId,)>,
    ListRequest { page, links, .. }: ListRequest<NoFilter>,
) -> Result<Response, Error> {
    let rows = app.db.read(move |conn| service::attempts(conn, &actor, id, &page)).await?;
    links.respond(rows, |row| row.id.to_string(), AttemptBody::from).map(Response::no_store)
}

/// Resend a webhook delivery
///
/// Queues a delivery again, with the same `webhook-id` and only for its own endpoint, and restarts the retry schedule.
/// You can redeliver a delivery in any state. A delivery that is being sent at this moment does not change. The
/// endpoint must be enabled. For an endpoint with a CRM or ITSM format, you also need the scope `callbacks:read`.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = DeliveryId, Path, description = "Identifier of the delivery.")),
    responses(
        (status = 200, description = "The delivery.", body = DeliveryBody),
        (status = 404, description = "`not_found`: the delivery does not exist."),
        (status = 409, description = "`illegal_transition`: the endpoint was deleted. `conflict`: the endpoint is disabled."),
    ),
)]
#[post("/v1/webhook-deliveries/{id}/redeliver")]
pub async fn redeliver_webhook_delivery(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(DeliveryId,)>,
    Call { actor, meta, .. }: Call<EmptyBody>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let delivery = service::redeliver(tx, id)?;
        Response::ok(&DeliveryBody::from(delivery)).map(Response::no_store)
    })
    .await
}

/// Cancel a webhook delivery
///
/// Cancels a pending, blocked or exhausted delivery, so that it is not sent any more. If the `ordering` of the endpoint
/// is `subject`, the next event about the same resource is then sent. A request that is being sent at this moment may
/// still arrive.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = DeliveryId, Path, description = "Identifier of the delivery.")),
    responses(
        (status = 200, description = "The delivery.", body = DeliveryBody),
        (status = 404, description = "`not_found`: the delivery does not exist."),
        (status = 409, description = "`illegal_transition`: the delivery is already delivered or cancelled."),
    ),
)]
#[post("/v1/webhook-deliveries/{id}/cancel")]
pub async fn cancel_webhook_delivery(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(DeliveryId,)>,
    Call { actor, meta, .. }: Call<EmptyBody>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let delivery = service::cancel(tx, id)?;
        Response::ok(&DeliveryBody::from(delivery)).map(Response::no_store)
    })
    .await
}

/// Replay events to a webhook endpoint
///
/// Queues past events for this endpoint only. `webhook-id` is the identifier of the event, so that receivers can detect
/// duplicates. Use it after an outage of the receiver or for a new endpoint: `selection` decides whether failed,
/// missing or all events are sent. A call covers at most 1,000 events; when `complete` is false, call again with
/// `after`. With `dry_run`, nothing is sent and the events are only counted. The endpoint must be enabled. To resend a
/// single delivery, use `POST /v1/webhook-deliveries/{id}/redeliver`. For an endpoint with a CRM or ITSM format, you
/// also need the scope `callbacks:read`.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = WebhookEndpointId, Path, description = "Identifier of the webhook endpoint.")),
    request_body = ReplayRequest,
    responses(
        (status = 200, description = "The number of queued events and where to continue.", body = Replay),
        (status = 404, description = "`not_found`: the webhook endpoint does not exist."),
        (status = 409, description = "`conflict`: the endpoint is disabled."),
    ),
)]
#[post("/v1/webhook-endpoints/{id}/replay")]
pub async fn replay_webhook_events(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(WebhookEndpointId,)>,
    Call { actor, body, meta }: Call<ReplayRequest>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let replay = replay::replay(tx, id, &body)?;
        Response::ok(&replay).map(Response::no_store)
    })
    .await
}
