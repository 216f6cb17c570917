//! The row of an event.

use diesel::prelude::*;

use crate::kernel::db::schema::events;
use crate::kernel::ids::EventId;
use crate::kernel::time::UtcTime;

/// An event with its sequence, which is `None` until the dispatcher assigns it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = events)]
pub struct SequencedEvent {
    pub id: EventId,
    pub kind: String,
    pub occurred_at: UtcTime,
    pub subject: String,
    pub data: String,
    pub request_id: String,
    pub caused_by: Option<String>,
    pub sequence: Option<i64>,
    pub subject_sequence: Option<i64>,
    /// The head of the project's chain of audit entries after the change, for events about a project.
    pub chain_position: Option<i64>,
    pub chain_sha256: Option<String>,
}
