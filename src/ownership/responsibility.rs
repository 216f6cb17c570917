//! What a person has to do with an area.

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `accountable` answers for the area, one person at a time; `responsible` does the work;
/// `consulted` is asked before; `informed` is told after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, AsExpression, FromSqlRow)]
#[serde(rename_all = "snake_case")]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Responsibility {
    Accountable,
    Responsible,
    Consulted,
    Informed,
}

impl Responsibility {
    const ALL: [Self; 4] = [Self::Accountable, Self::Responsible, Self::Consulted, Self::Informed];

    /// As it stands in the API and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accountable => "accountable",
            Self::Responsible => "responsible",
            Self::Consulted => "consulted",
            Self::Informed => "informed",
        }
    }

    /// Whether only members of the side that owns the area can have it.
    #[must_use]
    pub fn belongs_to_the_side(self) -> bool {
        matches!(self, Self::Accountable | Self::Responsible)
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

crate::stored_as_text!(Responsibility);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_the_same_in_the_api_and_in_the_database() {
        for one in Responsibility::ALL {
            assert_eq!(Responsibility::parse(one.as_str()), Some(one));
            assert_eq!(serde_json::to_value(one).unwrap(), one.as_str());
        }
    }
}
