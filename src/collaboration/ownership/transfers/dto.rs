//! Transfers in requests and responses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::state::TransferState;
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::{AreaId, DepartmentId, PersonId, ProjectId, TransferId};
use crate::kernel::time::{Day, UtcTime};

/// A transfer of an area from one accountable person to another.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Transfer)]
pub struct TransferBody {
    /// Unique identifier of the transfer.
    pub id: TransferId,
    /// The project.
    pub project_id: ProjectId,
    /// The area to transfer.
    pub area_id: AreaId,
    /// The person who is accountable before the transfer.
    pub from_person_id: PersonId,
    /// The person who becomes accountable.
    pub to_person_id: PersonId,
    /// The side the incoming person works for. If it does not own the area, the area moves to this side.
    pub to_department_id: DepartmentId,
    /// First day on which the incoming person is accountable. If the transfer is completed later, they become
    /// accountable on the day of completion.
    pub effective_on: Day,
    /// Note for the incoming person; null if there is none.
    #[schema(required, min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub note: Option<String>,
    /// State of the transfer.
    pub state: TransferState,
    /// The person who offered the transfer; null if an administrator who is not in the directory did.
    #[schema(required)]
    pub offered_by: Option<PersonId>,
    /// When the transfer was offered.
    pub offered_at: UtcTime,
    /// When the offer expires if the incoming person does not respond.
    pub expires_at: UtcTime,
    /// When the transfer ended, by completion or in any other way. Null while it is `offered` or `accepted`.
    #[schema(required)]
    pub ended_at: Option<UtcTime>,
}

/// An offer to transfer an area.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"to_person_id": PersonId::demo(3), "note": "You know these customers best."}))]
pub struct NewTransfer {
    /// The person who is to become accountable. Must be a member of the project.
    pub to_person_id: PersonId,
    /// First day on which the incoming person is accountable; today (in UTC) or later. If absent, today, or the first
    /// day of the project if that is later. Must not be later than today if the person works for another side.
    #[serde(default)]
    #[schema(nullable = false)]
    pub effective_on: Option<Day>,
    /// Note for the incoming person. Absent or null if there is none.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub note: Option<String>,
}

impl RequestBody for NewTransfer {}
