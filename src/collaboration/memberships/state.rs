//! The state of a membership. Responses are stored; transitions caused by time are computed when the state is read.
//!
//! ```text
//! invited -> accepted -> active -> returning -> returned
//!        \\-> declined | withdrawn | expired     ^ | return_blocked
//! ```
//! Rules: an accepted membership is active from `valid_from` on, once the project is active; when `valid_to` is reached
//! or the project is closing, the member is returning until the return is confirmed, which requires a regular position;
//! an invitation expires after 14 days, or when the project is closing. The state is therefore correct even when no
//! scheduler runs.

use crate::collaboration::states::MembershipDecision;
use crate::kernel::time::{Day, UtcTime};

/// Seconds until an invitation without a response expires: 14 days.
pub const INVITATION_SECONDS: i64 = 14 * 24 * 60 * 60;

crate::text_enum! {
    /// State of a membership: `invited` (waiting for the invitee's response); `accepted` (accepted, but the first day
    /// or the activation of the project is still ahead); `active`; `returning` (the membership has ended and the return
    /// is not confirmed); `return_blocked` (as `returning`, but the person has no regular position to return to);
    /// `returned`; `declined`; `withdrawn` (the invitation was withdrawn, or the membership ended before it began);
    /// `expired` (the invitee did not respond in time); `left_organisation` (the person was deactivated).
    pub enum MembershipState {
        Invited,
        Accepted,
        Active,
        Returning,
        ReturnBlocked,
        Returned,
        Declined,
        Withdrawn,
        Expired,
        LeftOrganisation,
    }
}

impl MembershipState {
    /// Returns the operations (`operationId`) that are possible in this state.
    #[must_use]
    pub fn verbs(self) -> &'static [&'static str] {
        match self {
            Self::Invited => &["accept_membership", "decline_membership", "withdraw_membership"],
            Self::Accepted | Self::Active => &["end_membership", "release_member", "update_membership"],
            Self::Returning => &["return_member"],
            _ => &[],
        }
    }

    /// Returns whether the member is away from their regular position.
    #[must_use]
    pub fn is_away(self) -> bool {
        matches!(self, Self::Active | Self::Returning | Self::ReturnBlocked)
    }
}

/// The state of a project, as far as it determines the states of its memberships.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Not activated yet.
    Preparing,
    /// Activated on the day `since`, and active or on hold; a project on hold keeps its members.
    Running { since: Day },
    /// All members return from the day `on`.
    Closing { since: Day, on: Day },
    /// Closed or cancelled on the day `on`; `since` is the day of activation, if it was ever active.
    Ended { since: Option<Day>, on: Day },
}

/// The times that a state is computed from.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// `[valid_from, valid_to)`.
    pub valid: (Day, Day),
    pub expires_at: UtcTime,
}

/// Computes the state at `now`; days are days in UTC. `has_home`: whether the person has a regular position on that
/// day.
#[must_use]
pub fn state(
    decision: MembershipDecision,
    times: Times,
    phase: Phase,
    has_home: bool,
    now: UtcTime,
) -> MembershipState {
    match decision {
        MembershipDecision::Declined => MembershipState::Declined,
        MembershipDecision::Withdrawn => MembershipState::Withdrawn,
        MembershipDecision::Expired => MembershipState::Expired,
        MembershipDecision::Returned => MembershipState::Returned,
        MembershipDecision::LeftOrganisation => MembershipState::LeftOrganisation,
        MembershipDecision::Invited => invitation(times, phase, now),
        MembershipDecision::Accepted => stay(times.valid, phase, has_home, now.day()),
    }
}

fn invitation(times: Times, phase: Phase, now: UtcTime) -> MembershipState {
    let ending = matches!(phase, Phase::Closing { .. } | Phase::Ended { .. });
    if ending || times.expires_at <= now || times.valid.1 <= now.day() {
        MembershipState::Expired
    } else {
        MembershipState::Invited
    }
}

