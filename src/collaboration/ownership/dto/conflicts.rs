//! Response bodies for data assets that two projects assign to different departments.

use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::ids::{AreaId, DepartmentId, OwnershipConflictId, ProjectId};
use crate::kernel::time::{Day, UtcTime};

/// Data ownership conflicts of a project with other projects.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DataConflictList {
    /// The project.
    pub project_id: ProjectId,
    /// The conflicts; empty if there are none.
    #[schema(max_items = 1000)]
    pub data: Vec<DataConflict>,
}

/// A data ownership conflict: an area of this project and an area of another project with the same data asset belong to
/// different departments.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DataConflict {
    /// Identifier of the data asset, as in a data catalogue, shared by all projects.
    #[schema(
        min_length = 1,
        max_length = 500,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]+$",
        example = "component:default/crm"
    )]
    pub data_asset: String,
    /// The area of this project.
    pub area_id: AreaId,
    /// The department that owns the area in this project.
    pub department_id: DepartmentId,
    /// The department that owns the data asset in the other project.
    pub other_department_id: DepartmentId,
    /// The other project; null if you do not have access to it.
    #[schema(required)]
    pub other_project_id: Option<ProjectId>,
    /// First day on which both projects run.
    pub starts_on: Day,
    /// First day after the days on which both projects run (exclusive end).
    pub ends_on: Day,
}

/// A data ownership conflict of a project, as it is announced: the project and at least one other project that runs at
/// the same time assign the same data asset to different departments.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = OwnershipConflict)]
pub struct ConflictBody {
    /// Unique identifier of the conflict.
    pub id: OwnershipConflictId,
    /// The project that the event is about. The other project is not named, because not everyone who reads one project
    /// can read the other.
    pub project_id: ProjectId,
    /// The area of this project.
    pub area_id: AreaId,
    /// Identifier of the data asset, as in a data catalogue, shared by all projects.
    #[schema(
        min_length = 1,
        max_length = 500,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]+$",
        example = "component:default/crm"
    )]
    pub data_asset: String,
    /// The department that owns the area in this project.
    pub department_id: DepartmentId,
    /// The department that owns the data asset in the other project.
    pub other_department_id: DepartmentId,
    /// When the conflict was found.
    pub found_at: UtcTime,
    /// When the conflict ended; null while it lasts.
    #[schema(required)]
    pub resolved_at: Option<UtcTime>,
}
