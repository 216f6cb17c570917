//! Where a question stands: what was said is stored, that nobody answered in time is computed.

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::time::UtcTime;

/// `open`; `decided`; `deadlocked` when the sides differ or one has not answered in time;
/// `escalated` to somebody who decides; `withdrawn`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, AsExpression, FromSqlRow)]
#[serde(rename_all = "snake_case")]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum DecisionState {
    Open,
    Decided,
    Deadlocked,
    Escalated,
    Withdrawn,
}

impl DecisionState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Open, Self::Decided, Self::Deadlocked, Self::Escalated, Self::Withdrawn];

    /// As it stands in the API and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Decided => "decided",
            Self::Deadlocked => "deadlocked",
            Self::Escalated => "escalated",
            Self::Withdrawn => "withdrawn",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }

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

crate::stored_as_text!(DecisionState);

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, AsExpression, FromSqlRow)]
#[serde(rename_all = "snake_case")]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum DecisionOutcome {
    Agreed,
    Rejected,
}

impl DecisionOutcome {
    /// As it stands in the API and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agreed => "agreed",
            Self::Rejected => "rejected",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Agreed, Self::Rejected].into_iter().find(|one| one.as_str() == text)
    }
}

crate::stored_as_text!(DecisionOutcome);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_the_same_in_the_api_and_in_the_database() {
        for state in DecisionState::ALL {
            assert_eq!(DecisionState::parse(state.as_str()), Some(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
        assert_eq!(DecisionOutcome::parse("agreed"), Some(DecisionOutcome::Agreed));
    }
}
