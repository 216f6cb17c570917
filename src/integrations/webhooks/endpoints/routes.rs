//! `/v1/webhook-endpoints`.

use actix_web::{delete, get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::destination::{permitted, permitted_auth};
use super::dto::{EndpointBody, EndpointWithSecret, NewWebhookEndpoint, RotateWebhookSecret, WebhookEndpointPatch};
use super::health::{self, WebhookHealth};
use super::ping::{self, WebhookPing};
use super::{rotate, service, update};
use crate::integrations::webhooks::Outbound;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Facts};
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::http::body::Nothing;
use crate::kernel::http::list::{ListRequest, NoFilter, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::WebhookEndpointId;
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(config: &mut ServiceConfig) {
    config
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

/// Add a webhook endpoint
///
/// Events are sent there from now on, each with a signature after https://www.standardwebhooks.com.
/// The answer holds the secret that verifies them; it is not shown again. With the format of another system,
/// records of callback requests are made there instead: leads of sales requests, tickets of support questions; whoever
/// adds, changes, replays or redelivers those needs the scope `callbacks:read`, too.
#[utoipa::path(
    tag = "Webhooks",
    request_body = NewWebhookEndpoint,
    responses((status = 201, description = "The new endpoint, with its secret.", body = EndpointWithSecret)),
)]
#[post("/v1/webhook-endpoints")]
pub async fn create_webhook_endpoint(
    app: web::Data<AppState>,
    outbound: web::Data<Outbound>,
    Call { actor, mut body, meta }: Call<NewWebhookEndpoint>,
) -> Result<Response, Error> {
    authz::require(&actor, Action::ManageWebhooks, &Facts::default())?;
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
/// In the order in which they were added.
#[utoipa::path(
    tag = "Webhooks",
    params(PageQuery),
    responses((status = 200, description = "A page of endpoints.", body = PageBody<EndpointBody>)),
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
    FromPath((id,)): FromPath<(WebhookEndpointId,)>,
) -> Result<Response, Error> {
    let endpoint = app.db.read(move |conn| service::get(conn, &actor, id)).await?;
    let version = endpoint.version;
    Ok(Response::ok(&EndpointBody::try_from(endpoint)?)?.version(version).no_store())
}

/// Change a webhook endpoint
///
/// JSON Merge Patch: absent members stay, null clears. A disabled endpoint gets no new events; what
/// already waits for it is kept and sent once it is enabled again.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = WebhookEndpointId, Path, description = "The endpoint.")),
    request_body(content = WebhookEndpointPatch, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, description = "The endpoint as it is now.", body = EndpointBody),
        (status = 404, description = "There is no such endpoint."),
    ),
)]
#[patch("/v1/webhook-endpoints/{id}")]
pub async fn update_webhook_endpoint(
    app: web::Data<AppState>,
    outbound: web::Data<Outbound>,
    FromPath((id,)): FromPath<(WebhookEndpointId,)>,
    Call { actor, mut body, meta }: Call<WebhookEndpointPatch>,
) -> Result<Response, Error> {
    authz::require(&actor, Action::ManageWebhooks, &Facts::default())?;
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
    FromPath((id,)): FromPath<(WebhookEndpointId,)>,
    Call { actor, meta, .. }: Call<Nothing>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        service::delete(tx, id)?;
        Ok(Response::no_content())
    })
    .await
}

/// Rotate the secret of a webhook endpoint
///
/// The answer holds the new secret; it is not shown again. For 24 hours, or as long as you say, every request is signed
/// with the old and the new one, so that the receiver can change over at any moment. With Ed25519 it holds the new
/// public key.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = WebhookEndpointId, Path, description = "The endpoint.")),
    request_body = RotateWebhookSecret,
    responses(
        (status = 200, description = "The endpoint, with its new secret.", body = EndpointWithSecret),
        (status = 404, description = "There is no such endpoint."),
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
        Ok(Response::ok(&EndpointWithSecret::new(endpoint, secret.as_ref())?)?.no_store())
    })
    .await
}

/// Revoke the previous secret of a webhook endpoint
///
/// Ends the overlap of the last rotation now: from here on only the present secret signs.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = WebhookEndpointId, Path, description = "The endpoint.")),
    responses(
        (status = 200, description = "The endpoint.", body = EndpointBody),
        (status = 404, description = "There is no such endpoint."),
    ),
)]
#[post("/v1/webhook-endpoints/{id}/revoke-previous-secret")]
pub async fn revoke_previous_webhook_secret(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(WebhookEndpointId,)>,
    Call { actor, meta, .. }: Call<Nothing>,
) -> Result<Response, Error> {
    let vault = app.vault.clone();
    app.write(actor, meta, move |tx| {
        let endpoint = rotate::revoke_previous(tx, &vault, id)?;
        Ok(Response::ok(&EndpointBody::try_from(endpoint)?)?.no_store())
    })
    .await
}

/// Read the health of a webhook endpoint
///
/// Whether it answers, since when it does not, what waits for it and when it is tried next.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = WebhookEndpointId, Path, description = "The endpoint.")),
    responses(
        (status = 200, description = "Its health.", body = WebhookHealth),
        (status = 404, description = "There is no such endpoint."),
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
/// Sends a signed ping at once (`type` `webhook_endpoint.pinged`), also to a disabled endpoint, and shows the exact bytes
/// that were signed and what the receiver answered. It is sent once, is in no feed and does not count for the health of
/// the endpoint.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = WebhookEndpointId, Path, description = "The endpoint.")),
    responses(
        (status = 200, description = "What was sent and what came back; `delivered` says whether the receiver took it.", body = WebhookPing),
        (status = 404, description = "There is no such endpoint."),
        (status = 409, description = "`conflict`: the endpoint makes records in another system."),
    ),
)]
#[post("/v1/webhook-endpoints/{id}/test")]
pub async fn test_webhook_endpoint(
    app: web::Data<AppState>,
    outbound: web::Data<Outbound>,
    FromPath((id,)): FromPath<(WebhookEndpointId,)>,
    Call { actor, meta, .. }: Call<Nothing>,
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
        tx.authorize_and_deduplicate(Action::ManageWebhooks, &Facts::default())?;
        Response::ok(&ping).map(Response::no_store)
    })
    .await
}
