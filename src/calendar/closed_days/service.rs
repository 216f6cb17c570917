//! Operations on closed days, with their permissions.

use super::dto::{ClosedDayBody, ClosedDayImport, NewClosedDay};
use super::ics;
use super::rows::ClosedDay;
use super::store::{self, AlreadyClosed};
use crate::calendar::{CalendarRef, service as calendar};
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem, Text};
use crate::kernel::events::types;
use crate::kernel::ids::{CalendarId, ClosedDayId};
use crate::kernel::page::Page;
use crate::kernel::record::Change;
use crate::kernel::time::Day;
use crate::kernel::tx::Tx;

/// Called in the transaction that closes or reopens a day of a calendar, so that other components can update their data
/// without being imported by the calendar.
#[derive(Clone, Copy)]
pub struct Observer(pub fn(&mut Tx<'_>, CalendarId, Day) -> Result<(), Error>);

/// Closes a day. Existing bookings stay and are flagged.
///
/// # Errors
/// 403, 404; 409 if the day is already closed.
pub fn close(
    tx: &mut Tx<'_>,
    observer: Observer,
    calendar: CalendarRef,
    new: &NewClosedDay,
) -> Result<ClosedDay, Error> {
    tx.authorize_and_deduplicate(Action::ManageCalendar, &Relations::default())?;
    let calendar = calendar::id_of(tx.conn, calendar)?;
    add(tx, observer, calendar, new.date, new.reason.clone())
}

fn add(
    tx: &mut Tx<'_>,
    observer: Observer,
    calendar_id: CalendarId,
    date: Day,
    reason: String,
) -> Result<ClosedDay, Error> {
    let closed_day = ClosedDay { id: tx.new_id(), calendar_id, date, reason, created_at: tx.now };
    store::insert(tx.conn, &closed_day)?.map_err(already_closed)?;
    let body = ClosedDayBody::from(closed_day.clone());
    tx.record_change(&Change::created(types::CLOSED_DAY_CREATED, closed_day.id.as_str(), &body)?)?;
    observer.0(tx, calendar_id, date)?;
    Ok(closed_day)
}

/// Closes every day in an iCalendar file that is not closed yet.
///
/// # Errors
/// 403, 404; 422 with every event that cannot be imported.
pub fn import(
    tx: &mut Tx<'_>,
    observer: Observer,
    calendar: CalendarRef,
    text: &str,
) -> Result<ClosedDayImport, Error> {
    tx.authorize_and_deduplicate(Action::ManageCalendar, &Relations::default())?;
    let calendar = calendar::id_of(tx.conn, calendar)?;
    // The reason is stored, so it is in the language of the caller, like one that the caller enters.
    let default_reason = Text::new("record-closed-day").in_lang(tx.meta.lang);
    let days = ics::closed_days(text, &default_reason).map_err(|found| Error::from(Problem::invalid(found)))?;
    let wanted: Vec<Day> = days.keys().copied().collect();
    let already_closed = store::closed_among(tx.conn, calendar, &wanted)?;
    let mut added = Vec::new();
    for (date, reason) in days {
        if !already_closed.contains(&date) {
            added.push(ClosedDayBody::from(add(tx, observer, calendar, date, reason)?));
        }
    }
    Ok(ClosedDayImport { added, already_closed })
}

/// Reopens a closed day.
///
/// # Errors
/// 403, 404.
pub fn reopen(tx: &mut Tx<'_>, observer: Observer, calendar: CalendarRef, id: ClosedDayId) -> Result<(), Error> {
    tx.authorize_and_deduplicate(Action::ManageCalendar, &Relations::default())?;
    let calendar = calendar::id_of(tx.conn, calendar)?;
    let closed_day = store::delete(tx.conn, calendar, id)?.ok_or_else(Error::not_found)?;
    let date = closed_day.date;
    let body = ClosedDayBody::from(closed_day);
    tx.record_change(&Change::updated(types::CLOSED_DAY_DELETED, id.as_str(), &body, &body)?)?;
    observer.0(tx, calendar, date)
}

/// Returns a page of closed days.
///
/// # Errors
/// 403, 404.
pub fn list(conn: &mut DbConn, actor: &Actor, calendar: CalendarRef, page: &Page) -> Result<Vec<ClosedDay>, Error> {
    authz::require(actor, Action::ReadClosedDays, &Relations::default())?;
    let calendar = calendar::id_of(conn, calendar)?;
    store::list(conn, calendar, page)
}

/// Returns a closed day.
///
/// # Errors
/// 403, 404.
pub fn get(conn: &mut DbConn, actor: &Actor, calendar: CalendarRef, id: ClosedDayId) -> Result<ClosedDay, Error> {
    authz::require(actor, Action::ReadClosedDays, &Relations::default())?;
    let calendar = calendar::id_of(conn, calendar)?;
    store::find(conn, calendar, id)?.ok_or_else(Error::not_found)
}

fn already_closed(AlreadyClosed: AlreadyClosed) -> Error {
    Problem::new(Code::AlreadyExists).because("detail-day-closed").with("conflicting_field", "/date").into()
}
