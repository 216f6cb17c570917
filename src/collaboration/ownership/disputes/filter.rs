//! Which disputes of a project a list shows.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::collaboration::states::DisputeState;

/// Which disputes.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DisputeQuery {
    /// Only those in this state.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub state: Option<DisputeState>,
}
