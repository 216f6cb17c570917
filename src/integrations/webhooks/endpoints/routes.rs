//! `/v1/webhook-endpoints`.

use actix_web::{delete, get, patch, post, web};

use super::destination::{permitted, permitted_auth};
use super::dto::{EndpointBody, EndpointWithSecret, NewWebhookEndpoint, RotateWebhookSecret, WebhookEndpointPatch};
use super::health::{self, WebhookHealth};
use super::ping::{self, WebhookTestResult};
use super::{rotate, service, update};
use crate::integrations::webhooks::Outbound;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::http::body::EmptyBody;
use crate::kernel::http::list::{ListRequest, NoFilter, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::ids::WebhookEndpointId;
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes
        .service(create_webhook_endpoint)
        .service(list_webhook_endpoints)
        .service(get_webhook_endpoint)
        .service(update_webhook_endpoint)
        .service(delete_webhook_endpoint)
        .service(get_webhook_health)
        .service(test_webhook_endpoint)
        .service(rotate_webhook_secret)
        .service(revoke_previous_webhook_secret);
}

/// Create a webhook endpoint
///
/// Creates an endpoint to which new events are sent from now on, signed as defined in [Standard
/// Webhooks](https://www.standardwebhooks.com). The response contains the secret that verifies the signatures; store
/// it, because it is not returned again. The URL must be `https` with a public address, unless the operator permits
/// other destinations.
///
/// If `format` is a CRM or ITSM format, the endpoint receives no events. Instead, Entente creates a record in that tool
/// for each matching callback request: a lead or contact for `sales`, a ticket, incident or customer request for
/// `technical_support`. It updates the record after each step, closes it at the end, and redacts it after an erasure.
/// The ID of the record is stored as an external reference of `system`. For such a format you also need the scope
/// `callbacks:read`.
#[utoipa::path(
    tag = "Webhooks",
    request_body = NewWebhookEndpoint,
    responses((status = 201, description = "The new webhook endpoint, with its secret.", body = EndpointWithSecret)),
)]
#[post("/v1/webhook-endpoints")]
pub async fn create_webhook_endpoint(
    app: web::Data<AppState>,
    outbound: web::Data<Outbound>,
    Call { actor, mut body, meta }: Call<NewWebhookEndpoint>,
) -> Result<Response, Error> {
    authz::require(&actor, Action::ManageWebhooks, &Relations::default())?;
    body.url = permitted(&outbound.sender, "/url", &body.url).await?;
    if let Some(auth) = body.auth {
        body.auth = Some(permitted_auth(&outbound.sender, auth).await?);
    }
    let vault = app.vault.clone();
    app.write(actor, meta, move |tx| {
        let (endpoint, secret) = service::create(tx, &vault, &body)?;
        let (location, version) = (format!("/v1/webhook-endpoints/{}", endpoint.id), endpoint.version);
        let body = EndpointWithSecret::new(endpoint, secret.as_ref())?;
        Ok(Response::created(location, &body)?.version(version).no_store())
    })
    .await
}

/// List webhook endpoints
///
/// Returns all webhook endpoints, oldest first and without their secrets.
#[utoipa::path(
    tag = "Webhooks",
    params(PageQuery),
    responses((status = 200, description = "A page of webhook endpoints.", body = PageBody<EndpointBody>)),
)]
#[get("/v1/webhook-endpoints")]
pub async fn list_webhook_endpoints(
    app: web::Data<AppState>,
    actor: Actor,
    ListRequest { page, links, .. }: ListRequest<NoFilter>,
) -> Result<Response, Error> {
    let rows = app.db.read(move |conn| service::list(conn, &actor, &page)).await?;
    let bodies = rows.into_iter().map(EndpointBody::try_from).collect::<Result<Vec<_>, _>>()?;
    links.respond(bodies, |body| body.id.to_string(), |body| body).map(Response::no_store)
}

