//! Request bodies of responses to approvals and draws.

use serde::Deserialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use crate::collaboration::approvals::ApprovalChoice;
use crate::kernel::http::body::{RequestBody, fault_at};
use crate::kernel::ids::{DisputeId, PersonId};

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

crate::text_enum! {
    /// Response of a side to a drawn arbiter: `strike` (another arbiter is drawn) or `waive` (the side waives its
    /// strike).
    pub enum DrawChoice {
        Strike,
        Waive,
    }
}

/// The response of your side to a drawn arbiter.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"response": "waive"}))]
pub struct NewDrawResponse {
    /// Whether your side strikes the arbiter or waives its strike. Each side can strike once for a question.
    pub response: DrawChoice,
}

impl RequestBody for NewDrawResponse {}

/// An arbiter to propose to all sides.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"subject": DisputeId::demo(5), "person_id": PersonId::demo(13)}))]
pub struct NewArbiter {
    /// Identifier of the deadlocked decision or open dispute.
    #[schema(max_length = 40, pattern = "^[a-z]{2,4}_[0-9a-z]{26}$")]
    pub subject: String,
    /// The person to propose. They must be neutral.
    pub person_id: PersonId,
}

impl RequestBody for NewArbiter {}

fn rejection_has_a_reason(new: &NewApprovalResponse) -> Result<(), ValidationError> {
    match (new.response, &new.reason) {
        (ApprovalChoice::Reject, None) => Err(fault_at("reason", "reason_missing", "violation-reason-missing")),
        _ => Ok(()),
    }
}
