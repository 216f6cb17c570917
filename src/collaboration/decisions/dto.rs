//! Decisions in requests and responses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::state::DecisionOutcome;
use crate::collaboration::arbitration::WithDraw;
use crate::collaboration::states::DecisionState;
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::{ApprovalId, DecisionId, DepartmentId, DrawId, PersonId, ProjectId};
use crate::kernel::time::UtcTime;

/// A question that the sides of a project decide together, with its outcome once it is decided.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Decision)]
pub struct DecisionBody {
    /// Unique identifier of the decision.
    pub id: DecisionId,
    /// The project.
    pub project_id: ProjectId,
    /// The question to decide; for a settled dispute, its claim.
    #[schema(min_length = 1, max_length = 2000, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub question: String,
    /// The side that raised the question.
    pub department_id: DepartmentId,
    /// The person who raised the question on behalf of the side; null if an administrator who is not in the directory
    /// did.
    #[schema(required)]
    pub raised_by: Option<PersonId>,
    /// When the question was raised.
    pub raised_at: UtcTime,
    /// When the responses of the sides are due. If a response is missing at that time, the decision is deadlocked.
    pub due_at: UtcTime,
    /// Current state, computed when the decision is read.
    pub state: DecisionState,
    /// Outcome of the decision; null unless it is decided.
    #[schema(required)]
    pub outcome: Option<DecisionOutcome>,
    /// The person who decided in place of the sides; null if the sides decided themselves, or if the decision is not
    /// decided.
    #[schema(required)]
    pub decided_by: Option<PersonId>,
    /// Reason for the outcome; null unless the decision was made in place of the sides or settles a dispute.
    #[schema(required, min_length = 1, max_length = 2000, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub rationale: Option<String>,
    /// When the decision was made; null unless it is decided.
    #[schema(required)]
    pub decided_at: Option<UtcTime>,
    /// When the decision became deadlocked; null if it never was.
    #[schema(required)]
    pub deadlocked_at: Option<UtcTime>,
    /// The arbiter to whom the decision was escalated; null if it was not escalated.
    #[schema(required)]
    pub escalated_to: Option<PersonId>,
    /// When the decision was escalated; null if it was not escalated.
    #[schema(required)]
    pub escalated_at: Option<UtcTime>,
    /// The newest draw of an arbiter for this decision; null if none was drawn.
    #[schema(required)]
    pub draw_id: Option<DrawId>,
    /// Earliest time at which the arbiter can decide; null if the decision was not escalated. Later if a side has had
    /// no sponsor because the head of its department changed before this time: `response_days` after someone can
    /// confirm its sponsor.
    #[schema(required)]
    pub ruling_from: Option<UtcTime>,
    /// When the arbiter begins to count as silent, so that another arbiter can be proposed to all sides; null if the
    /// decision was not escalated.
    #[schema(required)]
    pub ruling_until: Option<UtcTime>,
}

/// A decision with the newest draw of its arbiter.
pub type DecisionWithDraw = WithDraw<DecisionBody>;

/// A new decision and the approval through which the sides respond to it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RaisedDecision {
    /// The decision.
    pub decision: DecisionBody,
    /// The approval to which the sides respond.
    pub approval_id: ApprovalId,
}

/// A question for all sides to decide.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"question": "Do we move the newsletter to the new platform in June?", "due_at": "2029-05-31T12:00:00Z"}))]
pub struct NewDecision {
    /// The question. Phrase it so that the sides can approve or reject it.
    #[schema(min_length = 1, max_length = 2000, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub question: String,
    /// When the responses of the sides are due. The earliest time is the end of the last of the `response_days` of the
    /// charter, counted in business days after today. If a side has not responded by then, the decision is deadlocked.
    pub due_at: UtcTime,
    /// The side that raises the question. If absent, the side you represent or work for. Required if you belong to no
    /// side. Only the project lead can name a side other than their own.
    #[serde(default)]
    pub department_id: Option<DepartmentId>,
}

impl RequestBody for NewDecision {}

/// The outcome of an escalated decision and the reason for it.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"outcome": "approved", "rationale": "The old platform ends in July anyway."}))]
pub struct Ruling {
    /// The outcome.
    pub outcome: DecisionOutcome,
    /// Reason for the outcome.
    #[schema(min_length = 1, max_length = 2000, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub rationale: String,
}

impl RequestBody for Ruling {}
