//! Operations on a request for its visitor (by manage token) and for agents (by scope): get the receipt,
//! reschedule, cancel, withdraw a consent.
//!
//! Rules: a visitor can change a request until its window starts or a call was made; a request
//! that was rerouted is found by its old id; with a wrong token a request does not exist.
//! Visitors see neither the internal state nor the version of a request: both would reveal other requests
//! of the number. They do not see a queue that is not public.

use super::dto::{CallbackView, CancelCallbackRequest, GivenConsentBody, RescheduleCallbackRequest, VisitorState};
use super::enums::{CallbackState, CancelReason, ConsentPurpose, PromiseStatus, QuarantineReason};
use super::rows::CallbackRequest;
use super::service::illegal_transition;
use super::{access, chain, confirmation, create, feedback, network, phone, progress, store, transitions, violations};
use crate::calendar::{SlotList, capacity, rules::Calendar};
use crate::callbacks::queues::{self, Queue, Which};
use crate::callbacks::slots::Purpose;
use crate::callbacks::{agents, slots};
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::config::NetworkLimits;
use crate::kernel::db::DbConn;
use crate::kernel::db::errors::retry_transaction;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::events::types;
use crate::kernel::ids::{AgentId, CallbackRequestId, QueueId};
use crate::kernel::locale::Lang;
use crate::kernel::secret;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// The caller who manages a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Manager {
    /// A visitor with this manage token.
    Visitor(String),
    /// An agent, authorised by scope.
    Agent,
}

impl Manager {
    fn action(&self) -> Action {
        match self {
            Self::Visitor(_) => Action::SubmitCallback,
            Self::Agent => Action::WorkCallbacks,
        }
    }

    fn can_access(&self, request: &CallbackRequest) -> bool {
        match self {
            Self::Visitor(token) => secret::fits(token, &request.manage_token_sha256),
            Self::Agent => true,
        }
    }

    fn is_visitor(&self) -> bool {
        matches!(self, Self::Visitor(_))
    }

    /// Whether a change counts as the visitor's. With a link that an agent created, it can be that of the agent, so it
    /// counts as theirs.
    fn changes_as_visitor(&self, request: &CallbackRequest) -> bool {
        self.is_visitor() && request.agent_linked_at.is_none()
    }

    /// Returns the agent who makes a change, also with a link that they created.
    fn agent(&self, tx: &mut Tx<'_>, request: &CallbackRequest) -> Result<Option<AgentId>, Error> {
        if self.is_visitor() { Ok(request.agent_linked_by) } else { agents::find_of_caller(tx) }
    }
}

/// Returns the receipt of a request, or of the request that continues it after rerouting.
///
/// # Errors
/// 403; 404 also for a wrong token, and after erasure.
pub fn get_receipt(
    conn: &mut DbConn,
    actor: &Actor,
    now: UtcTime,
    id: CallbackRequestId,
    manager: &Manager,
) -> Result<CallbackView, Error> {
    let request = readable(conn, actor, id, manager)?;
    let found = queues::present(conn, Which::Id(request.queue_id), now)?;
    let found = found.ok_or_else(|| Error::internal("the queue does not exist"))?;
    view(conn, (&found.queue, &found.calendar), now, request)
}

/// Returns the slots to which a request can be moved, also of a queue that is not public.
///
/// # Errors
/// 403; 404 also for a wrong token, and after erasure.
pub fn list_slots(
    conn: &mut DbConn,
    actor: &Actor,
    now: UtcTime,
    id: CallbackRequestId,
    manager: &Manager,
) -> Result<SlotList, Error> {
    let request = readable(conn, actor, id, manager)?;
    if request.erased_at.is_some() {
        return Err(Error::not_found());
    }
    let found = slots::of_id(conn, request.queue_id, Purpose::Read, now)?;
    let slots = capacity::list_slots(conn, &found.bookable, None, None)?;
    Ok(SlotList { queue_id: slots.queue_id.filter(|_| found.queue.public), ..slots })
}

