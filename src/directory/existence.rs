//! Checks whether a person is in the directory. Departments need this for their heads, and people need departments for
//! their regular positions, so it is in a module below both.

use diesel::prelude::*;

use crate::kernel::db::DbConn;
use crate::kernel::db::schema::people::dsl;
use crate::kernel::error::Error;
use crate::kernel::ids::PersonId;

/// Returns whether a person with this id exists.
pub fn is_person(conn: &mut DbConn, id: PersonId) -> Result<bool, Error> {
    let found: Option<PersonId> = dsl::people.filter(dsl::id.eq(id)).select(dsl::id).get_result(conn).optional()?;
    Ok(found.is_some())
}
