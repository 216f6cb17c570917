//! Filters for listing the approvals of a project.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::state::{ApprovalKind, ApprovalState};

/// Filters for approvals.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ApprovalQuery {
    /// Return only approvals in this state. Repeat the parameter to include several states.
    #[serde(default)]
    #[schema(nullable = false, max_items = 5)]
    #[param(nullable = false, max_items = 5)]
    pub state: Option<Vec<ApprovalState>>,
    /// Return only approvals of this kind. Repeat the parameter to include several kinds.
    #[serde(default)]
    #[schema(nullable = false, max_items = 7)]
    #[param(nullable = false, max_items = 7)]
    pub kind: Option<Vec<ApprovalKind>>,
}
