//! Reads and writes wordings.

use diesel::prelude::*;

use super::rows::ConsentWording;
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::consent_wordings;
use crate::kernel::error::Error;
use crate::with_backend;

/// Inserts a wording, unless it exists.
pub fn insert(conn: &mut DbConn, wording: &ConsentWording) -> Result<(), Error> {
    let insert = diesel::insert_into(consent_wordings::table).values(wording);
    with_backend!(conn, |conn| insert.on_conflict_do_nothing().execute(conn))?;
    Ok(())
}

pub fn exists(conn: &mut DbConn, sha256: &str) -> Result<bool, Error> {
    let found: Option<String> = consent_wordings::table
        .filter(consent_wordings::sha256.eq(sha256))
        .select(consent_wordings::sha256)
        .get_result(conn)
        .optional()?;
    Ok(found.is_some())
}
