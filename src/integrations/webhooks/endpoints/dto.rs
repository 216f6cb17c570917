//! Webhook endpoints in requests and responses.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::integrations::projections::FieldMapping;
use crate::integrations::webhooks::auth::{AuthKind, WebhookAuth};
use crate::integrations::webhooks::filter::EventFilter;
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

/// A webhook endpoint: a URL to which events are sent or, if `format` is a CRM or ITSM format, records of callback
/// requests.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = WebhookEndpoint)]
pub struct EndpointBody {
    /// Unique identifier of the endpoint.
    pub id: WebhookEndpointId,
    /// URL to which the requests are sent, as normalised by the WHATWG URL standard.
    #[schema(
        format = "uri",
        max_length = 2100,
        pattern = "^https?://[!-~]+$",
        example = "https://crm.example.com/hooks/entente"
    )]
    pub url: String,
    /// Description of the endpoint, for people; null if it has none.
    #[schema(required, min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$", example = "CRM of marketing")]
    pub description: Option<String>,
    /// Event types to which the endpoint subscribes; empty for all types. Never empty for a CRM or ITSM format.
    #[schema(max_items = 200)]
    pub event_types: Vec<EventTypeName>,
    /// Whether the endpoint receives events. While it is disabled, no new events are queued; pending deliveries are
    /// kept and sent when it is enabled again.
    pub enabled: bool,
    /// Why the service disabled the endpoint: `gone` (the receiver responded 410) or `failing` (no delivery succeeded
    /// for five days); null if the service did not disable it.
    #[schema(required, max_length = 20, pattern = "^[a-z_]+$", example = "gone")]
    pub disabled_reason: Option<String>,
    /// Format of the requests.
    pub format: WebhookFormat,
    /// How the requests are signed.
    pub signature: SignatureKind,
    /// Public key that verifies `v1a` signatures: `whpk_` and the 32 bytes of the Ed25519 key in base64; null unless
    /// `signature` is `ed25519`.
    #[schema(required, max_length = 60, pattern = "^whpk_[A-Za-z0-9+/]+=*$")]
    pub public_key: Option<String>,
    /// End of the overlap of the last rotation: until then, requests are also signed with the previous secret; null if
    /// there is no previous secret.
    #[schema(required)]
    pub previous_secret_until: Option<UtcTime>,
    /// Order in which events are sent. Always `subject` for a CRM or ITSM format.
    pub ordering: Ordering,
    /// What happens after the last attempt to deliver an event has failed. Applies only if `ordering` is `subject`.
    pub on_exhausted: OnExhausted,
    /// Retry schedule: the delay in seconds before each attempt, counted from the end of the previous one; up to 20%
    /// is added to each delay. Null for the standard schedule of ten attempts: 0 s, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h,
    /// 14 h, 20 h, 24 h.
    #[schema(required, min_items = 1, max_items = 20)]
    pub retry_delays: Option<Vec<RetryDelay>>,
    /// Short name of the external system that receives the events; null if it is not set. Events that this system
    /// caused are not sent to the endpoint.
    #[schema(required, max_length = 40, pattern = "^[a-z0-9][a-z0-9._-]*$")]
    pub system: Option<String>,
    /// How the requests are authenticated. The credentials themselves are never returned.
    pub auth_kind: AuthKind,
    /// Field mapping for CRM or ITSM records; null if it is not set.
    #[schema(required)]
    pub mapping: Option<FieldMapping>,
    /// Content filter, which restricts the events of the types in `event_types`; null for no filter. An erasure of
    /// personal data is always sent to an endpoint with a CRM or ITSM format.
    #[schema(required)]
    pub filter: Option<EventFilter>,
    /// When the endpoint was created.
    pub created_at: UtcTime,
    /// When the endpoint was last changed.
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
            filter: row.filter()?,
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

