//! The state of a decision. Outcomes are stored; a deadlock caused by an overdue response is computed when the state is
//! read.

use crate::collaboration::states::DecisionState;
use crate::kernel::time::UtcTime;

impl DecisionState {
    /// Returns the verbs that are possible in this state.
    #[must_use]
    pub fn verbs(self) -> &'static [&'static str] {
        match self {
            Self::Open => &["withdraw_decision"],
            Self::Deadlocked => &["escalate_decision", "withdraw_decision"],
            Self::Escalated => &["decide_decision", "withdraw_decision"],
            Self::Decided | Self::Withdrawn => &[],
        }
    }

    /// Returns the state at `now` of a decision that is due at `due_at`.
    #[must_use]
    pub fn at(self, due_at: UtcTime, now: UtcTime) -> Self {
        if self == Self::Open && due_at <= now { Self::Deadlocked } else { self }
    }
}

crate::text_enum! {
    /// Outcome of a decision: `approved` or `rejected`.
    pub enum DecisionOutcome {
        Approved,
        Rejected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_the_same_in_the_api_and_in_the_database() {
        for state in DecisionState::ALL.iter().copied() {
            assert_eq!(state.as_str().parse(), Ok(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
        assert_eq!("approved".parse(), Ok(DecisionOutcome::Approved));
    }
}
