//! The HTTP request that delivers an event to an endpoint: its body, its signed headers, its URL.
//!
//! Rules: the bodies of `event` and `cloudevents` are created once, when the event is queued, and stored, so that every
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
    /// The id of the record that the event is about.
    pub subject: &'a str,
    pub body: &'a str,
}

/// Returns the request as defined in Standard Webhooks, with any format of body; `auth_header` is the header with which
/// the service authenticates to the receiver.
#[must_use]
pub fn request(
    target: &Target,
    message: &Message<'_>,
    auth_header: Option<(String, String)>,
    now: UtcTime,
) -> OutgoingRequest {
    let (id, timestamp) = (message.id.as_str(), now.unix_seconds());
    let mut headers = vec![
        ("content-type".to_owned(), target.format.content_type().to_owned()),
        ("webhook-id".to_owned(), id.to_owned()),
        ("webhook-timestamp".to_owned(), timestamp.to_string()),
        ("webhook-signature".to_owned(), signatures(&target.keys, id, timestamp, message.body.as_bytes())),
    ];
    headers.extend(auth_header);
    let (method, url) = method_and_url(target, message.subject);
    OutgoingRequest { method, url, headers, body: message.body.as_bytes().to_vec() }
}

/// Returns the method and the URL of the request. Salesforce finds a record by the value of an external id field in the
/// path.
fn method_and_url(target: &Target, subject: &str) -> (Method, Url) {
    let mut url = target.url.clone();
    if target.format != WebhookFormat::SalesforceLead {
        return (Method::POST, url);
    }
    // Fails only for a URL that cannot have a path, which the egress guard refuses.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().push(subject);
    }
    (Method::PATCH, url)
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
        _ => Ok(None),
    }
    .map_err(Error::internal)
}
