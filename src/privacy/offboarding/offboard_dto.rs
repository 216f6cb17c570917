//! The hand-over of a person who leaves, in requests and responses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use crate::collaboration::ownership::AssignmentBody;
use crate::collaboration::projects::dto::SideBody;
use crate::directory::departments::DepartmentBody;
use crate::directory::people::HomePositionBody;
use crate::kernel::http::body::{RequestBody, fault_at};
use crate::kernel::ids::{AgentId, AssignmentId, CallbackRequestId, DepartmentId, PersonId, ProjectId};
use crate::kernel::time::Day;

/// Successors of a person who leaves. Everything without a successor stays with the person.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = require_one_destination))]
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
    /// Successors for roles of a sponsor. They are only proposed: each has to accept, and the head of the department
    /// has to confirm them. Until then, the person stays the sponsor.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub sponsor_roles: Vec<SponsorSuccessor>,
    /// New managers for people whose manager the person is.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub managed_people: Vec<ManagerSuccessor>,
    /// The agent who takes over the open callback requests. The person becomes an inactive agent, to whom no more
    /// requests are assigned.
    #[serde(default)]
    #[schema(nullable = false)]
    pub callback_agent_id: Option<AgentId>,
    /// Whether the open callback requests return to the queue instead. The person becomes an inactive agent, too.
    /// Cannot be combined with `callback_agent_id`.
    #[serde(default)]
    #[schema(nullable = false, default = false)]
    pub unassign_callback_requests: Option<bool>,
}

impl RequestBody for OffboardPerson {}

impl OffboardPerson {
    /// Returns where the open callback requests go: to an agent, or with `Some(None)` to the queue; `None` if they
    /// stay.
    #[must_use]
    pub fn callback_destination(&self) -> Option<Option<AgentId>> {
        let to_queue = self.unassign_callback_requests == Some(true);
        if self.callback_agent_id.is_some() || to_queue { Some(self.callback_agent_id) } else { None }
    }
}

fn require_one_destination(body: &OffboardPerson) -> Result<(), ValidationError> {
    if body.callback_agent_id.is_some() && body.unassign_callback_requests == Some(true) {
        return Err(fault_at("unassign_callback_requests", "one_of_several", "violation-agent-or-queue"));
    }
    Ok(())
}

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
    /// The new head, whose regular position today must be in the department.
    pub person_id: PersonId,
}

/// A successor for the role of a sponsor.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SponsorSuccessor {
    /// The project.
    pub project_id: ProjectId,
    /// The department for which the person is the sponsor, or is proposed.
    pub department_id: DepartmentId,
    /// The person to propose. Their regular position today must be in the department, and they must have no other role
    /// in the project.
    pub person_id: PersonId,
}

/// A new manager for a managed person.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ManagerSuccessor {
    /// The person whose manager the person who leaves is.
    pub managed_person_id: PersonId,
    /// The new manager.
    pub person_id: PersonId,
    /// First day with the new manager. It must not be in the past. Absent or null: today (in UTC).
    #[serde(default)]
    pub valid_from: Option<Day>,
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
    /// The sides of projects for which a successor of the sponsor is proposed.
    #[schema(max_items = 200)]
    pub sponsor_roles: Vec<SideBody>,
    /// The regular positions of the managed people with their new managers.
    #[schema(max_items = 1000)]
    pub home_positions: Vec<HomePositionBody>,
    /// The callback requests that were assigned to the new agent, or returned to the queue.
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
    /// Who has to act: `all_sides` (all sides of the project have to approve, or to sign an amendment of the charter),
    /// `side` (the sponsor of the side, or the head of its department; a proposed successor of a sponsor has to
    /// accept), `successor` (name a successor in another request), or `administrator` (an administrator or the HR
    /// system).
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
