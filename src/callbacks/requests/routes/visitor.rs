//! Operations of visitors, without an account: create a request, and with its manage token get, reschedule and
//! cancel it.

use actix_web::http::header::AUTHORIZATION;
use actix_web::{HttpRequest, delete, get, post, web};

use crate::callbacks::requests::create;
use crate::callbacks::requests::dto::{
    CallbackReceipt, CallbackView, CancelCallbackRequest, CancelledCallbackRequest, NewCallbackRequest,
    RescheduleCallbackRequest, VisitorState,
};
use crate::callbacks::requests::enums::ConsentPurpose;
use crate::callbacks::requests::intake_outcome::IntakeOutcome;
use crate::callbacks::requests::intake_policy::IntakePolicy;
use crate::callbacks::requests::manage::{self, Manager};
use crate::callbacks::requests::proof_of_work::CallbackChallenge;
use crate::kernel::auth::Actor;
use crate::kernel::authz;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::http::body::EmptyBody;
use crate::kernel::http::client_address;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::installation_key::InstallationKey;
use crate::kernel::request::{Call, PublicCall, caller, caller_if, visitor};
use crate::kernel::state::AppState;

/// The header in which visitors send the manage token of a request.
pub const MANAGE_TOKEN: &str = "Manage-Token";

/// Returns the manage token. An unreadable header becomes an empty token, which matches no request.
fn manage_token(request: &HttpRequest) -> Option<String> {
    let token = request.headers().get(MANAGE_TOKEN)?;
    Some(token.to_str().unwrap_or_default().to_owned())
}

/// Returns the visitor and their manage token. Other credentials are ignored.
pub(super) fn visitor_with_token(request: &HttpRequest) -> Result<(Actor, String), Error> {
    let missing = || Problem::new(Code::Unauthenticated).because("detail-visitor-token-missing");
    let token = manage_token(request).ok_or_else(missing)?;
    Ok((visitor(request)?, token))
}

/// Returns the caller: a visitor with a manage token, or an agent with a bearer token.
pub(super) async fn manager(request: &HttpRequest) -> Result<(Actor, Manager), Error> {
    match manage_token(request) {
        Some(token) => Ok((visitor(request)?, Manager::Visitor(token))),
        None if request.headers().contains_key(AUTHORIZATION) => Ok((caller(request).await?, Manager::Agent)),
        None => Err(Problem::new(Code::Unauthenticated).because("detail-manage-token-missing").into()),
    }
}

/// Returns the application that submits the request for a visitor of its own website; a visitor otherwise.
async fn submitter(request: &HttpRequest) -> Result<Actor, Error> {
    match caller_if(request, authz::submits_for_visitors).await? {
        Some(actor) => Ok(actor),
        None => visitor(request),
    }
}

/// Create a callback request
///
/// Requests a call for a website visitor; no token is needed. The response contains the promised day and time, the text
/// to show to the visitor, and the `manage_token` with which the visitor can get, reschedule or cancel the request.
/// `Location` is the path of the receipt. If you book a slot, its capacity is reserved at once.
///
/// From one network (/32 for IPv4, /56 for IPv6), at most two requests for the same phone number can be open. The
/// response never reveals whether other networks have requested calls for the number. Because callers are anonymous, an
/// `Idempotency-Key` identifies a request only together with the body: with a different body it creates another
/// request. Creates the event `callback_request.received`, or `callback_request.quarantined` if the request may be
/// abuse, which the response does not show: it looks like spam, its network has too many open requests, its network
/// (/32 for IPv4, /48 for IPv6) has too much of the capacity of the day, or the owner of the number asked not to be
/// called.
///
/// An application that receives requests through its own form can send its API key or token. With the scope
/// `callbacks:create`, it needs no proof of work, and the limits for visitors and networks and the detection of bots do
/// not apply to it: it protects its form against abuse itself. The limit of two open requests per phone number also
/// applies to applications, to all of them together. Its `Idempotency-Key` identifies a request as in all other
/// operations. It can also name a queue that is not public in `queue`; `GET /v1/slots?queue=` lists the slots of that
/// queue to it. A token without this scope, or of a person, is treated as no token; one that is not valid is refused
/// (401).
#[utoipa::path(
    tag = "Callbacks",
    security((), ("bearer" = [])),
    request_body = NewCallbackRequest,
    responses(
        (status = 201, description = "The promise and the `manage_token`.", body = CallbackReceipt),
        (
            status = 409,
            description = "`slot_full`: the slot has no capacity left; `alternatives` lists up to three slots \
                           with capacity. `no_agent_on_duty`: no agent is on duty within the booking horizon.",
        ),
        (
            status = 429,
            description = "`too_many_requests`: too many requests arrive from your network or with your token, or \
                           overall. `too_many_for_number`: your network, or the applications together, already have \
                           two open requests for this number.",
        ),
    ),
)]
#[post("/v1/callback-requests")]
pub async fn create_callback_request(
    app: web::Data<AppState>,
    policy: web::Data<IntakePolicy>,
    key: web::Data<InstallationKey>,
    request: HttpRequest,
    PublicCall(Call { actor: _, body, meta }): PublicCall<NewCallbackRequest>,
) -> Result<Response, Error> {
    let actor = submitter(&request).await?;
    let screening = if authz::submits_for_visitors(&actor) {
        IntakePolicy::trust()
    } else {
        let address = client_address::of(&request);
        policy.count(address)?;
        policy.screen(&body, address, app.environment.now())
    };
    let outcome = key
        .write(&app, actor, meta, move |tx, key| {
            let receipt = create::create(tx, &body, &screening, key)?.respond();
            let (id, lang) = (receipt.id, receipt.locale);
            // Visitors can get the receipt only; the request itself is for agents.
            Ok(Response::created(format!("/v1/callback-requests/{id}/receipt"), &receipt)?
                .no_store()
                .about(id)
                .language(lang))
        })
        .await;
    if let Some(refusal) = outcome.as_ref().err().and_then(IntakeOutcome::of_refusal) {
        refusal.count();
    }
    outcome
}

