//! What can be done with closures, and by whom.

use super::dto::{ClosureBody, ImportedClosures, NewClosure};
use super::ics;
use super::store::{self, Closure};
use crate::auth::Actor;
use crate::authz::{self, Action, Facts};
use crate::callbacks;
use crate::db::DbConn;
use crate::error::{Error, Problem};
use crate::events::types;
use crate::http::page::PageRequest;
use crate::ids::ClosureId;
use crate::time::Day;
use crate::tx::{Change, Tx};

/// Closes a day. Bookings that exist stay, and are flagged.
///
/// # Errors
/// 403; 409 when it is closed already.
pub fn close(tx: &mut Tx<'_>, new: &NewClosure) -> Result<Closure, Error> {
    tx.admit(Action::ManageCalendar, &Facts::default())?;
    add(tx, new.date, new.reason.clone())
}

fn add(tx: &mut Tx<'_>, date: Day, reason: String) -> Result<Closure, Error> {
    let closure = Closure { id: tx.new_id(), date, reason, created_at: tx.now };
    store::insert(tx.conn, &closure)?;
    let told = ClosureBody::from(closure.clone());
    tx.record(&Change::created(types::CLOSURE_ADDED, closure.id.as_str(), &told)?)?;
    callbacks::flag_day(tx, date, true)?;
    Ok(closure)
}

/// Closes every day of a calendar that is open.
///
/// # Errors
/// 403; 422 with every event that cannot be a closure.
pub fn import(tx: &mut Tx<'_>, text: &str) -> Result<ImportedClosures, Error> {
    tx.admit(Action::ManageCalendar, &Facts::default())?;
    let days = ics::closed_days(text).map_err(|found| Error::from(Problem::invalid(found)))?;
    let wanted: Vec<Day> = days.keys().copied().collect();
    let already_closed = store::closed_among(tx.conn, &wanted)?;
    let mut added = Vec::new();
    for (date, reason) in days {
        if !already_closed.contains(&date) {
            added.push(ClosureBody::from(add(tx, date, reason)?));
        }
    }
    Ok(ImportedClosures { added, already_closed })
}

/// Opens a closed day again.
///
/// # Errors
/// 403, 404.
pub fn reopen(tx: &mut Tx<'_>, id: ClosureId) -> Result<(), Error> {
    tx.admit(Action::ManageCalendar, &Facts::default())?;
    let closure = store::delete(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let date = closure.date;
    let told = ClosureBody::from(closure);
    tx.record(&Change::updated(types::CLOSURE_REMOVED, id.as_str(), &told, &told)?)?;
    callbacks::flag_day(tx, date, false)
}

/// One page of closures.
///
/// # Errors
/// 403.
pub fn list_closures(conn: &mut DbConn, actor: &Actor, page: &PageRequest) -> Result<Vec<Closure>, Error> {
    authz::require(actor, Action::ReadClosures, &Facts::default())?;
    store::list(conn, page)
}

/// One closure.
///
/// # Errors
/// 403, 404.
pub fn get_closure(conn: &mut DbConn, actor: &Actor, id: ClosureId) -> Result<Closure, Error> {
    authz::require(actor, Action::ReadClosures, &Facts::default())?;
    store::find(conn, id)?.ok_or_else(Error::not_found)
}
