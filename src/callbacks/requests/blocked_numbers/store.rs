//! Reads and writes blocked numbers.

use diesel::prelude::*;

use super::rows::BlockedNumber;
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::blocked_numbers::{self, dsl};
use crate::kernel::error::Error;
use crate::kernel::ids::BlockedNumberId;
use crate::kernel::page::Page;

/// Returns the id of a blocked number by its hash; `None` if the number is not blocked.
pub fn find(conn: &mut DbConn, number_hash: &str) -> Result<Option<BlockedNumberId>, Error> {
    let of_number = dsl::blocked_numbers.filter(dsl::number_hash.eq(number_hash)).select(dsl::id);
    Ok(of_number.get_result(conn).optional()?)
}

/// Inserts a blocked number. The number is locked, so no other transaction inserts it at the same time.
pub fn insert(conn: &mut DbConn, number: &BlockedNumber) -> Result<(), Error> {
    diesel::insert_into(blocked_numbers::table).values(number).execute(conn)?;
    Ok(())
}

pub fn list(conn: &mut DbConn, page: &Page) -> Result<Vec<BlockedNumber>, Error> {
    let mut query =
        dsl::blocked_numbers.select(BlockedNumber::as_select()).order(dsl::id).limit(page.fetch()).into_boxed();
    if let Some(after) = page.after.as_deref() {
        query = query.filter(dsl::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Deletes a blocked number and returns it.
pub fn delete(conn: &mut DbConn, id: BlockedNumberId) -> Result<Option<BlockedNumber>, Error> {
    Ok(diesel::delete(dsl::blocked_numbers.filter(dsl::id.eq(id)))
        .returning(blocked_numbers::all_columns)
        .get_result(conn)
        .optional()?)
}
