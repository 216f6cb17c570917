//! Conversion of decision rows to response bodies.

use super::dto::DecisionBody;
use super::store::Decision;
use crate::collaboration::states::DecisionState;
use crate::kernel::time::UtcTime;

impl DecisionBody {
    /// Builds the body of a row with its state at `now`.
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
            draw_id: row.draw_id,
            ruling_from: row.ruling_from,
            ruling_until: row.ruling_until,
        }
    }
}
