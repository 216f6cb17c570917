//! The row of a department.

use diesel::prelude::*;

use crate::kernel::db::schema::departments;
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::time::UtcTime;

#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = departments, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Department {
    pub id: DepartmentId,
    pub key: String,
    pub name: String,
    pub head_title: Option<String>,
    pub version: i64,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
    pub head_person_id: Option<PersonId>,
    /// Since when this person is the head.
    pub head_since: Option<UtcTime>,
    /// When the head was last named or removed, or their login or their deactivation changed.
    pub head_changed_at: Option<UtcTime>,
    /// Whether the department had no head before.
    pub head_is_first: bool,
}
