//! The queue: the next request, requests to assign automatically, and missed requests.

use diesel::dsl::{count_star, not, sql};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text, Timestamp};

use crate::callbacks::requests::enums::{CallbackState, PromiseStatus};
use crate::callbacks::requests::rows::{CallbackRequest, Contact, RequestAndContact};
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::callback_requests::dsl;
use crate::kernel::db::schema::{agent_queues, agents, callback_contacts};
use crate::kernel::error::Error;
use crate::kernel::ids::{AgentId, CallbackRequestId, PersonId, QueueId};
use crate::kernel::time::UtcTime;
use crate::{fixed, with_backend};

/// Open requests without an agent and with a call of their own. This is the condition of two partial indexes.
macro_rules! waiting {
    () => {
        dsl::callback_requests
            .filter(dsl::open_place.is_not_null())
            .filter(dsl::agent_id.is_null())
            .filter(dsl::linked_to.is_null())
    };
}

/// One queue. The condition on `priority` is always true, but without a condition on the first columns of its index,
/// the SQLite planner prefers the index on `agent_id`, which has all requests that were closed without an agent.
macro_rules! queue {
    ($queue:expr) => {
        waiting!().filter(dsl::queue_id.eq($queue)).filter(dsl::priority.ge(0))
    };
}

/// Requests for which the agents on duty have not been checked yet. The condition on `id` is always true, as in
/// `queue`. `offered` is written without a bound value, with which SQLite does not use the partial index.
macro_rules! to_offer {
    () => {
        waiting!().filter(not(dsl::offered)).filter(dsl::id.gt(""))
    };
}

/// Locks and loads rows, except those that other transactions have locked.
macro_rules! load_unlocked {
    ($conn:expr, $query:expr) => {{
        let query = $query;
        match $conn {
            DbConn::Postgres(conn) => {
                query.select(CallbackRequest::as_select()).for_no_key_update().skip_locked().load(conn)
            }
            // SQLite has only one writer.
            DbConn::Sqlite(conn) => query.select(CallbackRequest::as_select()).load(conn),
        }
    }};
}

/// Returns the queues of an agent with a due request without an agent, the one with the most urgent request first; one
/// statement.
pub fn by_urgency(conn: &mut DbConn, agent: AgentId, now: UtcTime) -> Result<Vec<QueueId>, Error> {
    // As in `queue`.
    let most_urgent = sql::<Text>(
        "(SELECT due.id FROM callback_requests AS due WHERE due.open_place IS NOT NULL AND due.agent_id IS NULL \
         AND due.linked_to IS NULL AND due.queue_id = agent_queues.queue_id AND due.priority >= 0 AND due.due_from <= ",
    )
    .bind::<Timestamp, _>(now)
    .sql(" ORDER BY due.priority, due.due_by, due.id LIMIT 1)");
    let queues = agent_queues::table
        .inner_join(dsl::callback_requests.on(dsl::id.eq(most_urgent)))
        .filter(agent_queues::agent_id.eq(agent))
        .order((dsl::priority, dsl::due_by, dsl::id))
        .select(agent_queues::queue_id);
    Ok(with_backend!(conn, |conn| fixed!(queues).load(conn))?)
}

/// Locks the most urgent due request of a queue without an agent. Concurrent callers never get the same one.
pub fn lock_most_urgent(conn: &mut DbConn, queue: QueueId, now: UtcTime) -> Result<Option<CallbackRequest>, Error> {
    let due = queue!(queue).filter(dsl::due_from.le(now));
    let most_urgent = due.order((dsl::priority, dsl::due_by, dsl::id)).limit(1);
    let found: Vec<CallbackRequest> = load_unlocked!(conn, most_urgent)?;
    Ok(found.into_iter().next())
}

/// Locks requests for which the agents on duty have not been checked yet.
pub fn lock_to_offer(conn: &mut DbConn, most: i64) -> Result<Vec<CallbackRequest>, Error> {
    Ok(load_unlocked!(conn, to_offer!().order(dsl::id).limit(most))?)
}

