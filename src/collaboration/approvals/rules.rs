//! Who speaks for a side, and what the answers of the sides come to.
//!
//! Rules: a seat speaks through its sponsor or the sponsor's delegate of the day; one person speaks
//! for one side only; nothing is settled before every side has answered.

use super::state::ConsentAnswer;
use crate::kernel::ids::{DelegationId, DepartmentId, PersonId};

/// A side and its sponsor; `None` while the seat is vacant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    pub department_id: DepartmentId,
    pub sponsor: Option<PersonId>,
}

/// A delegation that is in force on the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub id: DelegationId,
    pub department_id: DepartmentId,
    pub delegate: PersonId,
}

/// The side that somebody represents, and by which delegation if not as its sponsor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RepresentedSide {
    pub department_id: DepartmentId,
    pub delegation_id: Option<DelegationId>,
}

/// The side that a person speaks for; their own seat comes before any delegation.
#[must_use]
pub fn represented_side(person: PersonId, seats: &[Seat], delegations: &[Standing]) -> Option<RepresentedSide> {
    let own = seats.iter().find(|seat| seat.sponsor == Some(person));
    let own = own.map(|seat| RepresentedSide { department_id: seat.department_id, delegation_id: None });
    own.or_else(|| {
        // A delegation ends with the seat it stands in for.
        let held = |side| seats.iter().any(|seat| seat.department_id == side && seat.sponsor.is_some());
        let standing = delegations.iter().find(|one| one.delegate == person && held(one.department_id))?;
        Some(RepresentedSide { department_id: standing.department_id, delegation_id: Some(standing.id) })
    })
}

/// What the answers come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tally {
    /// At least one side has not answered.
    Waiting,
    /// Every side agrees.
    Agreed,
    /// Every side has answered and none agrees.
    Rejected,
    /// Every side has answered, and they differ.
    Divided,
}

/// Counts one answer per side; `None` for a side that has not answered.
#[must_use]
pub fn tally(answers: &[Option<ConsentAnswer>]) -> Tally {
    let agreeing = answers.iter().filter(|answer| **answer == Some(ConsentAnswer::Agree)).count();
    if answers.is_empty() || answers.iter().any(Option::is_none) {
        Tally::Waiting
    } else if agreeing == answers.len() {
        Tally::Agreed
    } else if agreeing == 0 {
        Tally::Rejected
    } else {
        Tally::Divided
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn side(number: u64) -> DepartmentId {
        DepartmentId::demo(number)
    }

    proptest! {
        /// Whatever the delegations are: a sponsor speaks for the own side, a delegate for one whose
        /// seat is taken, and nobody else speaks.
        #[test]
        fn nobody_speaks_for_a_side_without_a_seat(
            sponsors in prop::collection::vec(prop::option::of(1u64..6), 2..5),
            delegates in prop::collection::vec((0u64..5, 1u64..9), 0..5),
            person in 1u64..9,
        ) {
            let mut taken = std::collections::HashSet::new();
            let seats: Vec<_> = (0..).zip(&sponsors).map(|(number, sponsor)| Seat {
                department_id: side(number),
                sponsor: sponsor.filter(|sponsor| taken.insert(*sponsor)).map(PersonId::demo),
            }).collect();
            let delegations: Vec<_> = (1..).zip(&delegates).map(|(number, (department, delegate))| Standing {
                id: DelegationId::demo(number), department_id: side(*department), delegate: PersonId::demo(*delegate),
            }).collect();
            let person = PersonId::demo(person);
            let seat = seats.iter().find(|seat| seat.sponsor == Some(person));
            match represented_side(person, &seats, &delegations) {
                Some(RepresentedSide { department_id, delegation_id: None }) => {
                    prop_assert_eq!(seat.map(|seat| seat.department_id), Some(department_id));
                }
                Some(RepresentedSide { department_id, delegation_id: Some(id) }) => {
                    prop_assert!(seat.is_none());
                    let standing = delegations.iter().find(|one| one.id == id).unwrap();
                    prop_assert_eq!((standing.department_id, standing.delegate), (department_id, person));
                    prop_assert!(seats.iter().any(|seat| seat.department_id == department_id && seat.sponsor.is_some()));
                }
                None => {
                    prop_assert!(seat.is_none());
                    let possible = delegations.iter().any(|one| one.delegate == person
                        && seats.iter().any(|seat| seat.department_id == one.department_id && seat.sponsor.is_some()));
                    prop_assert!(!possible);
                }
            }
        }

        /// Agreement is what nobody disagrees with, and nothing is settled while one is missing.
        #[test]
        fn all_or_nothing(answers in prop::collection::vec(prop::option::of(any::<bool>()), 0..8)) {
            let word = |agree: bool| if agree { ConsentAnswer::Agree } else { ConsentAnswer::Disagree };
            let given: Vec<_> = answers.iter().map(|answer| answer.map(word)).collect();
            let expected = if answers.is_empty() || answers.contains(&None) {
                Tally::Waiting
            } else if !answers.contains(&Some(false)) {
                Tally::Agreed
            } else if !answers.contains(&Some(true)) {
                Tally::Rejected
            } else {
                Tally::Divided
            };
            prop_assert_eq!(tally(&given), expected);
        }
    }
}
