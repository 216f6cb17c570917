//! The heads of the hash chains.
//!
//! Rule: a transaction locks the head of a project before it appends entries, and keeps it until it ends. Concurrent
//! changes of a project, also those that do not lock the project, such as notices about the directory, therefore append
//! one after another. Heads are locked in the order of the projects, after all other rows of collaboration.

use diesel::prelude::*;

use super::{Head, START};
use crate::kernel::db::schema::audit_chains;
use crate::kernel::db::{CachedDsl, DbConn};
use crate::kernel::error::Error;
use crate::with_backend;

/// Locks the head of the chain of a project until the end of the transaction, and returns it.
pub fn lock(conn: &mut DbConn, project: &str) -> Result<Head, Error> {
    let first = (audit_chains::project_id.eq(project), audit_chains::length.eq(0_i64), audit_chains::sha256.eq(START));
    // The update changes nothing, but it locks the row and sees the values of the last commit.
    let (position, sha256): (i64, String) = with_backend!(conn, |conn| diesel::insert_into(audit_chains::table)
        .values(first)
        .on_conflict(audit_chains::project_id)
        .do_update()
        .set(audit_chains::length.eq(audit_chains::length))
        .returning((audit_chains::length, audit_chains::sha256))
        .cached()
        .get_result(conn))?;
    Ok(Head { position, sha256 })
}

/// Saves the new head of a chain that this transaction has locked.
pub fn advance(conn: &mut DbConn, project: &str, head: &Head) -> Result<(), Error> {
    let chain = audit_chains::table.filter(audit_chains::project_id.eq(project));
    diesel::update(chain)
        .set((audit_chains::length.eq(head.position), audit_chains::sha256.eq(&head.sha256)))
        .cached()
        .execute(conn)?;
    Ok(())
}

/// Returns the head of the chain of a project.
pub fn find(conn: &mut DbConn, project: &str) -> Result<Head, Error> {
    let head: Option<(i64, String)> = audit_chains::table
        .filter(audit_chains::project_id.eq(project))
        .select((audit_chains::length, audit_chains::sha256))
        .get_result(conn)
        .optional()?;
    let (position, sha256) = head.unwrap_or_else(|| (0, START.to_owned()));
    Ok(Head { position, sha256 })
}
