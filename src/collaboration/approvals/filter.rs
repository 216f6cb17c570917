//! Which consents of a project a list shows.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::state::{ConsentKind, ConsentState};

/// Which consents.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ConsentQuery {
    /// Only those in these states; repeat for several.
    #[serde(default)]
    #[schema(nullable = false, max_items = 5)]
    #[param(nullable = false, max_items = 5)]
    pub state: Option<Vec<ConsentState>>,
    /// Only those of these kinds; repeat for several.
    #[serde(default)]
    #[schema(nullable = false, max_items = 7)]
    #[param(nullable = false, max_items = 7)]
    pub kind: Option<Vec<ConsentKind>>,
}
