//! Where an offer stands: what was answered is stored, that it was not answered in time is computed.

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::time::UtcTime;

/// `offered`; `accepted` while all sides are asked; `completed`. Or `rejected` by the incoming
/// person, `refused` by a side, `withdrawn`, `expired`, `lapsed` with the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, AsExpression, FromSqlRow)]
#[serde(rename_all = "snake_case")]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum TransferState {
    Offered,
    Accepted,
    Completed,
    Rejected,
    Refused,
    Withdrawn,
    Expired,
    Lapsed,
}

impl TransferState {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Offered,
        Self::Accepted,
        Self::Completed,
        Self::Rejected,
        Self::Refused,
        Self::Withdrawn,
        Self::Expired,
        Self::Lapsed,
    ];

    /// As it stands in the API and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Accepted => "accepted",
            Self::Completed => "completed",
            Self::Rejected => "rejected",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
            Self::Lapsed => "lapsed",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }

    /// The verbs that are possible in this state.
    #[must_use]
    pub fn verbs(self) -> &'static [&'static str] {
        match self {
            Self::Offered => &["accept", "reject", "withdraw"],
            Self::Accepted => &["withdraw"],
            _ => &[],
        }
    }

    /// The state at `now` of an offer that can be answered before `expires_at`.
    #[must_use]
    pub fn at(self, expires_at: UtcTime, now: UtcTime) -> Self {
        if self == Self::Offered && expires_at <= now { Self::Expired } else { self }
    }
}

crate::stored_as_text!(TransferState);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_the_same_in_the_api_and_in_the_database() {
        for state in TransferState::ALL {
            assert_eq!(TransferState::parse(state.as_str()), Some(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
    }

    #[test]
    fn only_what_is_offered_expires() {
        let (due, later) = (UtcTime::from_unix_micros(1), UtcTime::from_unix_micros(2));
        for state in TransferState::ALL {
            let expired = state == TransferState::Offered;
            assert_eq!(state.at(due, later) == TransferState::Expired, expired || state == TransferState::Expired);
            assert_eq!(state.at(later, due), state);
        }
    }
}
