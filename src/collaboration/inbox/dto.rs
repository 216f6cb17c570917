//! The inbox in answers.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::kernel::ids::ProjectId;
use crate::kernel::time::UtcTime;

/// What is expected: an answer for your side (`consent`), to an invitation (`invitation`) or to an
/// offer (`transfer`); your decision in place of the sides (`dispute`, `decision`); that you say that
/// you are back home (`return`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = InboxItemKind)]
pub enum ItemKind {
    Consent,
    Invitation,
    Transfer,
    Dispute,
    Decision,
    Return,
}

/// One thing that waits for you.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = InboxItem)]
pub struct Item {
    pub kind: ItemKind,
    /// Id of the consent, membership, transfer, dispute or decision.
    #[schema(max_length = 40, pattern = "^[a-z]{2,4}_[0-9a-z]{26}$")]
    pub id: String,
    pub project_id: ProjectId,
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "One view of the customer")]
    pub project_name: String,
    /// Since when it waits.
    pub since: UtcTime,
    /// When it is too late, if ever.
    #[schema(required)]
    pub due_at: Option<UtcTime>,
}

/// What waits for you.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Inbox {
    /// What is due first comes first, then what waits longest.
    #[schema(max_items = 100)]
    pub data: Vec<Item>,
    /// Whether more waits than is shown.
    pub more: bool,
}

/// How much of the inbox.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InboxQuery {
    /// Items to show.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 100, default = 100)]
    #[param(nullable = false, format = Int32, minimum = 1, maximum = 100, default = 100)]
    pub limit: Option<i64>,
}
