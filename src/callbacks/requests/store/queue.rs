//! What the queue asks of the requests: the next one, those to hand out, those that were missed.

use diesel::prelude::*;

use super::{CallbackRequest, Contact, Whole};
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::callback_contacts;
use crate::kernel::db::schema::callback_requests::dsl;
use crate::kernel::error::Error;
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::time::UtcTime;
use crate::load_kept;

/// What waits and is nobody's; the condition of two indexes.
macro_rules! waiting {
    () => {
        dsl::callback_requests
            .filter(dsl::open_place.is_not_null())
            .filter(dsl::assigned_to.is_null())
            .filter(dsl::linked_to.is_null())
    };
}

/// Loads rows and keeps them for the rest of the transaction, passing over those that others keep.
macro_rules! load_unkept {
    ($conn:expr, $query:expr) => {{
        let query = $query;
        match $conn {
            DbConn::Postgres(conn) => {
                query.select(CallbackRequest::as_select()).for_no_key_update().skip_locked().load(conn)
            }
            // The writer is alone.
            DbConn::Sqlite(conn) => query.select(CallbackRequest::as_select()).load(conn),
        }
    }};
}

/// Takes the most urgent request that waits for an agent; two callers never get the same.
pub fn lock_most_urgent(conn: &mut DbConn, now: UtcTime) -> Result<Option<CallbackRequest>, Error> {
    let most_urgent = waiting!().filter(dsl::due_from.le(now)).order((dsl::priority, dsl::due_by, dsl::id)).limit(1);
    let found: Vec<CallbackRequest> = load_unkept!(conn, most_urgent)?;
    Ok(found.into_iter().next())
}

/// Takes requests that the agents on duty have not been asked about.
pub fn lock_to_offer(conn: &mut DbConn, most: i64) -> Result<Vec<CallbackRequest>, Error> {
    Ok(load_unkept!(conn, waiting!().filter(dsl::offered.eq(false)).order(dsl::id).limit(most))?)
}

/// Takes requests that are due, and for which nobody was on duty before.
pub fn lock_left_over(conn: &mut DbConn, now: UtcTime, most: i64) -> Result<Vec<CallbackRequest>, Error> {
    let left = waiting!()
        .filter(dsl::offered.eq(true))
        .filter(dsl::due_from.le(now))
        .order((dsl::priority, dsl::due_by, dsl::id))
        .limit(most);
    Ok(load_unkept!(conn, left)?)
}

/// Takes requests in somebody's hands that were due before `now` and have not changed since `silent_since`.
pub fn lock_held(
    conn: &mut DbConn,
    silent_since: UtcTime,
    now: UtcTime,
    most: i64,
) -> Result<Vec<CallbackRequest>, Error> {
    let held = dsl::callback_requests
        .filter(dsl::open_place.is_not_null())
        .filter(dsl::assigned_to.is_not_null())
        .filter(dsl::updated_at.lt(silent_since))
        .filter(dsl::due_by.lt(now))
        .order(dsl::updated_at)
        .limit(most);
    Ok(load_unkept!(conn, held)?)
}

/// Whether something waits to be handed out at `now`.
pub fn is_waiting(conn: &mut DbConn, now: UtcTime) -> Result<bool, Error> {
    let new = waiting!().filter(dsl::offered.eq(false)).limit(1).select(dsl::id);
    if !new.load::<CallbackRequestId>(conn)?.is_empty() {
        return Ok(true);
    }
    let due = waiting!().filter(dsl::due_from.le(now)).limit(1).select(dsl::id);
    Ok(!due.load::<CallbackRequestId>(conn)?.is_empty())
}

/// Open requests that nobody has called although their time is over.
pub fn uncalled(conn: &mut DbConn, now: UtcTime, most: i64) -> Result<Vec<CallbackRequestId>, Error> {
    Ok(dsl::callback_requests
        .filter(dsl::open_place.is_not_null())
        .filter(dsl::linked_to.is_null())
        .filter(dsl::attempts.eq(0))
        // What was missed once is not missed again by whoever got it then.
        .filter(dsl::priority.eq(1))
        .filter(dsl::promised_by.le(now))
        .order((dsl::promised_by, dsl::id))
        .limit(most)
        .select(dsl::id)
        .load(conn)?)
}

/// Open requests per agent.
pub fn open_by_agent(conn: &mut DbConn) -> Result<Vec<(String, i64)>, Error> {
    Ok(dsl::callback_requests
        .filter(dsl::open_place.is_not_null())
        .filter(dsl::assigned_to.is_not_null())
        .group_by(dsl::assigned_to)
        .select((dsl::assigned_to.assume_not_null(), diesel::dsl::count_star()))
        .load(conn)?)
}

/// The open requests in an agent's hands.
pub fn assigned_to(conn: &mut DbConn, subject: &str, most: i64) -> Result<Vec<CallbackRequestId>, Error> {
    Ok(dsl::callback_requests
        .filter(dsl::assigned_to.eq(subject))
        .filter(dsl::open_place.is_not_null())
        .order(dsl::id)
        .limit(most)
        .select(dsl::id)
        .load(conn)?)
}

/// The same with all they tell, for the agent's calendar.
pub fn calls_of(conn: &mut DbConn, subject: &str, most: i64) -> Result<Vec<Whole>, Error> {
    Ok(dsl::callback_requests
        .left_join(callback_contacts::table)
        .filter(dsl::assigned_to.eq(subject))
        .filter(dsl::open_place.is_not_null())
        .order(dsl::id)
        .limit(most)
        .select((CallbackRequest::as_select(), Option::<Contact>::as_select()))
        .load(conn)?)
}

/// Takes the open requests whose window starts in `[from, to)` and that are flagged the other way.
pub fn lock_in_window(
    conn: &mut DbConn,
    from: UtcTime,
    to: UtcTime,
    closed: bool,
) -> Result<Vec<CallbackRequest>, Error> {
    let booked = dsl::callback_requests
        .filter(dsl::open_place.is_not_null())
        .filter(dsl::promised_from.ge(from))
        .filter(dsl::promised_from.lt(to))
        .filter(dsl::closed_day.ne(closed))
        .order(dsl::id);
    Ok(load_kept!(conn, booked.select(CallbackRequest::as_select()))?)
}
