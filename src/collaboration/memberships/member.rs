//! A membership with what is computed for it.

use super::dto::MembershipBody;
use super::state::{MembershipState, Phase};
use super::store::{Loaded, Membership};
use crate::collaboration::projects::{Project, State};
use crate::kernel::http::etag::ETag;
use crate::kernel::ids::PersonId;
use crate::kernel::time::UtcTime;

/// A membership, its state now, and to whom the member answers.
#[derive(Debug, Clone)]
pub struct Member {
    pub row: Membership,
    pub has_home: bool,
    pub state: MembershipState,
    /// The sponsors of all sides.
    pub answers_to: Vec<PersonId>,
}

impl Member {
    /// Judges a row.
    #[must_use]
    pub fn new(loaded: Loaded, phase: Phase, answers_to: Vec<PersonId>, now: UtcTime) -> Self {
        let state = loaded.state(phase, now);
        Self { row: loaded.row, has_home: loaded.has_home, state, answers_to }
    }

    /// As it is answered and told in events.
    #[must_use]
    pub fn body(&self) -> MembershipBody {
        MembershipBody::new(self.row.clone(), self.state, self.answers_to.clone())
    }

    /// The state follows from time, so the version of the row alone does not tell two answers apart.
    #[must_use]
    pub fn etag(&self) -> ETag {
        ETag::of_state(self.row.version, self.state.as_str())
    }
}

/// What a project means for the states of its members.
#[must_use]
pub fn phase(project: &Project) -> Phase {
    phase_of(project.state, project.activated_at, project.closing_since, project.updated_at)
}

/// The same from the columns that matter.
#[must_use]
pub fn phase_of(state: State, activated: Option<UtcTime>, closing: Option<UtcTime>, updated: UtcTime) -> Phase {
    let since = activated.map(UtcTime::day);
    match (state, since) {
        (State::Closed | State::Cancelled, since) => Phase::Over { since, on: closing.unwrap_or(updated).day() },
        (State::Closing, Some(since)) => Phase::Closing { since, on: closing.unwrap_or(updated).day() },
        (State::Active | State::OnHold, Some(since)) => Phase::Running { since },
        _ => Phase::Preparing,
    }
}

/// Those of the sponsors who are there.
pub fn sponsors(seats: impl Iterator<Item = Option<PersonId>>) -> Vec<PersonId> {
    seats.flatten().collect()
}
