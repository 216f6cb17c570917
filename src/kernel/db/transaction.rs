//! Transaction control by hand, which the executor needs: it keeps a transaction open across
//! closures. diesel is told of each step, because some of its own work (inserting several rows on
//! SQLite) depends on whether a transaction is open.

use diesel::QueryResult;
use diesel::connection::{AnsiTransactionManager, TransactionManager};

use super::connection::DbConn;
use crate::with_backend;

/// Opens a transaction. On SQLite it takes the write lock at once: a transaction that reads first
/// and writes later fails under load, whatever the busy timeout.
pub fn begin(conn: &mut DbConn) -> QueryResult<()> {
    match conn {
        DbConn::Postgres(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN"),
        DbConn::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE"),
    }
}

/// Sets a savepoint in the open transaction.
pub fn begin_nested(conn: &mut DbConn) -> QueryResult<()> {
    with_backend!(conn, |conn| AnsiTransactionManager::begin_transaction(conn))
}

/// Commits the innermost step; rolls it back when that fails.
pub fn commit(conn: &mut DbConn) -> QueryResult<()> {
    with_backend!(conn, |conn| AnsiTransactionManager::commit_transaction(conn))
}

/// Undoes the innermost step.
pub fn rollback(conn: &mut DbConn) -> QueryResult<()> {
    with_backend!(conn, |conn| AnsiTransactionManager::rollback_transaction(conn))
}
