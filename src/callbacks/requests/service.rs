//! Operations of agents on the list and the queue of requests. Other use cases have their own files.

use super::dto::{AssignCallbackRequest, CallbackRequestBody, CallbackRequestQuery};
use super::enums::{CallbackState, PromiseStatus};
use super::filter::{Filter, Position};
use super::rows::{Call, CallbackRequest, RequestAndContact};
use super::store::{self, calls, queue};
use super::transitions::{self, save, save_because};
use super::{access, blocked_numbers, repeat_requests};
use crate::calendar::capacity;
use crate::callbacks::agents;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem, Text, Violation};
use crate::kernel::events::types;
use crate::kernel::http::list::invalid_cursor;
use crate::kernel::ids::{AgentId, CallbackRequestId, PersonId, QueueId};
use crate::kernel::installation_key::KeyInTransaction;
use crate::kernel::page::Page;
use crate::kernel::tx::Tx;

/// Returns a page of requests.
///
/// # Errors
/// 400 for an invalid cursor; 403; 422 if `created_to` is not after `created_from`.
pub fn list(
    conn: &mut DbConn,
    actor: &Actor,
    query: &CallbackRequestQuery,
    page: &Page,
) -> Result<Vec<RequestAndContact>, Error> {
    authz::require(actor, Action::ReadCallbacks, &Relations::default())?;
    let filter = checked(Filter::from(query))?;
    let after = page.after.as_deref().map(str::parse::<Position>).transpose().map_err(|_| invalid_cursor())?;
    store::list(conn, &filter, after, page.fetch())
}

/// Returns the filter if its period is valid.
///
/// # Errors
/// 422 if `created_to` is not after `created_from`.
pub fn checked(filter: Filter) -> Result<Filter, Error> {
    if filter.has_valid_period() {
        return Ok(filter);
    }
    let text = Text::new("violation-must-be-after").with("field", "created_to").with("other", "created_from");
    Err(Error::violation(Violation::parameter("created_to", "not_after_start", text)))
}

/// Returns a request with its contact data.
///
/// # Errors
/// 403, 404.
pub fn get(conn: &mut DbConn, actor: &Actor, id: CallbackRequestId) -> Result<RequestAndContact, Error> {
    authz::require(actor, Action::ReadCallbacks, &Relations::default())?;
    store::find(conn, id)?.ok_or_else(Error::not_found)
}

/// Returns a request as agents see it, for other slices.
///
/// # Errors
/// 403, 404.
pub fn for_agents(conn: &mut DbConn, actor: &Actor, id: CallbackRequestId) -> Result<CallbackRequestBody, Error> {
    get(conn, actor, id).map(CallbackRequestBody::from)
}

/// Locks a request for the rest of the transaction, for other slices.
///
/// # Errors
/// 403, 404; 409 after an erasure.
pub fn lock(tx: &mut Tx<'_>, id: CallbackRequestId) -> Result<(), Error> {
    tx.authorize_and_deduplicate(Action::WorkCallbacks, &Relations::default())?;
    match store::lock(tx.conn, id)? {
        None => Err(Error::not_found()),
        Some(request) if request.erased_at.is_none() => Ok(()),
        Some(_) => Err(Problem::new(Code::Conflict).because("detail-personal-data-erased").into()),
    }
}

/// Returns requests by their ids, for webhook deliveries.
pub fn of_ids(conn: &mut DbConn, ids: &[CallbackRequestId]) -> Result<Vec<CallbackRequestBody>, Error> {
    Ok(store::of_ids(conn, ids)?.into_iter().map(CallbackRequestBody::from).collect())
}

/// Returns the campaigns of those requests that have one, for the filters of webhook endpoints.
pub fn campaigns(conn: &mut DbConn, ids: &[CallbackRequestId]) -> Result<Vec<(CallbackRequestId, String)>, Error> {
    store::campaigns(conn, ids)
}

/// Locks a request for the rest of the transaction, for a worker; returns false after an erasure.
pub fn lock_unless_erased(conn: &mut DbConn, id: CallbackRequestId) -> Result<bool, Error> {
    Ok(store::lock(conn, id)?.is_some_and(|request| request.erased_at.is_none()))
}

/// Returns the calls of a request.
///
/// # Errors
/// 403, 404.
pub fn list_calls(conn: &mut DbConn, actor: &Actor, id: CallbackRequestId) -> Result<Vec<Call>, Error> {
    get(conn, actor, id)?;
    calls::list(conn, id)
}

/// Assigns the most urgent due request without an agent in the caller's queues to the caller.
///
/// # Errors
/// 403 also if the caller is not an active agent on the roster; 404 if no request is due.
pub fn claim_next(tx: &mut Tx<'_>) -> Result<RequestAndContact, Error> {
    tx.authorize_and_deduplicate(Action::WorkCallbacks, &Relations::default())?;
    access::refuse_application(tx, "forbidden-application-claims")?;
    let agent = agents::lock_of_caller(tx)?;
    let before = most_urgent(tx, agent)?.ok_or_else(|| Error::from(Code::NothingToClaim))?;
    let after = assign_to(tx, &before, agent)?;
    with_contact(tx, after)
}

