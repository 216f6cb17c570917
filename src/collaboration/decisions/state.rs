//! Where a question stands: what was said is stored, that nobody answered in time is computed.

use crate::collaboration::states::DecisionState;
use crate::kernel::time::UtcTime;

impl DecisionState {
    /// The verbs that are possible in this state.
    #[must_use]
    pub fn verbs(self) -> &'static [&'static str] {
        match self {
            Self::Open => &["withdraw"],
            Self::Deadlocked => &["escalate", "withdraw"],
            Self::Escalated => &["decide", "withdraw"],
            Self::Decided | Self::Withdrawn => &[],
        }
    }

    /// The state at `now` of a question that is to be answered before `due_at`.
    #[must_use]
    pub fn at(self, due_at: UtcTime, now: UtcTime) -> Self {
        if self == Self::Open && due_at <= now { Self::Deadlocked } else { self }
    }
}

crate::text_enum! {
    /// What was decided.
    pub enum DecisionOutcome {
        Agreed,
        Rejected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_the_same_in_the_api_and_in_the_database() {
        for state in DecisionState::ALL.iter().copied() {
            assert_eq!(state.as_str().parse(), Ok(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
        assert_eq!("agreed".parse(), Ok(DecisionOutcome::Agreed));
    }
}
