//! The changes of an import: planned in memory, so that a dry run is the same import without its writes, and written in
//! blocks.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::directory_index::{Ambiguous, DirectoryIndex};
use super::position_change::{self, Position, PositionChange};
use super::references::{Departments, positions};
use super::{BLOCK, conflict, refuse};
use crate::directory::people::dto::{
    HomePositionBody, HomePositionImport, PeopleImport, PersonBody, PersonImport, PersonOutcome,
};
use crate::directory::people::login_fields::StoredLogin;
use crate::directory::people::rows::{HomePosition, Person};
use crate::directory::people::service::deactivated_person;
use crate::directory::people::store;
use crate::kernel::error::{Error, Text, Violation};
use crate::kernel::events::types;
use crate::kernel::ids::{HomePositionId, PersonId};
use crate::kernel::record::Change;
use crate::kernel::time::Day;
use crate::kernel::tx::Tx;

/// A person of the import.
pub struct Planned {
    /// The person before the import; `None` for a new person.
    before: Option<Person>,
    /// The person after the import.
    pub person: Person,
    /// The position that ends, and its last state.
    ended: Option<(HomePosition, HomePosition)>,
    added: Option<HomePosition>,
}

impl Planned {
    pub fn outcome(&self) -> PersonOutcome {
        match &self.before {
            None => PersonOutcome::Created,
            Some(before) if before.version == self.person.version && self.added.is_none() => PersonOutcome::Unchanged,
            Some(_) => PersonOutcome::Updated,
        }
    }

    /// Returns whether the row of the person changes.
    fn is_saved(&self) -> bool {
        self.before.as_ref().is_none_or(|before| before.version != self.person.version)
    }
}

/// All changes of an import.
pub struct Changes {
    /// One per item, in the order of the items.
    pub people: Vec<Planned>,
    index: DirectoryIndex,
}

/// Plans the changes of people.
///
/// # Errors
/// A violation for each item whose person is not clear.
pub fn plan(tx: &Tx<'_>, batch: &PeopleImport, index: DirectoryIndex) -> Result<Changes, Vec<Violation>> {
    let mut changes = Changes { people: Vec::with_capacity(batch.items.len()), index };
    let (mut seen, mut violations) = (HashSet::new(), Vec::new());
    for (number, item) in batch.items.iter().enumerate() {
        match changes.index.find(item) {
            Err(Ambiguous(field)) => violations.push(ambiguous_person(number, field)),
            Ok(found) if changes.lets_in_again(item, found) => {
                violations.push(deactivated_person(format!("/items/{number}/login")));
            }
            Ok(found) => {
                let planned = changes.add(tx, item, found);
                if !seen.insert(planned) {
                    let text = Text::new("violation-same-person");
                    violations.push(Violation::at(format!("/items/{number}/email"), "duplicate_item", text));
                }
            }
        }
    }
    if violations.is_empty() { Ok(changes) } else { Err(violations) }
}

fn ambiguous_person(number: usize, field: &str) -> Violation {
    let text = Text::new("violation-two-people");
    Violation::at(format!("/items/{number}/{field}"), "ambiguous_person", text)
}

impl Changes {
    /// Returns whether an item changes the login of a deactivated person.
    fn lets_in_again(&self, item: &PersonImport, found: Option<usize>) -> bool {
        let login = self.index.login_of(item);
        found.is_some_and(|at| login.is_some() && self.index.get(at).login_must_stay(login.as_ref()))
    }

    /// Plans the change of one person and returns their id.
    fn add(&mut self, tx: &Tx<'_>, item: &PersonImport, found: Option<usize>) -> PersonId {
        let before = found.map(|at| self.index.get(at).clone());
        let login = self.index.login_of(item);
        let person = match &before {
            None => created(tx, item, login),
            Some(before) => changed(tx, before, item, login),
        };
        match found {
            None => {
                self.index.add(person.clone());
            }
            Some(at) => self.index.replace(at, person.clone()),
        }
        let id = person.id;
        self.people.push(Planned { before, person, ended: None, added: None });
        id
    }

    /// Adds people who can be managers to those of the import.
    pub fn add_managers(&mut self, people: Vec<Person>) {
        for person in people {
            let is_known = self.index.by_email(&person.email).is_some_and(|known| known.id == person.id);
            if !is_known {
                self.index.add(person);
            }
        }
    }

    /// Returns the person with this login or e-mail address in lower case.
    pub fn manager(&self, login: Option<&str>, email: Option<&str>) -> Option<PersonId> {
        let found = login.and_then(|login| self.index.by_login(login));
        let found = found.or_else(|| email.and_then(|email| self.index.by_email(email)));
        found.map(|person| person.id)
    }

