//! Which projects a list shows.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::state::State;
use crate::kernel::ids::DepartmentId;
use crate::kernel::page::Sort;
use crate::kernel::time::Day;

/// Which projects.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProjectQuery {
    /// Only projects in these states; repeat for several.
    #[serde(default)]
    #[schema(nullable = false, max_items = 7)]
    #[param(nullable = false, max_items = 7)]
    pub state: Option<Vec<State>>,
    /// Only projects with this side.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub department_id: Option<DepartmentId>,
    /// Only projects that last on this day, by their charter.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub as_of: Option<Day>,
    /// Only projects where you are sponsor, lead or member.
    #[serde(default)]
    #[schema(nullable = false, default = false)]
    #[param(nullable = false, default = false)]
    pub mine: Option<bool>,
    /// `created_at` for the oldest first, `-created_at` for the newest first.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub sort: Option<Sort>,
}