/// Get a proof-of-work challenge
///
/// Returns a new challenge in version 2 of the ALTCHA format, which the ALTCHA widget and libraries solve, if the
/// operator requires a proof of work. Solve it in the browser and send the payload (challenge and solution as JSON, in
/// Base64) as `proof_of_work` with the callback request. A challenge can be used once and expires after one hour.
#[utoipa::path(
    tag = "Callbacks",
    security(()),
    responses(
        (status = 200, description = "A new challenge.", body = CallbackChallenge),
        (status = 204, description = "No proof of work is required."),
    ),
)]
#[get("/v1/callback-challenge")]
pub async fn get_callback_challenge(
    app: web::Data<AppState>,
    policy: web::Data<IntakePolicy>,
) -> Result<Response, Error> {
    match policy.proof_of_work() {
        Some(work) => Response::ok(&work.challenge(&app.environment)?).map(Response::no_store),
        None => Ok(Response::no_content().no_store()),
    }
}

/// Get a callback receipt
///
/// Returns the current promise of a callback request and the text to show to its visitor. Visitors authenticate with
/// their `Manage-Token`, agents with a bearer token. If the request was rerouted, the receipt is that of the request
/// that continues it.
#[utoipa::path(
    tag = "Callbacks",
    security(("manage_token" = []), ("bearer" = [])),
    params(("id" = CallbackRequestId, Path, description = "Identifier of the callback request.")),
    responses(
        (status = 200, description = "The current promise.", body = CallbackView),
        (
            status = 404,
            description = "`not_found`: the request does not exist, the token belongs to another request, or the \
                           personal data was erased.",
        ),
    ),
)]
#[get("/v1/callback-requests/{id}/receipt")]
pub async fn get_callback_receipt(
    app: web::Data<AppState>,
    request: HttpRequest,
    FromPath((id,)): FromPath<(CallbackRequestId,)>,
) -> Result<Response, Error> {
    let (actor, manager) = manager(&request).await?;
    let now = app.environment.now();
    let view = app.db.read(move |conn| manage::get_receipt(conn, &actor, now, id, &manager)).await?;
    let lang = view.locale;
    Ok(Response::ok(&view)?.no_store().language(lang))
}