/// Locks due requests of a queue without an agent that were checked before, for example when no agent was on duty.
pub fn lock_offered(conn: &mut DbConn, queue: QueueId, now: UtcTime, most: i64) -> Result<Vec<CallbackRequest>, Error> {
    let due = queue!(queue)
        .filter(dsl::offered.eq(true))
        .filter(dsl::due_from.le(now))
        .order((dsl::priority, dsl::due_by, dsl::id))
        .limit(most);
    Ok(load_unlocked!(conn, due)?)
}

/// Locks assigned requests of a queue that were due before `now` and were last changed before `unchanged_since`.
pub fn lock_idle(
    conn: &mut DbConn,
    queue: QueueId,
    unchanged_since: UtcTime,
    now: UtcTime,
    most: i64,
) -> Result<Vec<CallbackRequest>, Error> {
    let idle = dsl::callback_requests
        .filter(dsl::open_place.is_not_null())
        .filter(dsl::agent_id.is_not_null())
        // As an expression, so that SQLite does not use the index of all requests of the queue.
        .filter(dsl::queue_id.concat("").eq(queue))
        .filter(dsl::state.eq(CallbackState::Assigned))
        .filter(dsl::updated_at.lt(unchanged_since))
        .filter(dsl::due_by.lt(now))
        .order(dsl::updated_at)
        .limit(most);
    Ok(load_unlocked!(conn, idle)?)
}

