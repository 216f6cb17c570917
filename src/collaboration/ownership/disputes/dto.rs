//! Disputes in requests and answers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::collaboration::states::DisputeState;
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::{AreaId, DecisionId, DepartmentId, DisputeId, PersonId, ProjectId};
use crate::kernel::time::{Day, UtcTime};

/// A side contests who owns an area.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Dispute)]
pub struct DisputeBody {
    pub id: DisputeId,
    pub project_id: ProjectId,
    pub area_id: AreaId,
    /// The side that contests.
    pub department_id: DepartmentId,
    /// Who of it; null when it was an administrator.
    #[schema(required)]
    pub raised_by: Option<PersonId>,
    #[schema(min_length = 1, max_length = 2000, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub claim: String,
    /// Decides once the deadline has passed.
    pub arbiter_person_id: PersonId,
    pub deadline: UtcTime,
    pub state: DisputeState,
    /// Who is accountable in the end, and for which side.
    #[schema(required)]
    pub outcome_person_id: Option<PersonId>,
    #[schema(required)]
    pub outcome_department_id: Option<DepartmentId>,
    /// The decision that settled it.
    #[schema(required)]
    pub decision_id: Option<DecisionId>,
    pub raised_at: UtcTime,
    #[schema(required)]
    pub settled_at: Option<UtcTime>,
}

/// What a side contests.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "claim": "Marketing keeps the consents, so it should own the policy as well.",
    "arbiter_person_id": PersonId::demo(9), "deadline": "2029-10-01T12:00:00Z"
}))]
pub struct NewDispute {
    #[schema(min_length = 1, max_length = 2000, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub claim: String,
    /// Somebody who has no part in the project.
    pub arbiter_person_id: PersonId,
    /// How long the sides have to agree among themselves.
    pub deadline: UtcTime,
    /// The side that contests; yours if absent.
    #[serde(default)]
    pub department_id: Option<DepartmentId>,
}

impl RequestBody for NewDispute {}

/// Who is to be accountable. The area goes to the side they work for.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"person_id": PersonId::demo(7), "reason": "It stays as it is, and Marketing is consulted."}))]
pub struct NewSettlement {
    /// A member of the project; the present owner for leaving it as it is.
    pub person_id: PersonId,
    /// First day of the new owner, not before today; today if absent.
    #[serde(default)]
    #[schema(nullable = false)]
    pub effective_on: Option<Day>,
    /// Shown to the sides, and kept with the decision.
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub reason: String,
}

impl RequestBody for NewSettlement {}