    /// Plans the changes of positions. Departments and managers have been found.
    ///
    /// # Errors
    /// 422 for a position that ends before it starts; 409 for one that overlaps with a later one.
    pub fn plan_positions(
        &mut self,
        tx: &mut Tx<'_>,
        batch: &PeopleImport,
        departments: &Departments,
    ) -> Result<(), Error> {
        let today = tx.now.day();
        let new: Vec<(usize, Position)> = positions(batch)
            .filter_map(|(number, import)| Some((number, self.position(import, departments, today)?)))
            .collect();
        refuse(
            new.iter()
                .filter(|(_, new)| new.valid_to.is_some_and(|end| end <= new.valid_from))
                .map(ends_early)
                .collect(),
        )?;
        let recorded = self.recorded(tx, &new)?;
        let mut violations = Vec::new();
        for (number, new) in new {
            let planned = &mut self.people[number];
            let theirs = recorded.get(&planned.person.id).into_iter().flatten();
            match position_change::change(theirs, &new) {
                PositionChange::Unchanged => {}
                PositionChange::Add => planned.added = Some(added(tx, planned.person.id, new)),
                PositionChange::Follow(current) => {
                    let after = HomePosition { valid_to: Some(new.valid_from), ..current.clone() };
                    planned.ended = Some((current.clone(), after));
                    planned.added = Some(added(tx, planned.person.id, new));
                }
                PositionChange::Overlap => violations.push(later_position(number)),
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(conflict(violations)) }
    }

    fn position(&self, import: &HomePositionImport, departments: &Departments, today: Day) -> Option<Position> {
        let email = import.manager_email.as_ref().map(|email| email.to_lowercase());
        Some(Position {
            department_id: departments.id(import)?,
            title: import.title.clone(),
            manager_person_id: self.manager(import.manager_login.as_deref(), email.as_deref()),
            valid_from: import.valid_from.unwrap_or(today),
            valid_to: import.valid_to,
        })
    }

    /// Returns the recorded positions of people who exist and get a position, the earliest first.
    fn recorded(
        &self,
        tx: &mut Tx<'_>,
        new: &[(usize, Position)],
    ) -> Result<HashMap<PersonId, Vec<HomePosition>>, Error> {
        let mut recorded: HashMap<PersonId, Vec<HomePosition>> = HashMap::new();
        let Some(first_day) = new.iter().map(|(_, position)| position.valid_from).min() else { return Ok(recorded) };
        let people = new.iter().map(|(number, _)| &self.people[*number]).filter(|planned| planned.before.is_some());
        let ids: Vec<_> = people.map(|planned| planned.person.id).collect();
        for ids in ids.chunks(BLOCK) {
            for position in store::positions_from(tx.conn, ids, first_day)? {
                recorded.entry(position.person_id).or_default().push(position);
            }
        }
        Ok(recorded)
    }

    /// Returns the people to insert or update, in the order of the items.
    pub fn saved_people(&self) -> Vec<Person> {
        self.people.iter().filter(|planned| planned.is_saved()).map(|planned| planned.person.clone()).collect()
    }

    /// Returns the positions to end, by the day on which they end.
    pub fn ended_positions(&self) -> Vec<(Day, Vec<HomePositionId>)> {
        let mut by_day: BTreeMap<Day, Vec<HomePositionId>> = BTreeMap::new();
        for (before, after) in self.people.iter().filter_map(|planned| planned.ended.as_ref()) {
            if let Some(day) = after.valid_to {
                by_day.entry(day).or_default().push(before.id);
            }
        }
        let blocks = by_day
            .into_iter()
            .flat_map(|(day, ids)| ids.chunks(BLOCK).map(|ids| (day, ids.to_vec())).collect::<Vec<_>>());
        blocks.collect()
    }

    pub fn new_positions(&self) -> Vec<HomePosition> {
        self.people.iter().filter_map(|planned| planned.added.clone()).collect()
    }

    /// Records the changes.
    pub fn record(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        for planned in &self.people {
            let Planned { before, person, ended, added } = planned;
            if planned.is_saved() {
                let (id, new) = (person.id.as_str(), PersonBody::from(person.clone()));
                tx.record_change(&match before {
                    None => Change::created(types::PERSON_CREATED, id, &new)?,
                    Some(old) => Change::updated(types::PERSON_UPDATED, id, &PersonBody::from(old.clone()), &new)?,
                })?;
            }
            if let Some((before, after)) = ended {
                let (old, new) = (HomePositionBody::from(before.clone()), HomePositionBody::from(after.clone()));
                tx.record_change(&Change::updated(types::HOME_POSITION_ENDED, after.id.as_str(), &old, &new)?)?;
            }
            if let Some(position) = added {
                let body = HomePositionBody::from(position.clone());
                tx.record_change(&Change::created(types::HOME_POSITION_CREATED, position.id.as_str(), &body)?)?;
            }
        }
        Ok(())
    }
}

fn created(tx: &Tx<'_>, item: &PersonImport, login: Option<StoredLogin>) -> Person {
    let mut person = Person {
        display_name: item.display_name.clone(),
        email: item.email.to_lowercase(),
        employee_number: item.employee_number.clone(),
        ..Person::new(tx.new_id(), tx.now)
    };
    person.set_login(login, tx.now);
    person
}

/// Returns the person after the import, with the same version if nothing changes.
fn changed(tx: &Tx<'_>, before: &Person, item: &PersonImport, login: Option<StoredLogin>) -> Person {
    let mut after = Person {
        display_name: item.display_name.clone(),
        email: item.email.to_lowercase(),
        employee_number: item.employee_number.clone().or_else(|| before.employee_number.clone()),
        ..before.clone()
    };
    if login.is_some() {
        after.set_login(login, tx.now);
    }
    let values = |person: &Person| {
        let Person { display_name, email, login, login_issuer, employee_number, .. } = person.clone();
        (display_name, email, login, login_issuer, employee_number)
    };
    if values(&after) == values(before) {
        after
    } else {
        Person { version: before.version + 1, updated_at: tx.now, ..after }
    }
}

fn added(tx: &Tx<'_>, person_id: PersonId, new: Position) -> HomePosition {
    let Position { department_id, title, manager_person_id, valid_from, valid_to } = new;
    HomePosition {
        id: tx.new_id(),
        person_id,
        department_id,
        title,
        valid_from,
        valid_to,
        created_at: tx.now,
        manager_person_id,
    }
}

fn ends_early((number, _): &(usize, Position)) -> Violation {
    let pointer = format!("/items/{number}/home_position/valid_to");
    Violation::at(pointer, "not_after_start", "violation-valid-to-after-valid-from")
}

fn later_position(number: usize) -> Violation {
    let pointer = format!("/items/{number}/home_position/valid_from");
    Violation::at(pointer, "overlapping_position", "violation-later-position")
}
