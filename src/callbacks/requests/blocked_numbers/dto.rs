//! Blocked numbers in requests and responses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::rows::BlockedNumber;
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::BlockedNumberId;
use crate::kernel::time::UtcTime;

/// A blocked phone number, which is never called. The number itself is not stored.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = BlockedNumber)]
pub struct BlockedNumberBody {
    /// Unique identifier of the blocked number.
    pub id: BlockedNumberId,
    /// When the number was blocked.
    pub created_at: UtcTime,
}

impl From<BlockedNumber> for BlockedNumberBody {
    fn from(row: BlockedNumber) -> Self {
        let BlockedNumber { id, number_hash: _, created_at } = row;
        Self { id, created_at }
    }
}

/// A phone number to block.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"phone": "608 123 987"}))]
pub struct NewBlockedNumber {
    /// The phone number, in any common notation. A number that does not start with `+` or `00` is treated as a
    /// number of the `default_region` of the queues, and is refused if the queues have different regions.
    #[schema(min_length = 1, max_length = 64, pattern = r"^[^\x00]+$")]
    pub phone: String,
}

impl RequestBody for NewBlockedNumber {}
