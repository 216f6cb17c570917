//! Rows of closures.

use diesel::prelude::*;

use crate::kernel::db::schema::calendar_closures;
use crate::kernel::ids::ClosureId;
use crate::kernel::time::{Day, UtcTime};

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = calendar_closures, treat_none_as_default_value = false)]
pub struct Closure {
    pub id: ClosureId,
    pub date: Day,
    pub reason: String,
    pub created_at: UtcTime,
}
