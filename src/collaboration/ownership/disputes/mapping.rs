//! Conversion of dispute rows to response bodies.

use super::dto::DisputeBody;
use super::store::Dispute;

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
            ended_at: row.ended_at,
            draw_id: row.draw_id,
            ruling_from: row.ruling_from,
            ruling_until: row.ruling_until,
        }
    }
}
