//! `/v1/webhook-endpoints`.

use actix_web::{delete, get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{EndpointBody, EndpointWithSecret, NewWebhookEndpoint, WebhookEndpointPatch, WebhookEndpointQuery};
use super::service;
use crate::auth::Actor;
use crate::error::Error;
use crate::http::answer::Answer;
use crate::http::body::Nothing;
use crate::http::call::Call;
use crate::http::page::{Page, PageRequest};
use crate::http::path::FromPath;
use crate::http::query::FromQuery;
use crate::ids::WebhookEndpointId;
use crate::state::AppState;

pub fn configure(config: &mut ServiceConfig) {
    config
        .service(create_webhook_endpoint)
        .service(list_webhook_endpoints)
        .service(get_webhook_endpoint)
        .service(update_webhook_endpoint)
        .service(delete_webhook_endpoint)
        .service(rotate_webhook_secret);
}

/// Add a webhook endpoint
///
/// Events are sent there from now on, each with a signature after https://www.standardwebhooks.com.
/// The answer holds the secret that verifies them; it is not shown again.
#[utoipa::path(
    tag = "Webhooks",
    request_body = NewWebhookEndpoint,
    responses((status = 201, description = "The new endpoint, with its secret.", body = EndpointWithSecret)),
)]
#[post("/v1/webhook-endpoints")]
pub async fn create_webhook_endpoint(
    app: web::Data<AppState>,
    call: Call<NewWebhookEndpoint>,
) -> Result<Answer, Error> {
    let Call { actor, body, meta } = call;
    let egress = app.egress.clone();
    app.write(actor, meta, move |tx| {
        let (endpoint, secret) = service::create(tx, &body, egress.policy())?;
        let (location, version) = (format!("/v1/webhook-endpoints/{}", endpoint.id), endpoint.version);
        let body = EndpointWithSecret::new(endpoint, &secret)?;
        Ok(Answer::created(location, &body)?.version(version).no_store())
    })
    .await
}

/// List webhook endpoints
///
/// In the order in which they were added.
#[utoipa::path(
    tag = "Webhooks",
    params(WebhookEndpointQuery),
    responses((status = 200, description = "A page of endpoints.", body = Page<EndpointBody>)),
)]
#[get("/v1/webhook-endpoints")]
pub async fn list_webhook_endpoints(
    app: web::Data<AppState>,
    actor: Actor,
    from: FromQuery<WebhookEndpointQuery>,
) -> Result<Answer, Error> {
    let page = PageRequest::new(&from, from.query.limit, from.query.cursor.as_deref())?;
    let wanted = page.clone();
    let rows = app.db.read(move |conn| service::list(conn, &actor, &wanted)).await?;
    let bodies = rows.into_iter().map(EndpointBody::try_from).collect::<Result<Vec<_>, _>>()?;
    page.answer(bodies, |body| (String::new(), body.id.to_string()), |body| body).map(Answer::no_store)
}

/// Read a webhook endpoint
///
/// Without its secret, which is shown only when it is made.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = WebhookEndpointId, Path, description = "The endpoint.")),
    responses(
        (status = 200, description = "The endpoint.", body = EndpointBody),
        (status = 304, description = "You have the present version already."),
        (status = 404, description = "There is no such endpoint."),
    ),
)]
#[get("/v1/webhook-endpoints/{id}")]
pub async fn get_webhook_endpoint(
    app: web::Data<AppState>,
    actor: Actor,
    path: FromPath<(WebhookEndpointId,)>,
) -> Result<Answer, Error> {
    let FromPath((id,)) = path;
    let endpoint = app.db.read(move |conn| service::get(conn, &actor, id)).await?;
    let version = endpoint.version;
    Ok(Answer::ok(&EndpointBody::try_from(endpoint)?)?.version(version).no_store())
}

/// Change a webhook endpoint
///
/// JSON Merge Patch: absent members stay, null clears. A disabled endpoint gets no new events; what
/// already waits for it is kept and sent once it is enabled again.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = WebhookEndpointId, Path, description = "The endpoint.")),
    request_body(content((WebhookEndpointPatch = "application/merge-patch+json"), (WebhookEndpointPatch = "application/json"))),
    responses(
        (status = 200, description = "The endpoint as it is now.", body = EndpointBody),
        (status = 404, description = "There is no such endpoint."),
    ),
)]
#[patch("/v1/webhook-endpoints/{id}")]
pub async fn update_webhook_endpoint(
    app: web::Data<AppState>,
    path: FromPath<(WebhookEndpointId,)>,
    call: Call<WebhookEndpointPatch>,
) -> Result<Answer, Error> {
    let FromPath((id,)) = path;
    let Call { actor, body, meta } = call;
    let egress = app.egress.clone();
    app.write(actor, meta, move |tx| {
        let endpoint = service::update(tx, id, &body, egress.policy())?;
        let version = endpoint.version;
        Ok(Answer::ok(&EndpointBody::try_from(endpoint)?)?.version(version).no_store())
    })
    .await
}

/// Delete a webhook endpoint
///
/// Nothing is sent there any more; what was still on its way is cancelled.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = WebhookEndpointId, Path, description = "The endpoint.")),
    responses(
        (status = 204, description = "It is gone."),
        (status = 404, description = "There is no such endpoint."),
    ),
)]
#[delete("/v1/webhook-endpoints/{id}")]
pub async fn delete_webhook_endpoint(
    app: web::Data<AppState>,
    path: FromPath<(WebhookEndpointId,)>,
    call: Call<Nothing>,
) -> Result<Answer, Error> {
    let FromPath((id,)) = path;
    let Call { actor, meta, .. } = call;
    app.write(actor, meta, move |tx| {
        service::delete(tx, id)?;
        Ok(Answer::no_content())
    })
    .await
}

/// Rotate the secret of a webhook endpoint
///
/// The answer holds the new secret; it is not shown again. For 24 hours every request is signed
/// with the old and the new one, so that the receiver can change over at any moment.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = WebhookEndpointId, Path, description = "The endpoint.")),
    responses(
        (status = 200, description = "The endpoint, with its new secret.", body = EndpointWithSecret),
        (status = 404, description = "There is no such endpoint."),
    ),
)]
#[post("/v1/webhook-endpoints/{id}/rotate-secret")]
pub async fn rotate_webhook_secret(
    app: web::Data<AppState>,
    path: FromPath<(WebhookEndpointId,)>,
    call: Call<Nothing>,
) -> Result<Answer, Error> {
    let FromPath((id,)) = path;
    let Call { actor, meta, .. } = call;
    app.write(actor, meta, move |tx| {
        let (endpoint, secret) = service::rotate_secret(tx, id)?;
        Ok(Answer::ok(&EndpointWithSecret::new(endpoint, &secret)?)?.no_store())
    })
    .await
}
