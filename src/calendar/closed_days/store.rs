//! Closure rows.

use diesel::prelude::*;

use crate::kernel::db::DbConn;
use crate::kernel::db::errors::Constraint;
use crate::kernel::db::schema::calendar_closures::{self, dsl};
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::ids::ClosureId;
use crate::kernel::page::Page;
use crate::kernel::time::{Day, UtcTime};

const DATE_TAKEN: Constraint = Constraint::new("calendar_closures_date_key", "calendar_closures.date");

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = calendar_closures, treat_none_as_default_value = false)]
pub struct Closure {
    pub id: ClosureId,
    pub date: Day,
    pub reason: String,
    pub created_at: UtcTime,
}

pub fn insert(conn: &mut DbConn, closure: &Closure) -> Result<(), Error> {
    match diesel::insert_into(calendar_closures::table).values(closure).execute(conn) {
        Ok(_) => Ok(()),
        Err(error) if DATE_TAKEN.violated_by(&error) => Err(Problem::new(Code::AlreadyExists)
            .because("This day is closed already.", "Tento den je už uzavřen.")
            .with("conflicting_member", "/date")
            .into()),
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
