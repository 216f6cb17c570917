//! The import of people from the HR system.
//!
//! Rules: all or none; the same import again changes nothing; a person is identified by the subject, else
//! by the e-mail address; a home position is effective-dated, so the one before ends where the new one
//! begins.

use std::collections::HashSet;

use super::dto::{NewHomePosition, PeopleBatch, PersonBody, PersonOutcome, PersonToImport, UpsertedPerson};
use super::rows::{HomePosition, Person};
use super::service::{end_position, taken, write_position};
use super::store;
use crate::directory::departments;
use crate::kernel::authz::{Action, Facts};
use crate::kernel::db::locks;
use crate::kernel::error::{Code, Error, Problem, Text, Violation, refuse_if_any};
use crate::kernel::events::types;
use crate::kernel::ids::PersonId;
use crate::kernel::record::Change;
use crate::kernel::tx::Tx;

/// The subject of stored responses to imports, each of which contains many people.
pub const KEPT_ANSWERS: &str = "people_import";

/// Adds and changes people, all or none.
///
/// # Errors
/// 403; 422 for items that name the same person or an unknown department; 409 when subject and
/// e-mail address belong to different people, or a later position is recorded already.
pub fn import(tx: &mut Tx<'_>, batch: &PeopleBatch) -> Result<Vec<UpsertedPerson>, Error> {
    tx.authorize_and_deduplicate(Action::WriteDirectory, &Facts::default())?;
    refuse_if_any(repeated(batch))?;
    refuse_if_any(unknown_departments(tx, batch)?)?;
    let subjects: Vec<_> = batch.items.iter().filter_map(|item| item.subject.clone()).collect();
    let emails: Vec<_> = batch.items.iter().map(|item| item.email.to_lowercase()).collect();
    // One import after the other: people that are not there yet cannot be locked.
    locks::take(tx.conn, "people import")?;
    let mut known = store::lock_known(tx.conn, &subjects, &emails)?;
    let mut done = Vec::with_capacity(batch.items.len());
    for (index, item) in batch.items.iter().enumerate() {
        let (person, outcome) = upsert(tx, item, &known, index)?;
        known.retain(|one| one.id != person.id);
        known.push(person.clone());
        done.push(UpsertedPerson { outcome, person: PersonBody::from(person) });
    }
    Ok(done)
}

fn repeated(batch: &PeopleBatch) -> Vec<Violation> {
    let (mut emails, mut subjects) = (HashSet::new(), HashSet::new());
    let mut found = Vec::new();
    for (index, item) in batch.items.iter().enumerate() {
        let text = || Text::new("Another item names the same person.", "Stejnou osobu uvádí i jiná položka.");
        if !emails.insert(item.email.to_lowercase()) {
            found.push(Violation::at(format!("/items/{index}/email"), "repeated_item", text()));
        }
        if item.subject.as_ref().is_some_and(|subject| !subjects.insert(subject)) {
            found.push(Violation::at(format!("/items/{index}/subject"), "repeated_item", text()));
        }
    }
    found
}

fn unknown_departments(tx: &mut Tx<'_>, batch: &PeopleBatch) -> Result<Vec<Violation>, Error> {
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
        Violation::unknown_reference(pointer, "department", "oddělení")
    };
    Ok(unknown.map(violation).collect())
}

fn upsert(
    tx: &mut Tx<'_>,
    item: &PersonToImport,
    known: &[Person],
    index: usize,
) -> Result<(Person, PersonOutcome), Error> {
    let email = item.email.to_lowercase();
    let by_email = known.iter().find(|person| person.email == email);
    let by_subject = known.iter().find(|person| person.subject.is_some() && person.subject == item.subject);
    let before = match (by_subject, by_email) {
        (Some(one), Some(other)) if one.id != other.id => return Err(two_people(index)),
        // A person with another subject is another person.
        (None, Some(other)) if item.subject.is_some() && other.subject.is_some() => return Err(two_people(index)),
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

fn two_people(index: usize) -> Error {
    let mut problem = Problem::new(Code::Conflict);
    let text = Text::new(
        "The subject belongs to one person and the e-mail address to another.",
        "Subject patří jedné osobě a e-mailová adresa jiné.",
    );
    problem.violations.push(Violation::at(format!("/items/{index}/email"), "two_people", text));
    problem.into()
}

fn create(tx: &mut Tx<'_>, item: &PersonToImport, email: String) -> Result<Person, Error> {
    let person = Person {
        id: tx.new_id(),
        display_name: item.display_name.clone(),
        email,
        subject: item.subject.clone(),
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
    item: &PersonToImport,
    email: String,
) -> Result<(Person, PersonOutcome), Error> {
    let after = Person {
        display_name: item.display_name.clone(),
        email,
        subject: item.subject.clone().or_else(|| before.subject.clone()),
        ..before.clone()
    };
    let told = |person: &Person| (person.display_name.clone(), person.email.clone(), person.subject.clone());
    if told(&after) == told(before) {
        return Ok((after, PersonOutcome::Unchanged));
    }
    let after = Person { version: before.version + 1, updated_at: tx.now, ..after };
    store::update(tx.conn, &after)?.map_err(taken)?;
    let (old, new) = (PersonBody::from(before.clone()), PersonBody::from(after.clone()));
    tx.record_change(&Change::updated(types::PERSON_UPDATED, after.id.as_str(), &old, &new)?)?;
    Ok((after, PersonOutcome::Updated))
}

/// Makes a position the one from its first day on; says whether anything is different now.
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
    let text = Text::new(
        "Another position on these days is recorded already. Change it one by one.",
        "Na tyto dny už je zapsána jiná pozice. Změňte ji jednotlivě.",
    );
    problem.violations.push(Violation::at(format!("/items/{index}/home_position/valid_from"), "later_position", text));
    Err(problem.into())
}
