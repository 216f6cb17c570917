//! The row of an external reference.

use diesel::prelude::*;

use crate::kernel::db::schema::external_references;
use crate::kernel::time::UtcTime;

#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = external_references, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Reference {
    pub subject: String,
    pub system: String,
    pub external_id: String,
    pub url: Option<String>,
    pub status: Option<String>,
    pub version: i64,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
}
