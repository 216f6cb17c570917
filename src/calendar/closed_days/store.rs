//! Reading and writing closures.

use diesel::prelude::*;

use super::rows::Closure;
use crate::kernel::db::DbConn;
use crate::kernel::db::errors::Constraint;
use crate::kernel::db::schema::calendar_closures::{self, dsl};
use crate::kernel::error::Error;
use crate::kernel::ids::ClosureId;
use crate::kernel::page::Page;
use crate::kernel::time::Day;

const DATE_TAKEN: Constraint = Constraint::new("calendar_closures_date_key", "calendar_closures.date");

/// The day is closed already.
#[derive(Debug)]
pub struct AlreadyClosed;

pub fn insert(conn: &mut DbConn, closure: &Closure) -> Result<Result<(), AlreadyClosed>, Error> {
    match diesel::insert_into(calendar_closures::table).values(closure).execute(conn) {
        Ok(_) => Ok(Ok(())),
        Err(error) if DATE_TAKEN.violated_by(&error) => Ok(Err(AlreadyClosed)),
        Err(error) => Err(error.into()),
    }
}

pub fn find(conn: &mut DbConn, id: ClosureId) -> Result<Option<Closure>, Error> {
    Ok(dsl::calendar_closures.filter(dsl::id.eq(id)).select(Closure::as_select()).get_result(conn).optional()?)
}

pub fn list(conn: &mut DbConn, page: &Page) -> Result<Vec<Closure>, Error> {
    let mut query = dsl::calendar_closures.select(Closure::as_select()).order(dsl::id).limit(page.fetch()).into_boxed();
    if let Some(after) = page.after.as_deref() {
        query = query.filter(dsl::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// The days among these that are closed.
pub fn closed_among(conn: &mut DbConn, days: &[Day]) -> Result<Vec<Day>, Error> {
    Ok(dsl::calendar_closures.filter(dsl::date.eq_any(days)).order(dsl::date).select(dsl::date).load(conn)?)
}

/// Removes it; returns what was removed.
pub fn delete(conn: &mut DbConn, id: ClosureId) -> Result<Option<Closure>, Error> {
    Ok(diesel::delete(dsl::calendar_closures.filter(dsl::id.eq(id)))
        .returning(calendar_closures::all_columns)
        .get_result(conn)
        .optional()?)
}
