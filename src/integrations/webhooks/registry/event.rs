//! Webhook endpoints in events and audit entries.

use serde::Serialize;
use url::Url;
use utoipa::ToSchema;

use super::store::Endpoint;
use crate::integrations::webhooks::circuit_breaker::Circuit;
use crate::integrations::webhooks::format::WebhookFormat;
use crate::kernel::error::Error;
use crate::kernel::events::EventTypeName;
use crate::kernel::ids::WebhookEndpointId;
use crate::kernel::time::UtcTime;

/// A webhook endpoint in events and audit entries: without the path and query of its URL, which can contain
/// credentials.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = WebhookEndpointEvent)]
pub struct EndpointEvent {
    /// Unique identifier of the endpoint.
    pub id: WebhookEndpointId,
    /// Scheme, host and port of the endpoint's URL.
    #[schema(max_length = 300, pattern = "^https?://[!-~]+$", example = "https://crm.example.com")]
    pub origin: String,
    /// Description of the endpoint; null if it has none.
    #[schema(required, min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    pub description: Option<String>,
    /// Event types to which the endpoint subscribes; empty for all types. Never empty for a CRM or ITSM format.
    #[schema(max_items = 200)]
    pub event_types: Vec<EventTypeName>,
    /// Whether the endpoint receives events.
    pub enabled: bool,
    /// Why the service disabled the endpoint: `gone` (the receiver responded 410) or `failing` (no delivery succeeded
    /// for five days); null if the service did not disable it.
    #[schema(required, max_length = 20, pattern = "^[a-z_]+$")]
    pub disabled_reason: Option<String>,
    /// Format of the requests to the endpoint.
    pub format: WebhookFormat,
    /// Short name of the external system that receives the events; null if it is not set.
    #[schema(required, max_length = 40, pattern = "^[a-z0-9][a-z0-9._-]*$")]
    pub system: Option<String>,
    /// State of the endpoint's circuit breaker.
    pub circuit: Circuit,
    /// When the first failure after the last success ended or, after the circuit has opened, when it opened; null if
    /// the last attempt succeeded.
    #[schema(required)]
    pub failing_since: Option<UtcTime>,
}

impl TryFrom<&Endpoint> for EndpointEvent {
    type Error = Error;

    fn try_from(row: &Endpoint) -> Result<Self, Error> {
        let origin = Url::parse(&row.url).map_err(Error::internal)?.origin().ascii_serialization();
        Ok(Self {
            id: row.id,
            origin,
            description: row.description.clone(),
            event_types: row.event_types()?.into_iter().map(EventTypeName).collect(),
            enabled: row.enabled,
            disabled_reason: row.disabled_reason.map(|reason| reason.as_str().to_owned()),
            format: row.format,
            system: row.system.clone(),
            circuit: row.circuit,
            failing_since: row.failing_since,
        })
    }
}
