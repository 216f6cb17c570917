//! Scheduled changes of open requests, each recorded once, whatever the number of replicas.
//!
//! Rules: a request whose promised time has passed without an attempt is missed, loses its agent, and is
//! first in the queue; an unassigned request is assigned automatically to an agent who is on duty when it is
//! due; if no agent is, this is recorded once and the request waits for the next agent on duty or for a claim.

use jiff::civil::Date;

use super::enums::{CallbackState, PromiseStatus};
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

/// After this time an assigned request that is due and has not changed is unassigned, in seconds.
const MAX_IDLE: i64 = 8 * 3_600;
/// Maximum number of requests that are changed in one transaction.
const BATCH: i64 = 50;

/// Returns open requests without an attempt whose promised time has passed, at most `limit`.
pub fn uncalled(conn: &mut DbConn, now: UtcTime, limit: i64) -> Result<Vec<CallbackRequestId>, Error> {
    queue::uncalled(conn, now, limit)
}

/// Records that a request was missed; returns false if another replica did, or an attempt was made.
pub fn miss(tx: &mut Tx<'_>, id: CallbackRequestId) -> Result<bool, Error> {
    let Some(before) = store::lock(tx.conn, id)? else { return Ok(false) };
    let uncalled = before.state.is_open() && before.priority == 1 && before.attempts == 0;
    if !uncalled || before.promised_by > tx.now || before.linked_to.is_some() {
        return Ok(false);
    }
    let mut after = before.clone();
    after.state = CallbackState::Missed;
    after.priority = 0;
    (after.agent_id, after.offered) = (None, false);
    if before.promise == PromiseStatus::Pending {
        after.promise = PromiseStatus::Broken;
    }
    save(tx, &before, after, types::CALLBACK_REQUEST_MISSED)?;
    Ok(true)
}

/// Whether there may be requests for [`assign_waiting`]. This read is cheap enough to run often. Without agents on the
/// roster there are none, whatever the length of the queue.
pub fn is_waiting(conn: &mut DbConn, now: UtcTime) -> Result<bool, Error> {
    Ok(agents::has_duty_plan(conn)? && queue::is_waiting(conn, now)?)
}

/// Assigns waiting requests to the agents on duty; returns how many requests were assigned, or had no agent on duty
/// for the first time.
pub fn assign_waiting(tx: &mut Tx<'_>) -> Result<usize, Error> {
    let mut roster = agents::roster(tx.conn)?;
    // One replica at a time, so that the numbers of open requests are correct.
    if roster.is_empty() || !locks::try_acquire(tx.conn, "callbacks: hand out")? {
        return Ok(0);
    }
    let calendar = calendar::present(tx.conn, tx.now)?.calendar;
    for (id, open) in queue::open_by_agent(tx.conn)? {
        if let Some(agent) = roster.iter_mut().find(|agent| agent.id == id) {
            agent.open = open;
        }
    }
    let mut moved = 0;
    for request in queue::lock_to_offer(tx.conn, BATCH)? {
        let at = request.due_from.max(tx.now);
        match duty::next_in_turn(&roster, &calendar.zone, at.to_jiff()).and_then(|index| roster.get_mut(index)) {
            Some(agent) => moved += usize::from(assign(tx, &request, agent)?),
            None => {
                record_no_agent_on_duty(tx, &request)?;
                moved += 1;
            }
        }
    }
    if duty::next_in_turn(&roster, &calendar.zone, tx.now.to_jiff()).is_some() {
        for request in queue::lock_offered(tx.conn, tx.now, BATCH)? {
            let next = duty::next_in_turn(&roster, &calendar.zone, tx.now.to_jiff());
            if let Some(agent) = next.and_then(|index| roster.get_mut(index)) {
                moved += usize::from(assign(tx, &request, agent)?);
            }
        }
    }
    Ok(moved)
}

/// Assigns a request; returns false if the agent was removed or made inactive since the roster was read. The next run
/// assigns it.
fn assign(tx: &mut Tx<'_>, request: &CallbackRequest, agent: &mut duty::Candidate) -> Result<bool, Error> {
    if !agents::take_turn(tx.conn, agent.id, tx.now)? {
        return Ok(false);
    }
    service::assign_to(tx, request, agent.id)?;
    agent.open += 1;
    agent.last_assigned_at = Some(tx.now);
    Ok(true)
}

fn record_no_agent_on_duty(tx: &mut Tx<'_>, before: &CallbackRequest) -> Result<(), Error> {
    let mut after = before.clone();
    after.offered = true;
    save(tx, before, after, types::CALLBACK_REQUEST_UNASSIGNED).map(drop)
}

/// Unassigns requests that are due and have not changed for hours; returns how many. Otherwise a request whose agent
/// has stopped working would never be called.
pub fn unassign_idle(tx: &mut Tx<'_>) -> Result<usize, Error> {
    let unchanged_since = tx.now.plus_seconds(-MAX_IDLE);
    let idle = queue::lock_idle(tx.conn, unchanged_since, tx.now, BATCH)?;
    for before in &idle {
        let mut after = before.clone();
        service::put_back(&mut after);
        after.offered = false;
        save(tx, before, after, types::CALLBACK_REQUEST_UNASSIGNED)?;
    }
    Ok(idle.len())
}

/// Flags requests on closed days that were not flagged when the days were closed, because they were created
/// concurrently or were quarantined.
pub fn flag_closed_days(tx: &mut Tx<'_>) -> Result<(), Error> {
    let calendar = calendar::present(tx.conn, tx.now)?.calendar;
    calendar.closed_days.iter().try_for_each(|date| flag(tx, &calendar, *date, true))
}

/// Sets or clears the flag of the requests whose window is on a day that was closed or reopened.
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

/// Returns `[midnight, next midnight)` of a local day; `None` at the limits of the date type.
fn day_in_utc(calendar: &Calendar, date: Date) -> Option<(UtcTime, UtcTime)> {
    let midnight = |date: Date| {
        let zoned = date.to_zoned(calendar.zone.clone()).ok()?;
        Some(UtcTime::from_jiff(zoned.timestamp()))
    };
    Some((midnight(date)?, midnight(date.tomorrow().ok()?)?))
}

/// Deletes expired challenges; returns how many.
pub fn delete_expired_challenges(conn: &mut DbConn, now: UtcTime) -> Result<usize, Error> {
    store::delete_expired_challenges(conn, now)
}
