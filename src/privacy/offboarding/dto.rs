//! Offboarding in requests and responses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::collaboration::memberships::MembershipBody;
use crate::collaboration::ownership::AssignmentBody;
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::{ApprovalId, CallbackRequestId, DecisionId, DepartmentId, DisputeId, PersonId, ProjectId};

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

/// An area that would have no accountable person.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = OffboardingArea)]
pub struct OrphanedArea {
    /// The current assignment of the area to the person.
    pub assignment: AssignmentBody,
    /// Up to 20 members of the side that owns the area.
    #[schema(max_items = 20)]
    pub possible_successors: Vec<PersonId>,
}

/// Everything that would be left unattended if this person left the company today. Nothing is reassigned automatically.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = OffboardingReport)]
pub struct OffboardingReport {
    /// The person whom the report is about.
    pub person_id: PersonId,
    /// Sides of projects for which the person is the sponsor.
    #[schema(max_items = 1000)]
    pub sponsor_roles: Vec<VacantSponsor>,
    /// Areas for which the person is accountable.
    #[schema(max_items = 1000)]
    pub areas: Vec<OrphanedArea>,
    /// Open approvals that wait for a response from the person as a sponsor, or from the person's delegate.
    #[schema(max_items = 1000)]
    pub approvals: Vec<ApprovalId>,
    /// Decisions that were escalated to the person and are still open.
    #[schema(max_items = 1000)]
    pub decisions: Vec<DecisionId>,
    /// Open disputes of which the person is the arbiter.
    #[schema(max_items = 1000)]
    pub disputes: Vec<DisputeId>,
    /// Open callback requests that are assigned to the person as an agent.
    #[schema(max_items = 1000)]
    pub callback_requests: Vec<CallbackRequestId>,
    /// Memberships and invitations of the person that have not ended.
    #[schema(max_items = 1000)]
    pub memberships: Vec<MembershipBody>,
}
