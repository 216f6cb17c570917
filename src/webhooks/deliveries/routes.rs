//! `/v1/webhook-endpoints/{id}/deliveries` and `/v1/webhook-deliveries`.

use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{AttemptBody, DeliveryBody, WebhookAttemptQuery, WebhookDeliveryQuery};
use super::replay::{self, Replay, ReplayRequest};
use super::service;
use crate::auth::Actor;
use crate::error::Error;
use crate::http::answer::Answer;
use crate::http::body::Nothing;
use crate::http::call::Call;
use crate::http::page::{Page, PageRequest};
use crate::http::path::FromPath;
use crate::http::query::FromQuery;
use crate::ids::{DeliveryId, WebhookEndpointId};
use crate::state::AppState;

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
    params(("id" = WebhookEndpointId, Path, description = "The endpoint."), WebhookDeliveryQuery),
    responses(
        (status = 200, description = "A page of deliveries.", body = Page<DeliveryBody>),
        (status = 404, description = "There is no such endpoint."),
    ),
)]
#[get("/v1/webhook-endpoints/{id}/deliveries")]
pub async fn list_webhook_deliveries(
    app: web::Data<AppState>,
    actor: Actor,
    path: FromPath<(WebhookEndpointId,)>,
    from: FromQuery<WebhookDeliveryQuery>,
) -> Result<Answer, Error> {
    let FromPath((id,)) = path;
    let page = PageRequest::new(&from, from.query.limit, from.query.cursor.as_deref())?;
    let (state, wanted) = (from.query.state, page.clone());
    let rows = app.db.read(move |conn| service::list(conn, &actor, id, state, &wanted)).await?;
    page.answer(rows, |row| (String::new(), row.id.to_string()), DeliveryBody::from).map(Answer::no_store)
}

/// List the attempts of a delivery
///
/// Oldest first, each with its outcome and the start of what the receiver answered.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = DeliveryId, Path, description = "The delivery."), WebhookAttemptQuery),
    responses(
        (status = 200, description = "A page of attempts.", body = Page<AttemptBody>),
        (status = 404, description = "There is no such delivery."),
    ),
)]
#[get("/v1/webhook-deliveries/{id}/attempts")]
pub async fn list_webhook_attempts(
    app: web::Data<AppState>,
    actor: Actor,
    path: FromPath<(DeliveryId,)>,
    from: FromQuery<WebhookAttemptQuery>,
) -> Result<Answer, Error> {
    let FromPath((id,)) = path;
    let page = PageRequest::new(&from, from.query.limit, from.query.cursor.as_deref())?;
    let wanted = page.clone();
    let rows = app.db.read(move |conn| service::attempts(conn, &actor, id, &wanted)).await?;
    page.answer(rows, |row| (String::new(), row.id.to_string()), AttemptBody::from).map(Answer::no_store)
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
    path: FromPath<(DeliveryId,)>,
    call: Call<Nothing>,
) -> Result<Answer, Error> {
    let FromPath((id,)) = path;
    let Call { actor, meta, .. } = call;
    app.write(actor, meta, move |tx| {
        let delivery = service::redeliver(tx, id)?;
        Answer::ok(&DeliveryBody::from(delivery)).map(Answer::no_store)
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
    path: FromPath<(DeliveryId,)>,
    call: Call<Nothing>,
) -> Result<Answer, Error> {
    let FromPath((id,)) = path;
    let Call { actor, meta, .. } = call;
    app.write(actor, meta, move |tx| {
        let delivery = service::cancel(tx, id)?;
        Answer::ok(&DeliveryBody::from(delivery)).map(Answer::no_store)
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
    path: FromPath<(WebhookEndpointId,)>,
    call: Call<ReplayRequest>,
) -> Result<Answer, Error> {
    let FromPath((id,)) = path;
    let Call { actor, body, meta } = call;
    app.write(actor, meta, move |tx| {
        let replay = replay::replay(tx, id, &body)?;
        Answer::ok(&replay).map(Answer::no_store)
    })
    .await
}
