//! The ping: a signed test message that is sent at once.
//!
//! Rules: a ping is not in the event feed or a queue, is not retried, and does not affect the health of the endpoint;
//! the response contains the exact bytes that were signed, so that an integrator can compare them, and no credentials.

use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::integrations::webhooks::message::{self, Message, Target};
use crate::integrations::webhooks::outcome::{self, Outcome};
use crate::integrations::webhooks::registry::{self, EndpointEvent, Keyring};
use crate::integrations::webhooks::sender::{SendResult, Sender, excerpt, reason};
use crate::integrations::webhooks::signature;
use crate::integrations::webhooks::tokens::Tokens;
use crate::kernel::db::DbConn;
use crate::kernel::environment::Environment;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::events::{EventBody, types};
use crate::kernel::ids::WebhookEndpointId;
use crate::kernel::vault::Vault;

/// The result of a test: the request that was sent, and the response.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookTestResult {
    /// Whether the receiver accepted the ping.
    pub delivered: bool,
    /// Outcome of the test, with the same values as `outcome` of a `WebhookAttempt`: `delivered` if the receiver
    /// accepted the ping, otherwise the reason why it did not.
    #[schema(max_length = 40, pattern = "^[a-z_]+$", example = "delivered")]
    pub outcome: String,
    /// HTTP status of the response, or of the token server if the outcome is `token`; null if there was no response.
    #[schema(required, format = Int32, minimum = 100, maximum = 999)]
    pub status: Option<i32>,
    /// Start of the response body, at most 1 KiB; null if the receiver did not respond.
    #[schema(required, max_length = 1024, pattern = r"^[^\x00]*$")]
    pub excerpt: Option<String>,
    /// Duration of the test in milliseconds.
    #[schema(format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64)]
    pub duration_ms: i64,
    /// Headers of the request, without credentials.
    #[schema(max_items = 10)]
    pub sent_headers: Vec<SentHeader>,
    /// Exact body of the request.
    #[schema(max_length = 10000, pattern = r"^[^\x00]*$")]
    pub body: String,
    /// Exact content that was signed: `webhook-id`, `webhook-timestamp` and the body, joined by full stops. To debug
    /// your verification, compute the signature of this content and compare it with the header `webhook-signature`.
    #[schema(max_length = 10100, pattern = r"^[^\x00]*$")]
    pub signed_content: String,
}

/// A header of the request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SentHeader {
    /// Name of the header, in lower case.
    #[schema(max_length = 100, pattern = "^[a-z0-9-]+$", example = "webhook-id")]
    pub name: String,
    /// Value of the header.
    #[schema(max_length = 1000, pattern = r"^[^\x00-\x1f]*$")]
    pub value: String,
}

/// A ping that is ready to be sent.
pub struct PreparedPing {
    target: Target,
    event: EventBody,
    body: String,
}

/// Prepares a ping; `request_id` is the ID of the request that triggered it.
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
    let data = serde_json::to_string(&EndpointEvent::try_from(&endpoint)?).map_err(Error::internal)?;
    let event = EventBody {
        id: environment.new_id(),
        kind: types::PING.name.to_owned(),
        sequence: 0,
        subject_sequence: 0,
        timestamp: environment.now(),
        subject: id.to_string(),
        request_id: request_id.to_owned(),
        caused_by: None,
        chain_head: None,
        data: RawValue::from_string(data).map_err(Error::internal)?,
    };
    match message::stored_body(endpoint.format, &event)? {
        Some(body) => Ok(PreparedPing { target, event, body }),
        None => Err(Problem::new(Code::Conflict).because("detail-no-ping").into()),
    }
}

/// Sends the ping once.
pub async fn send(
    sender: &dyn Sender,
    tokens: &Tokens,
    environment: &Environment,
    prepared: PreparedPing,
) -> WebhookTestResult {
    let PreparedPing { target, event, body } = prepared;
    let started = environment.now();
    let message = Message { id: event.id, body: &body };
    let plain = message::request(&target, &message, None, started);
    let headers = plain.headers.iter().map(|(name, value)| SentHeader { name: name.clone(), value: value.clone() });
    let auth_header = tokens.auth_header(sender, target.endpoint, &target.auth, started).await;
    let authenticated = auth_header.is_ok();
    let result = match auth_header {
        Ok(auth_header) => sender.send(message::request(&target, &message, auth_header, started)).await,
        // The status of the token server is returned instead.
        Err(failed) => failed,
    };
    let ended = environment.now();
    let (status, excerpt) = match &result {
        // The response of a token server may contain a token.
        SendResult::Responded { status, .. } if !authenticated => (Some(i32::from(*status)), None),
        SendResult::Responded { status, body, .. } => (Some(i32::from(*status)), Some(excerpt(body))),
        SendResult::Refused(_) | SendResult::Failed { .. } => (None, None),
    };
    let signed = signature::signed_content(event.id.as_str(), started.unix_seconds(), body.as_bytes());
    WebhookTestResult {
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
