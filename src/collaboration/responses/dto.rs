//! Responses to approvals in requests.

use serde::Deserialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use crate::collaboration::approvals::ConsentAnswer;
use crate::kernel::http::body::{RequestBody, fault_at};

/// Your side's answer. Copy the hash from the consent that you have read.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = disagreement_has_a_reason))]
#[schema(example = json!({
    "answer": "agree",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
}))]
pub struct NewConsentAnswer {
    pub answer: ConsentAnswer,
    /// `sha256` of the consent: what exactly you have read.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
    /// Required when you disagree.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub reason: Option<String>,
}

impl RequestBody for NewConsentAnswer {}

fn disagreement_has_a_reason(new: &NewConsentAnswer) -> Result<(), ValidationError> {
    match (new.answer, &new.reason) {
        (ConsentAnswer::Disagree, None) => Err(fault_at(
            "reason",
            "reason_missing",
            "Say why, so that the others know what would help.",
            "Uveďte důvod, aby ostatní věděli, co by pomohlo.",
        )),
        _ => Ok(()),
    }
}
