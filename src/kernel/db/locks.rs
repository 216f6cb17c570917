//! Locks by name, held to the end of the transaction. On SQLite the writer is alone, so they are free.

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::DbConn;
use crate::kernel::error::Error;

diesel::define_sql_function! {
    /// Kept by poolers in transaction mode, because it belongs to the transaction.
    fn pg_try_advisory_xact_lock(key: diesel::sql_types::BigInt) -> diesel::sql_types::Bool;
}

diesel::define_sql_function! {
    /// The same, waiting for its turn. Its void is never read.
    fn pg_advisory_xact_lock(key: diesel::sql_types::BigInt) -> diesel::sql_types::Text;
}

/// Takes the lock as soon as it can be had.
pub fn take(conn: &mut DbConn, name: &str) -> Result<(), Error> {
    if let DbConn::Postgres(conn) = conn {
        diesel::select(pg_advisory_xact_lock(number(name))).execute(conn)?;
    }
    Ok(())
}

/// Takes the lock; false when somebody else has it.
pub fn try_take(conn: &mut DbConn, name: &str) -> Result<bool, Error> {
    match conn {
        DbConn::Postgres(conn) => Ok(diesel::select(pg_try_advisory_xact_lock(number(name))).get_result(conn)?),
        DbConn::Sqlite(_) => Ok(true),
    }
}

fn number(name: &str) -> i64 {
    Sha256::digest(name).iter().take(8).fold(0, |number, byte| number << 8 | i64::from(*byte))
}
