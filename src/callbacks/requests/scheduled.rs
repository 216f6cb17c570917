//! Scheduled changes of open requests, each recorded once, whatever the number of replicas.
//!
//! Rules: a request whose promised time has passed without a call in opening hours is missed, loses its agent, and is
//! first in its queue; ten minutes before, this is announced; an unassigned request is assigned automatically to an
//! agent of its queue who is on duty when it is due; if no agent is, this is recorded once and the request waits for
//! the next agent on duty or for a claim; a call that is not ended is abandoned.

use std::collections::{BTreeSet, HashMap};

use jiff::tz::TimeZone;

use super::enums::{CallbackState, PromiseStatus};
use super::progress;
use super::rows::CallbackRequest;
use super::service;
use super::store::{self, queue};
use super::transitions::save;
use crate::callbacks::agents::{self, duty};
use crate::callbacks::queues::{self, Which};
use crate::kernel::db::{DbConn, locks};
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::ids::{CallbackRequestId, QueueId};
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// How long before a promise is broken this is announced, in seconds.
const AT_RISK: i64 = 600;
/// Maximum number of requests that are changed in one transaction.
const BATCH: i64 = 50;

/// Whether an open request was not called in opening hours and was not missed yet.
fn is_uncalled(request: &CallbackRequest) -> bool {
    let is_waiting = request.state.is_open() && request.state != CallbackState::Calling;
    is_waiting && request.priority == 1 && request.first_attempt_after.is_none() && request.linked_to.is_none()
}

/// Returns open requests without a call whose promise will be broken within ten minutes, at most `limit`.
pub fn at_risk(conn: &mut DbConn, now: UtcTime, limit: i64) -> Result<Vec<CallbackRequestId>, Error> {
    queue::at_risk(conn, now, now.plus_seconds(AT_RISK), limit)
}

/// Records that a promise will be broken soon; returns false if another replica did, or a call was made.
pub fn announce_risk(tx: &mut Tx<'_>, id: CallbackRequestId) -> Result<bool, Error> {
    let Some(before) = store::lock(tx.conn, id)? else { return Ok(false) };
    let is_soon = before.promised_by > tx.now && before.promised_by <= tx.now.plus_seconds(AT_RISK);
    if !is_uncalled(&before) || !is_soon || before.at_risk {
        return Ok(false);
    }
    let after = CallbackRequest { at_risk: true, ..before.clone() };
    save(tx, &before, after, types::PROMISE_AT_RISK)?;
    Ok(true)
}

/// Returns open requests without a call whose promised time has passed, at most `limit`.
pub fn uncalled(conn: &mut DbConn, now: UtcTime, limit: i64) -> Result<Vec<CallbackRequestId>, Error> {
    queue::uncalled(conn, now, limit)
}

/// Records that a request was missed; returns false if another replica did, or a call was made.
pub fn miss(tx: &mut Tx<'_>, id: CallbackRequestId) -> Result<bool, Error> {
    let Some(before) = store::lock(tx.conn, id)? else { return Ok(false) };
    if !is_uncalled(&before) || before.promised_by > tx.now {
        return Ok(false);
    }
    let mut after = before.clone();
    after.state = CallbackState::Missed;
    after.priority = 0;
    (after.agent_id, after.offered) = (None, false);
    if before.promise == PromiseStatus::Pending {
        after.promise = PromiseStatus::Broken;
        after.promise_agent_id = progress::holder_at_end(before.agent_id, before.held_since, before.first_promised_by);
    }
    save(tx, &before, after, types::CALLBACK_REQUEST_MISSED)?;
    Ok(true)
}

/// Whether there may be requests for [`assign_waiting`]. This read is cheap enough to run often. Without agents on the
/// roster there are none, whatever the length of the queue.
pub fn is_waiting(conn: &mut DbConn, now: UtcTime) -> Result<bool, Error> {
    let queues = agents::planned_queues(conn)?;
    Ok(!queues.is_empty() && queue::is_waiting(conn, &queues, now)?)
}

