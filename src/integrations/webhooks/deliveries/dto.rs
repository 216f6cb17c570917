//! Deliveries and attempts in requests and answers.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::rows::{AttemptRow, Delivery};
use super::state::DeliveryState;
use crate::kernel::events::EventTypeName;
use crate::kernel::ids::{DeliveryAttemptId, DeliveryId, EventId, WebhookEndpointId};
use crate::kernel::time::UtcTime;

/// One event on its way to one endpoint.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = WebhookDelivery)]
pub struct DeliveryBody {
    pub id: DeliveryId,
    pub endpoint_id: WebhookEndpointId,
    /// The event; also the `webhook-id` of every attempt.
    pub event_id: EventId,
    pub event_type: EventTypeName,
    /// The event's place in the feed.
    #[schema(format = Int64, minimum = 1, maximum = 9_007_199_254_740_991i64)]
    pub sequence: i64,
    pub state: DeliveryState,
    /// How often it was sent.
    #[schema(format = Int32, minimum = 0, maximum = 2_147_483_647)]
    pub attempts: i32,
    /// What the event is about.
    #[schema(max_length = 40, pattern = "^[a-z]{2,4}_[0-9a-z]{26}$")]
    pub subject: String,
    /// When it is due; null when it is not `pending`. While its endpoint is `failing` it is held beyond that.
    #[schema(required)]
    pub next_attempt_at: Option<UtcTime>,
    pub created_at: UtcTime,
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

/// One attempt to deliver.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = WebhookAttempt)]
pub struct AttemptBody {
    pub id: DeliveryAttemptId,
    /// 1, 2, 3, ...
    #[schema(format = Int32, minimum = 1, maximum = 2_147_483_647)]
    pub number: i32,
    pub started_at: UtcTime,
    #[schema(format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64)]
    pub duration_ms: i64,
    /// How it ended, in a word: `delivered`; by what was answered `redirect`, `client_error`, `gone`, `rate_limited`,
    /// `server_error`, `unavailable`, `multi_status`, `unexpected_status`; without an answer `dns`, `connect`, `tls`,
    /// `timeout`, `no_answer`; without having been sent `egress_refused` (an address
    /// or scheme that the operator does not allow, see `ENTENTE_WEBHOOKS_*`), `token`, `invalid_request`.
    #[schema(max_length = 40, pattern = "^[a-z_]+$", example = "server_error")]
    pub outcome: String,
    /// The HTTP status; null when none came.
    #[schema(required, format = Int32, minimum = 100, maximum = 999)]
    pub status: Option<i32>,
    /// The start of what the receiver answered; null also for records of other systems, whose answers may repeat a person.
    #[schema(required, max_length = 1024, pattern = r"^[^\x00]*$")]
    pub excerpt: Option<String>,
}

impl From<AttemptRow> for AttemptBody {
    fn from(row: AttemptRow) -> Self {
        let AttemptRow { id, delivery_id: _, number, started_at, duration_ms, outcome, status, excerpt } = row;
        Self { id, number, started_at, duration_ms, outcome, status, excerpt }
    }
}

/// Which deliveries.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WebhookDeliveryQuery {
    /// Only those in this state.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub state: Option<DeliveryState>,
}
