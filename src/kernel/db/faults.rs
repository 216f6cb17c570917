//! The responses to faults of the database. Each says whether something can have changed.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::errors;
use crate::kernel::config::DatabaseUrl;
use crate::kernel::error::{Code, Error, Problem};

/// The request was not started, or it was rolled back.
pub(super) fn unavailable() -> Error {
    Problem::new(Code::Unavailable).header("Retry-After", 1).into()
}

/// The commit may have succeeded. Without `Retry-After`, because clients repeat such requests without reading first.
pub(super) fn outcome_unknown() -> Error {
    Code::OutcomeUnknown.into()
}

fn insufficient_storage() -> Error {
    Code::InsufficientStorage.into()
}

/// Explains database errors to callers.
#[derive(Debug, Clone, Default)]
pub(super) struct Faults {
    /// The file of a SQLite database.
    file: Option<PathBuf>,
}

impl Faults {
    pub(super) fn of(url: &DatabaseUrl) -> Self {
        match url {
            DatabaseUrl::Sqlite(file) => Self { file: Some(file.clone()) },
            DatabaseUrl::Postgres(_) => Self::default(),
        }
    }

    /// Returns the result of work that was rolled back after `error`. An error that is not a fault stays as it is.
    pub(super) fn explain(&self, error: diesel::result::Error) -> Error {
        if self.is_full(&error) {
            tracing::error!(%error, "the storage of the database is full");
            insufficient_storage()
        } else if errors::is_temporary(&error) {
            tracing::warn!(%error, "database work was rolled back");
            unavailable()
        } else {
            error.into()
        }
    }

    /// Returns what creates the result of each work that was rolled back because `error` prevented a step of its
    /// transaction.
    pub(super) fn explain_step(&self, error: &diesel::result::Error) -> fn() -> Error {
        tracing::error!(%error, "a transaction failed and was rolled back");
        if self.is_full(error) { insufficient_storage } else { unavailable }
    }

    /// Returns the result of work for which no connection could be opened.
    pub(super) fn explain_connecting(&self, error: &r2d2::Error) -> Error {
        tracing::error!(%error, "failed to get a database connection");
        if self.file.as_deref().is_some_and(has_no_space) { insufficient_storage() } else { unavailable() }
    }

    /// SQLite does not tell for every error whether a full disk is the cause, so the disk is tested.
    fn is_full(&self, error: &diesel::result::Error) -> bool {
        errors::is_full(error) || (errors::is_io(error) && self.file.as_deref().is_some_and(has_no_space))
    }
}

/// Returns whether the file system of `file` has no space left.
fn has_no_space(file: &Path) -> bool {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".space-test-{}", std::process::id()));
    let test = file.with_file_name(name);
    let written = std::fs::File::create(&test).and_then(|mut test| {
        test.write_all(&[0; 64 * 1024])?;
        test.sync_all()
    });
    // If it cannot be removed, the next test overwrites it.
    let _ = std::fs::remove_file(&test);
    written.is_err_and(|error| matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded))
}

#[cfg(test)]
mod tests {
    use diesel::result::{DatabaseErrorKind, Error as DbError};

    use super::*;

    fn code(message: &str) -> Code {
        let error = DbError::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message.to_owned()));
        Faults::default().explain(error).as_problem().code
    }

    #[test]
    fn each_fault_has_its_code() {
        for (message, expected) in [
            ("database or disk is full", Code::InsufficientStorage),
            ("could not extend file \"base/1/2\": No space left on device", Code::InsufficientStorage),
            ("canceling statement due to lock timeout", Code::Unavailable),
            ("canceling statement due to statement timeout", Code::Unavailable),
            ("terminating connection due to administrator command", Code::Unavailable),
            ("deadlock detected", Code::Unavailable),
            ("database is locked", Code::Unavailable),
            // The disk of this test is not full, so that the cause is another one.
            ("disk I/O error", Code::InternalError),
            ("no such table: people", Code::InternalError),
        ] {
            assert_eq!(code(message), expected, "{message}");
        }
    }

    #[test]
    fn a_disk_with_space_is_not_full() {
        let file = std::env::temp_dir().join("entente-space-test.db");
        assert!(!has_no_space(&file));
        assert!(!has_no_space(Path::new("/nowhere/entente.db")));
    }
}
