//! What an imported position changes in the recorded positions of a person, as a pure function.

use crate::directory::people::rows::HomePosition;
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::time::Day;

/// A position to import, with its department and manager found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    pub department_id: DepartmentId,
    pub title: String,
    pub manager_person_id: Option<PersonId>,
    pub valid_from: Day,
    pub valid_to: Option<Day>,
}

/// The change of the recorded positions.
#[derive(Debug, Clone, Copy)]
pub enum PositionChange<'a> {
    Unchanged,
    /// The position is added.
    Add,
    /// This position ends on the first day of the new one.
    Follow(&'a HomePosition),
    /// Several or later positions are recorded, so that it is not clear which of them is meant.
    Overlap,
}

/// Returns the change for a person with these positions.
pub fn change<'a>(recorded: impl Iterator<Item = &'a HomePosition>, new: &Position) -> PositionChange<'a> {
    let mut later = recorded.filter(|position| position.valid_to.is_none_or(|end| end > new.valid_from));
    match (later.next(), later.next()) {
        (None, _) => PositionChange::Add,
        (Some(only), None) if is_same(only, new) && only.valid_from <= new.valid_from => PositionChange::Unchanged,
        (Some(only), None) if only.valid_from < new.valid_from => PositionChange::Follow(only),
        _ => PositionChange::Overlap,
    }
}

fn is_same(recorded: &HomePosition, new: &Position) -> bool {
    (recorded.department_id, &recorded.title, recorded.manager_person_id, recorded.valid_to)
        == (new.department_id, &new.title, new.manager_person_id, new.valid_to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ids::HomePositionId;
    use crate::kernel::time::UtcTime;
    use proptest::prelude::*;

    const START: &str = "2027-01-01";

    fn day(n: i64) -> Day {
        START.parse::<Day>().unwrap().plus_days(n)
    }

    fn recorded(from: i64, to: Option<i64>, title: &str) -> HomePosition {
        HomePosition {
            id: HomePositionId::demo(1),
            person_id: PersonId::demo(1),
            department_id: DepartmentId::demo(1),
            title: title.to_owned(),
            valid_from: day(from),
            valid_to: to.map(day),
            created_at: UtcTime::from_unix_micros(0),
            manager_person_id: None,
        }
    }

    fn new(from: i64, to: Option<i64>, title: &str) -> Position {
        Position {
            department_id: DepartmentId::demo(1),
            title: title.to_owned(),
            manager_person_id: None,
            valid_from: day(from),
            valid_to: to.map(day),
        }
    }

    #[test]
    fn a_new_position_follows_the_current_one() {
        let current = recorded(0, None, "A");
        let positions = [recorded(-9, Some(0), "Z"), current.clone()];
        let of = |new: Position| match change(positions.iter(), &new) {
            PositionChange::Follow(ended) => format!("follows {}", ended.title),
            other => format!("{other:?}"),
        };
        assert_eq!(of(new(0, None, "A")), "Unchanged");
        assert_eq!(of(new(5, None, "A")), "Unchanged");
        assert_eq!(of(new(5, None, "B")), "follows A");
        assert_eq!(of(new(5, Some(9), "A")), "follows A");
        assert_eq!(of(new(0, None, "B")), "Overlap");
        assert_eq!(of(new(-5, None, "A")), "Overlap");
        assert!(matches!(change([].into_iter(), &new(0, None, "A")), PositionChange::Add));
    }

    proptest! {
        /// After the change, the person has at most one position on every day.
        #[test]
        fn positions_never_overlap(
            lengths in prop::collection::vec((1..5_i64, 0..3_i64), 0..4), is_open in any::<bool>(), from in 0..25_i64, length in prop::option::of(1..9_i64)
        ) {
            let mut at = 0;
            let mut positions = Vec::new();
            for (length, gap) in lengths {
                positions.push(recorded(at, Some(at + length), "A"));
                at += length + gap;
            }
            if is_open && let Some(last) = positions.last_mut() {
                last.valid_to = None;
            }
            let new = new(from, length.map(|length| from + length), "B");
            let ended = match change(positions.iter(), &new) {
                PositionChange::Unchanged | PositionChange::Overlap => return Ok(()),
                PositionChange::Add => None,
                PositionChange::Follow(ended) => Some(ended.valid_from),
            };
            let covers = |from: Day, to: Option<Day>, day: Day| from <= day && to.is_none_or(|end| day < end);
            for n in -1..60 {
                let before = positions.iter().filter(|position| {
                    let end = if ended == Some(position.valid_from) { Some(new.valid_from) } else { position.valid_to };
                    covers(position.valid_from, end, day(n))
                });
                let count = before.count() + usize::from(covers(new.valid_from, new.valid_to, day(n)));
                prop_assert!(count <= 1, "{count} on day {n}");
            }
        }
    }
}
