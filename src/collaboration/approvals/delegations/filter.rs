//! Filters for listing the delegations of a project.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::kernel::time::Day;

/// Filters for delegations.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DelegationQuery {
    /// Return only delegations that are in force on this day.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub as_of: Option<Day>,
}
