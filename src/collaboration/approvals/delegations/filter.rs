//! Which delegations of a project a list shows.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::kernel::time::Day;

/// Which delegations.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DelegationQuery {
    /// Only those in force on this day.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub as_of: Option<Day>,
}
