//! Delegations in requests and answers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use crate::kernel::http::body::{RequestBody, days_in_order, fault_at};
use crate::kernel::ids::{DelegationId, DepartmentId, PersonId, ProjectId};
use crate::kernel::time::{Day, UtcTime};

/// The longest delegation, in days.
const LONGEST_DAYS: i64 = 90;

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
    if new.valid_from.days_until(new.valid_to) > LONGEST_DAYS {
        return Err(fault_at(
            "valid_to",
            "delegation_too_long",
            "A delegation lasts 90 days at most.",
            "Zastoupení trvá nejvýše 90 dnů.",
        ));
    }
    Ok(())
}
