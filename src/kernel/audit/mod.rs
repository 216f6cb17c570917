//! The audit trail: one entry per changed record, and one per read of personal data in bulk. Replayed responses write
//! no entries.
//!
//! Rule: the trail is append-only; triggers reject UPDATE and DELETE. The only exception is the right to erasure: a
//! transaction that holds the erasure lock may redact a person in existing entries. Entries name people by pseudonyms
//! (`kernel::actors`).
//!
//! Rule: a reader who follows the cursors misses no entry. Entries are read in the order of their insertion, but on
//! PostgreSQL they are not committed in this order. A cursor therefore never passes the position up to which the trail
//! is settled: all transactions with entries up to there have ended. On SQLite there is only one writer, so the whole
//! trail is settled.
//!
//! Rule: the entries of a project form one hash chain (`kernel::chain`), without gaps and forks.

mod dto;
mod paging;
mod reads;
mod routes;

pub use dto::{ActorBody, AuditExpansion, RecordedAction};
pub use reads::{PersonalDataRead, record_read};
pub use routes::configure;

use diesel::prelude::*;

use crate::kernel::actors;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::schema::{audit_entries, erasure_lock};
use crate::kernel::db::{CachedDsl, DbConn};
use crate::kernel::error::Error;
use crate::kernel::http::list::invalid_cursor;
use crate::kernel::ids::{ActorId, AuditEntryId, PersonId};
use crate::kernel::page::Page;
use crate::kernel::time::UtcTime;

/// Removes the reasons from the entries of a record.
///
/// # Errors
/// 500 when the transaction does not hold the erasure lock.
pub fn redact_reasons(conn: &mut DbConn, subject: &str) -> Result<(), Error> {
    let entries = audit_entries::table.filter(audit_entries::subject.eq(subject));
    diesel::update(entries.filter(audit_entries::reason.is_not_null()))
        .set((audit_entries::reason.eq(None::<String>), audit_entries::salt.eq(None::<String>)))
        .cached()
        .execute(conn)?;
    Ok(())
}

/// Redacts the entries of a record: replaces `before` and `after` with the result of `redacted`, and removes the
/// reason. With the content goes its salt, so that its digest in the chain of a project does not help to guess it.
///
/// # Errors
/// 500 when the transaction does not hold the erasure lock.
pub fn redact(conn: &mut DbConn, subject: &str, mut redacted: impl FnMut(&str) -> String) -> Result<(), Error> {
    let entries: Vec<(AuditEntryId, String, String)> = audit_entries::table
        .filter(audit_entries::subject.eq(subject))
        .select((audit_entries::id, audit_entries::before, audit_entries::after))
        .load(conn)?;
    for (id, before, after) in entries {
        let changes = (
            audit_entries::before.eq(redacted(&before)),
            audit_entries::after.eq(redacted(&after)),
            audit_entries::reason.eq(None::<String>),
            audit_entries::salt.eq(None::<String>),
        );
        diesel::update(audit_entries::table.filter(audit_entries::id.eq(id))).set(changes).cached().execute(conn)?;
    }
    Ok(())
}

/// Acquires the erasure lock, which permits this transaction to change audit entries. Waits while another transaction
/// holds it.
pub fn begin_redaction(conn: &mut DbConn) -> Result<(), Error> {
    diesel::insert_into(erasure_lock::table).values(erasure_lock::id.eq(1)).execute(conn)?;
    Ok(())
}

/// Releases the lock that [`begin_redaction`] acquired, with effect from the commit.
pub fn end_redaction(conn: &mut DbConn) -> Result<(), Error> {
    diesel::delete(erasure_lock::table).execute(conn)?;
    Ok(())
}

/// An entry of the audit trail.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = audit_entries)]
pub struct Entry {
    /// Order of insertion.
    pub position: i64,
    pub id: AuditEntryId,
    pub recorded_at: UtcTime,
    pub actor: String,
    pub issuer: Option<String>,
    pub action: String,
    pub subject: String,
    pub before: String,
    pub after: String,
    pub reason: Option<String>,
    pub request_id: String,
}

