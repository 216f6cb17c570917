//! Conversion of area and assignment rows to response bodies, and of approval terms to requests.

use super::dto::{AreaBody, AssignmentBody, ConflictBody, Successor};
use super::store::{Assignment, ConflictRow};
use crate::collaboration::approvals::SuccessorTerms;
use crate::collaboration::projects::Area;

impl From<Assignment> for AssignmentBody {
    fn from(row: Assignment) -> Self {
        let Assignment {
            id,
            area_id,
            project_id,
            person_id,
            responsibility,
            valid_from,
            valid_to,
            version: _,
            created_at,
            recorded_at,
            superseded_at: _,
        } = row;
        Self { id, area_id, project_id, person_id, responsibility, valid_from, valid_to, created_at, recorded_at }
    }
}

impl AreaBody {
    /// Builds the body of an area with its accountable person.
    #[must_use]
    pub fn new(area: Area, accountable: Option<Assignment>) -> Self {
        let Area { id, project_id, key, name, description, department_id, retired_at, data_asset } = area;
        let accountable = accountable.map(AssignmentBody::from);
        Self { id, project_id, key, name, description, department_id, accountable, retired_at, data_asset }
    }
}

impl From<&SuccessorTerms> for Successor {
    fn from(terms: &SuccessorTerms) -> Self {
        Self { area_id: terms.area_id, person_id: terms.person_id }
    }
}

impl From<ConflictRow> for ConflictBody {
    fn from(row: ConflictRow) -> Self {
        let ConflictRow {
            id,
            project_id,
            area_id,
            data_asset,
            department_id,
            other_department_id,
            found_at,
            resolved_at,
        } = row;
        Self { id, project_id, area_id, data_asset, department_id, other_department_id, found_at, resolved_at }
    }
}
