//! Delegations in requests and answers.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::store::Delegation;
use crate::kernel::http::body::{RequestBody, days_in_order, fault_at};
use crate::kernel::ids::{DelegationId, DepartmentId, PersonId, ProjectId};
use crate::kernel::time::{Day, UtcTime};

/// Who answers in place of a sponsor, on the days `[valid_from, valid_to)`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Delegation)]
pub struct DelegationBody {
    pub id: DelegationId,
    pub project_id: ProjectId,
    /// The side.
    pub department_id: DepartmentId,
    pub sponsor_person_id: PersonId,
    pub delegate_person_id: PersonId,
    /// First day.
    pub valid_from: Day,
    /// First day after the last one.
    pub valid_to: Day,
    /// When it was taken back, or ended with the sponsor's seat.
    #[schema(required)]
    pub revoked_at: Option<UtcTime>,
    pub created_at: UtcTime,
}

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

/// A delegation to grant.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = in_order))]
#[schema(example = json!({
    "delegate_person_id": PersonId::demo(2), "valid_from": "2029-07-01", "valid_to": "2029-07-15"
}))]
pub struct NewDelegation {
    /// Somebody who is at home in the same department.
    pub delegate_person_id: PersonId,
    /// First day, not before today.
    pub valid_from: Day,
    /// First day after the last one, at most 90 days later.
    pub valid_to: Day,
}

impl RequestBody for NewDelegation {}

fn in_order(new: &NewDelegation) -> Result<(), ValidationError> {
    days_in_order(Some(new.valid_from), Some(new.valid_to))?;
    if new.valid_from.days_until(new.valid_to) > super::service::LONGEST_DAYS {
        return Err(fault_at(
            "valid_to",
            "delegation_too_long",
            "A delegation lasts 90 days at most.",
            "Zastoupení trvá nejvýše 90 dnů.",
        ));
    }
    Ok(())
}

/// Which delegations.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DelegationQuery {
    /// Only those in force on this day.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub as_of: Option<Day>,
}
