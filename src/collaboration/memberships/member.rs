//! A membership with its computed fields.

use super::dto::MembershipBody;
use super::state::{MembershipState, Phase};
use super::store::{Loaded, Membership};
use crate::collaboration::projects::{Project, State};
use crate::kernel::http::etag::ETag;
use crate::kernel::ids::PersonId;
use crate::kernel::time::UtcTime;

/// A membership, its current state, and the people the member reports to.
#[derive(Debug, Clone)]
pub struct Member {
    pub row: Membership,
    pub has_home: bool,
    pub state: MembershipState,
    /// The sponsors of all sides.
    pub answers_to: Vec<PersonId>,
}

impl Member {
    /// Computes the state of a row.
    #[must_use]
    pub fn new(loaded: Loaded, phase: Phase, answers_to: Vec<PersonId>, now: UtcTime) -> Self {
        let state = loaded.state(phase, now);
        Self { row: loaded.row, has_home: loaded.has_home, state, answers_to }
    }

    /// Returns the body for responses and events.
    #[must_use]
    pub fn body(&self) -> MembershipBody {
        MembershipBody::new(self.row.clone(), self.state, self.answers_to.clone())
    }

    /// Returns an ETag that includes the state: it follows from time, so responses for the same version can differ.
    #[must_use]
    pub fn etag(&self) -> ETag {
        ETag::of_state(self.row.version, self.state.as_str())
    }
}

/// Returns the phase of a project, which the states of its memberships depend on.
#[must_use]
pub fn phase(project: &Project) -> Phase {
    phase_of(project.state, project.activated_at, project.closing_since, project.updated_at)
}

/// Returns the phase from the relevant columns of a project.
#[must_use]
pub fn phase_of(state: State, activated: Option<UtcTime>, closing: Option<UtcTime>, updated: UtcTime) -> Phase {
    let since = activated.map(UtcTime::day);
    match (state, since) {
        (State::Closed | State::Cancelled, since) => Phase::Ended { since, on: closing.unwrap_or(updated).day() },
        (State::Closing, Some(since)) => Phase::Closing { since, on: closing.unwrap_or(updated).day() },
        (State::Active | State::OnHold, Some(since)) => Phase::Running { since },
        _ => Phase::Preparing,
    }
}

/// Returns the sponsors, leaving out sides without one.
pub fn sponsors(sponsors: impl Iterator<Item = Option<PersonId>>) -> Vec<PersonId> {
    sponsors.flatten().collect()
}
