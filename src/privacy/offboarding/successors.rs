//! The named successors of a person who leaves: locks them, and checks what does not depend on what they take over.

use std::collections::HashSet;
use std::hash::Hash;

use super::offboard_dto::OffboardPerson;
use crate::directory::people::{self, Person};
use crate::kernel::error::{Error, Problem, Violation, refuse_if_any};
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::time::Day;
use crate::kernel::tx::Tx;

/// Locks the person, all successors and the managed people, and checks them.
///
/// # Errors
/// 404 for an unknown person; 409 when the person is erased; 422 for unsuitable successors.
pub fn lock_and_check(tx: &mut Tx<'_>, id: PersonId, body: &OffboardPerson) -> Result<(), Error> {
    let managed = body.managed_people.iter().map(|one| one.managed_person_id);
    let mut ids: Vec<_> = named(body).into_iter().map(|(_, person)| person).chain(managed).chain([id]).collect();
    ids.sort_unstable();
    ids.dedup();
    let known = people::service::lock_many(tx.conn, &ids)?;
    if find(&known, id).ok_or_else(Error::not_found)?.erased_at.is_some() {
        return Err(Problem::illegal_transition("person", "erased", "offboard_person", &[]).into());
    }
    let mut violations = repeated(body);
    violations.extend(unsuitable(body, id, &known));
    violations.extend(managers(body, &known, tx.now.day()));
    refuse_if_any(violations)?;
    refuse_if_any(heads_elsewhere(tx, body)?)
}

fn find(known: &[Person], id: PersonId) -> Option<&Person> {
    known.iter().find(|person| person.id == id)
}

/// Returns the successors, each with the pointer to the item that names them.
fn named(body: &OffboardPerson) -> Vec<(String, PersonId)> {
    let lists = [
        ("areas", body.areas.iter().map(|one| one.person_id).collect::<Vec<_>>()),
        ("departments", body.departments.iter().map(|one| one.person_id).collect()),
        ("sponsor_roles", body.sponsor_roles.iter().map(|one| one.person_id).collect()),
        ("managed_people", body.managed_people.iter().map(|one| one.person_id).collect()),
    ];
    let items = |(list, people): (&'static str, Vec<PersonId>)| {
        people.into_iter().enumerate().map(move |(index, person)| (format!("/{list}/{index}"), person))
    };
    lists.into_iter().flat_map(items).collect()
}

/// Returns a violation for every item that hands over what an earlier one does.
fn repeated(body: &OffboardPerson) -> Vec<Violation> {
    let sponsor_roles = body.sponsor_roles.iter().map(|one| (one.project_id, one.department_id));
    let lists = [
        ("areas", "assignment_id", seen_before(body.areas.iter().map(|one| one.assignment_id))),
        ("departments", "department_id", seen_before(body.departments.iter().map(|one| one.department_id))),
        ("sponsor_roles", "department_id", seen_before(sponsor_roles)),
        (
            "managed_people",
            "managed_person_id",
            seen_before(body.managed_people.iter().map(|one| one.managed_person_id)),
        ),
    ];
    let violation = |list: &str, field: &str, index: usize| {
        Violation::at(format!("/{list}/{index}/{field}"), "duplicate_item", "violation-handed-over-twice")
    };
    let all = lists.into_iter();
    all.flat_map(|(list, field, indexes)| indexes.into_iter().map(move |index| violation(list, field, index))).collect()
}

/// Returns the indexes of the items that equal an earlier one.
fn seen_before<T: Copy + Eq + Hash>(items: impl Iterator<Item = T>) -> Vec<usize> {
    let mut seen = HashSet::new();
    items.enumerate().filter(|(_, item)| !seen.insert(*item)).map(|(index, _)| index).collect()
}

/// Returns a violation for every successor who is the person who leaves, unknown or deactivated.
fn unsuitable(body: &OffboardPerson, leaving: PersonId, known: &[Person]) -> Vec<Violation> {
    let check = |(place, successor): (String, PersonId)| {
        let pointer = format!("{place}/person_id");
        match find(known, successor) {
            _ if successor == leaving => Some(Violation::at(pointer, "same_person", "violation-successor-is-leaving")),
            None => Some(Violation::unknown_reference(pointer, "violation-unknown-person")),
            Some(person) if person.deactivated_at.is_some() => Some(people::deactivated_person(pointer)),
            Some(_) => None,
        }
    };
    named(body).into_iter().filter_map(check).collect()
}

/// Returns the violations that only new managers can have.
fn managers(body: &OffboardPerson, known: &[Person], today: Day) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (index, one) in body.managed_people.iter().enumerate() {
        let pointer = |field: &str| format!("/managed_people/{index}/{field}");
        if find(known, one.managed_person_id).is_none() {
            let unknown = Violation::unknown_reference(pointer("managed_person_id"), "violation-unknown-person");
            violations.push(unknown);
        }
        if one.managed_person_id == one.person_id {
            violations.push(Violation::at(pointer("person_id"), "same_person", "violation-own-manager"));
        }
        if one.valid_from.is_some_and(|day| day < today) {
            violations.push(Violation::at(pointer("valid_from"), "in_the_past", "violation-past-day"));
        }
    }
    violations
}

/// Returns a violation for every new head whose regular position today is not in the department: a hand-over gives no
/// department to another one.
fn heads_elsewhere(tx: &mut Tx<'_>, body: &OffboardPerson) -> Result<Vec<Violation>, Error> {
    if body.departments.is_empty() {
        return Ok(Vec::new());
    }
    let heads: Vec<_> = body.departments.iter().map(|one| one.person_id).collect();
    let homes = people::service::home_position_on(tx.conn, &heads, tx.now.day())?;
    let works_there = |head: PersonId, department: DepartmentId| {
        homes.iter().any(|home| home.person_id == head && home.department_id == department)
    };
    let items = body.departments.iter().enumerate();
    let elsewhere = items.filter(|(_, one)| !works_there(one.person_id, one.department_id));
    let violation = |index: usize| {
        let pointer = format!("/departments/{index}/person_id");
        Violation::at(pointer, "wrong_department", "violation-head-of-other-department")
    };
    Ok(elsewhere.map(|(index, _)| violation(index)).collect())
}
