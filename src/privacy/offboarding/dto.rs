//! Offboarding in requests and responses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::collaboration::memberships::MembershipBody;
use crate::collaboration::ownership::AssignmentBody;
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::{CallbackRequestId, ConsentId, DecisionId, DepartmentId, DisputeId, PersonId, ProjectId};

/// Why somebody is recorded as gone, or as back.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "The contract ends."}))]
pub struct Departure {
    /// Kept in the audit trail.
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub reason: String,
}

impl RequestBody for Departure {}

/// A seat that would be vacant.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = LeaverSeat)]
pub struct VacantSponsor {
    pub project_id: ProjectId,
    pub department_id: DepartmentId,
    /// Some of the people who are at home in the department and have no part in the project.
    #[schema(max_items = 20)]
    pub possible_successors: Vec<PersonId>,
}

/// An area that would have nobody accountable.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = LeaverArea)]
pub struct OrphanedArea {
    pub assignment: AssignmentBody,
    /// Some of the members of the side that owns the area.
    #[schema(max_items = 20)]
    pub possible_successors: Vec<PersonId>,
}

/// Everything that would be orphaned if somebody left today. Nothing is reassigned by itself.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = LeaverReport)]
pub struct OffboardingReport {
    pub person_id: PersonId,
    #[schema(max_items = 1000)]
    pub seats: Vec<VacantSponsor>,
    #[schema(max_items = 1000)]
    pub areas: Vec<OrphanedArea>,
    /// Questions that wait for an answer which only they, or their delegate, can give.
    #[schema(max_items = 1000)]
    pub consents: Vec<ConsentId>,
    /// Questions that were escalated to them.
    #[schema(max_items = 1000)]
    pub decisions: Vec<DecisionId>,
    /// Disputes that they are to decide, now or later.
    #[schema(max_items = 1000)]
    pub disputes: Vec<DisputeId>,
    /// Callback requests in their hands.
    #[schema(max_items = 1000)]
    pub callback_requests: Vec<CallbackRequestId>,
    /// Memberships and invitations that are not over.
    #[schema(max_items = 1000)]
    pub memberships: Vec<MembershipBody>,
}
