//! Memberships in requests and answers.

mod requests;

use serde::Serialize;
use utoipa::ToSchema;

pub use requests::{MembershipQuery, NewMembership, NewMembershipBatch, ParityQuery, PersonMembershipQuery};

use super::state::MembershipState;
use crate::collaboration::projects::ParityMeasure;
use crate::kernel::ids::{DepartmentId, HomePositionId, MembershipId, PersonId, ProjectId};
use crate::kernel::time::{Day, UtcTime};

/// The position a member comes from, as it was when the invitation was sent.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HomeSnapshot {
    pub department_id: DepartmentId,
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "Campaign manager")]
    pub title: String,
    /// Who leads them at home.
    #[schema(required, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "Head of campaigns")]
    pub manager: Option<String>,
}

/// A person's place in a project.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Membership)]
pub struct MembershipBody {
    pub id: MembershipId,
    pub project_id: ProjectId,
    pub person_id: PersonId,
    /// The side the member works for.
    pub department_id: DepartmentId,
    pub state: MembershipState,
    /// What the member does in the project, whatever their title at home is.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "Data steward")]
    pub project_role: String,
    /// Neutral roles, such as a scribe, do not count.
    pub counts_for_parity: bool,
    /// Share of a full-time job, in per cent.
    #[schema(format = Int32, minimum = 1, maximum = 100, example = 50)]
    pub fte_percent: i32,
    /// First day.
    pub valid_from: Day,
    /// First day after the last one.
    pub valid_to: Day,
    pub home: HomeSnapshot,
    /// The sponsors of all sides: a member answers to each of them.
    #[schema(max_items = 8)]
    pub answers_to: Vec<PersonId>,
    pub invited_at: UtcTime,
    /// When the invitation lapses without an answer.
    pub expires_at: UtcTime,
    /// When the invitee answered.
    #[schema(required)]
    pub answered_at: Option<UtcTime>,
    /// Day of the confirmed return.
    #[schema(required)]
    pub returned_on: Option<Day>,
    /// The home position the member returned to.
    #[schema(required)]
    pub returned_home_position_id: Option<HomePositionId>,
    pub updated_at: UtcTime,
}

/// The memberships that a batch concerned, in the order of its items.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MembershipBatch {
    #[schema(min_items = 1, max_items = 50)]
    pub data: Vec<MembershipBody>,
}

/// How strong a side is.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SideStrength {
    pub department_id: DepartmentId,
    /// Members whose role counts.
    #[schema(format = Int32, minimum = 0, maximum = 1_000_000, example = 3)]
    pub members: u32,
    /// Their shares of a full-time job added up, in per cent.
    #[schema(format = Int32, minimum = 0, maximum = 100_000_000, example = 250)]
    pub fte_percent: u32,
}

/// Whether the sides staff the project in equal parts.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Parity {
    pub project_id: ProjectId,
    /// The day that was looked at.
    pub as_of: Day,
    /// True when every side has somebody and no two differ by more than the tolerance.
    pub holds: bool,
    pub measure: ParityMeasure,
    /// Most by which two sides may differ, in heads or in per cent of a full-time job.
    #[schema(format = Int32, minimum = 0, maximum = 1000, example = 0)]
    pub tolerance: u32,
    #[schema(min_items = 2, max_items = 8)]
    pub sides: Vec<SideStrength>,
    /// Since when the running project is out of parity.
    #[schema(required)]
    pub breached_at: Option<UtcTime>,
    /// The last day of the grace of 10 business days.
    #[schema(required)]
    pub grace_ends_on: Option<Day>,
}
