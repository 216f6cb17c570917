//! What can be done with deliveries, and how events become deliveries.

use super::store::{self, NewDelivery};
pub use super::store::{Attempt, Delivery, DeliveryState};
use crate::auth::Actor;
use crate::authz::{self, Action, Facts};
use crate::clock::World;
use crate::db::DbConn;
use crate::error::{Code, Error, Problem};
use crate::events::{EventBody, SequencedEvent};
use crate::http::page::PageRequest;
use crate::ids::{DeliveryId, WebhookEndpointId};
use crate::time::UtcTime;
use crate::tx::Tx;
use crate::webhooks::endpoints;

/// Queues events for every endpoint that asked for them; runs in the transaction that gives them
/// their sequence.
///
/// # Errors
/// Those of the database.
pub fn fan_out(conn: &mut DbConn, world: &World, events: &[SequencedEvent], now: UtcTime) -> Result<(), Error> {
    let receivers = endpoints::store::receiving(conn)?
        .into_iter()
        .map(|(id, types)| Ok((id, serde_json::from_str::<Vec<String>>(&types).map_err(Error::internal)?)))
        .collect::<Result<Vec<_>, Error>>()?;
    if receivers.is_empty() {
        return Ok(());
    }
    let messages = events
        .iter()
        .map(|event| {
            let message = EventBody::try_from(event.clone())?;
            let body = serde_json::to_string(&message).map_err(Error::internal)?;
            Ok((message, body))
        })
        .collect::<Result<Vec<_>, Error>>()?;
    let mut deliveries = Vec::new();
    for (message, body) in &messages {
        for (endpoint, types) in &receivers {
            if types.is_empty() || types.contains(&message.kind) {
                deliveries.push(NewDelivery {
                    id: world.new_id(),
                    endpoint_id: *endpoint,
                    event_id: message.id,
                    sequence: message.sequence,
                    body,
                    state: DeliveryState::Pending,
                    attempts: 0,
                    tries: 0,
                    next_attempt_at: now,
                    created_at: now,
                });
            }
        }
    }
    store::insert(conn, &deliveries)
}

/// One page of what was or is sent to an endpoint.
///
/// # Errors
/// 403, 404.
pub fn list(
    conn: &mut DbConn,
    actor: &Actor,
    endpoint: WebhookEndpointId,
    state: Option<DeliveryState>,
    page: &PageRequest,
) -> Result<Vec<Delivery>, Error> {
    authz::require(actor, Action::ManageWebhooks, &Facts::default())?;
    endpoints::require(conn, endpoint)?;
    store::list(conn, endpoint, state, page)
}

/// One page of the attempts of a delivery.
///
/// # Errors
/// 403, 404.
pub fn attempts(conn: &mut DbConn, actor: &Actor, id: DeliveryId, page: &PageRequest) -> Result<Vec<Attempt>, Error> {
    authz::require(actor, Action::ManageWebhooks, &Facts::default())?;
    store::find(conn, id)?.ok_or_else(Error::not_found)?;
    store::attempts(conn, id, page)
}

/// Sends a delivery again, from the beginning of the schedule. One that a worker is sending at
/// this moment stays as it is.
///
/// # Errors
/// 403, 404; 409 when its endpoint is deleted or disabled.
pub fn redeliver(tx: &mut Tx<'_>, id: DeliveryId) -> Result<Delivery, Error> {
    tx.admit(Action::ManageWebhooks, &Facts::default())?;
    let delivery = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let Some(endpoint) = endpoints::store::lock(tx.conn, delivery.endpoint_id)? else {
        return Err(Problem::illegal_transition(DeliveryState::Cancelled.as_str(), "redeliver", &[]).into());
    };
    if !endpoint.enabled {
        return Err(Problem::new(Code::Conflict)
            .because("The endpoint is disabled; enable it first.", "Koncový bod je vypnutý; nejprve jej zapněte.")
            .into());
    }
    store::restart(tx.conn, id, tx.now)?;
    store::find(tx.conn, id)?.ok_or_else(Error::not_found)
}
