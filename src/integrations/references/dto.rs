//! External references in requests and responses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::rows::Reference;
use crate::kernel::http::body::RequestBody;
use crate::kernel::time::UtcTime;

/// The ID, link and status of a callback request or a project in another system.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ExternalReference)]
pub struct ReferenceBody {
    /// Identifier of the callback request or the project.
    #[schema(max_length = 40, pattern = "^[a-z]{2,4}_[0-9a-z]{26}$")]
    pub subject: String,
    /// Short name of the other system.
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9][a-z0-9._-]*$", example = "salesforce")]
    pub system: String,
    /// Identifier of the record in the other system.
    #[schema(min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$", example = "00Q5g00000ABCDE")]
    pub external_id: String,
    /// Link to the record in the other system, for people; null if none was sent.
    #[schema(required, format = "uri", max_length = 2000, pattern = "^https?://[!-~]+$")]
    pub url: Option<String>,
    /// Status of the record in the other system, as that system names it; null if none was sent.
    #[schema(required, min_length = 1, max_length = 100, pattern = r"^[^\x00-\x1f]+$", example = "Working")]
    pub status: Option<String>,
    /// When the reference was created.
    pub created_at: UtcTime,
    /// When the reference was last changed.
    pub updated_at: UtcTime,
}

impl From<Reference> for ReferenceBody {
    fn from(row: Reference) -> Self {
        let Reference { subject, system, external_id, url, status, version: _, created_at, updated_at } = row;
        Self { subject, system, external_id, url, status, created_at, updated_at }
    }
}

/// The external references of a callback request or a project.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExternalReferenceList {
    /// The references, in alphabetical order of `system`.
    #[schema(max_items = 50)]
    pub data: Vec<ReferenceBody>,
}

/// The ID, link and status of a record in another system.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"external_id": "00Q5g00000ABCDE", "url": "https://example.my.salesforce.com/00Q5g00000ABCDE", "status": "Working"}))]
pub struct NewExternalReference {
    /// Identifier of the record in the other system.
    #[schema(min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    pub external_id: String,
    /// Link to the record in the other system, for people; absent or null for none.
    #[serde(default)]
    #[schema(format = "uri", max_length = 2000, pattern = "^https?://[!-~]+$")]
    pub url: Option<String>,
    /// Status of the record in the other system, as that system names it; absent or null for none.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\x00-\x1f]+$")]
    pub status: Option<String>,
}

impl RequestBody for NewExternalReference {}
