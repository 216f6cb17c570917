//! The states of a request, as pure functions.
//!
//! - `scheduled | queued_asap -> assigned -> calling -> completed | unreachable | retry_scheduled`, and
//!   `retry_scheduled -> assigned`. Open requests can be cancelled, rescheduled or rerouted, but not during a call.
//! - An open request whose promised time has passed without a call is `missed` and is first in the queue.
//! - A `quarantined` request is not open: it is not called until it is released.
//! - A promise is kept if the first call in opening hours starts inside `[from, by)`. If calls at other times counted,
//!   a call in the night would keep every promise of the next morning. The original promise counts, unless the visitor
//!   moved the call.

use super::enums::{CallOutcome, CallbackState, PromiseStatus};
use super::rows::CallbackRequest;
use crate::kernel::ids::AgentId;
use crate::kernel::time::UtcTime;

/// A call that is not ended within this time is abandoned, in seconds.
pub const MAX_CALL: i64 = 2 * 3_600;

impl CallbackState {
    /// Whether the request is open: an agent will call the visitor.
    pub fn is_open(self) -> bool {
        matches!(
            self,
            Self::Scheduled | Self::QueuedAsap | Self::Assigned | Self::Calling | Self::RetryScheduled | Self::Missed
        )
    }

    /// Returns the operations that this state allows.
    pub fn allowed(self) -> &'static [&'static str] {
        match self {
            Self::Assigned => &[
                "create_call",
                "assign_callback_request",
                "unassign_callback_request",
                "reschedule_callback_request",
                "reroute_callback_request",
                "cancel_callback_request",
            ],
            Self::Calling => &["end_call"],
            Self::Quarantined => &["release_callback_request", "cancel_callback_request"],
            _ if self.is_open() => &[
                "claim_callback_request",
                "create_call",
                "assign_callback_request",
                "reschedule_callback_request",
                "reroute_callback_request",
                "cancel_callback_request",
            ],
            _ => &[],
        }
    }
}

/// Returns the state after call `number` (starting at 1) with this outcome, if a visitor is called at most `most`
/// times.
pub fn after_call(outcome: CallOutcome, number: i32, most: i32) -> CallbackState {
    match outcome {
        CallOutcome::Reached => CallbackState::Completed,
        CallOutcome::WrongNumber => CallbackState::Unreachable,
        CallOutcome::NoAnswer | CallOutcome::Busy | CallOutcome::Voicemail | CallOutcome::Abandoned => {
            if number >= most { CallbackState::Unreachable } else { CallbackState::RetryScheduled }
        }
    }
}

/// Returns whether a promise `[from, by)` was kept by a first call that started at `first`. Without `from`, any call
/// before `by` keeps it.
pub fn judged(from: Option<UtcTime>, by: UtcTime, first: UtcTime) -> PromiseStatus {
    if from.is_none_or(|from| from <= first) && first < by { PromiseStatus::Kept } else { PromiseStatus::Broken }
}

/// Whether the desk has moved a call to a time at which it no longer keeps the original promise. It is broken at once,
/// so that it does not depend on who has the request later; a call in the original time corrects it.
pub fn is_moved_too_late(request: &CallbackRequest) -> bool {
    request.promise == PromiseStatus::Pending
        && request.linked_to.is_none()
        && request.promised_from.is_some_and(|from| from >= request.first_promised_by)
}

/// Returns the agent who is answerable for a promise that ended at `by` without a call: the one who had the request
/// then, but not one who got it afterwards. `agent` is who has it now, since `since`.
pub fn holder_at_end(agent: Option<AgentId>, since: Option<UtcTime>, by: UtcTime) -> Option<AgentId> {
    agent.filter(|_| since.is_some_and(|since| since < by))
}

/// Whether two calls to the same visitor have any time in common, or start at the same time. The end of a call that is
/// running is `None`.
pub fn overlap(one: (UtcTime, Option<UtcTime>), other: (UtcTime, Option<UtcTime>)) -> bool {
    let ends_after = |call: (UtcTime, Option<UtcTime>), start| call.1.is_none_or(|end| end > start);
    one.0 == other.0 || (ends_after(one, other.0) && ends_after(other, one.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OUTCOMES: [CallOutcome; 6] = [
        CallOutcome::Reached,
        CallOutcome::NoAnswer,
        CallOutcome::Busy,
        CallOutcome::Voicemail,
        CallOutcome::WrongNumber,
        CallOutcome::Abandoned,
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

    #[test]
    fn who_gets_a_request_after_its_promise_has_ended_is_not_answerable() {
        let at = UtcTime::from_unix_micros;
        let agent = Some(AgentId::demo(1));
        assert_eq!(holder_at_end(agent, Some(at(99)), at(100)), agent);
        assert_eq!(holder_at_end(agent, Some(at(100)), at(100)), None);
        assert_eq!(holder_at_end(None, Some(at(99)), at(100)), None);
    }

    #[test]
    fn calls_overlap_if_they_have_time_in_common() {
        let call = |from: i64, to: i64| (UtcTime::from_unix_micros(from), Some(UtcTime::from_unix_micros(to)));
        for (one, other, expected) in [
            (call(10, 20), call(10, 20), true),
            (call(10, 20), call(19, 30), true),
            (call(10, 20), call(20, 30), false),
            (call(10, 20), call(12, 15), true),
            (call(10, 20), call(15, 15), true),
            (call(10, 10), call(10, 10), true),
            ((UtcTime::from_unix_micros(10), None), call(30, 40), true),
        ] {
            assert_eq!((overlap(one, other), overlap(other, one)), (expected, expected), "{one:?} {other:?}");
        }
    }

    proptest! {
        #[test]
        fn calling_ends_with_the_first_final_outcome_or_the_last_call(
            outcomes in proptest::collection::vec(proptest::sample::select(&OUTCOMES[..]), 1..6)
        ) {
            let most = i32::try_from(outcomes.len()).unwrap();
            let is_final = |outcome: &&CallOutcome| matches!(outcome, CallOutcome::Reached | CallOutcome::WrongNumber);
            let expected = match outcomes.iter().find(is_final) {
                Some(CallOutcome::Reached) => CallbackState::Completed,
                _ => CallbackState::Unreachable,
            };
            let last = (1..).zip(&outcomes).map(|(n, o)| after_call(*o, n, most)).find(|state| !state.is_open());
            prop_assert_eq!(last, Some(expected));
        }
    }
}
