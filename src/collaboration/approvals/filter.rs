//! Query parameters for listing the approvals of a project.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::state::{ApprovalKind, ApprovalState};
use crate::directory::expand::Expansion;

/// Query parameters for listing approvals.
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
    #[schema(nullable = false, max_items = 10)]
    #[param(nullable = false, max_items = 10)]
    pub kind: Option<Vec<ApprovalKind>>,
    /// Objects to add to the response in `included`: the `people`, the `departments`, or both, whose identifiers are in
    /// the response. Separate values with a comma, or repeat the parameter.
    #[serde(default)]
    #[schema(nullable = false, max_items = 10)]
    #[param(nullable = false, max_items = 10, example = json!(["people"]))]
    pub expand: Option<Vec<Expansion>>,
}
