//! Leases: a worker leases due deliveries for a limited time, and its outcomes count only while the lease is valid.

use std::collections::HashMap;

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::pending;
use crate::integrations::webhooks::circuit_breaker::Circuit;
use crate::integrations::webhooks::deliveries::state::DeliveryState;
use crate::kernel::db::schema::{webhook_deliveries, webhook_endpoints};
use crate::kernel::db::{CachedDsl, DbConn};
use crate::kernel::error::Error;
use crate::kernel::ids::{DeliveryId, EventId, WebhookEndpointId};
use crate::kernel::time::UtcTime;
use crate::with_backend;

/// A lease, which gives one worker the right to send the deliveries of a batch.
#[derive(Debug, Clone, Copy)]
pub struct Lease {
    pub token: i64,
    pub until: UtcTime,
}

/// A delivery that a worker has claimed.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = webhook_deliveries)]
pub struct ClaimedDelivery {
    pub id: DeliveryId,
    pub event_id: EventId,
    pub subject: String,
    pub sequence: i64,
    /// `None` for a body that is created when it is sent.
    pub body: Option<String>,
    pub attempts: i32,
    pub tries: i32,
    pub created_at: UtcTime,
}

/// Returns the condition for deliveries on which a worker has a valid lease.
#[diesel::dsl::auto_type(no_type_alias)]
pub fn leased(now: UtcTime) -> _ {
    webhook_deliveries::lease_token.is_not_null().and(webhook_deliveries::next_attempt_at.gt(now))
}

/// An endpoint with due deliveries, and whether its last attempt failed.
pub type DueEndpoint = (WebhookEndpointId, bool);

/// Returns the enabled endpoints with due deliveries and without a lease, in the order of their ids.
pub fn due_endpoints(conn: &mut DbConn, now: UtcTime) -> Result<Vec<DueEndpoint>, Error> {
    let of_endpoint = webhook_deliveries::endpoint_id.eq(webhook_endpoints::id);
    // A scalar subquery with an order, because a planner that expects many rows would read the table for EXISTS.
    let due = webhook_deliveries::table
        .filter(of_endpoint)
        .filter(pending())
        .filter(webhook_deliveries::next_attempt_at.le(now))
        .order(webhook_deliveries::next_attempt_at)
        .limit(1)
        .select(webhook_deliveries::next_attempt_at);
    let in_progress = webhook_deliveries::table.filter(of_endpoint).filter(leased(now));
    let endpoints = webhook_endpoints::table
        .filter(webhook_endpoints::enabled)
        .filter(webhook_endpoints::deleted_at.is_null())
        .filter(webhook_endpoints::paused_until.is_null().or(webhook_endpoints::paused_until.le(now)))
        .filter(webhook_endpoints::probe_at.is_null().or(webhook_endpoints::probe_at.le(now)))
        .filter(due.single_value().is_not_null())
        .filter(not(exists(in_progress)))
        .order(webhook_endpoints::id)
        .select((webhook_endpoints::id, webhook_endpoints::failures.gt(0)))
        .cached();
    Ok(with_backend!(conn, |conn| endpoints.load(conn))?)
}

/// Returns whether a worker has a lease on deliveries of this endpoint.
pub fn is_leased(conn: &mut DbConn, endpoint: WebhookEndpointId, now: UtcTime) -> Result<bool, Error> {
    let leased = webhook_deliveries::table
        .filter(webhook_deliveries::endpoint_id.eq(endpoint))
        .filter(leased(now))
        .select(webhook_deliveries::id)
        .limit(1);
    let any: Vec<DeliveryId> = with_backend!(conn, |conn| leased.load(conn))?;
    Ok(!any.is_empty())
}

/// Returns due deliveries of this endpoint: those that have been due longest first or, during recovery, the oldest
/// events first.
pub fn due(
    conn: &mut DbConn,
    endpoint: WebhookEndpointId,
    circuit: Circuit,
    now: UtcTime,
    limit: i64,
) -> Result<Vec<ClaimedDelivery>, Error> {
    Ok(with_backend!(conn, |conn| {
        let due = webhook_deliveries::table
            .filter(webhook_deliveries::endpoint_id.eq(endpoint))
            .filter(pending())
            .limit(limit)
            .select(ClaimedDelivery::as_select());
        match circuit {
            // A failed probe moves to the end of the queue, so that one event that the receiver rejects does not block
            // all others.
            Circuit::Closed | Circuit::Open => due
                .filter(webhook_deliveries::next_attempt_at.le(now))
                .order((webhook_deliveries::next_attempt_at, webhook_deliveries::sequence))
                .cached()
                .load(conn),
            // With `<=`, SQLite would find all due deliveries by their time, and sort them.
            Circuit::Recovering => due
                .filter(not(webhook_deliveries::next_attempt_at.gt(now)))
                .order(webhook_deliveries::sequence)
                .cached()
                .load(conn),
        }
    })?)
}

