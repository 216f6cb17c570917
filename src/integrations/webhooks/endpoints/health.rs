//! The health of an endpoint: its status, its circuit, and what waits for it.

use serde::Serialize;
use utoipa::ToSchema;

use super::service;
use crate::integrations::webhooks::circuit_breaker::{Circuit, GIVES_UP_AFTER};
use crate::integrations::webhooks::deliveries;
use crate::integrations::webhooks::registry::Endpoint;
use crate::kernel::auth::Actor;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::WebhookEndpointId;
use crate::kernel::time::UtcTime;

/// Waiting deliveries that are counted at most.
const MAX_COUNTED: i64 = 10_000;

crate::text_enum! {
    /// How an endpoint fares, in a word.
    pub enum HealthStatus {
        /// The last attempt succeeded, or none was made yet.
        Healthy,
        /// The last attempts failed; events are sent as they come, failed ones again by the schedule.
        Unsteady,
        /// It fails again and again: everything is held, and it is probed now and then.
        Failing,
        /// It answers again; what was held is on its way, oldest first.
        Recovering,
        /// Switched off, by a person or by the service.
        Disabled,
    }
}

/// How an endpoint fares.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookHealth {
    pub status: HealthStatus,
    pub circuit: Circuit,
    /// Attempts that failed since the last success.
    #[schema(format = Int32, minimum = 0, maximum = 2_147_483_647)]
    pub consecutive_failures: i32,
    /// When the first of them was, or, since its circuit opened, when it did.
    #[schema(required)]
    pub failing_since: Option<UtcTime>,
    /// When a held event is tried next; null unless `failing`.
    #[schema(required)]
    pub next_probe_at: Option<UtcTime>,
    /// Without a success until then it will be disabled; null unless `failing`.
    #[schema(required)]
    pub disabled_at: Option<UtcTime>,
    /// The receiver asked for a pause until then (`Retry-After`); null when it did not.
    #[schema(required)]
    pub paused_until: Option<UtcTime>,
    #[schema(required)]
    pub last_success_at: Option<UtcTime>,
    #[schema(required)]
    pub last_failure_at: Option<UtcTime>,
    /// Events on their way; 10000 means as many or more.
    #[schema(format = Int32, minimum = 0, maximum = 10_000)]
    pub waiting: i32,
    /// When the oldest of them was queued.
    #[schema(required)]
    pub oldest_waiting_since: Option<UtcTime>,
}

/// Returns the health of an endpoint.
///
/// # Errors
/// 403, 404.
pub fn health(conn: &mut DbConn, actor: &Actor, id: WebhookEndpointId, now: UtcTime) -> Result<WebhookHealth, Error> {
    let endpoint = service::get(conn, actor, id)?;
    let waiting = deliveries::waiting(conn, id, MAX_COUNTED)?;
    let blocked = deliveries::blocked(conn, id, MAX_COUNTED)?;
    let failing = status(&endpoint) == HealthStatus::Failing;
    Ok(WebhookHealth {
        status: status(&endpoint),
        circuit: endpoint.circuit,
        consecutive_failures: endpoint.failures,
        failing_since: endpoint.failing_since,
        next_probe_at: endpoint.probe_at.filter(|_| failing),
        disabled_at: endpoint.failing_since.filter(|_| failing).map(|since| since.plus(GIVES_UP_AFTER)),
        paused_until: endpoint.paused_until.filter(|until| *until > now),
        last_success_at: endpoint.last_success_at,
        last_failure_at: endpoint.last_failure_at,
        waiting: i32::try_from(waiting.len() + blocked).unwrap_or(i32::MAX).min(MAX_COUNTED as i32),
        oldest_waiting_since: waiting.first().copied(),
    })
}

fn status(endpoint: &Endpoint) -> HealthStatus {
    match (endpoint.enabled, endpoint.circuit, endpoint.failures) {
        (false, _, _) => HealthStatus::Disabled,
        (_, Circuit::Open, _) => HealthStatus::Failing,
        (_, Circuit::Recovering, _) => HealthStatus::Recovering,
        (_, Circuit::Closed, 0) => HealthStatus::Healthy,
        (_, Circuit::Closed, _) => HealthStatus::Unsteady,
    }
}
