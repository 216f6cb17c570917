//! Notices about the directory: a change of the login, the regular position or the manager of a sponsor, or of the head
//! of a side's department, is announced in the projects concerned.
//!
//! Rule: the service cannot prevent that a side changes the directory to its advantage, but the other sides learn of it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::dto::{DirectoryChange, SponsorNotice};
use super::store::{self, Side};
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::record::{Change, RecordedChange};
use crate::kernel::tx::Tx;

/// The events of the directory that can change who acts for a side.
const WATCHED: [&str; 4] =
    [types::PERSON_UPDATED, types::HOME_POSITION_CREATED, types::HOME_POSITION_ENDED, types::DEPARTMENT_UPDATED];

/// What a transaction has changed in the directory.
#[derive(Debug, Default, PartialEq, Eq)]
struct Changed {
    people: BTreeMap<PersonId, BTreeSet<DirectoryChange>>,
    departments: BTreeSet<DepartmentId>,
}

/// Records a notice in every project that the changes of this transaction in the directory concern. At most two
/// statements, and none if the transaction has changed nothing of that kind.
pub fn announce(tx: &mut Tx<'_>) -> Result<(), Error> {
    let changed = changed(&tx.changes_of(&WATCHED))?;
    let (people, departments): (Vec<_>, Vec<_>) =
        (changed.people.keys().copied().collect(), changed.departments.iter().copied().collect());
    let today = tx.now.day();
    for side in store::sides_of_sponsors(tx.conn, &people, today)? {
        let changes = side.sponsor_person_id.and_then(|person| changed.people.get(&person));
        for change in changes.into_iter().flatten() {
            record(tx, &side, *change)?;
        }
    }
    for side in store::sides_of_departments(tx.conn, &departments, today)? {
        record(tx, &side, DirectoryChange::Head)?;
    }
    Ok(())
}

fn record(tx: &mut Tx<'_>, side: &Side, change: DirectoryChange) -> Result<(), Error> {
    let notice = SponsorNotice {
        project_id: side.project_id,
        department_id: side.department_id,
        sponsor_person_id: side.sponsor_person_id,
        change,
    };
    tx.record_change(&Change::created(types::SPONSOR_DIRECTORY_CHANGED, side.project_id.as_str(), &notice)?)
}

fn changed(recorded: &[RecordedChange]) -> Result<Changed, Error> {
    let mut changed = Changed::default();
    for one in recorded {
        let before: Value = serde_json::from_str(&one.before).map_err(Error::internal)?;
        let after: Value = serde_json::from_str(&one.after).map_err(Error::internal)?;
        let differ = |fields: &[&str]| fields.iter().any(|field| before[*field] != after[*field]);
        let (person, change) = match one.event {
            types::DEPARTMENT_UPDATED if differ(&["head_person_id"]) => {
                changed.departments.insert(one.subject.parse().map_err(Error::internal)?);
                continue;
            }
            types::PERSON_UPDATED if differ(&["login", "login_issuer"]) => {
                (one.subject.as_str(), DirectoryChange::Login)
            }
            types::HOME_POSITION_CREATED | types::HOME_POSITION_ENDED => {
                (after["person_id"].as_str().unwrap_or_default(), DirectoryChange::HomePosition)
            }
            _ => continue,
        };
        changed.people.entry(person.parse().map_err(Error::internal)?).or_default().insert(change);
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
        let changes = BTreeSet::from([DirectoryChange::Login, DirectoryChange::HomePosition]);
        assert_eq!(found.people, BTreeMap::from([(person, changes)]));
    }
}
