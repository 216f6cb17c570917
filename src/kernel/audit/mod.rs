//! The audit trail: one entry per changed record and 2xx write; replays leave none.
//!
//! Rule: append-only; the databases refuse UPDATE and DELETE by trigger. The one exception is the
//! right to erasure: a transaction that holds the gate takes a person out of what entries tell.

mod routes;

pub use routes::configure;

use diesel::prelude::*;

use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Facts};
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::{audit_entries, erasure_gate};
use crate::kernel::error::Error;
use crate::kernel::ids::AuditEntryId;
use crate::kernel::page::Page;
use crate::kernel::time::UtcTime;

/// Takes out the reasons that people wrote about a record; the one thing besides [`redact`] that
/// an entry can lose.
///
/// # Errors
/// Those of the database, which refuses while the gate is closed.
pub fn forget_reasons(conn: &mut DbConn, subject: &str) -> Result<(), Error> {
    let written = audit_entries::table.filter(audit_entries::subject.eq(subject));
    diesel::update(written.filter(audit_entries::reason.is_not_null()))
        .set(audit_entries::reason.eq(None::<String>))
        .execute(conn)?;
    Ok(())
}

/// Rewrites what the entries of a record tell, by `tombstone`.
///
/// # Errors
/// Those of the database, which refuses while the gate is closed.
pub fn redact(conn: &mut DbConn, subject: &str, tombstone: impl Fn(&str) -> String) -> Result<(), Error> {
    let told: Vec<(AuditEntryId, String, String)> = audit_entries::table
        .filter(audit_entries::subject.eq(subject))
        .select((audit_entries::id, audit_entries::before, audit_entries::after))
        .load(conn)?;
    for (id, before, after) in told {
        let rewritten = (
            audit_entries::before.eq(tombstone(&before)),
            audit_entries::after.eq(tombstone(&after)),
            audit_entries::reason.eq(None::<String>),
        );
        diesel::update(audit_entries::table.filter(audit_entries::id.eq(id))).set(rewritten).execute(conn)?;
    }
    Ok(())
}

/// Lets this transaction past the triggers that keep the trail append-only. Whoever opens the gate waits
/// for whoever has.
pub fn open_gate(conn: &mut DbConn) -> Result<(), Error> {
    diesel::insert_into(erasure_gate::table).values(erasure_gate::id.eq(1)).execute(conn)?;
    Ok(())
}

/// Ends what [`open_gate`] began; the next one comes through after the commit.
pub fn close_gate(conn: &mut DbConn) -> Result<(), Error> {
    diesel::delete(erasure_gate::table).execute(conn)?;
    Ok(())
}

/// An entry as it was written.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = audit_entries)]
pub struct Entry {
    pub id: AuditEntryId,
    pub recorded_at: UtcTime,
    pub actor: String,
    pub action: String,
    pub subject: String,
    pub before: String,
    pub after: String,
    pub reason: Option<String>,
    pub request_id: String,
}

/// One page of entries, in the order in which they were written.
///
/// # Errors
/// 403.
pub fn list(
    conn: &mut DbConn,
    actor: &Actor,
    subject: Option<&str>,
    who: Option<&str>,
    page: &Page,
) -> Result<Vec<Entry>, Error> {
    authz::require(actor, Action::ReadAudit, &Facts::default())?;
    let mut rows =
        audit_entries::table.order(audit_entries::id).limit(page.fetch()).select(Entry::as_select()).into_boxed();
    if let Some(subject) = subject {
        rows = rows.filter(audit_entries::subject.eq(subject));
    }
    if let Some(who) = who {
        rows = rows.filter(audit_entries::actor.eq(who));
    }
    if let Some(after) = page.after.as_deref() {
        rows = rows.filter(audit_entries::id.gt(after));
    }
    Ok(rows.load(conn)?)
}
