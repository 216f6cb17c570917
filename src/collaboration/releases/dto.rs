//! Request bodies for ending memberships.

use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::collaboration::ownership::Successor;
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::MembershipId;
use crate::kernel::time::Day;

/// When and why a membership ends.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"ends_on": "2027-06-30", "reason": "Needed in the department for the autumn campaign."}))]
pub struct MembershipEnd {
    /// First day on which the person is no longer a member (exclusive end); it becomes the `valid_to` of the
    /// membership. Must not be before today (in UTC) or after its current `valid_to`. If it is on or before the first
    /// day of the membership, the membership never begins and is `withdrawn`.
    pub ends_on: Day,
    /// Reason for the end of the membership. Recorded in the audit trail; for a release also shown to all sides.
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]+$")]
    pub reason: String,
    /// Successors for all areas that the person is accountable for on or after `ends_on`; absent if there are none.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub successors: Vec<Successor>,
}

impl RequestBody for MembershipEnd {}

/// One membership to end in a batch.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct MembershipEndItem {
    /// The membership to end. Must belong to the project.
    pub membership_id: MembershipId,
    /// First day on which the person is no longer a member (exclusive end); it becomes the `valid_to` of the
    /// membership. Must not be before today (in UTC) or after its current `valid_to`. If it is on or before the first
    /// day of the membership, the membership never begins and is `withdrawn`.
    pub ends_on: Day,
    /// Reason for the end of the membership. Recorded in the audit trail.
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]+$")]
    pub reason: String,
    /// Successors for all areas that the person is accountable for on or after `ends_on`; absent if there are none.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub successors: Vec<Successor>,
}

/// Several memberships to end in one transaction.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"items": [{
    "membership_id": MembershipId::demo(3), "ends_on": "2029-06-30", "reason": "The first part is done."
}]}))]
pub struct MembershipEndBatch {
    /// The memberships to end: all of them or none.
    #[schema(min_items = 1, max_items = 50)]
    pub items: Vec<MembershipEndItem>,
}

impl RequestBody for MembershipEndBatch {}
