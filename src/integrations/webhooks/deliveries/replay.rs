//! Replay of past events to one endpoint.
//!
//! Rules: an event keeps its `webhook-id` and is sent to no other endpoint; a call covers at most 1,000 events and
//! returns where to continue; a dry run counts events and changes nothing; unfinished deliveries do not change.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::enqueue::{self, Receiver};
use super::service::endpoint_disabled;
use super::state::DeliveryState;
use super::store;
use super::store::order;
use crate::integrations::webhooks::registry::{self, Ordering};
use crate::kernel::authz::{Action, Relations};
use crate::kernel::error::Error;
use crate::kernel::events::sequence;
use crate::kernel::events::{self, EventBody, EventTypeName};
use crate::kernel::http::body::{RequestBody, fault_at};
use crate::kernel::ids::{DeliveryId, EventId, WebhookEndpointId};
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Most events that one call covers.
const MAX_EVENTS: i64 = 1_000;

crate::text_enum! {
    /// Which events of the range are sent: `failed` (those whose delivery is exhausted or cancelled), `missing` (those
    /// that were never queued for the endpoint, for example because it was created, enabled or subscribed later), or
    /// `all` (all events to which the endpoint subscribes, including delivered ones). Deliveries that are still pending
    /// or blocked are never included.
    pub enum ReplaySelection {
        Failed,
        Missing,
        All,
    }
}

/// The events to replay.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "in_order"))]
#[schema(example = json!({"since": "2026-01-01T00:00:00Z", "dry_run": true}))]
pub struct ReplayRequest {
    /// Start of the time range: events that occurred at or after this time are included, with a precision of
    /// milliseconds.
    pub since: UtcTime,
    /// End of the time range: events that occurred before this time are included; absent or null for no end. It must be
    /// after `since`.
    #[serde(default)]
    pub until: Option<UtcTime>,
    /// `last_event_id` of the previous response, to continue after this event; absent or null to start at `since`.
    #[serde(default)]
    pub after: Option<EventId>,
    /// Which events of the range are sent.
    #[serde(default)]
    #[schema(nullable = false, default = "failed")]
    pub selection: Option<ReplaySelection>,
    /// Send only events of these types; absent or empty for all types to which the endpoint subscribes.
    #[serde(default)]
    #[schema(nullable = false, max_items = 200)]
    pub event_types: Option<Vec<EventTypeName>>,
    /// Send only events about the resource with this ID.
    #[serde(default)]
    #[schema(nullable = false, max_length = 40, pattern = "^[a-z]{2,4}_[0-9a-z]{26}$")]
    pub subject: Option<String>,
    /// Whether to only count the events, without sending them.
    #[serde(default)]
    #[schema(nullable = false, default = false)]
    pub dry_run: Option<bool>,
}

impl RequestBody for ReplayRequest {}

fn in_order(request: &ReplayRequest) -> Result<(), ValidationError> {
    match request.until {
        Some(until) if until <= request.since => {
            Err(fault_at("until", "not_after_start", "violation-until-after-since"))
        }
        _ => Ok(()),
    }
}

/// The result of a replay.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Replay {
    /// Whether the events were only counted.
    pub dry_run: bool,
    /// Number of events that were queued, or would be queued without `dry_run`.
    #[schema(format = Int32, minimum = 0, maximum = 1_000)]
    pub events: i32,
    /// Whether the whole time range was covered. If false, call again with `after` set to `last_event_id`.
    pub complete: bool,
    /// The last event that was examined; null if the range contains no event.
    #[schema(required)]
    pub last_event_id: Option<EventId>,
}

