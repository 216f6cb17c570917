//! Filters for lists of disputes.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::collaboration::states::DisputeState;

/// Filters for disputes.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DisputeQuery {
    /// Return only disputes in this state.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub state: Option<DisputeState>,
}
