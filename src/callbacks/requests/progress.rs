//! The life of a request, as pure rules.
//!
//! - `scheduled | queued_asap -> assigned -> completed | unreachable | retry_scheduled`, and
//!   `retry_scheduled -> assigned`. Whatever is open can be cancelled, moved or rerouted.
//! - An open request whose time is over without an attempt is `missed` and goes first.
//! - `quarantined` is not open: no agent calls until it is released.
//! - A promise is kept when the first attempt starts inside `[from, by)`; the first promise counts,
//!   unless the visitor moved the call.

use super::enums::{CallOutcome, CallbackState, PromiseStanding};
use crate::kernel::time::UtcTime;

/// Attempts until a visitor counts as unreachable.
pub const MAX_ATTEMPTS: i32 = 3;
/// Least time between two attempts, in seconds.
pub const RETRY_AFTER: i64 = 3_600;

impl CallbackState {
    /// Whether the visitor is still to be called.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Scheduled | Self::QueuedAsap | Self::Assigned | Self::RetryScheduled | Self::Missed)
    }

    /// The verbs that are possible.
    pub fn allowed(self) -> &'static [&'static str] {
        match self {
            Self::Assigned => &["attempts", "assign", "unassign", "reschedule", "reroute", "cancel"],
            Self::Quarantined => &["release", "cancel"],
            _ if self.is_open() => &["next", "assign", "reschedule", "reroute", "cancel"],
            _ => &[],
        }
    }
}

/// The state after the `number`-th attempt (from 1) ended with `outcome`.
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

/// Whether a promise `[from, by)` was kept by a first attempt at `first`; without `from` it is
/// kept by any attempt before `by`.
pub fn judged(from: Option<UtcTime>, by: UtcTime, first: UtcTime) -> PromiseStanding {
    if from.is_none_or(|from| from <= first) && first < by { PromiseStanding::Kept } else { PromiseStanding::Broken }
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
            (Some(100), 99, PromiseStanding::Broken),
            (Some(100), 100, PromiseStanding::Kept),
            (Some(100), 199, PromiseStanding::Kept),
            (Some(100), 200, PromiseStanding::Broken),
            (None, 0, PromiseStanding::Kept),
            (None, 200, PromiseStanding::Broken),
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
