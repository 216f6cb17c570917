//! The state of a membership: what was answered is stored, what time brings is computed.
//!
//! ```text
//! invited -> accepted -> active -> ended
//!        \-> declined | withdrawn | expired
//! ```
//! Rules: an accepted membership is active from `valid_from` on, once the project runs; it has
//! ended when `valid_to` is reached, or with the project; an invitation lapses after 14 days, or
//! with the project. Nothing has to run for a state to be right.

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::time::{Day, UtcTime};

/// Seconds until an unanswered invitation lapses: 14 days.
pub const INVITATION_SECONDS: i64 = 14 * 24 * 60 * 60;

/// What was decided about a membership, as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Decision {
    Invited,
    Accepted,
    Declined,
    Withdrawn,
    Expired,
}

impl Decision {
    const ALL: [Self; 5] = [Self::Invited, Self::Accepted, Self::Declined, Self::Withdrawn, Self::Expired];

    /// As it stands in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

crate::stored_as_text!(Decision);

/// Where a membership stands now. `invited`, `accepted` (role and dates are agreed, the first day
/// is still to come), `active`, `ended`; or `declined`, `withdrawn`, `expired`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MembershipState {
    Invited,
    Accepted,
    Active,
    Ended,
    Declined,
    Withdrawn,
    Expired,
}

impl MembershipState {
    /// As it stands in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Accepted => "accepted",
            Self::Active => "active",
            Self::Ended => "ended",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
        }
    }

    /// The verbs that are possible in this state.
    #[must_use]
    pub fn verbs(self) -> &'static [&'static str] {
        match self {
            Self::Invited => &["accept", "decline", "withdraw"],
            Self::Accepted | Self::Active => &["end"],
            Self::Ended | Self::Declined | Self::Withdrawn | Self::Expired => &[],
        }
    }
}

/// Where the project stands, as far as its members are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Not activated yet.
    Preparing,
    /// Activated and not over; a project on hold keeps its members.
    Running,
    /// Closed or cancelled.
    Over,
}

/// What a state is computed from.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// First day, and the first day after the last.
    pub valid: (Day, Day),
    pub expires_at: UtcTime,
}

/// The state at `now`; days are days in UTC.
#[must_use]
pub fn state(decision: Decision, times: Times, phase: Phase, now: UtcTime) -> MembershipState {
    let (from, to) = times.valid;
    let today = now.day();
    match decision {
        Decision::Declined => MembershipState::Declined,
        Decision::Withdrawn => MembershipState::Withdrawn,
        Decision::Expired => MembershipState::Expired,
        Decision::Invited if phase == Phase::Over || times.expires_at <= now || to <= today => MembershipState::Expired,
        Decision::Invited => MembershipState::Invited,
        // An empty interval was ended before its first day.
        Decision::Accepted if phase == Phase::Over || to <= today || to <= from => MembershipState::Ended,
        Decision::Accepted if phase == Phase::Running && from <= today => MembershipState::Active,
        Decision::Accepted => MembershipState::Accepted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DAY: i64 = 24 * 60 * 60;

    fn at(day: i64) -> UtcTime {
        "2027-01-01T12:00:00Z".parse::<UtcTime>().unwrap().plus_seconds(day * DAY)
    }

    fn rank(state: MembershipState) -> u8 {
        match state {
            MembershipState::Invited | MembershipState::Accepted => 0,
            MembershipState::Active => 1,
            _ => 2,
        }
    }

    proptest! {
        /// Time alone only moves a membership forward, and a state once over stays over.
        #[test]
        fn time_never_turns_back(
            from in 0i64..40, length in 0i64..40, expiry in 0i64..40, running: bool, accepted: bool,
        ) {
            let times = Times { valid: (at(from).day(), at(from + length).day()), expires_at: at(expiry) };
            let phase = if running { Phase::Running } else { Phase::Preparing };
            let decision = if accepted { Decision::Accepted } else { Decision::Invited };
            let ranks: Vec<u8> = (0..100).map(|day| rank(state(decision, times, phase, at(day)))).collect();
            prop_assert!(ranks.is_sorted());
            prop_assert_eq!(*ranks.last().unwrap(), 2);
        }

        /// A member is active on exactly the days of the interval.
        #[test]
        fn active_days_are_the_days_of_the_interval(from in 0i64..40, length in 0i64..40) {
            let times = Times { valid: (at(from).day(), at(from + length).day()), expires_at: at(0) };
            let active = (0..100)
                .filter(|day| state(Decision::Accepted, times, Phase::Running, at(*day)) == MembershipState::Active)
                .collect::<Vec<_>>();
            prop_assert_eq!(active, (from..from + length).collect::<Vec<_>>());
        }
    }

    #[test]
    fn words_are_read_back() {
        for decision in Decision::ALL {
            assert_eq!(Decision::parse(decision.as_str()), Some(decision));
        }
        assert_eq!(Decision::parse("active"), None);
    }
}
