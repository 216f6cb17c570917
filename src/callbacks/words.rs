//! The words of callback requests: closed lists, spelt alike in JSON and in both databases.

crate::words! {
    /// Where a callback request stands.
    CallbackState {
        /// A window was promised; nobody has taken it yet.
        Scheduled = "scheduled",
        /// A call as soon as possible was promised; nobody has taken it yet.
        QueuedAsap = "queued_asap",
        /// An agent has it.
        Assigned = "assigned",
        /// Not reached; to be called again.
        RetryScheduled = "retry_scheduled",
        /// The promised time is over and nobody has called; goes before all others.
        Missed = "missed",
        /// Kept back, because it looks like abuse; an agent decides.
        Quarantined = "quarantined",
        /// The visitor was reached.
        Completed = "completed",
        /// Wrong number, or three attempts in vain.
        Unreachable = "unreachable",
        /// By the visitor or an agent.
        Cancelled = "cancelled",
        /// Goes on as another request, with the other intent.
        Rerouted = "rerouted",
    }
}

crate::words! {
    /// What a visitor wants to talk about.
    CallbackIntent {
        Sales = "sales",
        TechnicalSupport = "technical_support",
    }
}

crate::words! {
    /// How an attempt to call ended.
    CallOutcome {
        Reached = "reached",
        NoAnswer = "no_answer",
        Busy = "busy",
        Voicemail = "voicemail",
        WrongNumber = "wrong_number",
    }
}

crate::words! {
    /// Whether the call came when it was promised.
    PromiseStanding {
        /// Not decided yet.
        Pending = "pending",
        /// The first attempt began in time.
        Kept = "kept",
        /// It did not.
        Broken = "broken",
        /// Nobody was owed the call any more: the visitor cancelled, or it was abuse.
        Void = "void",
    }
}

crate::words! {
    /// Why a request is kept back.
    QuarantineReason {
        /// A field that people do not see was filled in.
        Honeypot = "honeypot",
        /// The form was filled in faster than people write.
        TooFast = "too_fast",
        /// The number has as many open requests as it may have.
        NumberLimit = "number_limit",
    }
}

crate::words! {
    /// What a visitor can agree to beyond the call.
    ConsentPurpose {
        Marketing = "marketing",
    }
}

crate::words! {
    /// Why an agent cancels.
    CancelReason {
        /// The visitor asked for it; the promise is void.
        VisitorAsked = "visitor_asked",
        /// It was abuse; the promise is void.
        Abuse = "abuse",
        /// We will not call; the promise is broken, if nobody has called before.
        Other = "other",
    }
}

impl QuarantineReason {
    /// Whether no person seems to have asked.
    #[must_use]
    pub fn is_suspicion(self) -> bool {
        matches!(self, Self::Honeypot | Self::TooFast)
    }
}

impl std::str::FromStr for ConsentPurpose {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::parse(text).ok_or_else(|| "there is no such purpose".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_spelt_alike_in_json_and_in_the_database() {
        for outcome in [CallOutcome::NoAnswer, CallOutcome::WrongNumber] {
            assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.as_str());
            assert_eq!(CallOutcome::parse(outcome.as_str()), Some(outcome));
        }
        for state in [CallbackState::QueuedAsap, CallbackState::RetryScheduled] {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
        assert!(CallbackState::parse("received").is_none());
    }
}
