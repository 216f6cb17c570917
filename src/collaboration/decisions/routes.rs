//! `/v1/projects/{id}/decisions` and `/v1/decisions`.

use actix_web::{get, post, web};

use super::dto::{DecisionBody, DecisionWithDraw, NewDecision, RaisedDecision, Ruling};
use super::filter::DecisionQuery;
use super::store::Decision;
use super::{raise, service};
use crate::collaboration::arbitration::service as arbitration;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::body::EmptyBody;
use crate::kernel::http::etag::ETag;
use crate::kernel::http::list::{ListRequest, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::ids::{DecisionId, ProjectId};
use crate::kernel::request::Call;
use crate::kernel::state::AppState;
use crate::kernel::time::UtcTime;

pub fn configure(routes: &mut impl Routes) {
    routes
        .service(create_decision)
        .service(list_decisions)
        .service(get_decision)
        .service(escalate_decision)
        .service(decide_decision)
        .service(withdraw_decision);
}

/// Create a decision
///
/// Raises a question for all sides to decide, in a project that is `proposed`, `active` or `on_hold`. Sponsors,
/// delegates, members and the project lead can create a decision. Your request does not count as a response: each side,
/// including yours, responds to the approval in `approval_id`. If all sides approve, the outcome is `approved`; if all
/// reject, it is `rejected`; if they differ, or a side has not responded by `due_at`, the decision is deadlocked and
/// can be escalated.
#[utoipa::path(
    tag = "Decisions",
    params(("id" = ProjectId, Path, description = "Identifier of the project.")),
    request_body = NewDecision,
    responses(
        (status = 201, description = "The decision and its approval.", body = RaisedDecision),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
        (status = 409, description = "`illegal_transition`: the project is not proposed, active or on hold. `not_ready`: the project is active or on hold, and a side has no sponsor."),
    ),
)]
#[post("/v1/projects/{id}/decisions")]
pub async fn create_decision(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(ProjectId,)>,
    Call { actor, body, meta }: Call<NewDecision>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let (decision, approval) = raise::raise(tx, id, &body)?;
        let location = format!("/v1/decisions/{}", decision.id);
        let tag = etag(&decision, tx.now);
        let raised = RaisedDecision { decision: DecisionBody::new(decision, tx.now), approval_id: approval.row.id };
        Ok(Response::created(location, &raised)?.tag(tag))
    })
    .await
}

/// List the decisions of a project
///
/// Returns the decisions of a project, oldest first. Settled disputes are included, because their outcome is recorded
/// as a decision.
#[utoipa::path(
    tag = "Decisions",
    params(("id" = ProjectId, Path, description = "Identifier of the project."), DecisionQuery, PageQuery),
    responses(
        (status = 200, description = "A page of decisions.", body = PageBody<DecisionBody>),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
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

/// Get a decision
///
/// Returns a decision with its question, its current state and, once it is decided, its outcome. If an arbiter was
/// drawn, `draw` shows how: the candidates, the seed, and which sides struck the arbiter or waived their strike. 304 is
/// returned only for decisions without a draw.
#[utoipa::path(
    tag = "Decisions",
    params(("id" = DecisionId, Path, description = "Identifier of the decision.")),
    responses(
        (status = 200, description = "The decision.", body = DecisionWithDraw),
        (status = 304, description = "Not modified: the resource still has the version in `If-None-Match`."),
        (status = 404, description = "`not_found`: the decision does not exist, or you do not have access to it."),
    ),
)]
#[get("/v1/decisions/{id}")]
pub async fn get_decision(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(DecisionId,)>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    let read = app.db.read(move |conn| {
        let decision = service::get(conn, &actor, id, now)?;
        let draw = arbitration::newest(conn, decision.draw_id)?;
        Ok((decision, draw))
    });
    let (decision, draw) = read.await?;
    let (tag, is_drawn) = (etag(&decision, now), draw.is_some());
    let response = Response::ok(&DecisionWithDraw { body: DecisionBody::new(decision, now), draw })?.tag(tag);
    // A side can waive striking without changing the decision.
    Ok(if is_drawn { response.beyond_etag() } else { response })
}

