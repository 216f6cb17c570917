//! What agents do with requests.

use super::attempts::{self, CallAttempt, CallAttemptEvent, NewCallAttempt};
use super::dto::{
    AssignCallbackRequest, CallbackRequestBody, CallbackRequestEvent, CallbackRequestQuery, RerouteCallbackRequest,
};
use super::enums::{CallOutcome, CallbackIntent, CallbackState, PromiseStanding};
use super::same_number::PLACES;
use super::store::contacts::{self, Contact};
use super::store::{self, CallbackRequest, Filter, Whole, queue};
use super::transitions::{self, keep};
use super::{progress, violations};
use crate::calendar::{capacity, service as calendar};
use crate::callbacks::agents;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Facts};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem, Text, Violation};
use crate::kernel::events::types;
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::page::Page;
use crate::kernel::record::Change;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// One page of requests.
///
/// # Errors
/// 403.
pub fn list(conn: &mut DbConn, actor: &Actor, query: &CallbackRequestQuery, page: &Page) -> Result<Vec<Whole>, Error> {
    authz::require(actor, Action::ReadCallbacks, &Facts::default())?;
    store::page(conn, &Filter::from(query).checked()?, page)
}

/// One request.
///
/// # Errors
/// 403, 404.
pub fn get(conn: &mut DbConn, actor: &Actor, id: CallbackRequestId) -> Result<Whole, Error> {
    authz::require(actor, Action::ReadCallbacks, &Facts::default())?;
    store::find(conn, id)?.ok_or_else(Error::not_found)
}

/// One request as agents see it, for other slices.
///
/// # Errors
/// 403, 404.
pub fn for_agents(conn: &mut DbConn, actor: &Actor, id: CallbackRequestId) -> Result<CallbackRequestBody, Error> {
    get(conn, actor, id).map(CallbackRequestBody::from)
}

/// Takes a request for the rest of the transaction, for whoever works with requests.
///
/// # Errors
/// 403, 404; 409 after an erasure.
pub fn take(tx: &mut Tx<'_>, id: CallbackRequestId) -> Result<(), Error> {
    tx.admit(Action::WorkCallbacks, &Facts::default())?;
    match store::lock(tx.conn, id)? {
        None => Err(Error::not_found()),
        Some(request) if request.erased_at.is_none() => Ok(()),
        Some(_) => {
            Err(Problem::new(Code::Conflict).because("The person was erased.", "Osobní údaje byly vymazány.").into())
        }
    }
}

/// Requests by their ids, for the queue of webhooks.
///
/// # Errors
/// Those of the database.
pub fn of_ids(conn: &mut DbConn, ids: &[CallbackRequestId]) -> Result<Vec<CallbackRequestBody>, Error> {
    Ok(store::of_ids(conn, ids)?.into_iter().map(CallbackRequestBody::from).collect())
}

/// The attempts of one request.
///
/// # Errors
/// 403, 404.
pub fn list_attempts(conn: &mut DbConn, actor: &Actor, id: CallbackRequestId) -> Result<Vec<CallAttempt>, Error> {
    get(conn, actor, id)?;
    attempts::list(conn, id)
}

/// Gives the caller the most urgent request that waits.
///
/// # Errors
/// 403; 404 when nobody waits.
pub fn claim_next(tx: &mut Tx<'_>) -> Result<Whole, Error> {
    tx.admit(Action::WorkCallbacks, &Facts::default())?;
    let before = queue::lock_most_urgent(tx.conn, tx.now)?.ok_or_else(|| Error::from(Code::NothingToClaim))?;
    let agent = tx.actor.subject.clone();
    let after = give(tx, &before, agent)?;
    with_contact(tx, after)
}

/// Gives a request to an agent: the caller, or somebody on the roster.
///
/// # Errors
/// 403, 404; 409 when it is closed or kept back; 422 for somebody who is not on the roster.
pub fn assign(tx: &mut Tx<'_>, id: CallbackRequestId, body: &AssignCallbackRequest) -> Result<Whole, Error> {
    tx.admit(Action::WorkCallbacks, &Facts::default())?;
    let before = open(tx, id, "assign")?;
    let agent = body.agent.clone().unwrap_or_else(|| tx.actor.subject.clone());
    if agent != tx.actor.subject && !agents::is_on_roster(tx.conn, &agent)? {
        return Err(Error::violation(Violation::unknown_reference(
            "/agent",
            "agent on the roster",
            "operátor v rozpisu",
        )));
    }
    if before.linked_to.is_some() {
        return Err(Problem::new(Code::Conflict)
            .because(
                "Another request of this number is called for both.",
                "Za obě žádosti se volá v rámci jiné žádosti.",
            )
            .into());
    }
    let after = if before.assigned_to.as_ref() == Some(&agent) { before } else { give(tx, &before, agent)? };
    with_contact(tx, after)
}

