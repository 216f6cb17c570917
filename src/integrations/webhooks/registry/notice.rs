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
    #[schema(max_items = 200)]
    pub event_types: Vec<EventTypeName>,
    pub enabled: bool,
    #[schema(required, max_length = 20, pattern = "^[a-z_]+$")]
    pub disabled_reason: Option<String>,
    pub format: WebhookFormat,
    #[schema(required, max_length = 40, pattern = "^[a-z0-9][a-z0-9._-]*$")]
    pub system: Option<String>,
    pub circuit: Circuit,
    /// When the first failure after the last success was or, since its circuit opened, when it did; null when the last
    /// attempt succeeded.
    #[schema(required)]
    pub failing_since: Option<UtcTime>,
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
            disabled_reason: row.disabled_reason.map(|reason| reason.as_str().to_owned()),
            format: row.format,
            system: row.system.clone(),
            circuit: row.circuit,
            failing_since: row.failing_since,
        })
    }
}
