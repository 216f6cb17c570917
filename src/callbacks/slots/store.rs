//! Reads the calls that a queue still has to make, and the queues without agents.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::kernel::db::DbConn;
use crate::kernel::db::schema::{callback_requests, queue_versions, queues, slots};
use crate::kernel::error::Error;
use crate::kernel::ids::QueueId;
use crate::kernel::time::UtcTime;
use crate::with_backend;

/// Returns the number of calls as soon as possible that a queue still has to make.
pub fn waiting(conn: &mut DbConn, queue: QueueId) -> Result<i64, Error> {
    Ok(with_backend!(conn, |conn| callback_requests::table
        .filter(callback_requests::queue_id.eq(queue))
        .filter(callback_requests::open_place.is_not_null())
        .filter(callback_requests::slot_id.is_null())
        .filter(callback_requests::linked_to.is_null())
        // Written without a bound value, with which SQLite does not use the partial index.
        .filter(sql::<Bool>("callback_requests.first_attempt_after IS NULL"))
        .count()
        .get_result(conn))?)
}

/// Returns the starts of the slots of a queue that end after `now`, with the calls that are booked in each. Slots last
/// at most four hours.
pub fn booked(conn: &mut DbConn, queue: QueueId, now: UtcTime) -> Result<Vec<(UtcTime, i32)>, Error> {
    let recent = now.plus_seconds(-4 * 3_600);
    Ok(with_backend!(conn, |conn| slots::table
        .filter(slots::queue_id.eq(queue))
        .filter(slots::starts_at.ge(recent))
        .filter(slots::ends_at.gt(now))
        .order(slots::starts_at)
        .select((slots::starts_at, slots::booked))
        .load(conn))?)
}

/// Returns the queues whose capacity comes from the roster at `now`, with their keys.
pub fn from_roster(conn: &mut DbConn, now: UtcTime) -> Result<Vec<(QueueId, String)>, Error> {
    Ok(queues::table
        .inner_join(queue_versions::table)
        .filter(queue_versions::capacity_source.eq("roster"))
        .filter(queue_versions::starts_at.le(now))
        .filter(queue_versions::ends_at.is_null().or(queue_versions::ends_at.gt(now)))
        .order(queues::id)
        .select((queues::id, queues::key))
        .load(conn)?)
}
