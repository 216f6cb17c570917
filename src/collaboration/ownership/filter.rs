//! Filters for lists of assignments.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::responsibility::Responsibility;
use crate::kernel::time::{Day, UtcTime};

/// Filters for assignments.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AssignmentQuery {
    /// Return only assignments of this responsibility.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub responsibility: Option<Responsibility>,
    /// Return only assignments that include this day.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub as_of: Option<Day>,
    /// Return the assignments as they were recorded at this time, without later changes and corrections. Must not be in
    /// the future. If absent, the current versions are returned.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub known_at: Option<UtcTime>,
}
