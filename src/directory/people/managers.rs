//! Giving people another manager when theirs leaves the company.
//!
//! Rules: a position that has begun keeps its manager. It ends on the day on which the new manager begins, and a
//! position with the same department, title and end follows. A position that begins on that day or later gets the new
//! manager itself, because it cannot end before it begins.

use super::dto::HomePositionBody;
use super::rows::HomePosition;
use super::{service, store};
use crate::kernel::error::{Error, Violation};
use crate::kernel::events::types;
use crate::kernel::ids::PersonId;
use crate::kernel::record::Change;
use crate::kernel::time::Day;
use crate::kernel::tx::Tx;

/// What a new manager changes in a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ManagerChange {
    /// The position names another manager, or has ended by then.
    Unchanged,
    /// The position ends, and one with the new manager follows.
    Follow,
    /// The position gets the new manager.
    Replace,
}

fn change(position: &HomePosition, leaving: PersonId, on: Day) -> ManagerChange {
    let has_ended = position.valid_to.is_some_and(|end| end <= on);
    if position.manager_person_id != Some(leaving) || has_ended {
        ManagerChange::Unchanged
    } else if position.valid_from < on {
        ManagerChange::Follow
    } else {
        ManagerChange::Replace
    }
}

/// Gives a person whose manager leaves another one from a day on, for a caller who has been authorised and has locked
/// the person. Returns the positions from that day on that name the new manager. Repeating it changes nothing.
///
/// # Errors
/// 422 with `pointer` when neither the manager who leaves nor the new one is the manager of the person from that day
/// on.
pub fn hand_over(
    tx: &mut Tx<'_>,
    person: PersonId,
    (leaving, manager): (PersonId, PersonId),
    on: Day,
    reason: &str,
    pointer: &str,
) -> Result<Vec<HomePositionBody>, Error> {
    let mut positions = Vec::new();
    for before in store::positions_from(tx.conn, &[person], on)? {
        positions.push(match change(&before, leaving, on) {
            ManagerChange::Unchanged => before,
            ManagerChange::Follow => follow(tx, before, manager, on, reason)?,
            ManagerChange::Replace => replace(tx, before, manager, reason)?,
        });
    }
    positions.retain(|position| position.manager_person_id == Some(manager));
    if positions.is_empty() {
        let pointer = format!("{pointer}/managed_person_id");
        return Err(Error::violation(Violation::unknown_reference(pointer, "violation-not-managed")));
    }
    Ok(positions.into_iter().map(HomePositionBody::from).collect())
}

/// Ends a position, and adds the one that follows it.
fn follow(
    tx: &mut Tx<'_>,
    before: HomePosition,
    manager: PersonId,
    on: Day,
    reason: &str,
) -> Result<HomePosition, Error> {
    store::end_position(tx.conn, before.id, on, tx.now)?;
    let ended = HomePosition { valid_to: Some(on), ..before.clone() };
    let next = HomePosition {
        id: tx.new_id(),
        valid_from: on,
        created_at: tx.now,
        manager_person_id: Some(manager),
        ..before.clone()
    };
    store::insert_position(tx.conn, &next)?.map_err(service::overlap)?;
    record(tx, types::HOME_POSITION_ENDED, before, ended, reason)?;
    let body = HomePositionBody::from(next.clone());
    let change = Change::created(types::HOME_POSITION_CREATED, next.id.as_str(), &body)?;
    tx.record_change(&Change { reason: Some(reason), ..change })?;
    Ok(next)
}

/// Changes the manager in a position that has not begun.
fn replace(tx: &mut Tx<'_>, before: HomePosition, manager: PersonId, reason: &str) -> Result<HomePosition, Error> {
    store::set_manager(tx.conn, before.id, manager)?;
    let after = HomePosition { manager_person_id: Some(manager), ..before.clone() };
    record(tx, types::HOME_POSITION_UPDATED, before, after.clone(), reason)?;
    Ok(after)
}

fn record(
    tx: &mut Tx<'_>,
    event: &'static str,
    before: HomePosition,
    after: HomePosition,
    reason: &str,
) -> Result<(), Error> {
    let (old, new) = (HomePositionBody::from(before), HomePositionBody::from(after));
    let change = Change::updated(event, new.id.as_str(), &old, &new)?;
    tx.record_change(&Change { reason: Some(reason), ..change })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ids::{DepartmentId, HomePositionId};
    use crate::kernel::time::UtcTime;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn position(from: &str, to: Option<&str>, manager: Option<PersonId>) -> HomePosition {
        HomePosition {
            id: HomePositionId::demo(1),
            person_id: PersonId::demo(1),
            department_id: DepartmentId::demo(1),
            title: "Analyst".to_owned(),
            valid_from: day(from),
            valid_to: to.map(day),
            created_at: UtcTime::from_unix_micros(0),
            manager_person_id: manager,
        }
    }

    #[test]
    fn a_position_that_has_begun_keeps_its_manager() {
        let (leaving, other) = (PersonId::demo(2), PersonId::demo(3));
        let of =
            |from: &str, to: Option<&str>, manager| change(&position(from, to, manager), leaving, day("2027-05-01"));
        assert_eq!(of("2027-04-30", None, Some(leaving)), ManagerChange::Follow);
        assert_eq!(of("2027-04-30", Some("2027-05-02"), Some(leaving)), ManagerChange::Follow);
        // On its first day, a position cannot end.
        assert_eq!(of("2027-05-01", None, Some(leaving)), ManagerChange::Replace);
        assert_eq!(of("2027-09-01", Some("2028-01-01"), Some(leaving)), ManagerChange::Replace);
        // Ended by that day.
        assert_eq!(of("2027-01-01", Some("2027-05-01"), Some(leaving)), ManagerChange::Unchanged);
        for manager in [None, Some(other)] {
            assert_eq!(of("2027-04-30", None, manager), ManagerChange::Unchanged);
        }
    }
}
