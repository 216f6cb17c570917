//! What can be done with people, and by whom.

use super::dto::{HomePositionBody, NewHomePosition, NewPerson, PersonBody, PersonPatch, PersonQuery};
use super::store;
pub use super::store::{HomePosition, Person};
use crate::auth::Actor;
use crate::authz::{self, Action, Facts};
use crate::db::DbConn;
use crate::departments;
use crate::error::{Error, Violation};
use crate::events::types;
use crate::http::etag::IfMatch;
use crate::http::merge_patch::apply;
use crate::http::page::PageRequest;
use crate::ids::PersonId;
use crate::time::Day;
use crate::tx::{Change, Tx};

/// Adds a person.
///
/// # Errors
/// 403; 409 when the e-mail address or the subject is taken.
pub fn create(tx: &mut Tx<'_>, new: &NewPerson) -> Result<Person, Error> {
    tx.admit(Action::WriteDirectory, &Facts::default())?;
    let NewPerson { display_name, email, subject } = new.clone();
    let person = Person {
        id: tx.new_id(),
        display_name,
        email: email.to_lowercase(),
        subject,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
        deactivated_at: None,
    };
    store::insert(tx.conn, &person)?;
    tx.record(&Change::created(types::PERSON_CREATED, person.id.as_str(), &PersonBody::from(person.clone()))?)?;
    Ok(person)
}

/// One page of people.
///
/// # Errors
/// 403.
pub fn list(
    conn: &mut DbConn,
    actor: &Actor,
    query: &PersonQuery,
    today: Day,
    page: &PageRequest,
) -> Result<Vec<Person>, Error> {
    authz::require(actor, Action::ReadDirectory, &Facts::default())?;
    store::list(conn, query, today, page)
}

/// One person.
///
/// # Errors
/// 403, 404.
pub fn get(conn: &mut DbConn, actor: &Actor, id: PersonId) -> Result<Person, Error> {
    authz::require(actor, Action::ReadDirectory, &Facts::default())?;
    store::find(conn, id)?.ok_or_else(Error::not_found)
}

/// The person who calls.
///
/// # Errors
/// 403; 404 when the directory knows nobody with the subject of the token.
pub fn me(conn: &mut DbConn, actor: &Actor) -> Result<Person, Error> {
    authz::require(actor, Action::ReadDirectory, &Facts::default())?;
    store::by_subject(conn, &actor.subject)?.ok_or_else(Error::not_found)
}

/// Changes a person.
///
/// # Errors
/// 403, 404, 412, 428; 409 when the e-mail address or the subject is taken.
pub fn update(tx: &mut Tx<'_>, id: PersonId, patch: &PersonPatch) -> Result<Person, Error> {
    tx.admit(Action::WriteDirectory, &Facts::default())?;
    let before = store::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    IfMatch::check(tx.meta.if_match.as_ref(), before.version)?;
    let mut after = before.clone();
    let PersonPatch { display_name, email, subject } = patch.clone();
    let changes = [
        apply(&mut after.display_name, display_name),
        apply(&mut after.email, email.map(|email| email.to_lowercase())),
        apply(&mut after.subject, subject),
    ];
    if !changes.contains(&true) {
        return Ok(before);
    }
    after.version += 1;
    after.updated_at = tx.now;
    store::update(tx.conn, &after)?;
    let (old, new) = (PersonBody::from(before), PersonBody::from(after.clone()));
    tx.record(&Change::updated(types::PERSON_UPDATED, id.as_str(), &old, &new)?)?;
    Ok(after)
}

/// Gives a person a home position.
///
/// # Errors
/// 403, 404; 422 for an unknown department; 409 when it overlaps with another position.
pub fn add_home_position(tx: &mut Tx<'_>, id: PersonId, new: &NewHomePosition) -> Result<HomePosition, Error> {
    tx.admit(Action::WriteDirectory, &Facts::default())?;
    store::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let NewHomePosition { department_id, title, manager, valid_from, valid_to } = new.clone();
    if departments::service::existing(tx.conn, &[department_id])?.is_empty() {
        return Err(Error::violation(Violation::unknown_reference("/department_id", "department", "oddělení")));
    }
    let position = HomePosition {
        id: tx.new_id(),
        person_id: id,
        department_id,
        title,
        manager,
        valid_from,
        valid_to,
        created_at: tx.now,
    };
    store::insert_position(tx.conn, &position)?;
    tx.record(&Change::created(
        types::HOME_POSITION_ADDED,
        position.id.as_str(),
        &HomePositionBody::from(position.clone()),
    )?)?;
    Ok(position)
}

/// One page of a person's home positions.
///
/// # Errors
/// 403, 404.
pub fn home_positions(
    conn: &mut DbConn,
    actor: &Actor,
    id: PersonId,
    page: &PageRequest,
) -> Result<Vec<HomePosition>, Error> {
    get(conn, actor, id)?;
    store::positions(conn, id, page)
}

/// The person with this token subject, for other slices.
///
/// # Errors
/// Those of the database.
pub fn by_subject(conn: &mut DbConn, subject: &str) -> Result<Option<Person>, Error> {
    store::by_subject(conn, subject)
}

/// Those of the people that exist, for other slices.
///
/// # Errors
/// Those of the database.
pub fn existing(conn: &mut DbConn, ids: &[PersonId]) -> Result<Vec<Person>, Error> {
    store::find_many(conn, ids)
}

/// The home positions of these people on one day; whoever has none is not in the answer.
///
/// # Errors
/// Those of the database.
pub fn home_position_on(conn: &mut DbConn, people: &[PersonId], day: Day) -> Result<Vec<HomePosition>, Error> {
    store::positions_on(conn, people, day)
}
