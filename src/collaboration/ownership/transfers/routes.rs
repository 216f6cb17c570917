//! Transfers of areas.

use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{NewTransfer, TransferBody};
use super::filter::TransferQuery;
use super::store::Transfer;
use super::{offer, service};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::body::Nothing;
use crate::kernel::http::etag::ETag;
use crate::kernel::http::list::{ListRequest, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::{AreaId, ProjectId, TransferId};
use crate::kernel::request::Call;
use crate::kernel::state::AppState;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

pub fn configure(config: &mut ServiceConfig) {
    config
        .service(offer_transfer)
        .service(list_transfers)
        .service(get_transfer)
        .service(accept_transfer)
        .service(reject_transfer)
        .service(withdraw_transfer);
}

/// Offer an area to somebody
///
/// The owner offers, or whoever assigns the area. The incoming person accepts within 14 days; if
/// they work for another side, all sides have to agree then. Until the very moment of the handover
/// the present owner stays accountable.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = AreaId, Path, description = "The area.")),
    request_body = NewTransfer,
    responses(
        (status = 201, description = "The offer.", body = TransferBody),
        (status = 404, description = "There is no such area, or you have no part in its project."),
        (status = 409, description = "`already_exists`: it is being offered; `conflict`: nobody has it on that day, it is theirs already, or it is disputed; `illegal_transition`: the project does not run."),
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
/// In the order in which they were offered, settled ones included.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = ProjectId, Path, description = "The project."), TransferQuery, PageQuery),
    responses(
        (status = 200, description = "A page of transfers.", body = PageBody<TransferBody>),
        (status = 404, description = "There is no such project, or you have no part in it."),
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

/// Read a transfer
///
/// Who offered which area to whom, and what became of it.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = TransferId, Path, description = "The transfer.")),
    responses(
        (status = 200, description = "The transfer.", body = TransferBody),
        (status = 304, description = "You have the present version already."),
        (status = 404, description = "There is no such transfer, or you have no part in its project."),
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
    answer(transfer, now)
}

/// Accept an area
///
/// Only the incoming person can. Within a side the area changes hands at once, or on the day that
/// was offered; to another side it goes when all sides have agreed.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = TransferId, Path, description = "The transfer.")),
    request_body = Nothing,
    responses(
        (status = 200, description = "The transfer as it is now.", body = TransferBody),
        (status = 404, description = "There is no such transfer, or you have no part in its project."),
        (status = 409, description = "`illegal_transition`: it is not offered any more; `conflict`: the owner has changed, or the area is disputed; `not_ready`: a seat is vacant, so the sides cannot be asked."),
    ),
)]
#[post("/v1/transfers/{id}/accept")]
pub async fn accept_transfer(
    app: web::Data<AppState>,
    path: FromPath<(TransferId,)>,
    call: Call<Nothing>,
) -> Result<Response, Error> {
    step(app, path, call, service::accept).await
}

/// Reject an area
///
/// Only the incoming person can. The present owner stays accountable.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = TransferId, Path, description = "The transfer.")),
    request_body = Nothing,
    responses(
        (status = 200, description = "The transfer as it is now.", body = TransferBody),
        (status = 404, description = "There is no such transfer, or you have no part in its project."),
        (status = 409, description = "`illegal_transition`: it is not offered any more."),
    ),
)]
#[post("/v1/transfers/{id}/reject")]
pub async fn reject_transfer(
    app: web::Data<AppState>,
    path: FromPath<(TransferId,)>,
    call: Call<Nothing>,
) -> Result<Response, Error> {
    step(app, path, call, service::reject).await
}

/// Take an offer back
///
/// Whoever offered, the owner and those who assign the area can, also while the sides are asked.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = TransferId, Path, description = "The transfer.")),
    request_body = Nothing,
    responses(
        (status = 200, description = "The transfer as it is now.", body = TransferBody),
        (status = 404, description = "There is no such transfer, or you have no part in its project."),
        (status = 409, description = "`illegal_transition`: it is settled."),
    ),
)]
#[post("/v1/transfers/{id}/withdraw")]
pub async fn withdraw_transfer(
    app: web::Data<AppState>,
    path: FromPath<(TransferId,)>,
    call: Call<Nothing>,
) -> Result<Response, Error> {
    step(app, path, call, service::withdraw).await
}

async fn step(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(TransferId,)>,
    call: Call<Nothing>,
    step: fn(&mut Tx<'_>, TransferId) -> Result<Transfer, Error>,
) -> Result<Response, Error> {
    app.write(call.actor, call.meta, move |tx| answer(step(tx, id)?, tx.now)).await
}

/// That an offer has expired follows from time, so the version alone does not tell answers apart.
fn etag(transfer: &Transfer, now: UtcTime) -> ETag {
    ETag::of_state(transfer.version, transfer.state.at(transfer.expires_at, now).as_str())
}

fn answer(transfer: Transfer, now: UtcTime) -> Result<Response, Error> {
    let tag = etag(&transfer, now);
    Ok(Response::ok(&TransferBody::new(transfer, now))?.tag(tag))
}
