//! Representation of a side, and the result of the responses of all sides.
//!
//! Rules: a side is represented by its sponsor or by the delegate of the day. A delegate for all projects of a sponsor
//! represents only sides without a delegate of their own. One person represents one side only. An
//! approval is not settled before every side has responded.

use super::state::ApprovalChoice;
use crate::kernel::ids::{DelegationId, DepartmentId, PersonId};

/// A side and its sponsor; `None` while the side has no sponsor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SideSponsor {
    pub department_id: DepartmentId,
    pub sponsor: Option<PersonId>,
}

/// A delegation that is in force on the day of the response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActiveDelegation {
    pub id: DelegationId,
    pub department_id: DepartmentId,
    pub delegate: PersonId,
}

/// The side that a person represents, and the delegation if they are not its sponsor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RepresentedSide {
    pub department_id: DepartmentId,
    pub delegation_id: Option<DelegationId>,
}

/// Returns the side that a person represents. Being its sponsor takes precedence over any delegation.
#[must_use]
pub fn represented_side(
    person: PersonId,
    sides: &[SideSponsor],
    delegations: &[ActiveDelegation],
) -> Option<RepresentedSide> {
    let own = sides.iter().find(|side| side.sponsor == Some(person));
    let own = own.map(|side| RepresentedSide { department_id: side.department_id, delegation_id: None });
    own.or_else(|| {
        // A delegation is void while its side has no sponsor.
        let has_sponsor =
            |department| sides.iter().any(|side| side.department_id == department && side.sponsor.is_some());
        let active = delegations.iter().find(|one| one.delegate == person && has_sponsor(one.department_id))?;
        Some(RepresentedSide { department_id: active.department_id, delegation_id: Some(active.id) })
    })
}

/// Result of the responses of all sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tally {
    /// At least one side has not responded.
    Waiting,
    /// Every side has approved.
    Approved,
    /// Every side has rejected.
    Rejected,
    /// Every side has responded, and the responses differ.
    Divided,
}

/// Returns the result of one response per side; `None` means that the side has not responded.
#[must_use]
pub fn tally(responses: &[Option<ApprovalChoice>]) -> Tally {
    let approving = responses.iter().filter(|response| **response == Some(ApprovalChoice::Approve)).count();
    if responses.is_empty() || responses.iter().any(Option::is_none) {
        Tally::Waiting
    } else if approving == responses.len() {
        Tally::Approved
    } else if approving == 0 {
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
        /// For any delegations: a sponsor represents their own side, a delegate a side that has a sponsor, and no other
        /// person represents a side.
        #[test]
        fn only_sponsors_and_their_delegates_represent_a_side(
            sponsors in prop::collection::vec(prop::option::of(1u64..6), 2..5),
            delegates in prop::collection::vec((0u64..5, 1u64..9), 0..5),
            person in 1u64..9,
        ) {
            let mut taken = std::collections::HashSet::new();
            let sides: Vec<_> = (0..).zip(&sponsors).map(|(number, sponsor)| SideSponsor {
                department_id: side(number),
                sponsor: sponsor.filter(|sponsor| taken.insert(*sponsor)).map(PersonId::demo),
            }).collect();
            let delegations: Vec<_> = (1..).zip(&delegates).map(|(number, (department, delegate))| ActiveDelegation {
                id: DelegationId::demo(number), department_id: side(*department), delegate: PersonId::demo(*delegate),
            }).collect();
            let person = PersonId::demo(person);
            let side = sides.iter().find(|side| side.sponsor == Some(person));
            match represented_side(person, &sides, &delegations) {
                Some(RepresentedSide { department_id, delegation_id: None }) => {
                    prop_assert_eq!(side.map(|side| side.department_id), Some(department_id));
                }
                Some(RepresentedSide { department_id, delegation_id: Some(id) }) => {
                    prop_assert!(side.is_none());
                    let used = delegations.iter().find(|one| one.id == id).unwrap();
                    prop_assert_eq!((used.department_id, used.delegate), (department_id, person));
                    prop_assert!(sides.iter().any(|side| side.department_id == department_id && side.sponsor.is_some()));
                }
                None => {
                    prop_assert!(side.is_none());
                    let possible = delegations.iter().any(|one| one.delegate == person
                        && sides.iter().any(|side| side.department_id == one.department_id && side.sponsor.is_some()));
                    prop_assert!(!possible);
                }
            }
        }

        /// An approval needs every side to approve, and is not settled while a response is missing.
        #[test]
        fn approval_needs_every_side(responses in prop::collection::vec(prop::option::of(any::<bool>()), 0..8)) {
            let choice = |approve: bool| if approve { ApprovalChoice::Approve } else { ApprovalChoice::Reject };
            let given: Vec<_> = responses.iter().map(|response| response.map(choice)).collect();
            let expected = if responses.is_empty() || responses.contains(&None) {
                Tally::Waiting
            } else if !responses.contains(&Some(false)) {
                Tally::Approved
            } else if !responses.contains(&Some(true)) {
                Tally::Rejected
            } else {
                Tally::Divided
            };
            prop_assert_eq!(tally(&given), expected);
        }
    }
}
