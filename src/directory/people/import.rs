//! The import of people from the HR system.
//!
//! Rules: all items are applied or none; repeating an import changes nothing; a person is identified by the login, or
//! else by the e-mail address; regular positions are effective-dated, so the previous one ends on the day on which the
//! new one starts.

use std::collections::HashSet;

use super::dto::{NewHomePosition, PeopleImport, PersonBody, PersonImport, PersonOutcome, UpsertedPerson};
use super::rows::{HomePosition, Person};
use super::service::{end_position, taken, write_position};
use super::store;
use crate::directory::departments;
use crate::kernel::authz::{Action, Relations};
use crate::kernel::db::locks;
use crate::kernel::error::{Code, Error, Problem, Text, Violation, refuse_if_any};
use crate::kernel::events::types;
use crate::kernel::ids::PersonId;
use crate::kernel::record::Change;
use crate::kernel::tx::Tx;

/// Marks stored responses to imports, each of which contains many people, so that an erasure can delete them all.
pub const IMPORT_RESPONSES: &str = "people_import";

/// Creates and updates people, all or none.
///
/// # Errors
/// 403; 422 for two items with the same person or for an unknown department; 409 when the login and the e-mail address
/// of an item belong to different people, or a later position is already recorded.
pub fn import(tx: &mut Tx<'_>, batch: &PeopleImport) -> Result<Vec<UpsertedPerson>, Error> {
    tx.authorize_and_deduplicate(Action::WriteDirectory, &Relations::default())?;
    refuse_if_any(repeated(batch))?;
    refuse_if_any(unknown_departments(tx, batch)?)?;
    let logins: Vec<_> = batch.items.iter().filter_map(|item| item.login.clone()).collect();
    let emails: Vec<_> = batch.items.iter().map(|item| item.email.to_lowercase()).collect();
    // Serializes imports, because people who do not exist yet cannot be locked.
    locks::acquire(tx.conn, "people import")?;
    let mut known = store::lock_known(tx.conn, &logins, &emails)?;
    let mut done = Vec::with_capacity(batch.items.len());
    for (index, item) in batch.items.iter().enumerate() {
        let (person, outcome) = upsert(tx, item, &known, index)?;
        known.retain(|one| one.id != person.id);
        known.push(person.clone());
        done.push(UpsertedPerson { outcome, person: PersonBody::from(person) });
    }
    Ok(done)
}

fn repeated(batch: &PeopleImport) -> Vec<Violation> {
    let (mut emails, mut logins) = (HashSet::new(), HashSet::new());
    let mut found = Vec::new();
    for (index, item) in batch.items.iter().enumerate() {
        let text = || Text::new("violation-same-person");
        if !emails.insert(item.email.to_lowercase()) {
            found.push(Violation::at(format!("/items/{index}/email"), "duplicate_item", text()));
        }
        if item.login.as_ref().is_some_and(|login| !logins.insert(login)) {
            found.push(Violation::at(format!("/items/{index}/login"), "duplicate_item", text()));
        }
    }
    found
}

fn unknown_departments(tx: &mut Tx<'_>, batch: &PeopleImport) -> Result<Vec<Violation>, Error> {
    let named = batch.items.iter().enumerate().filter_map(|(index, item)| Some((index, item.home_position.as_ref()?)));
    let named: Vec<_> = named.map(|(index, position)| (index, position.department_id)).collect();
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = named.iter().map(|(_, id)| *id).collect();
    let known: HashSet<_> =
        departments::service::existing(tx.conn, &ids)?.into_iter().map(|department| department.id).collect();
    let unknown = named.into_iter().filter(|(_, id)| !known.contains(id));
    let violation = |(index, _)| {
        let pointer = format!("/items/{index}/home_position/department_id");
        Violation::unknown_reference(pointer, "violation-unknown-department")
    };
    Ok(unknown.map(violation).collect())
}

fn upsert(
    tx: &mut Tx<'_>,
    item: &PersonImport,
    known: &[Person],
    index: usize,
) -> Result<(Person, PersonOutcome), Error> {
    let email = item.email.to_lowercase();
    let by_email = known.iter().find(|person| person.email == email);
    let by_login = known.iter().find(|person| person.login.is_some() && person.login == item.login);
    let before = match (by_login, by_email) {
        (Some(one), Some(other)) if one.id != other.id => return Err(ambiguous_person(index)),
        // The same e-mail address with another login is another person.
        (None, Some(other)) if item.login.is_some() && other.login.is_some() => return Err(ambiguous_person(index)),
        (found, other) => found.or(other),
    };
    let (person, outcome) = match before {
        None => (create(tx, item, email)?, PersonOutcome::Created),
        Some(before) => change(tx, before, item, email)?,
    };
    let moved = match &item.home_position {
        Some(position) => set_position(tx, person.id, position, index)?,
        None => false,
    };
    let outcome = if moved && outcome == PersonOutcome::Unchanged { PersonOutcome::Updated } else { outcome };
    Ok((person, outcome))
}

fn ambiguous_person(index: usize) -> Error {
    let mut problem = Problem::new(Code::Conflict);
    let text = Text::new("violation-two-people");
    problem.violations.push(Violation::at(format!("/items/{index}/email"), "ambiguous_person", text));
    problem.into()
}

fn create(tx: &mut Tx<'_>, item: &PersonImport, email: String) -> Result<Person, Error> {
    let person = Person {
        id: tx.new_id(),
        display_name: item.display_name.clone(),
        email,
        login: item.login.clone(),
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

fn change(
    tx: &mut Tx<'_>,
    before: &Person,
    item: &PersonImport,
    email: String,
) -> Result<(Person, PersonOutcome), Error> {
    let after = Person {
        display_name: item.display_name.clone(),
        email,
        login: item.login.clone().or_else(|| before.login.clone()),
        ..before.clone()
    };
    let details = |person: &Person| (person.display_name.clone(), person.email.clone(), person.login.clone());
    if details(&after) == details(before) {
        return Ok((after, PersonOutcome::Unchanged));
    }
    let after = Person { version: before.version + 1, updated_at: tx.now, ..after };
    store::update(tx.conn, &after)?.map_err(taken)?;
    let (old, new) = (PersonBody::from(before.clone()), PersonBody::from(after.clone()));
    tx.record_change(&Change::updated(types::PERSON_UPDATED, after.id.as_str(), &old, &new)?)?;
    Ok((after, PersonOutcome::Updated))
}

/// Sets the position of a person from its first day on; returns whether anything changed.
fn set_position(tx: &mut Tx<'_>, person: PersonId, new: &NewHomePosition, index: usize) -> Result<bool, Error> {
    let recorded = store::positions_from(tx.conn, person, new.valid_from)?;
    let same = |position: &HomePosition| {
        (position.department_id, &position.title, &position.manager, position.valid_to)
            == (new.department_id, &new.title, &new.manager, new.valid_to)
    };
    if let [only] = recorded.as_slice() {
        if same(only) && only.valid_from <= new.valid_from {
            return Ok(false);
        }
        if only.valid_from < new.valid_from {
            end_position(tx, only.clone(), new.valid_from)?;
            write_position(tx, person, new.clone())?;
            return Ok(true);
        }
    }
    if recorded.is_empty() {
        write_position(tx, person, new.clone())?;
        return Ok(true);
    }
    let mut problem = Problem::new(Code::Conflict);
    let text = Text::new("violation-later-position");
    problem.violations.push(Violation::at(
        format!("/items/{index}/home_position/valid_from"),
        "overlapping_position",
        text,
    ));
    Err(problem.into())
}
