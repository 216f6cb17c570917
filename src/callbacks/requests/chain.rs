//! The chain of a request: those that were rerouted to it, and those that continue it.

use super::rows::CallbackRequest;
use super::store;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::CallbackRequestId;

/// Maximum number of requests in a chain, so that the last one is found by the id of the first one with few reads.
pub const MAX_LENGTH: usize = 20;

/// Whether another request can continue the chain of its last request.
pub fn can_be_continued(conn: &mut DbConn, last: &CallbackRequest) -> Result<bool, Error> {
    Ok(earlier(conn, last.rerouted_from)?.len() + 1 < MAX_LENGTH)
}

/// Returns the requests of a chain up to this one, newest first. They are read without a lock, because what a request
/// continues never changes.
fn earlier(conn: &mut DbConn, last: Option<CallbackRequestId>) -> Result<Vec<CallbackRequestId>, Error> {
    let mut found = Vec::new();
    let mut next = last;
    while let Some(id) = next {
        next = store::find(conn, id)?.ok_or_else(Error::not_found)?.0.rerouted_from;
        found.push(id);
    }
    Ok(found)
}

/// Locks all requests of a chain, oldest first, so that no reroute extends it.
///
/// # Errors
/// 404.
pub fn lock(conn: &mut DbConn, id: CallbackRequestId) -> Result<Vec<CallbackRequest>, Error> {
    let mut chain = Vec::new();
    let mut next = earlier(conn, Some(id))?.pop();
    while let Some(wanted) = next {
        let found = store::lock(conn, wanted)?.ok_or_else(Error::not_found)?;
        next = found.rerouted_to;
        chain.push(found);
    }
    Ok(chain)
}
