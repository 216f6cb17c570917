//! Queues events as deliveries: decides which endpoint receives which event, and with which body.

use std::collections::HashSet;

use serde::Deserialize;

use super::state::DeliveryState;
use super::store::order;
use super::store::{self, NewDelivery};
use crate::callbacks::requests::CallbackIntent;
use crate::integrations::webhooks::format::WebhookFormat;
use crate::integrations::webhooks::message;
use crate::integrations::webhooks::registry::{self, OnExhausted, Ordering, Subscriber};
use crate::kernel::db::DbConn;
use crate::kernel::environment::Environment;
use crate::kernel::error::Error;
use crate::kernel::events::{EventBody, SequencedEvent};
use crate::kernel::ids::WebhookEndpointId;
use crate::kernel::time::UtcTime;

/// An endpoint that receives new events.
pub struct Receiver {
    pub id: WebhookEndpointId,
    pub format: WebhookFormat,
    pub ordering: Ordering,
    pub on_exhausted: OnExhausted,
    event_types: HashSet<String>,
    system: Option<String>,
}

impl TryFrom<Subscriber> for Receiver {
    type Error = Error;

    fn try_from(row: Subscriber) -> Result<Self, Error> {
        let event_types = serde_json::from_str(&row.event_types).map_err(Error::internal)?;
        let Subscriber { id, format, system, ordering, on_exhausted, .. } = row;
        Ok(Self { id, format, ordering, on_exhausted, event_types, system })
    }
}

/// The part of an event's data that decides whether a format accepts it.
#[derive(Deserialize)]
struct RequestData {
    intent: CallbackIntent,
}

impl Receiver {
    /// Returns whether the endpoint receives this event: it subscribes to the type, its own system did not cause the
    /// event, and its format accepts the event.
    pub fn wants(&self, event: &EventBody) -> bool {
        let subscribed = self.event_types.is_empty() || self.event_types.contains(&event.kind);
        let own = event.caused_by.is_some() && event.caused_by == self.system;
        subscribed && !own && self.accepts(event)
    }

    fn accepts(&self, event: &EventBody) -> bool {
        let Some(format) = self.format.projection() else { return true };
        self.format.accepts(&event.kind)
            && serde_json::from_str::<RequestData>(event.data.get()).is_ok_and(|data| data.intent == format.intent())
    }
}

/// Queues events for every endpoint that receives them. Runs in the transaction that assigns their sequence numbers.
pub fn fan_out(
    conn: &mut DbConn,
    environment: &Environment,
    events: Vec<SequencedEvent>,
    now: UtcTime,
) -> Result<(), Error> {
    let receivers = registry::receiving(conn)?;
    let receivers = receivers.into_iter().map(Receiver::try_from).collect::<Result<Vec<_>, _>>()?;
    if receivers.is_empty() {
        return Ok(());
    }
    let events = events.into_iter().map(EventBody::try_from).collect::<Result<Vec<_>, _>>()?;
    for receiver in &receivers {
        let wanted: Vec<&EventBody> = events.iter().filter(|event| receiver.wants(event)).collect();
        add(conn, environment, receiver, &wanted, now)?;
    }
    Ok(())
}

/// Queues a delivery for each event. With the ordering `subject`, it is blocked if its subject has an unfinished
/// delivery.
pub fn add(
    conn: &mut DbConn,
    environment: &Environment,
    receiver: &Receiver,
    events: &[&EventBody],
    now: UtcTime,
) -> Result<(), Error> {
    if events.is_empty() {
        return Ok(());
    }
    let mut unfinished = HashSet::new();
    if receiver.ordering == Ordering::Subject {
        // Without the lock, a delivery that is finished at this moment would not unblock the new ones.
        registry::lock(conn, receiver.id)?;
        let subjects: Vec<&str> = events.iter().map(|event| event.subject.as_str()).collect();
        unfinished = order::unfinished_subjects(conn, receiver.id, receiver.on_exhausted, &subjects)?;
    }
    let bodies =
        events.iter().map(|event| message::stored_body(receiver.format, event)).collect::<Result<Vec<_>, _>>()?;
    let mut rows = Vec::with_capacity(events.len());
    for (event, body) in events.iter().zip(&bodies) {
        let is_blocked = receiver.ordering == Ordering::Subject && !unfinished.insert(event.subject.clone());
        rows.push(NewDelivery {
            id: environment.new_id(),
            endpoint_id: receiver.id,
            event_id: event.id,
            subject: &event.subject,
            sequence: event.sequence,
            body: body.as_deref(),
            state: if is_blocked { DeliveryState::Blocked } else { DeliveryState::Pending },
            attempts: 0,
            tries: 0,
            next_attempt_at: now,
            created_at: now,
        });
    }
    store::insert(conn, &rows)
}
