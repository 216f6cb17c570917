//! The states of a project, and which verbs each allows.

use std::str::FromStr;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::{Error, Problem};

/// Where a project stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, AsExpression, FromSqlRow)]
#[serde(rename_all = "snake_case")]
#[schema(as = ProjectState)]
#[diesel(sql_type = Text)]
pub enum State {
    Draft,
    Proposed,
    Active,
    OnHold,
    Closing,
    Closed,
    Cancelled,
}

/// What moves a project, or needs it in certain states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Revise,
    Seat,
    Propose,
    Sign,
    Activate,
    Cancel,
}

impl Verb {
    /// Every verb.
    pub const ALL: [Self; 6] = [Self::Revise, Self::Seat, Self::Propose, Self::Sign, Self::Activate, Self::Cancel];

    /// As it stands in an answer.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Revise => "revise_charter",
            Self::Seat => "seat_sponsor",
            Self::Propose => "propose",
            Self::Sign => "sign",
            Self::Activate => "activate",
            Self::Cancel => "cancel",
        }
    }
}

impl State {
    /// Every state.
    pub const ALL: [Self; 7] =
        [Self::Draft, Self::Proposed, Self::Active, Self::OnHold, Self::Closing, Self::Closed, Self::Cancelled];

    /// As it stands in the database and in answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Proposed => "proposed",
            Self::Active => "active",
            Self::OnHold => "on_hold",
            Self::Closing => "closing",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether the verb is possible.
    #[must_use]
    pub fn allows(self, verb: Verb) -> bool {
        match verb {
            Verb::Revise | Verb::Seat => matches!(self, Self::Draft | Self::Proposed),
            Verb::Propose => self == Self::Draft,
            Verb::Sign | Verb::Activate => self == Self::Proposed,
            Verb::Cancel => matches!(self, Self::Draft | Self::Proposed | Self::OnHold),
        }
    }

    /// The same as a result.
    ///
    /// # Errors
    /// 409 `illegal_transition` that names the state and what it allows.
    pub fn require(self, verb: Verb) -> Result<(), Error> {
        if self.allows(verb) {
            return Ok(());
        }
        let allowed: Vec<_> = Verb::ALL.into_iter().filter(|verb| self.allows(*verb)).map(Verb::as_str).collect();
        Err(Problem::illegal_transition(self.as_str(), verb.as_str(), &allowed).into())
    }
}

impl FromStr for State {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(|| format!("{text:?} is no state"))
    }
}

impl<DB: Backend> ToSql<Text, DB> for State
where
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        ToSql::<Text, DB>::to_sql(self.as_str(), out)
    }
}

impl<DB: Backend> FromSql<Text, DB> for State
where
    String: FromSql<Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(String::from_sql(value)?.parse()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_ended_stays_as_it_is() {
        for verb in Verb::ALL {
            assert!(!State::Closed.allows(verb) && !State::Cancelled.allows(verb), "{verb:?}");
        }
    }

    #[test]
    fn every_state_has_its_spelling() {
        for state in State::ALL {
            assert_eq!(state.as_str().parse(), Ok(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
    }
}
