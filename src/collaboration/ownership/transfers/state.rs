//! The state of a transfer. Responses are stored; the expiry of an offer is computed when the state is read.

use crate::kernel::time::UtcTime;

crate::text_enum! {
    /// State of a transfer: `offered` (waiting for the incoming person); `accepted` (waiting for the approval of all
    /// sides); `completed`; `rejected` (by the incoming person); `not_approved` (not all sides approved); `withdrawn`;
    /// `expired` (the incoming person did not respond in time); `lapsed` (the project is closing or was cancelled, or a
    /// dispute about the area was raised or settled).
    pub enum TransferState {
        Offered,
        Accepted,
        Completed,
        Rejected,
        NotApproved,
        Withdrawn,
        Expired,
        Lapsed,
    }
}

impl TransferState {
    /// Returns the verbs that are possible in this state.
    #[must_use]
    pub fn verbs(self) -> &'static [&'static str] {
        match self {
            Self::Offered => &["accept_transfer", "reject_transfer", "withdraw_transfer"],
            Self::Accepted => &["withdraw_transfer"],
            _ => &[],
        }
    }

    /// Returns the state at `now` of a transfer whose offer expires at `expires_at`.
    #[must_use]
    pub fn at(self, expires_at: UtcTime, now: UtcTime) -> Self {
        if self == Self::Offered && expires_at <= now { Self::Expired } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_the_same_in_the_api_and_in_the_database() {
        for state in TransferState::ALL.iter().copied() {
            assert_eq!(state.as_str().parse(), Ok(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
    }

    #[test]
    fn only_offered_transfers_expire() {
        let (due, later) = (UtcTime::from_unix_micros(1), UtcTime::from_unix_micros(2));
        for state in TransferState::ALL.iter().copied() {
            let expired = state == TransferState::Offered;
            assert_eq!(state.at(due, later) == TransferState::Expired, expired || state == TransferState::Expired);
            assert_eq!(state.at(later, due), state);
        }
    }
}
