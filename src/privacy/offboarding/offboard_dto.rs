//! The hand-over of a person who leaves, in requests and responses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::collaboration::ownership::AssignmentBody;
use crate::directory::departments::DepartmentBody;
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::{AgentId, AssignmentId, CallbackRequestId, DepartmentId, PersonId, ProjectId};

/// Successors of a person who leaves. Everything without a successor stays with the person.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "The contract ends."}))]
pub struct OffboardPerson {
    /// Reason for the hand-over. Recorded in the audit trail.
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub reason: String,
    /// Successors for assignments of areas, of any responsibility.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub areas: Vec<AssignmentSuccessor>,
    /// Successors for departments that the person heads.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub departments: Vec<HeadSuccessor>,
    /// The agent who takes over the open callback requests.
    #[serde(default)]
    #[schema(nullable = false)]
    pub callback_agent_id: Option<AgentId>,
}

impl RequestBody for OffboardPerson {}

/// A successor for an assignment.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignmentSuccessor {
    /// The assignment that the person has.
    pub assignment_id: AssignmentId,
    /// The successor. Must be an accepted member of the project; for `accountable` and `responsible`, a member of the
    /// side that owns the area.
    pub person_id: PersonId,
}

/// A successor for the head of a department.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HeadSuccessor {
    /// The department that the person heads.
    pub department_id: DepartmentId,
    /// The new head.
    pub person_id: PersonId,
}

/// What was handed over, and what remains.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OffboardingResult {
    /// The person who leaves.
    pub person_id: PersonId,
    /// The assignments of the successors.
    #[schema(max_items = 200)]
    pub assignments: Vec<AssignmentBody>,
    /// The departments with their new heads.
    #[schema(max_items = 200)]
    pub departments: Vec<DepartmentBody>,
    /// The callback requests that were assigned to the new agent.
    #[schema(max_items = 1000)]
    pub callback_requests: Vec<CallbackRequestId>,
    /// What still names the person, and who has to act.
    #[schema(max_items = 20_000)]
    pub remaining: Vec<RemainingItem>,
}

crate::text_enum! {
    /// What still names the person.
    pub enum RemainingKind {
        SponsorRole,
        ProjectLed,
        Panel,
        Delegation,
        Assignment,
        Transfer,
        Approval,
        Decision,
        Dispute,
        Department,
        ManagedPerson,
        Agent,
        CallbackRequest,
        Membership,
    }
}

crate::text_enum! {
    /// Who has to act: `all_sides` (all sides of the project have to approve), `side` (the sponsor of the side, or the
    /// head of its department), `successor` (name a successor in another request), or `administrator` (an administrator
    /// or the HR system).
    pub enum Needs {
        AllSides,
        Side,
        Successor,
        Administrator,
    }
}

/// Something that still names the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RemainingItem {
    /// Kind of the resource or role.
    pub kind: RemainingKind,
    /// Identifier of the resource; for a sponsor role, of the department; for a panel, of the project.
    #[schema(
        max_length = 32,
        pattern = "^[a-z]{2,4}_[0-9a-hjkmnp-tv-z]{26}$",
        example = "own_01kdvdna00e008000000000001"
    )]
    pub id: String,
    /// The project; null if the resource belongs to no project, or if you have to read the resource to find its
    /// project.
    #[schema(required)]
    pub project_id: Option<ProjectId>,
    /// Who has to act.
    pub needs: Needs,
}
