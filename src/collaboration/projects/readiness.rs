//! Readiness of a project for activation, as a pure function.
//!
//! Rule: the readiness operation and the activation use the same function, and it reports all blockers, not only the
//! first.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use utoipa::ToSchema;

use super::store::Side;
use crate::kernel::ids::{AreaId, DepartmentId, PersonId};
use crate::kernel::time::Day;

/// A member of the team, with the fields that the readiness check needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    pub person_id: PersonId,
    /// The department of the member's side.
    pub department_id: DepartmentId,
    /// Whether the invitation was accepted; an open invitation does not count.
    pub accepted: bool,
    pub counts_for_parity: bool,
    /// Weight of the member for parity: 1 by headcount, the percentage of a full-time equivalent by FTE.
    pub weight: i32,
    /// Whether the member has a regular position on the day of the return.
    pub has_home_position: bool,
}

/// The accountable person of an area on the days `[valid_from, valid_to)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    pub area_id: AreaId,
    pub person_id: PersonId,
    pub valid_from: Day,
    /// First day after the assignment; `None` if it lasts as long as the project.
    pub valid_to: Option<Day>,
}

/// A side and its sponsor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SideSponsor {
    pub department_id: DepartmentId,
    /// The person who is named; `None` if the role is vacant, or the person is deactivated.
    pub sponsor: Option<PersonId>,
    /// Whether this person has accepted the role.
    pub accepted: bool,
    /// Whether this person was confirmed on behalf of the department.
    pub confirmed: bool,
    /// Whether the regular position of this person today is in the department.
    pub works_here: bool,
}

impl SideSponsor {
    /// Returns everything that keeps the sponsor from representing the side.
    #[must_use]
    pub fn blockers(&self) -> Vec<Blocker> {
        let Some(person) = self.sponsor else { return vec![Blocker::sponsor_vacant(self.department_id)] };
        let missing = [
            (!self.accepted, Code::SponsorNotAccepted),
            (!self.confirmed, Code::SponsorNotConfirmed),
            (!self.works_here, Code::SponsorNotInDepartment),
        ];
        let blocker = |code| Blocker { person: Some(person), ..Blocker::of_side(code, self.department_id) };
        missing.into_iter().filter(|(is_missing, _)| *is_missing).map(|(_, code)| blocker(code)).collect()
    }
}

impl From<&Side> for SideSponsor {
    fn from(side: &Side) -> Self {
        let (accepted, confirmed) = (side.sponsor_accepted_at.is_some(), side.sponsor_confirmed_at.is_some());
        // Vacant although accepted and confirmed: the person was deactivated.
        let is_gone = side.vacant_since.is_some() && accepted && confirmed && side.sponsor_works_here;
        Self {
            department_id: side.department_id,
            sponsor: side.sponsor_person_id.filter(|_| !is_gone),
            accepted,
            confirmed,
            works_here: side.sponsor_works_here,
        }
    }
}

/// A signature of a side under a version of the charter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed {
    pub department_id: DepartmentId,
    pub charter_version: i32,
    /// Whether the signature no longer counts, because the side changed its sponsor or its response.
    pub superseded: bool,
}

/// An area that a side owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnedArea {
    pub id: AreaId,
    pub department_id: DepartmentId,
}

/// Input of the readiness check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadinessInput {
    /// The project's days are `[starts_on, ends_on)`.
    pub starts_on: Day,
    pub ends_on: Day,
    pub parity_tolerance: i32,
    pub charter_version: i32,
    /// Due dates of the goals.
    pub goals: Vec<Day>,
    /// Due dates of the milestones.
    pub milestones: Vec<Day>,
    pub sponsors: Vec<SideSponsor>,
    /// The lead, if they are deactivated.
    pub deactivated_lead: Option<PersonId>,
    /// The people of the panel who are deactivated or not neutral.
    pub biased_arbiters: Vec<PersonId>,
    pub signatures: Vec<Signed>,
    /// The areas that are not retired.
    pub areas: Vec<OwnedArea>,
    pub members: Vec<Member>,
    pub owners: Vec<Owner>,
}

