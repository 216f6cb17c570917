//! Transactions that do not wait for the disk.

use diesel::connection::SimpleConnection;

use super::DbConn;
use crate::kernel::error::Error;

/// Lets the commit of this transaction return before it is on disk, so that a crash of the database server can undo it.
/// Later commits make it durable. Does nothing on SQLite, where the commit covers other transactions as well.
pub fn commit_asynchronously(conn: &mut DbConn) -> Result<(), Error> {
    if let DbConn::Postgres(conn) = conn {
        conn.batch_execute("SET LOCAL synchronous_commit TO off")?;
    }
    Ok(())
}
