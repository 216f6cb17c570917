//! What can be done with references, and by whom.

use serde_json::Value;

use super::dto::{NewExternalReference, ReferenceBody};
use super::store::{self, Reference};
use crate::callbacks::requests;
use crate::collaboration::projects;
use crate::integrations::webhooks;
use crate::integrations::webhooks::dispatcher;
use crate::kernel::audit;
use crate::kernel::auth::{Actor, ActorKind};
use crate::kernel::authz::Action;
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::events::{self, types};
use crate::kernel::http::etag::IfMatch;
use crate::kernel::ids::{CallbackRequestId, ProjectId};
use crate::kernel::record::Change;
use crate::kernel::system_name::SystemName;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Most systems that have a name for one record.
const MOST: usize = 50;

/// What a reference belongs to.
#[derive(Debug, Clone, Copy)]
pub enum Subject {
    Callback(CallbackRequestId),
    Project(ProjectId),
}

impl Subject {
    fn as_str(&self) -> &str {
        match self {
            Self::Callback(id) => id.as_str(),
            Self::Project(id) => id.as_str(),
        }
    }

    /// Ends whoever may not read the record.
    fn visible(&self, conn: &mut DbConn, actor: &Actor, now: UtcTime) -> Result<(), Error> {
        match self {
            Self::Callback(id) => requests::for_agents(conn, actor, *id).map(drop),
            Self::Project(id) => projects::service::visible(conn, actor, *id, now).map(drop),
        }
    }

    /// Takes the record for the rest of the transaction, for somebody who may refer to it.
    fn take(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        match self {
            Self::Callback(id) => requests::take(tx, *id),
            Self::Project(id) => projects::service::take(tx, *id, Action::ReferToProject).map(drop),
        }
    }
}

/// The references of a record.
///
/// # Errors
/// 403, 404.
pub fn list(conn: &mut DbConn, actor: &Actor, subject: Subject, now: UtcTime) -> Result<Vec<Reference>, Error> {
    subject.visible(conn, actor, now)?;
    store::list(conn, subject.as_str())
}

/// What one system calls a record.
///
/// # Errors
/// 403, 404.
pub fn get(
    conn: &mut DbConn,
    actor: &Actor,
    subject: Subject,
    system: &SystemName,
    now: UtcTime,
) -> Result<Reference, Error> {
    subject.visible(conn, actor, now)?;
    store::find(conn, subject.as_str(), system.as_str())?.ok_or_else(Error::not_found)
}

/// Writes what a system calls a record, or writes it anew.
///
/// # Errors
/// 403, 404, 412, 428; 409 for an erased request, or one that 50 systems know.
pub fn put(
    tx: &mut Tx<'_>,
    subject: Subject,
    system: &SystemName,
    new: &NewExternalReference,
) -> Result<Reference, Error> {
    subject.take(tx)?;
    let before = store::find(tx.conn, subject.as_str(), system.as_str())?;
    // The first one is made from nothing, so its version is 0.
    IfMatch::check(tx.meta.if_match.as_ref(), before.as_ref().map_or(0, |row| row.version))?;
    let NewExternalReference { external_id, url, status } = new.clone();
    let after = Reference {
        subject: subject.as_str().to_owned(),
        system: system.to_string(),
        external_id,
        url,
        status,
        version: before.as_ref().map_or(1, |row| row.version + 1),
        created_at: before.as_ref().map_or(tx.now, |row| row.created_at),
        updated_at: tx.now,
    };
    let Some(before) = before else {
        if store::list(tx.conn, subject.as_str())?.len() >= MOST {
            return Err(Problem::new(Code::Conflict)
                .because("Too many systems know this record.", "Tento záznam zná příliš mnoho systémů.")
                .into());
        }
        store::insert(tx.conn, &after)?;
        let body = ReferenceBody::from(after.clone());
        let change = Change::created(types::EXTERNAL_REFERENCE_RECORDED, subject.as_str(), &body)?;
        tx.record_of(&change, cause(tx, system))?;
        return Ok(after);
    };
    if (&before.external_id, &before.url, &before.status) == (&after.external_id, &after.url, &after.status) {
        return Ok(before);
    }
    store::update(tx.conn, &after)?;
    let (old, body) = (ReferenceBody::from(before), ReferenceBody::from(after.clone()));
    let change = Change::updated(types::EXTERNAL_REFERENCE_RECORDED, subject.as_str(), &old, &body)?;
    tx.record_of(&change, cause(tx, system))?;
    Ok(after)
}

/// The system that a change of a reference comes from: what software says of itself, or the one it writes for. A person
/// speaks for no system.
fn cause<'a>(tx: &Tx<'a>, system: &'a SystemName) -> Option<&'a SystemName> {
    (tx.actor.kind == ActorKind::Service).then(|| tx.meta.caused_by.as_ref().unwrap_or(system))
}

/// Removes what a system calls a record.
///
/// # Errors
/// 403, 404.
pub fn remove(tx: &mut Tx<'_>, subject: Subject, system: &SystemName) -> Result<(), Error> {
    subject.take(tx)?;
    let before = store::find(tx.conn, subject.as_str(), system.as_str())?.ok_or_else(Error::not_found)?;
    store::delete(tx.conn, subject.as_str(), system.as_str())?;
    let body = ReferenceBody::from(before);
    let change = Change::updated(types::EXTERNAL_REFERENCE_REMOVED, subject.as_str(), &body, &body)?;
    tx.record_of(&change, cause(tx, system))
}

/// Takes a person out of the references of a record: a record of another system is found by what stands there.
///
/// # Errors
/// Those of the database.
pub fn erase(conn: &mut DbConn, subject: &str) -> Result<(), Error> {
    store::delete_all(conn, subject)?;
    // Also of references that were removed before.
    if !events::tells(conn, subject, &[types::EXTERNAL_REFERENCE_RECORDED, types::EXTERNAL_REFERENCE_REMOVED])? {
        return Ok(());
    }
    // Nobody gives an event to the queue while it is rewritten.
    dispatcher::lock(conn)?;
    let told = events::redact(conn, subject, tombstone)?;
    webhooks::deliveries::redact(conn, &told, tombstone)?;
    audit::redact(conn, subject, tombstone)
}

/// A text without what a reference tells of its record, at any depth.
fn tombstone(text: &str) -> String {
    match serde_json::from_str(text) {
        Ok(value) => without_reference(value).to_string(),
        Err(_) => Value::Null.to_string(),
    }
}

fn without_reference(mut value: Value) -> Value {
    match &mut value {
        Value::Object(members) => {
            let of_reference = members.contains_key("external_id");
            for (name, member) in members.iter_mut() {
                *member = match name.as_str() {
                    "external_id" if of_reference => "erased".into(),
                    "url" | "status" if of_reference => Value::Null,
                    _ => without_reference(member.take()),
                };
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = without_reference(item.take())),
        _ => {}
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_was_told_of_a_reference_is_taken_out() {
        let told = json!({"type": "external_reference.recorded", "data": {"external_id": "00Q", "url": "https://x", "status": "New", "system": "crm"}, "status": "kept"});
        let left: Value = serde_json::from_str(&tombstone(&told.to_string())).unwrap();
        let expected = json!({"type": "external_reference.recorded", "data": {"external_id": "erased", "url": null, "status": null, "system": "crm"}, "status": "kept"});
        assert_eq!(left, expected);
    }
}
