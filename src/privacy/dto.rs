//! Data subjects in requests and responses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use crate::callbacks::requests::ExportedCallbackRequest;
use crate::kernel::http::body::{self, RequestBody};
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::time::UtcTime;

/// The visitor to export or erase, identified by phone number or e-mail address. If you send both, every callback
/// request that matches either of them is included.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(min_properties = 1, example = json!({"phone": "603 345 678"}))]
#[validate(schema(function = require_phone_or_email))]
pub struct DataSubject {
    /// Phone number in any common notation. A number that does not start with `+` or `00` is treated as a Czech
    /// number.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 64, pattern = r"^[^\x00]+$")]
    pub phone: Option<String>,
    /// E-mail address. Upper and lower case are equivalent.
    #[serde(default)]
    #[schema(nullable = false, format = Email, min_length = 3, max_length = 254)]
    pub email: Option<String>,
}

impl RequestBody for DataSubject {}

fn require_phone_or_email(who: &DataSubject) -> Result<(), ValidationError> {
    if who.phone.is_some() || who.email.is_some() {
        return Ok(());
    }
    Err(body::fault("required", "violation-phone-or-email"))
}

/// All stored data of a visitor (GDPR, Article 15).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DataSubjectExport {
    /// When the export was created.
    pub exported_at: UtcTime,
    /// Whether the export contains all callback requests of the visitor; false if there are more than fit into one
    /// response.
    pub complete: bool,
    /// Callback requests of the visitor, oldest first.
    #[schema(max_items = 2000)]
    pub requests: Vec<ExportedCallbackRequest>,
}

/// The result of an erasure (GDPR, Article 17).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ErasedDataSubject {
    /// Callback requests whose personal data this call erased; empty when none was stored.
    #[schema(max_items = 100_000)]
    pub erased: Vec<CallbackRequestId>,
}
