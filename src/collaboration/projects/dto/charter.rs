//! Charters and their milestones in requests and answers.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::collaboration::projects::charter::Content;
use crate::kernel::ids::ProjectId;
use crate::kernel::time::{Day, UtcTime};

/// A version of a charter.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Charter)]
pub struct CharterBody {
    pub project_id: ProjectId,
    #[schema(format = Int32, minimum = 1, maximum = 1_000_000)]
    pub version: i32,
    /// SHA-256 of the canonical JSON (RFC 8785) of `content`.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
    pub content: Content,
    pub created_at: UtcTime,
    /// When all sides had signed it.
    #[schema(required)]
    pub agreed_at: Option<UtcTime>,
}

/// How the dates of the milestones have moved.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MilestoneList {
    pub project_id: ProjectId,
    /// The version they are read from: the one in force, or the newest while none is.
    #[schema(format = Int32, minimum = 1, maximum = 1_000_000)]
    pub charter_version: i32,
    /// In the order of the charter.
    #[schema(max_items = 100)]
    pub data: Vec<MilestoneBody>,
}

/// A milestone and its dates, known by its name.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = MilestoneHistory)]
pub struct MilestoneBody {
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "One customer database")]
    pub name: String,
    pub due_on: Day,
    /// The date in the first version that all sides signed with it; null before that.
    #[schema(required)]
    pub first_due_on: Option<Day>,
    /// Days that it has slipped since; negative when it comes earlier.
    #[schema(required, format = Int32, minimum = -4_000_000, maximum = 4_000_000)]
    pub slip_days: Option<i32>,
    /// Every date that all sides signed, from the first on.
    #[schema(max_items = 10_000)]
    pub history: Vec<MilestoneDate>,
}

/// A date that all sides signed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MilestoneDate {
    #[schema(format = Int32, minimum = 1, maximum = 1_000_000)]
    pub charter_version: i32,
    pub due_on: Day,
}

/// Which version of a charter.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CharterQuery {
    /// The newest one when absent.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 1_000_000)]
    #[param(nullable = false, format = Int32, minimum = 1, maximum = 1_000_000)]
    pub version: Option<i32>,
}
