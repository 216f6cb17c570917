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
        for verb in Verb::ALL.iter().copied() {
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
