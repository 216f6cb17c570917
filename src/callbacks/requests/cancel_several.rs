//! Cancels several requests at once, with few statements.

use std::collections::HashMap;

use super::dto::CallbackRequestEvent;
use super::enums::{CallbackState, CancelReason, PromiseStatus};
use super::rows::CallbackRequest;
use super::store::cancel_several as store;
use super::transitions;
use crate::calendar::capacity;
use crate::callbacks::agents;
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::ids::{AgentId, CallbackRequestId};
use crate::kernel::record::Change;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Cancels locked requests for the caller, and releases the capacity of their slots. Pending promises become void.
pub fn cancel_several(tx: &mut Tx<'_>, requests: &[CallbackRequest], reason: CancelReason) -> Result<(), Error> {
    if requests.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = requests.iter().map(|request| request.id).collect();
    let linked = store::lock_linked_to(tx.conn, &ids)?;
    let has_pending = requests.iter().any(|request| request.promise == PromiseStatus::Pending);
    let agent = if has_pending { agents::find_of_caller(tx)? } else { None };
    store::cancel(tx.conn, &ids, agent, tx.now)?;
    for before in requests {
        let after = cancelled(before, agent, tx.now);
        let (old, new) = (CallbackRequestEvent::from(before), CallbackRequestEvent::from(&after));
        let change = Change::updated(types::CALLBACK_REQUEST_CANCELLED, after.id.as_str(), &old, &new)?;
        tx.record_change(&Change { reason: Some(reason.as_str()), ..change })?;
    }
    unlink(tx, requests, linked.into_iter().filter(|one| !ids.contains(&one.id)))?;
    let slots = requests.iter().filter(|request| transitions::has_capacity(request));
    capacity::release_all(
        tx.conn,
        slots.filter_map(|request| Some((request.queue_id, request.slot_id.clone()?))).collect(),
    )
}

/// Returns the request as [`store::cancel`] stores it.
fn cancelled(before: &CallbackRequest, agent: Option<AgentId>, now: UtcTime) -> CallbackRequest {
    let mut after = before.clone();
    after.state = CallbackState::Cancelled;
    after.open_place = None;
    if before.promise == PromiseStatus::Pending {
        after.promise = PromiseStatus::Void;
        (after.voided_at, after.voided_by) = (Some(now), agent);
    }
    after.version = before.version + 1;
    after.updated_at = now;
    after
}

/// Gives other requests that were linked to cancelled ones a call of their own.
fn unlink(
    tx: &mut Tx<'_>,
    leaders: &[CallbackRequest],
    linked: impl Iterator<Item = CallbackRequest>,
) -> Result<(), Error> {
    let mut of_leader: HashMap<CallbackRequestId, Vec<CallbackRequest>> = HashMap::new();
    for request in linked {
        if let Some(leader) = request.linked_to {
            of_leader.entry(leader).or_default().push(request);
        }
    }
    for leader in leaders {
        if let Some(linked) = of_leader.remove(&leader.id) {
            transitions::unlink(tx, leader, linked)?;
        }
    }
    Ok(())
}
