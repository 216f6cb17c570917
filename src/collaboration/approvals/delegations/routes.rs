//! Delegations of a project and `/v1/delegations`.

use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{DelegationBody, NewDelegation};
use super::filter::DelegationQuery;
use super::service;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::body::Nothing;
use crate::kernel::http::list::{ListRequest, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::{DelegationId, DepartmentId, ProjectId};
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(config: &mut ServiceConfig) {
    config.service(grant_delegation).service(list_delegations).service(revoke_delegation);
}

/// Let somebody answer in your place
///
/// For a time, such as your holidays: somebody of your own department answers what the sides are
/// asked. Only the sponsor of the side grants it, and a delegate cannot pass it on.
#[utoipa::path(
    tag = "Consents",
    params(
        ("id" = ProjectId, Path, description = "The project."),
        ("department_id" = DepartmentId, Path, description = "Your side."),
    ),
    request_body = NewDelegation,
    responses(
        (status = 201, description = "The delegation.", body = DelegationBody),
        (status = 404, description = "There is no such project or side, or you have no part in it."),
        (status = 409, description = "`already_exists`: your side has a delegate on some of the days; `conflict`: the person sits or answers for another side; `illegal_transition`: the project is over or only a draft."),
    ),
)]
#[post("/v1/projects/{id}/sides/{department_id}/delegations")]
pub async fn grant_delegation(
    app: web::Data<AppState>,
    FromPath((id, side)): FromPath<(ProjectId, DepartmentId)>,
    Call { actor, body, meta }: Call<NewDelegation>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let granted = service::grant(tx, id, side, &body)?;
        let location = format!("/v1/projects/{id}/delegations");
        Ok(Response::created(location, &DelegationBody::from(granted))?.version(granted.version))
    })
    .await
}

/// List the delegations of a project
///
/// In the order in which they were granted, past ones included.
#[utoipa::path(
    tag = "Consents",
    params(("id" = ProjectId, Path, description = "The project."), DelegationQuery, PageQuery),
    responses(
        (status = 200, description = "A page of delegations.", body = PageBody<DelegationBody>),
        (status = 404, description = "There is no such project, or you have no part in it."),
    ),
)]
#[get("/v1/projects/{id}/delegations")]
pub async fn list_delegations(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(ProjectId,)>,
    ListRequest { query, page, links }: ListRequest<DelegationQuery>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    let rows = app.db.read(move |conn| service::list(conn, &actor, id, &query, now, &page)).await?;
    links.respond(rows, |row| row.id.to_string(), DelegationBody::from)
}

/// Revoke a delegation
///
/// At once. Answers that were given under it stay.
#[utoipa::path(
    tag = "Consents",
    params(("id" = DelegationId, Path, description = "The delegation.")),
    request_body = Nothing,
    responses(
        (status = 200, description = "The delegation, revoked.", body = DelegationBody),
        (status = 404, description = "There is no such delegation, or you have no part in its project."),
        (status = 409, description = "`illegal_transition`: it is over."),
    ),
)]
#[post("/v1/delegations/{id}/revoke")]
pub async fn revoke_delegation(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(DelegationId,)>,
    Call { actor, body: Nothing {}, meta }: Call<Nothing>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let revoked = service::revoke(tx, id)?;
        Ok(Response::ok(&DelegationBody::from(revoked))?.version(revoked.version))
    })
    .await
}
