//! Departments in requests and responses.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::rows::Department;
use crate::kernel::http::body::RequestBody;
use crate::kernel::http::merge_patch::clearable;
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::time::UtcTime;

/// A department of the company. Departments are the sides of shared projects.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Department)]
pub struct DepartmentBody {
    /// Unique identifier of the department.
    pub id: DepartmentId,
    /// Unique, machine-readable key of the department. It never changes.
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9-]{0,39}$", example = "marketing")]
    pub key: String,
    /// Name of the department, for people.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "Marketing")]
    pub name: String,
    /// Job title of the head of the department; null if it is not set.
    #[schema(required, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "CMO")]
    pub head_title: Option<String>,
    /// The person who heads the department; null if it is not set.
    #[schema(required)]
    pub head_person_id: Option<PersonId>,
    /// When this person became the head; null if no head is set. A new head can confirm sponsors of shared projects
    /// only after `response_days` whole business days.
    #[schema(required)]
    pub head_since: Option<UtcTime>,
    /// When the department was created.
    pub created_at: UtcTime,
    /// When the department was last changed.
    pub updated_at: UtcTime,
}

impl From<Department> for DepartmentBody {
    fn from(row: Department) -> Self {
        let Department { id, key, name, head_title, version: _, created_at, updated_at, .. } = row;
        let Department { head_person_id, head_since, .. } = row;
        Self { id, key, name, head_title, head_person_id, head_since, created_at, updated_at }
    }
}

/// A department to create.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"key": "customer-care", "name": "Customer care", "head_title": "Head of customer care"}))]
pub struct NewDepartment {
    /// Unique, machine-readable key, such as `customer-care`. It cannot be changed later.
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9-]{0,39}$")]
    pub key: String,
    /// Name of the department, for people.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub name: String,
    /// Job title of the head of the department.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub head_title: Option<String>,
    /// The person who heads the department.
    #[serde(default)]
    pub head_person_id: Option<PersonId>,
}

impl RequestBody for NewDepartment {}

/// Changes to a department (JSON Merge Patch). Absent fields do not change. Send null to clear `head_title` or
/// `head_person_id`.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Marketing and brand"}))]
pub struct DepartmentPatch {
    /// Name of the department, for people.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub name: Option<String>,
    /// Job title of the head of the department.
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub head_title: Option<Option<String>>,
    /// The person who heads the department.
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<PersonId>)]
    pub head_person_id: Option<Option<PersonId>>,
}

impl RequestBody for DepartmentPatch {}

/// Filters of the list of departments.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DepartmentQuery {
    /// Return only the department with this `key`.
    #[serde(default)]
    #[schema(nullable = false, max_length = 40, pattern = "^[a-z][a-z0-9-]{0,39}$")]
    #[param(nullable = false, max_length = 40, pattern = "^[a-z][a-z0-9-]{0,39}$")]
    pub key: Option<String>,
}
