//! Starts, ends and records calls.
//!
//! Rules: a visitor is called by the agent who has the request, or who takes it from their queue with the call; a
//! request has one running call, and an agent makes one call at a time; during a call no other agent gets the request,
//! and it is never missed; the promise is judged by the start of the first call; only applications record past calls.

use super::dto::{CallEvent, EndCall, NewCall};
use super::enums::{CallOutcome, CallbackState, PromiseStatus};
use super::rows::{Call, CallbackRequest};
use super::service::{illegal_transition, lock_caller_in_queue};
use super::store;
use super::store::calls::{self, AgentIsCalling};
use super::transitions::{self, save};
use super::{access, progress};
use crate::calendar::rules::Calendar;
use crate::callbacks::agents;
use crate::callbacks::queues::{self, QueueSettings, Which};
use crate::kernel::auth::{ActorKind, Scope};
use crate::kernel::authz::{Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem, Violation, refuse_if_any};
use crate::kernel::events::types;
use crate::kernel::ids::{AgentId, CallId, CallbackRequestId};
use crate::kernel::record::Change;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Starts a call now, or records a past call.
///
/// # Errors
/// 403 if the caller does not have the request and cannot take it, or records a past call without being an application;
/// 404; 409 if the request cannot be called, or the agent has a running call; 422 for an invalid past call.
pub fn create(tx: &mut Tx<'_>, id: CallbackRequestId, new: &NewCall) -> Result<(Call, CallbackRequest), Error> {
    tx.authorize_and_deduplicate(Action::WorkCallbacks, &Relations::default())?;
    if new.is_past() { record(tx, id, new) } else { start(tx, id) }
}

fn start(tx: &mut Tx<'_>, id: CallbackRequestId) -> Result<(Call, CallbackRequest), Error> {
    access::refuse_application(tx, "forbidden-application-starts-call")?;
    // Not locked yet: a request is locked before the agent who takes it.
    let caller = agents::active_of_caller(tx)?;
    let before = store::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if !before.state.is_open() || before.state == CallbackState::Calling {
        return Err(illegal_transition(before.state, "create_call"));
    }
    let agent_id = match before.agent_id {
        Some(agent) if agent == caller => agent,
        Some(_) => return Err(Error::forbidden("forbidden-other-agent")),
        None if before.linked_to.is_some() => {
            return Err(Problem::new(Code::Conflict).because("detail-linked-request").into());
        }
        None => lock_caller_in_queue(tx, before.queue_id)?,
    };
    if before.attempts > 0 && tx.now < before.due_from {
        return Err(Problem::new(Code::Conflict)
            .because("detail-call-too-soon")
            .with("due_from", before.due_from.to_string())
            .into());
    }
    let call = Call {
        id: tx.new_id(),
        request_id: id,
        number: before.attempts + 1,
        agent_id,
        started_at: tx.now,
        ended_at: None,
        outcome: None,
        notes: None,
        recorded_at: tx.now,
    };
    calls::insert(tx.conn, &call)?.map_err(agent_is_calling)?;
    tx.record_change(&Change::created(types::CALL_STARTED, call.id.as_str(), &CallEvent::new(&call, &before))?)?;
    let mut after = before.clone();
    (after.state, after.agent_id, after.offered) = (CallbackState::Calling, Some(agent_id), true);
    after.attempts = call.number;
    if call.number == 1 {
        judge(tx, &mut after, call.started_at)?;
    }
    let after = save(tx, &before, after, types::CALLBACK_REQUEST_CALLING)?;
    Ok((call, after))
}

fn agent_is_calling(AgentIsCalling: AgentIsCalling) -> Error {
    Problem::new(Code::Conflict).because("detail-agent-is-calling").into()
}

/// Judges the promise of a request by the start of its first call, and measures how long the visitor has waited.
fn judge(tx: &mut Tx<'_>, request: &mut CallbackRequest, started_at: UtcTime) -> Result<(), Error> {
    // The waiting time counts by the opening hours of the time.
    let since = request.requested_at.min(tx.now);
    let calendar = settings_since(tx, request, since)?.0;
    let waited = calendar.business_duration(request.requested_at.to_jiff(), started_at.to_jiff());
    request.first_attempt_after = Some(i32::try_from(waited.as_secs()).unwrap_or(i32::MAX));
    if matches!(request.promise, PromiseStatus::Pending | PromiseStatus::Broken) {
        let judged = progress::judged(request.first_promised_from, request.first_promised_by, started_at);
        let was_missed = request.promise == PromiseStatus::Broken;
        // A missed promise is corrected if the call was only recorded late.
        if !was_missed || judged == PromiseStatus::Kept {
            request.promise = judged;
        }
    }
    Ok(())
}

