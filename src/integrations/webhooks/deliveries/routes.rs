//! `/v1/webhook-endpoints/{id}/deliveries` and `/v1/webhook-deliveries`.

use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{AttemptBody, DeliveryBody, WebhookDeliveryQuery};
use super::replay::{self, Replay, ReplayRequest};
use super::service;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::body::Nothing;
use crate::kernel::http::list::{ListRequest, NoFilter, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::{DeliveryId, WebhookEndpointId};
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(config: &mut ServiceConfig) {
    config
        .service(list_webhook_deliveries)
        .service(replay_webhook_events)
        .service(list_webhook_attempts)
        .service(redeliver_webhook)
        .service(cancel_webhook_delivery);
}

/// List the deliveries of a webhook endpoint
///
/// What was sent there and what is on its way, in the order of the events.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = WebhookEndpointId, Path, description = "The endpoint."), WebhookDeliveryQuery, PageQuery),
    responses(
        (status = 200, description = "A page of deliveries.", body = PageBody<DeliveryBody>),
        (status = 404, description = "There is no such endpoint."),
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

/// List the attempts of a delivery
///
/// Oldest first, each with its outcome and the start of what the receiver answered.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = DeliveryId, Path, description = "The delivery."), PageQuery),
    responses(
        (status = 200, description = "A page of attempts.", body = PageBody<AttemptBody>),
        (status = 404, description = "There is no such delivery."),
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

/// Send a delivery again
///
/// The same bytes with the same `webhook-id`, only to this endpoint, from the beginning of the
/// schedule of retries. A delivery that is being sent at this moment stays as it is.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = DeliveryId, Path, description = "The delivery.")),
    responses(
        (status = 200, description = "The delivery, which is due now.", body = DeliveryBody),
        (status = 404, description = "There is no such delivery."),
        (status = 409, description = "`illegal_transition`: the endpoint is deleted; `conflict`: it is disabled."),
    ),
)]
#[post("/v1/webhook-deliveries/{id}/redeliver")]
pub async fn redeliver_webhook(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(DeliveryId,)>,
    Call { actor, meta, .. }: Call<Nothing>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let delivery = service::redeliver(tx, id)?;
        Response::ok(&DeliveryBody::from(delivery)).map(Response::no_store)
    })
    .await
}

/// Cancel a delivery
///
/// It is sent no more, and with `ordering` `subject` the next event of its subject is. What is being sent at this moment
/// may still arrive.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = DeliveryId, Path, description = "The delivery.")),
    responses(
        (status = 200, description = "The delivery.", body = DeliveryBody),
        (status = 404, description = "There is no such delivery."),
        (status = 409, description = "`illegal_transition`: it has arrived, or is cancelled already."),
    ),
)]
#[post("/v1/webhook-deliveries/{id}/cancel")]
pub async fn cancel_webhook_delivery(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(DeliveryId,)>,
    Call { actor, meta, .. }: Call<Nothing>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let delivery = service::cancel(tx, id)?;
        Response::ok(&DeliveryBody::from(delivery)).map(Response::no_store)
    })
    .await
}

/// Replay events to a webhook endpoint
///
/// Sends a stretch of the past to this endpoint only, under the same `webhook-id` as before: what failed, what it never got,
/// or everything. At most a thousand events a call; `dry_run` counts them first.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = WebhookEndpointId, Path, description = "The endpoint.")),
    request_body = ReplayRequest,
    responses(
        (status = 200, description = "How many events are sent.", body = Replay),
        (status = 404, description = "There is no such endpoint."),
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