/// Reason why a project cannot be proposed or activated:
///
/// - `sponsor_vacant`: no one is named as the sponsor of a side, or this person is deactivated.
/// - `sponsor_not_accepted`: the person who is named as the sponsor of a side has not accepted the role.
/// - `sponsor_not_confirmed`: the head of the department has not confirmed the sponsor of a side.
/// - `sponsor_not_in_department`: the regular position of the sponsor is not in the department of the side.
/// - `sponsor_same_person`: a person is the sponsor of more than one side.
/// - `lead_deactivated`: the lead is deactivated.
/// - `arbiter_not_neutral`: a person of the panel is deactivated or not neutral.
/// - `goal_missing`: the charter has no goal.
/// - `milestone_missing`: the charter has no milestone.
/// - `dates_out_of_range`: the project does not end after it starts, or a goal or milestone is due outside the project.
/// - `signature_missing`: a side has never signed the charter.
/// - `signature_stale`: a side has signed an older version, or its signature no longer counts.
/// - `side_empty`: no accepted member of a side counts for parity.
/// - `parity_breached`: the staffing of the sides differs by more than the tolerance.
/// - `home_position_missing`: a member has no regular position to return to.
/// - `ownership_gap`: an area has no accountable person on some days of the project.
/// - `owner_not_active_member`: an accountable person is not an accepted member.
/// - `side_mismatch`: an accountable person is a member of a side that does not own the area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BlockerCode)]
pub enum Code {
    SponsorVacant,
    SponsorNotAccepted,
    SponsorNotConfirmed,
    SponsorNotInDepartment,
    SponsorSamePerson,
    LeadDeactivated,
    ArbiterNotNeutral,
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
    /// Returns whether the blocker also prevents the proposal; the others prevent only the activation.
    #[must_use]
    pub fn blocks_proposal(self) -> bool {
        matches!(
            self,
            Self::SponsorVacant
                | Self::SponsorNotAccepted
                | Self::SponsorNotConfirmed
                | Self::SponsorNotInDepartment
                | Self::SponsorSamePerson
                | Self::LeadDeactivated
                | Self::ArbiterNotNeutral
                | Self::GoalMissing
                | Self::MilestoneMissing
                | Self::DatesOutOfRange
        )
    }
}

/// One blocker, with the side, area or person it is about.
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

    /// Creates the blocker of a side without a sponsor.
    #[must_use]
    pub fn sponsor_vacant(side: DepartmentId) -> Self {
        Self::of_side(Code::SponsorVacant, side)
    }

    fn of_area(code: Code, area: AreaId) -> Self {
        Self { area: Some(area), ..Self::of(code) }
    }
}

/// Returns all blockers, ordered by code; empty if the project can be activated.
#[must_use]
pub fn blockers(input: &ReadinessInput) -> Vec<Blocker> {
    let mut found = Vec::new();
    sponsors(input, &mut found);
    plan(input, &mut found);
    signatures(input, &mut found);
    team(input, &mut found);
    ownership(input, &mut found);
    found.sort_unstable();
    found
}

fn sponsors(input: &ReadinessInput, found: &mut Vec<Blocker>) {
    let mut sponsors = HashSet::new();
    let mut repeated = HashSet::new();
    for side in &input.sponsors {
        found.extend(side.blockers());
        if let Some(person) = side.sponsor
            && !sponsors.insert(person)
            && repeated.insert(person)
        {
            found.push(Blocker { person: Some(person), ..Blocker::of(Code::SponsorSamePerson) });
        }
    }
    let lead = |person| Blocker { person: Some(person), ..Blocker::of(Code::LeadDeactivated) };
    found.extend(input.deactivated_lead.map(lead));
    let arbiter = |person: &PersonId| Blocker { person: Some(*person), ..Blocker::of(Code::ArbiterNotNeutral) };
    found.extend(input.biased_arbiters.iter().map(arbiter));
}

