//! The rows of deliveries and attempts, which form a queue per endpoint. Claiming and recording are in [`leases`], the
//! order per subject is in [`order`], deletion and redaction are in [`retention`], metrics are in [`gauges`]; the ids
//! of records in other systems are in [`records`].

pub(crate) mod gauges;
pub(crate) mod leases;
pub(crate) mod order;
pub(crate) mod records;
pub(crate) mod retention;

use std::collections::HashMap;

use diesel::dsl::{not, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::rows::{AttemptRow, Delivery};
use super::state::DeliveryState;
use crate::kernel::db::schema::{events, webhook_attempts, webhook_deliveries};
use crate::kernel::db::{CachedDsl, DbConn};
use crate::kernel::error::Error;
use crate::kernel::ids::{DeliveryId, EventId, WebhookEndpointId};
use crate::kernel::page::Page;
use crate::kernel::time::UtcTime;
use leases::leased;

/// Rows per statement, within the limits of both databases for parameters.
const ROWS: usize = 500;

/// Inserts rows. Only the statement for a single row is kept prepared. PostgreSQL inserts several at once, which saves
/// round trips; SQLite has none, and inserts them one by one.
macro_rules! insert_rows {
    ($conn:expr, $table:expr, $rows:expr) => {{
        match ($conn, $rows) {
            (_, []) => {}
            (DbConn::Postgres(conn), [row]) => {
                diesel::insert_into($table).values(row).execute(conn)?;
            }
            (DbConn::Postgres(conn), rows) => {
                for rows in rows.chunks(ROWS) {
                    diesel::insert_into($table).values(rows).execute(conn)?;
                }
            }
            (DbConn::Sqlite(conn), rows) => {
                for row in rows {
                    diesel::insert_into($table).values(row).execute(conn)?;
                }
            }
        }
        Ok(())
    }};
}

/// A delivery to queue. `None` is not treated as the default value, because diesel would then need one statement per
/// row on SQLite.
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

/// Returns the condition for pending deliveries. The state is a literal, because with a bound value the query planners
/// do not use the partial indexes.
pub fn pending() -> SqlLiteral<Bool> {
    sql("webhook_deliveries.state = 'pending'")
}

/// Returns the condition for blocked deliveries, with a literal as in [`pending`].
pub fn blocked() -> SqlLiteral<Bool> {
    sql("webhook_deliveries.state = 'blocked'")
}

pub fn insert(conn: &mut DbConn, deliveries: &[NewDelivery<'_>]) -> Result<(), Error> {
    insert_rows!(conn, webhook_deliveries::table, deliveries)
}

pub fn insert_attempts(conn: &mut DbConn, attempts: &[AttemptRow]) -> Result<(), Error> {
    insert_rows!(conn, webhook_attempts::table, attempts)
}

pub fn find(conn: &mut DbConn, id: DeliveryId) -> Result<Option<Delivery>, Error> {
    Ok(webhook_deliveries::table
        .inner_join(events::table.on(events::id.eq(webhook_deliveries::event_id)))
        .filter(webhook_deliveries::id.eq(id))
        .select(Delivery::as_select())
        .get_result(conn)
        .optional()?)
}

/// Returns a page of the deliveries to an endpoint, in the order of their creation.
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

/// Returns a page of the attempts of a delivery, oldest first.
pub fn attempts(conn: &mut DbConn, delivery: DeliveryId, page: &Page) -> Result<Vec<AttemptRow>, Error> {
    let mut query = webhook_attempts::table
        .filter(webhook_attempts::delivery_id.eq(delivery))
        .select(AttemptRow::as_select())
        .order(webhook_attempts::id)
        .limit(page.fetch())
        .into_boxed();
    if let Some(after) = page.after.as_deref() {
        query = query.filter(webhook_attempts::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Returns the deliveries of these events to an endpoint, with their states.
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

/// Restarts the retry schedule of deliveries and sets their state, except for those that are leased.
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

/// Cancels a delivery that is pending, blocked or exhausted, even if it is leased; returns false for other states.
pub fn cancel(conn: &mut DbConn, id: DeliveryId) -> Result<bool, Error> {
    let open = [DeliveryState::Pending, DeliveryState::Blocked, DeliveryState::Exhausted];
    let row =
        webhook_deliveries::table.filter(webhook_deliveries::id.eq(id)).filter(webhook_deliveries::state.eq_any(open));
    Ok(diesel::update(row).set(cancelled()).cached().execute(conn)? == 1)
}

/// Cancels deliveries.
pub fn cancel_these(conn: &mut DbConn, ids: &[DeliveryId]) -> Result<(), Error> {
    diesel::update(webhook_deliveries::table.filter(webhook_deliveries::id.eq_any(ids)))
        .set(cancelled())
        .execute(conn)?;
    Ok(())
}

/// Cancels all unfinished deliveries to an endpoint; those that are being sent lose their lease.
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

/// Returns the changes that cancel a delivery.
fn cancelled() -> (
    diesel::dsl::Eq<webhook_deliveries::state, DeliveryState>,
    diesel::dsl::Eq<webhook_deliveries::lease_token, Option<i64>>,
) {
    (webhook_deliveries::state.eq(DeliveryState::Cancelled), webhook_deliveries::lease_token.eq(None))
}
