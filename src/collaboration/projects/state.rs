//! The states of a project, and which verbs each allows.

use crate::kernel::error::{Error, Problem};

crate::text_enum! {
    /// Where a project stands.
    #[schema(as = ProjectState)]
    pub enum State {
        Draft,
        Proposed,
        Active,
        OnHold,
        Closing,
        Closed,
        Cancelled,
    }
}

crate::text_enum! {
    /// What moves a project, or needs it in certain states.
    pub enum Verb {
        ReviseCharter,
        SeatSponsor,
        VacateSeat,
        Propose,
        Activate,
        Hold,
        Resume,
        Close,
        WriteClosureReport,
        Cancel,
        GrantDelegation,
        Invite,
        /// Ends memberships as well: everything about the team but taking people on.
        ChangeTeam,
        Assign,
        OfferTransfer,
        RaiseDispute,
        RaiseDecision,
    }
}

impl State {
    /// Whether the verb is possible.
    #[must_use]
    pub fn allows(self, verb: Verb) -> bool {
        use State::{Active, Closing, Draft, OnHold, Proposed};
        match verb {
            Verb::Propose => self == Draft,
            Verb::Activate => self == Proposed,
            Verb::Hold => self == Active,
            Verb::Resume => self == OnHold,
            Verb::WriteClosureReport => self == Closing,
            Verb::Close | Verb::OfferTransfer | Verb::RaiseDispute => matches!(self, Active | OnHold),
            Verb::Cancel => matches!(self, Draft | Proposed | OnHold),
            Verb::RaiseDecision => matches!(self, Proposed | Active | OnHold),
            Verb::GrantDelegation => matches!(self, Proposed | Active | OnHold | Closing),
            Verb::ReviseCharter | Verb::Invite => matches!(self, Draft | Proposed | Active | OnHold),
            Verb::SeatSponsor | Verb::VacateSeat | Verb::ChangeTeam | Verb::Assign => {
                matches!(self, Draft | Proposed | Active | OnHold | Closing)
            }
        }
    }

    /// Whether the work has begun and is not over; a project on hold keeps its people and areas.
    #[must_use]
    pub fn is_running(self) -> bool {
        matches!(self, Self::Active | Self::OnHold | Self::Closing)
    }

    /// The same as a result.
    ///
    /// # Errors
    /// 409 `illegal_transition` that names the state and what it allows.
    pub fn require(self, verb: Verb) -> Result<(), Error> {
        if self.allows(verb) {
            return Ok(());
        }
        let allowed: Vec<_> = Verb::ALL.iter().copied().filter(|verb| self.allows(*verb)).map(Verb::as_str).collect();
        Err(Problem::illegal_transition(self.as_str(), verb.as_str(), &allowed).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_ended_stays_as_it_is() {
        for verb in Verb::ALL.iter().copied() {
            assert!(!State::Closed.allows(verb) && !State::Cancelled.allows(verb), "{verb:?}");
        }
    }

    #[test]
    fn every_state_has_its_spelling() {
        for state in State::ALL.iter().copied() {
            assert_eq!(state.as_str().parse(), Ok(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
    }
}