fn plan(input: &ReadinessInput, found: &mut Vec<Blocker>) {
    found.extend(plan_blockers(input.starts_on, input.ends_on, &input.goals, &input.milestones));
}

/// Returns the blockers in the plan of a charter. The project lasts `[starts_on, ends_on)`; `goals` and `milestones`
/// are due dates.
#[must_use]
pub fn plan_blockers(starts_on: Day, ends_on: Day, goals: &[Day], milestones: &[Day]) -> Vec<Blocker> {
    let mut found = Vec::new();
    if goals.is_empty() {
        found.push(Blocker::of(Code::GoalMissing));
    }
    if milestones.is_empty() {
        found.push(Blocker::of(Code::MilestoneMissing));
    }
    // A due date on `ends_on`, the day on which the project ends, is in time.
    let in_range = |day: &Day| (starts_on..=ends_on).contains(day);
    if ends_on <= starts_on || !goals.iter().chain(milestones).all(in_range) {
        found.push(Blocker::of(Code::DatesOutOfRange));
    }
    found
}

fn signatures(input: &ReadinessInput, found: &mut Vec<Blocker>) {
    for side in &input.sponsors {
        let of_side = || input.signatures.iter().filter(|signed| signed.department_id == side.department_id);
        let valid = of_side().any(|signed| signed.charter_version == input.charter_version && !signed.superseded);
        if !valid {
            let code = if of_side().next().is_some() { Code::SignatureStale } else { Code::SignatureMissing };
            found.push(Blocker::of_side(code, side.department_id));
        }
    }
}

fn team(input: &ReadinessInput, found: &mut Vec<Blocker>) {
    let mut counted: HashMap<DepartmentId, i32> = input.sponsors.iter().map(|side| (side.department_id, 0)).collect();
    for member in input.members.iter().filter(|member| member.accepted && member.counts_for_parity) {
        if let Some(count) = counted.get_mut(&member.department_id) {
            *count += member.weight;
        }
    }
    let empty = |side: &DepartmentId| counted.get(side) == Some(&0);
    let sides = input.sponsors.iter().map(|side| side.department_id);
    found.extend(sides.filter(empty).map(|side| Blocker::of_side(Code::SideEmpty, side)));
    // An empty side is reported as `side_empty`; parity is checked among the other sides only.
    let present = || counted.values().copied().filter(|count| *count > 0);
    let spread = present().max().unwrap_or(0) - present().min().unwrap_or(0);
    if spread > input.parity_tolerance {
        found.push(Blocker::of(Code::ParityBreached));
    }
    let mut reported = HashSet::new();
    for member in input.members.iter().filter(|member| member.accepted && !member.has_home_position) {
        if reported.insert(member.person_id) {
            found.push(Blocker { person: Some(member.person_id), ..Blocker::of(Code::HomePositionMissing) });
        }
    }
}

fn ownership(input: &ReadinessInput, found: &mut Vec<Blocker>) {
    for area in &input.areas {
        let mut owners: Vec<_> = input
            .owners
            .iter()
            .filter(|owner| owner.area_id == area.id && owner.valid_from < input.ends_on)
            .filter(|owner| owner.valid_to.is_none_or(|end| end > input.starts_on))
            .collect();
        owners.sort_unstable_by_key(|owner| owner.valid_from);
        if !covers(&owners, input.starts_on, input.ends_on) {
            found.push(Blocker::of_area(Code::OwnershipGap, area.id));
        }
        let sides_of = |owner: &Owner| {
            let person = owner.person_id;
            input.members.iter().filter(move |member| member.accepted && member.person_id == person)
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

/// Returns whether intervals, sorted by their start, cover every day of `[from, to)`.
fn covers(owners: &[&Owner], from: Day, to: Day) -> bool {
    let mut covered_to = from;
    for owner in owners {
        if owner.valid_from > covered_to {
            return false;
        }
        match owner.valid_to {
            None => return true,
            Some(end) => covered_to = covered_to.max(end),
        }
    }
    covered_to >= to
}

#[cfg(test)]
#[path = "readiness_tests.rs"]
mod tests;
