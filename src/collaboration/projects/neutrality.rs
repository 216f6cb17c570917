//! Neutrality of arbiters, as a pure function.
//!
//! Rule: an arbiter is neutral if their regular position is in no department that is a side, they have no role in the
//! project, and no sponsor is above them in the line of managers. A person above one sponsor is neutral only if they
//! are above all of them. Where the managers form a cycle, everyone in it is above everyone.

use std::collections::{HashMap, HashSet};

use crate::kernel::ids::{DepartmentId, PersonId};

/// The regular positions of people on one day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Organisation {
    /// The department of a person; absent for a person without a regular position.
    pub homes: HashMap<PersonId, DepartmentId>,
    /// The manager of a person; absent for a person without one.
    pub managers: HashMap<PersonId, PersonId>,
}

impl Organisation {
    /// Returns everyone above a person in the line of managers.
    #[must_use]
    pub fn superiors(&self, person: PersonId) -> HashSet<PersonId> {
        let mut found = HashSet::new();
        let mut next = self.managers.get(&person);
        while let Some(manager) = next.filter(|manager| found.insert(**manager)) {
            next = self.managers.get(manager);
        }
        found
    }
}

/// Those between whom an arbiter decides.
#[derive(Debug, Clone, Copy)]
pub struct Parties<'a> {
    /// The departments that are sides.
    pub sides: &'a [DepartmentId],
    /// The people who are named as sponsors.
    pub sponsors: &'a [PersonId],
    /// Everyone with a role in the project: sponsors, delegates, lead, members and invitees.
    pub with_role: &'a [PersonId],
}

/// What keeps a person from being neutral.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bias {
    /// The regular position is in a department that is a side.
    WorksForSide,
    /// The person has a role in the project.
    HasRole,
    /// A sponsor is above the person in the line of managers.
    BelowSponsor,
    /// The person is above some of the sponsors, but not above all.
    AboveSomeSponsors,
}

/// Returns what keeps a person from being neutral; `None` for a neutral person.
#[must_use]
pub fn bias(organisation: &Organisation, parties: Parties<'_>, arbiter: PersonId) -> Option<Bias> {
    if organisation.homes.get(&arbiter).is_some_and(|home| parties.sides.contains(home)) {
        return Some(Bias::WorksForSide);
    }
    if parties.with_role.contains(&arbiter) || parties.sponsors.contains(&arbiter) {
        return Some(Bias::HasRole);
    }
    let above = organisation.superiors(arbiter);
    if parties.sponsors.iter().any(|sponsor| above.contains(sponsor)) {
        return Some(Bias::BelowSponsor);
    }
    let led = parties.sponsors.iter().filter(|sponsor| organisation.superiors(**sponsor).contains(&arbiter)).count();
    (led > 0 && led < parties.sponsors.len()).then_some(Bias::AboveSomeSponsors)
}

#[cfg(test)]
#[path = "neutrality_tests.rs"]
mod tests;