/// Returns a request, or the request that continues it after rerouting.
fn readable(
    conn: &mut DbConn,
    actor: &Actor,
    id: CallbackRequestId,
    manager: &Manager,
) -> Result<CallbackRequest, Error> {
    let action = if manager.is_visitor() { Action::SubmitCallback } else { Action::ReadCallbacks };
    authz::require(actor, action, &Relations::default())?;
    let mut wanted = id;
    for _ in 0..chain::MAX_LENGTH {
        let (request, _) =
            store::find(conn, wanted)?.filter(|(found, _)| manager.can_access(found)).ok_or_else(Error::not_found)?;
        match request.rerouted_to {
            Some(next) => wanted = next,
            None => return Ok(request),
        }
    }
    Err(Error::not_found())
}

/// Builds the view of a request in its queue with this calendar.
fn view(
    conn: &mut DbConn,
    (queue, calendar): (&Queue, &Calendar),
    now: UtcTime,
    request: CallbackRequest,
) -> Result<CallbackView, Error> {
    let phone = request.phone_e164.as_deref().map(phone::display_of).ok_or_else(Error::not_found)?;
    let locale = Lang::stored(&request.locale);
    let given = store::consents(conn, &[request.id])?;
    // A linked request is served by the call of the request it is linked to.
    let leader = request.linked_to.map(|leader| store::find(conn, leader)).transpose()?.flatten();
    let (attempts, due_from, state) = match &leader {
        Some((leader, _)) => (leader.attempts, leader.due_from, leader.state),
        None => (request.attempts, request.due_from, request.state),
    };
    let local = |instant: UtcTime| instant.to_jiff().to_zoned(calendar.zone.clone());
    let sentence = match VisitorState::of(&request) {
        VisitorState::Cancelled => confirmation::cancelled(locale),
        VisitorState::Completed => confirmation::completed(locale),
        VisitorState::Unreachable => confirmation::unreachable(locale),
        _ if attempts > 0 && state != CallbackState::Calling => confirmation::called_in_vain(locale, &local(due_from)),
        _ if request.promised_by <= now => confirmation::late(locale),
        _ => confirmation::promised(locale, &calendar.zone, (request.promised_from, request.promised_by), &phone),
    };
    Ok(CallbackView {
        id: request.id,
        state: VisitorState::of(&request),
        intent: request.intent,
        locale,
        confirmation: sentence,
        can_change: is_waiting(&request) && !has_started(&request, now),
        can_give_feedback: feedback::fault(&request, now).is_none(),
        called_on_time: request.called_on_time,
        queue: queue.public.then_some(request.queue_key),
        slot_id: request.slot_id,
        promised_from: request.promised_from,
        promised_by: request.promised_by,
        rolled: request.rolled,
        consents: given.into_iter().map(GivenConsentBody::from).collect(),
    })
}

/// Whether the visitor is still waiting for a call to end. Visitors do not know that a request is quarantined.
pub fn is_waiting(request: &CallbackRequest) -> bool {
    request.state.is_open() || request.state == CallbackState::Quarantined
}

fn has_started(request: &CallbackRequest, now: UtcTime) -> bool {
    request.attempts > 0 || request.promised_from.is_some_and(|from| from <= now)
}