/// Assigns waiting requests to the agents on duty; returns how many requests were assigned, or had no agent on duty
/// for the first time.
pub fn assign_waiting(tx: &mut Tx<'_>) -> Result<usize, Error> {
    let mut roster = agents::roster(tx.conn)?;
    // One replica at a time, so that the numbers of open requests are correct.
    if roster.is_empty() || !locks::try_acquire(tx.conn, "callbacks: hand out")? {
        return Ok(0);
    }
    let mut zones = Zones::default();
    for (id, open) in queue::open_by_agent(tx.conn)? {
        if let Some(agent) = roster.iter_mut().find(|agent| agent.id == id) {
            agent.open = open;
        }
    }
    let mut moved = 0;
    for request in queue::lock_to_offer(tx.conn, BATCH)? {
        let (at, zone) = (request.due_from.max(tx.now).to_jiff(), zones.of(tx, request.queue_id)?);
        let next = duty::next_in_turn(&roster, request.queue_id, &zone, at);
        match next.and_then(|index| roster.get_mut(index)) {
            Some(agent) => moved += usize::from(assign(tx, &request, agent)?),
            None => {
                record_no_agent_on_duty(tx, &request)?;
                moved += 1;
            }
        }
    }
    let planned: BTreeSet<QueueId> = roster.iter().flat_map(|agent| agent.queues.keys().copied()).collect();
    for id in planned {
        let zone = zones.of(tx, id)?;
        moved += assign_offered(tx, id, &zone, &mut roster)?;
    }
    Ok(moved)
}

/// Assigns the requests of a queue that are due and were offered before to the agents who are on duty now.
fn assign_offered(
    tx: &mut Tx<'_>,
    queue: QueueId,
    zone: &TimeZone,
    roster: &mut [duty::Candidate],
) -> Result<usize, Error> {
    let now = tx.now.to_jiff();
    if duty::next_in_turn(roster, queue, zone, now).is_none() {
        return Ok(0);
    }
    let mut moved = 0;
    for request in queue::lock_offered(tx.conn, queue, tx.now, BATCH)? {
        let next = duty::next_in_turn(roster, queue, zone, now);
        if let Some(agent) = next.and_then(|index| roster.get_mut(index)) {
            moved += usize::from(assign(tx, &request, agent)?);
        }
    }
    Ok(moved)
}

/// The time zones of the calendars of queues.
#[derive(Default)]
struct Zones(HashMap<QueueId, TimeZone>);

impl Zones {
    fn of(&mut self, tx: &mut Tx<'_>, queue: QueueId) -> Result<TimeZone, Error> {
        if let Some(zone) = self.0.get(&queue) {
            return Ok(zone.clone());
        }
        let found = queues::present(tx.conn, Which::Id(queue), tx.now)?;
        let zone = found.ok_or_else(|| Error::internal("the queue does not exist"))?.calendar.zone;
        Ok(self.0.entry(queue).or_insert(zone).clone())
    }
}

/// Assigns a request; returns false if the agent was removed, was made inactive or left the queue since the roster was
/// read. The next run assigns it.
fn assign(tx: &mut Tx<'_>, request: &CallbackRequest, agent: &mut duty::Candidate) -> Result<bool, Error> {
    // The queues are read again under the lock of the agent.
    if !agents::take_turn(tx.conn, agent.id, tx.now)? || !agents::is_in_queue(tx.conn, agent.id, request.queue_id)? {
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

/// Unassigns requests that are due and have not changed for the time that is a setting of their queue; returns how
/// many. Otherwise a request whose agent has stopped working would never be called.
pub fn unassign_idle(tx: &mut Tx<'_>) -> Result<usize, Error> {
    let mut unassigned = 0;
    for (id, minutes) in queues::return_times(tx.conn, tx.now)? {
        let unchanged_since = tx.now.plus_seconds(-60 * i64::from(minutes));
        for before in &queue::lock_idle(tx.conn, id, unchanged_since, tx.now, BATCH)? {
            let mut after = before.clone();
            service::put_back(&mut after);
            after.offered = false;
            save(tx, before, after, types::CALLBACK_REQUEST_UNASSIGNED)?;
            unassigned += 1;
        }
    }
    Ok(unassigned)
}

/// Deletes expired challenges; returns how many.
pub fn delete_expired_challenges(conn: &mut DbConn, now: UtcTime) -> Result<usize, Error> {
    store::delete_expired_challenges(conn, now)
}
