//! Reads and writes calls.

use diesel::prelude::*;

use crate::callbacks::requests::enums::CallOutcome;
use crate::callbacks::requests::rows::Call;
use crate::kernel::db::errors::Constraint;
use crate::kernel::db::schema::calls::{self, dsl};
use crate::kernel::db::{CachedDsl, DbConn, any_of};
use crate::kernel::error::Error;
use crate::kernel::ids::{CallId, CallbackRequestId};
use crate::kernel::time::UtcTime;
use crate::with_backend;

const AGENT_IS_CALLING: Constraint = Constraint::new("calls_open_of_agent", "calls.agent_id");

/// The agent has a running call.
#[derive(Debug)]
pub struct AgentIsCalling;

pub fn insert(conn: &mut DbConn, call: &Call) -> Result<Result<(), AgentIsCalling>, Error> {
    match diesel::insert_into(calls::table).values(call).execute(conn) {
        Ok(_) => Ok(Ok(())),
        Err(error) if AGENT_IS_CALLING.violated_by(&error) => Ok(Err(AgentIsCalling)),
        Err(error) => Err(error.into()),
    }
}

/// Ends a running call and returns it; `None` if it has ended.
pub fn end(
    conn: &mut DbConn,
    id: CallId,
    ended_at: UtcTime,
    outcome: CallOutcome,
    notes: Option<&str>,
) -> Result<Option<Call>, Error> {
    let running = calls::table.filter(dsl::id.eq(id)).filter(dsl::ended_at.is_null());
    Ok(diesel::update(running)
        .set((dsl::ended_at.eq(Some(ended_at)), dsl::outcome.eq(Some(outcome)), dsl::notes.eq(notes)))
        .returning(calls::all_columns)
        .cached()
        .get_result(conn)
        .optional()?)
}

pub fn find(conn: &mut DbConn, id: CallId) -> Result<Option<Call>, Error> {
    Ok(calls::table.filter(dsl::id.eq(id)).select(Call::as_select()).get_result(conn).optional()?)
}

/// Returns running calls that started at `limit` or before, the oldest first.
pub fn running_since(conn: &mut DbConn, limit: UtcTime, most: i64) -> Result<Vec<CallId>, Error> {
    Ok(calls::table
        .filter(dsl::ended_at.is_null())
        .filter(dsl::started_at.le(limit))
        .order((dsl::started_at, dsl::id))
        .limit(most)
        .select(dsl::id)
        .load(conn)?)
}

/// Returns the calls of a request, ordered by number.
pub fn list(conn: &mut DbConn, request: CallbackRequestId) -> Result<Vec<Call>, Error> {
    let of_request = calls::table.filter(dsl::request_id.eq(request));
    Ok(of_request.order(dsl::number).select(Call::as_select()).load(conn)?)
}

/// Returns the calls of several requests, ordered by request and number.
pub fn list_of(conn: &mut DbConn, requests: &[CallbackRequestId]) -> Result<Vec<Call>, Error> {
    if requests.is_empty() {
        return Ok(Vec::new());
    }
    let of_requests = any_of(dsl::request_id, requests)?;
    Ok(with_backend!(conn, |conn| calls::table
        .filter(of_requests)
        .order((dsl::request_id, dsl::number))
        .select(Call::as_select())
        .load(conn))?)
}
