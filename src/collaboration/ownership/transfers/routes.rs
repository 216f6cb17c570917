//! `/v1/areas/{id}/transfers`, `/v1/projects/{id}/transfers` and `/v1/transfers`.

use actix_web::{get, post, web};

use super::dto::{NewTransfer, TransferBody};
use super::filter::TransferQuery;
use super::store::Transfer;
use super::{offer, service};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::body::EmptyBody;
use crate::kernel::http::etag::ETag;
use crate::kernel::http::list::{ListRequest, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::ids::{AreaId, ProjectId, TransferId};
use crate::kernel::request::Call;
use crate::kernel::state::AppState;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

pub fn configure(routes: &mut impl Routes) {
    routes
        .service(offer_transfer)
        .service(list_transfers)
        .service(get_transfer)
        .service(accept_transfer)
        .service(reject_transfer)
        .service(withdraw_transfer);
}

/// Offer a transfer
///
/// Offers an area to another member of the project. The accountable person, the sponsor of the side that owns the area
/// or their delegate can offer it, in a project that is `active` or `on_hold`. The incoming person must accept within
/// 14 days. If they work for another side, all sides must then approve the transfer. The current accountable person
/// stays accountable until the transfer takes effect.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = AreaId, Path, description = "Identifier of the area.")),
    request_body = NewTransfer,
    responses(
        (status = 201, description = "The transfer, in state `offered`.", body = TransferBody),
        (status = 404, description = "`not_found`: the area does not exist, or you do not have access to it."),
        (status = 409, description = "`already_exists`: the area already has an open transfer. `conflict`: the area has no accountable person on that day, the person is already accountable, or the area is disputed. `illegal_transition`: the project is neither active nor on hold."),
    ),
)]
#[post("/v1/areas/{id}/transfers")]
pub async fn offer_transfer(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(AreaId,)>,
    Call { actor, body, meta }: Call<NewTransfer>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let transfer = offer::offer(tx, id, &body)?;
        let location = format!("/v1/transfers/{}", transfer.id);
        let tag = etag(&transfer, tx.now);
        Ok(Response::created(location, &TransferBody::new(transfer, tx.now))?.tag(tag))
    })
    .await
}

/// List the transfers of a project
///
/// Returns the transfers of a project, oldest first, including those that have ended.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = ProjectId, Path, description = "Identifier of the project."), TransferQuery, PageQuery),
    responses(
        (status = 200, description = "A page of transfers.", body = PageBody<TransferBody>),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
    ),
)]
#[get("/v1/projects/{id}/transfers")]
pub async fn list_transfers(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(ProjectId,)>,
    ListRequest { query, page, links }: ListRequest<TransferQuery>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    let rows = app.db.read(move |conn| service::list(conn, &actor, id, &query, now, &page)).await?;
    links.respond(rows, |row| row.id.to_string(), |row| TransferBody::new(row, now))
}

/// Get a transfer
///
/// Returns a transfer with its current state.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = TransferId, Path, description = "Identifier of the transfer.")),
    responses(
        (status = 200, description = "The transfer.", body = TransferBody),
        (status = 304, description = "Not modified: the resource still has the version in `If-None-Match`."),
        (status = 404, description = "`not_found`: the transfer does not exist, or you do not have access to it."),
    ),
)]
#[get("/v1/transfers/{id}")]
pub async fn get_transfer(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(TransferId,)>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    let transfer = app.db.read(move |conn| service::get(conn, &actor, id, now)).await?;
    respond(transfer, now)
}

/// Accept a transfer
///
/// Accepts an offered transfer. Only the incoming person can accept. If they work for the side that owns the area, the
/// transfer is completed, and they become accountable today, or on `effective_on` if that is later. If they work for
/// another side, the transfer becomes `accepted` and the approval of all sides is requested; it is completed when all
/// of them have approved.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = TransferId, Path, description = "Identifier of the transfer.")),
    request_body = EmptyBody,
    responses(
        (status = 200, description = "The transfer after the change.", body = TransferBody),
        (status = 404, description = "`not_found`: the transfer does not exist, or you do not have access to it."),
        (status = 409, description = "`illegal_transition`: the transfer is no longer offered, or the project is neither active nor on hold. `conflict`: the accountable person has changed, or the area is disputed. `not_ready`: a side has no sponsor, so the approval cannot be requested."),
    ),
)]
#[post("/v1/transfers/{id}/accept")]
pub async fn accept_transfer(
    app: web::Data<AppState>,
    path: FromPath<(TransferId,)>,
    call: Call<EmptyBody>,
) -> Result<Response, Error> {
    step(app, path, call, service::accept).await
}

/// Reject a transfer
///
/// Rejects an offered transfer. Only the incoming person can reject. The person who is accountable now stays
/// accountable.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = TransferId, Path, description = "Identifier of the transfer.")),
    request_body = EmptyBody,
    responses(
        (status = 200, description = "The transfer after the change.", body = TransferBody),
        (status = 404, description = "`not_found`: the transfer does not exist, or you do not have access to it."),
        (status = 409, description = "`illegal_transition`: the transfer is no longer offered."),
    ),
)]
#[post("/v1/transfers/{id}/reject")]
pub async fn reject_transfer(
    app: web::Data<AppState>,
    path: FromPath<(TransferId,)>,
    call: Call<EmptyBody>,
) -> Result<Response, Error> {
    step(app, path, call, service::reject).await
}

/// Withdraw a transfer
///
/// Withdraws a transfer that is `offered`, or `accepted` and waiting for the approval of all sides, which then lapses.
/// The person who offered it, the accountable person, the sponsor of the side that owns the area or their delegate can
/// withdraw it.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = TransferId, Path, description = "Identifier of the transfer.")),
    request_body = EmptyBody,
    responses(
        (status = 200, description = "The transfer after the change.", body = TransferBody),
        (status = 404, description = "`not_found`: the transfer does not exist, or you do not have access to it."),
        (status = 409, description = "`illegal_transition`: the transfer has already ended."),
    ),
)]
#[post("/v1/transfers/{id}/withdraw")]
pub async fn withdraw_transfer(
    app: web::Data<AppState>,
    path: FromPath<(TransferId,)>,
    call: Call<EmptyBody>,
) -> Result<Response, Error> {
    step(app, path, call, service::withdraw).await
}

async fn step(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(TransferId,)>,
    call: Call<EmptyBody>,
    step: fn(&mut Tx<'_>, TransferId) -> Result<Transfer, Error>,
) -> Result<Response, Error> {
    app.write(call.actor, call.meta, move |tx| respond(step(tx, id)?, tx.now)).await
}

/// Returns an ETag that includes the state: an offer expires by time, so responses for the same version can differ.
fn etag(transfer: &Transfer, now: UtcTime) -> ETag {
    ETag::of_state(transfer.version, transfer.state.at(transfer.expires_at, now).as_str())
}

fn respond(transfer: Transfer, now: UtcTime) -> Result<Response, Error> {
    let tag = etag(&transfer, now);
    Ok(Response::ok(&TransferBody::new(transfer, now))?.tag(tag))
}
