//! Filters for lists of transfers.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::kernel::ids::AreaId;

/// Filters for transfers.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TransferQuery {
    /// Return only transfers of this area.
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub area_id: Option<AreaId>,
}
