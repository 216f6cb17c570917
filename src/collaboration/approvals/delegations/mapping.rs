//! Conversion of delegation rows to response bodies.

use super::dto::DelegationBody;
use super::store::Delegation;

impl From<Delegation> for DelegationBody {
    fn from(row: Delegation) -> Self {
        let Delegation { id, project_id, department_id, sponsor_person_id, delegate_person_id, .. } = row;
        let Delegation { valid_from, valid_to, revoked_at, version: _, created_at, .. } = row;
        Self {
            id,
            project_id,
            department_id,
            sponsor_person_id,
            delegate_person_id,
            valid_from,
            valid_to,
            revoked_at,
            created_at,
        }
    }
}
