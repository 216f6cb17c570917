//! Reroutes requests to another queue.
//!
//! Rule: the request that continues has the same promise, calls, pause, feedback and manage link, so that a reroute
//! gives the desk neither time nor another promise. The rerouted one gives them up, so that they are counted once.

use super::dto::{CallbackRequestEvent, RerouteCallbackRequest};
use super::enums::{CallbackIntent, CallbackState, PromiseStatus};
use super::rows::{CallbackRequest, Contact, GivenConsent, RequestAndContact};
use super::service::{lock_open, put_back};
use super::{access, chain, store, transitions};
use crate::calendar::capacity;
use crate::callbacks::queues::{self, Queue, Which};
use crate::kernel::authz::{Action, Relations};
use crate::kernel::error::{Code, Error, Problem, Violation};
use crate::kernel::events::types;
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::record::Change;
use crate::kernel::tx::Tx;

/// Closes a request and creates a request in another queue that continues it, with its consents: by default in the
/// public queue of the other intent.
///
/// # Errors
/// 403, 404; 409 if the request is closed, quarantined or being called, is in that queue, or was rerouted too often, or
/// the other intent has no public queue; 422 for an unknown queue.
pub fn reroute(
    tx: &mut Tx<'_>,
    id: CallbackRequestId,
    body: &RerouteCallbackRequest,
) -> Result<RequestAndContact, Error> {
    tx.authorize_and_deduplicate(Action::WorkCallbacks, &Relations::default())?;
    // Read before the lock, because the contact data of an open request does not change.
    let (found, contact) = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    store::create::lock_number(tx.conn, found.phone_e164.as_deref().unwrap_or_default())?;
    let before = lock_open(tx, id, "reroute_callback_request")?;
    access::require(tx, &before)?;
    let (queue, intent) = target(tx, &before, body)?;
    if !chain::can_be_continued(tx.conn, &before)? {
        return Err(Problem::new(Code::Conflict).because("detail-rerouted-too-often").into());
    }
    let next = continuation(tx, &before, &queue, intent);
    let mut ended = before.clone();
    ended.state = CallbackState::Rerouted;
    ended.rerouted_to = Some(next.id);
    ended.linked_to = None;
    (ended.promise, ended.first_attempt_after, ended.called_on_time) = (PromiseStatus::Void, None, None);
    (ended.agent_linked_at, ended.agent_linked_by) = (None, None);
    // Before the slots, because requests are locked first.
    let linked = store::lock_linked(tx.conn, before.id)?;
    if let (Some(slot_id), Some(from)) = (&next.slot_id, next.promised_from) {
        let moved = (before.queue_id, next.queue_id);
        let keep = transitions::has_capacity(&before);
        capacity::change_queue(tx.conn, moved, slot_id, (from, next.promised_by), keep)?;
    }
    // The old row is stored first, because the new one needs its place among the open requests.
    transitions::save_because(tx, &before, ended, types::CALLBACK_REQUEST_REROUTED, body.reason.as_deref())?;
    let contact = contact.map(|contact| Contact { request_id: next.id, ..contact });
    match &contact {
        Some(contact) => store::create::insert_with_contact(tx.conn, &next, contact)?,
        None => store::create::insert(tx.conn, &next)?,
    }
    copy_consents(tx, before.id, next.id)?;
    transitions::unlink(tx, &before, linked)?;
    let body = CallbackRequestEvent::from(&next);
    tx.record_change(&Change::created(types::CALLBACK_REQUEST_RECEIVED, next.id.as_str(), &body)?)?;
    Ok((next, contact))
}

/// Copies consents, also withdrawn ones, because each request of a chain is erased at its own time.
fn copy_consents(tx: &mut Tx<'_>, from: CallbackRequestId, to: CallbackRequestId) -> Result<(), Error> {
    for consent in store::consents(tx.conn, &[from])? {
        store::create::insert_consent(tx.conn, &GivenConsent { request_id: to, ..consent })?;
    }
    Ok(())
}

/// Builds the request that continues a rerouted one. The agents on duty in the other queue are checked for it.
fn continuation(tx: &Tx<'_>, before: &CallbackRequest, queue: &Queue, intent: CallbackIntent) -> CallbackRequest {
    let mut next = before.clone();
    next.id = tx.new_id();
    next.version = 1;
    (next.queue_id, next.queue_key, next.intent) = (queue.id, queue.key.clone(), intent);
    next.rerouted_from = Some(before.id);
    next.linked_to = None;
    put_back(&mut next);
    next.offered = false;
    (next.held_by, next.held_since) = (None, None);
    (next.created_at, next.updated_at) = (tx.now, tx.now);
    next
}

/// Returns the queue and the intent of the request that continues this one.
fn target(
    tx: &mut Tx<'_>,
    before: &CallbackRequest,
    body: &RerouteCallbackRequest,
) -> Result<(Queue, CallbackIntent), Error> {
    let other = match before.intent {
        CallbackIntent::Sales => CallbackIntent::TechnicalSupport,
        CallbackIntent::TechnicalSupport => CallbackIntent::Sales,
    };
    let which = body.queue_id.map_or(Which::Intent(other), Which::Id);
    let Some(found) = queues::present(tx.conn, which, tx.now)? else {
        return Err(match body.queue_id {
            Some(_) => Error::violation(Violation::unknown_reference("/queue_id", "violation-unknown-queue")),
            None => Problem::new(Code::Conflict).because("detail-no-public-queue").into(),
        });
    };
    if found.queue.id == before.queue_id {
        return Err(Problem::new(Code::Conflict).because("detail-same-queue").into());
    }
    let intent = if found.queue.accepts(before.intent) && body.queue_id.is_some() { before.intent } else { other };
    Ok((found.queue, intent))
}
