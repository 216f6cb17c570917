//! Sending and settling the reminders of a project.

use super::dto::ReminderBody;
use super::due::{self, Clock};
use super::facts;
use super::store::{self, Reminder};
use crate::calendar;
use crate::collaboration::projects::Project;
use crate::kernel::error::Error;
use crate::kernel::record::Change;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// How far back closed days are read, in seconds: 100 days.
const LOOK_BACK: i64 = 100 * 24 * 60 * 60;

/// Sends the reminders of a project that have become due, and settles those that no longer apply. The caller has locked
/// the project. Returns the next instant at which a reminder becomes due, other than midnight.
pub fn by_time(tx: &mut Tx<'_>, project: &Project) -> Result<Option<UtcTime>, Error> {
    let since = store::start(tx.conn, tx.now)?;
    let standing = store::standing(tx.conn, project.id)?;
    let facts = facts::load(tx.conn, project, tx.now)?;
    let calendar = calendar::service::present(tx.conn, tx.now.plus_seconds(-LOOK_BACK))?.calendar;
    let clock = Clock { now: tx.now, calendar: &calendar, since };
    let due = due::reminders(&clock, project, &facts, &standing);
    for reminder in standing.iter().filter(|one| !due.iter().any(|other| other.is(one))) {
        settle(tx, reminder)?;
    }
    for reminder in due.iter().filter(|one| !standing.iter().any(|other| other.is(one))) {
        if store::insert(tx.conn, reminder)? {
            record(tx, reminder, reminder.kind.event())?;
        }
    }
    Ok(due::next(&clock, &facts, &due))
}

fn settle(tx: &mut Tx<'_>, reminder: &Reminder) -> Result<(), Error> {
    if let Some(event) = reminder.kind.resolved_event() {
        record(tx, reminder, event)?;
    }
    if reminder.kind.can_recur() { store::delete(tx.conn, reminder) } else { store::settle(tx.conn, reminder, tx.now) }
}

fn record(tx: &mut Tx<'_>, reminder: &Reminder, event: &'static str) -> Result<(), Error> {
    tx.record_change(&Change::created(event, &reminder.subject, &ReminderBody::from(reminder))?)
}
