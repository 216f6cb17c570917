//! Data that two projects own differently, in answers.

use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::ids::{AreaId, DepartmentId, ProjectId};
use crate::kernel::time::Day;

/// Where data of a project belong to another department in another project.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DataConflictList {
    pub project_id: ProjectId,
    #[schema(max_items = 1000)]
    pub data: Vec<DataConflict>,
}

/// One area and its counterpart.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DataConflict {
    #[schema(max_length = 80, pattern = "^[a-z][a-z0-9._-]{0,79}$", example = "crm.customers")]
    pub data_asset: String,
    pub area_id: AreaId,
    pub department_id: DepartmentId,
    /// The department that owns the data in the other project.
    pub other_department_id: DepartmentId,
    /// The other project; null when it is one that you may not know of.
    #[schema(required)]
    pub other_project_id: Option<ProjectId>,
    /// First day that both projects last.
    pub from: Day,
    /// First day after the last one.
    pub to: Day,
}
