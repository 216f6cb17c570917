//! How a request changes: stored with its event, and with what the change means for the requests
//! that are linked to it and for the seat in its window.
//!
//! Rule: requests are taken before seats, the older one before what is linked to it. Seats are what
//! many want at once, so nobody who has one waits for a request.

use super::dto::CallbackRequestEvent;
use super::enums::{CallbackState, PromiseStanding, QuarantineReason};
use super::promise::Promise;
use super::store::{self, CallbackRequest};
use crate::calendar::capacity;
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::record::Change;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Stores a change and records it.
///
/// # Errors
/// Those of the database.
pub fn keep(
    tx: &mut Tx<'_>,
    before: &CallbackRequest,
    after: CallbackRequest,
    event: &'static str,
) -> Result<CallbackRequest, Error> {
    keep_because(tx, before, after, event, None)
}

/// The same with a reason for the audit trail.
///
/// # Errors
/// Those of the database.
pub fn keep_because(
    tx: &mut Tx<'_>,
    before: &CallbackRequest,
    mut after: CallbackRequest,
    event: &'static str,
    reason: Option<&str>,
) -> Result<CallbackRequest, Error> {
    after.version = before.version + 1;
    after.updated_at = tx.now;
    if !after.state.is_open() {
        after.open_place = None;
    }
    store::update(tx.conn, &after)?;
    let (old, new) = (CallbackRequestEvent::from(before), CallbackRequestEvent::from(&after));
    let change = Change::updated(event, after.id.as_str(), &old, &new)?;
    tx.record(&Change { reason, ..change })?;
    Ok(after)
}

/// Whether a seat in its window is taken for a request; programs take none.
pub fn holds_seat(request: &CallbackRequest) -> bool {
    let suspicious = request.quarantined_for.is_some_and(QuarantineReason::is_suspicion);
    request.slot_id.is_some() && !(request.state == CallbackState::Quarantined && suspicious)
}

/// Gives the seat of a request back, if it has one.
///
/// # Errors
/// Those of the database.
pub fn release_seat(tx: &mut Tx<'_>, request: &CallbackRequest) -> Result<(), Error> {
    match request.slot_id.as_ref().filter(|_| holds_seat(request)) {
        Some(slot) => capacity::release(tx.conn, slot),
        None => Ok(()),
    }
}

/// The call is over: what was linked to it ends the same way.
///
/// # Errors
/// Those of the database.
pub fn end_linked(tx: &mut Tx<'_>, ended: &CallbackRequest, event: &'static str) -> Result<(), Error> {
    for before in store::lock_linked(tx.conn, ended.id)? {
        let mut after = before.clone();
        after.state = ended.state;
        after.promise = PromiseStanding::Void;
        after.assigned_to = ended.assigned_to.clone();
        keep(tx, &before, after, event)?;
    }
    Ok(())
}

/// The call will not be made, or at another time: the oldest request that was linked to it is to
/// be called itself, and the others are linked to that one.
///
/// # Errors
/// Those of the database.
pub fn unlink_from(tx: &mut Tx<'_>, leader: &CallbackRequest) -> Result<(), Error> {
    let linked = store::lock_linked(tx.conn, leader.id)?;
    unlink(tx, leader, linked)
}

/// The same for requests that are locked already.
///
/// # Errors
/// Those of the database.
pub fn unlink(tx: &mut Tx<'_>, leader: &CallbackRequest, linked: Vec<CallbackRequest>) -> Result<(), Error> {
    let mut next: Option<CallbackRequestId> = None;
    for before in linked {
        let mut after = before.clone();
        after.linked_to = next;
        if leader.attempts > 0 && after.promise == PromiseStanding::Pending {
            // The call that was promised to both was tried.
            after.promise = PromiseStanding::Void;
        }
        let after = keep(tx, &before, after, types::CALLBACK_REQUEST_UNLINKED)?;
        next.get_or_insert(after.id);
    }
    Ok(())
}

/// Puts a request back into the queue under a new promise.
pub fn requeue(request: &mut CallbackRequest, promise: &Promise, now: UtcTime) {
    let (slot, from, by, rolled) = promise.parts();
    request.state = if slot.is_some() { CallbackState::Scheduled } else { CallbackState::QueuedAsap };
    request.slot_id = slot;
    request.promised_from = from;
    request.promised_by = by;
    request.rolled = rolled;
    request.due_from = from.unwrap_or(now);
    request.due_by = from.unwrap_or(by);
    request.priority = 1;
    request.offered = false;
    request.assigned_to = None;
    request.closed_day = false;
}
