//! Disputes in requests and responses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::collaboration::arbitration::WithDraw;
use crate::collaboration::states::DisputeState;
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::{AreaId, DecisionId, DepartmentId, DisputeId, DrawId, PersonId, ProjectId};
use crate::kernel::time::{Day, UtcTime};

/// A dispute about the ownership of an area, raised by one side.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Dispute)]
pub struct DisputeBody {
    /// Unique identifier of the dispute.
    pub id: DisputeId,
    /// The project.
    pub project_id: ProjectId,
    /// The disputed area.
    pub area_id: AreaId,
    /// The side that raised the dispute.
    pub department_id: DepartmentId,
    /// The person who raised the dispute on behalf of the side; null if an administrator who is not in the directory
    /// did.
    #[schema(required)]
    pub raised_by: Option<PersonId>,
    /// What the side claims, and why.
    #[schema(min_length = 1, max_length = 2000, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub claim: String,
    /// The arbiter, drawn from the panel in the charter or approved by all sides; null if there is none.
    #[schema(required)]
    pub arbiter_person_id: Option<PersonId>,
    /// Deadline for the sides to settle the dispute by approval. After the deadline, the arbiter can also decide it.
    pub deadline: UtcTime,
    /// State of the dispute.
    pub state: DisputeState,
    /// The person who is accountable according to the settlement; null unless the dispute is settled.
    #[schema(required)]
    pub outcome_person_id: Option<PersonId>,
    /// The side that owns the area according to the settlement; null unless the dispute is settled.
    #[schema(required)]
    pub outcome_department_id: Option<DepartmentId>,
    /// The decision that records the settlement; null unless the dispute is settled.
    #[schema(required)]
    pub decision_id: Option<DecisionId>,
    /// When the dispute was raised.
    pub raised_at: UtcTime,
    /// When the dispute ended: when it was settled, unresolved or withdrawn, or lapsed. Null while it is open.
    #[schema(required)]
    pub ended_at: Option<UtcTime>,
    /// The newest draw of an arbiter for this dispute; null if none was drawn.
    #[schema(required)]
    pub draw_id: Option<DrawId>,
    /// Earliest time at which the arbiter can decide: the deadline, later if an arbiter was struck, or the time at
    /// which all sides have waived their strikes. Later if a side has had no sponsor because the head of its department
    /// changed before this time: `response_days` after someone can confirm its sponsor. Null if there is no arbiter.
    #[schema(required)]
    pub ruling_from: Option<UtcTime>,
    /// When the arbiter begins to count as silent, so that another arbiter can be proposed to all sides; null if there
    /// is no arbiter.
    #[schema(required)]
    pub ruling_until: Option<UtcTime>,
}

/// A dispute with the newest draw of its arbiter.
pub type DisputeWithDraw = WithDraw<DisputeBody>;

/// A dispute to raise.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"claim": "Marketing keeps the approvals, so it should own the policy as well."}))]
pub struct NewDispute {
    /// What your side claims, and why.
    #[schema(min_length = 1, max_length = 2000, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub claim: String,
    /// Deadline for the sides to settle the dispute by approval, before the arbiter can decide. The earliest deadline
    /// is the end of the last of the `response_days` of the charter, counted in business days after today; the latest
    /// is after four times as many days. If absent, it is the earliest deadline.
    #[serde(default)]
    #[schema(nullable = false)]
    pub deadline: Option<UtcTime>,
    /// The side that raises the dispute. If absent, the side whose sponsor you are. You cannot name another side.
    #[serde(default)]
    pub department_id: Option<DepartmentId>,
}

impl RequestBody for NewDispute {}

/// The outcome of a dispute: the person who becomes accountable. The area moves to the side they work for.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"person_id": PersonId::demo(7), "reason": "IT maintains the data; Marketing is consulted."}))]
pub struct NewSettlement {
    /// The person who becomes accountable. Must be a member of the project. Name the person who is accountable now to
    /// leave the ownership unchanged.
    pub person_id: PersonId,
    /// First day on which the person is accountable. If absent or in the past, today (in UTC). Must not be later than
    /// today if the area moves to another side.
    #[serde(default)]
    #[schema(nullable = false)]
    pub effective_on: Option<Day>,
    /// Reason for the outcome. Shown to the sides and recorded with the decision.
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub reason: String,
}

impl RequestBody for NewSettlement {}
