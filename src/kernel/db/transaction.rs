//! Explicit transaction control for the executor, which keeps a transaction open across closures.
//!
//! All steps keep the state of diesel's transaction manager, because some of its queries (multi-row inserts on SQLite)
//! depend on it.

use diesel::QueryResult;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::r2d2::R2D2Connection;
use diesel::result::Error;

use super::connection::DbConn;
use super::errors;
use crate::with_backend;

/// Sets the time limits of PostgreSQL for a session (`SET`) or a transaction (`SET LOCAL`).
macro_rules! time_limits {
    ($set:literal, $lock:literal) => {
        concat!(
            $set,
            " statement_timeout TO '15s'; ",
            $set,
            " lock_timeout TO '",
            $lock,
            "'; ",
            $set,
            " idle_in_transaction_session_timeout TO '30s'"
        )
    };
}
pub(super) use time_limits;

/// Limits the transaction, because connection poolers do not keep the settings of a session. One message to the server.
const BEGIN: &str = concat!("BEGIN ISOLATION LEVEL READ COMMITTED; ", time_limits!("SET LOCAL", "3s"));
const BEGIN_BRIEF: &str = concat!("BEGIN ISOLATION LEVEL READ COMMITTED; ", time_limits!("SET LOCAL", "250ms"));

/// All statements of the transaction see the same state. One message to the server.
const BEGIN_SNAPSHOT: &str =
    concat!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ", time_limits!("SET LOCAL", "3s"));

/// PostgreSQL responds to `COMMIT` of a transaction in which a statement failed with a rollback and no error. The
/// statement before it fails in such a transaction, and `COMMIT` is then not executed. One message to the server.
const COMMIT: &str = "SET CONSTRAINTS ALL IMMEDIATE; COMMIT";

/// How long a transaction waits for a locked row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LockWait {
    /// Three seconds.
    Usual,
    /// A quarter of a second.
    Brief,
}

/// Why a transaction was not committed.
#[derive(Debug)]
pub(super) enum NotCommitted {
    /// The database refused, so the transaction is rolled back.
    RolledBack(Error),
    /// The connection was lost, so the transaction may be committed.
    Unknown(Error),
}

/// The steps of a transaction.
pub(super) trait Transactional {
    /// Begins a transaction.
    fn begin(&mut self, wait: LockWait) -> QueryResult<()>;
    /// Returns an error if the database has ended the transaction by itself.
    fn require_open(&mut self) -> QueryResult<()>;
    /// Creates a savepoint in the open transaction.
    fn begin_nested(&mut self) -> QueryResult<()>;
    /// Releases the innermost savepoint.
    fn release(&mut self) -> QueryResult<()>;
    /// Rolls back the innermost savepoint, or the transaction if there is none.
    fn rollback(&mut self) -> QueryResult<()>;
    /// Commits the transaction. Rolls it back if that fails.
    fn commit(&mut self) -> Result<(), NotCommitted>;
    /// Rolls back the transaction with all its savepoints, as far as that is possible. The connection must then be
    /// closed.
    fn abort(&mut self);
    /// Returns whether the connection is lost, or still in a transaction although none should be open.
    fn is_unusable(&mut self) -> bool;
}

/// Creates a savepoint in the open transaction.
pub fn begin_savepoint(conn: &mut DbConn) -> QueryResult<()> {
    conn.begin_nested()
}

/// Rolls back the innermost savepoint.
pub fn roll_back_savepoint(conn: &mut DbConn) -> QueryResult<()> {
    conn.rollback()
}

/// Runs a read whose statements all see the same state of the database, for [`Db::read`](super::Db::read) and
/// [`Db::read_slowly`](super::Db::read_slowly).
///
/// # Errors
/// Those of `read`, and of the database.
pub fn snapshot<T>(
    conn: &mut DbConn,
    read: impl FnOnce(&mut DbConn) -> Result<T, crate::kernel::error::Error>,
) -> Result<T, crate::kernel::error::Error> {
    match conn {
        DbConn::Postgres(conn) => AnsiTransactionManager::begin_transaction_sql(conn, BEGIN_SNAPSHOT)?,
        // The first read begins the snapshot.
        DbConn::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN")?,
    }
    let result = read(conn);
    // Nothing was written.
    let ended = conn.rollback();
    let value = result?;
    ended?;
    Ok(value)
}

impl Transactional for DbConn {
    /// On SQLite it acquires the write lock immediately: a transaction that reads first and writes later fails under
    /// load, regardless of the busy timeout. On PostgreSQL the isolation level is fixed, because what is read after
    /// waiting for a lock has to be current.
    fn begin(&mut self, wait: LockWait) -> QueryResult<()> {
        match self {
            Self::Postgres(conn) => {
                let sql = if wait == LockWait::Brief { BEGIN_BRIEF } else { BEGIN };
                AnsiTransactionManager::begin_transaction_sql(conn, sql)
            }
            Self::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE"),
        }
    }

    /// SQLite rolls back the whole transaction after some errors (a full disk, for example), and a closure can ignore
    /// such an error. A savepoint outside a transaction would then begin one, and its release would commit it. Another
    /// `BEGIN` fails, and changes nothing, exactly if the transaction is open. PostgreSQL refuses all statements until
    /// the rollback.
    fn require_open(&mut self) -> QueryResult<()> {
        match self {
            Self::Postgres(_) => Ok(()),
            Self::Sqlite(conn) => match conn.batch_execute("BEGIN") {
                Ok(()) => Err(Error::NotInTransaction),
                Err(error) if errors::is_within_transaction(&error) => Ok(()),
                Err(error) => Err(error),
            },
        }
    }

    fn begin_nested(&mut self) -> QueryResult<()> {
        with_backend!(self, |conn| AnsiTransactionManager::begin_transaction(conn))
    }

    fn release(&mut self) -> QueryResult<()> {
        with_backend!(self, |conn| AnsiTransactionManager::commit_transaction(conn))
    }

    fn rollback(&mut self) -> QueryResult<()> {
        with_backend!(self, |conn| AnsiTransactionManager::rollback_transaction(conn))
    }

    fn commit(&mut self) -> Result<(), NotCommitted> {
        match self {
            // The transaction manager follows the state that the server reports.
            Self::Postgres(conn) => conn.batch_execute(COMMIT).map_err(|error| {
                let rolled_back = AnsiTransactionManager::rollback_transaction(conn);
                if errors::is_broken(&error) || matches!(rolled_back, Err(Error::BrokenTransactionManager)) {
                    NotCommitted::Unknown(error)
                } else {
                    NotCommitted::RolledBack(error)
                }
            }),
            // Rolls back if it fails.
            Self::Sqlite(conn) => AnsiTransactionManager::commit_transaction(conn).map_err(|error| match error {
                Error::RollbackErrorOnCommit { commit_error, .. } => NotCommitted::RolledBack(*commit_error),
                error => NotCommitted::RolledBack(error),
            }),
        }
    }

    fn abort(&mut self) {
        // Fails if SQLite has rolled back by itself.
        let _ = with_backend!(self, |conn| conn.batch_execute("ROLLBACK"));
    }

    fn is_unusable(&mut self) -> bool {
        with_backend!(self, |conn| R2D2Connection::is_broken(conn))
    }
}
