//! The health of an endpoint: its status, its circuit breaker, and its waiting deliveries.

use serde::Serialize;
use utoipa::ToSchema;

use super::service;
use crate::integrations::webhooks::circuit_breaker::{Circuit, DISABLES_AFTER};
use crate::integrations::webhooks::deliveries;
use crate::integrations::webhooks::registry::Endpoint;
use crate::kernel::auth::Actor;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::WebhookEndpointId;
use crate::kernel::time::UtcTime;

/// Most waiting deliveries that are counted.
const MAX_COUNTED: i64 = 10_000;

crate::text_enum! {
    /// Health of an endpoint: `healthy` (the last attempt succeeded, or there was none), `degraded` (the last attempts
    /// failed; events are still sent, and failed ones are retried by the schedule), `failing` (after ten consecutive
    /// failures, deliveries are held and the endpoint is probed), `recovering` (the endpoint responds again, and held
    /// deliveries are sent, oldest first), or `disabled` (by a caller or by the service).
    pub enum HealthStatus {
        Healthy,
        Degraded,
        Failing,
        Recovering,
        Disabled,
    }
}

/// The health of a webhook endpoint.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookHealth {
    /// Health of the endpoint as a whole.
    pub status: HealthStatus,
    /// State of the circuit breaker.
    pub circuit: Circuit,
    /// Number of attempts that failed since the last success.
    #[schema(format = Int32, minimum = 0, maximum = 2_147_483_647)]
    pub consecutive_failures: i32,
    /// When the endpoint started to fail: the time at which the circuit opened or, while it is still closed, the end of
    /// the first failed attempt since the last success. Null if the last attempt succeeded.
    #[schema(required)]
    pub failing_since: Option<UtcTime>,
    /// When the next probe is due; null unless `status` is `failing`.
    #[schema(required)]
    pub next_probe_at: Option<UtcTime>,
    /// When the service will disable the endpoint unless a delivery succeeds first. Null unless `status` is `failing`,
    /// and therefore also null once the endpoint is disabled.
    #[schema(required)]
    pub disables_at: Option<UtcTime>,
    /// End of the current pause, during which no events are sent, because the receiver requested it with `Retry-After`
    /// or because held deliveries are sent at a limited rate; null if there is no pause.
    #[schema(required)]
    pub paused_until: Option<UtcTime>,
    /// When the last successful attempt ended; null if there was none.
    #[schema(required)]
    pub last_success_at: Option<UtcTime>,
    /// When the last failed attempt ended; null if there was none.
    #[schema(required)]
    pub last_failure_at: Option<UtcTime>,
    /// Number of pending and blocked deliveries; 10000 means 10000 or more.
    #[schema(format = Int32, minimum = 0, maximum = 10_000)]
    pub waiting: i32,
    /// When the delivery of the oldest pending event was queued; null if none is pending. Blocked deliveries are not
    /// considered.
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
        disables_at: endpoint.failing_since.filter(|_| failing).map(|since| since.plus(DISABLES_AFTER)),
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
        (_, Circuit::Closed, _) => HealthStatus::Degraded,
    }
}
