//! What visitors call, without an account: asking, and by the secret seeing, moving and cancelling.

use actix_web::http::header::AUTHORIZATION;
use actix_web::{HttpRequest, delete, get, post, web};

use crate::callbacks::requests::create;
use crate::callbacks::requests::dto::{
    CallbackReceipt, CallbackView, CancelCallbackRequest, CancelledCallbackRequest, NewCallbackRequest,
    RescheduleCallbackRequest, VisitorState,
};
use crate::callbacks::requests::enums::ConsentPurpose;
use crate::callbacks::requests::intake_policy::IntakePolicy;
use crate::callbacks::requests::manage::{self, Manager};
use crate::callbacks::requests::proof_of_work::CallbackChallenge;
use crate::kernel::auth::Actor;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::http::body::Nothing;
use crate::kernel::http::client_address;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::request::{Call, PublicCall};
use crate::kernel::state::AppState;

/// The header in which visitors send the secret of a request.
pub const MANAGE_TOKEN: &str = "Manage-Token";

/// Who manages: a visitor by the secret, or an agent by the bearer token.
fn manager(app: &AppState, request: &HttpRequest) -> Result<(Actor, Manager), Error> {
    match request.headers().get(MANAGE_TOKEN) {
        // What cannot be a secret fits nothing.
        Some(token) => Ok((Actor::anonymous(), Manager::Visitor(token.to_str().unwrap_or_default().to_owned()))),
        None if request.headers().contains_key(AUTHORIZATION) => Ok((app.authenticate(request)?, Manager::Agent)),
        None => Err(Problem::new(Code::Unauthenticated)
            .because(
                "Send the secret of the request in the header Manage-Token, or a bearer token.",
                "Pošlete tajný klíč žádosti v hlavičce Manage-Token, nebo token v hlavičce Authorization.",
            )
            .into()),
    }
}

/// Ask to be called back
///
/// For visitors, without an account. The answer names the real day and time of the call and what
/// to tell the visitor; `Location` is the receipt, which `Manage-Token` opens. The seat in a window is taken in the same moment. Whoever has sent two open
/// requests for a number from one network (/32, /56) gets no third one (429); what others have sent for
/// the number changes no answer. Without an account an `Idempotency-Key` belongs to the very same body:
/// under another body it is another request.
#[utoipa::path(
    tag = "Callbacks",
    security(()),
    request_body = NewCallbackRequest,
    responses(
        (status = 201, description = "The promise. `manage_token` is shown here only.", body = CallbackReceipt),
        (status = 429, description = "`too_many_requests`, or `too_many_for_number`: two of your requests for this number are open."),
        (status = 409, description = "`slot_full`: no seat is left in this window; `alternatives` lists the next three that have one."),
    ),
)]
#[post("/v1/callback-requests")]
pub async fn create_callback_request(
    app: web::Data<AppState>,
    policy: web::Data<IntakePolicy>,
    request: HttpRequest,
    PublicCall(Call { actor, body, meta }): PublicCall<NewCallbackRequest>,
) -> Result<Response, Error> {
    let address = client_address::of(&request);
    policy.count(address)?;
    let screening = policy.screen(&body, address, app.environment.now());
    app.write(actor, meta, move |tx| {
        let receipt = create::create(tx, &body, &screening)?.respond();
        let (id, lang) = (receipt.id, receipt.locale);
        // What a visitor can read of it; the request itself is for agents.
        Ok(Response::created(format!("/v1/callback-requests/{id}/receipt"), &receipt)?
            .no_store()
            .about(id)
            .language(lang))
    })
    .await
}

/// Get work for a browser
///
/// Where the operator asks for a proof of work: a challenge in the form that ALTCHA widgets read.
/// Send its solution with the request as `proof_of_work`. It is good once, for an hour.
#[utoipa::path(
    tag = "Callbacks",
    security(()),
    responses(
        (status = 200, description = "A fresh challenge.", body = CallbackChallenge),
        (status = 204, description = "No proof of work is asked for."),
    ),
)]
#[get("/v1/callback-challenge")]
pub async fn get_callback_challenge(
    app: web::Data<AppState>,
    policy: web::Data<IntakePolicy>,
) -> Result<Response, Error> {
    match policy.proof_of_work() {
        Some(work) => Response::ok(&work.challenge(&app.environment)).map(Response::no_store),
        None => Ok(Response::no_content().no_store()),
    }
}

