//! Deliveries and attempts in requests and responses.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::rows::{AttemptRow, Delivery};
use super::state::DeliveryState;
use crate::kernel::events::EventTypeName;
use crate::kernel::ids::{DeliveryAttemptId, DeliveryId, EventId, WebhookEndpointId};
use crate::kernel::time::UtcTime;

/// The delivery of one event to one webhook endpoint.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = WebhookDelivery)]
pub struct DeliveryBody {
    /// Unique identifier of the delivery.
    pub id: DeliveryId,
    /// The webhook endpoint to which the event is sent.
    pub endpoint_id: WebhookEndpointId,
    /// The event. Its ID is also the header `webhook-id` of every attempt.
    pub event_id: EventId,
    /// Type of the event.
    pub event_type: EventTypeName,
    /// Sequence number of the event in the event feed.
    #[schema(format = Int64, minimum = 1, maximum = 9_007_199_254_740_991i64)]
    pub sequence: i64,
    /// State of the delivery.
    pub state: DeliveryState,
    /// Number of attempts made so far.
    #[schema(format = Int32, minimum = 0, maximum = 2_147_483_647)]
    pub attempts: i32,
    /// Identifier of the resource that the event is about.
    #[schema(max_length = 40, pattern = "^[a-z]{2,4}_[0-9a-z]{26}$")]
    pub subject: String,
    /// When the next attempt is due; null unless the delivery is `pending`. While the endpoint is paused or failing,
    /// the attempt is made later.
    #[schema(required)]
    pub next_attempt_at: Option<UtcTime>,
    /// When the delivery was queued.
    pub created_at: UtcTime,
    /// When the receiver accepted the event; null unless the delivery is `delivered`.
    #[schema(required)]
    pub delivered_at: Option<UtcTime>,
}

impl From<Delivery> for DeliveryBody {
    fn from(row: Delivery) -> Self {
        let Delivery {
            id,
            endpoint_id,
            event_id,
            event_type,
            subject,
            sequence,
            state,
            attempts,
            next_attempt_at,
            created_at,
            delivered_at,
        } = row;
        let next_attempt_at = (state == DeliveryState::Pending).then_some(next_attempt_at);
        Self {
            id,
            endpoint_id,
            event_id,
            event_type: EventTypeName(event_type),
            subject,
            sequence,
            state,
            attempts,
            next_attempt_at,
            created_at,
            delivered_at,
        }
    }
}

/// One attempt of a delivery.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = WebhookAttempt)]
pub struct AttemptBody {
    /// Unique identifier of the attempt.
    pub id: DeliveryAttemptId,
    /// Number of the attempt within its delivery, starting at 1.
    #[schema(format = Int32, minimum = 1, maximum = 2_147_483_647)]
    pub number: i32,
    /// When the attempt started.
    pub started_at: UtcTime,
    /// Duration of the attempt in milliseconds.
    #[schema(format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64)]
    pub duration_ms: i64,
    /// Outcome of the attempt:
    ///
    /// - `delivered`: the receiver responded 2xx.
    /// - `redirect`: it responded 3xx. Redirects are not followed.
    /// - `client_error`: it responded 4xx, except 410 and 429.
    /// - `gone`: it responded 410.
    /// - `rate_limited`: it responded 429.
    /// - `server_error`: it responded 5xx, except 503.
    /// - `unavailable`: it responded 503.
    /// - `unexpected_status`: it responded with any other status.
    /// - `multi_status`: a CRM responded 207, which means that the record failed.
    /// - `unexpected_response`: a CRM or ITSM tool responded 2xx, but the response cannot be read.
    /// - `no_record`: there is no record that could be closed or redacted, or the record was created with a response
    ///   without its ID, and a search does not find it. Counts as delivered.
    /// - `record_deleted`: the record was deleted in the other system. Counts as delivered.
    /// - `record_locked`: the other system no longer allows changes to the record, for example because the lead was
    ///   converted. Counts as delivered.
    /// - `not_closed`: the record was updated, but its workflow has no step that closes it. Counts as delivered.
    /// - `dns`: the host name could not be resolved.
    /// - `connect`: no connection could be established.
    /// - `tls`: the TLS handshake failed.
    /// - `timeout`: there was no response in time.
    /// - `no_answer`: the connection ended before a valid response.
    /// - `egress_refused`: nothing was sent, because the operator does not allow this name, address, scheme or port.
    /// - `token`: nothing was sent, because the token server returned no access token.
    /// - `invalid_request`: nothing was sent, because a header is malformed.
    #[schema(max_length = 40, pattern = "^[a-z_]+$", example = "server_error")]
    pub outcome: String,
    /// HTTP status of the response; null if there was no response.
    #[schema(required, format = Int32, minimum = 100, maximum = 999)]
    pub status: Option<i32>,
    /// Start of the response body, at most 1 KiB; null if there was no response, for CRM and ITSM records, whose
    /// responses can contain personal data, and after an erasure.
    #[schema(required, max_length = 1024, pattern = r"^[^\x00]*$")]
    pub excerpt: Option<String>,
}

impl From<AttemptRow> for AttemptBody {
    fn from(row: AttemptRow) -> Self {
        let AttemptRow { id, delivery_id: _, number, started_at, duration_ms, outcome, status, excerpt } = row;
        Self { id, number, started_at, duration_ms, outcome, status, excerpt }
    }
}

/// Filters of the list of deliveries.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WebhookDeliveryQuery {
    /// Return only deliveries in this state.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub state: Option<DeliveryState>,
}
