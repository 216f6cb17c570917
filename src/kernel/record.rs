//! Records changes: one event and one audit entry each, in the transaction of the change. Also records reads of
//! personal data, which have an audit entry only.
//!
//! The changes of a transaction are written together at its end, which needs fewer statements.
//!
//! Rule: the audit entry of a change that concerns a project is the next one in the hash chain of the project. A change
//! concerns the project that is its subject, or that its body names as `project_id`.

use std::collections::BTreeSet;

use data_encoding::HEXLOWER;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::kernel::actors::ActorName;
use crate::kernel::chain::{Content, Head, Link, SALT_BYTES, heads};
use crate::kernel::db::schema::{audit_entries, events};
use crate::kernel::db::together::Together;
use crate::kernel::db::{DbConn, Fixed};
use crate::kernel::environment::Environment;
use crate::kernel::error::Error;
use crate::kernel::ids::{AuditEntryId, EventId, ProjectId};
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
    /// The project that the change concerns, if the body does not say it.
    pub project: Option<ProjectId>,
}

/// The project of a body.
#[derive(Deserialize)]
struct InProject {
    project_id: Option<String>,
}

impl<'a> Change<'a> {
    /// Returns the change that created a record.
    pub fn created<T: Serialize>(event: &'static str, subject: &'a str, after: &T) -> Result<Self, Error> {
        Ok(Self { event, subject, before: "null".to_owned(), after: json(after)?, reason: None, project: None })
    }

    /// Returns the change that updated a record.
    pub fn updated<T: Serialize>(event: &'static str, subject: &'a str, before: &T, after: &T) -> Result<Self, Error> {
        Ok(Self { event, subject, before: json(before)?, after: json(after)?, reason: None, project: None })
    }

    /// Sets the project that the change concerns, for a body that does not say it.
    #[must_use]
    pub fn in_project(self, id: ProjectId) -> Self {
        Self { project: Some(id), ..self }
    }

