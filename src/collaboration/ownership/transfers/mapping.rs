//! Conversion of transfer rows to response bodies.

use super::dto::TransferBody;
use super::store::Transfer;
use crate::kernel::time::UtcTime;

impl TransferBody {
    /// Builds the body of a row with its state at `now`.
    #[must_use]
    pub fn new(row: Transfer, now: UtcTime) -> Self {
        let state = row.state.at(row.expires_at, now);
        let Transfer { id, project_id, area_id, from_person_id, to_person_id, to_department_id, .. } = row;
        let Transfer { effective_on, note, offered_by, offered_at, expires_at, ended_at, .. } = row;
        Self {
            id,
            project_id,
            area_id,
            from_person_id,
            to_person_id,
            to_department_id,
            effective_on,
            note,
            state,
            offered_by,
            offered_at,
            expires_at,
            ended_at,
        }
    }
}
