//! Reroute a request to the other intent.

use super::dto::{CallbackRequestEvent, RerouteCallbackRequest};
use super::enums::{CallbackIntent, CallbackState, PromiseStanding};
use super::rows::{CallbackRequest, Contact, RequestAndContact};
use super::service::lock_open;
use super::{store, transitions};
use crate::calendar::service as calendar;
use crate::kernel::authz::{Action, Facts};
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::record::Change;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Ends a request and continues it as a new one with the other intent, at the same time.
///
/// # Errors
/// 403, 404; 409 when it is closed or quarantined.
pub fn reroute(
    tx: &mut Tx<'_>,
    id: CallbackRequestId,
    body: &RerouteCallbackRequest,
) -> Result<RequestAndContact, Error> {
    tx.authorize_and_deduplicate(Action::WorkCallbacks, &Facts::default())?;
    // The person does not change while the request is open.
    let (found, contact) = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    store::create::lock_number(tx.conn, found.phone_e164.as_deref().unwrap_or_default())?;
    let before = lock_open(tx, id, "reroute")?;
    let next = continuation(tx, &before)?;
    let mut ended = before.clone();
    ended.state = CallbackState::Rerouted;
    ended.rerouted_to = Some(next.id);
    ended.linked_to = None;
    let was_called = before.attempts > 0;
    if !was_called {
        // The same promise goes on with the new one, kept or broken.
        ended.promise = PromiseStanding::Void;
    }
    // The old row first, because it gives up its place among the open requests.
    transitions::save_because(tx, &before, ended, types::CALLBACK_REQUEST_REROUTED, body.reason.as_deref())?;
    store::create::insert(tx.conn, &next)?;
    transitions::unlink_from(tx, &before)?;
    if was_called {
        // The next call is as soon as possible.
        transitions::release_place(tx, &before)?;
    }
    let contact = contact.map(|contact| Contact { request_id: next.id, ..contact });
    if let Some(contact) = &contact {
        store::create::insert_contact(tx.conn, contact)?;
    }
    let body = CallbackRequestEvent::from(&next);
    tx.record_change(&Change::created(types::CALLBACK_REQUEST_RECEIVED, next.id.as_str(), &body)?)?;
    Ok((next, contact))
}

/// The request that continues a rerouted one. A visitor who was called already is promised another call as
/// soon as possible; otherwise the promise and the place in the slot stay.
fn continuation(tx: &mut Tx<'_>, before: &CallbackRequest) -> Result<CallbackRequest, Error> {
    let mut next = before.clone();
    next.id = tx.new_id();
    next.version = 1;
    next.intent = match before.intent {
        CallbackIntent::Sales => CallbackIntent::TechnicalSupport,
        CallbackIntent::TechnicalSupport => CallbackIntent::Sales,
    };
    next.rerouted_from = Some(before.id);
    next.linked_to = None;
    next.assigned_to = None;
    next.offered = false;
    next.state = if next.slot_id.is_some() { CallbackState::Scheduled } else { CallbackState::QueuedAsap };
    (next.created_at, next.updated_at) = (tx.now, tx.now);
    if before.attempts > 0 {
        let calendar = calendar::present(tx.conn, tx.now)?.calendar;
        let by = calendar.promise_by(tx.now.to_jiff()).map_or(tx.now, UtcTime::from_jiff);
        (next.slot_id, next.promised_from, next.first_promised_from) = (None, None, None);
        (next.promised_by, next.first_promised_by, next.due_from, next.due_by) = (by, by, tx.now, by);
        (next.attempts, next.first_attempt_after, next.promise) = (0, None, PromiseStanding::Pending);
        (next.state, next.rolled, next.closed_day) = (CallbackState::QueuedAsap, false, false);
    }
    Ok(next)
}
