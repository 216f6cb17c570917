//! Delivery and attempt rows, and the queue they form per endpoint. The order per subject is in [`order`], what ends with
//! events and persons in [`retention`], what is counted in [`gauges`].

pub mod gauges;
pub mod order;
pub mod retention;

use std::collections::HashMap;

use diesel::dsl::{exists, not, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::integrations::webhooks::breaker::Circuit;
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::{events, webhook_attempts, webhook_deliveries, webhook_endpoints};
use crate::kernel::error::Error;
use crate::kernel::ids::{DeliveryAttemptId, DeliveryId, EventId, WebhookEndpointId};
use crate::kernel::page::Page;
use crate::kernel::time::UtcTime;
use crate::with_backend;

/// Rows per INSERT, within what both engines take as parameters.
const ROWS: usize = 500;

crate::text_enum! {
    /// Where a delivery stands.
    pub enum DeliveryState {
        /// Waiting for its first or next try.
        Pending,
        /// Waiting for an earlier event of the same subject (`ordering` `subject`).
        Blocked,
        /// The receiver has it.
        Delivered,
        /// Every try failed while others arrived, or the receiver answered 410.
        Exhausted,
        /// By a person, by the end of its endpoint, or because what it told of is erased.
        Cancelled,
    }
}

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

/// A delivery to be queued. With "none is default" diesel would need a statement per row on SQLite.
#[derive(Insertable)]
#[diesel(table_name = webhook_deliveries, treat_none_as_default_value = false)]
pub struct NewDelivery<'a> {
    pub id: DeliveryId,
    pub endpoint_id: WebhookEndpointId,
    pub event_id: EventId,
    pub subject: &'a str,
    pub sequence: i64,
    pub body: Option<&'a str>,
    pub state: DeliveryState,
    pub attempts: i32,
    pub tries: i32,
    pub next_attempt_at: UtcTime,
    pub created_at: UtcTime,
}

/// A delivery in the hands of a worker.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = webhook_deliveries)]
pub struct Claimed {
    pub id: DeliveryId,
    pub event_id: EventId,
    pub subject: String,
    pub sequence: i64,
    /// None for what is made when it is sent.
    pub body: Option<String>,
    pub attempts: i32,
    pub tries: i32,
    pub created_at: UtcTime,
}

/// How one attempt ended.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = webhook_attempts, treat_none_as_default_value = false)]
pub struct Attempt {
    pub id: DeliveryAttemptId,
    pub delivery_id: DeliveryId,
    pub number: i32,
    pub started_at: UtcTime,
    pub duration_ms: i64,
    pub outcome: String,
    pub status: Option<i32>,
    pub excerpt: Option<String>,
}

/// Written out, because a bound value would keep the planners from the partial indexes.
pub fn pending() -> SqlLiteral<Bool> {
    sql("webhook_deliveries.state = 'pending'")
}

/// In the hands of a worker.
#[diesel::dsl::auto_type(no_type_alias)]
pub fn leased(now: UtcTime) -> _ {
    webhook_deliveries::lease_token.is_not_null().and(webhook_deliveries::next_attempt_at.gt(now))
}