/// Reschedules a request. A visitor who moves the call replaces the promise; if an agent moves it, also with a link
/// that an agent created, the original promise still counts. The pause after a call stays.
///
/// # Errors
/// 403; 404 also for a wrong token; 409 if the request is closed, it is too late for the visitor, or the slot is
/// full; 422 for a time that cannot be promised.
pub fn reschedule(
    tx: &mut Tx<'_>,
    id: CallbackRequestId,
    manager: &Manager,
    body: &RescheduleCallbackRequest,
    limits: NetworkLimits,
) -> Result<CallbackView, Error> {
    // The promises of the queue are locked before the request, as in `create`.
    let queue_id = queue_of(tx, id, manager)?;
    let found = slots::of_id(tx.conn, queue_id, Purpose::Promise, tx.now)?;
    let before = changeable(tx, id, manager, "reschedule_callback_request")?;
    if before.queue_id != queue_id {
        return Err(retry_transaction("a rerouted request").into());
    }
    let promise = slots::promise(&found, &body.preference.requested_time())
        .map_err(|slots::NoAgent| violations::no_agent_on_duty())?
        .map_err(|fault| violations::refuse(vec![violations::slot(fault)]))?;
    let bookable = &found.bookable;
    let mut after = before.clone();
    create::enqueue(&mut after, &promise, tx.now);
    if let Some(until) = before.paused_until {
        after.due_from = after.due_from.max(until);
    }
    if before.state == CallbackState::Assigned {
        keep_agent(tx, &before, &mut after, &bookable.schedule.calendar)?;
    }
    let linked = store::lock_linked(tx.conn, before.id)?;
    if before.state == CallbackState::Quarantined {
        after.state = CallbackState::Quarantined;
    }
    if manager.changes_as_visitor(&before) {
        if transitions::is_undecided(&before) {
            (after.first_promised_from, after.first_promised_by) = (after.promised_from, after.promised_by);
        }
    } else if progress::is_moved_too_late(&after) {
        (after.promise, after.promise_agent_id) = (PromiseStatus::Broken, manager.agent(tx, &before)?);
    }
    let mut event = types::CALLBACK_REQUEST_RESCHEDULED;
    if manager.is_visitor() && network::exceeds_day_share(tx.conn, limits, &before, bookable, promise.slot())? {
        // Otherwise one network could book requests without a day, and then move all of them to one day.
        quarantine(tx, &mut after)?;
        event = types::CALLBACK_REQUEST_QUARANTINED;
    }
    if after.slot_id != before.slot_id || transitions::is_without_capacity(&after) {
        let old = before.slot_id.as_deref().filter(|_| transitions::has_capacity(&before));
        let keep = !transitions::is_without_capacity(&after);
        capacity::change(tx.conn, bookable, old, promise.slot(), keep)?
            .map_err(|full| violations::full_or_no_agent(bookable, full))?;
    }
    after.linked_to = None;
    let after = transitions::save(tx, &before, after, event)?;
    transitions::unlink(tx, &before, linked)?;
    view(tx.conn, (&found.queue, &bookable.schedule.calendar), tx.now, after)
}

/// Returns the queue of a request, or of the request that continues it after rerouting, without locking the request.
fn queue_of(tx: &mut Tx<'_>, id: CallbackRequestId, manager: &Manager) -> Result<QueueId, Error> {
    authz::require(tx.actor, manager.action(), &Relations::default())?;
    let mut wanted = id;
    for _ in 0..chain::MAX_LENGTH {
        let found = store::find(tx.conn, wanted)?.filter(|(found, _)| manager.can_access(found));
        let (found, _) = found.ok_or_else(Error::not_found)?;
        match found.rerouted_to.filter(|_| manager.is_visitor()) {
            Some(next) => wanted = next,
            None => return Ok(found.queue_id),
        }
    }
    Err(Error::not_found())
}

/// Leaves a rescheduled request with its agent if the agent is on duty when it is due.
fn keep_agent(
    tx: &mut Tx<'_>,
    before: &CallbackRequest,
    after: &mut CallbackRequest,
    calendar: &Calendar,
) -> Result<(), Error> {
    let Some(agent) = before.agent_id else { return Ok(()) };
    if agents::is_on_duty(tx.conn, agent, before.queue_id, &calendar.zone, after.due_from)? {
        (after.state, after.agent_id, after.offered) = (CallbackState::Assigned, Some(agent), true);
    }
    Ok(())
}

/// Quarantines a request in memory, because its network has its share of the day, and stops counting it.
fn quarantine(tx: &mut Tx<'_>, request: &mut CallbackRequest) -> Result<(), Error> {
    request.state = CallbackState::Quarantined;
    request.agent_id = None;
    request.quarantine_reason = Some(QuarantineReason::NetworkDayShare);
    if request.promise == PromiseStatus::Pending {
        request.promise = PromiseStatus::Void;
    }
    store::network::stop_counting(tx.conn, request.id)
}

/// Cancels a request and releases the capacity of its slot.
///
/// # Errors
/// 403; 404 also for a wrong token; 409 if the request is closed, or it is too late for the visitor.
pub fn cancel(
    tx: &mut Tx<'_>,
    id: CallbackRequestId,
    manager: &Manager,
    body: &CancelCallbackRequest,
) -> Result<CallbackRequest, Error> {
    let before = changeable(tx, id, manager, "cancel_callback_request")?;
    let reason = match manager {
        Manager::Visitor(_) => CancelReason::VisitorAsked,
        Manager::Agent => body.reason.unwrap_or(CancelReason::Other),
    };
    let mut after = before.clone();
    after.state = CallbackState::Cancelled;
    if before.promise == PromiseStatus::Pending {
        after.promise = match reason {
            CancelReason::Other if before.linked_to.is_none() => PromiseStatus::Broken,
            _ => PromiseStatus::Void,
        };
        let agent = manager.agent(tx, &before)?;
        after.promise_agent_id = agent;
        if after.promise == PromiseStatus::Void && !manager.changes_as_visitor(&before) {
            (after.voided_at, after.voided_by) = (Some(tx.now), agent);
        }
    }
    let event = types::CALLBACK_REQUEST_CANCELLED;
    let after = transitions::save_because(tx, &before, after, event, Some(reason.as_str()))?;
    transitions::unlink_from(tx, &after)?;
    transitions::release_capacity(tx, &before)?;
    Ok(after)
}

