//! Departments in requests and answers.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::rows::Department;
use crate::kernel::http::body::RequestBody;
use crate::kernel::http::merge_patch::clearable;
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::time::UtcTime;

/// A department of the company.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Department)]
pub struct DepartmentBody {
    pub id: DepartmentId,
    /// Short stable name for programs.
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9-]{0,39}$", example = "marketing")]
    pub key: String,
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "Marketing")]
    pub name: String,
    /// What its head is called.
    #[schema(required, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "CMO")]
    pub head_title: Option<String>,
    /// Who its head is.
    #[schema(required)]
    pub head_person_id: Option<PersonId>,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
}

impl From<Department> for DepartmentBody {
    fn from(row: Department) -> Self {
        let Department { id, key, name, head_title, version: _, created_at, updated_at, head_person_id } = row;
        Self { id, key, name, head_title, head_person_id, created_at, updated_at }
    }
}

/// A department to add.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"key": "customer-care", "name": "Customer care", "head_title": "Head of customer care"}))]
pub struct NewDepartment {
    /// Short stable name for programs; it cannot be changed later.
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9-]{0,39}$")]
    pub key: String,
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub name: String,
    /// What its head is called.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub head_title: Option<String>,
    /// Who its head is.
    #[serde(default)]
    pub head_person_id: Option<PersonId>,
}

impl RequestBody for NewDepartment {}

/// What to change about a department; absent members stay, null clears.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Marketing and brand"}))]
pub struct DepartmentPatch {
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub head_title: Option<Option<String>>,
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<PersonId>)]
    pub head_person_id: Option<Option<PersonId>>,
}

impl RequestBody for DepartmentPatch {}

/// Which departments.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DepartmentQuery {
    /// Only the department with this key.
    #[serde(default)]
    #[schema(nullable = false, max_length = 40, pattern = "^[a-z][a-z0-9-]{0,39}$")]
    #[param(nullable = false, max_length = 40, pattern = "^[a-z][a-z0-9-]{0,39}$")]
    pub key: Option<String>,
}
