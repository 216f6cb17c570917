//! Who is accountable for a data asset, across projects.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::kernel::ids::{AreaId, AssignmentId, DepartmentId, PersonId, ProjectId};
use crate::kernel::time::Day;

/// Query parameters of the lookup of a data asset.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DataOwnerQuery {
    /// Identifier of the data asset, as in a data catalogue. It is compared exactly, with case, but without spaces
    /// around it and in Unicode form NFC.
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00-\x1f\x7f-\x9f]+$")]
    #[param(
        min_length = 1,
        max_length = 500,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]+$",
        example = "component:default/crm"
    )]
    pub data_asset: String,
    /// Return the people who are accountable on this day. If absent, today (in UTC).
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub as_of: Option<Day>,
}

/// The people who are accountable for a data asset on a day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DataOwnerList {
    /// Identifier of the data asset that was looked up, in the form in which it is stored.
    #[schema(
        min_length = 1,
        max_length = 500,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]+$",
        example = "component:default/crm"
    )]
    pub data_asset: String,
    /// The day.
    pub as_of: Day,
    /// The accountable people; empty if there is none in a project that runs on that day. More than one person
    /// can be accountable if several projects are about the same data.
    #[schema(max_items = 1000)]
    pub data: Vec<DataOwner>,
}

/// A person who is accountable for a data asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DataOwner {
    /// The accountable person.
    pub person_id: PersonId,
    /// The department that owns the area, for which the person is accountable.
    pub department_id: DepartmentId,
    /// First day on which the person is accountable.
    pub valid_from: Day,
    /// The project; null if you do not have access to it. All projects that you cannot read, and in which the same
    /// person is accountable for the same department, are one entry.
    #[schema(required)]
    pub project: Option<DataOwnerProject>,
}

/// The project in which a person is accountable for a data asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DataOwnerProject {
    /// Unique identifier of the project.
    pub id: ProjectId,
    /// Name of the project.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "One view of the customer")]
    pub name: String,
    /// The area that is about the data asset.
    pub area_id: AreaId,
    /// The assignment of the area to the person.
    pub assignment_id: AssignmentId,
}
