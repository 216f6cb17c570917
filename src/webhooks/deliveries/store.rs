//! Delivery and attempt rows, and the queue they form per endpoint.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::dsl::{exists, not, sql};
use diesel::expression::{AsExpression, SqlLiteral};
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{Bool, Text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::db::DbConn;
use crate::db::schema::{webhook_attempts, webhook_deliveries, webhook_endpoints};
use crate::error::Error;
use crate::http::page::PageRequest;
use crate::ids::{DeliveryAttemptId, DeliveryId, EventId, WebhookEndpointId};
use crate::time::UtcTime;
use crate::with_backend;

/// Rows per INSERT, within what both engines take as parameters.
const ROWS: usize = 500;

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, AsExpression, FromSqlRow)]
#[serde(rename_all = "snake_case")]
#[diesel(sql_type = Text)]
pub enum DeliveryState {
    /// Waiting for its first or next try.
    Pending,
    /// The receiver has it.
    Delivered,
    /// Every try failed, or the receiver answered 410.
    Exhausted,
    /// The endpoint was deleted.
    Cancelled,
}

impl DeliveryState {
    const ALL: [Self; 4] = [Self::Pending, Self::Delivered, Self::Exhausted, Self::Cancelled];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Exhausted => "exhausted",
            Self::Cancelled => "cancelled",
        }
    }
}

impl<DB: Backend> ToSql<Text, DB> for DeliveryState
where
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.as_str().to_sql(out)
    }
}