/// Puts a request back into the queue.
///
/// # Errors
/// 403, 404; 409 when nobody has it.
pub fn unassign(tx: &mut Tx<'_>, id: CallbackRequestId) -> Result<Whole, Error> {
    tx.admit(Action::WorkCallbacks, &Facts::default())?;
    let before = store::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if before.state != CallbackState::Assigned {
        return Err(impossible(before.state, "unassign"));
    }
    let mut after = before.clone();
    put_back(&mut after);
    let after = keep(tx, &before, after, types::CALLBACK_REQUEST_UNASSIGNED)?;
    with_contact(tx, after)
}

/// Takes a request out of its agent's hands; whoever is on duty when it is due gets it.
pub fn put_back(request: &mut CallbackRequest) {
    request.assigned_to = None;
    request.offered = true;
    request.state = match (request.attempts, request.priority, &request.slot_id) {
        (1.., _, _) => CallbackState::RetryScheduled,
        (_, 0, _) => CallbackState::Missed,
        (_, _, Some(_)) => CallbackState::Scheduled,
        (_, _, None) => CallbackState::QueuedAsap,
    };
}

/// Lets a request that was kept back into the queue.
///
/// # Errors
/// 403, 404; 409 when it is not kept back, or its number has two open requests.
pub fn release(tx: &mut Tx<'_>, id: CallbackRequestId) -> Result<Whole, Error> {
    tx.admit(Action::WorkCallbacks, &Facts::default())?;
    let phone = store::phone_of(tx.conn, id)?.unwrap_or_default();
    store::take_turn(tx.conn, &phone)?;
    let others = store::lock_of_number(tx.conn, &phone)?;
    let before = store::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if before.state != CallbackState::Quarantined {
        return Err(impossible(before.state, "release"));
    }
    let free = PLACES.into_iter().find(|place| others.iter().all(|other| other.open_place != Some(*place)));
    if let Some(slot) = before.slot_id.as_ref().filter(|_| !transitions::holds_seat(&before)) {
        let present = calendar::present(tx.conn, tx.now)?;
        if !capacity::take_later(tx.conn, slot, present.capacity)? {
            return Err(violations::slot_full(tx, &present, before.promised_by)?);
        }
    }
    let mut after = before.clone();
    after.open_place = Some(free.ok_or_else(|| {
        let open: Vec<_> = others.iter().filter(|one| one.open_place.is_some()).map(|one| one.id.to_string()).collect();
        Problem::new(Code::Conflict)
            .because(
                "The number has two open requests; end one of them first.",
                "Toto číslo má dvě otevřené žádosti, nejprve jednu ukončete.",
            )
            .with("open", open)
    })?);
    after.state = if before.slot_id.is_some() { CallbackState::Scheduled } else { CallbackState::QueuedAsap };
    after.promise = PromiseStanding::Pending;
    after.same_number = others.iter().any(|other| other.open_place.is_some());
    let after = keep(tx, &before, after, types::CALLBACK_REQUEST_RECEIVED)?;
    with_contact(tx, after)
}

/// Ends a request and goes on with another one of the other intent, at the same time.
///
/// # Errors
/// 403, 404; 409 when it is closed or kept back.
pub fn reroute(tx: &mut Tx<'_>, id: CallbackRequestId, body: &RerouteCallbackRequest) -> Result<Whole, Error> {
    tx.admit(Action::WorkCallbacks, &Facts::default())?;
    // Nothing of the person changes while the request is open.
    let (found, contact) = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    store::take_turn(tx.conn, found.phone_e164.as_deref().unwrap_or_default())?;
    let before = open(tx, id, "reroute")?;
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
    // The old row first: it gives its place up.
    transitions::keep_because(tx, &before, ended, types::CALLBACK_REQUEST_REROUTED, body.reason.as_deref())?;
    store::insert(tx.conn, &next)?;
    transitions::unlink_from(tx, &before)?;
    if was_called {
        // The next call is as soon as possible.
        transitions::release_seat(tx, &before)?;
    }
    let contact = contact.map(|contact| Contact { request_id: next.id, ..contact });
    if let Some(contact) = &contact {
        contacts::insert(tx.conn, contact)?;
    }
    let told = CallbackRequestEvent::from(&next);
    tx.record(&Change::created(types::CALLBACK_REQUEST_RECEIVED, next.id.as_str(), &told)?)?;
    Ok((next, contact))
}

/// What a rerouted request goes on as. Who was called already is owed another call as soon as
/// possible; who was not keeps the promise and the seat.
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

/// Records an attempt of the agent who has the request, and moves the request on.
///
/// # Errors
/// 403 for another agent, 404, 409 when nobody has it, 422 for an impossible start.
pub fn record_attempt(
    tx: &mut Tx<'_>,
    id: CallbackRequestId,
    new: &NewCallAttempt,
) -> Result<(CallAttempt, CallbackRequest), Error> {
    tx.admit(Action::WorkCallbacks, &Facts::default())?;
    let before = store::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let started_at = new.started_at.unwrap_or(tx.now);
    check_attempt(tx, &before, started_at, new.outcome)?;
    let attempt = CallAttempt {
        id: tx.new_id(),
        request_id: id,
        number: before.attempts + 1,
        agent: tx.actor.subject.clone(),
        outcome: new.outcome,
        started_at,
        note: new.note.clone(),
        recorded_at: tx.now,
    };
    attempts::insert(tx.conn, &attempt)?;
    let told = CallAttemptEvent::from(&attempt);
    tx.record(&Change::created(types::CALLBACK_REQUEST_ATTEMPTED, attempt.id.as_str(), &told)?)?;
    let after = after_attempt(tx, &before, &attempt)?;
    Ok((attempt, after))
}