/// Escalate a decision
///
/// Draws an arbiter at random from the neutral people on the panel of the charter. The decision must be deadlocked: the
/// sides differ, or a side has not responded in time. Any sponsor, the project lead or an administrator can escalate
/// it, but no caller can choose the arbiter. Until `ruling_from`, each side can strike one arbiter, or waive its strike
/// (see `respond_to_draw`). If the same question was raised within the last 20 business days, it keeps its draw and its
/// strikes. If no person on the panel can decide, propose an arbiter to all sides (`propose_arbiter`).
#[utoipa::path(
    tag = "Decisions",
    params(("id" = DecisionId, Path, description = "Identifier of the decision.")),
    request_body = EmptyBody,
    responses(
        (status = 200, description = "The decision after the change.", body = DecisionBody),
        (status = 404, description = "`not_found`: the decision does not exist, or you do not have access to it."),
        (status = 409, description = "`illegal_transition`: the decision is not deadlocked. `conflict`: no person on the panel can decide, or the sides have not approved a proposed arbiter."),
    ),
)]
#[post("/v1/decisions/{id}/escalate")]
pub async fn escalate_decision(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(DecisionId,)>,
    call: Call<EmptyBody>,
) -> Result<Response, Error> {
    app.write(call.actor, call.meta, move |tx| respond(service::escalate(tx, id)?, tx.now)).await
}

/// Rule on an escalated decision
///
/// Approves or rejects an escalated decision in place of the sides. Only the arbiter can decide, from `ruling_from`,
/// and only if they are still neutral.
#[utoipa::path(
    tag = "Decisions",
    params(("id" = DecisionId, Path, description = "Identifier of the decision.")),
    request_body = Ruling,
    responses(
        (status = 200, description = "The decision after the change.", body = DecisionBody),
        (status = 404, description = "`not_found`: the decision does not exist, or you do not have access to it."),
        (status = 409, description = "`illegal_transition`: the decision is not escalated, or `ruling_from` has not been reached. `conflict`: you are no longer neutral."),
    ),
)]
#[post("/v1/decisions/{id}/decide")]
pub async fn decide_decision(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(DecisionId,)>,
    Call { actor, body, meta }: Call<Ruling>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| respond(service::decide(tx, id, &body)?, tx.now)).await
}

/// Withdraw a decision
///
/// Withdraws a decision that is open, deadlocked or escalated. The sponsor of the side that raised it, their delegate,
/// or the lead who raised it can withdraw it. An open approval of the decision lapses.
#[utoipa::path(
    tag = "Decisions",
    params(("id" = DecisionId, Path, description = "Identifier of the decision.")),
    request_body = EmptyBody,
    responses(
        (status = 200, description = "The decision after the change.", body = DecisionBody),
        (status = 404, description = "`not_found`: the decision does not exist, or you do not have access to it."),
        (status = 409, description = "`illegal_transition`: the decision is already decided or withdrawn."),
    ),
)]
#[post("/v1/decisions/{id}/withdraw")]
pub async fn withdraw_decision(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(DecisionId,)>,
    call: Call<EmptyBody>,
) -> Result<Response, Error> {
    app.write(call.actor, call.meta, move |tx| respond(service::withdraw(tx, id)?, tx.now)).await
}

/// Returns an ETag that includes the state: a decision becomes deadlocked by time, so responses for the same version
/// can differ.
fn etag(decision: &Decision, now: UtcTime) -> ETag {
    ETag::of_state(decision.version, decision.state.at(decision.due_at, now).as_str())
}

fn respond(decision: Decision, now: UtcTime) -> Result<Response, Error> {
    let tag = etag(&decision, now);
    Ok(Response::ok(&DecisionBody::new(decision, now))?.tag(tag))
}
