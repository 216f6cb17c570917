//! Explicit transaction control for the executor, which keeps a transaction open across closures. All steps use the
//! transaction manager of diesel, because some of its queries (multi-row inserts on SQLite) depend on its state.

use diesel::QueryResult;
use diesel::connection::{AnsiTransactionManager, TransactionManager};

use super::connection::DbConn;
use crate::with_backend;

/// Begins a transaction. On SQLite it acquires the write lock immediately: a transaction that reads first and writes
/// later fails under load, regardless of the busy timeout. On PostgreSQL the isolation level is fixed, because what is
/// read after waiting for a lock has to be current.
pub fn begin(conn: &mut DbConn) -> QueryResult<()> {
    match conn {
        DbConn::Postgres(conn) => {
            AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN ISOLATION LEVEL READ COMMITTED")
        }
        DbConn::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE"),
    }
}

/// Creates a savepoint in the open transaction.
pub fn begin_nested(conn: &mut DbConn) -> QueryResult<()> {
    with_backend!(conn, |conn| AnsiTransactionManager::begin_transaction(conn))
}

/// Commits the transaction or releases the innermost savepoint. Rolls it back if that fails.
pub fn commit(conn: &mut DbConn) -> QueryResult<()> {
    with_backend!(conn, |conn| AnsiTransactionManager::commit_transaction(conn))
}

/// Rolls back the transaction or the innermost savepoint.
pub fn rollback(conn: &mut DbConn) -> QueryResult<()> {
    with_backend!(conn, |conn| AnsiTransactionManager::rollback_transaction(conn))
}
