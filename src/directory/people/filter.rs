//! The filter of the list of people.

use crate::kernel::ids::DepartmentId;

/// Selects people to list. A field that is `None` does not restrict the list.
#[derive(Debug, Clone, Default)]
pub struct PersonFilter {
    pub login: Option<String>,
    /// Only people whose regular position is in this department today.
    pub department_id: Option<DepartmentId>,
    pub deactivated: Option<bool>,
}
