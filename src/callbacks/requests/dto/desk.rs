//! What agents send.

use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::callbacks::requests::enums::CancelReason;
use crate::kernel::http::body::RequestBody;

/// Who is to have the request.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct AssignCallbackRequest {
    /// `sub` of an agent on the roster; you when absent.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    pub agent: Option<String>,
}

impl RequestBody for AssignCallbackRequest {
    const OPTIONAL: bool = true;
}

/// Why the request belongs to the others.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Has a contract, and a fault."}))]
pub struct RerouteCallbackRequest {
    /// For the audit trail; write nothing about the person.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 500, pattern = r"^[^\x00-\x1f]+$")]
    pub reason: Option<String>,
}

impl RequestBody for RerouteCallbackRequest {
    const OPTIONAL: bool = true;
}

/// Why a request is cancelled.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct CancelCallbackRequest {
    /// For agents: `visitor_asked` and `abuse` make the promise void, `other` (the default) breaks
    /// it. What visitors cancel themselves is always void.
    #[serde(default)]
    #[schema(nullable = false)]
    pub reason: Option<CancelReason>,
}

impl RequestBody for CancelCallbackRequest {
    const OPTIONAL: bool = true;
}
