//! Locks by name, held to the end of the transaction. On SQLite the writer is alone, so they are free.

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::DbConn;
use crate::error::Error;

diesel::define_sql_function! {
    /// Kept by poolers in transaction mode, because it belongs to the transaction.
    fn pg_try_advisory_xact_lock(key: diesel::sql_types::BigInt) -> diesel::sql_types::Bool;
}

/// Takes the lock; false when somebody else has it.
///
/// # Errors
/// Those of the database.
pub fn try_take(conn: &mut DbConn, name: &str) -> Result<bool, Error> {
    match conn {
        DbConn::Postgres(conn) => Ok(diesel::select(pg_try_advisory_xact_lock(number(name))).get_result(conn)?),
        DbConn::Sqlite(_) => Ok(true),
    }
}

fn number(name: &str) -> i64 {
    Sha256::digest(name).iter().take(8).fold(0, |number, byte| number << 8 | i64::from(*byte))
}
