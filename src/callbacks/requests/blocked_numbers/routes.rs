//! `/v1/blocked-numbers`.

use actix_web::{delete, get, post, web};

use super::dto::{BlockedNumberBody, NewBlockedNumber};
use super::service;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::body::EmptyBody;
use crate::kernel::http::list::{ListRequest, NoFilter, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::ids::BlockedNumberId;
use crate::kernel::installation_key::InstallationKey;
use crate::kernel::request::{Call, Meta};
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes.service(create_blocked_number).service(list_blocked_numbers).service(delete_blocked_number);
}

/// Block a phone number
///
/// Blocks a phone number at the request of its owner: it is never called again. Open and quarantined requests for it
/// are cancelled. Later requests for the number get the same response as any other, but they are quarantined as
/// `blocked_number` and cannot be released. Only a keyed hash of the number is stored, so it cannot be read again; to
/// find out whether a number is blocked, block it: the response 409 has its `blocked_number_id`. Creates the event
/// `blocked_number.created`. `Location` is the list of blocked numbers. The operation ignores the `Idempotency-Key`.
#[utoipa::path(
    tag = "Callbacks",
    request_body = NewBlockedNumber,
    responses(
        (status = 201, description = "The blocked number.", body = BlockedNumberBody),
        (status = 409, description = "`already_exists`: the number is already blocked, as `blocked_number_id`."),
    ),
)]
#[post("/v1/blocked-numbers")]
pub async fn create_blocked_number(
    app: web::Data<AppState>,
    key: web::Data<InstallationKey>,
    Call { actor, body, meta }: Call<NewBlockedNumber>,
) -> Result<Response, Error> {
    // The stored digest of the body would reveal the number by trying all numbers.
    let meta = Meta { idempotency: None, ..meta };
    key.write(&app, actor, meta, move |tx, key| {
        let number = service::block(tx, &body, key)?;
        Ok(Response::created("/v1/blocked-numbers".to_owned(), &BlockedNumberBody::from(number))?.no_store())
    })
    .await
}

/// List blocked phone numbers
///
/// Returns the blocked numbers, oldest first, without the numbers themselves, which are not stored.
#[utoipa::path(
    tag = "Callbacks",
    params(PageQuery),
    responses((status = 200, description = "A page of blocked numbers.", body = PageBody<BlockedNumberBody>)),
)]
#[get("/v1/blocked-numbers")]
pub async fn list_blocked_numbers(
    app: web::Data<AppState>,
    actor: Actor,
    ListRequest { page, links, .. }: ListRequest<NoFilter>,
) -> Result<Response, Error> {
    let rows = app.db.read(move |conn| service::list(conn, &actor, &page)).await?;
    links.respond(rows, |row| row.id.to_string(), BlockedNumberBody::from)
}

/// Unblock a phone number
///
/// Deletes a blocked number, for example because its owner asked for a call again. From then on, requests for the
/// number are accepted, and those that were quarantined can be released. Creates the event `blocked_number.deleted`.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = BlockedNumberId, Path, description = "Identifier of the blocked number.")),
    responses(
        (status = 204, description = "The number is not blocked any more."),
        (status = 404, description = "`not_found`: the blocked number does not exist."),
    ),
)]
#[delete("/v1/blocked-numbers/{id}")]
pub async fn delete_blocked_number(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(BlockedNumberId,)>,
    Call { actor, body: _, meta }: Call<EmptyBody>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        service::unblock(tx, id)?;
        Ok(Response::no_content())
    })
    .await
}
