//! Records changes: one event and one audit entry each, in the transaction of the change. Also records reads of personal
//! data, which have an audit entry only.
//!
//! The changes of a transaction are written together at its end, which needs fewer statements.

use diesel::prelude::*;
use serde::Serialize;

use crate::kernel::actors::ActorName;
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::{audit_entries, events};
use crate::kernel::db::together::Together;
use crate::kernel::error::Error;
use crate::kernel::ids::{AuditEntryId, EventId};
use crate::kernel::time::UtcTime;
use crate::with_backend;

/// From this number of changes on, they are written in blocks of [`ROWS`].
const MANY: usize = 64;
/// Most rows per statement.
const ROWS: usize = 500;

/// A change of a record.
pub struct Change<'a> {
    /// Event type, a constant of `events::types`.
    pub event: &'static str,
    /// Id of the changed record.
    pub subject: &'a str,
    /// The record before the change as JSON; `null` if it is new.
    pub before: String,
    /// The record after the change as JSON, which is also the `data` of the event.
    pub after: String,
    pub reason: Option<&'a str>,
}

impl<'a> Change<'a> {
    /// Returns the change that created a record.
    pub fn created<T: Serialize>(event: &'static str, subject: &'a str, after: &T) -> Result<Self, Error> {
        Ok(Self { event, subject, before: "null".to_owned(), after: json(after)?, reason: None })
    }

    /// Returns the change that updated a record.
    pub fn updated<T: Serialize>(event: &'static str, subject: &'a str, before: &T, after: &T) -> Result<Self, Error> {
        Ok(Self { event, subject, before: json(before)?, after: json(after)?, reason: None })
    }
}

fn json<T: Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(Error::internal)
}

/// When and in which request a change was made.
#[derive(Clone, Copy)]
pub struct Origin<'a> {
    pub request_id: &'a str,
    /// The external system that caused the change.
    pub caused_by: Option<&'a str>,
    pub at: UtcTime,
}

#[derive(Insertable)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
struct NewEvent {
    id: EventId,
    kind: &'static str,
    occurred_at: UtcTime,
    subject: String,
    data: String,
    request_id: String,
    caused_by: Option<String>,
}

#[derive(Insertable)]
#[diesel(table_name = audit_entries, treat_none_as_default_value = false)]
struct NewAuditEntry {
    id: AuditEntryId,
    recorded_at: UtcTime,
    /// Empty until the entry is written.
    actor: String,
    /// `None` until the entry is written.
    issuer: Option<String>,
    action: &'static str,
    subject: String,
    before: String,
    after: String,
    reason: Option<String>,
    request_id: String,
}

/// A recorded change that is not written yet.
#[derive(Debug, Clone)]
pub struct RecordedChange {
    pub event: &'static str,
    pub subject: String,
    /// As in [`Change`].
    pub before: String,
    pub after: String,
}

/// The recorded changes of a transaction that are not written yet, in their order.
#[derive(Default)]
pub struct Changes {
    events: Vec<NewEvent>,
    entries: Vec<NewAuditEntry>,
}

impl Changes {
    /// Adds a change, which [`Changes::write`] writes.
    pub fn add(&mut self, (event_id, entry_id): (EventId, AuditEntryId), origin: Origin<'_>, change: &Change<'_>) {
        self.events.push(NewEvent {
            id: event_id,
            kind: change.event,
            occurred_at: origin.at,
            subject: change.subject.to_owned(),
            data: change.after.clone(),
            request_id: origin.request_id.to_owned(),
            caused_by: origin.caused_by.map(str::to_owned),
        });
        self.entries.push(NewAuditEntry {
            id: entry_id,
            recorded_at: origin.at,
            actor: String::new(),
            issuer: None,
            action: change.event,
            subject: change.subject.to_owned(),
            before: change.before.clone(),
            after: change.after.clone(),
            reason: change.reason.map(str::to_owned),
            request_id: origin.request_id.to_owned(),
        });
    }

