//! Decisions of a project and `/v1/decisions`.

use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{DecisionBody, Escalation, NewDecision, RaisedDecision, Ruling};
use super::filter::DecisionQuery;
use super::store::Decision;
use super::{raise, service};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::body::Nothing;
use crate::kernel::http::etag::ETag;
use crate::kernel::http::list::{ListRequest, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::{DecisionId, ProjectId};
use crate::kernel::request::Call;
use crate::kernel::state::AppState;
use crate::kernel::time::UtcTime;

pub fn configure(config: &mut ServiceConfig) {
    config
        .service(raise_decision)
        .service(list_decisions)
        .service(get_decision)
        .service(escalate_decision)
        .service(decide_decision)
        .service(withdraw_decision);
}

/// Put a question to the sides
///
/// Everybody with a part in the project can. Each side answers through the consent that is named in
/// the answer.
#[utoipa::path(
    tag = "Decisions",
    params(("id" = ProjectId, Path, description = "The project.")),
    request_body = NewDecision,
    responses(
        (status = 201, description = "The question, and where the sides answer.", body = RaisedDecision),
        (status = 404, description = "There is no such project, or you have no part in it."),
        (status = 409, description = "`illegal_transition`: the project is a draft or over; `not_ready`: a seat is vacant."),
    ),
)]
#[post("/v1/projects/{id}/decisions")]
pub async fn raise_decision(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(ProjectId,)>,
    Call { actor, body, meta }: Call<NewDecision>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let (decision, asked) = raise::raise(tx, id, &body)?;
        let location = format!("/v1/decisions/{}", decision.id);
        let tag = etag(&decision, tx.now);
        let raised = RaisedDecision { decision: DecisionBody::new(decision, tx.now), consent_id: asked.row.id };
        Ok(Response::created(location, &raised)?.tag(tag))
    })
    .await
}

/// List the decisions of a project
///
/// In the order in which they were raised, settled disputes included.
#[utoipa::path(
    tag = "Decisions",
    params(("id" = ProjectId, Path, description = "The project."), DecisionQuery, PageQuery),
    responses(
        (status = 200, description = "A page of decisions.", body = PageBody<DecisionBody>),
        (status = 404, description = "There is no such project, or you have no part in it."),
    ),
)]
#[get("/v1/projects/{id}/decisions")]
pub async fn list_decisions(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(ProjectId,)>,
    ListRequest { query, page, links }: ListRequest<DecisionQuery>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    let rows = app.db.read(move |conn| service::list(conn, &actor, id, &query, now, &page)).await?;
    links.respond(rows, |row| row.id.to_string(), |row| DecisionBody::new(row, now))
}

/// Read a decision
///
/// The question and what came of it.
#[utoipa::path(
    tag = "Decisions",
    params(("id" = DecisionId, Path, description = "The decision.")),
    responses(
        (status = 200, description = "The decision.", body = DecisionBody),
        (status = 304, description = "You have the present version already."),
        (status = 404, description = "There is no such decision, or you have no part in its project."),
    ),
)]
#[get("/v1/decisions/{id}")]
pub async fn get_decision(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(DecisionId,)>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    answer(app.db.read(move |conn| service::get(conn, &actor, id, now)).await?, now)
}

/// Escalate a question
///
/// When the sides differ, or one has not answered in time: somebody who has no part in the project
/// is to decide.
#[utoipa::path(
    tag = "Decisions",
    params(("id" = DecisionId, Path, description = "The decision.")),
    request_body = Escalation,
    responses(
        (status = 200, description = "The decision as it is now.", body = DecisionBody),
        (status = 404, description = "There is no such decision, or you have no part in its project."),
        (status = 409, description = "`illegal_transition`: it is not deadlocked."),
    ),
)]
#[post("/v1/decisions/{id}/escalate")]
pub async fn escalate_decision(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(DecisionId,)>,
    Call { actor, body, meta }: Call<Escalation>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| answer(service::escalate(tx, id, &body)?, tx.now)).await
}

/// Decide an escalated question
///
/// Only the person to whom it was escalated can.
#[utoipa::path(
    tag = "Decisions",
    params(("id" = DecisionId, Path, description = "The decision.")),
    request_body = Ruling,
    responses(
        (status = 200, description = "The decision as it is now.", body = DecisionBody),
        (status = 404, description = "There is no such decision, or you have no part in its project."),
        (status = 409, description = "`illegal_transition`: it is not escalated."),
    ),
)]
#[post("/v1/decisions/{id}/decide")]
pub async fn decide_decision(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(DecisionId,)>,
    Call { actor, body, meta }: Call<Ruling>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| answer(service::decide(tx, id, &body)?, tx.now)).await
}

/// Withdraw a question
///
/// The sponsor of the side that asked, or the lead.
#[utoipa::path(
    tag = "Decisions",
    params(("id" = DecisionId, Path, description = "The decision.")),
    request_body = Nothing,
    responses(
        (status = 200, description = "The decision as it is now.", body = DecisionBody),
        (status = 404, description = "There is no such decision, or you have no part in its project."),
        (status = 409, description = "`illegal_transition`: it is decided or withdrawn."),
    ),
)]
#[post("/v1/decisions/{id}/withdraw")]
pub async fn withdraw_decision(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(DecisionId,)>,
    call: Call<Nothing>,
) -> Result<Response, Error> {
    app.write(call.actor, call.meta, move |tx| answer(service::withdraw(tx, id)?, tx.now)).await
}

/// That a question is overdue follows from time, so the version alone does not tell answers apart.
fn etag(decision: &Decision, now: UtcTime) -> ETag {
    ETag::of_state(decision.version, decision.state.at(decision.due_at, now).as_str())
}

fn answer(decision: Decision, now: UtcTime) -> Result<Response, Error> {
    let tag = etag(&decision, now);
    Ok(Response::ok(&DecisionBody::new(decision, now))?.tag(tag))
}
