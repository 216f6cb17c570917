//! Named locks, held until the end of the transaction. On SQLite they do nothing, because there is only one writer.

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::DbConn;
use crate::kernel::error::Error;

diesel::define_sql_function! {
    /// A transaction-level advisory lock, which also works with connection poolers in transaction mode.
    fn pg_try_advisory_xact_lock(key: diesel::sql_types::BigInt) -> diesel::sql_types::Bool;
}

diesel::define_sql_function! {
    /// The same, but waits for the lock. It returns void, which is never read.
    fn pg_advisory_xact_lock(key: diesel::sql_types::BigInt) -> diesel::sql_types::Text;
}

/// Waits for the lock and acquires it.
pub fn acquire(conn: &mut DbConn, name: &str) -> Result<(), Error> {
    if let DbConn::Postgres(conn) = conn {
        diesel::select(pg_advisory_xact_lock(number(name))).execute(conn)?;
    }
    Ok(())
}

/// Acquires the lock if it is free. Returns false if another transaction holds it.
pub fn try_acquire(conn: &mut DbConn, name: &str) -> Result<bool, Error> {
    match conn {
        DbConn::Postgres(conn) => Ok(diesel::select(pg_try_advisory_xact_lock(number(name))).get_result(conn)?),
        DbConn::Sqlite(_) => Ok(true),
    }
}

fn number(name: &str) -> i64 {
    Sha256::digest(name).iter().take(8).fold(0, |number, byte| number << 8 | i64::from(*byte))
}
