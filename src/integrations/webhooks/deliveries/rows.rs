//! The rows of deliveries and attempts.

use diesel::prelude::*;

use super::state::DeliveryState;
use crate::kernel::db::schema::{events, webhook_attempts, webhook_deliveries};
use crate::kernel::ids::{DeliveryAttemptId, DeliveryId, EventId, WebhookEndpointId};
use crate::kernel::time::UtcTime;

/// A delivery, with the type of its event.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = webhook_deliveries)]
pub struct Delivery {
    pub id: DeliveryId,
    pub endpoint_id: WebhookEndpointId,
    pub event_id: EventId,
    #[diesel(select_expression = events::kind)]
    pub event_type: String,
    pub subject: String,
    pub sequence: i64,
    pub state: DeliveryState,
    pub attempts: i32,
    pub next_attempt_at: UtcTime,
    pub created_at: UtcTime,
    pub delivered_at: Option<UtcTime>,
}

/// An attempt that has ended.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = webhook_attempts, treat_none_as_default_value = false)]
pub struct AttemptRow {
    pub id: DeliveryAttemptId,
    pub delivery_id: DeliveryId,
    pub number: i32,
    pub started_at: UtcTime,
    pub duration_ms: i64,
    pub outcome: String,
    pub status: Option<i32>,
    pub excerpt: Option<String>,
}