/// Get a webhook endpoint
///
/// Returns a webhook endpoint with its `ETag`. Send the `ETag` in `If-Match` when you update the endpoint. The response
/// does not contain the secret, which is returned only when you create the endpoint or rotate the secret.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = WebhookEndpointId, Path, description = "Identifier of the webhook endpoint.")),
    responses(
        (status = 200, description = "The webhook endpoint.", body = EndpointBody),
        (status = 304, description = "Not modified: the resource still has the version in `If-None-Match`."),
        (status = 404, description = "`not_found`: the webhook endpoint does not exist."),
    ),
)]
#[get("/v1/webhook-endpoints/{id}")]
pub async fn get_webhook_endpoint(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(WebhookEndpointId,)>,
) -> Result<Response, Error> {
    let endpoint = app.db.read(move |conn| service::get(conn, &actor, id)).await?;
    let version = endpoint.version;
    Ok(Response::ok(&EndpointBody::try_from(endpoint)?)?.version(version).no_store())
}

/// Update a webhook endpoint
///
/// Changes the fields that you send (JSON Merge Patch). Absent fields do not change; send null to clear a nullable
/// field. Send the `ETag` of the version you read in `If-Match`. Set `enabled` to false to stop sending: no new events
/// are queued, and pending deliveries are kept and sent when you enable the endpoint again. To send events that you
/// missed in the meantime, replay them. For an endpoint with a CRM or ITSM format you also need the scope
/// `callbacks:read`.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = WebhookEndpointId, Path, description = "Identifier of the webhook endpoint.")),
    request_body(content = WebhookEndpointPatch, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, description = "The updated webhook endpoint.", body = EndpointBody),
        (status = 404, description = "`not_found`: the webhook endpoint does not exist."),
    ),
)]
#[patch("/v1/webhook-endpoints/{id}")]
pub async fn update_webhook_endpoint(
    app: web::Data<AppState>,
    outbound: web::Data<Outbound>,
    FromPath((id,)): FromPath<(WebhookEndpointId,)>,
    Call { actor, mut body, meta }: Call<WebhookEndpointPatch>,
) -> Result<Response, Error> {
    authz::require(&actor, Action::ManageWebhooks, &Relations::default())?;
    if let Some(url) = body.url {
        body.url = Some(permitted(&outbound.sender, "/url", &url).await?);
    }
    if let Some(auth) = body.auth {
        body.auth = Some(permitted_auth(&outbound.sender, auth).await?);
    }
    let vault = app.vault.clone();
    app.write(actor, meta, move |tx| {
        let endpoint = update::update(tx, &vault, id, &body)?;
        let version = endpoint.version;
        Ok(Response::ok(&EndpointBody::try_from(endpoint)?)?.version(version).no_store())
    })
    .await
}

/// Delete a webhook endpoint
///
/// Deletes the endpoint and its secrets, and cancels all pending deliveries to it. A deletion cannot be undone; to stop
/// sending for a while, disable the endpoint instead.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = WebhookEndpointId, Path, description = "Identifier of the webhook endpoint.")),
    responses(
        (status = 204, description = "The webhook endpoint was deleted."),
        (status = 404, description = "`not_found`: the webhook endpoint does not exist."),
    ),
)]
#[delete("/v1/webhook-endpoints/{id}")]
pub async fn delete_webhook_endpoint(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(WebhookEndpointId,)>,
    Call { actor, meta, .. }: Call<EmptyBody>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        service::delete(tx, id)?;
        Ok(Response::no_content())
    })
    .await
}

/// Rotate the secret of a webhook endpoint
///
/// Replaces the signing secret. The response contains the new secret (or, for `ed25519`, the new public key); store it,
/// because the secret is not returned again. During the overlap (`overlap_hours`, by default 24), requests are signed
/// with both the old and the new key, so that the receiver can switch at any time.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = WebhookEndpointId, Path, description = "Identifier of the webhook endpoint.")),
    request_body = RotateWebhookSecret,
    responses(
        (status = 200, description = "The webhook endpoint, with its new secret.", body = EndpointWithSecret),
        (status = 404, description = "`not_found`: the webhook endpoint does not exist."),
    ),
)]
#[post("/v1/webhook-endpoints/{id}/rotate-secret")]
pub async fn rotate_webhook_secret(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(WebhookEndpointId,)>,
    Call { actor, body, meta }: Call<RotateWebhookSecret>,
) -> Result<Response, Error> {
    let vault = app.vault.clone();
    app.write(actor, meta, move |tx| {
        let (endpoint, secret) = rotate::rotate_secret(tx, &vault, id, body.overlap_hours)?;
        let version = endpoint.version;
        Ok(Response::ok(&EndpointWithSecret::new(endpoint, secret.as_ref())?)?.version(version).no_store())
    })
    .await
}

