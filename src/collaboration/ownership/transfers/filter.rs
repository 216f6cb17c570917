//! Which transfers of a project a list shows.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::kernel::ids::AreaId;

/// Which transfers.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TransferQuery {
    /// Only those of this area.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub area_id: Option<AreaId>,
}
