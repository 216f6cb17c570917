//! The filters and the order of the list of requests and of its export, and the criteria of the search.

use std::fmt;
use std::str::FromStr;

use super::enums::{CallbackIntent, CallbackState, PromiseStatus};
use super::rows::CallbackRequest;
use crate::kernel::ids::{AgentId, CallbackRequestId, QueueId};
use crate::kernel::time::UtcTime;

/// Selects requests. Empty fields do not restrict the selection.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub states: Vec<CallbackState>,
    pub queue_id: Option<QueueId>,
    pub intent: Option<CallbackIntent>,
    pub agent_id: Option<AgentId>,
    /// Only requests with the flag `closed_day`.
    pub closed_day: bool,
    /// Only requests with the flag `same_number`.
    pub same_number: bool,
    pub promise: Option<PromiseStatus>,
    /// Only requests that were created in `[created_from, created_to)`.
    pub created_from: Option<UtcTime>,
    pub created_to: Option<UtcTime>,
}

impl Filter {
    /// Whether `created_to` is after `created_from`.
    pub fn has_valid_period(&self) -> bool {
        self.created_from.zip(self.created_to).is_none_or(|(from, to)| from < to)
    }

    /// Returns how many columns are restricted, apart from the time of creation.
    pub fn restricted(&self) -> usize {
        let set = [
            !self.states.is_empty(),
            self.queue_id.is_some(),
            self.intent.is_some(),
            self.agent_id.is_some(),
            self.closed_day,
            self.same_number,
            self.promise.is_some(),
        ];
        set.into_iter().filter(|one| *one).count()
    }

    /// Returns the states in groups that are read one after the other: each closed state by itself, and the open ones
    /// together, because open requests are few. Without states, returns one empty group.
    pub fn groups_of_states(&self) -> Vec<Vec<CallbackState>> {
        let (open, others): (Vec<_>, Vec<_>) = self.states.iter().copied().partition(|state| state.is_open());
        let mut groups: Vec<_> = others.into_iter().map(|state| vec![state]).collect();
        if !open.is_empty() || groups.is_empty() {
            groups.push(open);
        }
        groups
    }
}

/// What a search looks for. Requests match if they have everything that is given.
#[derive(Debug, Clone, Default)]
pub struct Criteria {
    pub phone_e164: Option<String>,
    /// The e-mail address in lower case.
    pub email_key: Option<String>,
    /// The key of the start of a name; see `name_keys`.
    pub name_key: Option<String>,
}

/// The position of a request in the list, which is ordered by the time of creation, then by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub created_at: UtcTime,
    pub id: CallbackRequestId,
}

impl From<&CallbackRequest> for Position {
    fn from(request: &CallbackRequest) -> Self {
        Self { created_at: request.created_at, id: request.id }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.created_at, self.id)
    }
}

impl FromStr for Position {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (created_at, id) = text.split_once(' ').ok_or("expected a time and an id")?;
        let id = id.parse::<CallbackRequestId>().map_err(|error| error.to_string())?;
        Ok(Self { created_at: created_at.parse()?, id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_position_can_be_read_back(micros in 0..253_402_300_799_999_999_i64, n in 0..1_000_000_u64) {
            let position = Position { created_at: UtcTime::from_unix_micros(micros), id: CallbackRequestId::demo(n) };
            prop_assert_eq!(position.to_string().parse(), Ok(position));
        }

        #[test]
        fn other_text_is_not_a_position(text in ".{0,60}") {
            prop_assert!(text.parse::<Position>().is_err());
        }
    }
}
