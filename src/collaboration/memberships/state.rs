//! The state of a membership: what was answered is stored, what time brings is computed.
//!
//! ```text
//! invited -> accepted -> active -> returning -> returned
//!        \\-> declined | withdrawn | expired     ^ | return_blocked
//! ```
//! Rules: an accepted membership is active from `valid_from` on, once the project runs; when
//! `valid_to` is reached, or the project closes, the member is returning until the return is
//! confirmed, which needs a home position to return to; an invitation lapses after 14 days, or when
//! the project goes home. Nothing has to run for a state to be right.

use crate::collaboration::states::MembershipDecision;
use crate::kernel::time::{Day, UtcTime};

/// Seconds until an unanswered invitation lapses: 14 days.
pub const INVITATION_SECONDS: i64 = 14 * 24 * 60 * 60;

crate::text_enum! {
    /// Where a membership stands now. `invited`; `accepted` (role and dates are agreed, the first day
    /// is still to come); `active`; `returning` (the last day is over), or `return_blocked` when there
    /// is no home position to return to; `returned`. Or `declined`, `withdrawn`, `expired`,
    /// `left_organisation`.
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
    /// The verbs that are possible in this state.
    #[must_use]
    pub fn verbs(self) -> &'static [&'static str] {
        match self {
            Self::Invited => &["accept", "decline", "withdraw"],
            Self::Accepted | Self::Active => &["end", "release"],
            Self::Returning => &["return"],
            _ => &[],
        }
    }

    /// Whether the member is home, or never left it.
    #[must_use]
    pub fn is_home(self) -> bool {
        !matches!(self, Self::Active | Self::Returning | Self::ReturnBlocked)
    }
}

/// Where the project stands, as far as its members are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Not activated yet.
    Preparing,
    /// Activated on a day and not over; a project on hold keeps its members.
    Running { since: Day },
    /// Everybody goes home from a day on.
    Closing { since: Day, on: Day },
    /// Closed or cancelled on a day; `since` when it has ever run.
    Over { since: Option<Day>, on: Day },
}

/// What a state is computed from.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// First day, and the first day after the last.
    pub valid: (Day, Day),
    pub expires_at: UtcTime,
}

/// The state at `now`; days are days in UTC. `has_home`: whether the person has a home position on
/// that day.
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
    let going_home = matches!(phase, Phase::Closing { .. } | Phase::Over { .. });
    if going_home || times.expires_at <= now || times.valid.1 <= now.day() {
        MembershipState::Expired
    } else {
        MembershipState::Invited
    }
}

/// An accepted membership. One that was over before it could begin took nobody from home.
fn stay((from, to): (Day, Day), phase: Phase, has_home: bool, today: Day) -> MembershipState {
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
        Phase::Over { since: Some(since), on } if !never_began(since) && from <= on => MembershipState::Returned,
        Phase::Over { .. } => MembershipState::Withdrawn,
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
            _ => Phase::Over { since: Some(since), on },
        }
    }

    proptest! {
        /// Time alone only moves a membership forward, whatever the home position does.
        #[test]
        fn time_never_turns_back(
            from in 0i64..40, length in 0i64..40, expiry in 0i64..40, number in 0u8..4, since in 0i64..40,
            accepted: bool, homes in prop::collection::vec(any::<bool>(), 100),
        ) {
            let times = Times { valid: (at(from).day(), at(from + length).day()), expires_at: at(expiry) };
            let decision = if accepted { MembershipDecision::Accepted } else { MembershipDecision::Invited };
            // From the day on which the phase began.
            let first = if number == 2 || number == 3 { since + 5 } else { since };
            let ranks: Vec<u8> = (first..100)
                .map(|day| rank(state(decision, times, phase(number, since, since + 5), homes[day as usize], at(day))))
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
            // What was over when the project began never took anybody from home.
            let expected = if from + length > 0 { (from..from + length).collect::<Vec<_>>() } else { vec![] };
            prop_assert_eq!(active, expected);
        }

        /// Once a project is over, nobody is away.
        #[test]
        fn at_the_end_everybody_is_home(from in 0i64..40, length in 0i64..40, since in 0i64..40, today in 50i64..60) {
            let times = Times { valid: (at(from).day(), at(from + length).day()), expires_at: at(0) };
            for decision in MembershipDecision::ALL.iter().copied() {
                prop_assert!(state(decision, times, phase(3, since, since + 5), false, at(today)).is_home());
            }
        }
    }

    #[test]
    fn words_are_read_back() {
        for decision in MembershipDecision::ALL.iter().copied() {
            assert_eq!(decision.as_str().parse(), Ok(decision));
        }
        assert!("active".parse::<MembershipDecision>().is_err());
        for state in MembershipState::ALL.iter().copied() {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
    }
}
