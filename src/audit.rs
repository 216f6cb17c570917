//! The audit trail: one entry per changed record and 2xx write; replays leave none.
//!
//! Rule: append-only; the databases refuse UPDATE and DELETE by trigger.

use diesel::prelude::*;

use crate::change::{Change, Origin};
use crate::db::DbConn;
use crate::db::schema::audit_entries;
use crate::error::Error;
use crate::ids::AuditEntryId;
use crate::time::UtcTime;

#[derive(Insertable)]
#[diesel(table_name = audit_entries, treat_none_as_default_value = false)]
struct NewEntry<'a> {
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

/// Adds the entry of a change to the transaction of the change.
///
/// # Errors
/// Those of the database.
pub fn append(conn: &mut DbConn, id: AuditEntryId, origin: Origin<'_>, change: &Change<'_>) -> Result<(), Error> {
    let entry = NewEntry {
        id,
        recorded_at: origin.at,
        actor: origin.actor,
        action: change.event,
        subject: change.subject,
        before: change.before.to_string(),
        after: change.after.to_string(),
        reason: change.reason,
        request_id: origin.request_id,
    };
    diesel::insert_into(audit_entries::table).values(&entry).execute(conn)?;
    Ok(())
}