    /// Returns those with one of these event types.
    #[must_use]
    pub fn of(&self, events: &[&str]) -> Vec<RecordedChange> {
        let recorded = |entry: &NewAuditEntry| RecordedChange {
            event: entry.action,
            subject: entry.subject.clone(),
            before: entry.before.clone(),
            after: entry.after.clone(),
        };
        self.entries.iter().filter(|entry| events.contains(&entry.action)).map(recorded).collect()
    }

    /// Returns whether all changes have been written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Writes the events and audit entries of all changes that were added since the last call. `by` is who made
    /// them.
    pub fn write(&mut self, conn: &mut DbConn, by: &ActorName) -> Result<(), Error> {
        let Self { events, mut entries } = std::mem::take(self);
        for entry in &mut entries {
            entry.actor.clone_from(&by.actor);
            entry.issuer.clone_from(&by.issuer);
        }
        let mut rest = (events.as_slice(), entries.as_slice());
        loop {
            rest = match rest.0.len() {
                0 => return Ok(()),
                1 => insert::<1>(conn, rest)?,
                2 => insert::<2>(conn, rest)?,
                3 => insert::<3>(conn, rest)?,
                4 => insert::<4>(conn, rest)?,
                5 => insert::<5>(conn, rest)?,
                6 => insert::<6>(conn, rest)?,
                7 => insert::<7>(conn, rest)?,
                8..MANY => insert::<8>(conn, rest)?,
                _ => insert_block(conn, rest)?,
            };
        }
    }
}

type Rows<'a> = (&'a [NewEvent], &'a [NewAuditEntry]);

/// Inserts the first `N` events and entries, and returns the others. `N` is constant, so that diesel keeps the prepared
/// statements.
fn insert<'a, const N: usize>(conn: &mut DbConn, (events, entries): Rows<'a>) -> Result<Rows<'a>, Error> {
    let fewer = || Error::internal("fewer recorded changes than expected");
    let (events, later_events) = events.split_first_chunk::<N>().ok_or_else(fewer)?;
    let (entries, later_entries) = entries.split_first_chunk::<N>().ok_or_else(fewer)?;
    let events = diesel::insert_into(events::table).values(events);
    let entries = diesel::insert_into(audit_entries::table).values(entries);
    match conn {
        DbConn::Postgres(conn) => Together(events, entries).execute(conn)?,
        DbConn::Sqlite(conn) => events.execute(conn).and_then(|_| entries.execute(conn))?,
    };
    Ok((later_events, later_entries))
}

/// Inserts the events and entries of a block of changes, and returns the others. Such a statement is prepared each time,
/// which takes less than many statements.
fn insert_block<'a>(conn: &mut DbConn, (events, entries): Rows<'a>) -> Result<Rows<'a>, Error> {
    let (events, later_events) = events.split_at(events.len().min(ROWS));
    let (entries, later_entries) = entries.split_at(entries.len().min(ROWS));
    with_backend!(conn, |conn| diesel::insert_into(events::table).values(events).execute(conn))?;
    with_backend!(conn, |conn| diesel::insert_into(audit_entries::table).values(entries).execute(conn))?;
    Ok((later_events, later_entries))
}

/// The `action` of audit entries about reads.
const PERSONAL_DATA_READ: &str = "personal_data.read";

/// Writes the audit entry of a read. A read of several records has the id of the entry as its subject.
pub fn write_read<T: Serialize>(
    conn: &mut DbConn,
    id: AuditEntryId,
    by: ActorName,
    origin: Origin<'_>,
    subject: &str,
    after: &T,
) -> Result<(), Error> {
    let entry = NewAuditEntry {
        id,
        recorded_at: origin.at,
        actor: by.actor,
        issuer: by.issuer,
        action: PERSONAL_DATA_READ,
        subject: subject.to_owned(),
        before: "null".to_owned(),
        after: json(after)?,
        reason: None,
        request_id: origin.request_id.to_owned(),
    };
    let insert = diesel::insert_into(audit_entries::table).values(&entry);
    with_backend!(conn, |conn| insert.execute(conn))?;
    Ok(())
}
