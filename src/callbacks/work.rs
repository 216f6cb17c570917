//! What agents do with requests, and how one is cancelled.

use super::attempts::{self, CallAttempt, CallAttemptEvent, NewCallAttempt};
use super::dto::{CallbackRequestEvent, CallbackRequestQuery, CancelCallbackRequest};
use super::progress::{self, CallbackState};
use super::store::{self, CallbackRequest};
use super::token;
use crate::auth::Actor;
use crate::authz::{self, Action, Facts};
use crate::calendar::{seats, service as calendar};
use crate::db::DbConn;
use crate::error::{Code, Error, Problem, Text, Violation};
use crate::events::types;
use crate::http::page::PageRequest;
use crate::ids::CallbackRequestId;
use crate::time::UtcTime;
use crate::tx::{Change, Tx};

/// One page of requests.
///
/// # Errors
/// 403.
pub fn list(
    conn: &mut DbConn,
    actor: &Actor,
    query: &CallbackRequestQuery,
    page: &PageRequest,
) -> Result<Vec<CallbackRequest>, Error> {
    authz::require(actor, Action::ReadCallbacks, &Facts::default())?;
    store::list(conn, query.state.as_deref().unwrap_or_default(), query.intent, page)
}

/// One request.
///
/// # Errors
/// 403, 404.
pub fn get(conn: &mut DbConn, actor: &Actor, id: CallbackRequestId) -> Result<CallbackRequest, Error> {
    authz::require(actor, Action::ReadCallbacks, &Facts::default())?;
    store::find(conn, id)?.ok_or_else(Error::not_found)
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
pub fn claim_next(tx: &mut Tx<'_>) -> Result<CallbackRequest, Error> {
    tx.admit(Action::WorkCallbacks, &Facts::default())?;
    let before = store::lock_most_urgent(tx.conn, tx.now)?.ok_or_else(|| Error::from(Code::NothingToClaim))?;
    let mut after = before.clone();
    after.state = CallbackState::Assigned;
    after.assigned_to = Some(tx.actor.subject.clone());
    keep(tx, &before, after, types::CALLBACK_REQUEST_ASSIGNED)
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
    check_attempt(tx, &before, new)?;
    let attempt = CallAttempt {
        id: tx.new_id(),
        request_id: id,
        number: before.attempts + 1,
        agent: tx.actor.subject.clone(),
        outcome: new.outcome,
        started_at: new.started_at.unwrap_or(tx.now),
        note: new.note.clone(),
        recorded_at: tx.now,
    };
    attempts::insert(tx.conn, &attempt)?;
    let told = CallAttemptEvent::from(&attempt);
    tx.record(&Change::created(types::CALLBACK_REQUEST_ATTEMPTED, attempt.id.as_str(), &told)?)?;

    let mut after = before.clone();
    after.attempts = attempt.number;
    after.state = progress::after_attempt(new.outcome, attempt.number);
    let event = match after.state {
        CallbackState::Completed => types::CALLBACK_REQUEST_COMPLETED,
        CallbackState::RetryScheduled => {
            after.due_from = next_attempt(tx)?;
            after.due_by = after.due_from;
            after.assigned_to = None;
            types::CALLBACK_REQUEST_RETRY_SCHEDULED
        }
        _ => types::CALLBACK_REQUEST_UNREACHABLE,
    };
    let after = keep(tx, &before, after, event)?;
    Ok((attempt, after))
}

fn check_attempt(tx: &Tx<'_>, request: &CallbackRequest, new: &NewCallAttempt) -> Result<(), Error> {
    if request.state != CallbackState::Assigned {
        return Err(impossible(request.state, "attempts"));
    }
    if request.assigned_to.as_deref() != Some(tx.actor.subject.as_str()) {
        return Err(Problem::new(Code::Forbidden)
            .because("Another agent has this request.", "Tuto žádost má jiný operátor.")
            .into());
    }
    if new.started_at.is_some_and(|at| at > tx.now || at < request.created_at) {
        let text = Text::new("Between the request and now.", "Mezi přijetím žádosti a současností.");
        return Err(Error::violation(Violation::at("/started_at", "impossible_start", text)));
    }
    Ok(())
}

/// An hour from now, inside opening hours.
fn next_attempt(tx: &mut Tx<'_>) -> Result<UtcTime, Error> {
    let earliest = tx.now.plus_seconds(progress::RETRY_AFTER);
    let calendar = calendar::present(tx.conn, tx.now)?.calendar;
    // A calendar that stays closed for a year tells nothing better than the hour.
    Ok(calendar.next_open(earliest.to_jiff()).map_or(earliest, UtcTime::from_jiff))
}

/// Cancels a request: an agent by scope, a visitor by secret.
///
/// # Errors
/// 403; 404 also for a wrong secret; 409 when it is closed, or for a visitor whose window has
/// started.
pub fn cancel(tx: &mut Tx<'_>, id: CallbackRequestId, body: &CancelCallbackRequest) -> Result<CallbackRequest, Error> {
    let action = match &body.manage_token {
        Some(_) => Action::SubmitCallback,
        None => Action::WorkCallbacks,
    };
    authz::require(tx.actor, action, &Facts::default())?;
    let before = store::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if let Some(secret) = &body.manage_token
        && !token::fits(secret, &before.manage_token_sha256)
    {
        return Err(Error::not_found());
    }
    tx.admit(action, &Facts::default())?;
    if !before.state.is_open() {
        return Err(impossible(before.state, "cancel"));
    }
    let started = before.promised_from.is_some_and(|from| from <= tx.now);
    if body.manage_token.is_some() && started {
        return Err(Problem::illegal_transition(before.state.as_str(), "cancel", &[])
            .because(
                "Sorry, the time of your call has begun. Tell the expert who calls you.",
                "Omlouváme se, čas vašeho hovoru už začal. Řekněte to odborníkovi, který vám zavolá.",
            )
            .into());
    }
    let mut after = before.clone();
    after.state = CallbackState::Cancelled;
    if let Some(slot) = &before.slot_id {
        seats::release(tx.conn, slot)?;
    }
    keep(tx, &before, after, types::CALLBACK_REQUEST_CANCELLED)
}

fn impossible(state: CallbackState, verb: &str) -> Error {
    Problem::illegal_transition(state.as_str(), verb, state.allowed()).into()
}

/// Stores a change of state and records it.
fn keep(
    tx: &mut Tx<'_>,
    before: &CallbackRequest,
    mut after: CallbackRequest,
    event: &'static str,
) -> Result<CallbackRequest, Error> {
    after.version += 1;
    after.updated_at = tx.now;
    if !after.state.is_open() {
        after.open_place = None;
    }
    store::update(tx.conn, &after)?;
    let (old, new) = (CallbackRequestEvent::from(before), CallbackRequestEvent::from(&after));
    tx.record(&Change::updated(event, after.id.as_str(), &old, &new)?)?;
    Ok(after)
}

/// The open requests in an agent's hands, for other slices.
///
/// # Errors
/// Those of the database.
pub fn assigned_to(conn: &mut DbConn, subject: &str, most: i64) -> Result<Vec<CallbackRequestId>, Error> {
    store::assigned_to(conn, subject, most)
}
