//! Memberships in requests and responses.

mod requests;

use serde::Serialize;
use utoipa::ToSchema;

pub use requests::{
    MembershipPatch, MembershipQuery, NewMembership, NewMembershipBatch, ParityQuery, PersonMembershipQuery,
};

use super::state::MembershipState;
use crate::collaboration::projects::ParityMeasure;
use crate::directory::expand::WithIncluded;
use crate::kernel::ids::{DepartmentId, HomePositionId, MembershipId, PersonId, ProjectId};
use crate::kernel::time::{Day, UtcTime};

/// The regular position of a member, as it was when the invitation was sent.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HomePositionSnapshot {
    /// Department of the regular position.
    pub department_id: DepartmentId,
    /// Job title of the regular position.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "Campaign manager")]
    pub title: String,
    /// The person's manager when the invitation was sent; null if none was recorded.
    #[schema(required)]
    pub manager_person_id: Option<PersonId>,
}

/// Membership of a person in a project, from the invitation to the return to their regular position. An invitation is a
/// membership in the state `invited`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Membership)]
pub struct MembershipBody {
    /// Unique identifier of the membership.
    pub id: MembershipId,
    /// The project.
    pub project_id: ProjectId,
    /// The invitee or member.
    pub person_id: PersonId,
    /// The side the member works for.
    pub department_id: DepartmentId,
    /// Current state, computed when the membership is read.
    pub state: MembershipState,
    /// Role of the member in the project, independent of their regular job title.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "Data steward")]
    pub project_role: String,
    /// Whether the member counts towards parity between the sides; `false` for neutral roles such as a scribe.
    pub counts_for_parity: bool,
    /// Working time in the project, in percent of one full-time equivalent (FTE).
    #[schema(format = Int32, minimum = 1, maximum = 100, example = 50)]
    pub fte_percent: i32,
    /// First day of the membership.
    pub valid_from: Day,
    /// First day after the membership (exclusive end).
    pub valid_to: Day,
    /// Regular position of the member when the invitation was sent.
    pub home: HomePositionSnapshot,
    /// The people the member reports to in the project: the sponsors of all sides.
    #[schema(max_items = 8)]
    pub answers_to: Vec<PersonId>,
    /// When the invitation was sent.
    pub invited_at: UtcTime,
    /// When the invitation expires if the invitee does not respond.
    pub expires_at: UtcTime,
    /// When the invitee accepted or declined; null if they have not responded.
    #[schema(required)]
    pub responded_at: Option<UtcTime>,
    /// Day on which the return to the regular position was confirmed; null until then.
    #[schema(required)]
    pub returned_on: Option<Day>,
    /// The regular position the member returned to; null until the return is confirmed.
    #[schema(required)]
    pub returned_home_position_id: Option<HomePositionId>,
    /// When the membership was last changed.
    pub updated_at: UtcTime,
}

/// A membership with the people and departments that it refers to.
pub type MembershipWithIncluded = WithIncluded<MembershipBody>;

/// The memberships created or changed by a batch operation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MembershipBatch {
    /// The memberships, in the order of the request's items.
    #[schema(min_items = 1, max_items = 50)]
    pub data: Vec<MembershipBody>,
}

/// Staffing of one side of a project.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SideStrength {
    /// The side.
    pub department_id: DepartmentId,
    /// Number of members who count towards parity.
    #[schema(format = Int32, minimum = 0, maximum = 1_000_000, example = 3)]
    pub members: u32,
    /// Sum of their `fte_percent`; 100 is one full-time equivalent (FTE).
    #[schema(format = Int32, minimum = 0, maximum = 100_000_000, example = 250)]
    pub fte_percent: u32,
}

/// Parity of a project: whether the sides contribute equal staffing, within the tolerance of the charter.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Parity {
    /// The project.
    pub project_id: ProjectId,
    /// Day for which parity was computed.
    pub as_of: Day,
    /// Whether the sides are in parity: every side has at least one member who counts, and no two sides differ by more
    /// than `tolerance`.
    pub holds: bool,
    /// How the staffing of a side is measured, from the charter.
    pub measure: ParityMeasure,
    /// Largest permitted difference in staffing between any two sides: a number of members if `measure` is `headcount`,
    /// or percent of one full-time equivalent (FTE) if it is `fte`.
    #[schema(format = Int32, minimum = 0, maximum = 1000, example = 0)]
    pub tolerance: u32,
    /// Staffing of each side, in the order of the sides.
    #[schema(min_items = 2, max_items = 8)]
    pub sides: Vec<SideStrength>,
    /// When the active project was found to be out of parity; null while it is in parity.
    #[schema(required)]
    pub breached_at: Option<UtcTime>,
    /// Last day of the grace period of 10 business days of the calendar; null while the project is in parity.
    #[schema(required)]
    pub grace_ends_on: Option<Day>,
}
