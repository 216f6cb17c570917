//! `/v1/areas/{id}/disputes`, `/v1/projects/{id}/disputes` and `/v1/disputes`.

use actix_web::{get, post, web};

use super::dto::{DisputeBody, DisputeWithDraw, NewDispute, NewSettlement};
use super::filter::DisputeQuery;
use super::store::Dispute;
use super::{raise, service};
use crate::collaboration::approvals::ApprovalBody;
use crate::collaboration::arbitration::service as arbitration;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::body::EmptyBody;
use crate::kernel::http::list::{ListRequest, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::ids::{AreaId, DisputeId, ProjectId};
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes
        .service(raise_dispute)
        .service(list_disputes)
        .service(get_dispute)
        .service(propose_settlement)
        .service(arbitrate_dispute)
        .service(withdraw_dispute);
}

/// Raise a dispute
///
/// Contests the ownership of an area on behalf of your side. Any sponsor can raise a dispute in a project that is
/// `active` or `on_hold`. Until the dispute ends, the ownership of the area cannot change and the accountable person
/// stays the same; open transfers of the area lapse. The sides have until the deadline to approve a settlement.
///
/// An arbiter is drawn at random from the neutral people on the panel of the charter, and can decide after the
/// deadline. Until then, each side can strike one arbiter, or waive its strike (see `respond_to_draw`). If the same
/// area was disputed within the last 20 business days, the dispute keeps its draw and its strikes.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = AreaId, Path, description = "Identifier of the area.")),
    request_body = NewDispute,
    responses(
        (status = 201, description = "The dispute.", body = DisputeBody),
        (status = 404, description = "`not_found`: the area does not exist, or you do not have access to it."),
        (status = 409, description = "`already_exists`: the area is already disputed. `conflict`: the area was removed from the charter, or the last dispute of your side about it ended less than 20 business days ago. `illegal_transition`: the project is neither active nor on hold."),
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
/// Returns the disputes of a project, oldest first, including those that have ended.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = ProjectId, Path, description = "Identifier of the project."), DisputeQuery, PageQuery),
    responses(
        (status = 200, description = "A page of disputes.", body = PageBody<DisputeBody>),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
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

/// Get a dispute
///
/// Returns a dispute with its claim, its arbiter, its deadline and, once it is settled, its outcome. If an arbiter was
/// drawn, `draw` shows how: the candidates, the seed, and which sides struck the arbiter or waived their strike. 304 is
/// returned only for disputes without a draw.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = DisputeId, Path, description = "Identifier of the dispute.")),
    responses(
        (status = 200, description = "The dispute.", body = DisputeWithDraw),
        (status = 304, description = "Not modified: the resource still has the version in `If-None-Match`."),
        (status = 404, description = "`not_found`: the dispute does not exist, or you do not have access to it."),
    ),
)]
#[get("/v1/disputes/{id}")]
pub async fn get_dispute(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(DisputeId,)>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    let read = app.db.read(move |conn| {
        let dispute = service::get(conn, &actor, id, now)?;
        let draw = arbitration::newest(conn, dispute.draw_id)?;
        Ok((dispute, draw))
    });
    let (dispute, draw) = read.await?;
    let (version, is_drawn) = (dispute.version, draw.is_some());
    let response = Response::ok(&DisputeWithDraw { body: DisputeBody::from(dispute), draw })?.version(version);
    // A side can waive striking without changing the dispute.
    Ok(if is_drawn { response.beyond_etag() } else { response })
}

/// Propose a settlement
///
/// Proposes who becomes accountable for a disputed area and requests the approval of all sides. Any sponsor, the
/// project lead or an administrator can propose a settlement. If you represent a side, the request counts as its
/// approval. When all sides have approved, the dispute is settled and the ownership changes accordingly.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = DisputeId, Path, description = "Identifier of the dispute.")),
    request_body = NewSettlement,
    responses(
        (status = 201, description = "The approval that was requested from the sides.", body = ApprovalBody),
        (status = 404, description = "`not_found`: the dispute does not exist, or you do not have access to it."),
        (status = 409, description = "`already_exists`: an approval of a settlement is already open. `illegal_transition`: the dispute has ended, or the project is neither active nor on hold. `not_ready`: a side has no sponsor."),
    ),
)]
#[post("/v1/disputes/{id}/settlements")]
pub async fn propose_settlement(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(DisputeId,)>,
    Call { actor, body, meta }: Call<NewSettlement>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let approval = service::propose(tx, id, &body)?;
        let location = format!("/v1/approvals/{}", approval.row.id);
        Ok(Response::created(location, &ApprovalBody::try_from(&approval)?)?.version(approval.row.version))
    })
    .await
}

/// Arbitrate a dispute
///
/// Decides a dispute in place of the sides. Only the arbiter can decide, from `ruling_from`, and only if they are still
/// neutral. An open approval of a settlement lapses, and the ownership changes as decided.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = DisputeId, Path, description = "Identifier of the dispute.")),
    request_body = NewSettlement,
    responses(
        (status = 200, description = "The settled dispute.", body = DisputeBody),
        (status = 404, description = "`not_found`: the dispute does not exist, or you do not have access to it."),
        (status = 409, description = "`illegal_transition`: `ruling_from` has not been reached, or the dispute has ended. `conflict`: the arbiter is no longer neutral."),
    ),
)]
#[post("/v1/disputes/{id}/arbitrate")]
pub async fn arbitrate_dispute(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(DisputeId,)>,
    Call { actor, body, meta }: Call<NewSettlement>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| respond(service::arbitrate(tx, id, &body)?)).await
}

/// Withdraw a dispute
///
/// Withdraws an open dispute, so that the ownership of the area can change again. Only the sponsor of the side that
/// raised it or their delegate can withdraw it. An open approval of a settlement lapses.
#[utoipa::path(
    tag = "Ownership",
    params(("id" = DisputeId, Path, description = "Identifier of the dispute.")),
    request_body = EmptyBody,
    responses(
        (status = 200, description = "The withdrawn dispute.", body = DisputeBody),
        (status = 404, description = "`not_found`: the dispute does not exist, or you do not have access to it."),
        (status = 409, description = "`illegal_transition`: the dispute has already ended."),
    ),
)]
#[post("/v1/disputes/{id}/withdraw")]
pub async fn withdraw_dispute(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(DisputeId,)>,
    call: Call<EmptyBody>,
) -> Result<Response, Error> {
    app.write(call.actor, call.meta, move |tx| respond(service::withdraw(tx, id)?)).await
}

fn respond(dispute: Dispute) -> Result<Response, Error> {
    let version = dispute.version;
    Ok(Response::ok(&DisputeBody::from(dispute))?.version(version))
}
