//! The team of a project: its sides, and everyone who ever accepted a membership.

use super::member::phase;
use super::parity::{self, Counted, Strength};
use super::state::{self, MembershipState, Phase};
use super::store::TeamMember;
use crate::collaboration::projects::Project;
use crate::collaboration::states::MembershipDecision;
use crate::kernel::ids::DepartmentId;
use crate::kernel::time::{Day, UtcTime};

/// The sides of a project in their order, and everyone who ever accepted a membership.
#[derive(Debug, Clone, Default)]
pub struct Team {
    pub sides: Vec<DepartmentId>,
    pub members: Vec<TeamMember>,
}

impl FromIterator<(DepartmentId, Option<TeamMember>)> for Team {
    /// Collects one row for each member; a side without members has one row.
    fn from_iter<I: IntoIterator<Item = (DepartmentId, Option<TeamMember>)>>(rows: I) -> Self {
        let mut team = Self::default();
        for (side, member) in rows {
            if team.sides.last() != Some(&side) {
                team.sides.push(side);
            }
            team.members.extend(member);
        }
        team
    }
}

impl Team {
    /// Returns the strength of the sides on a day, by default today.
    #[must_use]
    pub fn strengths(&self, project: &Project, as_of: Option<Day>, now: UtcTime) -> Vec<Strength> {
        let phase = phase(project);
        let is_present = |member: &&TeamMember| match as_of.filter(|day| *day != now.day()) {
            Some(day) => member.valid_from <= day && day < member.valid_to,
            None => is_present_today(member, project, phase, now.day()),
        };
        let counted = self.members.iter().filter(is_present).filter(|member| member.counts_for_parity);
        let counted: Vec<_> = counted
            .map(|member| Counted { department_id: member.department_id, fte_percent: member.fte_percent })
            .collect();
        parity::strengths(&self.sides, &counted)
    }
}

/// Returns whether a member belongs to the current team: active members and, before activation or before the first day
/// of the project, members who have accepted.
fn is_present_today(member: &TeamMember, project: &Project, phase: Phase, today: Day) -> bool {
    if member.decision != MembershipDecision::Accepted {
        return false;
    }
    // Whether there is a regular position to return to matters only after the membership.
    match state::stay((member.valid_from, member.valid_to), phase, true, today) {
        MembershipState::Active => true,
        MembershipState::Accepted => phase == Phase::Preparing || today < project.starts_on,
        _ => false,
    }
}
