//! How a request changes: stored with its event, and with what the change means for the requests
//! that are linked to it and for its place in a slot.
//!
//! Rule: requests are locked before slots, and a request before those that are linked to it. Many requests
//! compete for a slot, so a transaction that holds one never waits for a request.

use super::dto::CallbackRequestEvent;
use super::enums::{CallbackState, PromiseStanding, QuarantineReason};
use super::rows::CallbackRequest;
use super::store;
use crate::calendar::capacity;
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::record::Change;
use crate::kernel::tx::Tx;

/// Stores a change and records it.
pub fn save(
    tx: &mut Tx<'_>,
    before: &CallbackRequest,
    after: CallbackRequest,
    event: &'static str,
) -> Result<CallbackRequest, Error> {
    save_because(tx, before, after, event, None)
}

/// The same with a reason for the audit trail.
pub fn save_because(
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
    tx.record_change(&Change { reason, ..change })?;
    Ok(after)
}

/// Whether a place in its slot is reserved for a request; programs reserve none.
pub fn holds_place(request: &CallbackRequest) -> bool {
    let suspicious = request.quarantined_for.is_some_and(QuarantineReason::is_suspicion);
    request.slot_id.is_some() && !(request.state == CallbackState::Quarantined && suspicious)
}

/// Releases the place that is reserved for a request, if there is one.
pub fn release_place(tx: &mut Tx<'_>, request: &CallbackRequest) -> Result<(), Error> {
    match request.slot_id.as_ref().filter(|_| holds_place(request)) {
        Some(slot) => capacity::release(tx.conn, slot),
        None => Ok(()),
    }
}

/// The call is over: what was linked to it ends the same way.
pub fn end_linked(tx: &mut Tx<'_>, ended: &CallbackRequest, event: &'static str) -> Result<(), Error> {
    for before in store::lock_linked(tx.conn, ended.id)? {
        let mut after = before.clone();
        after.state = ended.state;
        after.promise = PromiseStanding::Void;
        after.assigned_to = ended.assigned_to.clone();
        save(tx, &before, after, event)?;
    }
    Ok(())
}

/// The call will not be made, or at another time: the oldest request that was linked to it is to
/// be called itself, and the others are linked to that one.
pub fn unlink_from(tx: &mut Tx<'_>, leader: &CallbackRequest) -> Result<(), Error> {
    let linked = store::lock_linked(tx.conn, leader.id)?;
    unlink(tx, leader, linked)
}

/// The same for requests that are locked already.
pub fn unlink(tx: &mut Tx<'_>, leader: &CallbackRequest, linked: Vec<CallbackRequest>) -> Result<(), Error> {
    let mut next: Option<CallbackRequestId> = None;
    for before in linked {
        let mut after = before.clone();
        after.linked_to = next;
        if leader.attempts > 0 && after.promise == PromiseStanding::Pending {
            // The call that was promised to both was tried.
            after.promise = PromiseStanding::Void;
        }
        let after = save(tx, &before, after, types::CALLBACK_REQUEST_UNLINKED)?;
        next.get_or_insert(after.id);
    }
    Ok(())
}
