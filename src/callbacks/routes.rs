//! `/v1/callback-requests` and `/v1/privacy-notices`.

use actix_web::{HttpRequest, get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::attempts::{CallAttemptBody, CallAttemptList, NewCallAttempt, RecordedCallAttempt};
use super::dto::{
    CallbackReceipt, CallbackRequestBody, CallbackRequestQuery, CancelCallbackRequest, CancelledCallbackRequest,
    NewCallbackRequest,
};
use super::notices::{self, NoticeBody, NoticeQuery, NoticeSha256};
use super::progress::CallbackState;
use super::{intake, work};
use crate::auth::Actor;
use crate::error::Error;
use crate::http::answer::Answer;
use crate::http::body::Nothing;
use crate::http::call::{self, Call, PublicCall};
use crate::http::page::{Page, PageRequest};
use crate::http::path::FromPath;
use crate::http::query::FromQuery;
use crate::ids::CallbackRequestId;
use crate::state::AppState;

pub fn configure(config: &mut ServiceConfig) {
    config
        .service(create_callback_request)
        .service(list_callback_requests)
        .service(claim_callback_request)
        .service(get_callback_request)
        .service(cancel_callback_request)
        .service(create_call_attempt)
        .service(list_call_attempts)
        .service(get_current_privacy_notice)
        .service(get_privacy_notice);
}

/// Ask to be called back
///
/// For visitors, without an account. The answer names the real day and time of the call and what
/// to tell the visitor. The seat in a window is taken in the same moment. A number can have two
/// open requests; for a third one the answer is 429.
#[utoipa::path(
    tag = "Callbacks",
    security(()),
    request_body = NewCallbackRequest,
    responses(
        (status = 201, description = "The promise. `manage_token` is shown here only.", body = CallbackReceipt),
        (status = 409, description = "`slot_full`: no seat is left in this window; `alternatives` lists the next three that have one."),
    ),
)]
#[post("/v1/callback-requests")]
pub async fn create_callback_request(
    app: web::Data<AppState>,
    call: PublicCall<NewCallbackRequest>,
) -> Result<Answer, Error> {
    let PublicCall(Call { actor, body, meta }) = call;
    app.write(actor, meta, move |tx| {
        let receipt = intake::submit(tx, &body)?;
        Ok(Answer::created(format!("/v1/callback-requests/{}", receipt.id), &receipt)?.version(1).no_store())
    })
    .await
}

/// List callback requests
///
/// In the order in which they came in.
#[utoipa::path(
    tag = "Callbacks",
    params(CallbackRequestQuery),
    responses((status = 200, description = "A page of requests.", body = Page<CallbackRequestBody>)),
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
    Ok(page.answer(rows, |row| (String::new(), row.id.to_string()), CallbackRequestBody::from)?.no_store())
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
        let version = request.version;
        Ok(Answer::ok(&CallbackRequestBody::from(request))?.version(version).no_store())
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
    let version = request.version;
    Ok(Answer::ok(&CallbackRequestBody::from(request))?.version(version).no_store())
}

/// Cancel a callback request
///
/// Agents send their bearer token. Visitors send the `manage_token` they were given, until their
/// window starts. The seat is free for others again.
#[utoipa::path(
    tag = "Callbacks",
    security((), ("bearer" = [])),
    params(("id" = CallbackRequestId, Path, description = "The request.")),
    request_body = CancelCallbackRequest,
    responses(
        (status = 200, description = "It is cancelled.", body = CancelledCallbackRequest),
        (status = 401, description = "Neither a `manage_token` nor a valid bearer token."),
        (status = 403, description = "The token lacks the scope `callbacks:work`."),
        (status = 404, description = "There is no such request, or the `manage_token` is not its own."),
        (status = 409, description = "`illegal_transition`: it is closed already, or the window has started."),
    ),
)]
#[post("/v1/callback-requests/{id}/cancel")]
pub async fn cancel_callback_request(
    app: web::Data<AppState>,
    request: HttpRequest,
    path: FromPath<(CallbackRequestId,)>,
    call: PublicCall<CancelCallbackRequest>,
) -> Result<Answer, Error> {
    let FromPath((id,)) = path;
    let PublicCall(Call { actor: visitor, body, meta }) = call;
    let actor = if body.manage_token.is_some() { visitor } else { app.authenticate(&request)? };
    app.write(actor, meta, move |tx| {
        let cancelled = work::cancel(tx, id, &body)?;
        let told = CancelledCallbackRequest { id: cancelled.id, state: cancelled.state };
        Ok(Answer::ok(&told)?.no_store())
    })
    .await
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
        Ok(Answer::created(format!("/v1/callback-requests/{id}/attempts"), &recorded)?.no_store())
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

/// Read the present privacy notice
///
/// Show it with the form, and name its `sha256` in the request, so that it can be proved later
/// which text was read.
#[utoipa::path(
    tag = "Callbacks",
    security(()),
    params(NoticeQuery),
    responses((status = 200, description = "The notice.", body = NoticeBody)),
)]
#[get("/v1/privacy-notices/current")]
pub async fn get_current_privacy_notice(
    app: web::Data<AppState>,
    request: HttpRequest,
    from: FromQuery<NoticeQuery>,
) -> Result<Answer, Error> {
    let locale = from.query.locale.unwrap_or_else(|| call::lang(&request));
    let notice = app.db.read(move |conn| notices::current(conn, locale)).await?;
    Answer::ok(&NoticeBody::from(notice))
}

/// Read a privacy notice by its hash
///
/// The exact text, however old.
#[utoipa::path(
    tag = "Callbacks",
    security(()),
    params(("sha256" = NoticeSha256, Path, description = "SHA-256 of the text.")),
    responses(
        (status = 200, description = "The notice.", body = NoticeBody),
        (status = 404, description = "No notice with this text was ever shown."),
    ),
)]
#[get("/v1/privacy-notices/{sha256}")]
pub async fn get_privacy_notice(app: web::Data<AppState>, path: FromPath<(NoticeSha256,)>) -> Result<Answer, Error> {
    let FromPath((NoticeSha256(sha256),)) = path;
    let notice = app.db.read(move |conn| notices::by_hash(conn, &sha256)).await?;
    Answer::ok(&NoticeBody::from(notice))
}