/// Queues past events for an endpoint.
///
/// # Errors
/// 403, 404; 409 when the endpoint is disabled.
pub fn replay(tx: &mut Tx<'_>, id: WebhookEndpointId, request: &ReplayRequest) -> Result<Replay, Error> {
    tx.authorize_and_deduplicate(Action::ManageWebhooks, &Relations::default())?;
    // The dispatcher and event retention must not change the same events at the same time.
    sequence::lock(tx.conn)?;
    let endpoint = registry::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    registry::require_readable(tx.actor, endpoint.format)?;
    if !endpoint.enabled {
        return Err(endpoint_disabled());
    }
    let receiver = Receiver::try_from(endpoint.subscriber())?;
    let selection = request.selection.unwrap_or(ReplaySelection::Failed);
    let in_range = events::replayable(tx.conn, &range(request), MAX_EVENTS + 1)?;
    let complete = in_range.len() as i64 <= MAX_EVENTS;
    let mut found: Vec<EventBody> =
        in_range.into_iter().take(MAX_EVENTS as usize).map(EventBody::try_from).collect::<Result<_, _>>()?;
    let last_event_id = found.last().map(|event| event.id);
    let ids: Vec<EventId> = found.iter().map(|event| event.id).collect();
    let known = store::of_events(tx.conn, id, &ids)?;
    let campaigns = enqueue::campaigns(tx.conn, std::slice::from_ref(&receiver), &found)?;
    found.retain(|event| receiver.wants(event, &campaigns) || known.contains_key(&event.id));
    let (mut again, mut new) = (Vec::new(), Vec::new());
    for event in &found {
        match known.get(&event.id) {
            None if selection != ReplaySelection::Failed => new.push(event),
            Some((delivery, state)) if is_chosen(selection, *state) => again.push((*delivery, event.subject.as_str())),
            _ => {}
        }
    }
    let dry_run = request.dry_run.unwrap_or(false);
    if !dry_run {
        restart(tx, &receiver, &again)?;
        add(tx, &receiver, &new)?;
    }
    let events = i32::try_from(again.len() + new.len()).unwrap_or(i32::MAX);
    Ok(Replay { dry_run, events, complete, last_event_id })
}

fn is_chosen(selection: ReplaySelection, state: DeliveryState) -> bool {
    match state {
        DeliveryState::Exhausted | DeliveryState::Cancelled => selection != ReplaySelection::Missing,
        DeliveryState::Delivered => selection == ReplaySelection::All,
        DeliveryState::Pending | DeliveryState::Blocked => false,
    }
}

fn restart(tx: &mut Tx<'_>, receiver: &Receiver, again: &[(DeliveryId, &str)]) -> Result<(), Error> {
    let ids: Vec<DeliveryId> = again.iter().map(|(id, _)| *id).collect();
    let subjects: Vec<&str> = again.iter().map(|(_, subject)| *subject).collect();
    match receiver.ordering {
        Ordering::None => store::restart(tx.conn, &ids, DeliveryState::Pending, tx.now),
        Ordering::Subject => {
            store::restart(tx.conn, &ids, DeliveryState::Blocked, tx.now)?;
            order::restore_order(tx.conn, receiver.id, receiver.on_exhausted, &subjects, tx.now)
        }
    }
}

fn add(tx: &mut Tx<'_>, receiver: &Receiver, new: &[&EventBody]) -> Result<(), Error> {
    enqueue::add(tx.conn, tx.environment, receiver, new, tx.now)?;
    if receiver.ordering == Ordering::Subject {
        // A pending or exhausted delivery of a later event must not block an earlier event.
        let subjects: Vec<&str> = new.iter().map(|event| event.subject.as_str()).collect();
        order::restore_order(tx.conn, receiver.id, receiver.on_exhausted, &subjects, tx.now)?;
    }
    Ok(())
}

/// Returns the range and the filters of the request for the event store.
fn range(request: &ReplayRequest) -> events::ReplayRange {
    events::ReplayRange {
        since: request.since,
        until: request.until,
        after: request.after,
        kinds: request.event_types.iter().flatten().map(|name| name.0.clone()).collect(),
        subject: request.subject.clone(),
    }
}
