//! The request that carries an event to an endpoint.

use reqwest::Method;
use url::Url;

use super::auth::WebhookAuth;
use super::sender::OutgoingRequest;
use super::signing::{SigningKey, signatures};
use super::wire::WebhookFormat;
use crate::kernel::ids::{EventId, WebhookEndpointId};
use crate::kernel::time::UtcTime;

/// Where something goes, and with which keys.
pub struct Address {
    pub endpoint: WebhookEndpointId,
    pub url: Url,
    pub format: WebhookFormat,
    /// All of them sign: the present one first.
    pub keys: Vec<SigningKey>,
    pub auth: WebhookAuth,
}

/// What goes there.
pub struct Message<'a> {
    pub id: EventId,
    /// What the event is about.
    pub subject: &'a str,
    pub body: &'a str,
}

/// The request as Standard Webhooks defines it, whatever its body; `proof` is the header of the receiver's own
/// authentication.
#[must_use]
pub fn request(
    address: &Address,
    message: &Message<'_>,
    proof: Option<(String, String)>,
    now: UtcTime,
) -> OutgoingRequest {
    let (id, timestamp) = (message.id.as_str(), now.unix_seconds());
    let mut headers = vec![
        ("content-type".to_owned(), address.format.content_type().to_owned()),
        ("webhook-id".to_owned(), id.to_owned()),
        ("webhook-timestamp".to_owned(), timestamp.to_string()),
        ("webhook-signature".to_owned(), signatures(&address.keys, id, timestamp, message.body.as_bytes())),
    ];
    headers.extend(proof);
    let (method, url) = target(address, message.subject);
    OutgoingRequest { method, url, headers, body: message.body.as_bytes().to_vec() }
}

/// Salesforce finds a record by the value of an external id field in the path.
fn target(address: &Address, subject: &str) -> (Method, Url) {
    let mut url = address.url.clone();
    if address.format != WebhookFormat::SalesforceLead {
        return (Method::POST, url);
    }
    // An error means a URL that cannot have a path, which the guard has refused.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().push(subject);
    }
    (Method::PATCH, url)
}
