//! Notices: a change in the directory that concerns a person with a role in a project, or the head of the department of
//! a side, is announced in the projects concerned; a change of the company calendar in all running projects.
//!
//! Rule: the service cannot prevent that a side changes the directory to its advantage, but the other sides learn of
//! it, and have time: while the head of a department has changed a short time ago, no one confirms its sponsors.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::dto::{CalendarNotice, DirectoryChange, NoticeRole, SponsorNotice};
use super::new_head;
use super::store::{self, Concerned, Side};
use crate::calendar;
use crate::directory::departments;
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::ids::{DepartmentId, PersonId, ProjectId};
use crate::kernel::record::{Change, RecordedChange};
use crate::kernel::tx::Tx;

/// The events of the directory that can change who acts in a project.
const WATCHED: [&str; 7] = [
    types::PERSON_UPDATED,
    types::PERSON_DEACTIVATED,
    types::PERSON_REACTIVATED,
    types::HOME_POSITION_CREATED,
    types::HOME_POSITION_UPDATED,
    types::HOME_POSITION_ENDED,
    types::DEPARTMENT_UPDATED,
];

/// The events of the calendar that can shorten the time that the sides have.
const OF_CALENDAR: [&str; 2] = [types::CALENDAR_UPDATED, types::CLOSED_DAY_DELETED];

/// The changes after which another person may act for a department as its head.
const OF_HEADS: [DirectoryChange; 3] =
    [DirectoryChange::Login, DirectoryChange::Deactivated, DirectoryChange::Reactivated];

/// What a transaction has changed in the directory.
#[derive(Debug, Default, PartialEq, Eq)]
struct Changed {
    people: BTreeMap<PersonId, BTreeSet<DirectoryChange>>,
    departments: BTreeSet<DepartmentId>,
}

/// Records a notice in every project that the changes of this transaction concern. No statement if the transaction has
/// changed nothing of that kind.
pub fn announce(tx: &mut Tx<'_>) -> Result<(), Error> {
    announce_calendar(tx)?;
    let changed = changed(&tx.changes_of(&WATCHED))?;
    let people: Vec<_> = changed.people.keys().copied().collect();
    for one in roles(store::concerned(tx.conn, &people, tx.now.day())?) {
        for change in changed.people.get(&one.person_id).into_iter().flatten() {
            record(tx, &of_person(one, *change))?;
        }
    }
    let others = changed.people.iter().filter(|(_, changes)| OF_HEADS.iter().any(|change| changes.contains(change)));
    let others: Vec<_> = others.map(|(person, _)| *person).collect();
    let mut departments = changed.departments.clone();
    departments.extend(departments::service::heads_changed(tx.conn, &others, tx.now)?);
    let departments: Vec<_> = departments.into_iter().collect();
    let sides = store::sides_of_departments(tx.conn, &departments, tx.now.day())?;
    for side in sides.iter().filter(|side| changed.departments.contains(&side.department_id)) {
        record(tx, &of_head(side))?;
    }
    new_head::begin(tx, &sides)
}

/// Returns one role of each person in each project, in the order of the projects.
fn roles(mut all: Vec<Concerned>) -> Vec<Concerned> {
    all.sort_by_key(|one| NoticeRole::ALL.iter().position(|role| *role == one.role));
    let mut first: BTreeMap<(ProjectId, PersonId), Concerned> = BTreeMap::new();
    for one in all {
        first.entry((one.project_id, one.person_id)).or_insert(one);
    }
    first.into_values().collect()
}

/// Records in every running project that the company calendar was changed. Other calendars do not concern projects.
fn announce_calendar(tx: &mut Tx<'_>) -> Result<(), Error> {
    let changes = tx.changes_of(&OF_CALENDAR);
    if changes.is_empty() {
        return Ok(());
    }
    let company = calendar::service::company_id(tx.conn)?;
    let Some(first) = changes.iter().find(|change| concerns(change, company.as_str())) else { return Ok(()) };
    for project_id in store::running(tx.conn)? {
        let (event, changed_id) = (first.event.to_owned(), first.subject.clone());
        let notice = CalendarNotice { project_id, event, changed_id };
        tx.record_change(&Change::created(types::PROJECT_CALENDAR_CHANGED, project_id.as_str(), &notice)?)?;
    }
    Ok(())
}

/// Whether a change is one of this calendar or of one of its closed days.
fn concerns(change: &RecordedChange, calendar: &str) -> bool {
    // A deleted closed day is recorded as it was.
    let body: Value = serde_json::from_str(&change.after).unwrap_or_default();
    change.subject == calendar || body["calendar_id"] == calendar
}