/// See what was promised
///
/// For visitors with their `Manage-Token`; agents send their bearer token. A request that was
/// rerouted is found under its first id, too.
#[utoipa::path(
    tag = "Callbacks",
    security(("manage_token" = []), ("bearer" = [])),
    params(("id" = CallbackRequestId, Path, description = "The request.")),
    responses(
        (status = 200, description = "The promise as it is now.", body = CallbackView),
        (status = 404, description = "There is no such request, the token is not its own, or the person was erased."),
    ),
)]
#[get("/v1/callback-requests/{id}/receipt")]
pub async fn get_callback_receipt(
    app: web::Data<AppState>,
    request: HttpRequest,
    FromPath((id,)): FromPath<(CallbackRequestId,)>,
) -> Result<Response, Error> {
    let (actor, manager) = manager(&app, &request)?;
    let now = app.environment.now();
    let view = app.db.read(move |conn| manage::see(conn, &actor, now, id, &manager)).await?;
    let lang = view.locale;
    Ok(Response::ok(&view)?.no_store().language(lang))
}

/// Move a call to another time
///
/// Visitors send their `Manage-Token`, until the window starts or somebody has called; what they
/// choose is a new promise. Agents send their bearer token; then the first promise still counts.
/// The old seat is free again.
#[utoipa::path(
    tag = "Callbacks",
    security(("manage_token" = []), ("bearer" = [])),
    params(("id" = CallbackRequestId, Path, description = "The request.")),
    request_body = RescheduleCallbackRequest,
    responses(
        (status = 200, description = "The new promise.", body = CallbackView),
        (status = 404, description = "There is no such request, or the token is not its own."),
        (status = 409, description = "`slot_full`: no seat is left; `alternatives` lists the next three. `illegal_transition`: it is closed, or too late for the visitor."),
    ),
)]
#[post("/v1/callback-requests/{id}/reschedule")]
pub async fn reschedule_callback_request(
    app: web::Data<AppState>,
    request: HttpRequest,
    FromPath((id,)): FromPath<(CallbackRequestId,)>,
    PublicCall(Call { actor: _, body, meta }): PublicCall<RescheduleCallbackRequest>,
) -> Result<Response, Error> {
    let (actor, manager) = manager(&app, &request)?;
    app.write(actor, meta, move |tx| {
        let view = manage::reschedule(tx, id, &manager, &body)?;
        let (about, lang) = (view.id, view.locale);
        Ok(Response::ok(&view)?.no_store().about(about).language(lang))
    })
    .await
}

/// Cancel a callback request
///
/// Visitors send their `Manage-Token`, until the window starts or somebody has called. Agents send
/// their bearer token, and may say why. The seat is free for others again.
#[utoipa::path(
    tag = "Callbacks",
    security(("manage_token" = []), ("bearer" = [])),
    params(("id" = CallbackRequestId, Path, description = "The request.")),
    request_body = CancelCallbackRequest,
    responses(
        (status = 200, description = "It is cancelled.", body = CancelledCallbackRequest),
        (status = 404, description = "There is no such request, or the token is not its own."),
        (status = 409, description = "`illegal_transition`: it is closed already, or too late for the visitor."),
    ),
)]
#[post("/v1/callback-requests/{id}/cancel")]
pub async fn cancel_callback_request(
    app: web::Data<AppState>,
    request: HttpRequest,
    FromPath((id,)): FromPath<(CallbackRequestId,)>,
    PublicCall(Call { actor: _, body, meta }): PublicCall<CancelCallbackRequest>,
) -> Result<Response, Error> {
    let (actor, manager) = manager(&app, &request)?;
    app.write(actor, meta, move |tx| {
        let cancelled = manage::cancel(tx, id, &manager, &body)?;
        let told = CancelledCallbackRequest { id: cancelled.id, state: VisitorState::of(&cancelled) };
        Ok(Response::ok(&told)?.no_store())
    })
    .await
}

/// Withdraw a consent
///
/// As easily as it was given (GDPR, Article 7(3)): with the `Manage-Token`, or by an agent. The call
/// stays as it is.
#[utoipa::path(
    tag = "Callbacks",
    security(("manage_token" = []), ("bearer" = [])),
    params(
        ("id" = CallbackRequestId, Path, description = "The request."),
        ("purpose" = ConsentPurpose, Path, description = "What was agreed to."),
    ),
    responses(
        (status = 204, description = "It is withdrawn."),
        (status = 404, description = "There is no such request or no such consent in force, or the token is not its own."),
    ),
)]
#[delete("/v1/callback-requests/{id}/consents/{purpose}")]
pub async fn withdraw_callback_consent(
    app: web::Data<AppState>,
    request: HttpRequest,
    FromPath((id, purpose)): FromPath<(CallbackRequestId, ConsentPurpose)>,
    PublicCall(Call { actor: _, body: _, meta }): PublicCall<Nothing>,
) -> Result<Response, Error> {
    let (actor, manager) = manager(&app, &request)?;
    app.write(actor, meta, move |tx| {
        manage::withdraw_consent(tx, id, &manager, purpose)?;
        Ok(Response::no_content())
    })
    .await
}
