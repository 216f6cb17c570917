//! The import of people from the HR system.
//!
//! Rules: all items are applied or none; repeating an import changes nothing; a person is identified by the employee
//! number, or else by the login with its issuer, or else by the e-mail address; regular positions are effective-dated,
//! so the previous one ends on the day on which the new one starts; a dry run changes nothing; a full import lists the
//! people who are absent, and changes none of them. The number of statements does not grow with the items, except for
//! blocks of rows.

mod directory_index;
mod people_changes;
mod position_change;
mod references;

use std::collections::HashSet;

use directory_index::DirectoryIndex;
use people_changes::Planned;
use references::Departments;

use super::dto::{
    ImportCounts, PeopleImport, PeopleImportResult, PersonBody, PersonImport, PersonOutcome, UpsertedPerson,
};
use super::rows::Person;
use super::service::{overlap, taken};
use super::{login_fields, store};
use crate::kernel::auth::LoginIssuers;
use crate::kernel::authz::{Action, Relations};
use crate::kernel::db::{DbConn, locks};
use crate::kernel::error::{Code, Error, Problem, Text, Violation, refuse_if_any};
use crate::kernel::ids::PersonId;
use crate::kernel::tx::Tx;

/// Marks stored responses to imports, each of which contains many people, so that an erasure can delete them all.
pub const IMPORT_RESPONSES: &str = "people_import";

/// Values per statement that searches for several.
const BLOCK: usize = 1_000;
/// Maximum number of violations in a response.
const MOST_VIOLATIONS: usize = 100;
/// Maximum number of absent people in a response.
const MOST_ABSENT: usize = 10_000;

/// Creates and updates people, all or none.
///
/// # Errors
/// 403; 422 for two items with the same person, or for an unknown issuer, department or manager; 409 when the values of
/// an item belong to different people, or a later position is already recorded.
pub fn import(tx: &mut Tx<'_>, issuers: &LoginIssuers, batch: &PeopleImport) -> Result<PeopleImportResult, Error> {
    tx.authorize_and_deduplicate(Action::WriteDirectory, &Relations::default())?;
    refuse(unknown_issuers(issuers, batch))?;
    refuse(repeated(issuers, batch))?;
    let departments = Departments::of(tx.conn, batch)?;
    refuse(departments.unknown(batch))?;
    // Serializes imports, because people who do not exist yet cannot be locked.
    locks::acquire(tx.conn, "people import")?;
    let known = lock_known(tx.conn, batch)?;
    let index = DirectoryIndex::new(issuers.first(), known);
    let mut changes = people_changes::plan(tx, batch, index).map_err(conflict)?;
    references::find_managers(tx.conn, batch, &mut changes)?;
    changes.plan_positions(tx, batch, &departments)?;
    let is_dry_run = batch.dry_run == Some(true);
    if !is_dry_run {
        store::save_many(tx.conn, &changes.saved_people())?.map_err(taken)?;
        for (day, ids) in changes.ended_positions() {
            store::end_positions(tx.conn, &ids, day, tx.now)?;
        }
        store::insert_positions(tx.conn, &changes.new_positions())?.map_err(overlap)?;
        changes.record(tx)?;
    }
    let absent = if batch.full == Some(true) { Some(absent(tx.conn, &changes.people)?) } else { None };
    Ok(PeopleImportResult {
        dry_run: is_dry_run,
        counts: counts(&changes.people),
        data: changes.people.into_iter().map(|planned| planned.result(is_dry_run)).collect(),
        absent,
    })
}

/// Refuses an import with these violations; not with all of them if they are too many for a response.
fn refuse(mut violations: Vec<Violation>) -> Result<(), Error> {
    violations.truncate(MOST_VIOLATIONS);
    refuse_if_any(violations)
}

/// Returns the problem for items that conflict with the directory.
fn conflict(mut violations: Vec<Violation>) -> Error {
    violations.truncate(MOST_VIOLATIONS);
    Problem { violations, ..Problem::new(Code::Conflict) }.into()
}

/// Returns a violation for each issuer that is not configured, or that has no login.
fn unknown_issuers(issuers: &LoginIssuers, batch: &PeopleImport) -> Vec<Violation> {
    let violation = |(index, item): (usize, &PersonImport)| {
        let (login, issuer) = (item.login.as_deref(), item.login_issuer.as_deref());
        login_fields::login(issuers, login, issuer, &format!("/items/{index}")).err()
    };
    batch.items.iter().enumerate().filter(|(_, item)| item.login_issuer.is_some()).filter_map(violation).collect()
}

/// Returns a violation for each value that an earlier item has, too.
fn repeated(issuers: &LoginIssuers, batch: &PeopleImport) -> Vec<Violation> {
    let (mut numbers, mut logins, mut emails) = (HashSet::new(), HashSet::new(), HashSet::new());
    let mut found = Vec::new();
    for (index, item) in batch.items.iter().enumerate() {
        let values = [
            ("employee_number", item.employee_number.as_ref().is_some_and(|number| !numbers.insert(number))),
            ("login", item.login_with_issuer(issuers.first()).is_some_and(|login| !logins.insert(login))),
            ("email", !emails.insert(item.email.to_lowercase())),
        ];
        for (field, _) in values.into_iter().filter(|(_, is_repeated)| *is_repeated) {
            let text = Text::new("violation-same-person");
            found.push(Violation::at(format!("/items/{index}/{field}"), "duplicate_item", text));
        }
    }
    found
}

/// Locks the people with a value of an item, in the order of their ids.
fn lock_known(conn: &mut DbConn, batch: &PeopleImport) -> Result<Vec<Person>, Error> {
    let mut ids = Vec::new();
    for items in batch.items.chunks(BLOCK) {
        let numbers: Vec<_> = items.iter().filter_map(|item| item.employee_number.as_deref()).collect();
        let logins: Vec<_> = items.iter().filter_map(|item| item.login.as_deref()).collect();
        let emails: Vec<_> = items.iter().map(|item| item.email.to_lowercase()).collect();
        ids.extend(store::ids_of(conn, &numbers, &logins, &emails)?);
    }
    ids.sort_unstable();
    ids.dedup();
    let mut known = Vec::with_capacity(ids.len());
    for ids in ids.chunks(BLOCK) {
        known.extend(store::lock_many(conn, ids)?);
    }
    Ok(known)
}

/// Returns the active people who are not among the items.
fn absent(conn: &mut DbConn, imported: &[Planned]) -> Result<Vec<PersonBody>, Error> {
    let imported: HashSet<PersonId> = imported.iter().map(|planned| planned.person.id).collect();
    let others = store::active(conn)?.into_iter().filter(|person| !imported.contains(&person.id));
    Ok(others.take(MOST_ABSENT).map(PersonBody::from).collect())
}

fn counts(people: &[Planned]) -> ImportCounts {
    let mut counts = ImportCounts::default();
    for planned in people {
        match planned.outcome() {
            PersonOutcome::Created => counts.created += 1,
            PersonOutcome::Updated => counts.updated += 1,
            PersonOutcome::Unchanged => counts.unchanged += 1,
        }
    }
    counts
}

impl Planned {
    fn result(self, is_dry_run: bool) -> UpsertedPerson {
        let outcome = self.outcome();
        // In a dry run, the id of a new person is not stored.
        let is_stored = !is_dry_run || outcome != PersonOutcome::Created;
        UpsertedPerson { outcome, person: is_stored.then(|| self.person.into()) }
    }
}
