//! Reads and writes closed days.

use diesel::prelude::*;

use super::rows::ClosedDay;
use crate::kernel::db::DbConn;
use crate::kernel::db::errors::Constraint;
use crate::kernel::db::schema::closed_days::{self, dsl};
use crate::kernel::error::Error;
use crate::kernel::ids::{CalendarId, ClosedDayId};
use crate::kernel::page::Page;
use crate::kernel::time::Day;

const DATE_TAKEN: Constraint = Constraint::new("closed_days_date_key", "closed_days.calendar_id, closed_days.date");

/// The day is already closed.
#[derive(Debug)]
pub struct AlreadyClosed;

pub fn insert(conn: &mut DbConn, closed_day: &ClosedDay) -> Result<Result<(), AlreadyClosed>, Error> {
    match diesel::insert_into(closed_days::table).values(closed_day).execute(conn) {
        Ok(_) => Ok(Ok(())),
        Err(error) if DATE_TAKEN.violated_by(&error) => Ok(Err(AlreadyClosed)),
        Err(error) => Err(error.into()),
    }
}

pub fn find(conn: &mut DbConn, calendar: CalendarId, id: ClosedDayId) -> Result<Option<ClosedDay>, Error> {
    let found = dsl::closed_days.filter(dsl::id.eq(id)).filter(dsl::calendar_id.eq(calendar));
    Ok(found.select(ClosedDay::as_select()).get_result(conn).optional()?)
}

pub fn list(conn: &mut DbConn, calendar: CalendarId, page: &Page) -> Result<Vec<ClosedDay>, Error> {
    let of_calendar = dsl::closed_days.filter(dsl::calendar_id.eq(calendar));
    let mut query = of_calendar.select(ClosedDay::as_select()).order(dsl::id).limit(page.fetch()).into_boxed();
    if let Some(after) = page.after.as_deref() {
        query = query.filter(dsl::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Returns those of the given days that are closed, in order.
pub fn closed_among(conn: &mut DbConn, calendar: CalendarId, days: &[Day]) -> Result<Vec<Day>, Error> {
    let of_calendar = dsl::closed_days.filter(dsl::calendar_id.eq(calendar));
    Ok(of_calendar.filter(dsl::date.eq_any(days)).order(dsl::date).select(dsl::date).load(conn)?)
}

/// Deletes a closed day and returns it.
pub fn delete(conn: &mut DbConn, calendar: CalendarId, id: ClosedDayId) -> Result<Option<ClosedDay>, Error> {
    Ok(diesel::delete(dsl::closed_days.filter(dsl::id.eq(id)).filter(dsl::calendar_id.eq(calendar)))
        .returning(closed_days::all_columns)
        .get_result(conn)
        .optional()?)
}
