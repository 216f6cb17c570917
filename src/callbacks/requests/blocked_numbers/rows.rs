//! Rows of the table `blocked_numbers`.

use diesel::prelude::*;

use crate::kernel::db::schema::blocked_numbers;
use crate::kernel::ids::BlockedNumberId;
use crate::kernel::time::UtcTime;

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = blocked_numbers, treat_none_as_default_value = false)]
pub struct BlockedNumber {
    pub id: BlockedNumberId,
    /// Keyed hash of the number in E.164 format.
    pub number_hash: String,
    pub created_at: UtcTime,
}
