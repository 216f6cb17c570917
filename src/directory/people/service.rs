//! Creating, reading and updating people and their regular positions.

use super::dto::{HomePositionBody, NewHomePosition, NewPerson, PersonBody, PersonPatch};
use super::filter::PersonFilter;
use super::login_fields;
pub use super::rows::{HomePosition, Person};
use super::store::{self, Overlap, Taken};
use crate::directory::departments;
use crate::kernel::auth::{Actor, Login, LoginIssuers};
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem, Text, Violation, refuse_if_any};
use crate::kernel::events::types;
use crate::kernel::http::etag::IfMatch;
use crate::kernel::http::merge_patch::apply;
use crate::kernel::ids::{DepartmentId, HomePositionId, PersonId};
use crate::kernel::page::Page;
use crate::kernel::record::Change;
use crate::kernel::time::{Day, UtcTime};
use crate::kernel::tx::Tx;

/// How many seconds the clock of a client can be ahead.
const CLOCK_DIFFERENCE: i64 = 60;

/// Creates a person.
///
/// # Errors
/// 403; 422 for an issuer that is not configured; 409 when another person has the e-mail address, login or employee
/// number.
pub fn create(tx: &mut Tx<'_>, issuers: &LoginIssuers, new: &NewPerson) -> Result<Person, Error> {
    tx.authorize_and_deduplicate(Action::WriteDirectory, &Relations::default())?;
    let NewPerson { display_name, email, login, login_issuer, employee_number } = new.clone();
    let login = login_fields::login(issuers, login.as_deref(), login_issuer.as_deref(), "");
    let mut person =
        Person { display_name, email: email.to_lowercase(), employee_number, ..Person::new(tx.new_id(), tx.now) };
    person.set_login(login.map_err(Error::violation)?, tx.now);
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
/// 403, also when no person in the directory has the login of the token; 404 for applications.
pub fn me(conn: &mut DbConn, actor: &Actor) -> Result<Person, Error> {
    authz::require(actor, Action::ReadDirectory, &Relations::default())?;
    let Some(login) = actor.login() else {
        return Err(Problem::new(Code::NotFound).because("detail-not-a-person").into());
    };
    store::by_login(conn, login)?.ok_or_else(person_unknown)
}

/// Checks that the caller is in the directory, if it is a person. For results that would be empty for a person who is
/// not, such as a list of the projects of the caller.
///
/// # Errors
/// 403.
pub fn require_known(conn: &mut DbConn, actor: &Actor) -> Result<(), Error> {
    match actor.login() {
        Some(login) if store::standing(conn, login)?.is_none() => Err(person_unknown()),
        _ => Ok(()),
    }
}

/// Returns the person with this login, deactivated or not.
pub fn with_login(conn: &mut DbConn, login: Login<'_>) -> Result<Option<PersonId>, Error> {
    Ok(store::standing(conn, login)?.map(|standing| standing.id))
}

/// Returns the problem for a person who is not in the directory.
#[must_use]
pub fn person_unknown() -> Error {
    Code::PersonUnknown.into()
}

/// Updates a person.
///
/// # Errors
/// 403, 404, 412, 428; 422 for an issuer that is not configured, or for `tokens_not_before` in the future; 409 when the
/// person is erased, or is deactivated and the login changes, or another person has the e-mail address, login or
/// employee number.
pub fn update(tx: &mut Tx<'_>, issuers: &LoginIssuers, id: PersonId, patch: &PersonPatch) -> Result<Person, Error> {
    tx.authorize_and_deduplicate(Action::WriteDirectory, &Relations::default())?;
    let before = store::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    IfMatch::check(tx.meta.if_match.as_ref(), before.version)?;
    if before.erased_at.is_some() {
        return Err(Problem::illegal_transition("person", "erased", "update_person", &[]).into());
    }
    let mut after = before.clone();
    let PersonPatch { display_name, email, employee_number, tokens_not_before, .. } = patch.clone();
    refuse_if_any(future_limit(tx.now, tokens_not_before.flatten()).into_iter().collect())?;
    let login = login_fields::changed_login(issuers, &before, patch).map_err(Error::violation)?;
    if before.login_must_stay(login.as_ref()) {
        let allowed = ["reactivate_person", "erase_person"];
        return Err(Problem::illegal_transition("person", "deactivated", "update_person", &allowed).into());
    }
    after.set_login(login, tx.now);
    let changes = [
        apply(&mut after.display_name, display_name),
        apply(&mut after.email, email.map(|email| email.to_lowercase())),
        (&after.login, &after.login_issuer) != (&before.login, &before.login_issuer),
        apply(&mut after.employee_number, employee_number),
        apply(&mut after.tokens_not_before, tokens_not_before),
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

/// Returns the violation of a limit in the future, which would refuse new tokens until then.
fn future_limit(now: UtcTime, limit: Option<UtcTime>) -> Option<Violation> {
    let is_future = limit? > now.plus_seconds(CLOCK_DIFFERENCE);
    is_future.then(|| Violation::at("/tokens_not_before", "in_the_future", "violation-future-instant"))
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
    store::end_position(tx.conn, before.id, on, tx.now)?;
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
pub fn by_login(conn: &mut DbConn, login: Login<'_>) -> Result<Option<Person>, Error> {
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

/// Returns the regular positions of people that end after a day or have no end, the earliest first; at most one
/// statement.
pub fn home_positions_from(conn: &mut DbConn, people: &[PersonId], day: Day) -> Result<Vec<HomePosition>, Error> {
    if people.is_empty() { Ok(Vec::new()) } else { store::positions_from(conn, people, day) }
}

/// Returns up to `most` people for each of these departments whose regular position on a day is there, without
/// deactivated people, in the order of their ids.
pub fn with_position_in(
    conn: &mut DbConn,
    departments: &[DepartmentId],
    day: Day,
    most: usize,
) -> Result<Vec<(DepartmentId, PersonId)>, Error> {
    store::with_position_in(conn, departments, day, most)
}

/// Returns the people whose manager in a current or planned regular position is this person, at most `most` of them.
pub fn managed_by(conn: &mut DbConn, manager: PersonId, day: Day, most: i64) -> Result<Vec<PersonId>, Error> {
    store::managed_by(conn, manager, day, most)
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
