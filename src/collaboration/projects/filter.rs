//! Filters for listing projects.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::state::State;
use crate::kernel::ids::DepartmentId;
use crate::kernel::page::Sort;
use crate::kernel::time::Day;

/// Filters for projects.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProjectQuery {
    /// Return only projects in this state. Repeat the parameter to include several states.
    #[serde(default)]
    #[schema(nullable = false, max_items = 7)]
    #[param(nullable = false, max_items = 7)]
    pub state: Option<Vec<State>>,
    /// Return only projects in which this department is a side.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub department_id: Option<DepartmentId>,
    /// Return only projects with `starts_on` on or before this day and `ends_on` after it.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub as_of: Option<Day>,
    /// Return only projects in which you are a sponsor, delegate, project lead, member or invitee.
    #[serde(default)]
    #[schema(nullable = false, default = false)]
    #[param(nullable = false, default = false)]
    pub mine: Option<bool>,
    /// Sort order: `created_at` returns the oldest first (the default), `-created_at` the newest first.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub sort: Option<Sort>,
}
