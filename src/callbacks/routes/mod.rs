//! `/v1/callback-requests` for agents; [`visitor`] has what visitors call, [`desk`] what moves a
//! request, [`reading`] report, export and calendars.

mod desk;
mod reading;
mod visitor;

use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::attempts::{CallAttemptBody, CallAttemptList, NewCallAttempt, RecordedCallAttempt};
use super::dto::{CallbackRequestBody, CallbackRequestQuery};
use super::words::CallbackState;
use super::work;
use crate::auth::Actor;
use crate::error::Error;
use crate::http::answer::Answer;
use crate::http::body::Nothing;
use crate::http::call::Call;
use crate::http::page::{Page, PageRequest};
use crate::http::path::FromPath;
use crate::http::query::FromQuery;
use crate::ids::CallbackRequestId;
use crate::state::AppState;

pub fn configure(config: &mut ServiceConfig) {
    config
        .service(visitor::create_callback_request)
        .service(visitor::get_callback_challenge)
        .service(visitor::get_callback_receipt)
        .service(visitor::reschedule_callback_request)
        .service(visitor::cancel_callback_request)
        .service(visitor::withdraw_callback_consent)
        .service(list_callback_requests)
        .service(reading::export_callback_requests)
        .service(claim_callback_request)
        .service(get_callback_request)
        .service(desk::assign_callback_request)
        .service(desk::unassign_callback_request)
        .service(desk::release_callback_request)
        .service(desk::reroute_callback_request)
        .service(create_call_attempt)
        .service(list_call_attempts)
        .service(reading::get_callback_report)
        .service(reading::get_agent_calendar);
}

/// List callback requests
///
/// In the order in which they came in.
#[utoipa::path(
    tag = "Callbacks",
    params(CallbackRequestQuery),
    responses(
        (status = 200, description = "A page of requests.", body = Page<CallbackRequestBody>),
        (status = 422, description = "`created_to` is not after `created_from`."),
    ),
)]
#[get("/v1/callback-requests")]
pub async fn list_callback_requests(
    app: web::Data<AppState>,
    actor: Actor,
    from: FromQuery<CallbackRequestQuery>,
) -> Result<Answer, Error> {
    let page = PageRequest::new(&from, from.query.limit, from.query.cursor.as_deref())?;
    let (query, wanted) = (from.query, page.clone());
    let rows = app.db.read(move |conn| work::list(conn, &actor, &query, &wanted)).await?;
    Ok(page.answer(rows, |(row, _)| (String::new(), row.id.to_string()), CallbackRequestBody::from)?.no_store())
}

/// Take the next callback request
///
/// Assigns the most urgent request that waits to you: windows that have begun by their start,
/// calls as soon as possible by their promise, repeated calls when they are due. No two agents get
/// the same one.
#[utoipa::path(
    tag = "Callbacks",
    request_body = Nothing,
    responses(
        (status = 200, description = "The request, now yours.", body = CallbackRequestBody),
        (status = 404, description = "`nothing_to_claim`: nobody is to be called at the moment."),
    ),
)]
#[post("/v1/callback-requests/next")]
pub async fn claim_callback_request(app: web::Data<AppState>, call: Call<Nothing>) -> Result<Answer, Error> {
    let Call { actor, body: _, meta } = call;
    app.write(actor, meta, move |tx| {
        let request = work::claim_next(tx)?;
        let version = request.0.version;
        let about = request.0.id;
        Ok(Answer::ok(&CallbackRequestBody::from(request))?.version(version).no_store().about(about))
    })
    .await
}

/// Read a callback request
///
/// With everything an agent needs to make the call.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = CallbackRequestId, Path, description = "The request.")),
    responses(
        (status = 200, description = "The request.", body = CallbackRequestBody),
        (status = 304, description = "You have the present version already."),
        (status = 404, description = "There is no such request."),
    ),
)]
#[get("/v1/callback-requests/{id}")]
pub async fn get_callback_request(
    app: web::Data<AppState>,
    actor: Actor,
    path: FromPath<(CallbackRequestId,)>,
) -> Result<Answer, Error> {
    let FromPath((id,)) = path;
    let request = app.db.read(move |conn| work::get(conn, &actor, id)).await?;
    let version = request.0.version;
    Ok(Answer::ok(&CallbackRequestBody::from(request))?.version(version).no_store())
}

/// Record an attempt to call
///
/// By the agent who has the request. `reached` completes it; `wrong_number` ends it; anything else
/// puts it back for another call, an hour later at the earliest and inside opening hours, until
/// the third attempt.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = CallbackRequestId, Path, description = "The request.")),
    request_body = NewCallAttempt,
    responses(
        (status = 201, description = "The attempt, and what became of the request.", body = RecordedCallAttempt),
        (status = 404, description = "There is no such request."),
        (status = 409, description = "`illegal_transition`: nobody has taken the request, or it is closed."),
    ),
)]
#[post("/v1/callback-requests/{id}/attempts")]
pub async fn create_call_attempt(
    app: web::Data<AppState>,
    path: FromPath<(CallbackRequestId,)>,
    call: Call<NewCallAttempt>,
) -> Result<Answer, Error> {
    let FromPath((id,)) = path;
    let Call { actor, body, meta } = call;
    app.write(actor, meta, move |tx| {
        let (attempt, request) = work::record_attempt(tx, id, &body)?;
        let again = (request.state == CallbackState::RetryScheduled).then_some(request.due_from);
        let recorded = RecordedCallAttempt {
            id: attempt.id,
            attempt: CallAttemptBody::from(attempt),
            request_state: request.state,
            next_attempt_from: again,
        };
        Ok(Answer::created(format!("/v1/callback-requests/{id}/attempts"), &recorded)?.no_store().about(id))
    })
    .await
}

/// List the attempts to call
///
/// Three at most, in order.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = CallbackRequestId, Path, description = "The request.")),
    responses(
        (status = 200, description = "The attempts.", body = CallAttemptList),
        (status = 404, description = "There is no such request."),
    ),
)]
#[get("/v1/callback-requests/{id}/attempts")]
pub async fn list_call_attempts(
    app: web::Data<AppState>,
    actor: Actor,
    path: FromPath<(CallbackRequestId,)>,
) -> Result<Answer, Error> {
    let FromPath((id,)) = path;
    let attempts = app.db.read(move |conn| work::list_attempts(conn, &actor, id)).await?;
    let data = attempts.into_iter().map(CallAttemptBody::from).collect();
    Ok(Answer::ok(&CallAttemptList { data })?.no_store())
}
