//! Which decisions of a project a list shows.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::collaboration::states::DecisionState;
use crate::kernel::ids::DepartmentId;

/// Which decisions.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DecisionQuery {
    /// Only those in this state now.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub state: Option<DecisionState>,
    /// Only those that this side raised.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub department_id: Option<DepartmentId>,
}