/// Whether any request of these queues can be assigned automatically at `now`.
pub fn is_waiting(conn: &mut DbConn, queues: &[QueueId], now: UtcTime) -> Result<bool, Error> {
    let new = to_offer!().limit(1).select(dsl::id);
    if !new.load::<CallbackRequestId>(conn)?.is_empty() {
        return Ok(true);
    }
    for id in queues {
        let due = queue!(*id).filter(dsl::due_from.le(now)).limit(1).select(dsl::id);
        if !due.load::<CallbackRequestId>(conn)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns the number of requests in each of these open states; states without requests are left out.
pub fn count_by_state(conn: &mut DbConn, open: &[CallbackState]) -> Result<Vec<(CallbackState, i64)>, Error> {
    Ok(with_backend!(conn, |conn| dsl::callback_requests
        .filter(dsl::open_place.is_not_null())
        .filter(dsl::state.eq_any(open))
        .group_by(dsl::state)
        .select((dsl::state, count_star()))
        .load(conn))?)
}

/// Returns the number of requests that are due at `now` and have no agent.
pub fn count_due(conn: &mut DbConn, now: UtcTime) -> Result<i64, Error> {
    let mut total = 0;
    // One priority at a time, and with a condition on `due_by` that is always true: otherwise both planners can prefer
    // the index on `agent_id`, which has all requests that were closed without an agent.
    for priority in [0, 1] {
        let count: i64 = waiting!()
            .filter(dsl::priority.eq(priority))
            .filter(dsl::due_by.gt(UtcTime::from_unix_micros(0)))
            .filter(dsl::due_from.le(now))
            .count()
            .get_result(conn)?;
        total += count;
    }
    Ok(total)
}

/// Returns the number of requests without an agent whose promised time ends at `until` or earlier, and whose promise
/// can still be kept.
pub fn count_at_risk(conn: &mut DbConn, until: UtcTime) -> Result<i64, Error> {
    Ok(waiting!()
        .filter(dsl::priority.eq(1))
        .filter(dsl::due_by.le(until))
        .filter(dsl::promise.eq(PromiseStatus::Pending))
        .count()
        .get_result(conn)?)
}

/// Returns open requests without a call in opening hours whose promise ends in `(now, until]`, and for which this was
/// not recorded yet.
pub fn at_risk(conn: &mut DbConn, now: UtcTime, until: UtcTime, most: i64) -> Result<Vec<CallbackRequestId>, Error> {
    Ok(dsl::callback_requests
        .filter(dsl::open_place.is_not_null())
        .filter(dsl::linked_to.is_null())
        // The condition of the partial index, written out, as in `uncalled`.
        .filter(sql::<Bool>(
            "callback_requests.first_attempt_after IS NULL AND callback_requests.priority = 1 \
             AND NOT callback_requests.at_risk",
        ))
        .filter(dsl::state.ne(CallbackState::Calling))
        .filter(dsl::promised_by.gt(now))
        .filter(dsl::promised_by.le(until))
        .order((dsl::promised_by, dsl::id))
        .limit(most)
        .select(dsl::id)
        .load(conn)?)
}

/// Returns open requests without a call in opening hours whose promised time has passed.
pub fn uncalled(conn: &mut DbConn, now: UtcTime, most: i64) -> Result<Vec<CallbackRequestId>, Error> {
    Ok(dsl::callback_requests
        .filter(dsl::open_place.is_not_null())
        .filter(dsl::linked_to.is_null())
        // The condition of the partial index, written out, because with bound values SQLite does not use the index. A
        // request is missed only once.
        .filter(sql::<Bool>("callback_requests.first_attempt_after IS NULL AND callback_requests.priority = 1"))
        .filter(dsl::state.ne(CallbackState::Calling))
        .filter(dsl::promised_by.le(now))
        .order((dsl::promised_by, dsl::id))
        .limit(most)
        .select(dsl::id)
        .load(conn)?)
}

/// Returns the number of open requests of each agent.
pub fn open_by_agent(conn: &mut DbConn) -> Result<Vec<(AgentId, i64)>, Error> {
    Ok(dsl::callback_requests
        .filter(dsl::open_place.is_not_null())
        .filter(dsl::agent_id.is_not_null())
        .group_by(dsl::agent_id)
        .select((dsl::agent_id.assume_not_null(), diesel::dsl::count_star()))
        .load(conn)?)
}

/// Returns the ids of the open requests that are assigned to a person.
pub fn assigned_to(conn: &mut DbConn, person: PersonId, most: i64) -> Result<Vec<CallbackRequestId>, Error> {
    let agent = agents::table.filter(agents::person_id.eq(person)).select(agents::id.nullable());
    Ok(dsl::callback_requests
        .filter(dsl::agent_id.eq_any(agent))
        .filter(dsl::open_place.is_not_null())
        .order(dsl::id)
        .limit(most)
        .select(dsl::id)
        .load(conn)?)
}

/// Returns the open requests of an agent with their contact data, for the agent's calendar.
pub fn calls_of(conn: &mut DbConn, agent: AgentId, most: i64) -> Result<Vec<RequestAndContact>, Error> {
    Ok(dsl::callback_requests
        .left_join(callback_contacts::table)
        .filter(dsl::agent_id.eq(agent))
        .filter(dsl::open_place.is_not_null())
        .order(dsl::id)
        .limit(most)
        .select((CallbackRequest::as_select(), Option::<Contact>::as_select()))
        .load(conn)?)
}

/// A request with a window.
#[derive(Debug, Clone, Queryable)]
pub struct Booked {
    pub id: CallbackRequestId,
    pub from: UtcTime,
    pub by: UtcTime,
    pub closed_day: bool,
}

/// Returns the open requests of these queues whose window starts in `[from, to)`, oldest first.
pub fn booked(conn: &mut DbConn, queues: &[QueueId], from: UtcTime, to: UtcTime) -> Result<Vec<Booked>, Error> {
    Ok(with_backend!(conn, |conn| dsl::callback_requests
        .filter(dsl::open_place.is_not_null())
        .filter(dsl::promised_from.ge(from))
        .filter(dsl::promised_from.lt(to))
        // As an expression, as in `lock_idle`.
        .filter(dsl::queue_id.concat("").eq_any(queues))
        .order(dsl::id)
        .select((dsl::id, dsl::promised_from.assume_not_null(), dsl::promised_by, dsl::closed_day))
        .load(conn))?)
}
