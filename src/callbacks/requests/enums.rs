//! Enumerations of callback requests. Their values are the same in JSON and in both databases.

pub use crate::callbacks::queues::CallbackIntent;

crate::text_enum! {
    /// State of a callback request:
    ///
    /// - `scheduled`: a call in a window is promised; no agent is assigned.
    /// - `queued_asap`: a call as soon as possible is promised; no agent is assigned.
    /// - `assigned`: the request is assigned to an agent.
    /// - `calling`: the agent is calling the visitor.
    /// - `retry_scheduled`: a call did not reach the visitor; another call is due later.
    /// - `missed`: the promised time has passed without a call in opening hours. Missed requests are first in the
    ///   queue.
    /// - `quarantined`: the request may be abuse and is not called until an agent releases it.
    /// - `completed`: the visitor was reached.
    /// - `unreachable`: the number is wrong, or the visitor was not reached after the maximum number of calls.
    /// - `cancelled`: the visitor or an agent cancelled the request, or its personal data was erased.
    /// - `rerouted`: the request continues as another request in another queue.
    pub enum CallbackState {
        Scheduled,
        QueuedAsap,
        Assigned,
        Calling,
        RetryScheduled,
        Missed,
        Quarantined,
        Completed,
        Unreachable,
        Cancelled,
        Rerouted,
    }
}

crate::text_enum! {
    /// Outcome of a call. `reached` completes the request, and `wrong_number` closes it as `unreachable`. After any
    /// other outcome the visitor is called again, up to the maximum number of calls of the queue. The service sets
    /// `abandoned` for a call that was not ended within two hours.
    pub enum CallOutcome {
        Reached,
        NoAnswer,
        Busy,
        Voicemail,
        WrongNumber,
        Abandoned,
    }
}

crate::text_enum! {
    /// Outcome of a call that a caller can report. See `CallOutcome`.
    pub enum ReportedOutcome {
        Reached,
        NoAnswer,
        Busy,
        Voicemail,
        WrongNumber,
    }
}

crate::text_enum! {
    /// Whether the promised call was made on time:
    ///
    /// - `pending`: the outcome is not known yet.
    /// - `kept`: the first call in the opening hours of the queue's calendar started within the promised time.
    /// - `broken`: that call did not start within the promised time, the request was closed without such a call, or an
    ///   agent cancelled the request for the reason `other`.
    /// - `void`: the promise does not count, for example because the visitor cancelled, because it was abuse, or
    ///   because another request continues it.
    pub enum PromiseStatus {
        Pending,
        Kept,
        Broken,
        Void,
    }
}

crate::text_enum! {
    /// Why a request was quarantined:
    ///
    /// - `honeypot`: the hidden field of the form was filled in.
    /// - `too_fast`: the form was submitted sooner than a person can fill it in.
    /// - `number_limit`: the phone number already has two open requests.
    /// - `network_limit`: the visitor's network already has the maximum number of open requests.
    /// - `network_day_share`: the visitor's network already has its share of the capacity of the day.
    /// - `blocked_number`: the owner of the phone number asked not to be called. The request cannot be released.
    pub enum QuarantineReason {
        Honeypot,
        TooFast,
        NumberLimit,
        NetworkLimit,
        NetworkDayShare,
        BlockedNumber,
    }
}

crate::text_enum! {
    /// Purpose of a consent that is not needed for the call itself.
    pub enum ConsentPurpose {
        Marketing,
    }
}

crate::text_enum! {
    /// Why an agent cancels a request:
    ///
    /// - `visitor_asked`: the visitor asked for it. A pending promise becomes void.
    /// - `abuse`: the request was abuse. A pending promise becomes void.
    /// - `other`: the company will not call. A pending promise is broken.
    pub enum CancelReason {
        VisitorAsked,
        Abuse,
        Other,
    }
}

impl QuarantineReason {
    /// Whether a request with this reason has capacity of its slot and a promise that counts, although it is
    /// quarantined: the visitor is not the reason, but what others have requested for the number.
    #[must_use]
    pub fn keeps_capacity(self) -> bool {
        matches!(self, Self::NumberLimit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_the_same_in_json_and_in_the_database() {
        for outcome in [CallOutcome::NoAnswer, CallOutcome::WrongNumber] {
            assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.as_str());
            assert_eq!(outcome.as_str().parse(), Ok(outcome));
        }
        for state in [CallbackState::QueuedAsap, CallbackState::RetryScheduled] {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
        assert!("received".parse::<CallbackState>().is_err());
    }

    #[test]
    fn callers_report_every_outcome_but_that_of_the_service() {
        let reported: Vec<_> = ReportedOutcome::ALL.iter().map(|outcome| outcome.as_str()).collect();
        let all = CallOutcome::ALL.iter().filter(|outcome| **outcome != CallOutcome::Abandoned);
        assert_eq!(reported, all.map(|outcome| outcome.as_str()).collect::<Vec<_>>());
    }
}
