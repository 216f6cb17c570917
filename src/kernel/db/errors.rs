//! What a database error means. The one place that knows how the two engines spell it.

use diesel::result::{DatabaseErrorKind, Error};

/// A constraint under both of its spellings: PostgreSQL reports the name, SQLite the columns of a
/// unique index, the name of a CHECK, or the message of a trigger.
#[derive(Debug, Clone, Copy)]
pub struct Constraint {
    pub postgres: &'static str,
    pub sqlite: &'static str,
}

impl Constraint {
    /// For use as a constant beside the store that expects the violation.
    #[must_use]
    pub const fn new(postgres: &'static str, sqlite: &'static str) -> Self {
        Self { postgres, sqlite }
    }

    /// Whether `error` is a violation of this constraint.
    #[must_use]
    pub fn violated_by(&self, error: &Error) -> bool {
        let Error::DatabaseError(_, info) = error else { return false };
        match info.constraint_name() {
            Some(name) => name == self.postgres,
            // "UNIQUE constraint failed: departments.key", "CHECK constraint failed: name", or
            // just the text of RAISE(ABORT, ...), which PostgreSQL triggers use likewise.
            None => info.message().rsplit(": ").next() == Some(self.sqlite) || info.message() == self.postgres,
        }
    }
}

/// Asks for the transaction to be run again, because `what` came in between.
#[must_use]
pub fn run_again(what: &str) -> Error {
    Error::DatabaseError(DatabaseErrorKind::SerializationFailure, Box::new(what.to_owned()))
}

/// Whether the database asks for the transaction to be run again.
#[must_use]
pub fn is_retryable(error: &Error) -> bool {
    match error {
        Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
        // diesel has no kind for 40P01.
        Error::DatabaseError(_, info) => info.message() == "deadlock detected",
        _ => false,
    }
}

/// Whether the connection is of no more use.
#[must_use]
pub fn is_broken(error: &Error) -> bool {
    match error {
        Error::BrokenTransactionManager | Error::DatabaseError(DatabaseErrorKind::ClosedConnection, _) => true,
        Error::DatabaseError(_, info) => {
            let message = info.message();
            [
                "server closed the connection",
                "terminating connection",
                "no connection to the server",
                "SSL connection has been closed",
            ]
            .iter()
            .any(|sign| message.contains(sign))
        }
        _ => false,
    }
}
