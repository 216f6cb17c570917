//! Records call attempts.

use super::dto::{CallAttemptEvent, NewCallAttempt};
use super::enums::{CallOutcome, CallbackState, PromiseStatus};
use super::progress;
use super::rows::{CallAttempt, CallbackRequest};
use super::service::illegal_transition;
use super::store::{self, attempts};
use super::transitions::{self, save};
use crate::calendar::service as calendar;
use crate::callbacks::agents;
use crate::kernel::authz::{Action, Relations};
use crate::kernel::error::{Error, Violation};
use crate::kernel::events::types;
use crate::kernel::ids::{AgentId, CallbackRequestId};
use crate::kernel::record::Change;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Records an attempt by the agent to whom the request is assigned, and changes the state of the request.
///
/// # Errors
/// 403 if the caller is not the assigned agent, 404, 409 if the request is not assigned, 422 for an invalid start.
pub fn record_attempt(
    tx: &mut Tx<'_>,
    id: CallbackRequestId,
    new: &NewCallAttempt,
) -> Result<(CallAttempt, CallbackRequest), Error> {
    tx.authorize_and_deduplicate(Action::WorkCallbacks, &Relations::default())?;
    // Not locked: an agent to whom an open request is assigned cannot be removed.
    let agent_id = agents::of_caller(tx)?;
    let before = store::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let started_at = new.started_at.unwrap_or(tx.now);
    check_attempt(tx, &before, agent_id, started_at, new.outcome)?;
    let attempt = CallAttempt {
        id: tx.new_id(),
        request_id: id,
        number: before.attempts + 1,
        agent_id,
        outcome: new.outcome,
        started_at,
        note: new.note.clone(),
        recorded_at: tx.now,
    };
    attempts::insert(tx.conn, &attempt)?;
    let body = CallAttemptEvent::from(&attempt);
    tx.record_change(&Change::created(types::CALLBACK_REQUEST_ATTEMPTED, attempt.id.as_str(), &body)?)?;
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
        // The waiting time counts by the opening hours of the time.
        let since = if first { before.created_at.min(tx.now) } else { tx.now };
        let calendar = calendar::present(tx.conn, since)?.calendar;
        if first {
            let waited = calendar.business_duration(before.created_at.to_jiff(), attempt.started_at.to_jiff());
            after.first_attempt_after = Some(i32::try_from(waited.as_secs()).unwrap_or(i32::MAX));
        }
        if again {
            let earliest = attempt.started_at.plus_seconds(progress::RETRY_AFTER).max(tx.now);
            // If the calendar stays closed for a year, the retry is due after the hour.
            after.due_from = calendar.next_open(earliest.to_jiff()).map_or(earliest, UtcTime::from_jiff);
            after.due_by = after.due_from;
            (after.agent_id, after.offered, after.priority) = (None, false, 1);
        }
    }
    if first && before.promise == PromiseStatus::Pending {
        after.promise = progress::judged(before.first_promised_from, before.first_promised_by, attempt.started_at);
    }
    let event = match after.state {
        CallbackState::Completed => types::CALLBACK_REQUEST_COMPLETED,
        CallbackState::RetryScheduled => types::CALLBACK_REQUEST_RETRY_SCHEDULED,
        _ => types::CALLBACK_REQUEST_UNREACHABLE,
    };
    let after = save(tx, before, after, event)?;
    if !after.state.is_open() {
        transitions::end_linked(tx, &after, event)?;
        if before.promised_from.is_some_and(|from| from > tx.now) {
            // The call was made early, so that the slot can be booked again.
            transitions::release_capacity(tx, before)?;
        }
    }
    Ok(after)
}

fn check_attempt(
    tx: &Tx<'_>,
    request: &CallbackRequest,
    agent_id: AgentId,
    started_at: UtcTime,
    outcome: CallOutcome,
) -> Result<(), Error> {
    if request.state != CallbackState::Assigned {
        return Err(illegal_transition(request.state, "create_call_attempt"));
    }
    if request.agent_id != Some(agent_id) {
        return Err(Error::forbidden("forbidden-other-agent"));
    }
    let violation = |code, detail: &'static str| Err(Error::violation(Violation::at("/started_at", code, detail)));
    if started_at > tx.now || started_at < request.created_at {
        return violation("impossible_start", "violation-attempt-start");
    }
    // A visitor who calls back can be reached before the retry is due.
    if request.attempts > 0 && started_at < request.due_from && outcome != CallOutcome::Reached {
        return violation("too_soon", "violation-attempt-too-soon");
    }
    Ok(())
}
