//! Disputes in requests and answers.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::store::Dispute;
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::{AreaId, DecisionId, DepartmentId, DisputeId, PersonId, ProjectId};
use crate::kernel::time::{Day, UtcTime};

crate::text_enum! {
    /// `open`; `settled` by all sides or the arbiter; `withdrawn`; `lapsed` with the project.
    pub enum DisputeState {
        Open,
        Settled,
        Withdrawn,
        Lapsed,
    }
}

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

impl From<Dispute> for DisputeBody {
    fn from(row: Dispute) -> Self {
        Self {
            id: row.id,
            project_id: row.project_id,
            area_id: row.area_id,
            department_id: row.department_id,
            raised_by: row.raised_by,
            claim: row.claim,
            arbiter_person_id: row.arbiter_person_id,
            deadline: row.deadline,
            state: row.state,
            outcome_person_id: row.outcome_person_id,
            outcome_department_id: row.outcome_department_id,
            decision_id: row.decision_id,
            raised_at: row.raised_at,
            settled_at: row.settled_at,
        }
    }
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

/// Which disputes.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DisputeQuery {
    /// Only those in this state.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub state: Option<DisputeState>,
}
