//! Disputes about areas.

use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{DisputeBody, NewDispute, NewSettlement};
use super::filter::DisputeQuery;
use super::store::Dispute;
use super::{raise, service};
use crate::collaboration::approvals::ConsentBody;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::body::Nothing;
use crate::kernel::http::list::{ListRequest, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::{AreaId, DisputeId, ProjectId};
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(config: &mut ServiceConfig) {
    config
        .service(raise_dispute)
        .service(list_disputes)
        .service(get_dispute)
        .service(propose_settlement)
        .service(arbitrate_dispute)
        .service(withdraw_dispute);
}

/// Contest an area
///
/// For your side, when you are its sponsor. Nothing about the owner changes until it is settled, and
/// the present owner stays accountable.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = AreaId, Path, description = "The area.")),
    request_body = NewDispute,
    responses(
        (status = 201, description = "The dispute.", body = DisputeBody),
        (status = 404, description = "There is no such area, or you have no part in its project."),
        (status = 409, description = "`already_exists`: it is disputed already; `illegal_transition`: the project does not run."),
    ),
)]
#[post("/v1/areas/{id}/disputes")]
pub async fn raise_dispute(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(AreaId,)>,
    Call { actor, body, meta }: Call<NewDispute>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let dispute = raise::raise(tx, id, &body)?;
        let location = format!("/v1/disputes/{}", dispute.id);
        let version = dispute.version;
        Ok(Response::created(location, &DisputeBody::from(dispute))?.version(version))
    })
    .await
}

/// List the disputes of a project
///
/// In the order in which they were raised, settled ones included.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = ProjectId, Path, description = "The project."), DisputeQuery, PageQuery),
    responses(
        (status = 200, description = "A page of disputes.", body = PageBody<DisputeBody>),
        (status = 404, description = "There is no such project, or you have no part in it."),
    ),
)]
#[get("/v1/projects/{id}/disputes")]
pub async fn list_disputes(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(ProjectId,)>,
    ListRequest { query, page, links }: ListRequest<DisputeQuery>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    let rows = app.db.read(move |conn| service::list(conn, &actor, id, &query, now, &page)).await?;
    links.respond(rows, |row| row.id.to_string(), DisputeBody::from)
}

/// Read a dispute
///
/// What is contested, who decides if the sides cannot, and what came of it.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = DisputeId, Path, description = "The dispute.")),
    responses(
        (status = 200, description = "The dispute.", body = DisputeBody),
        (status = 304, description = "You have the present version already."),
        (status = 404, description = "There is no such dispute, or you have no part in its project."),
    ),
)]
#[get("/v1/disputes/{id}")]
pub async fn get_dispute(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(DisputeId,)>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    answer(app.db.read(move |conn| service::get(conn, &actor, id, now)).await?)
}

/// Propose a settlement
///
/// All sides are asked to accept who is to be accountable. A sponsor who proposes has agreed by
/// that.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = DisputeId, Path, description = "The dispute.")),
    request_body = NewSettlement,
    responses(
        (status = 201, description = "What the sides are asked.", body = ConsentBody),
        (status = 404, description = "There is no such dispute, or you have no part in its project."),
        (status = 409, description = "`already_exists`: the sides are being asked; `illegal_transition`: it is settled; `not_ready`: a seat is vacant."),
    ),
)]
#[post("/v1/disputes/{id}/settlements")]
pub async fn propose_settlement(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(DisputeId,)>,
    Call { actor, body, meta }: Call<NewSettlement>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let asked = service::propose(tx, id, &body)?;
        let location = format!("/v1/consents/{}", asked.row.id);
        Ok(Response::created(location, &ConsentBody::try_from(&asked)?)?.version(asked.row.version))
    })
    .await
}

/// Decide a dispute
///
/// Only the arbiter can, once the deadline has passed.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = DisputeId, Path, description = "The dispute.")),
    request_body = NewSettlement,
    responses(
        (status = 200, description = "The dispute, settled.", body = DisputeBody),
        (status = 404, description = "There is no such dispute, or you have no part in its project."),
        (status = 409, description = "`illegal_transition`: the sides still have time, or it is settled."),
    ),
)]
#[post("/v1/disputes/{id}/arbitrate")]
pub async fn arbitrate_dispute(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(DisputeId,)>,
    Call { actor, body, meta }: Call<NewSettlement>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| answer(service::arbitrate(tx, id, &body)?)).await
}

/// Contest no more
///
/// The sponsor of the side that contests can.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = DisputeId, Path, description = "The dispute.")),
    request_body = Nothing,
    responses(
        (status = 200, description = "The dispute, withdrawn.", body = DisputeBody),
        (status = 404, description = "There is no such dispute, or you have no part in its project."),
        (status = 409, description = "`illegal_transition`: it is settled."),
    ),
)]
#[post("/v1/disputes/{id}/withdraw")]
pub async fn withdraw_dispute(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(DisputeId,)>,
    call: Call<Nothing>,
) -> Result<Response, Error> {
    app.write(call.actor, call.meta, move |tx| answer(service::withdraw(tx, id)?)).await
}

fn answer(dispute: Dispute) -> Result<Response, Error> {
    let version = dispute.version;
    Ok(Response::ok(&DisputeBody::from(dispute))?.version(version))
}
