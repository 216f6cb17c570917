//! Conversion of draw rows to response bodies, and of candidates to text.

use super::dto::DrawBody;
use super::store::Draw;
use crate::kernel::error::Error;
use crate::kernel::ids::{DepartmentId, PersonId};

impl DrawBody {
    /// Builds the body of a row with the sides that waived striking.
    ///
    /// # Errors
    /// 500 when the stored candidates cannot be parsed.
    pub fn new(row: Draw, waived: Vec<DepartmentId>) -> Result<Self, Error> {
        Ok(Self {
            id: row.id,
            project_id: row.project_id,
            subject: row.subject,
            person_id: row.person_id,
            candidates: candidates(&row.candidates)?,
            seed: row.seed,
            drawn_at: row.drawn_at,
            approved_by_all: row.is_approved,
            struck_by_department_id: row.struck_by,
            struck_at: row.struck_at,
            waived_by_department_ids: waived,
        })
    }
}

/// Returns people as they are stored, separated by commas.
#[must_use]
pub fn stored(candidates: &[PersonId]) -> String {
    candidates.iter().map(PersonId::as_str).collect::<Vec<_>>().join(",")
}

fn candidates(stored: &str) -> Result<Vec<PersonId>, Error> {
    stored.split(',').map(|id| id.parse().map_err(Error::internal)).collect()
}
