//! Records a change: one event and one audit entry, in the transaction of the change.

use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;

use crate::kernel::db::DbConn;
use crate::kernel::db::schema::{audit_entries, events};
use crate::kernel::db::together::Together;
use crate::kernel::error::Error;
use crate::kernel::ids::{AuditEntryId, EventId};
use crate::kernel::time::UtcTime;

/// A change of a record.
pub struct Change<'a> {
    /// Event type, a constant of `events::types`.
    pub event: &'static str,
    /// Id of the changed record.
    pub subject: &'a str,
    /// The record before the change; null if it is new.
    pub before: Value,
    /// The record after the change, which is also the `data` of the event.
    pub after: Value,
    pub reason: Option<&'a str>,
}

impl<'a> Change<'a> {
    /// Returns the change that created a record.
    pub fn created<T: Serialize>(event: &'static str, subject: &'a str, after: &T) -> Result<Self, Error> {
        Ok(Self { event, subject, before: Value::Null, after: json(after)?, reason: None })
    }

    /// Returns the change that updated a record.
    pub fn updated<T: Serialize>(event: &'static str, subject: &'a str, before: &T, after: &T) -> Result<Self, Error> {
        Ok(Self { event, subject, before: json(before)?, after: json(after)?, reason: None })
    }
}

fn json<T: Serialize>(value: &T) -> Result<Value, Error> {
    serde_json::to_value(value).map_err(Error::internal)
}

/// Who made a change, when and in which request.
#[derive(Clone, Copy)]
pub struct Origin<'a> {
    pub actor: &'a str,
    pub request_id: &'a str,
    /// The external system that caused the change.
    pub caused_by: Option<&'a str>,
    pub at: UtcTime,
}

#[derive(Insertable)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
struct NewEvent<'a> {
    id: EventId,
    kind: &'a str,
    occurred_at: UtcTime,
    subject: &'a str,
    data: String,
    request_id: &'a str,
    caused_by: Option<&'a str>,
}

#[derive(Insertable)]
#[diesel(table_name = audit_entries, treat_none_as_default_value = false)]
struct NewAuditEntry<'a> {
    id: AuditEntryId,
    recorded_at: UtcTime,
    actor: &'a str,
    action: &'a str,
    subject: &'a str,
    before: String,
    after: String,
    reason: Option<&'a str>,
    request_id: &'a str,
}

/// Writes the event and the audit entry of a change.
pub fn write(
    conn: &mut DbConn,
    (event_id, entry_id): (EventId, AuditEntryId),
    origin: Origin<'_>,
    change: &Change<'_>,
) -> Result<(), Error> {
    let after = change.after.to_string();
    let event = NewEvent {
        id: event_id,
        kind: change.event,
        occurred_at: origin.at,
        subject: change.subject,
        data: after.clone(),
        request_id: origin.request_id,
        caused_by: origin.caused_by,
    };
    let entry = NewAuditEntry {
        id: entry_id,
        recorded_at: origin.at,
        actor: origin.actor,
        action: change.event,
        subject: change.subject,
        before: change.before.to_string(),
        after,
        reason: change.reason,
        request_id: origin.request_id,
    };
    let event = diesel::insert_into(events::table).values(&event);
    let entry = diesel::insert_into(audit_entries::table).values(&entry);
    match conn {
        DbConn::Postgres(conn) => Together(event, entry).execute(conn)?,
        DbConn::Sqlite(conn) => event.execute(conn).and_then(|_| entry.execute(conn))?,
    };
    Ok(())
}
