//! What can be done with people, and by whom.

use super::dto::{HomePositionBody, NewHomePosition, NewPerson, PersonBody, PersonPatch};
use super::filter::PersonFilter;
pub use super::rows::{HomePosition, Person};
use super::store::{self, Overlap, Taken};
use crate::directory::departments;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Facts};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem, Text, Violation};
use crate::kernel::events::types;
use crate::kernel::http::etag::IfMatch;
use crate::kernel::http::merge_patch::apply;
use crate::kernel::ids::{DepartmentId, HomePositionId, PersonId};
use crate::kernel::page::Page;
use crate::kernel::record::Change;
use crate::kernel::time::Day;
use crate::kernel::tx::Tx;

/// Adds a person.
///
/// # Errors
/// 403; 409 when the e-mail address or the subject is taken.
pub fn create(tx: &mut Tx<'_>, new: &NewPerson) -> Result<Person, Error> {
    tx.authorize_and_deduplicate(Action::WriteDirectory, &Facts::default())?;
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
        erased_at: None,
    };
    store::insert(tx.conn, &person)?.map_err(taken)?;
    tx.record_change(&Change::created(types::PERSON_CREATED, person.id.as_str(), &PersonBody::from(person.clone()))?)?;
    Ok(person)
}

/// One page of people.
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
    authz::require(actor, Action::ReadDirectory, &Facts::default())?;
    store::list(conn, filter, today, page)
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
/// 403; 404 when no person in the directory has the subject of the token.
pub fn me(conn: &mut DbConn, actor: &Actor) -> Result<Person, Error> {
    authz::require(actor, Action::ReadDirectory, &Facts::default())?;
    store::by_subject(conn, &actor.subject)?.ok_or_else(|| {
        Problem::new(Code::NotFound)
            .because(
                "Your token is valid, but the directory knows nobody with its subject; software has no entry there.",
                "Váš token je platný, ale adresář nikoho s jeho subjektem nezná; programy v něm zapsány nejsou.",
            )
            .into()
    })
}

/// Changes a person.
///
/// # Errors
/// 403, 404, 412, 428; 409 when the e-mail address or the subject is taken.
pub fn update(tx: &mut Tx<'_>, id: PersonId, patch: &PersonPatch) -> Result<Person, Error> {
    tx.authorize_and_deduplicate(Action::WriteDirectory, &Facts::default())?;
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
    store::update(tx.conn, &after)?.map_err(taken)?;
    let (old, new) = (PersonBody::from(before), PersonBody::from(after.clone()));
    tx.record_change(&Change::updated(types::PERSON_UPDATED, id.as_str(), &old, &new)?)?;
    Ok(after)
}

