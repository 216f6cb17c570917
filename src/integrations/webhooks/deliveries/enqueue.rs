//! Queues events as deliveries: decides which endpoint receives which event, and with which body.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use super::state::DeliveryState;
use super::store::leases::DueEndpoint;
use super::store::order;
use super::store::{self, NewDelivery};
use crate::callbacks::requests::{self, CallbackIntent};
use crate::integrations::projections::life;
use crate::integrations::webhooks::filter::EventFilter;
use crate::integrations::webhooks::format::WebhookFormat;
use crate::integrations::webhooks::message;
use crate::integrations::webhooks::registry::{self, OnExhausted, Ordering, Subscriber};
use crate::kernel::db::DbConn;
use crate::kernel::environment::Environment;
use crate::kernel::error::Error;
use crate::kernel::events::{EventBody, SequencedEvent};
use crate::kernel::ids::{CallbackRequestId, EventId, WebhookEndpointId};
use crate::kernel::time::UtcTime;

/// An endpoint that receives new events.
pub struct Receiver {
    pub id: WebhookEndpointId,
    pub format: WebhookFormat,
    pub ordering: Ordering,
    pub on_exhausted: OnExhausted,
    /// Whether its last attempt failed.
    has_failed: bool,
    /// Until when nothing is sent to it.
    paused_until: Option<UtcTime>,
    event_types: HashSet<String>,
    system: Option<String>,
    filter: EventFilter,
}

impl TryFrom<Subscriber> for Receiver {
    type Error = Error;

    fn try_from(row: Subscriber) -> Result<Self, Error> {
        let event_types = serde_json::from_str(&row.event_types).map_err(Error::internal)?;
        let filter = row.content_filter.as_deref().map(serde_json::from_str).transpose().map_err(Error::internal)?;
        let filter: EventFilter = filter.unwrap_or_default();
        let Subscriber { id, format, system, ordering, on_exhausted, failures, .. } = row;
        let (has_failed, paused_until) = (failures > 0, row.paused_until.max(row.probe_at));
        Ok(Self { id, format, ordering, on_exhausted, has_failed, paused_until, event_types, system, filter })
    }
}

/// The part of an event's data that decides whether a format accepts it.
#[derive(Deserialize)]
struct RequestData {
    intent: CallbackIntent,
}

impl Receiver {
    /// Returns whether the endpoint receives this event: it subscribes to the type, its own system did not cause the
    /// event, its format accepts the event, and its filter passes the event.
    pub fn wants(&self, event: &EventBody, campaigns: &Campaigns) -> bool {
        if self.is_erasure(event) {
            return self.accepts(event);
        }
        let subscribed = self.event_types.is_empty() || self.event_types.contains(&event.kind);
        let own = event.caused_by.is_some() && event.caused_by == self.system;
        let request = self.filter.campaign.as_ref().and_then(|_| request_of(event));
        let campaign = request.and_then(|id| campaigns.get(&id)).map(String::as_str);
        subscribed && !own && self.accepts(event) && self.filter.passes(event, campaign)
    }

    /// Returns whether the event is the erasure of a visitor, whose record must be redacted whatever the endpoint
    /// subscribes to. The campaign, by which it may filter, is erased as well.
    fn is_erasure(&self, event: &EventBody) -> bool {
        self.format.projection().is_some() && event.kind == life::ERASURE
    }

    fn accepts(&self, event: &EventBody) -> bool {
        let Some(format) = self.format.projection() else { return true };
        self.format.accepts(&event.kind)
            && serde_json::from_str::<RequestData>(event.data.get()).is_ok_and(|data| data.intent == format.intent())
    }
}

/// The campaigns of callback requests.
pub type Campaigns = HashMap<CallbackRequestId, String>;

/// The part of the data of a call that names its callback request.
#[derive(Deserialize)]
struct CallData {
    request_id: CallbackRequestId,
}

/// Returns the callback request that an event is about, or to which the call belongs that the event is about.
fn request_of(event: &EventBody) -> Option<CallbackRequestId> {
    let of_call = || serde_json::from_str::<CallData>(event.data.get()).ok().map(|data| data.request_id);
    event.subject.parse().ok().or_else(of_call)
}

