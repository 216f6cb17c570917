//! The life of a request, as pure rules.
//!
//! `scheduled | queued_asap -> assigned -> completed | unreachable | retry_scheduled`, and
//! `retry_scheduled -> assigned`; whatever is open can be cancelled.

use std::str::FromStr;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Attempts until a visitor is held to be unreachable.
pub const MAX_ATTEMPTS: i32 = 3;
/// Least time between two attempts, in seconds.
pub const RETRY_AFTER: i64 = 3_600;

/// A closed list of words, the same in JSON and in the databases.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, AsExpression, FromSqlRow)]
        #[diesel(sql_type = Text)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// The stable spelling.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(word: &str) -> Result<Self, String> {
                match word {
                    $($word => Ok(Self::$variant),)*
                    _ => Err(format!("{word:?} is not a {}", stringify!($name))),
                }
            }
        }

        impl<DB: Backend> ToSql<Text, DB> for $name
        where
            str: ToSql<Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                ToSql::<Text, DB>::to_sql(self.as_str(), out)
            }
        }

        impl<DB: Backend> FromSql<Text, DB> for $name
        where
            String: FromSql<Text, DB>,
        {
            fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
                Ok(String::from_sql(value)?.parse()?)
            }
        }
    };
}

words! {
    /// Where a callback request stands.
    CallbackState {
        /// A window was promised; nobody has taken it yet.
        Scheduled = "scheduled",
        /// A call as soon as possible was promised; nobody has taken it yet.
        QueuedAsap = "queued_asap",
        /// An agent has it.
        Assigned = "assigned",
        /// Not reached; to be called again.
        RetryScheduled = "retry_scheduled",
        /// The visitor was reached.
        Completed = "completed",
        /// Wrong number, or three attempts in vain.
        Unreachable = "unreachable",
        /// By the visitor or an agent.
        Cancelled = "cancelled",
    }
}

words! {
    /// What a visitor wants to talk about.
    CallbackIntent {
        Sales = "sales",
        TechnicalSupport = "technical_support",
    }
}

words! {
    /// How an attempt to call ended.
    CallOutcome {
        Reached = "reached",
        NoAnswer = "no_answer",
        Busy = "busy",
        Voicemail = "voicemail",
        WrongNumber = "wrong_number",
    }
}

impl CallbackState {
    /// Whether the visitor is still to be called.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Completed | Self::Unreachable | Self::Cancelled)
    }

    /// The verbs that are possible.
    pub fn allowed(self) -> &'static [&'static str] {
        match self {
            Self::Assigned => &["attempts", "cancel"],
            _ if self.is_open() => &["next", "cancel"],
            _ => &[],
        }
    }
}

/// The state after the `number`-th attempt (from 1) ended with `outcome`.
pub fn after_attempt(outcome: CallOutcome, number: i32) -> CallbackState {
    match outcome {
        CallOutcome::Reached => CallbackState::Completed,
        CallOutcome::WrongNumber => CallbackState::Unreachable,
        CallOutcome::NoAnswer | CallOutcome::Busy | CallOutcome::Voicemail if number >= MAX_ATTEMPTS => {
            CallbackState::Unreachable
        }
        CallOutcome::NoAnswer | CallOutcome::Busy | CallOutcome::Voicemail => CallbackState::RetryScheduled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OUTCOMES: [CallOutcome; 5] = [
        CallOutcome::Reached,
        CallOutcome::NoAnswer,
        CallOutcome::Busy,
        CallOutcome::Voicemail,
        CallOutcome::WrongNumber,
    ];

    #[test]
    fn words_are_spelt_alike_in_json_and_in_the_database() {
        for outcome in OUTCOMES {
            assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.as_str());
            assert_eq!(outcome.as_str().parse::<CallOutcome>().unwrap(), outcome);
        }
        for state in [CallbackState::QueuedAsap, CallbackState::RetryScheduled] {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
        assert!("rerouted".parse::<CallbackState>().is_err());
    }

    proptest! {
        #[test]
        fn calling_ends_with_the_first_final_outcome_or_the_third_attempt(
            outcomes in proptest::collection::vec(proptest::sample::select(&OUTCOMES[..]), 3)
        ) {
            let is_final = |outcome: &&CallOutcome| matches!(outcome, CallOutcome::Reached | CallOutcome::WrongNumber);
            let expected = match outcomes.iter().find(is_final) {
                Some(CallOutcome::Reached) => CallbackState::Completed,
                _ => CallbackState::Unreachable,
            };
            let last = (1..).zip(&outcomes).map(|(n, o)| after_attempt(*o, n)).find(|state| !state.is_open());
            prop_assert_eq!(last, Some(expected));
        }
    }
}
