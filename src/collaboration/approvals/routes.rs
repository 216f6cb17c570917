//! `/v1/consents` and the consents of a project.

use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::delegations;
use super::dto::{ConsentAnswerBody, ConsentBody};
use super::filter::ConsentQuery;
use super::service;
use super::store::Asked;
use super::withdraw;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::body::Nothing;
use crate::kernel::http::list::{ListRequest, NoFilter, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::{ConsentId, ProjectId};
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(config: &mut ServiceConfig) {
    config
        .service(list_consents)
        .service(get_consent)
        .service(list_consent_answers)
        .service(withdraw_consent)
        .configure(delegations::configure);
}

/// List what the sides are asked
///
/// In the order in which it was asked, with the answers of each side.
#[utoipa::path(
    tag = "Consents",
    params(("id" = ProjectId, Path, description = "The project."), ConsentQuery, PageQuery),
    responses(
        (status = 200, description = "A page of consents.", body = PageBody<ConsentBody>),
        (status = 404, description = "There is no such project, or you have no part in it."),
    ),
)]
#[get("/v1/projects/{id}/consents")]
pub async fn list_consents(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(ProjectId,)>,
    ListRequest { query, page, links }: ListRequest<ConsentQuery>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    let rows = app
        .db
        .read(move |conn| {
            let rows = service::list(conn, &actor, id, &query, now, &page)?;
            rows.iter().map(ConsentBody::try_from).collect::<Result<Vec<_>, _>>()
        })
        .await?;
    links.respond(rows, |body| body.id.to_string(), |body| body)
}

/// Read a consent
///
/// What exactly is asked, who has answered what, and who is still to answer.
#[utoipa::path(
    tag = "Consents",
    params(("id" = ConsentId, Path, description = "The consent.")),
    responses(
        (status = 200, description = "The consent.", body = ConsentBody),
        (status = 304, description = "You have the present version already."),
        (status = 404, description = "There is no such consent, or you have no part in its project."),
    ),
)]
#[get("/v1/consents/{id}")]
pub async fn get_consent(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(ConsentId,)>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    answer(&app.db.read(move |conn| service::get(conn, &actor, id, now)).await?)
}

/// List all answers
///
/// In the order in which they were given, also those that were changed, or that a new sponsor has
/// to give again.
#[utoipa::path(
    tag = "Consents",
    params(("id" = ConsentId, Path, description = "The consent."), PageQuery),
    responses(
        (status = 200, description = "A page of answers.", body = PageBody<ConsentAnswerBody>),
        (status = 404, description = "There is no such consent, or you have no part in its project."),
    ),
)]
#[get("/v1/consents/{id}/answers")]
pub async fn list_consent_answers(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(ConsentId,)>,
    ListRequest { page, links, .. }: ListRequest<NoFilter>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    let rows = app.db.read(move |conn| service::answers(conn, &actor, id, now, &page)).await?;
    links.respond(rows, |row| row.id.to_string(), ConsentAnswerBody::from)
}

/// Take a question back
///
/// An amendment, a resumption, a closing, a release or a settlement that is still open. Transfers
/// and decisions are withdrawn themselves.
#[utoipa::path(
    tag = "Consents",
    params(("id" = ConsentId, Path, description = "The consent.")),
    request_body = Nothing,
    responses(
        (status = 200, description = "The consent, withdrawn.", body = ConsentBody),
        (status = 404, description = "There is no such consent, or you have no part in its project."),
        (status = 409, description = "`illegal_transition`: it is not open any more; `conflict`: it is withdrawn with what it belongs to."),
    ),
)]
#[post("/v1/consents/{id}/withdraw")]
pub async fn withdraw_consent(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(ConsentId,)>,
    Call { actor, body: Nothing {}, meta }: Call<Nothing>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| answer(&withdraw::withdraw(tx, id)?)).await
}

fn answer(asked: &Asked) -> Result<Response, Error> {
    Ok(Response::ok(&ConsentBody::try_from(asked)?)?.version(asked.row.version))
}
