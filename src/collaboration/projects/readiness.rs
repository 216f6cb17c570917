//! What a project still lacks before it can be activated: one pure function over plain facts.
//!
//! Rule: the readiness list and the activation ask this same function, and it names everything
//! that is missing, not only the first thing.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::ids::{AreaId, DepartmentId, PersonId};
use crate::kernel::time::Day;

/// A person on the team, as the guards see one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    pub person_id: PersonId,
    /// The side the person counts for.
    pub department_id: DepartmentId,
    /// Accepted or active: an invitation alone is nobody yet.
    pub accepted: bool,
    pub counts_for_parity: bool,
    /// What the member counts for: 1 by headcount, per cent of a full-time job by FTE.
    pub weight: i32,
    /// Has a position to return to.
    pub has_home_position: bool,
}

/// An accountable person of an area, on the days `[valid_from, valid_to)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    pub area_id: AreaId,
    pub person_id: PersonId,
    pub valid_from: Day,
    /// The first day after it; `None` while no end is known.
    pub valid_to: Option<Day>,
}

/// One side and its seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    pub department_id: DepartmentId,
    pub sponsor: Option<PersonId>,
}

/// A signature of a side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed {
    pub department_id: DepartmentId,
    pub charter_version: i32,
    /// Whoever signed has left the seat since.
    pub superseded: bool,
}

/// An area that a side owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnedArea {
    pub id: AreaId,
    pub department_id: DepartmentId,
}

/// Everything the guards look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The project's days are `[starts_on, ends_on)`.
    pub starts_on: Day,
    pub ends_on: Day,
    pub parity_tolerance: i32,
    pub charter_version: i32,
    /// Due days of the goals.
    pub goals: Vec<Day>,
    /// Due days of the milestones.
    pub milestones: Vec<Day>,
    pub seats: Vec<Seat>,
    pub signatures: Vec<Signed>,
    /// Without the retired ones.
    pub areas: Vec<OwnedArea>,
    pub members: Vec<Member>,
    pub owners: Vec<Owner>,
}

/// What is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BlockerCode)]
pub enum Code {
    SponsorVacant,
    SponsorSamePerson,
    GoalMissing,
    MilestoneMissing,
    DatesOutOfRange,
    SignatureMissing,
    SignatureStale,
    SideEmpty,
    ParityBreached,
    HomePositionMissing,
    OwnershipGap,
    OwnerNotActiveMember,
    SideMismatch,
}

impl Code {
    /// Whether it has to be mended before the charter can be proposed; the rest may come later.
    #[must_use]
    pub fn hinders_proposal(self) -> bool {
        matches!(
            self,
            Self::SponsorVacant
                | Self::SponsorSamePerson
                | Self::GoalMissing
                | Self::MilestoneMissing
                | Self::DatesOutOfRange
        )
    }
}

/// One thing that is missing, and of whom or what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Blocker {
    pub code: Code,
    pub side: Option<DepartmentId>,
    pub area: Option<AreaId>,
    pub person: Option<PersonId>,
}

impl Blocker {
    fn of(code: Code) -> Self {
        Self { code, side: None, area: None, person: None }
    }

    fn of_side(code: Code, side: DepartmentId) -> Self {
        Self { side: Some(side), ..Self::of(code) }
    }

    /// A seat that nobody holds.
    #[must_use]
    pub fn sponsor_vacant(side: DepartmentId) -> Self {
        Self::of_side(Code::SponsorVacant, side)
    }

    fn of_area(code: Code, area: AreaId) -> Self {
        Self { area: Some(area), ..Self::of(code) }
    }
}

/// Everything that is missing, in the order of the codes; empty when the project can be activated.
#[must_use]
pub fn blockers(facts: &Facts) -> Vec<Blocker> {
    let mut found = Vec::new();
    seats(facts, &mut found);
    plan(facts, &mut found);
    signatures(facts, &mut found);
    team(facts, &mut found);
    ownership(facts, &mut found);
    found.sort_unstable();
    found
}

fn seats(facts: &Facts, found: &mut Vec<Blocker>) {
    let mut sponsors = HashSet::new();
    let mut repeated = HashSet::new();
    for seat in &facts.seats {
        match seat.sponsor {
            None => found.push(Blocker::sponsor_vacant(seat.department_id)),
            Some(person) if !sponsors.insert(person) && repeated.insert(person) => {
                found.push(Blocker { person: Some(person), ..Blocker::of(Code::SponsorSamePerson) });
            }
            Some(_) => {}
        }
    }
}

