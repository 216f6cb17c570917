//! Offboarding in requests and responses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::collaboration::approvals::delegations::DelegationBody;
use crate::collaboration::memberships::MembershipBody;
use crate::collaboration::ownership::AssignmentBody;
use crate::collaboration::ownership::transfers::TransferBody;
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::{
    AgentId, ApprovalId, CallbackRequestId, DecisionId, DepartmentId, DisputeId, PersonId, ProjectId,
};

/// Why a person is deactivated.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "The contract ends."}))]
pub struct DeactivatePerson {
    /// Reason for the deactivation. Recorded in the audit trail.
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub reason: String,
}

impl RequestBody for DeactivatePerson {}

/// Why a person is reactivated.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "New contract."}))]
pub struct ReactivatePerson {
    /// Reason for the reactivation. Recorded in the audit trail.
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub reason: String,
}

impl RequestBody for ReactivatePerson {}

/// A sponsor role that would become vacant.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = OffboardingSponsorRole)]
pub struct VacantSponsor {
    /// The project whose sponsor the person is.
    pub project_id: ProjectId,
    /// The department for which the person is the sponsor.
    pub department_id: DepartmentId,
    /// Up to 20 people whose regular position is in the department and who are neither members nor sponsors of the
    /// project.
    #[schema(max_items = 20)]
    pub possible_successors: Vec<PersonId>,
}

/// A responsibility for an area that the person would leave behind.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = OffboardingArea)]
pub struct OrphanedArea {
    /// The current or planned assignment of the area to the person.
    pub assignment: AssignmentBody,
    /// Up to 20 members of the side that owns the area.
    #[schema(max_items = 20)]
    pub possible_successors: Vec<PersonId>,
}

/// A department that would have no head.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = OffboardingDepartment)]
pub struct HeadedDepartment {
    /// The department.
    pub department_id: DepartmentId,
    /// Up to 20 people whose regular position is in the department.
    #[schema(max_items = 20)]
    pub possible_successors: Vec<PersonId>,
}

/// Everything that names a person and that another person has to take over if they leave the company today. Nothing is
/// reassigned automatically.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = OffboardingReport)]
pub struct OffboardingReport {
    /// The person whom the report is about.
    pub person_id: PersonId,
    /// Sides of projects for which the person is the sponsor.
    #[schema(max_items = 1000)]
    pub sponsor_roles: Vec<VacantSponsor>,
    /// Projects that have not ended and of which the person is the lead.
    #[schema(max_items = 1000)]
    pub projects_led: Vec<ProjectId>,
    /// Delegations that the person created as a sponsor, current and planned.
    #[schema(max_items = 1000)]
    pub delegations_given: Vec<DelegationBody>,
    /// Delegations by which the person responds for a sponsor, current and planned.
    #[schema(max_items = 1000)]
    pub delegations_received: Vec<DelegationBody>,
    /// Areas for which the person is accountable or responsible, or about which they are consulted or informed.
    #[schema(max_items = 1000)]
    pub areas: Vec<OrphanedArea>,
    /// Open transfers of areas from or to the person, or that the person offered.
    #[schema(max_items = 1000)]
    pub transfers: Vec<TransferBody>,
    /// Open approvals that wait for a response from the person as a sponsor, or from the person's delegate.
    #[schema(max_items = 1000)]
    pub approvals: Vec<ApprovalId>,
    /// Open approvals that wait for a response from the person as the delegate of a sponsor.
    #[schema(max_items = 1000)]
    pub approvals_as_delegate: Vec<ApprovalId>,
    /// Open approvals that the person requested.
    #[schema(max_items = 1000)]
    pub approvals_requested: Vec<ApprovalId>,
    /// Decisions that were escalated to the person and are still open.
    #[schema(max_items = 1000)]
    pub decisions: Vec<DecisionId>,
    /// Decisions that the person raised and that are neither decided nor withdrawn.
    #[schema(max_items = 1000)]
    pub decisions_raised: Vec<DecisionId>,
    /// Open approvals in which the person is the arbiter for the silent sides.
    #[schema(max_items = 1000)]
    pub approvals_arbitrated: Vec<ApprovalId>,
    /// Projects that have not ended and whose panel contains the person, in the charter in force or in the newest
    /// version.
    #[schema(max_items = 1000)]
    pub panels: Vec<ProjectId>,
    /// Open disputes of which the person is the arbiter.
    #[schema(max_items = 1000)]
    pub disputes: Vec<DisputeId>,
    /// Departments that the person heads.
    #[schema(max_items = 1000)]
    pub departments_headed: Vec<HeadedDepartment>,
    /// People whose manager the person is, in a current or planned regular position.
    #[schema(max_items = 1000)]
    pub people_managed: Vec<PersonId>,
    /// The person's entry on the roster of agents; null if they are not an agent.
    #[schema(required)]
    pub agent_id: Option<AgentId>,
    /// Open callback requests that are assigned to the person as an agent.
    #[schema(max_items = 1000)]
    pub callback_requests: Vec<CallbackRequestId>,
    /// Memberships and invitations of the person that have not ended.
    #[schema(max_items = 1000)]
    pub memberships: Vec<MembershipBody>,
}
