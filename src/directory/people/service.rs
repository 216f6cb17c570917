//! Creating, reading and updating people and their regular positions.

use super::dto::{HomePositionBody, NewHomePosition, NewPerson, PersonBody, PersonPatch};
use super::filter::PersonFilter;
pub use super::rows::{HomePosition, Person};
use super::store::{self, Overlap, Taken};
use crate::directory::departments;
use crate::kernel::auth::{Actor, ActorKind};
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem, Text, Violation, refuse_if_any};
use crate::kernel::events::types;
use crate::kernel::http::etag::IfMatch;
use crate::kernel::http::merge_patch::apply;
use crate::kernel::ids::{DepartmentId, HomePositionId, PersonId};
use crate::kernel::page::Page;
use crate::kernel::record::Change;
use crate::kernel::time::Day;
use crate::kernel::tx::Tx;

/// Creates a person.
///
/// # Errors
/// 403; 409 when another person has the e-mail address, login or employee number.
pub fn create(tx: &mut Tx<'_>, new: &NewPerson) -> Result<Person, Error> {
    tx.authorize_and_deduplicate(Action::WriteDirectory, &Relations::default())?;
    let NewPerson { display_name, email, login, employee_number } = new.clone();
    let person = Person {
        id: tx.new_id(),
        display_name,
        email: email.to_lowercase(),
        login,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
        deactivated_at: None,
        erased_at: None,
        employee_number,
    };
    store::insert(tx.conn, &person)?.map_err(taken)?;
    tx.record_change(&Change::created(types::PERSON_CREATED, person.id.as_str(), &PersonBody::from(person.clone()))?)?;
    Ok(person)
}

/// Returns a page of people.
///
/// # Errors
/// 403.
pub fn list(
    conn: &mut DbConn,
    actor: &Actor,
    filter: &PersonFilter,
    today: Day,
    page: &Page,
) -> Result<Vec<Person>, Error> {
    authz::require(actor, Action::ReadDirectory, &Relations::default())?;
    store::list(conn, filter, today, page)
}

/// Returns a person.
///
/// # Errors
/// 403, 404.
pub fn get(conn: &mut DbConn, actor: &Actor, id: PersonId) -> Result<Person, Error> {
    authz::require(actor, Action::ReadDirectory, &Relations::default())?;
    store::find(conn, id)?.ok_or_else(Error::not_found)
}

/// Returns those of the people who exist, if the caller can read people; at most one statement.
///
/// # Errors
/// 403.
pub fn get_many(conn: &mut DbConn, actor: &Actor, ids: &[PersonId]) -> Result<Vec<Person>, Error> {
    authz::require(actor, Action::ReadDirectory, &Relations::default())?;
    if ids.is_empty() { Ok(Vec::new()) } else { store::find_many(conn, ids) }
}

/// Returns the person who calls.
///
/// # Errors
/// 403; 404 when no person in the directory has the login of the token.
pub fn me(conn: &mut DbConn, actor: &Actor) -> Result<Person, Error> {
    authz::require(actor, Action::ReadDirectory, &Relations::default())?;
    // An application is not a person, even if its subject equals the login of one.
    let person = match actor.kind {
        ActorKind::Person => store::by_login(conn, &actor.subject)?,
        _ => None,
    };
    person.ok_or_else(|| Problem::new(Code::NotFound).because("detail-login-unknown").into())
}

/// Updates a person.
///
/// # Errors
/// 403, 404, 412, 428; 409 when another person has the e-mail address, login or employee number.
pub fn update(tx: &mut Tx<'_>, id: PersonId, patch: &PersonPatch) -> Result<Person, Error> {
    tx.authorize_and_deduplicate(Action::WriteDirectory, &Relations::default())?;
    let before = store::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    IfMatch::check(tx.meta.if_match.as_ref(), before.version)?;
    let mut after = before.clone();
    let PersonPatch { display_name, email, login, employee_number } = patch.clone();
    let changes = [
        apply(&mut after.display_name, display_name),
        apply(&mut after.email, email.map(|email| email.to_lowercase())),
        apply(&mut after.login, login),
        apply(&mut after.employee_number, employee_number),
    ];
    if !changes.contains(&true) {
        return Ok(before);
    }
    after.version += 1;
    after.updated_at = tx.now;
    store::update(tx.conn, &after)?.map_err(taken)?;
    let (old, new) = (PersonBody::from(before), PersonBody::from(after.clone()));
    tx.record_change(&Change::updated(types::PERSON_UPDATED, id.as_str(), &old, &new)?)?;
    Ok(after)
}

/// Creates a regular position of a person.
///
/// # Errors
/// 403, 404; 422 for an unknown department or manager; 409 when it overlaps with another position.
pub fn add_home_position(tx: &mut Tx<'_>, id: PersonId, new: &NewHomePosition) -> Result<HomePosition, Error> {
    tx.authorize_and_deduplicate(Action::WriteDirectory, &Relations::default())?;
    store::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let mut violations = Vec::new();
    if departments::service::existing(tx.conn, &[new.department_id])?.is_empty() {
        violations.push(Violation::unknown_reference("/department_id", "violation-unknown-department"));
    }
    if let Some(manager) = new.manager_person_id
        && store::find(tx.conn, manager)?.is_none()
    {
        violations.push(Violation::unknown_reference("/manager_person_id", "violation-unknown-person"));
    }
    refuse_if_any(violations)?;
    write_position(tx, id, new.clone())
}