/// Locks the most urgent due request without an agent in the queues of an agent. Only one request is locked, so that
/// concurrent callers get the next ones.
fn most_urgent(tx: &mut Tx<'_>, agent: AgentId) -> Result<Option<CallbackRequest>, Error> {
    for id in queue::by_urgency(tx.conn, agent, tx.now)? {
        // The first one may be locked by a concurrent caller, who gets it.
        if let Some(found) = queue::lock_most_urgent(tx.conn, id, tx.now)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Assigns a request to an agent of its queue: the caller, or another agent on the roster.
///
/// # Errors
/// 403 also if the caller is to be the agent but is not an active agent on the roster, or is an agent and may not
/// change the request; 404; 409 if the request is closed, quarantined or linked; 422 if the other agent is not on the
/// roster or not active.
pub fn assign(
    tx: &mut Tx<'_>,
    id: CallbackRequestId,
    body: &AssignCallbackRequest,
) -> Result<RequestAndContact, Error> {
    tx.authorize_and_deduplicate(Action::WorkCallbacks, &Relations::default())?;
    if body.agent_id.is_none() {
        access::refuse_application(tx, "forbidden-application-claims")?;
        agents::active_of_caller(tx)?;
    }
    let before = lock_open(tx, id, "assign_callback_request")?;
    access::require(tx, &before)?;
    let agent = match body.agent_id {
        None => lock_caller_in_queue(tx, before.queue_id)?,
        Some(agent) if agents::lock_assignable(tx.conn, agent)? => {
            require_in_queue(tx, agent, before.queue_id, "/agent_id")?;
            agent
        }
        Some(_) => {
            let unknown = Violation::unknown_reference("/agent_id", "violation-unknown-agent");
            return Err(Error::violation(unknown));
        }
    };
    if before.linked_to.is_some() {
        return Err(Problem::new(Code::Conflict).because("detail-linked-request").into());
    }
    let after = if before.agent_id == Some(agent) { before } else { assign_to(tx, &before, agent)? };
    with_contact(tx, after)
}

/// Locks the caller's agent for the rest of the transaction, who must work in the queue.
///
/// # Errors
/// 403 if the caller is not an active agent on the roster, or does not work in the queue.
pub fn lock_caller_in_queue(tx: &mut Tx<'_>, queue: QueueId) -> Result<AgentId, Error> {
    let agent = agents::lock_of_caller(tx)?;
    if agents::is_in_queue(tx.conn, agent, queue)? {
        Ok(agent)
    } else {
        Err(Error::forbidden("forbidden-not-in-queue"))
    }
}

/// Checks that an agent works in a queue.
///
/// # Errors
/// 422 at the pointer.
fn require_in_queue(tx: &mut Tx<'_>, agent: AgentId, queue: QueueId, pointer: &str) -> Result<(), Error> {
    if agents::is_in_queue(tx.conn, agent, queue)? {
        return Ok(());
    }
    Err(Error::violation(Violation::at(pointer, "agent_not_in_queue", "violation-agent-not-in-queue")))
}

/// Returns a request to the queue.
///
/// # Errors
/// 403 also if another agent has the request; 404; 409 if the request is not assigned.
pub fn unassign(tx: &mut Tx<'_>, id: CallbackRequestId) -> Result<RequestAndContact, Error> {
    tx.authorize_and_deduplicate(Action::WorkCallbacks, &Relations::default())?;
    let before = store::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if before.state != CallbackState::Assigned {
        return Err(illegal_transition(before.state, "unassign_callback_request"));
    }
    access::require(tx, &before)?;
    let mut after = before.clone();
    put_back(&mut after);
    let after = save(tx, &before, after, types::CALLBACK_REQUEST_UNASSIGNED)?;
    with_contact(tx, after)
}

/// Unassigns a request in memory. An agent on duty gets it when it is due.
pub fn put_back(request: &mut CallbackRequest) {
    request.agent_id = None;
    request.offered = true;
    request.state = match (request.attempts, request.priority, &request.slot_id) {
        (1.., _, _) => CallbackState::RetryScheduled,
        (_, 0, _) => CallbackState::Missed,
        (_, _, Some(_)) => CallbackState::Scheduled,
        (_, _, None) => CallbackState::QueuedAsap,
    };
}

/// Releases a quarantined request into the queue.
///
/// # Errors
/// 403, 404; 409 if the request is not quarantined, its number has two open requests, or its number is blocked.
pub fn release(tx: &mut Tx<'_>, id: CallbackRequestId, key: &KeyInTransaction) -> Result<RequestAndContact, Error> {
    tx.authorize_and_deduplicate(Action::WorkCallbacks, &Relations::default())?;
    let key = key.get(tx.conn)?;
    // Read before the lock, because the contact data of a quarantined request does not change.
    let (found, contact) = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let phone = found.phone_e164.unwrap_or_default();
    store::create::lock_number(tx.conn, &phone)?;
    let known = blocked_numbers::known(tx.conn, &key, &phone)?;
    let before = store::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if before.state != CallbackState::Quarantined {
        return Err(illegal_transition(before.state, "release_callback_request"));
    }
    access::require(tx, &before)?;
    if known.is_blocked {
        return Err(Problem::new(Code::Conflict).because("detail-number-blocked").into());
    }
    if transitions::is_without_capacity(&before) {
        give_capacity(tx, &before)?;
    }
    let mut after = before.clone();
    after.open_place = Some(repeat_requests::free_place(&known.requests).ok_or_else(|| {
        let open: Vec<_> =
            known.requests.iter().filter(|one| one.open_place.is_some()).map(|one| one.id.to_string()).collect();
        Problem::new(Code::Conflict).because("detail-number-has-two").with("open_request_ids", open)
    })?);
    after.state = if before.slot_id.is_some() { CallbackState::Scheduled } else { CallbackState::QueuedAsap };
    if before.promise == PromiseStatus::Void {
        after.promise = PromiseStatus::Pending;
    }
    after.same_number = known.requests.iter().any(|other| other.open_place.is_some());
    let after = save(tx, &before, after, types::CALLBACK_REQUEST_RECEIVED)?;
    Ok((after, contact))
}

/// Adds a request that was quarantined without capacity to its slot, even if the slot is full, because the visitor was
/// promised the call; and counts it towards the limits of its network.
fn give_capacity(tx: &mut Tx<'_>, request: &CallbackRequest) -> Result<(), Error> {
    store::network::count(tx.conn, request.id)?;
    match &request.slot_id {
        Some(slot) => capacity::reserve_above(tx.conn, request.queue_id, slot),
        None => Ok(()),
    }
}

/// Assigns a request to an agent and records it.
pub fn assign_to(tx: &mut Tx<'_>, before: &CallbackRequest, agent: AgentId) -> Result<CallbackRequest, Error> {
    let mut after = before.clone();
    after.state = CallbackState::Assigned;
    after.agent_id = Some(agent);
    after.offered = true;
    save(tx, before, after, types::CALLBACK_REQUEST_ASSIGNED)
}

/// Assigns the open requests of a person who leaves the company to another agent, or returns them to the queue without
/// one, for a caller who has been authorised. Requests of queues in which the other agent does not work return to their
/// queue, too. The agent who leaves becomes inactive; otherwise the requests in the queue could be assigned to them
/// again. Returns the ids of the requests.
///
/// # Errors
/// 422 with `pointer` if the other agent is not on the roster or not active.
pub fn hand_over(
    tx: &mut Tx<'_>,
    from: PersonId,
    to: Option<AgentId>,
    most: i64,
    (reason, pointer): (&str, &str),
) -> Result<Vec<CallbackRequestId>, Error> {
    let own = agents::of_person(tx.conn, from)?;
    let mut open = Vec::new();
    for id in queue::assigned_to(tx.conn, from, most)? {
        // Read again under the lock: another agent may have the request by now.
        let request = store::lock(tx.conn, id)?;
        open.extend(request.filter(|request| request.state == CallbackState::Assigned && request.agent_id == own));
    }
    if let Some(agent) = to
        && (own == Some(agent) || !agents::lock_assignable(tx.conn, agent)?)
    {
        return Err(Error::violation(Violation::unknown_reference(pointer, "violation-unknown-agent")));
    }
    let queues = to.map_or(Ok(Vec::new()), |agent| agents::queues_of(tx.conn, agent))?;
    for request in &open {
        match to.filter(|_| queues.contains(&request.queue_id)) {
            Some(agent) => assign_to(tx, request, agent)?,
            None => {
                let mut after = request.clone();
                put_back(&mut after);
                save_because(tx, request, after, types::CALLBACK_REQUEST_UNASSIGNED, Some(reason))?
            }
        };
    }
    agents::make_inactive(tx, from, reason)?;
    Ok(open.into_iter().map(|request| request.id).collect())
}

/// Locks an open request without a running call.
///
/// # Errors
/// 404; 409 if the request is closed, quarantined or being called.
pub fn lock_open(tx: &mut Tx<'_>, id: CallbackRequestId, verb: &str) -> Result<CallbackRequest, Error> {
    let request = store::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if request.state.is_open() && request.state != CallbackState::Calling {
        Ok(request)
    } else {
        Err(illegal_transition(request.state, verb))
    }
}

fn with_contact(tx: &mut Tx<'_>, request: CallbackRequest) -> Result<RequestAndContact, Error> {
    let contact = store::contact(tx.conn, request.id)?;
    Ok((request, contact))
}

/// Returns the problem for an operation that the state does not allow.
pub fn illegal_transition(state: CallbackState, verb: &str) -> Error {
    Problem::illegal_transition("callback_request", state.as_str(), verb, state.allowed()).into()
}

/// Returns the open requests that are assigned to a person, for other slices.
pub fn assigned_to(conn: &mut DbConn, person: PersonId, most: i64) -> Result<Vec<CallbackRequestId>, Error> {
    queue::assigned_to(conn, person, most)
}