/// An entry in the hash chain of a project, with its content.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = audit_entries)]
pub struct ChainedEntry {
    pub id: AuditEntryId,
    pub recorded_at: UtcTime,
    pub actor: String,
    pub issuer: Option<String>,
    pub action: String,
    pub subject: String,
    pub before: String,
    pub after: String,
    pub reason: Option<String>,
    pub request_id: String,
    pub chain_position: Option<i64>,
    pub previous_sha256: Option<String>,
    pub content_sha256: Option<String>,
    pub sha256: Option<String>,
    /// `None` if the content was redacted.
    pub salt: Option<String>,
}

/// Returns the entries of a project at the positions `(after, through]` of its chain, in order, at most `most`.
///
/// # Errors
/// When the entries cannot be read.
pub fn chained(
    conn: &mut DbConn,
    project: &str,
    after: i64,
    through: i64,
    most: i64,
) -> Result<Vec<ChainedEntry>, Error> {
    Ok(audit_entries::table
        .filter(audit_entries::project_id.eq(project))
        .filter(audit_entries::chain_position.gt(after))
        .filter(audit_entries::chain_position.le(through))
        .order(audit_entries::chain_position)
        .limit(most)
        .select(ChainedEntry::as_select())
        .load(conn)?)
}

diesel::define_sql_function! {
    /// A position up to which every later statement sees all entries; defined by the migrations for PostgreSQL.
    fn audit_settled_through() -> diesel::sql_types::BigInt;
}

/// Returns the position up to which the trail is settled for every later statement; `None` if all of it is.
fn settled_through(conn: &mut DbConn) -> Result<Option<i64>, Error> {
    match conn {
        DbConn::Postgres(conn) => Ok(Some(diesel::select(audit_settled_through()).get_result(conn)?)),
        DbConn::Sqlite(_) => Ok(None),
    }
}

/// Returns one page of entries, oldest first, and the position after which the next page starts, `None` on the last
/// page. `acted_by` is the name of an actor, or the id of a person.
///
/// # Errors
/// 403 without the scope; 400 when the cursor is not a position.
pub fn list(
    conn: &mut DbConn,
    actor: &Actor,
    subject: Option<&str>,
    acted_by: Option<&str>,
    page: &Page,
) -> Result<(Vec<Entry>, Option<i64>), Error> {
    authz::require(actor, Action::ReadAudit, &Relations::default())?;
    let after = page.after.as_deref().map_or(Ok(0), str::parse::<i64>).map_err(|_| invalid_cursor())?;
    // Before the page is read: an entry that is committed in between could be missing from the page.
    let settled = settled_through(conn)?;
    let mut rows = audit_entries::table
        .filter(audit_entries::position.gt(after))
        .order(audit_entries::position)
        .limit(page.fetch())
        .select(Entry::as_select())
        .into_boxed();
    if let Some(subject) = subject {
        rows = rows.filter(audit_entries::subject.eq(subject));
    }
    if let Some(acted_by) = acted_by {
        rows = match acted_by.parse::<PersonId>() {
            Ok(person) => rows.filter(audit_entries::actor.eq_any(actors::of_person(conn, person)?)),
            Err(_) => rows.filter(audit_entries::actor.eq(acted_by)),
        };
    }
    Ok(paging::end(rows.load(conn)?, page.limit, after, settled, |entry: &Entry| entry.position))
}

/// Returns what these people did, oldest first, at most `most` entries; for a person's own data.
///
/// # Errors
/// When the entries cannot be read.
pub fn actions_of(conn: &mut DbConn, actors: &[ActorId], most: i64) -> Result<Vec<RecordedAction>, Error> {
    if actors.is_empty() {
        return Ok(Vec::new());
    }
    Ok(audit_entries::table
        .filter(audit_entries::actor.eq_any(actors))
        .order(audit_entries::position)
        .limit(most)
        .select((audit_entries::id, audit_entries::recorded_at, audit_entries::action, audit_entries::subject))
        .load(conn)?)
}