fn plan(facts: &Facts, found: &mut Vec<Blocker>) {
    found.extend(plan_blockers(facts.starts_on, facts.ends_on, &facts.goals, &facts.milestones));
}

/// What the plan of a charter lacks: days are those of the project `[starts_on, ends_on)`, and
/// those on which goals and milestones are due.
#[must_use]
pub fn plan_blockers(starts_on: Day, ends_on: Day, goals: &[Day], milestones: &[Day]) -> Vec<Blocker> {
    let mut found = Vec::new();
    if goals.is_empty() {
        found.push(Blocker::of(Code::GoalMissing));
    }
    if milestones.is_empty() {
        found.push(Blocker::of(Code::MilestoneMissing));
    }
    // What is due when the project ends is due in time.
    let in_range = |day: &Day| (starts_on..=ends_on).contains(day);
    if ends_on <= starts_on || !goals.iter().chain(milestones).all(in_range) {
        found.push(Blocker::of(Code::DatesOutOfRange));
    }
    found
}

fn signatures(facts: &Facts, found: &mut Vec<Blocker>) {
    for seat in &facts.seats {
        let of_side = || facts.signatures.iter().filter(|signed| signed.department_id == seat.department_id);
        let valid = of_side().any(|signed| signed.charter_version == facts.charter_version && !signed.superseded);
        if !valid {
            let code = if of_side().next().is_some() { Code::SignatureStale } else { Code::SignatureMissing };
            found.push(Blocker::of_side(code, seat.department_id));
        }
    }
}

fn team(facts: &Facts, found: &mut Vec<Blocker>) {
    let mut counted: HashMap<DepartmentId, i32> = facts.seats.iter().map(|seat| (seat.department_id, 0)).collect();
    for member in facts.members.iter().filter(|member| member.accepted && member.counts_for_parity) {
        if let Some(count) = counted.get_mut(&member.department_id) {
            *count += member.weight;
        }
    }
    let empty = |side: &DepartmentId| counted.get(side) == Some(&0);
    let sides = facts.seats.iter().map(|seat| seat.department_id);
    found.extend(sides.filter(empty).map(|side| Blocker::of_side(Code::SideEmpty, side)));
    // An empty side is its own fault; parity is judged among those that have somebody.
    let present = || counted.values().copied().filter(|count| *count > 0);
    let spread = present().max().unwrap_or(0) - present().min().unwrap_or(0);
    if spread > facts.parity_tolerance {
        found.push(Blocker::of(Code::ParityBreached));
    }
    let mut homeless = HashSet::new();
    for member in facts.members.iter().filter(|member| member.accepted && !member.has_home_position) {
        if homeless.insert(member.person_id) {
            found.push(Blocker { person: Some(member.person_id), ..Blocker::of(Code::HomePositionMissing) });
        }
    }
}

fn ownership(facts: &Facts, found: &mut Vec<Blocker>) {
    for area in &facts.areas {
        let mut owners: Vec<_> = facts
            .owners
            .iter()
            .filter(|owner| owner.area_id == area.id && owner.valid_from < facts.ends_on)
            .filter(|owner| owner.valid_to.is_none_or(|end| end > facts.starts_on))
            .collect();
        owners.sort_unstable_by_key(|owner| owner.valid_from);
        if !covers(&owners, facts.starts_on, facts.ends_on) {
            found.push(Blocker::of_area(Code::OwnershipGap, area.id));
        }
        let sides_of = |owner: &Owner| {
            let person = owner.person_id;
            facts.members.iter().filter(move |member| member.accepted && member.person_id == person)
        };
        if owners.iter().any(|owner| sides_of(owner).next().is_none()) {
            found.push(Blocker::of_area(Code::OwnerNotActiveMember, area.id));
        }
        let elsewhere = |owner: &&Owner| {
            sides_of(owner).next().is_some() && sides_of(owner).all(|member| member.department_id != area.department_id)
        };
        if owners.iter().any(elsewhere) {
            found.push(Blocker::of_area(Code::SideMismatch, area.id));
        }
    }
}

/// Whether intervals sorted by their start leave no day of `[from, to)` open.
fn covers(owners: &[&Owner], from: Day, to: Day) -> bool {
    let mut open_from = from;
    for owner in owners {
        if owner.valid_from > open_from {
            return false;
        }
        match owner.valid_to {
            None => return true,
            Some(end) => open_from = open_from.max(end),
        }
    }
    open_from >= to
}

#[cfg(test)]
#[path = "readiness_tests.rs"]
mod tests;
