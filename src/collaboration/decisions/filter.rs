//! Filters for lists of decisions.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::collaboration::states::DecisionState;
use crate::kernel::ids::DepartmentId;

/// Filters for decisions.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DecisionQuery {
    /// Return only decisions that are currently in this state.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub state: Option<DecisionState>,
    /// Return only decisions that this side raised.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub department_id: Option<DepartmentId>,
}
