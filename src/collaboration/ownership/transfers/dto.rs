//! Transfers in requests and answers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::state::TransferState;
use crate::kernel::http::body::RequestBody;
use crate::kernel::ids::{AreaId, DepartmentId, PersonId, ProjectId, TransferId};
use crate::kernel::time::{Day, UtcTime};

/// An area on its way from one accountable person to another.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Transfer)]
pub struct TransferBody {
    pub id: TransferId,
    pub project_id: ProjectId,
    pub area_id: AreaId,
    pub from_person_id: PersonId,
    pub to_person_id: PersonId,
    /// The side that the incoming person works for; the area goes to it if it is another one.
    pub to_department_id: DepartmentId,
    /// First day of the new owner; the day of completion if that is later.
    pub effective_on: Day,
    #[schema(required, min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub note: Option<String>,
    pub state: TransferState,
    /// Who offered; null when it was an administrator.
    #[schema(required)]
    pub offered_by: Option<PersonId>,
    pub offered_at: UtcTime,
    /// When the offer lapses without an answer.
    pub expires_at: UtcTime,
    #[schema(required)]
    pub settled_at: Option<UtcTime>,
}

/// An area to offer.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"to_person_id": PersonId::demo(3), "note": "You know these customers best."}))]
pub struct NewTransfer {
    /// A member of the project.
    pub to_person_id: PersonId,
    /// First day of the new owner, not before today; today if absent.
    #[serde(default)]
    #[schema(nullable = false)]
    pub effective_on: Option<Day>,
    /// For the incoming person.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub note: Option<String>,
}

impl RequestBody for NewTransfer {}
