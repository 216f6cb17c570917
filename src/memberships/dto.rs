//! Memberships in requests and answers.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::state::MembershipState;
use super::store::Membership;
use crate::http::body::{RequestBody, fault_at};
use crate::ids::{DepartmentId, MembershipId, PersonId, ProjectId};
use crate::time::{Day, UtcTime};

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
    pub updated_at: UtcTime,
}

impl MembershipBody {
    /// A row with what is computed for it.
    #[must_use]
    pub fn new(row: Membership, state: MembershipState, answers_to: Vec<PersonId>) -> Self {
        let home =
            HomeSnapshot { department_id: row.home_department_id, title: row.home_title, manager: row.home_manager };
        Self {
            id: row.id,
            project_id: row.project_id,
            person_id: row.person_id,
            department_id: row.department_id,
            state,
            project_role: row.project_role,
            counts_for_parity: row.counts_for_parity,
            fte_percent: row.fte_percent,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            home,
            answers_to,
            invited_at: row.invited_at,
            expires_at: row.expires_at,
            answered_at: row.answered_at,
            updated_at: row.updated_at,
        }
    }
}

/// The memberships that a batch created, in the order of its items.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MembershipBatch {
    #[schema(min_items = 1, max_items = 50)]
    pub data: Vec<MembershipBody>,
}

/// How many counted members a side has.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SideStrength {
    pub department_id: DepartmentId,
    /// Accepted and active members whose role counts.
    #[schema(format = Int32, minimum = 0, maximum = 1_000_000, example = 3)]
    pub members: u32,
}

/// Whether the sides staff the project in equal parts.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Parity {
    pub project_id: ProjectId,
    /// True when every side has somebody and no two differ by more than the tolerance.
    pub holds: bool,
    /// Most heads by which two sides may differ.
    #[schema(format = Int32, minimum = 0, maximum = 1000, example = 0)]
    pub tolerance: u32,
    #[schema(min_items = 2, max_items = 8)]
    pub sides: Vec<SideStrength>,
}

fn counted() -> bool {
    true
}

fn full_time() -> i32 {
    100
}

/// An invitation to a project.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = in_order))]
#[schema(example = json!({
    "person_id": "per_01m7fgq4e8f4r9v3zk8x2c6b7d",
    "department_id": "dpt_01m7fgq4e8f4r9v3zk8x2c6b7d",
    "project_role": "Data steward",
    "fte_percent": 50,
}))]
pub struct NewMembership {
    pub person_id: PersonId,
    /// The side to work for; the department the person has their home position in.
    pub department_id: DepartmentId,
    /// What the member does in the project.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub project_role: String,
    /// False for neutral roles.
    #[serde(default = "counted")]
    #[schema(default = true)]
    pub counts_for_parity: bool,
    /// Share of a full-time job, in per cent.
    #[serde(default = "full_time")]
    #[schema(format = Int32, minimum = 1, maximum = 100, default = 100)]
    pub fte_percent: i32,
    /// First day; that of the project if absent, or today if the project has begun.
    #[serde(default)]
    #[schema(nullable = false)]
    pub valid_from: Option<Day>,
    /// First day after the last one; that of the project if absent.
    #[serde(default)]
    #[schema(nullable = false)]
    pub valid_to: Option<Day>,
}

impl RequestBody for NewMembership {}

fn in_order(new: &NewMembership) -> Result<(), ValidationError> {
    match (new.valid_from, new.valid_to) {
        (Some(from), Some(to)) if from >= to => Err(fault_at(
            "valid_to",
            "not_after_start",
            "This must be after valid_from.",
            "Toto musí být po valid_from.",
        )),
        _ => Ok(()),
    }
}

/// Several invitations that stand or fall together.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"items": [{
    "person_id": "per_01m7fgq4e8f4r9v3zk8x2c6b7d",
    "department_id": "dpt_01m7fgq4e8f4r9v3zk8x2c6b7d",
    "project_role": "Data steward",
}]}))]
pub struct NewMembershipBatch {
    #[validate(nested)]
    #[schema(min_items = 1, max_items = 50)]
    pub items: Vec<NewMembership>,
}

impl RequestBody for NewMembershipBatch {}

/// When a member leaves, and why.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"on": "2027-06-30", "reason": "Needed at home for the autumn campaign."}))]
pub struct MembershipEnd {
    /// First day on which they are no member any more, not before today.
    pub on: Day,
    /// Kept in the audit trail.
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]+$")]
    pub reason: String,
}

impl RequestBody for MembershipEnd {}

/// Which memberships.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MembershipQuery {
    /// Only those in this state now.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub state: Option<MembershipState>,
    /// Only those of this side.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub department_id: Option<DepartmentId>,
    /// Items of a page.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 100, default = 20)]
    #[param(nullable = false, format = Int32, minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    #[schema(nullable = false, max_length = 512, pattern = "^[A-Za-z0-9_-]+$")]
    #[param(nullable = false, max_length = 512, pattern = "^[A-Za-z0-9_-]+$")]
    pub cursor: Option<String>,
}
