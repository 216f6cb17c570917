//! Filters of the list of requests and of its export.

use super::enums::{CallbackIntent, CallbackState, PromiseStanding};
use crate::kernel::time::UtcTime;

/// Which requests to list; an empty field does not narrow the list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub states: Vec<CallbackState>,
    pub intent: Option<CallbackIntent>,
    pub assigned_to: Option<String>,
    /// Only requests with this flag.
    pub closed_day: bool,
    /// Only requests with this flag.
    pub same_number: bool,
    pub promise: Option<PromiseStanding>,
    /// When the requests were created: `[created_from, created_to)`.
    pub created_from: Option<UtcTime>,
    pub created_to: Option<UtcTime>,
}

impl Filter {
    /// Whether the period of creation ends after it starts.
    pub fn has_valid_period(&self) -> bool {
        self.created_from.zip(self.created_to).is_none_or(|(from, to)| from < to)
    }
}
