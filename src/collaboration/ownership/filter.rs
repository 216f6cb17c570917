//! Which assignments a list shows.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::responsibility::Responsibility;
use crate::kernel::time::{Day, UtcTime};

/// Which assignments.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AssignmentQuery {
    /// Only this responsibility.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub responsibility: Option<Responsibility>,
    /// Only those in force on this day.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub as_of: Option<Day>,
    /// As it was recorded at this instant, before later changes and corrections.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub known_at: Option<UtcTime>,
}