/// A webhook endpoint with its new secret, which is returned only once.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookEndpointWithSecret)]
pub struct EndpointWithSecret {
    #[serde(flatten)]
    pub endpoint: EndpointBody,
    /// Secret that verifies the `v1` signatures (<https://www.standardwebhooks.com>). Store it; it is not returned
    /// again. Null if `signature` is `ed25519`: use `public_key` instead.
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

/// A webhook endpoint to create.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"url": "https://crm.example.com/hooks/entente", "description": "CRM of marketing", "event_types": ["department.created", "department.updated"]}))]
pub struct NewWebhookEndpoint {
    /// URL to which the requests are sent. It must use `https`, a public name or address and port 443 or 8443, and must
    /// not contain a user name, password or fragment. The operator can permit other destinations.
    #[schema(format = "uri", max_length = 2000, pattern = "^https?://[!-~]+$")]
    pub url: String,
    /// Description of the endpoint, for people.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    pub description: Option<String>,
    /// Event types to which the endpoint subscribes. If absent or empty: for a CRM or ITSM format, all events in the
    /// life of a callback request; for a chat format, pending actions and reminders; otherwise all types. An endpoint
    /// with a CRM or ITSM format always subscribes to `callback_request.erased`.
    #[serde(default)]
    #[schema(nullable = false, max_items = 200)]
    pub event_types: Option<Vec<EventTypeName>>,
    /// Whether the endpoint receives events from now on.
    #[serde(default)]
    #[schema(nullable = false, default = true)]
    pub enabled: Option<bool>,
    /// Format of the requests. It cannot be changed later.
    #[serde(default)]
    #[schema(nullable = false, default = "event")]
    pub format: Option<WebhookFormat>,
    /// How the requests are signed. It cannot be changed later.
    #[serde(default)]
    #[schema(nullable = false, default = "hmac_sha256")]
    pub signature: Option<SignatureKind>,
    /// Order in which events are sent. If absent: `none`, or `subject` for a CRM or ITSM format. Such a format allows
    /// no other order, because a record must be created before it is changed.
    #[serde(default)]
    #[schema(nullable = false)]
    pub ordering: Option<Ordering>,
    /// What happens after the last attempt to deliver an event has failed. Applies only if `ordering` is `subject`.
    #[serde(default)]
    #[schema(nullable = false, default = "skip")]
    pub on_exhausted: Option<OnExhausted>,
    /// Retry schedule: the delay in seconds before each attempt, counted from the end of the previous one; absent or
    /// null for the standard schedule of ten attempts over three to four days.
    #[serde(default)]
    #[schema(min_items = 1, max_items = 20)]
    pub retry_delays: Option<Vec<RetryDelay>>,
    /// Short name of the external system that receives the events; absent or null for none. Events that this system
    /// caused are not sent to the endpoint, including events that an application with this name caused. For a CRM or
    /// ITSM format the default is the name of the tool, and the IDs of records are stored under it.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 40, pattern = "^[a-z0-9][a-z0-9._-]*$")]
    pub system: Option<SystemName>,
    /// Credentials with which the service authenticates to the receiver; absent for none.
    #[serde(default)]
    #[schema(nullable = false)]
    #[validate(nested)]
    pub auth: Option<WebhookAuth>,
    /// Field mapping, only for the formats of CRM and ITSM tools; absent or null for none. `jira-request` requires one
    /// that sets `/serviceDeskId` and `/requestTypeId`.
    #[serde(default)]
    pub mapping: Option<FieldMapping>,
    /// Content filter, which restricts the events of the types in `event_types`; absent or null for none.
    #[serde(default)]
    pub filter: Option<EventFilter>,
}

impl RequestBody for NewWebhookEndpoint {}

/// Changes to a webhook endpoint (JSON Merge Patch). Absent fields do not change. Send null to clear a nullable field.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"event_types": [], "enabled": true}))]
pub struct WebhookEndpointPatch {
    /// URL to which the requests are sent, with the same rules as when you create the endpoint. If the endpoint has
    /// credentials and the new URL has another origin, `auth` is required.
    #[serde(default)]
    #[schema(nullable = false, format = "uri", max_length = 2000, pattern = "^https?://[!-~]+$")]
    pub url: Option<String>,
    /// Description of the endpoint, for people.
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    pub description: Option<Option<String>>,
    /// Event types to which the endpoint subscribes, with the same rules as when you create the endpoint. Replaces the
    /// whole list.
    #[serde(default)]
    #[schema(nullable = false, max_items = 200)]
    pub event_types: Option<Vec<EventTypeName>>,
    /// Whether the endpoint receives events. Setting it to true also ends a pause that the receiver requested, and
    /// sends a probe at once if the endpoint is failing.
    #[serde(default)]
    #[schema(nullable = false)]
    pub enabled: Option<bool>,
    /// Order in which events are sent. It also applies to pending deliveries.
    #[serde(default)]
    #[schema(nullable = false)]
    pub ordering: Option<Ordering>,
    /// What happens after the last attempt to deliver an event has failed. Applies only if `ordering` is `subject`.
    #[serde(default)]
    #[schema(nullable = false)]
    pub on_exhausted: Option<OnExhausted>,
    /// Retry schedule: the delay in seconds before each attempt, counted from the end of the previous one; null for the
    /// standard schedule.
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<Vec<RetryDelay>>, min_items = 1, max_items = 20)]
    pub retry_delays: Option<Option<Vec<RetryDelay>>>,
    /// Short name of the external system that receives the events. Events that this system caused are not sent to the
    /// endpoint.
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 40, pattern = "^[a-z0-9][a-z0-9._-]*$")]
    pub system: Option<Option<SystemName>>,
    /// Credentials with which the service authenticates to the receiver. Replaces all credentials; use the kind `none`
    /// to remove them.
    #[serde(default)]
    #[schema(nullable = false)]
    #[validate(nested)]
    pub auth: Option<WebhookAuth>,
    /// Field mapping, only for the formats of CRM and ITSM tools. Replaces the whole mapping.
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<FieldMapping>)]
    pub mapping: Option<Option<FieldMapping>>,
    /// Content filter; null for none. Replaces the whole filter, for events from now on.
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<EventFilter>)]
    pub filter: Option<Option<EventFilter>>,
}

impl RequestBody for WebhookEndpointPatch {}

/// Options of a rotation.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"overlap_hours": 24}))]
pub struct RotateWebhookSecret {
    /// For how many hours requests are signed with both the old and the new secret; 0 revokes the old secret at once.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 0, maximum = 168, default = 24)]
    pub overlap_hours: Option<i32>,
}

impl RequestBody for RotateWebhookSecret {
    const OPTIONAL: bool = true;
}