/// Computes the state of an accepted membership. One that ended before it began counts as withdrawn: the person never
/// left their regular position.
#[must_use]
pub fn stay((from, to): (Day, Day), phase: Phase, has_home: bool, today: Day) -> MembershipState {
    let away = if has_home { MembershipState::Returning } else { MembershipState::ReturnBlocked };
    let never_began = |since: Day| to <= from || to <= since;
    match phase {
        _ if to <= from => MembershipState::Withdrawn,
        Phase::Preparing if to <= today => MembershipState::Withdrawn,
        Phase::Preparing => MembershipState::Accepted,
        Phase::Running { since } | Phase::Closing { since, .. } if never_began(since) => MembershipState::Withdrawn,
        Phase::Running { .. } if to <= today => away,
        Phase::Running { .. } if from <= today => MembershipState::Active,
        Phase::Running { .. } => MembershipState::Accepted,
        Phase::Closing { on, .. } if from <= on => away,
        Phase::Closing { .. } => MembershipState::Withdrawn,
        Phase::Ended { since: Some(since), on } if !never_began(since) && from <= on => MembershipState::Returned,
        Phase::Ended { .. } => MembershipState::Withdrawn,
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
            MembershipState::Returning | MembershipState::ReturnBlocked => 2,
            _ => 3,
        }
    }

    fn phase(number: u8, since: i64, on: i64) -> Phase {
        let (since, on) = (at(since).day(), at(on).day());
        match number {
            0 => Phase::Preparing,
            1 => Phase::Running { since },
            2 => Phase::Closing { since, on },
            _ => Phase::Ended { since: Some(since), on },
        }
    }

    proptest! {
        /// Time alone moves a membership only forward, whether or not the person has a regular position.
        #[test]
        fn state_never_moves_backward_in_time(
            from in 0i64..40, length in 0i64..40, expiry in 0i64..40, number in 0u8..4, since in 0i64..40,
            accepted: bool, has_home in prop::collection::vec(any::<bool>(), 100),
        ) {
            let times = Times { valid: (at(from).day(), at(from + length).day()), expires_at: at(expiry) };
            let decision = if accepted { MembershipDecision::Accepted } else { MembershipDecision::Invited };
            // From the day on which the phase began.
            let first = if number == 2 || number == 3 { since + 5 } else { since };
            let ranks: Vec<u8> = (first..100)
                .map(|day| rank(state(decision, times, phase(number, since, since + 5), has_home[day as usize], at(day))))
                .collect();
            prop_assert!(ranks.is_sorted(), "{ranks:?}");
        }

        /// A member of a running project is active on exactly the days of the interval.
        #[test]
        fn active_days_are_the_days_of_the_interval(from in 0i64..40, length in 0i64..40) {
            let times = Times { valid: (at(from).day(), at(from + length).day()), expires_at: at(0) };
            let running = Phase::Running { since: at(0).day() };
            let active = (0..100)
                .filter(|day| state(MembershipDecision::Accepted, times, running, true, at(*day)) == MembershipState::Active)
                .collect::<Vec<_>>();
            // A membership that ended before the project was activated was never active.
            let expected = if from + length > 0 { (from..from + length).collect::<Vec<_>>() } else { vec![] };
            prop_assert_eq!(active, expected);
        }

        /// After a project has ended, no member is away.
        #[test]
        fn no_member_is_away_after_the_project_has_ended(
            from in 0i64..40, length in 0i64..40, since in 0i64..40, today in 50i64..60,
        ) {
            let times = Times { valid: (at(from).day(), at(from + length).day()), expires_at: at(0) };
            for decision in MembershipDecision::ALL.iter().copied() {
                prop_assert!(!state(decision, times, phase(3, since, since + 5), false, at(today)).is_away());
            }
        }
    }

    #[test]
    fn values_are_read_back() {
        for decision in MembershipDecision::ALL.iter().copied() {
            assert_eq!(decision.as_str().parse(), Ok(decision));
        }
        assert!("active".parse::<MembershipDecision>().is_err());
        for state in MembershipState::ALL.iter().copied() {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
    }
}
