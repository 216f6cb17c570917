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

macro_rules! verbs {
    ($($(#[$doc:meta])* $variant:ident = $word:literal in $($state:ident)|+;)*) => {
        /// What moves a project, or needs it in certain states.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Verb { $($(#[$doc])* $variant,)* }

        impl Verb {
            /// Every verb.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// As it stands in an answer.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl State {
            /// Whether the verb is possible.
            #[must_use]
            pub fn allows(self, verb: Verb) -> bool {
                use State::{Active, Closing, Draft, OnHold, Proposed};
                match verb { $(Verb::$variant => matches!(self, $($state)|+),)* }
            }
        }
    };
}

verbs! {
    Revise = "revise_charter" in Draft | Proposed | Active | OnHold;
    Seat = "seat_sponsor" in Draft | Proposed | Active | OnHold | Closing;
    Vacate = "vacate_seat" in Draft | Proposed | Active | OnHold | Closing;
    Propose = "propose" in Draft;
    Activate = "activate" in Proposed;
    Hold = "hold" in Active;
    Resume = "resume" in OnHold;
    Close = "close" in Active | OnHold;
    Report = "write_closure_report" in Closing;
    Cancel = "cancel" in Draft | Proposed | OnHold;
    Delegate = "grant_delegation" in Proposed | Active | OnHold | Closing;
    Invite = "invite" in Draft | Proposed | Active | OnHold;
    /// Ends memberships as well: everything about the team but taking people on.
    Staff = "change_team" in Draft | Proposed | Active | OnHold | Closing;
    Assign = "assign" in Draft | Proposed | Active | OnHold | Closing;
    Transfer = "offer_transfer" in Active | OnHold;
    Dispute = "raise_dispute" in Active | OnHold;
    Decide = "raise_decision" in Proposed | Active | OnHold;
}

impl State {
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