fn of_head(side: &Side) -> SponsorNotice {
    SponsorNotice {
        project_id: side.project_id,
        department_id: Some(side.department_id),
        sponsor_person_id: side.sponsor_person_id,
        person_id: side.head,
        role: NoticeRole::Head,
        change: DirectoryChange::Head,
    }
}

fn of_person(concerned: Concerned, change: DirectoryChange) -> SponsorNotice {
    let Concerned { project_id, department_id, sponsor_person_id, person_id, role } = concerned;
    SponsorNotice { project_id, department_id, sponsor_person_id, person_id: Some(person_id), role, change }
}

fn record(tx: &mut Tx<'_>, notice: &SponsorNotice) -> Result<(), Error> {
    tx.record_change(&Change::created(types::SPONSOR_DIRECTORY_CHANGED, notice.project_id.as_str(), notice)?)
}

fn changed(recorded: &[RecordedChange]) -> Result<Changed, Error> {
    let mut changed = Changed::default();
    for one in recorded {
        let before: Value = serde_json::from_str(&one.before).map_err(Error::internal)?;
        let after: Value = serde_json::from_str(&one.after).map_err(Error::internal)?;
        let differ = |fields: &[&str]| fields.iter().any(|field| before[*field] != after[*field]);
        let subject = one.subject.as_str();
        let (person, changes) = match one.event {
            types::DEPARTMENT_UPDATED if differ(&["head_person_id"]) => {
                changed.departments.insert(subject.parse().map_err(Error::internal)?);
                continue;
            }
            types::PERSON_UPDATED => {
                let login = differ(&["login", "login_issuer"]).then_some(DirectoryChange::Login);
                let tokens = differ(&["tokens_not_before"]).then_some(DirectoryChange::Tokens);
                (subject, login.into_iter().chain(tokens).collect())
            }
            types::PERSON_DEACTIVATED => (subject, vec![DirectoryChange::Deactivated]),
            types::PERSON_REACTIVATED => (subject, vec![DirectoryChange::Reactivated]),
            types::HOME_POSITION_CREATED | types::HOME_POSITION_UPDATED | types::HOME_POSITION_ENDED => {
                (after["person_id"].as_str().unwrap_or_default(), vec![DirectoryChange::HomePosition])
            }
            _ => continue,
        };
        if !changes.is_empty() {
            changed.people.entry(person.parse().map_err(Error::internal)?).or_default().extend(changes);
        }
    }
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(event: &'static str, subject: &str, before: &str, after: &str) -> RecordedChange {
        RecordedChange { event, subject: subject.to_owned(), before: before.to_owned(), after: after.to_owned() }
    }

    #[test]
    fn only_what_can_change_who_acts_is_announced() {
        let (person, department) = (PersonId::demo(1), DepartmentId::demo(1));
        let position = format!("{{\"person_id\": \"{person}\"}}");
        let found = changed(&[
            recorded(types::PERSON_UPDATED, person.as_str(), r#"{"email": "a"}"#, r#"{"email": "b"}"#),
            recorded(types::DEPARTMENT_UPDATED, department.as_str(), r#"{"name": "a"}"#, r#"{"name": "b"}"#),
        ]);
        assert_eq!(found.unwrap(), Changed::default());
        let found = changed(&[
            recorded(types::PERSON_UPDATED, person.as_str(), r#"{"login": "a"}"#, r#"{"login": null}"#),
            recorded(
                types::PERSON_UPDATED,
                person.as_str(),
                r#"{"tokens_not_before": null}"#,
                r#"{"tokens_not_before": "t"}"#,
            ),
            recorded(types::PERSON_DEACTIVATED, person.as_str(), "{}", "{}"),
            recorded(types::HOME_POSITION_CREATED, "hom", "null", &position),
            recorded(types::HOME_POSITION_ENDED, "hom", &position, &position),
            recorded(
                types::DEPARTMENT_UPDATED,
                department.as_str(),
                r#"{"head_person_id": null}"#,
                r#"{"head_person_id": "x"}"#,
            ),
        ]);
        let found = found.unwrap();
        assert_eq!(found.departments, BTreeSet::from([department]));
        let changes = BTreeSet::from([
            DirectoryChange::Login,
            DirectoryChange::HomePosition,
            DirectoryChange::Deactivated,
            DirectoryChange::Tokens,
        ]);
        assert_eq!(found.people, BTreeMap::from([(person, changes)]));
    }
}
