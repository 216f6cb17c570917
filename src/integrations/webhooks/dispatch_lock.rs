//! The lock that keeps events from being dispatched.
//!
//! Rule: what rewrites events, or changes which deliveries an endpoint gets, takes this lock before it locks an endpoint;
//! otherwise the dispatcher could queue an event in between.

use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::events::store;

/// Locks out every dispatcher until the end of the transaction.
pub fn lock(conn: &mut DbConn) -> Result<(), Error> {
    store::lock_sequence(conn).map(drop)
}
