//! `/v1/api-keys`.

use actix_web::{delete, get, post, web};

use super::dto::{ApiKeyBody, ApiKeyWithSecret, NewApiKey, RotateApiKey};
use super::service;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::body::EmptyBody;
use crate::kernel::http::list::{ListRequest, NoFilter, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::ids::ApiKeyId;
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes
        .service(create_api_key)
        .service(list_api_keys)
        .service(get_api_key)
        .service(delete_api_key)
        .service(rotate_api_key);
}

/// Create an API key
///
/// Creates a key with which an application authenticates, `Authorization: Bearer ent_...`. The response contains the
/// key; store it, because it is not returned again. An application with an API key is an application like one with a
/// token: it has no roles in projects, so it cannot respond to approvals. An application has one key; to get another
/// one, rotate it. Creates the event `api_key.created`.
#[utoipa::path(
    tag = "API keys",
    request_body = NewApiKey,
    responses(
        (status = 201, description = "The new API key.", body = ApiKeyWithSecret),
        (status = 409, description = "`already_exists`: the application already has a key."),
    ),
)]
#[post("/v1/api-keys")]
pub async fn create_api_key(
    app: web::Data<AppState>,
    Call { actor, body, meta }: Call<NewApiKey>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let (row, key) = service::create(tx, &body)?;
        let location = format!("/v1/api-keys/{}", row.id);
        Ok(Response::created(location, &ApiKeyWithSecret::new(&row, &key))?.version(row.version).no_store())
    })
    .await
}

/// List API keys
///
/// Returns all API keys, oldest first and without their secrets. Keys that were revoked are not in the list.
#[utoipa::path(
    tag = "API keys",
    params(PageQuery),
    responses((status = 200, description = "A page of API keys.", body = PageBody<ApiKeyBody>)),
)]
#[get("/v1/api-keys")]
pub async fn list_api_keys(
    app: web::Data<AppState>,
    actor: Actor,
    ListRequest { page, links, .. }: ListRequest<NoFilter>,
) -> Result<Response, Error> {
    let rows = app.db.read(move |conn| service::list(conn, &actor, &page)).await?;
    links.respond(rows, |row| row.id.to_string(), |row| ApiKeyBody::from(&row)).map(Response::no_store)
}

/// Get an API key
///
/// Returns an API key without its secret, which is returned only when the key is created.
#[utoipa::path(
    tag = "API keys",
    params(("id" = ApiKeyId, Path, description = "Identifier of the API key.")),
    responses(
        (status = 200, description = "The API key.", body = ApiKeyBody),
        (status = 304, description = "Not modified: the resource still has the version in `If-None-Match`."),
        (status = 404, description = "`not_found`: the API key does not exist or was revoked."),
    ),
)]
#[get("/v1/api-keys/{id}")]
pub async fn get_api_key(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(ApiKeyId,)>,
) -> Result<Response, Error> {
    let row = app.db.read(move |conn| service::get(conn, &actor, id)).await?;
    Ok(Response::ok(&ApiKeyBody::from(&row))?.version(row.version).no_store())
}

/// Revoke an API key
///
/// Deletes the key. The next request with it receives 401. Other keys of the application remain valid, for example a
/// key that a rotation replaced: revoke that one, too. A revocation cannot be undone. Creates the event
/// `api_key.revoked`.
#[utoipa::path(
    tag = "API keys",
    params(("id" = ApiKeyId, Path, description = "Identifier of the API key.")),
    responses(
        (status = 204, description = "The API key was revoked."),
        (status = 404, description = "`not_found`: the API key does not exist or was revoked."),
    ),
)]
#[delete("/v1/api-keys/{id}")]
pub async fn delete_api_key(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(ApiKeyId,)>,
    Call { actor, meta, .. }: Call<EmptyBody>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        service::revoke(tx, id)?;
        Ok(Response::no_content())
    })
    .await
}

/// Rotate an API key
///
/// Creates a new key for the same application, with the same scopes. The response contains the key; store it, because
/// it is not returned again. During the overlap (`overlap_hours`, by default 24), the application can use both keys, so
/// that it can switch at any time. In the audit trail and for idempotency, both are the same caller. A key can be
/// rotated once. Creates the events `api_key.rotated` and `api_key.created`.
#[utoipa::path(
    tag = "API keys",
    params(("id" = ApiKeyId, Path, description = "Identifier of the API key.")),
    request_body = RotateApiKey,
    responses(
        (status = 201, description = "The new API key.", body = ApiKeyWithSecret),
        (status = 404, description = "`not_found`: the API key does not exist or was revoked."),
        (status = 409, description = "`conflict`: a rotation has already replaced the key. Rotate the key that replaced it."),
    ),
)]
#[post("/v1/api-keys/{id}/rotate")]
pub async fn rotate_api_key(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(ApiKeyId,)>,
    Call { actor, body, meta }: Call<RotateApiKey>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let (row, key) = service::rotate(tx, id, &body)?;
        let location = format!("/v1/api-keys/{}", row.id);
        Ok(Response::created(location, &ApiKeyWithSecret::new(&row, &key))?.version(row.version).no_store())
    })
    .await
}