impl<DB: Backend> FromSql<Text, DB> for DeliveryState
where
    String: FromSql<Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        let text = String::from_sql(value)?;
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(|| "no state of a delivery".into())
    }
}

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = webhook_deliveries)]
pub struct Delivery {
    pub id: DeliveryId,
    pub endpoint_id: WebhookEndpointId,
    pub event_id: EventId,
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
    pub sequence: i64,
    pub body: &'a str,
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
    pub body: String,
    pub attempts: i32,
    pub tries: i32,
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
fn pending() -> SqlLiteral<Bool> {
    sql("webhook_deliveries.state = 'pending'")
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
    Ok(webhook_deliveries::table.find(id).select(Delivery::as_select()).get_result(conn).optional()?)
}

/// Deliveries to one endpoint, in the order of their creation.
pub fn list(
    conn: &mut DbConn,
    endpoint: WebhookEndpointId,
    state: Option<DeliveryState>,
    page: &PageRequest,
) -> Result<Vec<Delivery>, Error> {
    let mut query = webhook_deliveries::table
        .filter(webhook_deliveries::endpoint_id.eq(endpoint))
        .select(Delivery::as_select())
        .order(webhook_deliveries::id)
        .limit(page.fetch())
        .into_boxed();
    if let Some(state) = state {
        query = query.filter(webhook_deliveries::state.eq(state));
    }
    if let Some(after) = page.after_id() {
        query = query.filter(webhook_deliveries::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Attempts of one delivery, oldest first.
pub fn attempts(conn: &mut DbConn, delivery: DeliveryId, page: &PageRequest) -> Result<Vec<Attempt>, Error> {
    let mut query = webhook_attempts::table
        .filter(webhook_attempts::delivery_id.eq(delivery))
        .select(Attempt::as_select())
        .order(webhook_attempts::id)
        .limit(page.fetch())
        .into_boxed();
    if let Some(after) = page.after_id() {
        query = query.filter(webhook_attempts::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Enabled endpoints with something due that no worker has leased, by id.
pub fn due_endpoints(conn: &mut DbConn, now: UtcTime) -> Result<Vec<WebhookEndpointId>, Error> {
    let of_endpoint = webhook_deliveries::endpoint_id.eq(webhook_endpoints::id);
    let due = webhook_deliveries::table
        .filter(of_endpoint)
        .filter(pending())
        .filter(webhook_deliveries::next_attempt_at.le(now));
    let leased = webhook_deliveries::table
        .filter(of_endpoint)
        .filter(webhook_deliveries::lease_token.is_not_null())
        .filter(webhook_deliveries::next_attempt_at.gt(now));
    Ok(webhook_endpoints::table
        .filter(webhook_endpoints::enabled)
        .filter(webhook_endpoints::deleted_at.is_null())
        .filter(webhook_endpoints::paused_until.is_null().or(webhook_endpoints::paused_until.le(now)))
        .filter(exists(due))
        .filter(not(exists(leased)))
        .order(webhook_endpoints::id)
        .select(webhook_endpoints::id)
        .load(conn)?)
}

/// Whether a worker holds a lease on deliveries of this endpoint.
pub fn is_leased(conn: &mut DbConn, endpoint: WebhookEndpointId, now: UtcTime) -> Result<bool, Error> {
    let held: Option<DeliveryId> = webhook_deliveries::table
        .filter(webhook_deliveries::endpoint_id.eq(endpoint))
        .filter(webhook_deliveries::lease_token.is_not_null())
        .filter(webhook_deliveries::next_attempt_at.gt(now))
        .select(webhook_deliveries::id)
        .limit(1)
        .get_result(conn)
        .optional()?;
    Ok(held.is_some())
}

/// What is due at this endpoint, the longest waiting first.
pub fn due(conn: &mut DbConn, endpoint: WebhookEndpointId, now: UtcTime, limit: i64) -> Result<Vec<Claimed>, Error> {
    Ok(webhook_deliveries::table
        .filter(webhook_deliveries::endpoint_id.eq(endpoint))
        .filter(pending())
        .filter(webhook_deliveries::next_attempt_at.le(now))
        .order((webhook_deliveries::next_attempt_at, webhook_deliveries::sequence))
        .limit(limit)
        .select(Claimed::as_select())
        .load(conn)?)
}

pub fn lease(conn: &mut DbConn, ids: &[DeliveryId], token: i64, until: UtcTime) -> Result<(), Error> {
    diesel::update(webhook_deliveries::table.filter(webhook_deliveries::id.eq_any(ids)))
        .set((webhook_deliveries::lease_token.eq(token), webhook_deliveries::next_attempt_at.eq(until)))
        .execute(conn)?;
    Ok(())
}

/// Makes what is still leased under this token due again.
pub fn free(conn: &mut DbConn, endpoint: WebhookEndpointId, token: i64, now: UtcTime) -> Result<(), Error> {
    diesel::update(
        webhook_deliveries::table
            .filter(webhook_deliveries::endpoint_id.eq(endpoint))
            .filter(webhook_deliveries::lease_token.eq(token)),
    )
    .set((webhook_deliveries::lease_token.eq(None::<i64>), webhook_deliveries::next_attempt_at.eq(now)))
    .execute(conn)?;
    Ok(())
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

/// Records a failed try, to be repeated at `next` or given up; false when the lease was lost.
pub fn failed(
    conn: &mut DbConn,
    id: DeliveryId,
    token: i64,
    next: Option<UtcTime>,
    now: UtcTime,
) -> Result<bool, Error> {
    let state = if next.is_some() { DeliveryState::Pending } else { DeliveryState::Exhausted };
    let changed = diesel::update(
        webhook_deliveries::table
            .filter(webhook_deliveries::id.eq(id))
            .filter(webhook_deliveries::lease_token.eq(token)),
    )
    .set((
        webhook_deliveries::state.eq(state),
        webhook_deliveries::attempts.eq(webhook_deliveries::attempts + 1),
        webhook_deliveries::tries.eq(webhook_deliveries::tries + 1),
        webhook_deliveries::lease_token.eq(None::<i64>),
        webhook_deliveries::next_attempt_at.eq(next.unwrap_or(now)),
    ))
    .execute(conn)?;
    Ok(changed == 1)
}

/// Begins the schedule anew, unless a worker has it at this moment.
pub fn restart(conn: &mut DbConn, id: DeliveryId, now: UtcTime) -> Result<(), Error> {
    let leased = webhook_deliveries::lease_token.is_not_null().and(webhook_deliveries::next_attempt_at.gt(now));
    diesel::update(webhook_deliveries::table.filter(webhook_deliveries::id.eq(id)).filter(not(leased)))
        .set((
            webhook_deliveries::state.eq(DeliveryState::Pending),
            webhook_deliveries::tries.eq(0),
            webhook_deliveries::lease_token.eq(None::<i64>),
            webhook_deliveries::next_attempt_at.eq(now),
            webhook_deliveries::delivered_at.eq(None::<UtcTime>),
        ))
        .execute(conn)?;
    Ok(())
}

/// Cancels all that is on its way to an endpoint; what is being sent at this moment loses its lease.
pub fn cancel_all(conn: &mut DbConn, endpoint: WebhookEndpointId) -> Result<(), Error> {
    diesel::update(webhook_deliveries::table.filter(webhook_deliveries::endpoint_id.eq(endpoint)).filter(pending()))
        .set((webhook_deliveries::state.eq(DeliveryState::Cancelled), webhook_deliveries::lease_token.eq(None::<i64>)))
        .execute(conn)?;
    Ok(())
}

/// Deliveries on their way, for the gauge.
///
/// # Errors
/// Those of the database.
pub fn count_pending(conn: &mut DbConn) -> Result<i64, Error> {
    Ok(webhook_deliveries::table.filter(pending()).count().get_result(conn)?)
}

/// Rewrites the bodies that tell of these events, by `tombstone`, and deletes what receivers
/// answered to them.
///
/// # Errors
/// Those of the database.
pub fn redact(conn: &mut DbConn, events: &[EventId], tombstone: impl Fn(&str) -> String) -> Result<(), Error> {
    let told: Vec<(DeliveryId, String)> = webhook_deliveries::table
        .filter(webhook_deliveries::event_id.eq_any(events))
        .select((webhook_deliveries::id, webhook_deliveries::body))
        .load(conn)?;
    for (id, body) in told {
        diesel::update(webhook_deliveries::table.filter(webhook_deliveries::id.eq(id)))
            .set(webhook_deliveries::body.eq(tombstone(&body)))
            .execute(conn)?;
        diesel::update(webhook_attempts::table.filter(webhook_attempts::delivery_id.eq(id)))
            .set(webhook_attempts::excerpt.eq(None::<String>))
            .execute(conn)?;
    }
    Ok(())
}
