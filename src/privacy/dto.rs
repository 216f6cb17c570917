//! Data subjects in requests and responses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use crate::callbacks::requests::HeldRequest;
use crate::kernel::http::body::{self, RequestBody};
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::time::UtcTime;

/// A visitor, by number or e-mail address; with both, whoever has the one or the other.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(min_properties = 1, example = json!({"phone": "603 345 678"}))]
#[validate(schema(function = require_phone_or_email))]
pub struct DataSubject {
    /// As people write it; Czech unless it begins with `+` or `00`.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 64, pattern = r"^[^\x00]+$")]
    pub phone: Option<String>,
    /// Upper and lower case are the same.
    #[serde(default)]
    #[schema(nullable = false, format = Email, min_length = 3, max_length = 254)]
    pub email: Option<String>,
}

impl RequestBody for DataSubject {}

fn require_phone_or_email(who: &DataSubject) -> Result<(), ValidationError> {
    if who.phone.is_some() || who.email.is_some() {
        return Ok(());
    }
    Err(body::fault("required", "Give phone or email.", "Uveďte phone nebo email."))
}

/// Everything that is held of a visitor (GDPR, Article 15).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DataSubjectExport {
    pub exported_at: UtcTime,
    /// False when there is more than one answer holds.
    pub complete: bool,
    /// Oldest first.
    #[schema(max_items = 2000)]
    pub requests: Vec<HeldRequest>,
}

/// What was erased (GDPR, Article 17).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ErasedDataSubject {
    /// The requests that told of the visitor until now.
    #[schema(max_items = 100_000)]
    pub erased: Vec<CallbackRequestId>,
}
