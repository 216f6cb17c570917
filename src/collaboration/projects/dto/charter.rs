//! Request and response bodies of charters and milestones.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::collaboration::projects::charter::Content;
use crate::kernel::ids::ProjectId;
use crate::kernel::time::{Day, UtcTime};

/// One version of the charter of a project.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Charter)]
pub struct CharterBody {
    /// The project that the charter belongs to.
    pub project_id: ProjectId,
    /// Version of the charter, starting at 1.
    #[schema(format = Int32, minimum = 1, maximum = 1_000_000)]
    pub version: i32,
    /// SHA-256 of the canonical JSON (RFC 8785) of `content`, in lower-case hexadecimal.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
    /// The content that the sides sign.
    pub content: Content,
    /// When this version was created.
    pub created_at: UtcTime,
    /// When the last side signed this version; null while not all sides have signed it.
    #[schema(required)]
    pub signed_at: Option<UtcTime>,
}

/// The milestones of a project and the history of their due dates.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MilestoneList {
    /// The project that the milestones belong to.
    pub project_id: ProjectId,
    /// Version of the charter that contains the milestones: the version in force, or the newest if none is in force.
    #[schema(format = Int32, minimum = 1, maximum = 1_000_000)]
    pub charter_version: i32,
    /// The milestones, in the order of the charter.
    #[schema(max_items = 100)]
    pub data: Vec<MilestoneBody>,
}

/// A milestone and the history of its due date. Milestones are matched across versions by name.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = MilestoneHistory)]
pub struct MilestoneBody {
    /// Name of the milestone.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "One customer database")]
    pub name: String,
    /// Current due date.
    pub due_on: Day,
    /// Due date in the first version with this milestone that all sides signed; null if there is no such version.
    #[schema(required)]
    pub first_due_on: Option<Day>,
    /// Days between `first_due_on` and `due_on`; negative if the milestone is now earlier, null if `first_due_on`
    /// is null.
    #[schema(required, format = Int32, minimum = -4_000_000, maximum = 4_000_000)]
    pub slip_days: Option<i32>,
    /// The due dates in all versions that all sides signed, oldest first.
    #[schema(max_items = 10_000)]
    pub history: Vec<MilestoneDate>,
}

/// A due date in a charter version that all sides signed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MilestoneDate {
    /// Version of the charter.
    #[schema(format = Int32, minimum = 1, maximum = 1_000_000)]
    pub charter_version: i32,
    /// Due date in this version.
    pub due_on: Day,
}

/// Selects a version of a charter.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CharterQuery {
    /// Version of the charter to return; the newest if absent.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 1_000_000)]
    #[param(nullable = false, format = Int32, minimum = 1, maximum = 1_000_000)]
    pub version: Option<i32>,
}
