//! How events become deliveries: which endpoint gets which, and in which form.

use std::collections::HashSet;

use serde::Deserialize;

use super::store::order;
use super::store::{self, DeliveryState, NewDelivery};
use crate::callbacks::requests::CallbackIntent;
use crate::integrations::webhooks::endpoints;
use crate::integrations::webhooks::endpoints::store::Subscriber;
use crate::integrations::webhooks::endpoints::{OnExhausted, Ordering};
use crate::integrations::webhooks::wire::{self, WebhookFormat};
use crate::kernel::db::DbConn;
use crate::kernel::environment::World;
use crate::kernel::error::Error;
use crate::kernel::events::{EventBody, SequencedEvent};
use crate::kernel::ids::WebhookEndpointId;
use crate::kernel::time::UtcTime;

/// An endpoint that new events are for.
pub struct Receiver {
    pub id: WebhookEndpointId,
    pub format: WebhookFormat,
    pub ordering: Ordering,
    pub on_exhausted: OnExhausted,
    types: HashSet<String>,
    system: Option<String>,
}

impl TryFrom<Subscriber> for Receiver {
    type Error = Error;

    fn try_from(row: Subscriber) -> Result<Self, Error> {
        let types = serde_json::from_str(&row.event_types).map_err(Error::internal)?;
        let Subscriber { id, format, system, ordering, on_exhausted, .. } = row;
        Ok(Self { id, format, ordering, on_exhausted, types, system })
    }
}

/// What a format has to know of an event's data.
#[derive(Deserialize)]
struct OfRequest {
    intent: CallbackIntent,
}

impl Receiver {
    /// Whether this event is for it: of a type it asked for, not caused by its own system, and, for a record of another
    /// system, of the right intent.
    pub fn wants(&self, event: &EventBody) -> bool {
        let asked = self.types.is_empty() || self.types.contains(&event.kind);
        let own = event.caused_by.is_some() && event.caused_by == self.system;
        asked && !own && self.can_tell(event)
    }

    fn can_tell(&self, event: &EventBody) -> bool {
        let Some(format) = self.format.projection() else { return true };
        self.format.takes(&event.kind)
            && serde_json::from_str::<OfRequest>(event.data.get()).is_ok_and(|data| data.intent == format.intent())
    }
}

/// Queues events for every endpoint that asked for them; runs in the transaction that gives them
/// their sequence.
///
/// # Errors
/// Those of the database.
pub fn fan_out(conn: &mut DbConn, world: &World, events: Vec<SequencedEvent>, now: UtcTime) -> Result<(), Error> {
    let receivers = endpoints::store::receiving(conn)?;
    let receivers = receivers.into_iter().map(Receiver::try_from).collect::<Result<Vec<_>, _>>()?;
    if receivers.is_empty() {
        return Ok(());
    }
    let events = events.into_iter().map(EventBody::try_from).collect::<Result<Vec<_>, _>>()?;
    for receiver in &receivers {
        let wanted: Vec<&EventBody> = events.iter().filter(|event| receiver.wants(event)).collect();
        add(conn, world, receiver, &wanted, now)?;
    }
    Ok(())
}

/// Adds a delivery for each event, behind what is unfinished where the endpoint wants order.
///
/// # Errors
/// Those of the database.
pub fn add(
    conn: &mut DbConn,
    world: &World,
    receiver: &Receiver,
    events: &[&EventBody],
    now: UtcTime,
) -> Result<(), Error> {
    if events.is_empty() {
        return Ok(());
    }
    let mut busy = HashSet::new();
    if receiver.ordering == Ordering::Subject {
        // Or what is finished at this very moment would not see what is added.
        endpoints::store::lock(conn, receiver.id)?;
        let subjects: Vec<&str> = events.iter().map(|event| event.subject.as_str()).collect();
        busy = order::busy(conn, receiver.id, receiver.on_exhausted, &subjects)?;
    }
    let bodies = events.iter().map(|event| wire::stored_body(receiver.format, event)).collect::<Result<Vec<_>, _>>()?;
    let mut rows = Vec::with_capacity(events.len());
    for (event, body) in events.iter().zip(&bodies) {
        let waits = receiver.ordering == Ordering::Subject && !busy.insert(event.subject.clone());
        rows.push(NewDelivery {
            id: world.new_id(),
            endpoint_id: receiver.id,
            event_id: event.id,
            subject: &event.subject,
            sequence: event.sequence,
            body: body.as_deref(),
            state: if waits { DeliveryState::Blocked } else { DeliveryState::Pending },
            attempts: 0,
            tries: 0,
            next_attempt_at: now,
            created_at: now,
        });
    }
    store::insert(conn, &rows)
}
