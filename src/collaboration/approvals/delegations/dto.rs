//! Request and response bodies of delegations.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use crate::kernel::http::body::{RequestBody, days_in_order, fault_at};
use crate::kernel::ids::{DelegationId, DepartmentId, PersonId, ProjectId};
use crate::kernel::time::{Day, UtcTime};

/// Maximum length of a delegation, in days.
const LONGEST_DAYS: i64 = 90;

/// A delegate who responds to approvals for a sponsor, from `valid_from` until the day before `valid_to`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Delegation)]
pub struct DelegationBody {
    /// Unique identifier of the delegation.
    pub id: DelegationId,
    /// The project in which the delegate can respond; null if the delegate can respond in all projects in which the
    /// sponsor represents the department.
    #[schema(required)]
    pub project_id: Option<ProjectId>,
    /// The department of the side that the delegate represents.
    pub department_id: DepartmentId,
    /// The sponsor who created the delegation.
    pub sponsor_person_id: PersonId,
    /// The person who responds for the sponsor.
    pub delegate_person_id: PersonId,
    /// First day of the delegation.
    pub valid_from: Day,
    /// First day after the delegation (exclusive end).
    pub valid_to: Day,
    /// When the sponsor revoked the delegation, or when it was revoked because the side changed its sponsor; null if it
    /// was not revoked.
    #[schema(required)]
    pub revoked_at: Option<UtcTime>,
    /// When the delegation was created.
    pub created_at: UtcTime,
}

/// A delegation for all projects of a sponsor, as it applies to one of these projects.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DelegationNotice {
    /// The project in which the delegate can respond.
    pub project_id: ProjectId,
    /// The delegation.
    pub delegation: DelegationBody,
}

/// A delegation to create.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = in_order))]
#[schema(example = json!({
    "delegate_person_id": PersonId::demo(2), "valid_from": "2029-07-01", "valid_to": "2029-07-15"
}))]
pub struct NewDelegation {
    /// The delegate. Their regular position on the first day must be in the department of your side.
    pub delegate_person_id: PersonId,
    /// First day of the delegation. Must not be before today (in UTC).
    pub valid_from: Day,
    /// First day after the delegation (exclusive end). Must be after `valid_from`, by at most 90 days.
    pub valid_to: Day,
}

impl RequestBody for NewDelegation {}

/// A delegation to create, in one project or in all projects of the sponsor.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = sponsor_in_order))]
#[schema(example = json!({
    "delegate_person_id": PersonId::demo(4), "project_id": null, "valid_from": "2029-08-01", "valid_to": "2029-08-15"
}))]
pub struct NewSponsorDelegation {
    /// The delegate. Their regular position on the first day must be in your department.
    pub delegate_person_id: PersonId,
    /// The project in which the delegate can respond. If null or absent, the delegate can respond in all projects in
    /// which you are the sponsor of your department, including those that you join later.
    #[serde(default)]
    pub project_id: Option<ProjectId>,
    /// First day of the delegation. Must not be before today (in UTC).
    pub valid_from: Day,
    /// First day after the delegation (exclusive end). Must be after `valid_from`, by at most 90 days.
    pub valid_to: Day,
}

impl RequestBody for NewSponsorDelegation {}

impl From<&NewSponsorDelegation> for NewDelegation {
    fn from(new: &NewSponsorDelegation) -> Self {
        let NewSponsorDelegation { delegate_person_id, valid_from, valid_to, .. } = *new;
        Self { delegate_person_id, valid_from, valid_to }
    }
}

fn sponsor_in_order(new: &NewSponsorDelegation) -> Result<(), ValidationError> {
    in_order(&new.into())
}

fn in_order(new: &NewDelegation) -> Result<(), ValidationError> {
    days_in_order(Some(new.valid_from), Some(new.valid_to))?;
    if new.valid_from.days_until(new.valid_to) > LONGEST_DAYS {
        return Err(fault_at("valid_to", "delegation_too_long", "violation-delegation-too-long"));
    }
    Ok(())
}
