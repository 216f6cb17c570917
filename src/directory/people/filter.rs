//! Filter of the list of people.

use crate::kernel::ids::DepartmentId;

/// Which people to list; an empty field does not narrow the list.
#[derive(Debug, Clone, Default)]
pub struct PersonFilter {
    pub subject: Option<String>,
    /// Only people whose home position is in this department today.
    pub department_id: Option<DepartmentId>,
    pub deactivated: Option<bool>,
}
