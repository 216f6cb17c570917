//! Delegations of a project and `/v1/delegations`.

use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{DelegationBody, DelegationQuery, NewDelegation};
use super::service;
use crate::auth::Actor;
use crate::error::Error;
use crate::http::answer::Answer;
use crate::http::body::Nothing;
use crate::http::call::Call;
use crate::http::page::{Page, PageRequest};
use crate::http::path::FromPath;
use crate::http::query::FromQuery;
use crate::ids::{DelegationId, DepartmentId, ProjectId};
use crate::state::AppState;

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
    path: FromPath<(ProjectId, DepartmentId)>,
    call: Call<NewDelegation>,
) -> Result<Answer, Error> {
    let FromPath((id, side)) = path;
    let Call { actor, body, meta } = call;
    app.write(actor, meta, move |tx| {
        let granted = service::grant(tx, id, side, &body)?;
        let location = format!("/v1/projects/{id}/delegations");
        Ok(Answer::created(location, &DelegationBody::from(granted))?.version(granted.version))
    })
    .await
}

/// List the delegations of a project
///
/// In the order in which they were granted, past ones included.
#[utoipa::path(
    tag = "Consents",
    params(("id" = ProjectId, Path, description = "The project."), DelegationQuery),
    responses(
        (status = 200, description = "A page of delegations.", body = Page<DelegationBody>),
        (status = 404, description = "There is no such project, or you have no part in it."),
    ),
)]
#[get("/v1/projects/{id}/delegations")]
pub async fn list_delegations(
    app: web::Data<AppState>,
    actor: Actor,
    path: FromPath<(ProjectId,)>,
    from: FromQuery<DelegationQuery>,
) -> Result<Answer, Error> {
    let FromPath((id,)) = path;
    let page = PageRequest::new(&from, from.query.limit, from.query.cursor.as_deref())?;
    let (query, wanted, now) = (from.query, page.clone(), app.world.now());
    let rows = app.db.read(move |conn| service::list(conn, &actor, id, &query, now, &wanted)).await?;
    page.answer(rows, |row| (String::new(), row.id.to_string()), DelegationBody::from)
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
    path: FromPath<(DelegationId,)>,
    call: Call<Nothing>,
) -> Result<Answer, Error> {
    let FromPath((id,)) = path;
    let Call { actor, body: Nothing {}, meta } = call;
    app.write(actor, meta, move |tx| {
        let revoked = service::revoke(tx, id)?;
        Ok(Answer::ok(&DelegationBody::from(revoked))?.version(revoked.version))
    })
    .await
}