/// Revoke the previous secret of a webhook endpoint
///
/// Ends the overlap of the last rotation at once: requests are signed only with the current secret. Use it when the
/// previous secret was leaked. Without an overlap, nothing changes.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = WebhookEndpointId, Path, description = "Identifier of the webhook endpoint.")),
    responses(
        (status = 200, description = "The webhook endpoint.", body = EndpointBody),
        (status = 404, description = "`not_found`: the webhook endpoint does not exist."),
    ),
)]
#[post("/v1/webhook-endpoints/{id}/revoke-previous-secret")]
pub async fn revoke_previous_webhook_secret(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(WebhookEndpointId,)>,
    Call { actor, meta, .. }: Call<EmptyBody>,
) -> Result<Response, Error> {
    let vault = app.vault.clone();
    app.write(actor, meta, move |tx| {
        let endpoint = rotate::revoke_previous(tx, &vault, id)?;
        let version = endpoint.version;
        Ok(Response::ok(&EndpointBody::try_from(endpoint)?)?.version(version).no_store())
    })
    .await
}

/// Get the health of a webhook endpoint
///
/// Returns whether deliveries to the endpoint are succeeding, when they started to fail, how many are waiting, and when
/// the next probe of a failing endpoint is due. Use it for monitoring and troubleshooting.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = WebhookEndpointId, Path, description = "Identifier of the webhook endpoint.")),
    responses(
        (status = 200, description = "The health of the webhook endpoint.", body = WebhookHealth),
        (status = 404, description = "`not_found`: the webhook endpoint does not exist."),
    ),
)]
#[get("/v1/webhook-endpoints/{id}/health")]
pub async fn get_webhook_health(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(WebhookEndpointId,)>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    let health = app.db.read(move |conn| health::health(conn, &actor, id, now)).await?;
    Response::ok(&health).map(Response::no_store)
}

/// Test a webhook endpoint
///
/// Sends a signed ping at once, even if the endpoint is disabled, and returns the exact bytes that were signed and the
/// response of the receiver. The `type` of the ping is `webhook_endpoint.pinged`, which no other event has and to which
/// you cannot subscribe; its `sequence` is 0 and its `data` is a `WebhookEndpointEvent`. Use it to check the URL, the
/// credentials and your verification of signatures. The ping is sent once, is not in the event feed, and does not
/// affect the health of the endpoint.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = WebhookEndpointId, Path, description = "Identifier of the webhook endpoint.")),
    responses(
        (status = 200, description = "The request that was sent and its response. `delivered` shows whether the receiver accepted the ping.", body = WebhookTestResult),
        (status = 404, description = "`not_found`: the webhook endpoint does not exist."),
        (status = 409, description = "`conflict`: the endpoint creates records in a CRM or ITSM tool, which cannot be tested without creating one."),
    ),
)]
#[post("/v1/webhook-endpoints/{id}/test")]
pub async fn test_webhook_endpoint(
    app: web::Data<AppState>,
    outbound: web::Data<Outbound>,
    FromPath((id,)): FromPath<(WebhookEndpointId,)>,
    Call { actor, meta, .. }: Call<EmptyBody>,
) -> Result<Response, Error> {
    let (vault, environment) = (app.vault.clone(), app.environment.clone());
    let request_id = meta.request_id.clone();
    let prepare = move |conn: &mut DbConn| ping::prepare(conn, &vault, &environment, id, &request_id);
    // A repeated request gets the stored response here, before anything is sent.
    let prepared = match app.begin(&actor, &meta, Action::ManageWebhooks, prepare).await {
        Err(Error::Replay(stored)) => return Response::replayed(*stored),
        prepared => prepared?,
    };
    let ping = ping::send(&*outbound.sender, &outbound.tokens, &app.environment, prepared).await;
    app.write(actor, meta, move |tx| {
        tx.authorize_and_deduplicate(Action::ManageWebhooks, &Relations::default())?;
        Response::ok(&ping).map(Response::no_store)
    })
    .await
}
