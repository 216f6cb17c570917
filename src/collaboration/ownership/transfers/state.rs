//! Where an offer stands: what was answered is stored, that it was not answered in time is computed.

use crate::kernel::time::UtcTime;

crate::text_enum! {
    /// `offered`; `accepted` while all sides are asked; `completed`. Or `rejected` by the incoming
    /// person, `refused` by a side, `withdrawn`, `expired`, `lapsed` with the project.
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
}

impl TransferState {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_the_same_in_the_api_and_in_the_database() {
        for state in TransferState::ALL.iter().copied() {
            assert_eq!(state.as_str().parse(), Ok(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
    }

    #[test]
    fn only_what_is_offered_expires() {
        let (due, later) = (UtcTime::from_unix_micros(1), UtcTime::from_unix_micros(2));
        for state in TransferState::ALL.iter().copied() {
            let expired = state == TransferState::Offered;
            assert_eq!(state.at(due, later) == TransferState::Expired, expired || state == TransferState::Expired);
            assert_eq!(state.at(later, due), state);
        }
    }
}
