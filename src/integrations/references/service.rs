//! Reading, writing and erasing external references.

use super::dto::{NewExternalReference, ReferenceBody};
use super::redaction::redacted;
use super::referable::Referable;
use super::rows::Reference;
use super::store;
use crate::callbacks::requests;
use crate::kernel::audit;
use crate::kernel::auth::{Actor, ActorKind};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem, Text};
use crate::kernel::events::sequence;
use crate::kernel::events::{self, types};
use crate::kernel::http::etag::IfMatch;
use crate::kernel::ids::{CallbackRequestId, EventId};
use crate::kernel::record::Change;
use crate::kernel::system_name::SystemName;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Most systems that can refer to one record.
const MAX_SYSTEMS: usize = 50;

/// Returns the references to a record.
///
/// # Errors
/// 403, 404.
pub fn list(conn: &mut DbConn, actor: &Actor, record: Referable, now: UtcTime) -> Result<Vec<Reference>, Error> {
    record.require_visible(conn, actor, now)?;
    store::list(conn, record.as_str())
}

/// Returns the reference of one system to a record.
///
/// # Errors
/// 403, 404.
pub fn get(
    conn: &mut DbConn,
    actor: &Actor,
    record: Referable,
    system: &SystemName,
    now: UtcTime,
) -> Result<Reference, Error> {
    record.require_visible(conn, actor, now)?;
    store::find(conn, record.as_str(), system.as_str())?.ok_or_else(Error::not_found)
}

/// Creates or replaces the reference of a system to a record, and returns whether it was created.
///
/// # Errors
/// 403, 404, 412, 428; 409 for an erased callback request, or when 50 systems already refer to the record.
pub fn put(
    tx: &mut Tx<'_>,
    record: Referable,
    system: &SystemName,
    new: &NewExternalReference,
) -> Result<(Reference, bool), Error> {
    record.lock(tx)?;
    let before = store::find(tx.conn, record.as_str(), system.as_str())?;
    // A version of 0 means that the reference does not exist yet.
    IfMatch::check(tx.meta.if_match.as_ref(), before.as_ref().map_or(0, |row| row.version))?;
    match before {
        Some(before) => Ok((replace(tx, system, before, new.clone())?, false)),
        None => {
            let caused_by = cause(tx, system).cloned();
            Ok((create(tx, record, system, new.clone(), caused_by.as_ref())?, true))
        }
    }
}

/// Creates the reference of a system to a callback request, with the id that the system returned; does nothing if the
/// system has a reference or the personal data of the request was erased.
pub fn create_if_missing(
    tx: &mut Tx<'_>,
    request: CallbackRequestId,
    system: &SystemName,
    external_id: &str,
    url: Option<String>,
) -> Result<(), Error> {
    if !requests::service::lock_unless_erased(tx.conn, request)? {
        return Ok(());
    }
    let references = store::list(tx.conn, request.as_str())?;
    if references.len() >= MAX_SYSTEMS || references.iter().any(|one| one.system == system.as_str()) {
        return Ok(());
    }
    let new = NewExternalReference { external_id: external_id.to_owned(), url, status: None };
    // The system knows its own record, so that it does not need the event.
    create(tx, Referable::from(request), system, new, Some(system)).map(drop)
}

fn create(
    tx: &mut Tx<'_>,
    record: Referable,
    system: &SystemName,
    NewExternalReference { external_id, url, status }: NewExternalReference,
    caused_by: Option<&SystemName>,
) -> Result<Reference, Error> {
    if store::list(tx.conn, record.as_str())?.len() >= MAX_SYSTEMS {
        return Err(Problem::new(Code::Conflict)
            .because(Text::new("detail-too-many-references").with("most", MAX_SYSTEMS))
            .into());
    }
    let reference = Reference {
        subject: record.as_str().to_owned(),
        system: system.to_string(),
        external_id,
        url,
        status,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    store::insert(tx.conn, &reference)?;
    let body = ReferenceBody::from(reference.clone());
    let change = Change::created(types::EXTERNAL_REFERENCE_RECORDED, record.as_str(), &body)?;
    tx.record_change_of(&change, caused_by)?;
    Ok(reference)
}

fn replace(
    tx: &mut Tx<'_>,
    system: &SystemName,
    before: Reference,
    NewExternalReference { external_id, url, status }: NewExternalReference,
) -> Result<Reference, Error> {
    if (&before.external_id, &before.url, &before.status) == (&external_id, &url, &status) {
        return Ok(before);
    }
    let after =
        Reference { external_id, url, status, version: before.version + 1, updated_at: tx.now, ..before.clone() };
    store::update(tx.conn, &after)?;
    let (old, new) = (ReferenceBody::from(before), ReferenceBody::from(after.clone()));
    let change = Change::updated(types::EXTERNAL_REFERENCE_RECORDED, &after.subject, &old, &new)?;
    tx.record_change_of(&change, cause(tx, system))?;
    Ok(after)
}

/// Deletes the reference of a system to a record.
///
/// # Errors
/// 403, 404; 409 for an erased callback request.
pub fn delete(tx: &mut Tx<'_>, record: Referable, system: &SystemName) -> Result<(), Error> {
    record.lock(tx)?;
    let before = store::find(tx.conn, record.as_str(), system.as_str())?.ok_or_else(Error::not_found)?;
    store::delete(tx.conn, record.as_str(), system.as_str())?;
    let body = ReferenceBody::from(before);
    let change = Change::updated(types::EXTERNAL_REFERENCE_DELETED, record.as_str(), &body, &body)?;
    tx.record_change_of(&change, cause(tx, system))
}

/// Returns the system that causes a change of a reference: the one in `Caused-By`, or else the one whose reference
/// an application writes; `None` for a change by a person.
fn cause<'a>(tx: &Tx<'a>, system: &'a SystemName) -> Option<&'a SystemName> {
    (tx.actor.kind == ActorKind::Service).then(|| tx.meta.caused_by.as_ref().unwrap_or(system))
}

/// Deletes the references to a record and redacts them in events and the audit trail, because they lead to the personal
/// data in other systems. Returns the events whose webhook payloads the caller must redact with [`redacted`].
pub fn erase(conn: &mut DbConn, subject: &str) -> Result<Vec<EventId>, Error> {
    store::delete_all(conn, subject)?;
    // Events can also contain references that were deleted earlier.
    if !events::tells(conn, subject, &[types::EXTERNAL_REFERENCE_RECORDED, types::EXTERNAL_REFERENCE_DELETED])? {
        return Ok(Vec::new());
    }
    // The dispatcher must not queue an event while it is redacted.
    sequence::lock(conn)?;
    let events = events::redact(conn, subject, redacted)?;
    audit::redact(conn, subject, redacted)?;
    Ok(events)
}