/// Withdraws a consent for the whole chain of a request, because each request of the chain has it. The promised call is
/// not affected.
///
/// # Errors
/// 403; 404 also for a wrong token, and if no such consent is in force.
pub fn withdraw_consent(
    tx: &mut Tx<'_>,
    id: CallbackRequestId,
    manager: &Manager,
    purpose: ConsentPurpose,
) -> Result<(), Error> {
    authz::require(tx.actor, manager.action(), &Relations::default())?;
    require_access(tx.conn, id, manager)?;
    let chain = chain::lock(tx.conn, id)?;
    if !chain.iter().any(|request| request.id == id && manager.can_access(request)) {
        return Err(Error::not_found());
    }
    tx.authorize_and_deduplicate(manager.action(), &Relations::default())?;
    let mut is_withdrawn = false;
    for request in chain {
        if store::withdraw_consent(tx.conn, request.id, purpose, tx.now)? {
            is_withdrawn = true;
            transitions::save(tx, &request, request.clone(), types::CALLBACK_REQUEST_CONSENT_WITHDRAWN)?;
        }
    }
    if is_withdrawn { Ok(()) } else { Err(Error::not_found()) }
}

/// Locks a request that the caller may change now.
fn changeable(tx: &mut Tx<'_>, id: CallbackRequestId, manager: &Manager, verb: &str) -> Result<CallbackRequest, Error> {
    authz::require(tx.actor, manager.action(), &Relations::default())?;
    require_access(tx.conn, id, manager)?;
    let request = follow(tx, id, manager)?;
    tx.authorize_and_deduplicate(manager.action(), &Relations::default())?;
    if !is_waiting(&request) {
        let allowed = if manager.is_visitor() { &[] } else { request.state.allowed() };
        return Err(
            Problem::illegal_transition("callback_request", visible_state(manager, &request), verb, allowed).into()
        );
    }
    if !manager.is_visitor() && request.state == CallbackState::Calling {
        return Err(illegal_transition(request.state, verb));
    }
    if manager.is_visitor() && has_started(&request, tx.now) {
        return Err(Problem::new(Code::IllegalTransition)
            .because("detail-call-has-started")
            .with("state", visible_state(manager, &request))
            .with("allowed", Vec::<String>::new())
            .into());
    }
    access::require(tx, &request)?;
    Ok(request)
}

/// Checks the manage token of a visitor without locking the request, so that a caller without the token cannot make
/// others wait.
pub fn require_access(conn: &mut DbConn, id: CallbackRequestId, manager: &Manager) -> Result<(), Error> {
    if !manager.is_visitor() {
        return Ok(());
    }
    store::find(conn, id)?.filter(|(found, _)| manager.can_access(found)).map(drop).ok_or_else(Error::not_found)
}

/// Returns the state that the caller may see.
fn visible_state(manager: &Manager, request: &CallbackRequest) -> &'static str {
    match (manager, VisitorState::of(request)) {
        (Manager::Agent, _) => request.state.as_str(),
        (Manager::Visitor(_), state) => state.as_str(),
    }
}

/// Locks the request or, for visitors, the request that continues it after rerouting.
pub fn follow(tx: &mut Tx<'_>, id: CallbackRequestId, manager: &Manager) -> Result<CallbackRequest, Error> {
    let mut wanted = id;
    for _ in 0..chain::MAX_LENGTH {
        let found =
            store::lock(tx.conn, wanted)?.filter(|found| manager.can_access(found)).ok_or_else(Error::not_found)?;
        match found.rerouted_to.filter(|_| manager.is_visitor()) {
            Some(next) => wanted = next,
            None => return Ok(found),
        }
    }
    Err(Error::not_found())
}
