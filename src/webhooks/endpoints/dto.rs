//! Webhook endpoints in requests and answers.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::store::Endpoint;
use crate::error::Error;
use crate::events::EventTypeName;
use crate::http::body::RequestBody;
use crate::http::merge_patch::clearable;
use crate::ids::WebhookEndpointId;
use crate::time::UtcTime;

/// Where events are sent.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = WebhookEndpoint)]
pub struct EndpointBody {
    pub id: WebhookEndpointId,
    /// As the URL standard of WHATWG writes it.
    #[schema(
        format = "uri",
        max_length = 2100,
        pattern = "^https?://[!-~]+$",
        example = "https://crm.example.com/hooks/entente"
    )]
    pub url: String,
    #[schema(required, min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$", example = "CRM of marketing")]
    pub description: Option<String>,
    /// What is sent; empty for everything.
    #[schema(max_items = 100)]
    pub event_types: Vec<EventTypeName>,
    /// What waits for a disabled endpoint is kept; new events pass it by.
    pub enabled: bool,
    /// `gone` when the receiver answered 410 and was therefore disabled; null otherwise.
    #[schema(required, max_length = 20, pattern = "^[a-z_]+$", example = "gone")]
    pub disabled_reason: Option<String>,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
}

impl TryFrom<Endpoint> for EndpointBody {
    type Error = Error;

    fn try_from(row: Endpoint) -> Result<Self, Error> {
        let event_types = row.event_types()?.into_iter().map(EventTypeName).collect();
        let Endpoint { id, url, description, enabled, disabled_reason, created_at, updated_at, .. } = row;
        Ok(Self { id, url, description, event_types, enabled, disabled_reason, created_at, updated_at })
    }
}

/// An endpoint with its new secret, which is not shown again.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookEndpointWithSecret)]
pub struct EndpointWithSecret {
    #[serde(flatten)]
    pub endpoint: EndpointBody,
    /// Verifies the signatures (<https://www.standardwebhooks.com>). Keep it; it is not shown again.
    #[schema(
        max_length = 100,
        pattern = "^whsec_[A-Za-z0-9+/]+=*$",
        example = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
    )]
    pub secret: String,
}

impl EndpointWithSecret {
    pub fn new(endpoint: Endpoint, secret: &SecretString) -> Result<Self, Error> {
        Ok(Self { endpoint: endpoint.try_into()?, secret: secret.expose_secret().to_owned() })
    }
}

/// An endpoint as events tell of it: without path and query of its URL, which may hold credentials.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = WebhookEndpointNotice)]
pub struct EndpointNotice {
    pub id: WebhookEndpointId,
    /// Scheme, host and port of its URL.
    #[schema(max_length = 300, pattern = "^https?://[!-~]+$", example = "https://crm.example.com")]
    pub origin: String,
    #[schema(required, min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    pub description: Option<String>,
    #[schema(max_items = 100)]
    pub event_types: Vec<EventTypeName>,
    pub enabled: bool,
    #[schema(required, max_length = 20, pattern = "^[a-z_]+$")]
    pub disabled_reason: Option<String>,
}

impl TryFrom<&Endpoint> for EndpointNotice {
    type Error = Error;

    fn try_from(row: &Endpoint) -> Result<Self, Error> {
        let origin = Url::parse(&row.url).map_err(Error::internal)?.origin().ascii_serialization();
        Ok(Self {
            id: row.id,
            origin,
            description: row.description.clone(),
            event_types: row.event_types()?.into_iter().map(EventTypeName).collect(),
            enabled: row.enabled,
            disabled_reason: row.disabled_reason.clone(),
        })
    }
}

/// An endpoint to add.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"url": "https://crm.example.com/hooks/entente", "description": "CRM of marketing", "event_types": ["department.created", "department.updated"]}))]
pub struct NewWebhookEndpoint {
    /// `https`, a public address, no user name, no fragment.
    #[schema(format = "uri", max_length = 2000, pattern = "^https?://[!-~]+$")]
    pub url: String,
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    pub description: Option<String>,
    /// What to send; empty for everything.
    #[serde(default)]
    #[schema(nullable = false, max_items = 100)]
    pub event_types: Option<Vec<EventTypeName>>,
    /// Whether to begin at once.
    #[serde(default)]
    #[schema(nullable = false, default = true)]
    pub enabled: Option<bool>,
}

impl RequestBody for NewWebhookEndpoint {}

/// What to change about an endpoint; absent members stay, null clears.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"event_types": [], "enabled": true}))]
pub struct WebhookEndpointPatch {
    #[serde(default)]
    #[schema(nullable = false, format = "uri", max_length = 2000, pattern = "^https?://[!-~]+$")]
    pub url: Option<String>,
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    pub description: Option<Option<String>>,
    #[serde(default)]
    #[schema(nullable = false, max_items = 100)]
    pub event_types: Option<Vec<EventTypeName>>,
    /// Enabling also ends a pause that the receiver had asked for.
    #[serde(default)]
    #[schema(nullable = false)]
    pub enabled: Option<bool>,
}

impl RequestBody for WebhookEndpointPatch {}

/// Which endpoints.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WebhookEndpointQuery {
    /// Items of a page.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 100, default = 20)]
    #[param(nullable = false, format = Int32, minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    #[schema(nullable = false, max_length = 512, pattern = "^[A-Za-z0-9_-]+$")]
    #[param(nullable = false, max_length = 512, pattern = "^[A-Za-z0-9_-]+$")]
    pub cursor: Option<String>,
}
