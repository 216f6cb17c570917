//! External references in requests and responses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::rows::Reference;
use crate::kernel::http::body::RequestBody;
use crate::kernel::time::UtcTime;

/// What another system calls a record of ours.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ExternalReference)]
pub struct ReferenceBody {
    /// The callback request or the project.
    #[schema(max_length = 40, pattern = "^[a-z]{2,4}_[0-9a-z]{26}$")]
    pub subject: String,
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9][a-z0-9._-]*$", example = "salesforce")]
    pub system: String,
    /// Its id there.
    #[schema(min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$", example = "00Q5g00000ABCDE")]
    pub external_id: String,
    /// Where people find it.
    #[schema(required, format = "uri", max_length = 2000, pattern = "^https?://[!-~]+$")]
    pub url: Option<String>,
    /// Where it stands there, in that system's words.
    #[schema(required, min_length = 1, max_length = 100, pattern = r"^[^\x00-\x1f]+$", example = "Working")]
    pub status: Option<String>,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
}

impl From<Reference> for ReferenceBody {
    fn from(row: Reference) -> Self {
        let Reference { subject, system, external_id, url, status, version: _, created_at, updated_at } = row;
        Self { subject, system, external_id, url, status, created_at, updated_at }
    }
}

/// The references of a record.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExternalReferenceList {
    /// By the name of the system.
    #[schema(max_items = 50)]
    pub data: Vec<ReferenceBody>,
}

/// What another system calls a record of ours.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"external_id": "00Q5g00000ABCDE", "url": "https://example.my.salesforce.com/00Q5g00000ABCDE", "status": "Working"}))]
pub struct NewExternalReference {
    #[schema(min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    pub external_id: String,
    #[serde(default)]
    #[schema(format = "uri", max_length = 2000, pattern = "^https?://[!-~]+$")]
    pub url: Option<String>,
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\x00-\x1f]+$")]
    pub status: Option<String>,
}

impl RequestBody for NewExternalReference {}
