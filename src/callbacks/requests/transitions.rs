//! Stores changes of requests with their events, and updates linked requests and the capacity of slots.
//!
//! Rule: requests are locked before slots, and a request before those that are linked to it. Many requests
//! compete for a slot, so a transaction that has locked one never waits for a request.

use super::dto::CallbackRequestEvent;
use super::enums::{CallbackState, PromiseStatus, QuarantineReason};
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

/// Stores a change and records it with a reason for the audit trail.
pub fn save_because(
    tx: &mut Tx<'_>,
    before: &CallbackRequest,
    mut after: CallbackRequest,
    event: &'static str,
    reason: Option<&str>,
) -> Result<CallbackRequest, Error> {
    after.version = before.version + 1;
    after.updated_at = tx.now;
    // An agent who gets a request back has had it since the first time, so that an earlier call can be recorded.
    if after.agent_id.is_some() && after.agent_id != before.held_by {
        (after.held_by, after.held_since) = (after.agent_id, Some(tx.now));
    }
    if !after.state.is_open() {
        after.open_place = None;
    }
    clear_undecided(&mut after);
    store::update(tx.conn, &after)?;
    let (old, new) = (CallbackRequestEvent::from(before), CallbackRequestEvent::from(&after));
    let change = Change::updated(event, after.id.as_str(), &old, &new)?;
    tx.record_change(&Change { reason, ..change })?;
    if let Some(outcome) = decided_promise(before, &after) {
        tx.count("entente_callback_promises_total", "outcome", outcome.as_str());
    }
    Ok(after)
}

/// Returns whether the promise was kept or broken; `None` if this change has not decided it.
fn decided_promise(before: &CallbackRequest, after: &CallbackRequest) -> Option<PromiseStatus> {
    (before.promise == PromiseStatus::Pending && is_decided(after)).then_some(after.promise)
}

fn is_decided(request: &CallbackRequest) -> bool {
    matches!(request.promise, PromiseStatus::Kept | PromiseStatus::Broken)
}

/// Whether the promise of a request can still be replaced by another one. A promise that was kept or broken counts.
pub fn is_undecided(request: &CallbackRequest) -> bool {
    match request.promise {
        PromiseStatus::Pending => true,
        PromiseStatus::Void => is_without_capacity(request),
        PromiseStatus::Kept | PromiseStatus::Broken => false,
    }
}

/// Makes no agent answerable for a promise that is pending or void.
fn clear_undecided(request: &mut CallbackRequest) {
    request.promise_agent_id = request.promise_agent_id.filter(|_| is_decided(request));
}

/// Whether capacity of its slot is reserved for a request. Quarantined requests that may be abuse reserve none.
pub fn has_capacity(request: &CallbackRequest) -> bool {
    request.slot_id.is_some() && !is_without_capacity(request)
}

/// Whether a request is quarantined without capacity.
pub fn is_without_capacity(request: &CallbackRequest) -> bool {
    request.state == CallbackState::Quarantined
        && !request.quarantine_reason.is_some_and(QuarantineReason::keeps_capacity)
}

/// Releases the capacity that is reserved for a request, if any.
pub fn release_capacity(tx: &mut Tx<'_>, request: &CallbackRequest) -> Result<(), Error> {
    match request.slot_id.as_ref().filter(|_| has_capacity(request)) {
        Some(slot) => capacity::release(tx.conn, request.queue_id, slot),
        None => Ok(()),
    }
}

/// Closes the requests that are linked to a closed request, with the same state; returns them as they were before.
pub fn end_linked(
    tx: &mut Tx<'_>,
    ended: &CallbackRequest,
    event: &'static str,
) -> Result<Vec<CallbackRequest>, Error> {
    let linked = store::lock_linked(tx.conn, ended.id)?;
    for before in &linked {
        let mut after = before.clone();
        after.state = ended.state;
        after.promise = PromiseStatus::Void;
        after.agent_id = ended.agent_id;
        save(tx, before, after, event)?;
    }
    Ok(linked)
}

/// Unlinks all requests from a request whose call is moved or will not be made: the oldest one gets a call of its
/// own, and the others are linked to it.
pub fn unlink_from(tx: &mut Tx<'_>, leader: &CallbackRequest) -> Result<(), Error> {
    let linked = store::lock_linked(tx.conn, leader.id)?;
    unlink(tx, leader, linked)
}

/// Unlinks requests as [`unlink_from`] does; the linked requests are already locked.
pub fn unlink(tx: &mut Tx<'_>, leader: &CallbackRequest, linked: Vec<CallbackRequest>) -> Result<(), Error> {
    // A call counted, or the promise was missed (priority 0).
    let is_settled = leader.first_attempt_after.is_some() || leader.priority == 0;
    let mut next: Option<CallbackRequestId> = None;
    for before in linked {
        let mut after = before.clone();
        after.linked_to = next;
        if is_settled && after.promise == PromiseStatus::Pending {
            // Both requests were promised the same call, which counts once.
            after.promise = PromiseStatus::Void;
        }
        let after = save(tx, &before, after, types::CALLBACK_REQUEST_UNLINKED)?;
        next.get_or_insert(after.id);
    }
    Ok(())
}
