//! Enumerations of callback requests, spelt alike in JSON and in both databases.

crate::text_enum! {
    /// Where a callback request stands.
    pub enum CallbackState {
        /// A window was promised; nobody has taken it yet.
        Scheduled,
        /// A call as soon as possible was promised; nobody has taken it yet.
        QueuedAsap,
        /// An agent has it.
        Assigned,
        /// Not reached; to be called again.
        RetryScheduled,
        /// The promised time is over and nobody has called; goes before all others.
        Missed,
        /// Kept back, because it looks like abuse; an agent decides.
        Quarantined,
        /// The visitor was reached.
        Completed,
        /// Wrong number, or three attempts in vain.
        Unreachable,
        /// By the visitor or an agent.
        Cancelled,
        /// Goes on as another request, with the other intent.
        Rerouted,
    }
}

crate::text_enum! {
    /// What a visitor wants to talk about.
    pub enum CallbackIntent {
        Sales,
        TechnicalSupport,
    }
}

crate::text_enum! {
    /// How an attempt to call ended.
    pub enum CallOutcome {
        Reached,
        NoAnswer,
        Busy,
        Voicemail,
        WrongNumber,
    }
}

crate::text_enum! {
    /// Whether the call came when it was promised.
    pub enum PromiseStanding {
        /// Not decided yet.
        Pending,
        /// The first attempt began in time.
        Kept,
        /// It did not.
        Broken,
        /// Nobody was owed the call any more: the visitor cancelled, or it was abuse.
        Void,
    }
}

crate::text_enum! {
    /// Why a request is kept back.
    pub enum QuarantineReason {
        /// A field that people do not see was filled in.
        Honeypot,
        /// The form was filled in faster than people write.
        TooFast,
        /// The number has as many open requests as it may have.
        NumberLimit,
    }
}

crate::text_enum! {
    /// What a visitor can agree to beyond the call.
    pub enum ConsentPurpose {
        Marketing,
    }
}

crate::text_enum! {
    /// Why an agent cancels.
    pub enum CancelReason {
        /// The visitor asked for it; the promise is void.
        VisitorAsked,
        /// It was abuse; the promise is void.
        Abuse,
        /// We will not call; the promise is broken, if nobody has called before.
        Other,
    }
}

impl QuarantineReason {
    /// Whether no person seems to have asked.
    #[must_use]
    pub fn is_suspicion(self) -> bool {
        matches!(self, Self::Honeypot | Self::TooFast)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_spelt_alike_in_json_and_in_the_database() {
        for outcome in [CallOutcome::NoAnswer, CallOutcome::WrongNumber] {
            assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.as_str());
            assert_eq!(outcome.as_str().parse(), Ok(outcome));
        }
        for state in [CallbackState::QueuedAsap, CallbackState::RetryScheduled] {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
        assert!("received".parse::<CallbackState>().is_err());
    }
}
