//! What happens to open requests as time passes, recorded once however many replicas run.
//!
//! Rules: a request whose promised time is over without an attempt is missed, loses its agent, and
//! goes first; a request that waits is assigned automatically to an agent on duty when it is due; when no
//! agent is, this is recorded once and it waits for the next agent on duty or for a claim.

use jiff::civil::Date;

use super::enums::{CallbackState, PromiseStanding};
use super::rows::CallbackRequest;
use super::service;
use super::store::{self, queue};
use super::transitions::save;
use crate::calendar::rules::Calendar;
use crate::calendar::service as calendar;
use crate::callbacks::agents::{self, duty};
use crate::kernel::db::{DbConn, locks};
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::time::{Day, UtcTime};
use crate::kernel::tx::Tx;

/// How long an assigned request that is due can stay unchanged, in seconds.
const SILENCE: i64 = 8 * 3_600;
/// Requests that are assigned in one transaction.
const BATCH: i64 = 50;

/// Requests without an attempt whose promised time is over, at most `limit`.
pub fn uncalled(conn: &mut DbConn, now: UtcTime, limit: i64) -> Result<Vec<CallbackRequestId>, Error> {
    queue::uncalled(conn, now, limit)
}

/// Records that a request was missed; false when another replica did, or an agent called.
pub fn miss(tx: &mut Tx<'_>, id: CallbackRequestId) -> Result<bool, Error> {
    let Some(before) = store::lock(tx.conn, id)? else { return Ok(false) };
    let uncalled = before.state.is_open() && before.priority == 1 && before.attempts == 0;
    if !uncalled || before.promised_by > tx.now || before.linked_to.is_some() {
        return Ok(false);
    }
    let mut after = before.clone();
    after.state = CallbackState::Missed;
    after.priority = 0;
    (after.assigned_to, after.offered) = (None, false);
    if before.promise == PromiseStanding::Pending {
        after.promise = PromiseStanding::Broken;
    }
    save(tx, &before, after, types::CALLBACK_REQUEST_MISSED)?;
    Ok(true)
}

/// Whether there may be requests for [`assign_waiting`]: a read that is cheap enough to run often. Without
/// a roster there are none, however long the queue is.
pub fn is_waiting(conn: &mut DbConn, now: UtcTime) -> Result<bool, Error> {
    Ok(agents::is_anybody_active(conn)? && queue::is_waiting(conn, now)?)
}

/// Assigns waiting requests to the agents on duty; returns how many requests were offered for the first time
/// or assigned.
pub fn assign_waiting(tx: &mut Tx<'_>) -> Result<usize, Error> {
    let mut roster = agents::roster(tx.conn)?;
    // One replica at a time, so that the counts of open requests are true.
    if roster.is_empty() || !locks::try_take(tx.conn, "callbacks: hand out")? {
        return Ok(0);
    }
    let calendar = calendar::present(tx.conn, tx.now)?.calendar;
    for (subject, open) in queue::open_by_agent(tx.conn)? {
        if let Some(agent) = roster.iter_mut().find(|agent| agent.subject == subject) {
            agent.open = open;
        }
    }
    let mut moved = 0;
    for request in queue::lock_to_offer(tx.conn, BATCH)? {
        let at = request.due_from.max(tx.now);
        match duty::next_in_turn(&roster, &calendar.zone, at.to_jiff()).and_then(|index| roster.get_mut(index)) {
            Some(agent) => assign(tx, &request, agent)?,
            None => record_no_agent_on_duty(tx, &request)?,
        }
        moved += 1;
    }
    if duty::next_in_turn(&roster, &calendar.zone, tx.now.to_jiff()).is_some() {
        for request in queue::lock_offered(tx.conn, tx.now, BATCH)? {
            let next = duty::next_in_turn(&roster, &calendar.zone, tx.now.to_jiff());
            if let Some(agent) = next.and_then(|index| roster.get_mut(index)) {
                assign(tx, &request, agent)?;
                moved += 1;
            }
        }
    }
    Ok(moved)
}

fn assign(tx: &mut Tx<'_>, request: &CallbackRequest, agent: &mut duty::Candidate) -> Result<(), Error> {
    service::assign_to(tx, request, agent.subject.clone())?;
    agents::was_assigned(tx.conn, agent.id, tx.now)?;
    agent.open += 1;
    agent.last_assigned_at = Some(tx.now);
    Ok(())
}

fn record_no_agent_on_duty(tx: &mut Tx<'_>, before: &CallbackRequest) -> Result<(), Error> {
    let mut after = before.clone();
    after.offered = true;
    save(tx, before, after, types::CALLBACK_REQUEST_UNASSIGNED).map(drop)
}

/// Unassigns requests that are due and have not changed for hours; returns how many. Otherwise a request
/// whose agent has left for the day would never be called.
pub fn unassign_silent(tx: &mut Tx<'_>) -> Result<usize, Error> {
    let silent_since = tx.now.plus_seconds(-SILENCE);
    let silent = queue::lock_silent(tx.conn, silent_since, tx.now, BATCH)?;
    for before in &silent {
        let mut after = before.clone();
        service::put_back(&mut after);
        after.offered = false;
        save(tx, before, after, types::CALLBACK_REQUEST_UNASSIGNED)?;
    }
    Ok(silent.len())
}

/// Flags requests on closed days that were not flagged when the days were closed: they came at the same
/// moment, or were quarantined then.
pub fn flag_closed_days(tx: &mut Tx<'_>) -> Result<(), Error> {
    let calendar = calendar::present(tx.conn, tx.now)?.calendar;
    calendar.closures.iter().try_for_each(|date| flag(tx, &calendar, *date, true))
}

/// Flags the requests whose window is on a day that is closed from now on, or no longer.
pub fn flag_day(tx: &mut Tx<'_>, date: Day, closed: bool) -> Result<(), Error> {
    let calendar = calendar::present(tx.conn, tx.now)?.calendar;
    flag(tx, &calendar, date.to_jiff(), closed)
}

fn flag(tx: &mut Tx<'_>, calendar: &Calendar, date: Date, closed: bool) -> Result<(), Error> {
    let Some((from, to)) = day_in_utc(calendar, date) else { return Ok(()) };
    for before in queue::lock_in_window(tx.conn, from, to, closed)? {
        let mut after = before.clone();
        after.closed_day = closed;
        save(tx, &before, after, types::CALLBACK_REQUEST_FLAGGED)?;
    }
    Ok(())
}

/// `[midnight, next midnight)` of a local day; none at the ends of time.
fn day_in_utc(calendar: &Calendar, date: Date) -> Option<(UtcTime, UtcTime)> {
    let midnight = |date: Date| {
        let zoned = date.to_zoned(calendar.zone.clone()).ok()?;
        Some(UtcTime::from_jiff(zoned.timestamp()))
    };
    Some((midnight(date)?, midnight(date.tomorrow().ok()?)?))
}

/// Deletes the challenges that have expired; returns how many.
pub fn delete_expired_challenges(conn: &mut DbConn, now: UtcTime) -> Result<usize, Error> {
    store::delete_expired_challenges(conn, now)
}
