//! Conversion of project, side and charter rows to response bodies.

use super::charter::Content;
use super::dto::{CharterBody, CharterReference, ProjectBody, SideBody, SponsorState};
use super::store::{CharterRow, Project, Side, SideSummary};
use crate::kernel::error::Error;

impl ProjectBody {
    /// Combines a project with its sides.
    #[must_use]
    pub fn new(row: Project, sides: Vec<SideBody>) -> Self {
        let in_force = row.in_force_version.zip(row.in_force_sha256);
        Self {
            id: row.id,
            name: row.name,
            state: row.state,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            parity_tolerance: row.parity_tolerance,
            parity_measure: row.parity_measure,
            lead_person_id: row.lead_person_id,
            sides,
            charter: CharterReference { version: row.charter_version, sha256: row.charter_sha256 },
            charter_in_force: in_force.map(|(version, sha256)| CharterReference { version, sha256 }),
            activated_at: row.activated_at,
            held_since: row.held_since,
            held_by_department_id: row.held_by_department_id,
            hold_ends_at: row.hold_ends_at,
            closing_since: row.closing_since,
            closed_at: row.closed_at,
            parity_breached_at: row.parity_breached_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl SponsorState {
    /// Returns the state of the role today.
    #[must_use]
    pub fn of(side: &SideSummary) -> Self {
        let is_complete = side.sponsor_accepted_at.is_some() && side.sponsor_confirmed_at.is_some();
        if side.active_sponsor().is_some() {
            Self::InOffice
        } else if side.sponsor_person_id.is_some() && !is_complete {
            Self::Proposed
        } else {
            Self::Vacant
        }
    }
}

impl From<SideSummary> for SideBody {
    fn from(row: SideSummary) -> Self {
        Self {
            project_id: row.project_id,
            department_id: row.department_id,
            sponsor_person_id: row.sponsor_person_id,
            sponsor_state: SponsorState::of(&row),
            sponsor_accepted_at: row.sponsor_accepted_at,
            sponsor_confirmed_at: row.sponsor_confirmed_at,
            sponsor_confirmed_by: row.sponsor_confirmed_by,
            vacant_since: row.vacant_since,
            successor_person_id: row.successor_person_id,
            successor_accepted_at: row.successor_accepted_at,
            successor_confirmed_at: row.successor_confirmed_at,
            may_hold_from: row.may_hold_from,
        }
    }
}

impl From<Side> for SideBody {
    fn from(side: Side) -> Self {
        SideSummary::from(side).into()
    }
}

impl TryFrom<CharterRow> for CharterBody {
    type Error = Error;

    fn try_from(row: CharterRow) -> Result<Self, Error> {
        let CharterRow { project_id, version, content, sha256, created_at, signed_at } = row;
        Ok(Self { project_id, version, sha256, content: Content::unseal(&content)?, created_at, signed_at })
    }
}
