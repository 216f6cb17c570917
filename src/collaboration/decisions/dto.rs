//! Decisions in requests and answers.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::state::{DecisionOutcome, DecisionState};
use super::store::Decision;
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

impl DecisionBody {
    /// A row as it stands at `now`.
    #[must_use]
    pub fn new(row: Decision, now: UtcTime) -> Self {
        let state = row.state.at(row.due_at, now);
        let overdue = state == DecisionState::Deadlocked && row.deadlocked_at.is_none();
        Self {
            id: row.id,
            project_id: row.project_id,
            question: row.question,
            department_id: row.department_id,
            raised_by: row.raised_by,
            raised_at: row.raised_at,
            due_at: row.due_at,
            state,
            outcome: row.outcome,
            decided_by: row.decided_by,
            rationale: row.rationale,
            decided_at: row.decided_at,
            deadlocked_at: if overdue { Some(row.due_at) } else { row.deadlocked_at },
            escalated_to: row.escalated_to,
            escalated_at: row.escalated_at,
        }
    }
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

/// Which decisions.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DecisionQuery {
    /// Only those in this state now.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub state: Option<DecisionState>,
    /// Only those that this side raised.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub department_id: Option<DepartmentId>,
}
