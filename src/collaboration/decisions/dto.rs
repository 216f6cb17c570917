//! Decisions in requests and answers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::state::DecisionOutcome;
use crate::collaboration::states::DecisionState;
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::{ConsentId, DecisionId, DepartmentId, PersonId, ProjectId};
use crate::kernel::time::UtcTime;

/// A question that the sides decide together.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Decision)]
pub struct DecisionBody {
    pub id: DecisionId,
    pub project_id: ProjectId,
    #[schema(min_length = 1, max_length = 2000, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub question: String,
    /// The side that asks.
    pub department_id: DepartmentId,
    /// Who of it; null when it was an administrator.
    #[schema(required)]
    pub raised_by: Option<PersonId>,
    pub raised_at: UtcTime,
    pub due_at: UtcTime,
    pub state: DecisionState,
    #[schema(required)]
    pub outcome: Option<DecisionOutcome>,
    /// Who decided in place of the sides; null when they decided themselves.
    #[schema(required)]
    pub decided_by: Option<PersonId>,
    #[schema(required, min_length = 1, max_length = 2000, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub rationale: Option<String>,
    #[schema(required)]
    pub decided_at: Option<UtcTime>,
    /// Since when the sides cannot decide it.
    #[schema(required)]
    pub deadlocked_at: Option<UtcTime>,
    /// Who is to decide, or was.
    #[schema(required)]
    pub escalated_to: Option<PersonId>,
    #[schema(required)]
    pub escalated_at: Option<UtcTime>,
}

/// A question that was put to the sides, and the consent by which they answer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RaisedDecision {
    pub decision: DecisionBody,
    /// Where the sides answer.
    pub consent_id: ConsentId,
}

/// A question to put to all sides.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"question": "Do we move the newsletter to the new platform in June?", "due_at": "2029-05-31T12:00:00Z"}))]
pub struct NewDecision {
    /// One that can be agreed or disagreed with.
    #[schema(min_length = 1, max_length = 2000, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub question: String,
    /// Whoever has not answered by then leaves the question deadlocked.
    pub due_at: UtcTime,
    /// The side that asks; yours if absent.
    #[serde(default)]
    pub department_id: Option<DepartmentId>,
}

impl RequestBody for NewDecision {}

/// Who is to decide.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"person_id": PersonId::demo(9)}))]
pub struct Escalation {
    /// Somebody who has no part in the project.
    pub person_id: PersonId,
}

impl RequestBody for Escalation {}

/// What is decided, and why.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"outcome": "agreed", "rationale": "The old platform ends in July anyway."}))]
pub struct Ruling {
    pub outcome: DecisionOutcome,
    #[schema(min_length = 1, max_length = 2000, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub rationale: String,
}

impl RequestBody for Ruling {}
