//! The number and age of waiting deliveries, for the health of an endpoint and for the metrics.

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::pending;
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::{webhook_deliveries, webhook_endpoints};
use crate::kernel::error::Error;
use crate::kernel::ids::WebhookEndpointId;
use crate::kernel::time::UtcTime;

/// Returns when the pending deliveries to an endpoint were queued, the oldest event first; at most `limit` of them.
pub fn waiting(conn: &mut DbConn, endpoint: WebhookEndpointId, limit: i64) -> Result<Vec<UtcTime>, Error> {
    Ok(webhook_deliveries::table
        .filter(webhook_deliveries::endpoint_id.eq(endpoint))
        .filter(pending())
        .order(webhook_deliveries::sequence)
        .limit(limit)
        .select(webhook_deliveries::created_at)
        .load(conn)?)
}

/// Returns the number of blocked deliveries to an endpoint, at most `limit`.
pub fn blocked(conn: &mut DbConn, endpoint: WebhookEndpointId, limit: i64) -> Result<usize, Error> {
    let found: Vec<i64> = webhook_deliveries::table
        .filter(webhook_deliveries::endpoint_id.eq(endpoint))
        .filter(super::blocked())
        .limit(limit)
        .select(webhook_deliveries::sequence)
        .load(conn)?;
    Ok(found.len())
}

/// Returns the number of pending deliveries.
pub fn count_pending(conn: &mut DbConn) -> Result<i64, Error> {
    // Per endpoint, because SQLite would read the deliveries of all states otherwise.
    let of_endpoint = webhook_deliveries::table
        .filter(webhook_deliveries::endpoint_id.eq(webhook_endpoints::id))
        .filter(pending())
        .select(count_star());
    let counts: Vec<Option<i64>> = webhook_endpoints::table
        .filter(webhook_endpoints::deleted_at.is_null())
        .select(of_endpoint.single_value())
        .load(conn)?;
    Ok(counts.into_iter().flatten().sum())
}

/// Returns when the oldest pending delivery to each enabled endpoint was queued.
pub fn oldest_waiting(conn: &mut DbConn) -> Result<Vec<Option<UtcTime>>, Error> {
    let first = webhook_deliveries::table
        .filter(webhook_deliveries::endpoint_id.eq(webhook_endpoints::id))
        .filter(pending())
        .order(webhook_deliveries::sequence)
        .limit(1)
        .select(webhook_deliveries::created_at);
    Ok(webhook_endpoints::table
        .filter(webhook_endpoints::enabled)
        .filter(webhook_endpoints::deleted_at.is_null())
        .select(first.single_value())
        .load(conn)?)
}
