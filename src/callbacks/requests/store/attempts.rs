//! Reads and writes call attempts.

use diesel::prelude::*;

use crate::callbacks::requests::rows::CallAttempt;
use crate::kernel::db::schema::call_attempts::{self, dsl};
use crate::kernel::db::{DbConn, any_of};
use crate::kernel::error::Error;
use crate::kernel::ids::CallbackRequestId;
use crate::with_backend;

pub fn insert(conn: &mut DbConn, attempt: &CallAttempt) -> Result<(), Error> {
    diesel::insert_into(call_attempts::table).values(attempt).execute(conn)?;
    Ok(())
}

/// Returns the attempts of a request, ordered by number.
pub fn list(conn: &mut DbConn, request: CallbackRequestId) -> Result<Vec<CallAttempt>, Error> {
    Ok(dsl::call_attempts
        .filter(dsl::request_id.eq(request))
        .order(dsl::number)
        .select(CallAttempt::as_select())
        .load(conn)?)
}

/// Returns the attempts of several requests, ordered by request and number.
pub fn list_of(conn: &mut DbConn, requests: &[CallbackRequestId]) -> Result<Vec<CallAttempt>, Error> {
    if requests.is_empty() {
        return Ok(Vec::new());
    }
    let of_requests = any_of(dsl::request_id, requests)?;
    Ok(with_backend!(conn, |conn| dsl::call_attempts
        .filter(of_requests)
        .order((dsl::request_id, dsl::number))
        .select(CallAttempt::as_select())
        .load(conn))?)
}