/// Reschedule a callback request
///
/// Promises the visitor a call at another time. The capacity of the old slot becomes free. If the agent of the request
/// is on duty at the new time, the request stays assigned to them; otherwise it returns to the queue. Visitors
/// authenticate with their `Manage-Token`; they can reschedule until the window starts or the first call is made, and
/// the new time replaces the promise. Agents authenticate with a bearer token; if an agent reschedules, also with a
/// link that an agent created, `promise` is still evaluated against the original time, from `first_promised_from` to
/// `first_promised_by`. After a call, the next call is not due before the pause has ended, whatever the new time.
#[utoipa::path(
    tag = "Callbacks",
    security(("manage_token" = []), ("bearer" = [])),
    params(("id" = CallbackRequestId, Path, description = "Identifier of the callback request.")),
    request_body = RescheduleCallbackRequest,
    responses(
        (status = 200, description = "The new promise.", body = CallbackView),
        (
            status = 404,
            description = "`not_found`: the request does not exist, or the token belongs to another request.",
        ),
        (
            status = 409,
            description = "`slot_full`: the slot has no capacity left; `alternatives` lists up to three slots \
                           with capacity. `illegal_transition`: the request is closed, or it is too late for the \
                           visitor to reschedule it.",
        ),
    ),
)]
#[post("/v1/callback-requests/{id}/reschedule")]
pub async fn reschedule_callback_request(
    app: web::Data<AppState>,
    policy: web::Data<IntakePolicy>,
    request: HttpRequest,
    FromPath((id,)): FromPath<(CallbackRequestId,)>,
    PublicCall(Call { actor: _, body, meta }): PublicCall<RescheduleCallbackRequest>,
) -> Result<Response, Error> {
    let (actor, manager) = manager(&request).await?;
    let limits = policy.network_limits();
    app.write(actor, meta, move |tx| {
        let view = manage::reschedule(tx, id, &manager, &body, limits)?;
        let (about, lang) = (view.id, view.locale);
        Ok(Response::ok(&view)?.no_store().about(about).language(lang))
    })
    .await
}

/// Cancel a callback request
///
/// Cancels a callback request; the capacity of its slot becomes free. Visitors authenticate with their `Manage-Token`;
/// they can cancel until the window starts or the first call is made. Agents authenticate with a bearer token and
/// can give a `reason`, which decides whether a pending promise becomes void or broken. With a link that an agent
/// created, the report counts the request as cancelled by that agent.
#[utoipa::path(
    tag = "Callbacks",
    security(("manage_token" = []), ("bearer" = [])),
    params(("id" = CallbackRequestId, Path, description = "Identifier of the callback request.")),
    request_body = CancelCallbackRequest,
    responses(
        (status = 200, description = "The cancelled request.", body = CancelledCallbackRequest),
        (
            status = 404,
            description = "`not_found`: the request does not exist, or the token belongs to another request.",
        ),
        (
            status = 409,
            description = "`illegal_transition`: the request is closed, or it is too late for the visitor to cancel \
                           it.",
        ),
    ),
)]
#[post("/v1/callback-requests/{id}/cancel")]
pub async fn cancel_callback_request(
    app: web::Data<AppState>,
    request: HttpRequest,
    FromPath((id,)): FromPath<(CallbackRequestId,)>,
    PublicCall(Call { actor: _, body, meta }): PublicCall<CancelCallbackRequest>,
) -> Result<Response, Error> {
    let (actor, manager) = manager(&request).await?;
    app.write(actor, meta, move |tx| {
        let cancelled = manage::cancel(tx, id, &manager, &body)?;
        let body = CancelledCallbackRequest { id: cancelled.id, state: VisitorState::of(&cancelled) };
        Ok(Response::ok(&body)?.no_store())
    })
    .await
}

/// Withdraw a consent
///
/// Withdraws a consent that the visitor gave with the callback request (GDPR, Article 7(3)). If the request was
/// rerouted, the consent is withdrawn for all requests that it continues and that continue it. The promised call is not
/// affected. Creates the event `callback_request.consent_withdrawn` for each of these requests. Visitors authenticate
/// with their `Manage-Token`, agents with a bearer token.
#[utoipa::path(
    tag = "Callbacks",
    security(("manage_token" = []), ("bearer" = [])),
    params(
        ("id" = CallbackRequestId, Path, description = "Identifier of the callback request."),
        ("purpose" = ConsentPurpose, Path, description = "Purpose of the consent."),
    ),
    responses(
        (status = 204, description = "The consent was withdrawn."),
        (
            status = 404,
            description = "`not_found`: the request does not exist, has no such consent in force, or the token belongs \
                           to another request.",
        ),
    ),
)]
#[delete("/v1/callback-requests/{id}/consents/{purpose}")]
pub async fn withdraw_callback_consent(
    app: web::Data<AppState>,
    request: HttpRequest,
    FromPath((id, purpose)): FromPath<(CallbackRequestId, ConsentPurpose)>,
    PublicCall(Call { actor: _, body: _, meta }): PublicCall<EmptyBody>,
) -> Result<Response, Error> {
    let (actor, manager) = manager(&request).await?;
    app.write(actor, meta, move |tx| {
        manage::withdraw_consent(tx, id, &manager, purpose)?;
        Ok(Response::no_content())
    })
    .await
}