/// Inserts a position whose department and manager have been checked to exist.
fn write_position(tx: &mut Tx<'_>, id: PersonId, new: NewHomePosition) -> Result<HomePosition, Error> {
    let NewHomePosition { department_id, title, manager_person_id, valid_from, valid_to } = new;
    let position = HomePosition {
        id: tx.new_id(),
        person_id: id,
        department_id,
        title,
        valid_from,
        valid_to,
        created_at: tx.now,
        manager_person_id,
    };
    store::insert_position(tx.conn, &position)?.map_err(overlap)?;
    tx.record_change(&Change::created(
        types::HOME_POSITION_CREATED,
        position.id.as_str(),
        &HomePositionBody::from(position.clone()),
    )?)?;
    Ok(position)
}

/// Sets the day on which a regular position ends.
///
/// # Errors
/// 403, 404; 422 for a day that is not within the position.
pub fn end_home_position(tx: &mut Tx<'_>, id: HomePositionId, on: Day) -> Result<HomePosition, Error> {
    tx.authorize_and_deduplicate(Action::WriteDirectory, &Relations::default())?;
    let before = store::position(tx.conn, id)?.ok_or_else(Error::not_found)?;
    store::lock(tx.conn, before.person_id)?.ok_or_else(Error::not_found)?;
    let before = store::position(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if on <= before.valid_from || before.valid_to.is_some_and(|end| on > end) {
        let text = Text::new("violation-outside-position");
        return Err(Error::violation(Violation::at("/ends_on", "dates_out_of_range", text)));
    }
    if before.valid_to == Some(on) {
        return Ok(before);
    }
    end_position(tx, before, on)
}

/// Stores the end of a position.
fn end_position(tx: &mut Tx<'_>, before: HomePosition, on: Day) -> Result<HomePosition, Error> {
    store::end_position(tx.conn, before.id, on)?;
    let after = HomePosition { valid_to: Some(on), ..before.clone() };
    let (old, new) = (HomePositionBody::from(before), HomePositionBody::from(after.clone()));
    tx.record_change(&Change::updated(types::HOME_POSITION_ENDED, after.id.as_str(), &old, &new)?)?;
    Ok(after)
}

/// Returns a page of the regular positions of a person.
///
/// # Errors
/// 403, 404.
pub fn home_positions(
    conn: &mut DbConn,
    actor: &Actor,
    id: PersonId,
    as_of: Option<Day>,
    page: &Page,
) -> Result<Vec<HomePosition>, Error> {
    get(conn, actor, id)?;
    store::positions(conn, id, as_of, page)
}

/// Returns the active person with this login.
pub fn by_login(conn: &mut DbConn, login: &str) -> Result<Option<Person>, Error> {
    store::by_login(conn, login)
}

/// Returns whether the directory has no people.
pub fn is_empty(conn: &mut DbConn) -> Result<bool, Error> {
    store::is_empty(conn)
}

/// Locks a person until the end of the transaction.
pub fn lock(conn: &mut DbConn, id: PersonId) -> Result<Option<Person>, Error> {
    store::lock(conn, id)
}

/// Locks people until the end of the transaction, in the order of their ids; people who do not exist are absent.
pub fn lock_many(conn: &mut DbConn, ids: &[PersonId]) -> Result<Vec<Person>, Error> {
    store::lock_many(conn, ids)
}

/// Returns those of the people who exist.
pub fn existing(conn: &mut DbConn, ids: &[PersonId]) -> Result<Vec<Person>, Error> {
    store::find_many(conn, ids)
}

/// Returns the regular positions of people on a day; people without one are absent.
pub fn home_position_on(conn: &mut DbConn, people: &[PersonId], day: Day) -> Result<Vec<HomePosition>, Error> {
    store::positions_on(conn, people, day)
}

/// Returns up to `most` people whose regular position on a day is in one of these departments, without deactivated
/// people.
pub fn with_position_in(
    conn: &mut DbConn,
    departments: &[DepartmentId],
    day: Day,
    most: i64,
) -> Result<Vec<(DepartmentId, PersonId)>, Error> {
    store::with_position_in(conn, departments, day, most)
}

/// Stores a person that [`lock`] returned.
pub fn save(conn: &mut DbConn, person: &Person) -> Result<(), Error> {
    store::update(conn, person)?.map_err(taken)
}

/// Returns the violation for a deactivated person in a new or changed record.
#[must_use]
pub fn deactivated_person(pointer: impl Into<String>) -> Violation {
    let text = Text::new("violation-person-deactivated");
    Violation::at(pointer, "person_deactivated", text)
}

/// Returns a person; the caller has been authorised already.
pub fn find(conn: &mut DbConn, id: PersonId) -> Result<Option<Person>, Error> {
    store::find(conn, id)
}

/// Returns the problem for an e-mail address, a login or an employee number that belongs to another person.
pub(super) fn taken(taken: Taken) -> Error {
    let (pointer, detail) = match taken {
        Taken::Email => ("/email", "detail-email-exists"),
        Taken::Login => ("/login", "detail-login-exists"),
        Taken::EmployeeNumber => ("/employee_number", "detail-employee-number-exists"),
    };
    Problem::new(Code::AlreadyExists).because(detail).with("conflicting_field", pointer).into()
}

pub(super) fn overlap(Overlap: Overlap) -> Error {
    Problem::new(Code::Conflict).because("detail-position-overlaps").into()
}
