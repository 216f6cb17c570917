//! Conversion from rows.

use super::dto::ReminderBody;
use super::store::Reminder;

impl From<&Reminder> for ReminderBody {
    fn from(row: &Reminder) -> Self {
        Self {
            project_id: row.project_id,
            department_id: row.department_id,
            person_id: row.person_id,
            milestone: row.milestone(),
            about: row.about,
        }
    }
}
