//! What is deleted or rewritten: with events that are over their time, and with persons who are erased.

use diesel::prelude::*;

use super::DeliveryState;
use super::order;
use crate::integrations::webhooks::endpoints;
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::{webhook_attempts, webhook_deliveries, webhook_endpoints};
use crate::kernel::error::Error;
use crate::kernel::ids::{DeliveryId, EventId, WebhookEndpointId};

/// The lowest sequence among these events that is still on its way to an enabled endpoint.
///
/// # Errors
/// Those of the database.
pub fn first_on_its_way(conn: &mut DbConn, events: &[EventId]) -> Result<Option<i64>, Error> {
    Ok(webhook_deliveries::table
        .inner_join(webhook_endpoints::table)
        .filter(webhook_deliveries::event_id.eq_any(events))
        // What is blocked waits for something pending, which is older, or for what was given up, which is not waited for.
        .filter(webhook_deliveries::state.eq(DeliveryState::Pending))
        .filter(webhook_endpoints::enabled)
        .filter(webhook_endpoints::deleted_at.is_null())
        .order(webhook_deliveries::sequence)
        .select(webhook_deliveries::sequence)
        .limit(1)
        .get_result(conn)
        .optional()?)
}

/// Deletes the deliveries of these events with their attempts.
///
/// # Errors
/// Those of the database.
pub fn delete_of(conn: &mut DbConn, events: &[EventId]) -> Result<(), Error> {
    let kept_up: Vec<(WebhookEndpointId, String)> = webhook_deliveries::table
        .filter(webhook_deliveries::event_id.eq_any(events))
        .filter(webhook_deliveries::state.ne_all([DeliveryState::Delivered, DeliveryState::Cancelled]))
        .select((webhook_deliveries::endpoint_id, webhook_deliveries::subject))
        .distinct()
        .order(webhook_deliveries::endpoint_id)
        .load(conn)?;
    let of_events = || webhook_deliveries::event_id.eq_any(events);
    let deliveries = webhook_deliveries::table.filter(of_events()).select(webhook_deliveries::id);
    diesel::delete(webhook_attempts::table.filter(webhook_attempts::delivery_id.eq_any(deliveries))).execute(conn)?;
    diesel::delete(webhook_deliveries::table.filter(of_events())).execute(conn)?;
    // What was behind them goes next.
    for (endpoint, subject) in kept_up {
        if let Some(endpoint) = endpoints::store::lock(conn, endpoint)? {
            order::release(conn, endpoint.id, endpoint.on_exhausted, &[&subject])?;
        }
    }
    Ok(())
}

/// Rewrites the bodies that tell of these events, by `tombstone`, and deletes what receivers
/// answered to them. What a worker has taken up may still arrive as it was, within its lease; it is not recorded, and sent
/// again, rewritten, when its lease would have ended.
///
/// # Errors
/// Those of the database.
pub fn redact(conn: &mut DbConn, events: &[EventId], tombstone: impl Fn(&str) -> String) -> Result<(), Error> {
    let told: Vec<(DeliveryId, Option<String>)> = webhook_deliveries::table
        .filter(webhook_deliveries::event_id.eq_any(events))
        .select((webhook_deliveries::id, webhook_deliveries::body))
        .load(conn)?;
    for (id, body) in told {
        diesel::update(webhook_deliveries::table.filter(webhook_deliveries::id.eq(id)))
            // What a worker is sending of it is not recorded: the receiver's answer may repeat the person.
            .set((
                webhook_deliveries::body.eq(body.as_deref().map(&tombstone)),
                webhook_deliveries::lease_token.eq(None::<i64>),
            ))
            .execute(conn)?;
        diesel::update(webhook_attempts::table.filter(webhook_attempts::delivery_id.eq(id)))
            .set(webhook_attempts::excerpt.eq(None::<String>))
            .execute(conn)?;
    }
    Ok(())
}
