//! Request bodies of responses to approvals.

use serde::Deserialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use crate::collaboration::approvals::ApprovalChoice;
use crate::kernel::http::body::{RequestBody, fault_at};

/// The response of your side to an approval.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = rejection_has_a_reason))]
#[schema(example = json!({
    "response": "approve",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
}))]
pub struct NewApprovalResponse {
    /// Whether your side approves or rejects.
    pub response: ApprovalChoice,
    /// The `sha256` of the approval you have read, in lower-case hexadecimal.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
    /// Why you responded this way. Required if `response` is `reject`; otherwise it can be absent.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub reason: Option<String>,
}

impl RequestBody for NewApprovalResponse {}

fn rejection_has_a_reason(new: &NewApprovalResponse) -> Result<(), ValidationError> {
    match (new.response, &new.reason) {
        (ApprovalChoice::Reject, None) => Err(fault_at("reason", "reason_missing", "violation-reason-missing")),
        _ => Ok(()),
    }
}
