//! The chain of a request: those that were rerouted to it, and those that continue it.

use super::rows::CallbackRequest;
use super::store;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::CallbackRequestId;

/// Locks all requests of a chain, oldest first, so that no reroute extends it.
///
/// # Errors
/// 404.
pub fn lock(conn: &mut DbConn, id: CallbackRequestId) -> Result<Vec<CallbackRequest>, Error> {
    // Read without a lock, because what a request continues never changes.
    let mut first = id;
    while let Some(before) = store::find(conn, first)?.ok_or_else(Error::not_found)?.0.rerouted_from {
        first = before;
    }
    let mut chain = Vec::new();
    let mut next = Some(first);
    while let Some(wanted) = next {
        let found = store::lock(conn, wanted)?.ok_or_else(Error::not_found)?;
        next = found.rerouted_to;
        chain.push(found);
    }
    Ok(chain)
}
