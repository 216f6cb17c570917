//! Ping: a test message that is sent at once, with everything that was signed.
//!
//! Rules: a ping is in no feed and no queue, is not retried, and does not count for the health of the endpoint; the response
//! shows the exact bytes that were signed, so that an integrator can compare them; credentials are not shown.

use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::integrations::webhooks::message::{self, Message, Target};
use crate::integrations::webhooks::outcome::{self, Outcome};
use crate::integrations::webhooks::registry::{self, EndpointNotice, Keyring};
use crate::integrations::webhooks::sender::{SendResult, Sender, excerpt, reason};
use crate::integrations::webhooks::signature;
use crate::integrations::webhooks::tokens::Tokens;
use crate::kernel::db::DbConn;
use crate::kernel::environment::Environment;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::events::EventBody;
use crate::kernel::ids::WebhookEndpointId;
use crate::kernel::vault::Vault;

/// The `type` of a ping.
const PING: &str = "webhook_endpoint.pinged";

/// What was sent as a test, and what came back.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookPing {
    /// Whether the receiver took it.
    pub delivered: bool,
    /// How it ended, in a word: `delivered`; by what was answered `redirect`, `client_error`, `gone`, `rate_limited`,
    /// `server_error`, `unavailable`, `multi_status`, `unexpected_status`; without an answer `dns`, `connect`, `tls`,
    /// `timeout`, `no_answer`; without having been sent `egress_refused` (an address
    /// or scheme that the operator does not allow, see `ENTENTE_WEBHOOKS_*`), `token`, `invalid_request`.
    #[schema(max_length = 40, pattern = "^[a-z_]+$", example = "delivered")]
    pub outcome: String,
    /// The HTTP status; null when none came.
    #[schema(required, format = Int32, minimum = 100, maximum = 999)]
    pub status: Option<i32>,
    /// The start of what the receiver answered.
    #[schema(required, max_length = 1024, pattern = r"^[^\x00]*$")]
    pub excerpt: Option<String>,
    #[schema(format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64)]
    pub duration_ms: i64,
    /// Headers that were sent, without the receiver's own credentials.
    #[schema(max_items = 10)]
    pub sent_headers: Vec<SentHeader>,
    /// The body that was sent, byte by byte.
    #[schema(max_length = 10000, pattern = r"^[^\x00]*$")]
    pub body: String,
    /// What was signed: `webhook-id`, `webhook-timestamp` and the body, with full stops between. Compute the signature of
    /// these bytes, and compare.
    #[schema(max_length = 10100, pattern = r"^[^\x00]*$")]
    pub signed_content: String,
}

/// One header.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SentHeader {
    #[schema(max_length = 100, pattern = "^[a-z0-9-]+$", example = "webhook-id")]
    pub name: String,
    #[schema(max_length = 1000, pattern = r"^[^\x00-\x1f]*$")]
    pub value: String,
}

/// A ping that can be sent.
pub struct PreparedPing {
    target: Target,
    event: EventBody,
    body: String,
}

/// Prepares the ping that the request with this id asked for.
///
/// # Errors
/// 404; 409 for an endpoint that creates records in another system.
pub fn prepare(
    conn: &mut DbConn,
    vault: &Vault,
    environment: &Environment,
    id: WebhookEndpointId,
    request_id: &str,
) -> Result<PreparedPing, Error> {
    let (endpoint, secrets) = registry::find_with_secrets(conn, id)?.ok_or_else(Error::not_found)?;
    let target = Keyring::open(vault, id, &secrets)?.target(&endpoint, environment.now())?;
    let notice = serde_json::to_string(&EndpointNotice::try_from(&endpoint)?).map_err(Error::internal)?;
    let event = EventBody {
        id: environment.new_id(),
        kind: PING.to_owned(),
        sequence: 0,
        subject_sequence: 0,
        timestamp: environment.now(),
        subject: id.to_string(),
        request_id: request_id.to_owned(),
        caused_by: None,
        data: RawValue::from_string(notice).map_err(Error::internal)?,
    };
    match message::stored_body(endpoint.format, &event)? {
        Some(body) => Ok(PreparedPing { target, event, body }),
        None => Err(Problem::new(Code::Conflict)
            .because(
                "A test would make a record in the other system; make a callback request of your own instead.",
                "Zkouška by v druhém systému založila záznam; vytvořte místo ní vlastní žádost o zavolání.",
            )
            .into()),
    }
}

/// Sends the ping once.
pub async fn send(
    sender: &dyn Sender,
    tokens: &Tokens,
    environment: &Environment,
    prepared: PreparedPing,
) -> WebhookPing {
    let PreparedPing { target, event, body } = prepared;
    let started = environment.now();
    let message = Message { id: event.id, subject: &event.subject, body: &body };
    let bare = message::request(&target, &message, None, started);
    let headers = bare.headers.iter().map(|(name, value)| SentHeader { name: name.clone(), value: value.clone() });
    let auth_header = tokens.auth_header(sender, target.endpoint, &target.auth, started).await;
    let authenticated = auth_header.is_ok();
    let result = match auth_header {
        Ok(auth_header) => sender.send(message::request(&target, &message, auth_header, started)).await,
        // The status of the token server is shown instead.
        Err(failed) => failed,
    };
    let ended = environment.now();
    let (status, excerpt) = match &result {
        // The response of a token server may contain a token.
        SendResult::Answered { status, .. } if !authenticated => (Some(i32::from(*status)), None),
        SendResult::Answered { status, body, .. } => (Some(i32::from(*status)), Some(excerpt(body))),
        SendResult::Refused(_) | SendResult::Failed { .. } => (None, None),
    };
    let signed = signature::signed_content(event.id.as_str(), started.unix_seconds(), body.as_bytes());
    WebhookPing {
        delivered: authenticated && outcome::classify(&result, target.format, ended.to_jiff()) == Outcome::Delivered,
        outcome: if authenticated { outcome::label(&result, target.format) } else { reason::TOKEN }.to_owned(),
        status,
        excerpt,
        duration_ms: ((ended.unix_micros() - started.unix_micros()) / 1_000).max(0),
        sent_headers: headers.collect(),
        signed_content: String::from_utf8_lossy(&signed).into_owned(),
        body,
    }
}
