//! What a consent is about, where it stands, and what a side can say.

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, AsExpression, FromSqlRow)]
        #[serde(rename_all = "snake_case")]
        #[diesel(sql_type = diesel::sql_types::Text)]
        pub enum $name { $($variant,)* }

        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// As it stands in the API and in the databases.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text)
            }
        }

        $crate::stored_as_text!($name);
    };
}

words! {
    /// What is asked: to sign a version of the `charter`; to `resume` or `close` the project; to
    /// `release` a member early; to `transfer` an area to another side; to accept the `settlement`
    /// of a dispute; to decide a question (`decision`).
    ConsentKind {
        Charter = "charter",
        Resume = "resume",
        Close = "close",
        Release = "release",
        Transfer = "transfer",
        Settlement = "settlement",
        Decision = "decision",
    }
}

words! {
    /// `open` until every side has answered; then `agreed` or `refused`. `withdrawn` by whoever
    /// asked; `lapsed` when what it was about has changed or is over.
    ConsentState {
        Open = "open",
        Agreed = "agreed",
        Refused = "refused",
        Withdrawn = "withdrawn",
        Lapsed = "lapsed",
    }
}

words! {
    /// What a side says.
    ConsentAnswer {
        Agree = "agree",
        Disagree = "disagree",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_the_same_in_the_api_and_in_the_database() {
        for kind in ConsentKind::ALL {
            assert_eq!(ConsentKind::parse(kind.as_str()), Some(*kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        for state in ConsentState::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
        assert_eq!(ConsentAnswer::parse("abstain"), None);
    }
}
