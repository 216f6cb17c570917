//! What can be done with closures, and by whom.

use super::dto::{ClosureBody, ImportedClosures, NewClosure};
use super::ics;
use super::rows::Closure;
use super::store::{self, AlreadyClosed};
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Facts};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::events::types;
use crate::kernel::ids::ClosureId;
use crate::kernel::page::Page;
use crate::kernel::record::Change;
use crate::kernel::time::Day;
use crate::kernel::tx::Tx;

/// Called in the transaction that closes a day (`true`) or opens it again (`false`), so that what depends on the
/// calendar can follow without the calendar knowing it.
#[derive(Clone, Copy)]
pub struct Observer(pub fn(&mut Tx<'_>, Day, bool) -> Result<(), Error>);

/// Closes a day. Bookings that exist stay, and are flagged.
///
/// # Errors
/// 403; 409 when it is closed already.
pub fn close(tx: &mut Tx<'_>, observer: Observer, new: &NewClosure) -> Result<Closure, Error> {
    tx.authorize_and_deduplicate(Action::ManageCalendar, &Facts::default())?;
    add(tx, observer, new.date, new.reason.clone())
}

fn add(tx: &mut Tx<'_>, observer: Observer, date: Day, reason: String) -> Result<Closure, Error> {
    let closure = Closure { id: tx.new_id(), date, reason, created_at: tx.now };
    store::insert(tx.conn, &closure)?.map_err(already_closed)?;
    let body = ClosureBody::from(closure.clone());
    tx.record_change(&Change::created(types::CLOSURE_ADDED, closure.id.as_str(), &body)?)?;
    observer.0(tx, date, true)?;
    Ok(closure)
}

/// Closes every day of a calendar that is open.
///
/// # Errors
/// 403; 422 with every event that cannot be a closure.
pub fn import(tx: &mut Tx<'_>, observer: Observer, text: &str) -> Result<ImportedClosures, Error> {
    tx.authorize_and_deduplicate(Action::ManageCalendar, &Facts::default())?;
    let days = ics::closed_days(text).map_err(|found| Error::from(Problem::invalid(found)))?;
    let wanted: Vec<Day> = days.keys().copied().collect();
    let already_closed = store::closed_among(tx.conn, &wanted)?;
    let mut added = Vec::new();
    for (date, reason) in days {
        if !already_closed.contains(&date) {
            added.push(ClosureBody::from(add(tx, observer, date, reason)?));
        }
    }
    Ok(ImportedClosures { added, already_closed })
}

/// Opens a closed day again.
///
/// # Errors
/// 403, 404.
pub fn reopen(tx: &mut Tx<'_>, observer: Observer, id: ClosureId) -> Result<(), Error> {
    tx.authorize_and_deduplicate(Action::ManageCalendar, &Facts::default())?;
    let closure = store::delete(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let date = closure.date;
    let body = ClosureBody::from(closure);
    tx.record_change(&Change::updated(types::CLOSURE_REMOVED, id.as_str(), &body, &body)?)?;
    observer.0(tx, date, false)
}

/// One page of closures.
///
/// # Errors
/// 403.
pub fn list_closures(conn: &mut DbConn, actor: &Actor, page: &Page) -> Result<Vec<Closure>, Error> {
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

fn already_closed(AlreadyClosed: AlreadyClosed) -> Error {
    Problem::new(Code::AlreadyExists)
        .because("This day is closed already.", "Tento den je už uzavřen.")
        .with("conflicting_member", "/date")
        .into()
}
