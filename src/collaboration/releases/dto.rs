//! Leaving early in requests.

use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::collaboration::ownership::Successor;
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::MembershipId;
use crate::kernel::time::Day;

/// When a member leaves, and why.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"on": "2027-06-30", "reason": "Needed at home for the autumn campaign."}))]
pub struct MembershipEnd {
    /// First day on which they are no member any more, not before today.
    pub on: Day,
    /// Kept in the audit trail.
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]+$")]
    pub reason: String,
    /// For every area that they are accountable for beyond that day, who takes over.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub successors: Vec<Successor>,
}

impl RequestBody for MembershipEnd {}

/// One membership of a batch that ends.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct MembershipEndItem {
    pub membership_id: MembershipId,
    /// First day on which they are no member any more, not before today.
    pub on: Day,
    /// Kept in the audit trail.
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]+$")]
    pub reason: String,
    /// For every area that they are accountable for beyond that day, who takes over.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub successors: Vec<Successor>,
}

/// Several memberships that end together or not at all.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"items": [{
    "membership_id": MembershipId::demo(3), "on": "2029-06-30", "reason": "The first part is done."
}]}))]
pub struct MembershipEndBatch {
    #[schema(min_items = 1, max_items = 50)]
    pub items: Vec<MembershipEndItem>,
}

impl RequestBody for MembershipEndBatch {}
