//! Locks and cancels several requests with few statements.

use diesel::prelude::*;

use crate::callbacks::requests::enums::{CallbackState, PromiseStatus};
use crate::callbacks::requests::rows::CallbackRequest;
use crate::kernel::db::schema::callback_requests::{self, dsl};
use crate::kernel::db::{CachedDsl, DbConn, any_of};
use crate::kernel::error::Error;
use crate::kernel::ids::{AgentId, CallbackRequestId};
use crate::kernel::time::UtcTime;
use crate::load_locked;
use crate::with_backend;

/// Locks the open and quarantined requests of a number, oldest first.
pub fn lock_waiting_of_number(conn: &mut DbConn, phone_e164: &str) -> Result<Vec<CallbackRequest>, Error> {
    let waiting = dsl::callback_requests
        .filter(dsl::phone_e164.eq(phone_e164))
        .filter(dsl::open_place.is_not_null().or(dsl::state.eq(CallbackState::Quarantined)))
        .order(dsl::id);
    Ok(load_locked!(conn, waiting.select(CallbackRequest::as_select()))?)
}

/// Locks the open requests that are linked to one of these, oldest first.
pub fn lock_linked_to(conn: &mut DbConn, ids: &[CallbackRequestId]) -> Result<Vec<CallbackRequest>, Error> {
    let linked = any_of(dsl::linked_to, ids)?;
    let linked = dsl::callback_requests.filter(linked).filter(dsl::open_place.is_not_null()).order(dsl::id);
    Ok(load_locked!(conn, linked.select(CallbackRequest::as_select()))?)
}

/// Cancels open and quarantined requests. Pending promises become void; `agent` is the caller, if on the roster.
pub fn cancel(conn: &mut DbConn, ids: &[CallbackRequestId], agent: Option<AgentId>, now: UtcTime) -> Result<(), Error> {
    let (pending, all) = (any_of(dsl::id, ids)?, any_of(dsl::id, ids)?);
    with_backend!(conn, |conn| diesel::update(callback_requests::table)
        .filter(pending)
        .filter(dsl::promise.eq(PromiseStatus::Pending))
        .set((dsl::promise.eq(PromiseStatus::Void), dsl::voided_at.eq(Some(now)), dsl::voided_by.eq(agent)))
        .cached()
        .execute(conn))?;
    with_backend!(conn, |conn| diesel::update(callback_requests::table)
        .filter(all)
        .set((
            dsl::state.eq(CallbackState::Cancelled),
            dsl::open_place.eq(None::<i32>),
            dsl::version.eq(dsl::version + 1),
            dsl::updated_at.eq(now),
        ))
        .cached()
        .execute(conn))?;
    Ok(())
}
