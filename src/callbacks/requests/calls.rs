//! Starts, ends and records calls.
//!
//! Rules: a visitor is called by the agent who has the request, or who takes it from their queue with the call; a
//! request has one running call, and an agent makes one call at a time; during a call no other agent gets the request,
//! and it is never missed; the promise is judged by the start of the first call in opening hours, because a call in the
//! night is not what was promised; only applications record past calls, each once.

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
/// 403 if the caller does not have the request and cannot take it, is not active, or records a past call without being
/// an application; 404; 409 if the request cannot be called, the agent has a running call, or the past call is recorded
/// already; 422 for an invalid past call.
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
    if before.first_attempt_after.is_none() {
        judge(tx, &before, &mut after, &call, &[])?;
    }
    let after = save(tx, &before, after, types::CALLBACK_REQUEST_CALLING)?;
    Ok((call, after))
}

fn agent_is_calling(AgentIsCalling: AgentIsCalling) -> Error {
    Problem::new(Code::Conflict).because("detail-agent-is-calling").into()
}

/// Judges the promise of a request by the start of a call, and measures how long the visitor has waited, if the call is
/// the first one in opening hours. `others` are calls that could be earlier.
fn judge(
    tx: &mut Tx<'_>,
    before: &CallbackRequest,
    after: &mut CallbackRequest,
    call: &Call,
    others: &[Call],
) -> Result<(), Error> {
    // The opening hours of the time count.
    let calendar = settings_since(tx, before, before.requested_at.min(tx.now))?.0;
    let (from, by) = (before.first_promised_from, before.first_promised_by);
    // So does a window that was promised before its day was closed.
    let counts = |at: UtcTime| calendar.is_open_at(at.to_jiff()) || from.is_some_and(|from| from <= at && at < by);
    let is_earlier = |other: &Call| other.started_at < call.started_at && counts(other.started_at);
    if !counts(call.started_at) || others.iter().any(is_earlier) {
        return Ok(());
    }
    let waited = calendar.business_duration(before.requested_at.to_jiff(), call.started_at.to_jiff());
    after.first_attempt_after = Some(i32::try_from(waited.as_secs()).unwrap_or(i32::MAX));
    let judged = progress::judged(from, by, call.started_at);
    // A missed promise is corrected if the call was only recorded late.
    let is_corrected = before.promise == PromiseStatus::Broken && judged == PromiseStatus::Kept;
    if before.promise == PromiseStatus::Pending || is_corrected {
        after.promise = judged;
        after.promise_agent_id = if call.started_at < by {
            Some(call.agent_id)
        } else {
            progress::holder_at_end(before.agent_id, before.held_since, by)
        };
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
/// 403 if the caller is another agent; 404; 409 if the call has ended.
pub fn end(tx: &mut Tx<'_>, id: CallId, body: &EndCall) -> Result<(Call, CallbackRequest), Error> {
    tx.authorize_and_deduplicate(Action::WorkCallbacks, &Relations::default())?;
    let found = calls::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let ends_any = tx.actor.kind == ActorKind::Service || tx.actor.has(Scope::Admin);
    if !ends_any && agents::of_caller(tx)? != found.agent_id {
        return Err(Error::forbidden("forbidden-other-agent"));
    }
    finish(tx, &found, body.outcome, body.notes.as_deref())?
        .ok_or_else(|| Problem::illegal_transition("call", "ended", "end_call", &[]).into())
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
    let others = calls::list(tx.conn, id)?;
    let overlaps = |other: &&Call| progress::overlap((other.started_at, other.ended_at), (started_at, Some(ended_at)));
    if let Some(other) = others.iter().find(overlaps) {
        let problem = Problem::new(Code::Conflict).because("detail-call-recorded");
        return Err(problem.with("call_id", other.id.to_string()).into());
    }
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
    calls::insert(tx.conn, &call)?.map_err(agent_is_calling)?;
    tx.record_change(&Change::created(types::CALL_ENDED, call.id.as_str(), &CallEvent::new(&call, &before))?)?;
    let mut after = before.clone();
    after.attempts = call.number;
    after.agent_id = Some(agent_id);
    // The calls before a reroute belong to the rerouted request. If one of them counted, it was earlier.
    if before.first_attempt_after.is_none() || usize::try_from(before.attempts) == Ok(others.len()) {
        judge(tx, &before, &mut after, &call, &others)?;
    }
    let after = progressed(tx, &before, after, &call, outcome)?;
    Ok((call, after))
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
fn past_call(tx: &mut Tx<'_>, request: &CallbackRequest, new: &NewCall) -> Result<PastCall, Error> {
    let required = |pointer: &str| Violation::at(pointer, "required", "violation-required");
    let missing = [
        new.started_at.is_none().then(|| required("/started_at")),
        new.ended_at.is_none().then(|| required("/ended_at")),
        new.outcome.is_none().then(|| required("/outcome")),
    ];
    refuse_if_any(missing.into_iter().flatten().collect())?;
    let at = |pointer: &str, code, detail: &'static str| Err(Error::violation(Violation::at(pointer, code, detail)));
    let (Some(started_at), Some(ended_at), Some(outcome)) = (new.started_at, new.ended_at, new.outcome) else {
        return at("/started_at", "required", "violation-required");
    };
    if ended_at > tx.now || ended_at < started_at {
        return at("/ended_at", "impossible_end", "violation-call-end");
    }
    let other = new.agent_id.filter(|agent| Some(*agent) != request.held_by);
    if let Some(other) = other
        && !agents::is_on_roster(tx.conn, other)?
    {
        return at("/agent_id", "unknown_reference", "violation-unknown-agent");
    }
    let Some((agent_id, since)) = request.held_by.zip(request.held_since) else {
        return at("/agent_id", "not_the_agent", "violation-call-no-agent");
    };
    if other.is_some() {
        return at("/agent_id", "not_the_agent", "violation-call-agent");
    }
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
        let counts = after.first_attempt_after.is_some();
        // After a call outside the opening hours, the visitor is called when they begin, not after the pause.
        let pause = if counts { 60 * i64::from(settings.attempt_pause_minutes) } else { 0 };
        let earliest = call.started_at.plus_seconds(pause).max(tx.now);
        // If the calendar stays closed for a year, the retry is due after the pause.
        let next = calendar.next_open(earliest.to_jiff()).map_or(earliest, UtcTime::from_jiff);
        after.paused_until = Some(next);
        (after.due_from, after.due_by) = match after.promise {
            // The promise is still to be kept.
            PromiseStatus::Pending => (next.max(after.promised_from.unwrap_or(next)), next.max(after.promised_by)),
            _ => (next, next),
        };
        (after.agent_id, after.offered) = (None, false);
        if counts {
            after.priority = 1;
        }
    } else if after.promise == PromiseStatus::Pending {
        // All calls were made outside the opening hours, and none follows.
        (after.promise, after.promise_agent_id) = (PromiseStatus::Broken, Some(call.agent_id));
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
