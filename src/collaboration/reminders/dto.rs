//! The data of the events about reminders.

use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::ids::{DepartmentId, PersonId, ProjectId};
use crate::kernel::time::UtcTime;

/// What a reminder is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Reminder)]
pub struct ReminderBody {
    /// The project.
    pub project_id: ProjectId,
    /// The side concerned; null if all sides are concerned.
    #[schema(required)]
    pub department_id: Option<DepartmentId>,
    /// The member, the holder of the regular position or the accountable person; null for other reminders.
    #[schema(required)]
    pub person_id: Option<PersonId>,
    /// Name of the milestone; null for other reminders.
    #[schema(required, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "One database")]
    pub milestone: Option<String>,
    /// The time that the reminder is about, such as the due time of an approval or the first day after a membership.
    /// Days begin at midnight UTC.
    pub about: UtcTime,
}
