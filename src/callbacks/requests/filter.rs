//! The filters of the list of requests and of its export.

use super::enums::{CallbackIntent, CallbackState, PromiseStatus};
use crate::kernel::ids::AgentId;
use crate::kernel::time::UtcTime;

/// Selects requests. Empty fields do not restrict the selection.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub states: Vec<CallbackState>,
    pub intent: Option<CallbackIntent>,
    pub agent_id: Option<AgentId>,
    /// Only requests with the flag `closed_day`.
    pub closed_day: bool,
    /// Only requests with the flag `same_number`.
    pub same_number: bool,
    pub promise: Option<PromiseStatus>,
    /// Only requests that were created in `[created_from, created_to)`.
    pub created_from: Option<UtcTime>,
    pub created_to: Option<UtcTime>,
}

impl Filter {
    /// Whether `created_to` is after `created_from`.
    pub fn has_valid_period(&self) -> bool {
        self.created_from.zip(self.created_to).is_none_or(|(from, to)| from < to)
    }
}
