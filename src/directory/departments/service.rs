//! Creating, reading and updating departments.

use super::dto::{DepartmentBody, DepartmentPatch, NewDepartment};
pub use super::rows::Department;
use super::store::{self, KeyTaken};
use crate::directory::existence;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem, Violation};
use crate::kernel::events::types;
use crate::kernel::http::etag::IfMatch;
use crate::kernel::http::merge_patch::apply;
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::page::Page;
use crate::kernel::record::Change;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Creates a department.
///
/// # Errors
/// 403; 409 when another department has the key; 422 for an unknown head.
pub fn create(tx: &mut Tx<'_>, new: &NewDepartment) -> Result<Department, Error> {
    tx.authorize_and_deduplicate(Action::WriteDirectory, &Relations::default())?;
    let NewDepartment { key, name, head_title, head_person_id } = new.clone();
    require_known_person(tx, head_person_id)?;
    let department = Department {
        id: tx.new_id(),
        key,
        name,
        head_title,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
        head_since: head_person_id.map(|_| tx.now),
        head_changed_at: head_person_id.map(|_| tx.now),
        head_is_first: head_person_id.is_some(),
        head_person_id,
    };
    store::insert(tx.conn, &department)?.map_err(key_taken)?;
    tx.record_change(&Change::created(
        types::DEPARTMENT_CREATED,
        department.id.as_str(),
        &DepartmentBody::from(department.clone()),
    )?)?;
    Ok(department)
}

/// Returns a page of departments.
///
/// # Errors
/// 403.
pub fn list(conn: &mut DbConn, actor: &Actor, key: Option<&str>, page: &Page) -> Result<Vec<Department>, Error> {
    authz::require(actor, Action::ReadDirectory, &Relations::default())?;
    store::list(conn, key, page)
}

/// Returns a department.
///
/// # Errors
/// 403, 404.
pub fn get(conn: &mut DbConn, actor: &Actor, id: DepartmentId) -> Result<Department, Error> {
    authz::require(actor, Action::ReadDirectory, &Relations::default())?;
    store::find(conn, id)?.ok_or_else(Error::not_found)
}

/// Returns those of the departments that exist, if the caller can read departments; at most one statement.
///
/// # Errors
/// 403.
pub fn get_many(conn: &mut DbConn, actor: &Actor, ids: &[DepartmentId]) -> Result<Vec<Department>, Error> {
    authz::require(actor, Action::ReadDirectory, &Relations::default())?;
    if ids.is_empty() { Ok(Vec::new()) } else { store::find_many(conn, ids) }
}

/// Returns those of the departments that exist.
pub fn existing(conn: &mut DbConn, ids: &[DepartmentId]) -> Result<Vec<Department>, Error> {
    store::find_many(conn, ids)
}

/// Returns those of the departments with these keys that exist.
pub fn with_keys(conn: &mut DbConn, keys: &[&str]) -> Result<Vec<Department>, Error> {
    store::find_by_keys(conn, keys)
}

/// Returns the departments that a person heads, at most `most` of them.
pub fn headed_by(conn: &mut DbConn, person: PersonId, most: i64) -> Result<Vec<Department>, Error> {
    store::headed_by(conn, person, most)
}

/// Records that the heads who are among these people may be others who act for them, and returns their departments.
/// Their row version stays, because nothing changes that a caller sees.
pub fn heads_changed(conn: &mut DbConn, people: &[PersonId], now: UtcTime) -> Result<Vec<DepartmentId>, Error> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let departments = store::headed_by_any(conn, people)?;
    if !departments.is_empty() {
        store::set_head_changed(conn, &departments, now)?;
    }
    Ok(departments)
}

/// Locks departments until the end of the transaction, in the order of their ids; those that do not exist are left out.
pub fn lock_many(conn: &mut DbConn, mut ids: Vec<DepartmentId>) -> Result<(), Error> {
    ids.sort_unstable();
    ids.dedup();
    for id in ids {
        store::lock(conn, id)?;
    }
    Ok(())
}

/// Makes another person the head of a department, for a head who leaves the company and a caller who has been
/// authorised and has locked the department. Repeating it changes nothing.
///
/// # Errors
/// 422 with `pointer` when the department does not exist or has another head.
pub fn hand_over(
    tx: &mut Tx<'_>,
    id: DepartmentId,
    (from, to): (PersonId, PersonId),
    reason: &str,
    pointer: &str,
) -> Result<Department, Error> {
    let is_concerned = |department: &Department| [Some(from), Some(to)].contains(&department.head_person_id);
    let before = store::find(tx.conn, id)?.filter(is_concerned).ok_or_else(|| {
        let pointer = format!("{pointer}/department_id");
        Error::violation(Violation::unknown_reference(pointer, "violation-not-headed"))
    })?;
    if before.head_person_id == Some(to) {
        return Ok(before);
    }
    let version = before.version + 1;
    let (head_person_id, head_since, head_changed_at) = (Some(to), Some(tx.now), Some(tx.now));
    let after = Department {
        head_person_id,
        head_since,
        head_changed_at,
        head_is_first: false,
        version,
        updated_at: tx.now,
        ..before.clone()
    };
    store::update(tx.conn, &after)?;
    let (old, new) = (DepartmentBody::from(before), DepartmentBody::from(after.clone()));
    let change = Change::updated(types::DEPARTMENT_UPDATED, id.as_str(), &old, &new)?;
    tx.record_change(&Change { reason: Some(reason), ..change })?;
    Ok(after)
}

/// Updates a department.
///
/// # Errors
/// 403, 404, 412, 428; 422 for an unknown head.
pub fn update(tx: &mut Tx<'_>, id: DepartmentId, patch: &DepartmentPatch) -> Result<Department, Error> {
    tx.authorize_and_deduplicate(Action::WriteDirectory, &Relations::default())?;
    let before = store::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    IfMatch::check(tx.meta.if_match.as_ref(), before.version)?;
    let mut after = before.clone();
    let DepartmentPatch { name, head_title, head_person_id } = patch.clone();
    require_known_person(tx, head_person_id.flatten())?;
    let changes = [
        apply(&mut after.name, name),
        apply(&mut after.head_title, head_title),
        apply(&mut after.head_person_id, head_person_id),
    ];
    if !changes.contains(&true) {
        return Ok(before);
    }
    if after.head_person_id != before.head_person_id {
        after.head_since = after.head_person_id.map(|_| tx.now);
        after.head_changed_at = Some(tx.now);
        after.head_is_first = before.head_changed_at.is_none();
    }
    after.version += 1;
    after.updated_at = tx.now;
    store::update(tx.conn, &after)?;
    let (old, new) = (DepartmentBody::from(before), DepartmentBody::from(after.clone()));
    tx.record_change(&Change::updated(types::DEPARTMENT_UPDATED, id.as_str(), &old, &new)?)?;
    Ok(after)
}

fn require_known_person(tx: &mut Tx<'_>, head: Option<PersonId>) -> Result<(), Error> {
    let Some(head) = head else { return Ok(()) };
    if !existence::is_person(tx.conn, head)? {
        return Err(Error::violation(Violation::unknown_reference("/head_person_id", "violation-unknown-person")));
    }
    Ok(())
}

fn key_taken(KeyTaken: KeyTaken) -> Error {
    Problem::new(Code::AlreadyExists).because("detail-department-key-exists").with("conflicting_field", "/key").into()
}
