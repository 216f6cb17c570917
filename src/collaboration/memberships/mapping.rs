//! Conversion of membership rows and the strength of sides to response bodies.

use super::dto::{HomePositionSnapshot, MembershipBody, SideStrength};
use super::parity::Strength;
use super::state::MembershipState;
use super::store::Membership;
use crate::kernel::ids::PersonId;

impl MembershipBody {
    /// Builds the body from a row and its computed fields.
    #[must_use]
    pub fn new(row: Membership, state: MembershipState, answers_to: Vec<PersonId>) -> Self {
        let home = HomePositionSnapshot {
            department_id: row.home_department_id,
            title: row.home_title,
            manager_person_id: row.home_manager_person_id,
        };
        Self {
            id: row.id,
            project_id: row.project_id,
            person_id: row.person_id,
            department_id: row.department_id,
            state,
            project_role: row.project_role,
            counts_for_parity: row.counts_for_parity,
            fte_percent: row.fte_percent,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            home,
            answers_to,
            invited_at: row.invited_at,
            expires_at: row.expires_at,
            responded_at: row.responded_at,
            returned_on: row.returned_on,
            returned_home_position_id: row.returned_home_id,
            updated_at: row.updated_at,
        }
    }
}

impl From<Strength> for SideStrength {
    fn from(Strength { department_id, members, fte_percent }: Strength) -> Self {
        Self { department_id, members, fte_percent }
    }
}
