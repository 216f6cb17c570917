//! The rows of external references.

use diesel::prelude::*;

use super::rows::Reference;
use crate::kernel::db::schema::external_references::{self, dsl};
use crate::kernel::db::{CachedDsl, DbConn};
use crate::kernel::error::Error;

pub fn find(conn: &mut DbConn, subject: &str, system: &str) -> Result<Option<Reference>, Error> {
    Ok(dsl::external_references.find((subject, system)).select(Reference::as_select()).get_result(conn).optional()?)
}

/// Returns the references to a record, in the order of the names of the systems.
pub fn list(conn: &mut DbConn, subject: &str) -> Result<Vec<Reference>, Error> {
    Ok(dsl::external_references
        .filter(dsl::subject.eq(subject))
        .order(dsl::system)
        .select(Reference::as_select())
        .load(conn)?)
}

pub fn insert(conn: &mut DbConn, reference: &Reference) -> Result<(), Error> {
    diesel::insert_into(external_references::table).values(reference).execute(conn)?;
    Ok(())
}

pub fn update(conn: &mut DbConn, reference: &Reference) -> Result<(), Error> {
    diesel::update(dsl::external_references.find((&reference.subject, &reference.system)))
        .set(reference)
        .cached()
        .execute(conn)?;
    Ok(())
}

pub fn delete(conn: &mut DbConn, subject: &str, system: &str) -> Result<(), Error> {
    diesel::delete(dsl::external_references.find((subject, system))).execute(conn)?;
    Ok(())
}

/// Deletes all references to a record.
pub fn delete_all(conn: &mut DbConn, subject: &str) -> Result<(), Error> {
    diesel::delete(dsl::external_references.filter(dsl::subject.eq(subject))).execute(conn)?;
    Ok(())
}
