//! What becomes of the requests that visitors submit, for the metrics.

use super::enums::CallbackState;
use crate::kernel::error::{Code, Error};

crate::text_enum! {
    /// What becomes of a submitted request:
    ///
    /// - `accepted`: an agent will call the visitor.
    /// - `quarantined`: the request may be abuse, and waits for an agent to release it.
    /// - `refused_network`: too many requests arrive from the network.
    /// - `refused_overall`: too many requests arrive from all networks together.
    /// - `refused_number`: the network already has two open requests for the phone number.
    /// - `refused_slot`: the slot has no capacity left.
    /// - `refused_invalid`: the number, the time, the notice or the proof of work is not valid.
    pub enum IntakeOutcome {
        Accepted,
        Quarantined,
        RefusedNetwork,
        RefusedOverall,
        RefusedNumber,
        RefusedSlot,
        RefusedInvalid,
    }
}

impl IntakeOutcome {
    /// Returns the outcome of a request that was stored in this state.
    pub fn of_state(state: CallbackState) -> Self {
        if state == CallbackState::Quarantined { Self::Quarantined } else { Self::Accepted }
    }

    /// Returns the outcome of a request that was refused with this error; `None` for replays, refused credentials and
    /// faults, which say nothing about the request.
    pub fn of_refusal(error: &Error) -> Option<Self> {
        let Error::Problem(problem) = error else { return None };
        match problem.code {
            Code::TooManyForNumber => Some(Self::RefusedNumber),
            Code::SlotFull => Some(Self::RefusedSlot),
            Code::ValidationFailed => Some(Self::RefusedInvalid),
            _ => None,
        }
    }

    /// Counts an outcome that no transaction has to commit.
    pub fn count(self) {
        metrics::counter!("entente_callback_intake_total", "outcome" => self.as_str()).increment(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_requests_are_accepted_or_quarantined() {
        for state in CallbackState::ALL.iter().copied() {
            let expected = if state == CallbackState::Quarantined { "quarantined" } else { "accepted" };
            assert_eq!(IntakeOutcome::of_state(state).as_str(), expected);
        }
    }

    #[test]
    fn faults_are_no_refusals() {
        for (error, expected) in [
            (Error::from(Code::TooManyForNumber), Some(IntakeOutcome::RefusedNumber)),
            (Error::from(Code::SlotFull), Some(IntakeOutcome::RefusedSlot)),
            (Error::from(Code::ValidationFailed), Some(IntakeOutcome::RefusedInvalid)),
            (Error::from(Code::Unavailable), None),
            (Error::from(Code::Unauthenticated), None),
            (Error::internal("a fault"), None),
        ] {
            assert_eq!(IntakeOutcome::of_refusal(&error), expected, "{error:?}");
        }
    }
}
