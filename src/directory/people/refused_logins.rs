//! Logins of erased people: their tokens stay refused as long as no person in the directory has the login.
//!
//! Rule: only keyed hashes are stored, so that the database does not reveal whose login it was.

use std::collections::BTreeSet;

use diesel::prelude::*;

use crate::kernel::auth::Login;
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::refused_logins;
use crate::kernel::error::Error;
use crate::kernel::hash_key::HashKey;
use crate::with_backend;

fn hash(key: &HashKey, Login { issuer, subject }: Login<'_>) -> String {
    key.hash("login", &format!("{issuer}\0{subject}"))
}

/// Refuses these logins from now on, each an issuer and a subject.
///
/// # Errors
/// When the rows cannot be written.
pub fn refuse(conn: &mut DbConn, key: &HashKey, logins: &BTreeSet<(String, String)>) -> Result<(), Error> {
    for (issuer, subject) in logins {
        let row = refused_logins::hash.eq(hash(key, Login { issuer, subject }));
        let insert = diesel::insert_into(refused_logins::table).values(row);
        with_backend!(conn, |conn| insert.on_conflict_do_nothing().execute(conn))?;
    }
    Ok(())
}

/// Returns whether an erased person had this login.
///
/// # Errors
/// When the row cannot be read.
pub fn is_refused(conn: &mut DbConn, key: &HashKey, login: Login<'_>) -> Result<bool, Error> {
    let row = refused_logins::table.filter(refused_logins::hash.eq(hash(key, login))).select(refused_logins::hash);
    let found: Option<String> = with_backend!(conn, |conn| row.get_result(conn).optional())?;
    Ok(found.is_some())
}