/// Returns the campaigns of the callback requests of events, if one of the endpoints filters by campaign.
pub fn campaigns(conn: &mut DbConn, receivers: &[Receiver], events: &[EventBody]) -> Result<Campaigns, Error> {
    if receivers.iter().all(|receiver| receiver.filter.campaign.is_none()) {
        return Ok(Campaigns::new());
    }
    let ids: Vec<CallbackRequestId> = events.iter().filter_map(request_of).collect();
    Ok(requests::service::campaigns(conn, &ids)?.into_iter().collect())
}

/// Queues events for every endpoint that receives them; returns the endpoints that can be sent to now, and whether the
/// last attempt of each failed. Runs in the transaction that assigns the sequence numbers.
pub fn fan_out(
    conn: &mut DbConn,
    environment: &Environment,
    events: Vec<SequencedEvent>,
    now: UtcTime,
) -> Result<Vec<DueEndpoint>, Error> {
    let receivers = registry::receiving(conn)?;
    let receivers = receivers.into_iter().map(Receiver::try_from).collect::<Result<Vec<_>, _>>()?;
    if receivers.is_empty() {
        return Ok(Vec::new());
    }
    let events = events.into_iter().map(EventBody::try_from).collect::<Result<Vec<_>, _>>()?;
    let campaigns = campaigns(conn, &receivers, &events)?;
    let mut wanted: Vec<Wanted<'_>> = Vec::new();
    for receiver in &receivers {
        let events: Vec<&EventBody> = events.iter().filter(|event| receiver.wants(event, &campaigns)).collect();
        if !events.is_empty() {
            wanted.push((receiver, events));
        }
    }
    queue(conn, environment, &wanted, now)?;
    let ready = wanted.iter().filter(|(receiver, _)| receiver.paused_until.is_none_or(|until| until <= now));
    Ok(ready.map(|(receiver, _)| (receiver.id, receiver.has_failed)).collect())
}

/// Queues a delivery of each event to one endpoint.
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
    queue(conn, environment, &[(receiver, events.to_vec())], now)
}

/// An endpoint and the events that it receives.
type Wanted<'a> = (&'a Receiver, Vec<&'a EventBody>);

/// The bodies of events, which are the same for all endpoints with the same format.
type Bodies = HashMap<(WebhookFormat, EventId), Option<String>>;

fn queue(conn: &mut DbConn, environment: &Environment, wanted: &[Wanted<'_>], now: UtcTime) -> Result<(), Error> {
    let bodies = bodies(wanted)?;
    let mut rows = Vec::new();
    for (receiver, events) in wanted {
        rows.extend(deliveries(conn, environment, receiver, events, &bodies, now)?);
    }
    store::insert(conn, &rows)
}

fn bodies(wanted: &[Wanted<'_>]) -> Result<Bodies, Error> {
    let mut bodies = Bodies::new();
    for (receiver, events) in wanted {
        for event in events {
            if let Entry::Vacant(vacant) = bodies.entry((receiver.format, event.id)) {
                vacant.insert(message::stored_body(receiver.format, event)?);
            }
        }
    }
    Ok(bodies)
}

/// Returns a delivery of each event. With the ordering `subject`, it is blocked if its subject has an unfinished
/// delivery.
fn deliveries<'a>(
    conn: &mut DbConn,
    environment: &Environment,
    receiver: &Receiver,
    events: &[&'a EventBody],
    bodies: &'a Bodies,
    now: UtcTime,
) -> Result<Vec<NewDelivery<'a>>, Error> {
    let mut unfinished = HashSet::new();
    if receiver.ordering == Ordering::Subject {
        // Without the lock, a delivery that is finished at this moment would not unblock the new ones.
        registry::lock(conn, receiver.id)?;
        let subjects: Vec<&str> = events.iter().map(|event| event.subject.as_str()).collect();
        unfinished = order::unfinished_subjects(conn, receiver.id, receiver.on_exhausted, &subjects)?;
    }
    let mut rows = Vec::with_capacity(events.len());
    for event in events.iter().copied() {
        let is_blocked = receiver.ordering == Ordering::Subject && !unfinished.insert(event.subject.clone());
        rows.push(NewDelivery {
            id: environment.new_id(),
            endpoint_id: receiver.id,
            event_id: event.id,
            subject: &event.subject,
            sequence: event.sequence,
            body: bodies.get(&(receiver.format, event.id)).and_then(Option::as_deref),
            state: if is_blocked { DeliveryState::Blocked } else { DeliveryState::Pending },
            attempts: 0,
            tries: 0,
            next_attempt_at: now,
            created_at: now,
        });
    }
    Ok(rows)
}