/// Returns the calendar of the queue of a request and the settings of the queue from an instant on.
fn settings_since(
    tx: &mut Tx<'_>,
    request: &CallbackRequest,
    since: UtcTime,
) -> Result<(Calendar, QueueSettings), Error> {
    let queue = queues::present(tx.conn, Which::Id(request.queue_id), since)?;
    let queue = queue.ok_or_else(|| Error::internal("the queue does not exist"))?;
    let settings = queue.current()?.clone();
    Ok((queue.calendar, settings))
}

/// Ends a running call, by its agent, an application or an administrator.
///
/// # Errors
/// 403 if the caller is another agent; 404; 409 if the call has ended; 422 for the outcome `abandoned`.
pub fn end(tx: &mut Tx<'_>, id: CallId, body: &EndCall) -> Result<(Call, CallbackRequest), Error> {
    tx.authorize_and_deduplicate(Action::WorkCallbacks, &Relations::default())?;
    let found = calls::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let ends_any = tx.actor.kind == ActorKind::Service || tx.actor.has(Scope::Admin);
    if !ends_any && agents::of_caller(tx)? != found.agent_id {
        return Err(Error::forbidden("forbidden-other-agent"));
    }
    refuse_if_any(outcome_fault(Some(body.outcome)).into_iter().collect())?;
    finish(tx, &found, body.outcome, body.notes.as_deref())?
        .ok_or_else(|| Problem::illegal_transition("call", "ended", "end_call", &[]).into())
}

fn outcome_fault(outcome: Option<CallOutcome>) -> Option<Violation> {
    (outcome == Some(CallOutcome::Abandoned))
        .then(|| Violation::at("/outcome", "outcome_of_the_service", "violation-outcome-abandoned"))
}

/// Ends a call as abandoned; returns false if it has ended.
pub fn abandon(tx: &mut Tx<'_>, id: CallId) -> Result<bool, Error> {
    let Some(found) = calls::find(tx.conn, id)?.filter(|call| call.ended_at.is_none()) else { return Ok(false) };
    Ok(finish(tx, &found, CallOutcome::Abandoned, None)?.is_some())
}

/// Returns running calls that are to be abandoned at `now`, at most `limit`.
pub fn to_abandon(conn: &mut DbConn, now: UtcTime, limit: i64) -> Result<Vec<CallId>, Error> {
    calls::running_since(conn, now.plus_seconds(-progress::MAX_CALL), limit)
}

/// Ends a call and changes the state of its request; `None` if the call has ended.
fn finish(
    tx: &mut Tx<'_>,
    found: &Call,
    outcome: CallOutcome,
    notes: Option<&str>,
) -> Result<Option<(Call, CallbackRequest)>, Error> {
    let before = store::lock(tx.conn, found.request_id)?.ok_or_else(Error::not_found)?;
    // Notes may contain personal data.
    let notes = notes.filter(|_| before.erased_at.is_none());
    // Not before the start, if the clock was set back.
    let ended_at = tx.now.max(found.started_at);
    let Some(call) = calls::end(tx.conn, found.id, ended_at, outcome, notes)? else { return Ok(None) };
    let (old, new) = (CallEvent::new(found, &before), CallEvent::new(&call, &before));
    tx.record_change(&Change::updated(types::CALL_ENDED, call.id.as_str(), &old, &new)?)?;
    if before.state != CallbackState::Calling {
        // The request was closed during the call, for example because the visitor was erased.
        return Ok(Some((call, before)));
    }
    let after = progressed(tx, &before, before.clone(), &call, outcome)?;
    Ok(Some((call, after)))
}

/// Records a past call of an agent who had the request, also if it was missed since.
fn record(tx: &mut Tx<'_>, id: CallbackRequestId, new: &NewCall) -> Result<(Call, CallbackRequest), Error> {
    if tx.actor.kind != ActorKind::Service {
        return Err(Error::forbidden("forbidden-record-calls"));
    }
    let before = store::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if !before.state.is_open() || before.state == CallbackState::Calling || before.linked_to.is_some() {
        return Err(illegal_transition(before.state, "create_call"));
    }
    let PastCall { agent_id, started_at, ended_at, outcome } = past_call(tx, &before, new)?;
    let call = Call {
        id: tx.new_id(),
        request_id: id,
        number: before.attempts + 1,
        agent_id,
        started_at,
        ended_at: Some(ended_at),
        outcome: Some(outcome),
        notes: new.notes.clone(),
        recorded_at: tx.now,
    };
    let is_first = is_first(tx.conn, &before, started_at)?;
    calls::insert(tx.conn, &call)?.map_err(agent_is_calling)?;
    tx.record_change(&Change::created(types::CALL_ENDED, call.id.as_str(), &CallEvent::new(&call, &before))?)?;
    let mut after = before.clone();
    after.attempts = call.number;
    after.agent_id = Some(agent_id);
    if is_first {
        judge(tx, &mut after, started_at)?;
    }
    let after = progressed(tx, &before, after, &call, outcome)?;
    Ok((call, after))
}

