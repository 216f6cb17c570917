//! The states of a request, as pure functions.
//!
//! - `scheduled | queued_asap -> assigned -> completed | unreachable | retry_scheduled`, and
//!   `retry_scheduled -> assigned`. Open requests can be cancelled, rescheduled or rerouted.
//! - An open request whose promised time has passed without an attempt is `missed` and is first in the queue.
//! - A `quarantined` request is not open: it is not called until it is released.
//! - A promise is kept if the first attempt starts inside `[from, by)`. The original promise counts, unless the
//!   visitor moved the call.

use super::enums::{CallOutcome, CallbackState, PromiseStatus};
use crate::kernel::time::UtcTime;

/// Number of attempts after which a visitor is unreachable.
pub const MAX_ATTEMPTS: i32 = 3;
/// Minimum time between two attempts, in seconds.
pub const RETRY_AFTER: i64 = 3_600;

impl CallbackState {
    /// Whether the request is open: an agent will call the visitor.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Scheduled | Self::QueuedAsap | Self::Assigned | Self::RetryScheduled | Self::Missed)
    }

    /// Returns the operations that this state allows.
    pub fn allowed(self) -> &'static [&'static str] {
        match self {
            Self::Assigned => &[
                "create_call_attempt",
                "assign_callback_request",
                "unassign_callback_request",
                "reschedule_callback_request",
                "reroute_callback_request",
                "cancel_callback_request",
            ],
            Self::Quarantined => &["release_callback_request", "cancel_callback_request"],
            _ if self.is_open() => &[
                "claim_callback_request",
                "assign_callback_request",
                "reschedule_callback_request",
                "reroute_callback_request",
                "cancel_callback_request",
            ],
            _ => &[],
        }
    }
}

/// Returns the state after attempt `number` (starting at 1) with this outcome.
pub fn after_attempt(outcome: CallOutcome, number: i32) -> CallbackState {
    match outcome {
        CallOutcome::Reached => CallbackState::Completed,
        CallOutcome::WrongNumber => CallbackState::Unreachable,
        CallOutcome::NoAnswer | CallOutcome::Busy | CallOutcome::Voicemail if number >= MAX_ATTEMPTS => {
            CallbackState::Unreachable
        }
        CallOutcome::NoAnswer | CallOutcome::Busy | CallOutcome::Voicemail => CallbackState::RetryScheduled,
    }
}

/// Returns whether a promise `[from, by)` was kept by a first attempt at `first`. Without `from`, any attempt before
/// `by` keeps it.
pub fn judged(from: Option<UtcTime>, by: UtcTime, first: UtcTime) -> PromiseStatus {
    if from.is_none_or(|from| from <= first) && first < by { PromiseStatus::Kept } else { PromiseStatus::Broken }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OUTCOMES: [CallOutcome; 5] = [
        CallOutcome::Reached,
        CallOutcome::NoAnswer,
        CallOutcome::Busy,
        CallOutcome::Voicemail,
        CallOutcome::WrongNumber,
    ];

    #[test]
    fn a_promise_is_half_open() {
        let at = |seconds: i64| UtcTime::from_unix_micros(seconds * 1_000_000);
        for (from, first, expected) in [
            (Some(100), 99, PromiseStatus::Broken),
            (Some(100), 100, PromiseStatus::Kept),
            (Some(100), 199, PromiseStatus::Kept),
            (Some(100), 200, PromiseStatus::Broken),
            (None, 0, PromiseStatus::Kept),
            (None, 200, PromiseStatus::Broken),
        ] {
            assert_eq!(judged(from.map(at), at(200), at(first)), expected, "{from:?} {first}");
        }
    }

    proptest! {
        #[test]
        fn calling_ends_with_the_first_final_outcome_or_the_third_attempt(
            outcomes in proptest::collection::vec(proptest::sample::select(&OUTCOMES[..]), 3)
        ) {
            let is_final = |outcome: &&CallOutcome| matches!(outcome, CallOutcome::Reached | CallOutcome::WrongNumber);
            let expected = match outcomes.iter().find(is_final) {
                Some(CallOutcome::Reached) => CallbackState::Completed,
                _ => CallbackState::Unreachable,
            };
            let last = (1..).zip(&outcomes).map(|(n, o)| after_attempt(*o, n)).find(|state| !state.is_open());
            prop_assert_eq!(last, Some(expected));
        }
    }
}
