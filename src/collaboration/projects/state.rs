//! States of a project, and the actions that each allows.

use crate::kernel::error::{Error, Problem};

crate::text_enum! {
    /// State of a project: `draft`; `proposed` while the sides sign the charter; `active`; `on_hold`; `closing` while
    /// the members return to their regular positions; `closed` or `cancelled`, which are read-only.
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
    /// Operations that depend on the state of a project, by their `operationId`.
    pub enum Verb {
        ReplaceCharter,
        AssignSponsor,
        RemoveSponsor,
        ProposeProject,
        ActivateProject,
        HoldProject,
        ResumeProject,
        ExtendHold,
        CloseProject,
        ReplaceClosureReport,
        CancelProject,
        CreateDelegation,
        InviteMember,
        /// Also stands for the release of a member.
        EndMembership,
        CreateAssignment,
        OfferTransfer,
        RaiseDispute,
        CreateDecision,
    }
}

impl State {
    /// Returns whether the state allows the action.
    #[must_use]
    pub fn allows(self, verb: Verb) -> bool {
        use State::{Active, Closing, Draft, OnHold, Proposed};
        match verb {
            Verb::ProposeProject => self == Draft,
            Verb::ActivateProject => self == Proposed,
            Verb::HoldProject => self == Active,
            Verb::ResumeProject | Verb::ExtendHold => self == OnHold,
            Verb::ReplaceClosureReport => self == Closing,
            Verb::CloseProject | Verb::OfferTransfer | Verb::RaiseDispute => matches!(self, Active | OnHold),
            Verb::CreateDecision => matches!(self, Proposed | Active | OnHold),
            Verb::CreateDelegation => matches!(self, Proposed | Active | OnHold | Closing),
            Verb::ReplaceCharter | Verb::InviteMember => matches!(self, Draft | Proposed | Active | OnHold),
            Verb::CancelProject
            | Verb::AssignSponsor
            | Verb::RemoveSponsor
            | Verb::EndMembership
            | Verb::CreateAssignment => {
                matches!(self, Draft | Proposed | Active | OnHold | Closing)
            }
        }
    }

    /// Returns whether the project was activated and has not ended; a project on hold keeps its members and owners.
    #[must_use]
    pub fn is_running(self) -> bool {
        matches!(self, Self::Active | Self::OnHold | Self::Closing)
    }

    /// Checks that the state allows the action.
    ///
    /// # Errors
    /// 409 `illegal_transition` with the state and the actions it allows.
    pub fn require(self, verb: Verb) -> Result<(), Error> {
        self.require_for(verb, verb.as_str())
    }

    /// As [`State::require`], for an operation that is possible whenever another one is.
    ///
    /// # Errors
    /// 409 `illegal_transition`.
    pub fn require_for(self, verb: Verb, operation: &str) -> Result<(), Error> {
        if self.allows(verb) {
            return Ok(());
        }
        let allowed: Vec<_> = Verb::ALL.iter().copied().filter(|verb| self.allows(*verb)).map(Verb::as_str).collect();
        Err(Problem::illegal_transition("project", self.as_str(), operation, &allowed).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ended_projects_allow_no_action() {
        for verb in Verb::ALL.iter().copied() {
            assert!(!State::Closed.allows(verb) && !State::Cancelled.allows(verb), "{verb:?}");
        }
    }

    #[test]
    fn states_serialise_as_they_are_stored() {
        for state in State::ALL.iter().copied() {
            assert_eq!(state.as_str().parse(), Ok(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
    }
}
