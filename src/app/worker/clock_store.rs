//! The stored state of the clock: one row, written by the cleanup of each worker, once a minute at most.

use std::time::Duration;

use diesel::prelude::*;

use super::clock::ClockState;
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::worker_clock;
use crate::kernel::error::Error;
use crate::kernel::time::UtcTime;
use crate::with_backend;

/// The id of the only row.
const ID: i32 = 1;

#[derive(Queryable, Insertable, AsChangeset)]
#[diesel(table_name = worker_clock, treat_none_as_default_value = false)]
struct Row {
    id: i32,
    seen_at: UtcTime,
    wait_seconds: i64,
    jumped: bool,
}

/// Returns the stored state; `None` in a new installation.
///
/// # Errors
/// When the query fails.
pub fn read(conn: &mut DbConn) -> Result<Option<ClockState>, Error> {
    let stored: Option<Row> = with_backend!(conn, |conn| worker_clock::table.find(ID).first::<Row>(conn)).optional()?;
    Ok(stored.map(|Row { seen_at, wait_seconds, jumped, .. }| ClockState {
        seen_at,
        wait: Duration::from_secs(wait_seconds.unsigned_abs()),
        jumped,
    }))
}

/// Returns the state as it is stored: a wait is rounded up to seconds, so that a restart never shortens it.
#[must_use]
pub fn rounded(state: ClockState) -> ClockState {
    let seconds = state.wait.as_secs() + u64::from(state.wait.subsec_nanos() > 0);
    ClockState { wait: Duration::from_secs(seconds), ..state }
}

/// Stores a rounded state.
///
/// # Errors
/// When the statement fails.
pub fn write(conn: &mut DbConn, state: ClockState) -> Result<(), Error> {
    let wait_seconds = i64::try_from(state.wait.as_secs()).unwrap_or(i64::MAX);
    let row = Row { id: ID, seen_at: state.seen_at, wait_seconds, jumped: state.jumped };
    with_backend!(conn, |conn| diesel::insert_into(worker_clock::table)
        .values(&row)
        .on_conflict(worker_clock::id)
        .do_update()
        .set(&row)
        .execute(conn))?;
    Ok(())
}
