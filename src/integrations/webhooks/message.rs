//! The HTTP request that delivers an event to an endpoint: its body, its signed headers, its URL.
//!
//! Rules: the bodies of events and chat messages are created once, when the event is queued, and stored, so that every
//! attempt sends the same bytes; records for other systems are created when they are sent, because they contain
//! personal data: a stored copy would have to be erased as well, and the data of a person who was erased in the
//! meantime is not sent.

use reqwest::Method;
use serde::Serialize;
use serde_json::value::RawValue;
use url::Url;

use super::auth::WebhookAuth;
use super::format::WebhookFormat;
use super::sender::OutgoingRequest;
use super::signature::{SigningKey, signatures};
use super::text;
use crate::kernel::error::Error;
use crate::kernel::events::EventBody;
use crate::kernel::ids::{EventId, WebhookEndpointId};
use crate::kernel::time::UtcTime;

/// The URL, format, signing keys and credentials for messages to an endpoint.
pub struct Target {
    pub endpoint: WebhookEndpointId,
    pub url: Url,
    pub format: WebhookFormat,
    /// Every message is signed with all keys, the current one first.
    pub keys: Vec<SigningKey>,
    pub auth: WebhookAuth,
}

/// A message to an endpoint.
pub struct Message<'a> {
    pub id: EventId,
    pub body: &'a str,
}

/// Returns the request for an event as defined in Standard Webhooks; `auth_header` is the header with which the service
/// authenticates to the receiver.
#[must_use]
pub fn request(
    target: &Target,
    message: &Message<'_>,
    auth_header: Option<(String, String)>,
    now: UtcTime,
) -> OutgoingRequest {
    let mut headers = vec![("content-type".to_owned(), target.format.content_type().to_owned())];
    headers.extend(signed_headers(target, message, now));
    headers.extend(auth_header);
    let (method, url) = (Method::POST, target.url.clone());
    OutgoingRequest { method, url, headers, body: message.body.as_bytes().to_vec(), response_bytes: None }
}

/// Returns a request about the record of an event, with the same headers; the body is empty if the request only reads.
#[must_use]
pub fn record_request(
    target: &Target,
    message: &Message<'_>,
    (method, url): (Method, Url),
    auth_header: Option<(String, String)>,
    now: UtcTime,
) -> OutgoingRequest {
    let mut headers = vec![("accept".to_owned(), "application/json".to_owned())];
    if !message.body.is_empty() {
        headers.push(("content-type".to_owned(), target.format.content_type().to_owned()));
    }
    headers.extend(signed_headers(target, message, now));
    headers.extend(auth_header);
    OutgoingRequest { method, url, headers, body: message.body.as_bytes().to_vec(), response_bytes: None }
}

fn signed_headers(target: &Target, message: &Message<'_>, now: UtcTime) -> [(String, String); 3] {
    let (id, timestamp) = (message.id.as_str(), now.unix_seconds());
    [
        ("webhook-id".to_owned(), id.to_owned()),
        ("webhook-timestamp".to_owned(), timestamp.to_string()),
        ("webhook-signature".to_owned(), signatures(&target.keys, id, timestamp, message.body.as_bytes())),
    ]
}

/// An event in the structured mode of CloudEvents 1.0 (<https://github.com/cloudevents/spec>). Data without a standard
/// attribute is in extension attributes, whose names consist of lower-case letters and digits.
#[derive(Serialize)]
struct CloudEvent<'a> {
    specversion: &'static str,
    id: &'a str,
    source: &'static str,
    #[serde(rename = "type")]
    kind: &'a str,
    subject: &'a str,
    time: String,
    datacontenttype: &'static str,
    /// The sequence extension requires a string that sorts in the order of the events: 20 digits.
    sequence: String,
    subjectsequence: String,
    requestid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    causedby: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chainposition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chainsha256: Option<&'a str>,
    data: &'a RawValue,
}

/// Returns the body of an event, which is the same in every attempt; `None` for records for other systems.
pub fn stored_body(format: WebhookFormat, event: &EventBody) -> Result<Option<String>, Error> {
    match format {
        WebhookFormat::Event => serde_json::to_string(event).map(Some),
        WebhookFormat::Cloudevents => serde_json::to_string(&CloudEvent {
            specversion: "1.0",
            id: event.id.as_str(),
            source: "urn:entente",
            kind: &event.kind,
            subject: &event.subject,
            time: event.timestamp.to_string(),
            datacontenttype: "application/json",
            sequence: format!("{:020}", event.sequence),
            subjectsequence: format!("{:020}", event.subject_sequence),
            requestid: &event.request_id,
            causedby: event.caused_by.as_deref(),
            chainposition: event.chain_head.as_ref().map(|head| format!("{:020}", head.position)),
            chainsha256: event.chain_head.as_ref().map(|head| head.sha256.as_str()),
            data: &event.data,
        })
        .map(Some),
        WebhookFormat::Slack | WebhookFormat::Teams => text::body(format, event).map(Some),
        _ => Ok(None),
    }
    .map_err(Error::internal)
}