/// Adds a home position of a person.
///
/// # Errors
/// 403, 404; 422 for an unknown department; 409 when it overlaps with another position.
pub fn add_home_position(tx: &mut Tx<'_>, id: PersonId, new: &NewHomePosition) -> Result<HomePosition, Error> {
    tx.authorize_and_deduplicate(Action::WriteDirectory, &Facts::default())?;
    store::lock(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if departments::service::existing(tx.conn, &[new.department_id])?.is_empty() {
        return Err(Error::violation(Violation::unknown_reference("/department_id", "department", "oddělení")));
    }
    write_position(tx, id, new.clone())
}

/// Writes a position; the departments are known to exist.
pub(super) fn write_position(tx: &mut Tx<'_>, id: PersonId, new: NewHomePosition) -> Result<HomePosition, Error> {
    let NewHomePosition { department_id, title, manager, valid_from, valid_to } = new;
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
    store::insert_position(tx.conn, &position)?.map_err(overlap)?;
    tx.record_change(&Change::created(
        types::HOME_POSITION_ADDED,
        position.id.as_str(),
        &HomePositionBody::from(position.clone()),
    )?)?;
    Ok(position)
}

/// Sets the day on which a home position ends.
///
/// # Errors
/// 403, 404; 422 for a day that is not inside the position.
pub fn end_home_position(tx: &mut Tx<'_>, id: HomePositionId, on: Day) -> Result<HomePosition, Error> {
    tx.authorize_and_deduplicate(Action::WriteDirectory, &Facts::default())?;
    let before = store::position(tx.conn, id)?.ok_or_else(Error::not_found)?;
    store::lock(tx.conn, before.person_id)?.ok_or_else(Error::not_found)?;
    let before = store::position(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if on <= before.valid_from || before.valid_to.is_some_and(|end| on > end) {
        let text = Text::new("This day is not inside the position.", "Tento den není uvnitř pozice.");
        return Err(Error::violation(Violation::at("/on", "dates_out_of_range", text)));
    }
    if before.valid_to == Some(on) {
        return Ok(before);
    }
    end_position(tx, before, on)
}

/// Writes the end of a position.
pub(super) fn end_position(tx: &mut Tx<'_>, before: HomePosition, on: Day) -> Result<HomePosition, Error> {
    store::end_position(tx.conn, before.id, on)?;
    let after = HomePosition { valid_to: Some(on), ..before.clone() };
    let (old, new) = (HomePositionBody::from(before), HomePositionBody::from(after.clone()));
    tx.record_change(&Change::updated(types::HOME_POSITION_ENDED, after.id.as_str(), &old, &new)?)?;
    Ok(after)
}

/// One page of a person's home positions.
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

/// The person with this token subject, for other slices.
pub fn by_subject(conn: &mut DbConn, subject: &str) -> Result<Option<Person>, Error> {
    store::by_subject(conn, subject)
}

/// Whether the directory is empty, for the start of the service.
pub fn is_empty(conn: &mut DbConn) -> Result<bool, Error> {
    store::is_empty(conn)
}

/// Locks a person for the rest of the transaction, for other slices.
pub fn hold(conn: &mut DbConn, id: PersonId) -> Result<Option<Person>, Error> {
    store::lock(conn, id)
}

/// Locks several people, in the order of their ids; people who do not exist are absent.
pub fn hold_many(conn: &mut DbConn, ids: &[PersonId]) -> Result<Vec<Person>, Error> {
    store::lock_many(conn, ids)
}

/// Those of the people that exist, for other slices.
pub fn existing(conn: &mut DbConn, ids: &[PersonId]) -> Result<Vec<Person>, Error> {
    store::find_many(conn, ids)
}

/// The home positions of these people on one day; people without one are absent.
pub fn home_position_on(conn: &mut DbConn, people: &[PersonId], day: Day) -> Result<Vec<HomePosition>, Error> {
    store::positions_on(conn, people, day)
}

/// People whose home position on a day is in these departments, without deactivated people, at most `most`, for
/// other slices.
pub fn at_home_in(
    conn: &mut DbConn,
    departments: &[DepartmentId],
    day: Day,
    most: i64,
) -> Result<Vec<(DepartmentId, PersonId)>, Error> {
    store::at_home_in(conn, departments, day, most)
}

/// Stores a person that [`hold`] returned.
pub fn save(conn: &mut DbConn, person: &Person) -> Result<(), Error> {
    store::update(conn, person)?.map_err(taken)
}

/// Deletes a manager's name from the home positions that contain it.
pub fn forget_manager(conn: &mut DbConn, name: &str) -> Result<(), Error> {
    store::forget_manager(conn, name).map(drop)
}

/// A deactivated person is named for something new.
#[must_use]
pub fn has_left(pointer: impl Into<String>) -> Violation {
    let text = Text::new("This person has left the company.", "Tato osoba už ve firmě není.");
    Violation::at(pointer, "person_left", text)
}

/// One person, for other slices.
pub fn find(conn: &mut DbConn, id: PersonId) -> Result<Option<Person>, Error> {
    store::find(conn, id)
}

/// The e-mail address or the subject belongs to another person.
pub(super) fn taken(taken: Taken) -> Error {
    let (pointer, en, cs) = match taken {
        Taken::Email => {
            ("/email", "Another person has this e-mail address.", "Tuto e-mailovou adresu už má někdo jiný.")
        }
        Taken::Subject => ("/subject", "Another person has this subject.", "Tento subject už má někdo jiný."),
    };
    Problem::new(Code::AlreadyExists).because(en, cs).with("conflicting_member", pointer).into()
}

fn overlap(Overlap: Overlap) -> Error {
    Problem::new(Code::Conflict)
        .because(
            "The person has another home position on some of these days.",
            "V některých z těchto dnů má osoba jinou domovskou pozici.",
        )
        .into()
}
