//! Deletion of deliveries together with expired events, and redaction of deliveries in an erasure.

use diesel::prelude::*;

use super::{order, records};
use crate::integrations::webhooks::deliveries::state::DeliveryState;
use crate::integrations::webhooks::registry;
use crate::kernel::db::schema::{webhook_attempts, webhook_deliveries, webhook_endpoints};
use crate::kernel::db::{CachedDsl, DbConn};
use crate::kernel::error::Error;
use crate::kernel::ids::{DeliveryId, EventId, WebhookEndpointId};

/// Returns the lowest sequence number of these events that is still to be delivered to an enabled endpoint.
pub fn first_undelivered(conn: &mut DbConn, events: &[EventId]) -> Result<Option<i64>, Error> {
    Ok(webhook_deliveries::table
        .inner_join(webhook_endpoints::table)
        .filter(webhook_deliveries::event_id.eq_any(events))
        // Blocked deliveries need no check: they wait for an older delivery, which is pending or exhausted.
        .filter(webhook_deliveries::state.eq(DeliveryState::Pending))
        .filter(webhook_endpoints::enabled)
        .filter(webhook_endpoints::deleted_at.is_null())
        .order(webhook_deliveries::sequence)
        .select(webhook_deliveries::sequence)
        .limit(1)
        .get_result(conn)
        .optional()?)
}

/// Deletes the deliveries of these events and their attempts, and unblocks the deliveries that waited for them.
pub fn delete_of(conn: &mut DbConn, events: &[EventId]) -> Result<(), Error> {
    let may_block_others: Vec<(WebhookEndpointId, String)> = webhook_deliveries::table
        .filter(webhook_deliveries::event_id.eq_any(events))
        .filter(webhook_deliveries::state.ne_all([DeliveryState::Delivered, DeliveryState::Cancelled]))
        .select((webhook_deliveries::endpoint_id, webhook_deliveries::subject))
        .distinct()
        .order(webhook_deliveries::endpoint_id)
        .load(conn)?;
    records::delete_of_erased(conn, events)?;
    let of_events = || webhook_deliveries::event_id.eq_any(events);
    let deliveries = webhook_deliveries::table.filter(of_events()).select(webhook_deliveries::id);
    diesel::delete(webhook_attempts::table.filter(webhook_attempts::delivery_id.eq_any(deliveries))).execute(conn)?;
    diesel::delete(webhook_deliveries::table.filter(of_events())).execute(conn)?;
    for (endpoint, subject) in may_block_others {
        if let Some(endpoint) = registry::lock(conn, endpoint)? {
            order::unblock_first(conn, endpoint.id, endpoint.on_exhausted, &[&subject])?;
        }
    }
    Ok(())
}

/// Redacts the stored bodies of these events and deletes the stored responses. A request that a worker is sending may
/// still arrive unredacted; its outcome is not recorded, and the redacted body is sent when the lease would have ended.
pub fn redact(conn: &mut DbConn, events: &[EventId], redacted: impl Fn(&str) -> String) -> Result<(), Error> {
    let deliveries: Vec<(DeliveryId, Option<String>)> = webhook_deliveries::table
        .filter(webhook_deliveries::event_id.eq_any(events))
        .select((webhook_deliveries::id, webhook_deliveries::body))
        .load(conn)?;
    for (id, body) in deliveries {
        diesel::update(webhook_deliveries::table.filter(webhook_deliveries::id.eq(id)))
            // Ends the lease, so that the outcome of a running attempt, whose response may repeat the data, is not
            // recorded.
            .set((
                webhook_deliveries::body.eq(body.as_deref().map(&redacted)),
                webhook_deliveries::lease_token.eq(None::<i64>),
            ))
            .cached()
            .execute(conn)?;
        diesel::update(webhook_attempts::table.filter(webhook_attempts::delivery_id.eq(id)))
            .set(webhook_attempts::excerpt.eq(None::<String>))
            .cached()
            .execute(conn)?;
    }
    Ok(())
}