    /// Returns the id of the project that the change concerns.
    fn project_id(&self) -> Option<String> {
        if let Some(project) = self.project {
            return Some(project.to_string());
        }
        if self.subject.parse::<ProjectId>().is_ok() {
            return Some(self.subject.to_owned());
        }
        serde_json::from_str::<InProject>(&self.after).ok()?.project_id
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
    chain_position: Option<i64>,
    chain_sha256: Option<String>,
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
    /// The project in whose chain the entry is; the other fields of the chain are `None` until the entry is written.
    project_id: Option<String>,
    chain_position: Option<i64>,
    previous_sha256: Option<String>,
    content_sha256: Option<String>,
    sha256: Option<String>,
    salt: Option<String>,
}

impl NewAuditEntry {
    /// Appends the entry to the chain of its project after `head`, and returns the new head.
    fn append(&mut self, project: &str, head: Head, salt: String) -> Result<Head, Error> {
        let Self { before, after, .. } = &*self;
        let content_sha256 = Content { before, after, reason: self.reason.as_deref(), salt: &salt }.sha256()?;
        let position = head.position + 1;
        let sha256 = Link {
            project_id: project,
            position,
            previous_sha256: &head.sha256,
            id: self.id.as_str(),
            recorded_at: &self.recorded_at.to_string(),
            actor: &self.actor,
            issuer: self.issuer.as_deref(),
            action: self.action,
            subject: &self.subject,
            request_id: &self.request_id,
            content_sha256: &content_sha256,
        }
        .sha256()?;
        self.chain_position = Some(position);
        self.previous_sha256 = Some(head.sha256);
        self.content_sha256 = Some(content_sha256);
        self.sha256 = Some(sha256.clone());
        self.salt = Some(salt);
        Ok(Head { position, sha256 })
    }
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
            chain_position: None,
            chain_sha256: None,
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
            project_id: change.project_id(),
            chain_position: None,
            previous_sha256: None,
            content_sha256: None,
            sha256: None,
            salt: None,
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
    pub fn write(&mut self, conn: &mut DbConn, environment: &Environment, by: &ActorName) -> Result<(), Error> {
        let Self { mut events, mut entries } = std::mem::take(self);
        for entry in &mut entries {
            entry.actor.clone_from(&by.actor);
            entry.issuer.clone_from(&by.issuer);
        }
        append(conn, environment, &mut events, &mut entries)?;
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

/// Prefix of the types of the events that carry the head of the chain.
const OF_PROJECTS: &str = "project.";

/// Appends the entries that concern projects to the chains of these projects; two statements for each project. There is
/// one entry for each event.
fn append(
    conn: &mut DbConn,
    environment: &Environment,
    events: &mut [NewEvent],
    entries: &mut [NewAuditEntry],
) -> Result<(), Error> {
    // In the order of the ids, so that concurrent transactions lock the heads in the same order.
    let projects: BTreeSet<String> = entries.iter().filter_map(|entry| entry.project_id.clone()).collect();
    for project in projects {
        let mut head = heads::lock(conn, &project)?;
        for (event, entry) in events.iter_mut().zip(entries.iter_mut()) {
            if entry.project_id.as_ref() != Some(&project) {
                continue;
            }
            head = entry.append(&project, head, HEXLOWER.encode(&environment.bytes::<SALT_BYTES>()))?;
            if event.kind.starts_with(OF_PROJECTS) {
                event.chain_position = Some(head.position);
                event.chain_sha256 = Some(head.sha256.clone());
            }
        }
        heads::advance(conn, &project, &head)?;
    }
    Ok(())
}

type Rows<'a> = (&'a [NewEvent], &'a [NewAuditEntry]);

/// Inserts the first `N` events and entries, and returns the others. `N` is constant, so that the statements have a fixed
/// text.
fn insert<'a, const N: usize>(conn: &mut DbConn, (events, entries): Rows<'a>) -> Result<Rows<'a>, Error> {
    let fewer = || Error::internal("fewer recorded changes than expected");
    let (events, later_events) = events.split_first_chunk::<N>().ok_or_else(fewer)?;
    let (entries, later_entries) = entries.split_first_chunk::<N>().ok_or_else(fewer)?;
    let events = diesel::insert_into(events::table).values(events);
    let entries = diesel::insert_into(audit_entries::table).values(entries);
    match conn {
        DbConn::Postgres(conn) => {
            Fixed::<_, ([NewEvent; N], [NewAuditEntry; N])>::new(Together(events, entries)).execute(conn)?
        }
        DbConn::Sqlite(conn) => events.execute(conn).and_then(|_| entries.execute(conn))?,
    };
    Ok((later_events, later_entries))
}

/// Inserts the events and entries of a block of changes, and returns the others. Such a statement is prepared each
/// time, which takes less than many statements.
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
        // A read changes no project.
        project_id: None,
        chain_position: None,
        previous_sha256: None,
        content_sha256: None,
        sha256: None,
        salt: None,
    };
    let insert = diesel::insert_into(audit_entries::table).values(&entry);
    with_backend!(conn, |conn| insert.execute(conn))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_change_concerns_its_subject_or_the_project_in_its_body() {
        let (one, two) = (ProjectId::demo(1), ProjectId::demo(2));
        let change = |subject: &str, body: serde_json::Value| {
            Change::created("project.created", subject, &body).unwrap().project_id()
        };
        assert_eq!(change(one.as_str(), json!({})), Some(one.to_string()));
        assert_eq!(change(one.as_str(), json!({ "project_id": two })), Some(one.to_string()));
        assert_eq!(change("mbr_1", json!({ "id": "mbr_1", "project_id": two })), Some(two.to_string()));
        for body in [json!({}), json!({ "project_id": null }), json!(null), json!({ "data": { "project_id": two } })] {
            assert_eq!(change("per_1", body), None);
        }
        let change = Change::created("approval.responded", "rsp_1", &json!({})).unwrap().in_project(two);
        assert_eq!(change.project_id(), Some(two.to_string()));
    }
}
