//! The meaning of database errors. The only place that knows the error texts of both databases.

use diesel::result::{DatabaseErrorKind, Error};

/// A constraint as both databases report it: PostgreSQL by name, SQLite by the columns of a unique index, the name of a
/// CHECK, or the message of a trigger.
#[derive(Debug, Clone, Copy)]
pub struct Constraint {
    pub postgres: &'static str,
    pub sqlite: &'static str,
}

impl Constraint {
    /// Creates a constraint. Define it as a constant next to the query that can violate it.
    #[must_use]
    pub const fn new(postgres: &'static str, sqlite: &'static str) -> Self {
        Self { postgres, sqlite }
    }

    /// Returns whether `error` is a violation of this constraint.
    #[must_use]
    pub fn violated_by(&self, error: &Error) -> bool {
        let Error::DatabaseError(_, info) = error else { return false };
        match info.constraint_name() {
            Some(name) => name == self.postgres,
            // "UNIQUE constraint failed: departments.key", "CHECK constraint failed: name", or the text of
            // RAISE(ABORT, ...), which triggers on PostgreSQL use as well.
            None => info.message().rsplit(": ").next() == Some(self.sqlite) || info.message() == self.postgres,
        }
    }
}

/// Returns an error that makes the executor retry the transaction, because of the concurrent change `what`.
#[must_use]
pub fn retry_transaction(what: &str) -> Error {
    Error::DatabaseError(DatabaseErrorKind::SerializationFailure, Box::new(what.to_owned()))
}

/// Returns whether the transaction can be retried.
#[must_use]
pub fn is_retryable(error: &Error) -> bool {
    match error {
        Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
        // diesel has no kind for 40P01 (deadlock detected).
        Error::DatabaseError(_, info) => info.message() == "deadlock detected",
        _ => false,
    }
}

/// Returns the message of an error of the database server or of SQLite; empty for other errors.
fn message(error: &Error) -> &str {
    match error {
        Error::DatabaseError(_, info) => info.message(),
        _ => "",
    }
}

/// Returns whether PostgreSQL cancelled the statement because a row stayed locked (55P03).
#[must_use]
pub fn is_lock_timeout(error: &Error) -> bool {
    message(error) == "canceling statement due to lock timeout"
}

/// Returns whether the work can succeed later: the statement was cancelled (57014, 55P03), another process holds the
/// lock of SQLite, or the transaction or the connection was lost.
#[must_use]
pub fn is_temporary(error: &Error) -> bool {
    message(error).starts_with("canceling statement due to")
        || message(error).starts_with("database is locked")
        || is_retryable(error)
        || is_broken(error)
}

/// Returns whether the database names a full disk as the cause.
#[must_use]
pub fn is_full(error: &Error) -> bool {
    message(error) == "database or disk is full" || message(error).contains("No space left on device")
}

/// Returns whether SQLite could not read or write its files, for example because the disk is full.
#[must_use]
pub fn is_io(error: &Error) -> bool {
    matches!(message(error), "disk I/O error" | "unable to open database file")
}

/// Returns whether SQLite refused to begin a transaction, because one is open.
#[must_use]
pub fn is_within_transaction(error: &Error) -> bool {
    message(error) == "cannot start a transaction within a transaction"
}

/// Returns whether the connection can no longer be used.
#[must_use]
pub fn is_broken(error: &Error) -> bool {
    match error {
        Error::BrokenTransactionManager | Error::DatabaseError(DatabaseErrorKind::ClosedConnection, _) => true,
        _ => [
            "server closed the connection",
            "terminating connection",
            "no connection to the server",
            "SSL connection has been closed",
        ]
        .iter()
        .any(|sign| message(error).contains(sign)),
    }
}