/// Leases those of the deliveries that still exist; returns them with their current bodies, because an erasure may have
/// been committed since they were read.
pub fn lease(
    conn: &mut DbConn,
    due: Vec<ClaimedDelivery>,
    Lease { token, until }: Lease,
) -> Result<Vec<ClaimedDelivery>, Error> {
    if due.is_empty() {
        return Ok(due);
    }
    let ids: Vec<DeliveryId> = due.iter().map(|delivery| delivery.id).collect();
    let update = diesel::update(webhook_deliveries::table.filter(webhook_deliveries::id.eq_any(&ids)))
        .set((webhook_deliveries::lease_token.eq(token), webhook_deliveries::next_attempt_at.eq(until)))
        .returning((webhook_deliveries::id, webhook_deliveries::body))
        .cached();
    let leased: Vec<(DeliveryId, Option<String>)> = with_backend!(conn, |conn| update.load(conn))?;
    let mut bodies: HashMap<_, _> = leased.into_iter().collect();
    let with_body =
        |delivery: ClaimedDelivery| bodies.remove(&delivery.id).map(|body| ClaimedDelivery { body, ..delivery });
    Ok(due.into_iter().filter_map(with_body).collect())
}

/// Returns whether any delivery to this endpoint is pending, leased or not.
pub fn is_any_pending(conn: &mut DbConn, endpoint: WebhookEndpointId) -> Result<bool, Error> {
    let any: Option<DeliveryId> = webhook_deliveries::table
        .filter(webhook_deliveries::endpoint_id.eq(endpoint))
        .filter(pending())
        // Without an order, PostgreSQL may read the whole table if many deliveries are pending.
        .order(webhook_deliveries::sequence)
        .select(webhook_deliveries::id)
        .limit(1)
        .get_result(conn)
        .optional()?;
    Ok(any.is_some())
}

/// Releases the deliveries that are still leased, so that they are due again; returns their subjects.
pub fn release(
    conn: &mut DbConn,
    endpoint: WebhookEndpointId,
    lease: Lease,
    now: UtcTime,
) -> Result<Vec<String>, Error> {
    Ok(diesel::update(
        webhook_deliveries::table
            .filter(webhook_deliveries::endpoint_id.eq(endpoint))
            .filter(webhook_deliveries::lease_token.eq(lease.token)),
    )
    .set((webhook_deliveries::lease_token.eq(None::<i64>), webhook_deliveries::next_attempt_at.eq(now)))
    .returning(webhook_deliveries::subject)
    .cached()
    .get_results(conn)?)
}

/// Records successful deliveries; returns those whose lease was still valid.
pub fn record_delivered(
    conn: &mut DbConn,
    ids: &[DeliveryId],
    lease: Lease,
    now: UtcTime,
) -> Result<Vec<DeliveryId>, Error> {
    let update = diesel::update(
        webhook_deliveries::table
            .filter(webhook_deliveries::id.eq_any(ids))
            .filter(webhook_deliveries::lease_token.eq(lease.token)),
    )
    .set((
        webhook_deliveries::state.eq(DeliveryState::Delivered),
        webhook_deliveries::attempts.eq(webhook_deliveries::attempts + 1),
        webhook_deliveries::tries.eq(webhook_deliveries::tries + 1),
        webhook_deliveries::lease_token.eq(None::<i64>),
        webhook_deliveries::delivered_at.eq(now),
    ))
    .returning(webhook_deliveries::id)
    .cached();
    Ok(with_backend!(conn, |conn| update.load(conn))?)
}

/// The consequence of a failed attempt for its delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// It is retried at this time.
    Retry(UtcTime),
    /// It is held and retried when the endpoint recovers; the attempt does not count as a try of the schedule.
    Held(UtcTime),
    /// It is not retried.
    Exhausted,
}

/// Records a failed attempt; returns false when the lease was not valid any more.
pub fn record_failed(
    conn: &mut DbConn,
    id: DeliveryId,
    lease: Lease,
    failure: Failure,
    now: UtcTime,
) -> Result<bool, Error> {
    let (state, tried, next) = match failure {
        Failure::Retry(at) => (DeliveryState::Pending, 1, at),
        Failure::Held(at) => (DeliveryState::Pending, 0, at),
        Failure::Exhausted => (DeliveryState::Exhausted, 1, now),
    };
    let changed = diesel::update(
        webhook_deliveries::table
            .filter(webhook_deliveries::id.eq(id))
            .filter(webhook_deliveries::lease_token.eq(lease.token)),
    )
    .set((
        webhook_deliveries::state.eq(state),
        webhook_deliveries::attempts.eq(webhook_deliveries::attempts + 1),
        webhook_deliveries::tries.eq(webhook_deliveries::tries + tried),
        webhook_deliveries::lease_token.eq(None::<i64>),
        webhook_deliveries::next_attempt_at.eq(next),
    ))
    .cached()
    .execute(conn)?;
    Ok(changed == 1)
}
