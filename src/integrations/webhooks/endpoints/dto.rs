//! Webhook endpoints in requests and responses.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::integrations::projections::FieldMapping;
use crate::integrations::webhooks::auth::{AuthKind, WebhookAuth};
use crate::integrations::webhooks::format::WebhookFormat;
use crate::integrations::webhooks::registry::{Endpoint, OnExhausted, Ordering, RetryDelay};
use crate::integrations::webhooks::signature::SignatureKind;
use crate::kernel::error::Error;
use crate::kernel::events::EventTypeName;
use crate::kernel::http::body::RequestBody;
use crate::kernel::http::merge_patch::clearable;
use crate::kernel::ids::WebhookEndpointId;
use crate::kernel::system_name::SystemName;
use crate::kernel::time::UtcTime;

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
    #[schema(max_items = 200)]
    pub event_types: Vec<EventTypeName>,
    /// What waits for a disabled endpoint is kept; new events pass it by.
    pub enabled: bool,
    /// Why the service disabled it: `gone` when the receiver answered 410, `failing` after five days without success; null
    /// otherwise.
    #[schema(required, max_length = 20, pattern = "^[a-z_]+$", example = "gone")]
    pub disabled_reason: Option<String>,
    pub format: WebhookFormat,
    pub signature: SignatureKind,
    /// Verifies `v1a` signatures: 32 bytes of Ed25519 in base64; null with a shared secret.
    #[schema(required, max_length = 60, pattern = "^whpk_[A-Za-z0-9+/]+=*$")]
    pub public_key: Option<String>,
    /// Until then the key before the last rotation signs too; null when it does not.
    #[schema(required)]
    pub previous_secret_until: Option<UtcTime>,
    pub ordering: Ordering,
    pub on_exhausted: OnExhausted,
    /// Seconds before each try, the first at once; null for the standard schedule: 0 s, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h,
    /// 14 h, 20 h, 24 h.
    #[schema(required, min_items = 1, max_items = 20)]
    pub retry_delays: Option<Vec<RetryDelay>>,
    /// The external system behind it; it is not told of what it caused itself.
    #[schema(required, max_length = 40, pattern = "^[a-z0-9][a-z0-9._-]*$")]
    pub system: Option<String>,
    pub auth_kind: AuthKind,
    #[schema(required)]
    pub mapping: Option<FieldMapping>,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
}

impl TryFrom<Endpoint> for EndpointBody {
    type Error = Error;

    fn try_from(row: Endpoint) -> Result<Self, Error> {
        let event_types = row.event_types()?.into_iter().map(EventTypeName).collect();
        Ok(Self {
            event_types,
            retry_delays: row.retry_delays()?,
            mapping: row.mapping()?,
            id: row.id,
            url: row.url,
            description: row.description,
            enabled: row.enabled,
            disabled_reason: row.disabled_reason.map(|reason| reason.as_str().to_owned()),
            format: row.format,
            signature: row.signature,
            public_key: row.public_key,
            previous_secret_until: row.previous_secret_until,
            ordering: row.ordering,
            on_exhausted: row.on_exhausted,
            system: row.system,
            auth_kind: row.auth_kind,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// An endpoint with its new secret, which is not shown again.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookEndpointWithSecret)]
pub struct EndpointWithSecret {
    #[serde(flatten)]
    pub endpoint: EndpointBody,
    /// Verifies the signatures (<https://www.standardwebhooks.com>). Keep it; it is not shown again. Null with Ed25519, where
    /// `public_key` does.
    #[schema(
        required,
        max_length = 100,
        pattern = "^whsec_[A-Za-z0-9+/]+=*$",
        example = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
    )]
    pub secret: Option<String>,
}

impl EndpointWithSecret {
    pub fn new(endpoint: Endpoint, secret: Option<&SecretString>) -> Result<Self, Error> {
        let secret = secret.map(|secret| secret.expose_secret().to_owned());
        Ok(Self { endpoint: endpoint.try_into()?, secret })
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
    /// What to send; empty for everything, or, with the format of another system, for `callback_request.received`.
    #[serde(default)]
    #[schema(nullable = false, max_items = 200)]
    pub event_types: Option<Vec<EventTypeName>>,
    /// Whether to begin at once.
    #[serde(default)]
    #[schema(nullable = false, default = true)]
    pub enabled: Option<bool>,
    /// What the receiver takes; cannot be changed later.
    #[serde(default)]
    #[schema(nullable = false, default = "event")]
    pub format: Option<WebhookFormat>,
    /// Cannot be changed later.
    #[serde(default)]
    #[schema(nullable = false, default = "hmac_sha256")]
    pub signature: Option<SignatureKind>,
    #[serde(default)]
    #[schema(nullable = false, default = "none")]
    pub ordering: Option<Ordering>,
    #[serde(default)]
    #[schema(nullable = false, default = "skip")]
    pub on_exhausted: Option<OnExhausted>,
    /// Seconds before each try; null for the standard schedule.
    #[serde(default)]
    #[schema(min_items = 1, max_items = 20)]
    pub retry_delays: Option<Vec<RetryDelay>>,
    /// The external system behind it; it is not told of what it caused itself.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 40, pattern = "^[a-z0-9][a-z0-9._-]*$")]
    pub system: Option<SystemName>,
    #[serde(default)]
    #[schema(nullable = false)]
    #[validate(nested)]
    pub auth: Option<WebhookAuth>,
    /// For formats of other systems: which fields have other names there.
    #[serde(default)]
    pub mapping: Option<FieldMapping>,
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
    #[schema(nullable = false, max_items = 200)]
    pub event_types: Option<Vec<EventTypeName>>,
    /// Enabling also ends a pause that the receiver had asked for; a failing one is tried at once.
    #[serde(default)]
    #[schema(nullable = false)]
    pub enabled: Option<bool>,
    #[serde(default)]
    #[schema(nullable = false)]
    pub ordering: Option<Ordering>,
    #[serde(default)]
    #[schema(nullable = false)]
    pub on_exhausted: Option<OnExhausted>,
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<Vec<RetryDelay>>, min_items = 1, max_items = 20)]
    pub retry_delays: Option<Option<Vec<RetryDelay>>>,
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 40, pattern = "^[a-z0-9][a-z0-9._-]*$")]
    pub system: Option<Option<SystemName>>,
    /// Replaces the credentials as a whole.
    #[serde(default)]
    #[schema(nullable = false)]
    #[validate(nested)]
    pub auth: Option<WebhookAuth>,
    /// Replaces the mapping as a whole.
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<FieldMapping>)]
    pub mapping: Option<Option<FieldMapping>>,
}

impl RequestBody for WebhookEndpointPatch {}

/// How to rotate.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"overlap_hours": 24}))]
pub struct RotateWebhookSecret {
    /// How long the present secret goes on signing beside the new one; 0 revokes it now.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 0, maximum = 168, default = 24)]
    pub overlap_hours: Option<i32>,
}

impl RequestBody for RotateWebhookSecret {
    const OPTIONAL: bool = true;
}