pub fn insert(conn: &mut DbConn, deliveries: &[NewDelivery<'_>]) -> Result<(), Error> {
    for rows in deliveries.chunks(ROWS) {
        with_backend!(conn, |conn| diesel::insert_into(webhook_deliveries::table).values(rows).execute(conn))?;
    }
    Ok(())
}

pub fn insert_attempts(conn: &mut DbConn, attempts: &[Attempt]) -> Result<(), Error> {
    for rows in attempts.chunks(ROWS) {
        with_backend!(conn, |conn| diesel::insert_into(webhook_attempts::table).values(rows).execute(conn))?;
    }
    Ok(())
}

pub fn find(conn: &mut DbConn, id: DeliveryId) -> Result<Option<Delivery>, Error> {
    Ok(webhook_deliveries::table
        .inner_join(events::table.on(events::id.eq(webhook_deliveries::event_id)))
        .filter(webhook_deliveries::id.eq(id))
        .select(Delivery::as_select())
        .get_result(conn)
        .optional()?)
}

/// Deliveries to one endpoint, in the order of their creation.
pub fn list(
    conn: &mut DbConn,
    endpoint: WebhookEndpointId,
    state: Option<DeliveryState>,
    page: &Page,
) -> Result<Vec<Delivery>, Error> {
    let mut query = webhook_deliveries::table
        .inner_join(events::table.on(events::id.eq(webhook_deliveries::event_id)))
        .filter(webhook_deliveries::endpoint_id.eq(endpoint))
        .select(Delivery::as_select())
        .order(webhook_deliveries::id)
        .limit(page.fetch())
        .into_boxed();
    if let Some(state) = state {
        query = query.filter(webhook_deliveries::state.eq(state));
    }
    if let Some(after) = page.after.as_deref() {
        query = query.filter(webhook_deliveries::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Attempts of one delivery, oldest first.
pub fn attempts(conn: &mut DbConn, delivery: DeliveryId, page: &Page) -> Result<Vec<Attempt>, Error> {
    let mut query = webhook_attempts::table
        .filter(webhook_attempts::delivery_id.eq(delivery))
        .select(Attempt::as_select())
        .order(webhook_attempts::id)
        .limit(page.fetch())
        .into_boxed();
    if let Some(after) = page.after.as_deref() {
        query = query.filter(webhook_attempts::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Enabled endpoints with something due that no worker has leased, by id, with whether they have failed last.
pub fn due_endpoints(conn: &mut DbConn, now: UtcTime) -> Result<Vec<(WebhookEndpointId, bool)>, Error> {
    let of_endpoint = webhook_deliveries::endpoint_id.eq(webhook_endpoints::id);
    let due = webhook_deliveries::table
        .filter(of_endpoint)
        .filter(pending())
        .filter(webhook_deliveries::next_attempt_at.le(now));
    let held = webhook_deliveries::table.filter(of_endpoint).filter(leased(now));
    Ok(webhook_endpoints::table
        .filter(webhook_endpoints::enabled)
        .filter(webhook_endpoints::deleted_at.is_null())
        .filter(webhook_endpoints::paused_until.is_null().or(webhook_endpoints::paused_until.le(now)))
        .filter(webhook_endpoints::probe_at.is_null().or(webhook_endpoints::probe_at.le(now)))
        .filter(exists(due))
        .filter(not(exists(held)))
        .order(webhook_endpoints::id)
        .select((webhook_endpoints::id, webhook_endpoints::failures.gt(0)))
        .load(conn)?)
}

/// Whether a worker holds a lease on deliveries of this endpoint.
pub fn is_leased(conn: &mut DbConn, endpoint: WebhookEndpointId, now: UtcTime) -> Result<bool, Error> {
    let held: Option<DeliveryId> = webhook_deliveries::table
        .filter(webhook_deliveries::endpoint_id.eq(endpoint))
        .filter(leased(now))
        .select(webhook_deliveries::id)
        .limit(1)
        .get_result(conn)
        .optional()?;
    Ok(held.is_some())
}

/// What is due at this endpoint: the longest waiting first, or, after an outage, the oldest event first.
pub fn due(
    conn: &mut DbConn,
    endpoint: WebhookEndpointId,
    circuit: Circuit,
    now: UtcTime,
    limit: i64,
) -> Result<Vec<Claimed>, Error> {
    let due = webhook_deliveries::table
        .filter(webhook_deliveries::endpoint_id.eq(endpoint))
        .filter(pending())
        .filter(webhook_deliveries::next_attempt_at.le(now))
        .limit(limit)
        .select(Claimed::as_select());
    Ok(match circuit {
        // A probe in vain goes behind the others, so that one event that is not wanted does not stand for all.
        Circuit::Closed | Circuit::Open => {
            due.order((webhook_deliveries::next_attempt_at, webhook_deliveries::sequence)).load(conn)?
        }
        Circuit::Recovering => due.order(webhook_deliveries::sequence).load(conn)?,
    })
}

/// Leases what is still there of these deliveries; returns them with the bodies that they have now, because an erasure may
/// have been committed since they were read.
pub fn lease(conn: &mut DbConn, due: Vec<Claimed>, token: i64, until: UtcTime) -> Result<Vec<Claimed>, Error> {
    if due.is_empty() {
        return Ok(due);
    }
    let ids: Vec<DeliveryId> = due.iter().map(|delivery| delivery.id).collect();
    let leased: Vec<(DeliveryId, Option<String>)> =
        diesel::update(webhook_deliveries::table.filter(webhook_deliveries::id.eq_any(&ids)))
            .set((webhook_deliveries::lease_token.eq(token), webhook_deliveries::next_attempt_at.eq(until)))
            .returning((webhook_deliveries::id, webhook_deliveries::body))
            .get_results(conn)?;
    let mut bodies: HashMap<_, _> = leased.into_iter().collect();
    let with_body = |delivery: Claimed| bodies.remove(&delivery.id).map(|body| Claimed { body, ..delivery });
    Ok(due.into_iter().filter_map(with_body).collect())
}

/// Whether anything at all waits at this endpoint to be sent, or is being sent.
pub fn is_any_pending(conn: &mut DbConn, endpoint: WebhookEndpointId) -> Result<bool, Error> {
    let any: Option<DeliveryId> = webhook_deliveries::table
        .filter(webhook_deliveries::endpoint_id.eq(endpoint))
        .filter(pending())
        .select(webhook_deliveries::id)
        .limit(1)
        .get_result(conn)
        .optional()?;
    Ok(any.is_some())
}

/// Makes what is still leased under this token due again; returns the subjects.
pub fn free(conn: &mut DbConn, endpoint: WebhookEndpointId, token: i64, now: UtcTime) -> Result<Vec<String>, Error> {
    Ok(diesel::update(
        webhook_deliveries::table
            .filter(webhook_deliveries::endpoint_id.eq(endpoint))
            .filter(webhook_deliveries::lease_token.eq(token)),
    )
    .set((webhook_deliveries::lease_token.eq(None::<i64>), webhook_deliveries::next_attempt_at.eq(now)))
    .returning(webhook_deliveries::subject)
    .get_results(conn)?)
}

/// Ends deliveries that arrived; returns those whose lease was still held.
pub fn delivered(conn: &mut DbConn, ids: &[DeliveryId], token: i64, now: UtcTime) -> Result<Vec<DeliveryId>, Error> {
    Ok(diesel::update(
        webhook_deliveries::table
            .filter(webhook_deliveries::id.eq_any(ids))
            .filter(webhook_deliveries::lease_token.eq(token)),
    )
    .set((
        webhook_deliveries::state.eq(DeliveryState::Delivered),
        webhook_deliveries::attempts.eq(webhook_deliveries::attempts + 1),
        webhook_deliveries::tries.eq(webhook_deliveries::tries + 1),
        webhook_deliveries::lease_token.eq(None::<i64>),
        webhook_deliveries::delivered_at.eq(now),
    ))
    .returning(webhook_deliveries::id)
    .get_results(conn)?)
}

/// What follows for a delivery from a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// To be tried again then.
    Again(UtcTime),
    /// To be tried again when the endpoint answers; the attempt is no try of the schedule.
    Held(UtcTime),
    /// Not to be tried again.
    Exhausted,
}

/// Records a failed attempt; false when the lease was lost.
pub fn failed(conn: &mut DbConn, id: DeliveryId, token: i64, failure: Failure, now: UtcTime) -> Result<bool, Error> {
    let (state, tried, next) = match failure {
        Failure::Again(at) => (DeliveryState::Pending, 1, at),
        Failure::Held(at) => (DeliveryState::Pending, 0, at),
        Failure::Exhausted => (DeliveryState::Exhausted, 1, now),
    };
    let changed = diesel::update(
        webhook_deliveries::table
            .filter(webhook_deliveries::id.eq(id))
            .filter(webhook_deliveries::lease_token.eq(token)),
    )
    .set((
        webhook_deliveries::state.eq(state),
        webhook_deliveries::attempts.eq(webhook_deliveries::attempts + 1),
        webhook_deliveries::tries.eq(webhook_deliveries::tries + tried),
        webhook_deliveries::lease_token.eq(None::<i64>),
        webhook_deliveries::next_attempt_at.eq(next),
    ))
    .execute(conn)?;
    Ok(changed == 1)
}

/// The deliveries of these events to an endpoint, with their states.
pub fn of_events(
    conn: &mut DbConn,
    endpoint: WebhookEndpointId,
    events: &[EventId],
) -> Result<HashMap<EventId, (DeliveryId, DeliveryState)>, Error> {
    let found: Vec<(EventId, DeliveryId, DeliveryState)> = webhook_deliveries::table
        .filter(webhook_deliveries::event_id.eq_any(events))
        .filter(webhook_deliveries::endpoint_id.eq(endpoint))
        .select((webhook_deliveries::event_id, webhook_deliveries::id, webhook_deliveries::state))
        .load(conn)?;
    Ok(found.into_iter().map(|(event, id, state)| (event, (id, state))).collect())
}

/// Begins the schedule anew in this state, except for what a worker has at this moment.
pub fn restart(conn: &mut DbConn, ids: &[DeliveryId], state: DeliveryState, now: UtcTime) -> Result<(), Error> {
    diesel::update(webhook_deliveries::table.filter(webhook_deliveries::id.eq_any(ids)).filter(not(leased(now))))
        .set((
            webhook_deliveries::state.eq(state),
            webhook_deliveries::tries.eq(0),
            webhook_deliveries::lease_token.eq(None::<i64>),
            webhook_deliveries::next_attempt_at.eq(now),
            webhook_deliveries::delivered_at.eq(None::<UtcTime>),
        ))
        .execute(conn)?;
    Ok(())
}

/// Cancels what is on its way or exhausted, whoever has it; false when it is neither.
pub fn cancel(conn: &mut DbConn, id: DeliveryId) -> Result<bool, Error> {
    let open = [DeliveryState::Pending, DeliveryState::Blocked, DeliveryState::Exhausted];
    let row =
        webhook_deliveries::table.filter(webhook_deliveries::id.eq(id)).filter(webhook_deliveries::state.eq_any(open));
    Ok(diesel::update(row).set(cancelled()).execute(conn)? == 1)
}

/// Cancels what cannot be sent any more.
pub fn cancel_these(conn: &mut DbConn, ids: &[DeliveryId]) -> Result<(), Error> {
    diesel::update(webhook_deliveries::table.filter(webhook_deliveries::id.eq_any(ids)))
        .set(cancelled())
        .execute(conn)?;
    Ok(())
}

/// Cancels all that is on its way to an endpoint; what is being sent at this moment loses its lease.
pub fn cancel_all(conn: &mut DbConn, endpoint: WebhookEndpointId) -> Result<(), Error> {
    let waiting = [DeliveryState::Pending, DeliveryState::Blocked];
    diesel::update(
        webhook_deliveries::table
            .filter(webhook_deliveries::endpoint_id.eq(endpoint))
            .filter(webhook_deliveries::state.eq_any(waiting)),
    )
    .set(cancelled())
    .execute(conn)?;
    Ok(())
}

/// The change that cancels.
fn cancelled() -> (
    diesel::dsl::Eq<webhook_deliveries::state, DeliveryState>,
    diesel::dsl::Eq<webhook_deliveries::lease_token, Option<i64>>,
) {
    (webhook_deliveries::state.eq(DeliveryState::Cancelled), webhook_deliveries::lease_token.eq(None))
}
