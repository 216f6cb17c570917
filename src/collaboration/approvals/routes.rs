//! Handlers of `/v1/projects/{id}/approvals` and `/v1/approvals`.

use actix_web::{get, post, web};

use super::delegations;
use super::dto::{ApprovalBody, ApprovalResponseBody, ApprovalWithIncluded};
use super::filter::ApprovalQuery;
use super::service;
use super::withdraw;
use crate::directory::expand::{self, ExpandQuery, PageWithIncluded};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::body::EmptyBody;
use crate::kernel::http::list::{ListRequest, NoFilter, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::query::FromQuery;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::ids::{ApprovalId, ProjectId};
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes
        .service(list_approvals)
        .service(get_approval)
        .service(list_approval_responses)
        .service(withdraw_approval)
        .configure(delegations::configure);
}

/// List the approvals of a project
///
/// Returns the approvals of a project, oldest first, with the responses that you can see. Use `state=open` to find
/// those that still need a response.
#[utoipa::path(
    tag = "Approvals",
    params(("id" = ProjectId, Path, description = "Identifier of the project."), ApprovalQuery, PageQuery),
    responses(
        (status = 200, description = "A page of approvals.", body = PageWithIncluded<ApprovalBody>),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
    ),
)]
#[get("/v1/projects/{id}/approvals")]
pub async fn list_approvals(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(ProjectId,)>,
    ListRequest { query, page, links }: ListRequest<ApprovalQuery>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    app.db
        .read(move |conn| {
            let (rows, viewer) = service::list(conn, &actor, id, &query, now, &page)?;
            let bodies = rows.iter().map(|row| ApprovalBody::seen_by(row, viewer)).collect::<Result<Vec<_>, _>>()?;
            let listed = links.page(bodies, |body| body.id.to_string(), |body| body)?;
            expand::respond_with_page(conn, &actor, query.expand.as_deref(), listed)
        })
        .await
}

/// Get an approval
///
/// Returns the exact terms of an approval, its state, the responses that you can see, and which sides have and have not
/// responded. Read it before you respond: a response must repeat its `sha256`.
///
/// If the approval is `sealed`, its responses become visible when all sides have responded. Until then, only the
/// sponsor of a side and their delegate see the response of that side.
#[utoipa::path(
    tag = "Approvals",
    params(("id" = ApprovalId, Path, description = "Identifier of the approval."), ExpandQuery),
    responses(
        (status = 200, description = "The approval.", body = ApprovalWithIncluded),
        (status = 304, description = "Not modified: the resource still has the version in `If-None-Match`. Never with `expand`."),
        (status = 404, description = "`not_found`: the approval does not exist, or you do not have access to its project."),
    ),
)]
#[get("/v1/approvals/{id}")]
pub async fn get_approval(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(ApprovalId,)>,
    from: FromQuery<ExpandQuery>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    app.db
        .read(move |conn| {
            let (approval, viewer) = service::get(conn, &actor, id, now)?;
            let body = ApprovalBody::seen_by(&approval, viewer)?;
            let response = expand::respond(conn, &actor, from.0.expand.as_deref(), body)?;
            Ok(response.version(approval.row.version))
        })
        .await
}

/// List the responses to an approval
///
/// Returns every response to an approval that you can see, oldest first. This includes superseded responses: those that
/// a side has changed, and those that no longer count because the side has changed its sponsor. Sealed responses of
/// other sides are not included before all sides have responded, and never if the approval was withdrawn or lapsed.
#[utoipa::path(
    tag = "Approvals",
    params(("id" = ApprovalId, Path, description = "Identifier of the approval."), PageQuery),
    responses(
        (status = 200, description = "A page of responses.", body = PageBody<ApprovalResponseBody>),
        (status = 404, description = "`not_found`: the approval does not exist, or you do not have access to its project."),
    ),
)]
#[get("/v1/approvals/{id}/responses")]
pub async fn list_approval_responses(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(ApprovalId,)>,
    ListRequest { page, links, .. }: ListRequest<NoFilter>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    let rows = app.db.read(move |conn| service::responses(conn, &actor, id, now, &page)).await?;
    links.respond(rows, |row| row.id.to_string(), ApprovalResponseBody::from)
}

/// Withdraw an approval
///
/// Withdraws an open approval of kind `resume`, `extend_hold`, `close`, `cancel`, `release` or `settlement`, or of kind
/// `charter` if it is an amendment. The side, or the project lead, that requested it can withdraw it; a side that
/// disagrees should reject it instead. To end an approval of kind `transfer` or `decision`, withdraw the transfer or
/// the decision. To end the approval of the first charter, replace the charter or cancel the project.
#[utoipa::path(
    tag = "Approvals",
    params(("id" = ApprovalId, Path, description = "Identifier of the approval.")),
    request_body = EmptyBody,
    responses(
        (status = 200, description = "The withdrawn approval.", body = ApprovalBody),
        (status = 404, description = "`not_found`: the approval does not exist, or you do not have access to its project."),
        (status = 409, description = "`illegal_transition`: the approval is not open, or its deadline has passed. `conflict`: the approval belongs to a transfer, a decision or the first charter of the project and cannot be withdrawn on its own."),
    ),
)]
#[post("/v1/approvals/{id}/withdraw")]
pub async fn withdraw_approval(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(ApprovalId,)>,
    Call { actor, body: EmptyBody {}, meta }: Call<EmptyBody>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let (approval, viewer) = withdraw::withdraw(tx, id)?;
        Ok(Response::ok(&ApprovalBody::seen_by(&approval, viewer)?)?.version(approval.row.version))
    })
    .await
}