fn after_attempt(tx: &mut Tx<'_>, before: &CallbackRequest, attempt: &CallAttempt) -> Result<CallbackRequest, Error> {
    let mut after = before.clone();
    after.attempts = attempt.number;
    after.state = progress::after_attempt(attempt.outcome, attempt.number);
    let first = attempt.number == 1;
    let again = after.state == CallbackState::RetryScheduled;
    if first || again {
        let calendar = calendar::present(tx.conn, tx.now)?.calendar;
        if first {
            let waited = calendar.business_duration(before.created_at.to_jiff(), attempt.started_at.to_jiff());
            after.first_attempt_after = Some(i32::try_from(waited.as_secs()).unwrap_or(i32::MAX));
        }
        if again {
            let earliest = attempt.started_at.plus_seconds(progress::RETRY_AFTER).max(tx.now);
            // A calendar that stays closed for a year tells nothing better than the hour.
            after.due_from = calendar.next_open(earliest.to_jiff()).map_or(earliest, UtcTime::from_jiff);
            after.due_by = after.due_from;
            (after.assigned_to, after.offered, after.priority) = (None, false, 1);
        }
    }
    if first && before.promise == PromiseStanding::Pending {
        after.promise = progress::judged(before.first_promised_from, before.first_promised_by, attempt.started_at);
    }
    let event = match after.state {
        CallbackState::Completed => types::CALLBACK_REQUEST_COMPLETED,
        CallbackState::RetryScheduled => types::CALLBACK_REQUEST_RETRY_SCHEDULED,
        _ => types::CALLBACK_REQUEST_UNREACHABLE,
    };
    let after = keep(tx, before, after, event)?;
    if !after.state.is_open() {
        transitions::end_linked(tx, &after, event)?;
        if before.promised_from.is_some_and(|from| from > tx.now) {
            // Called early: the window is free for others.
            transitions::release_seat(tx, before)?;
        }
    }
    Ok(after)
}

fn check_attempt(
    tx: &Tx<'_>,
    request: &CallbackRequest,
    started_at: UtcTime,
    outcome: CallOutcome,
) -> Result<(), Error> {
    if request.state != CallbackState::Assigned {
        return Err(impossible(request.state, "attempts"));
    }
    if request.assigned_to.as_deref() != Some(tx.actor.subject.as_str()) {
        return Err(Error::forbidden("Another agent has this request.", "Tuto žádost má jiný operátor."));
    }
    let violation = |code, en: &'static str, cs: &'static str| {
        Err(Error::violation(Violation::at("/started_at", code, Text::new(en, cs))))
    };
    if started_at > tx.now || started_at < request.created_at {
        return violation("impossible_start", "Between the request and now.", "Mezi přijetím žádosti a současností.");
    }
    // A visitor who rings back is reached at any time.
    if request.attempts > 0 && started_at < request.due_from && outcome != CallOutcome::Reached {
        let (en, cs) = ("Wait an hour between two attempts.", "Mezi dvěma pokusy počkejte hodinu.");
        return violation("too_soon", en, cs);
    }
    Ok(())
}

/// Stores that an agent has the request.
///
/// # Errors
/// Those of the database.
pub fn give(tx: &mut Tx<'_>, before: &CallbackRequest, agent: String) -> Result<CallbackRequest, Error> {
    let mut after = before.clone();
    after.state = CallbackState::Assigned;
    after.assigned_to = Some(agent);
    after.offered = true;
    keep(tx, before, after, types::CALLBACK_REQUEST_ASSIGNED)
}

fn open(tx: &mut Tx<'_>, id: CallbackRequestId, verb: &str) -> Result<CallbackRequest, Error> {
    let request = store::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if request.state.is_open() { Ok(request) } else { Err(impossible(request.state, verb)) }
}

fn with_contact(tx: &mut Tx<'_>, request: CallbackRequest) -> Result<Whole, Error> {
    let contact = contacts::find(tx.conn, request.id)?;
    Ok((request, contact))
}

fn impossible(state: CallbackState, verb: &str) -> Error {
    Problem::illegal_transition(state.as_str(), verb, state.allowed()).into()
}

/// The open requests in an agent's hands, for other slices.
///
/// # Errors
/// Those of the database.
pub fn assigned_to(conn: &mut DbConn, subject: &str, most: i64) -> Result<Vec<CallbackRequestId>, Error> {
    queue::assigned_to(conn, subject, most)
}