/// Whether a past call is the first one. Calls before a reroute, which belong to the rerouted request, were earlier.
fn is_first(conn: &mut DbConn, request: &CallbackRequest, started_at: UtcTime) -> Result<bool, Error> {
    let own = calls::list(conn, request.id)?;
    let has_all = usize::try_from(request.attempts) == Ok(own.len());
    Ok(has_all && own.iter().all(|call| started_at < call.started_at))
}

/// A past call without violations.
struct PastCall {
    agent_id: AgentId,
    started_at: UtcTime,
    ended_at: UtcTime,
    outcome: CallOutcome,
}

/// Checks a past call: it has a start, an end and an outcome, does not end in the future, and starts when the agent had
/// the request.
fn past_call(tx: &Tx<'_>, request: &CallbackRequest, new: &NewCall) -> Result<PastCall, Error> {
    let required = |pointer: &str| Violation::at(pointer, "required", "violation-required");
    let missing = [
        new.started_at.is_none().then(|| required("/started_at")),
        new.ended_at.is_none().then(|| required("/ended_at")),
        new.outcome.is_none().then(|| required("/outcome")),
        outcome_fault(new.outcome),
    ];
    refuse_if_any(missing.into_iter().flatten().collect())?;
    let at = |pointer: &str, code, detail: &'static str| Err(Error::violation(Violation::at(pointer, code, detail)));
    let (Some(started_at), Some(ended_at), Some(outcome)) = (new.started_at, new.ended_at, new.outcome) else {
        return at("/started_at", "required", "violation-required");
    };
    if ended_at > tx.now || ended_at < started_at {
        return at("/ended_at", "impossible_end", "violation-call-end");
    }
    let agent_id = new.agent_id.or(request.held_by);
    let Some((agent_id, since)) = agent_id.filter(|_| agent_id == request.held_by).zip(request.held_since) else {
        return at("/agent_id", "not_the_agent", "violation-call-agent");
    };
    if started_at < since {
        return at("/started_at", "impossible_start", "violation-call-start");
    }
    Ok(PastCall { agent_id, started_at, ended_at, outcome })
}

/// Stores the request after a call that has ended: closed, or with another call that is due later.
fn progressed(
    tx: &mut Tx<'_>,
    before: &CallbackRequest,
    mut after: CallbackRequest,
    call: &Call,
    outcome: CallOutcome,
) -> Result<CallbackRequest, Error> {
    let now = tx.now;
    let (calendar, settings) = settings_since(tx, before, now)?;
    after.state = progress::after_call(outcome, after.attempts, settings.max_attempts);
    if after.state == CallbackState::RetryScheduled {
        let pause = 60 * i64::from(settings.attempt_pause_minutes);
        let earliest = call.started_at.plus_seconds(pause).max(tx.now);
        // If the calendar stays closed for a year, the retry is due after the pause.
        after.due_from = calendar.next_open(earliest.to_jiff()).map_or(earliest, UtcTime::from_jiff);
        after.due_by = after.due_from;
        after.paused_until = Some(after.due_from);
        (after.agent_id, after.offered, after.priority) = (None, false, 1);
    }
    let event = match after.state {
        CallbackState::Completed => types::CALLBACK_REQUEST_COMPLETED,
        CallbackState::RetryScheduled => types::CALLBACK_REQUEST_RETRY_SCHEDULED,
        _ => types::CALLBACK_REQUEST_UNREACHABLE,
    };
    let after = save(tx, before, after, event)?;
    if !after.state.is_open() {
        let linked = transitions::end_linked(tx, &after, event)?;
        if before.promised_from.is_some_and(|from| from > tx.now) {
            // The call was made early, so that the slot can be booked again, also by those who shared the call.
            linked.iter().chain([before]).try_for_each(|ended| transitions::release_capacity(tx, ended))?;
        }
    }
    Ok(after)
}
