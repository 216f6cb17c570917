//! The import of people in requests and answers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::PersonBody;
use super::home::NewHomePosition;
use crate::kernel::http::body::RequestBody;

/// A person as the HR system has them. They are known by `subject`, else by `email`.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PersonToImport {
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub display_name: String,
    /// Upper and lower case are the same.
    #[schema(format = Email, max_length = 254, pattern = "^[!-?A-~]+@[A-Za-z0-9.-]+$")]
    pub email: String,
    /// `sub` of the tokens this person signs in with; left as it is when absent.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    pub subject: Option<String>,
    /// Where the person works from `valid_from` on. A position that lasts longer ends on that day.
    #[serde(default)]
    #[validate(nested)]
    pub home_position: Option<NewHomePosition>,
}

/// People to import, all or none.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"items": [
    {"display_name": "Karel Dub", "email": "karel.dub@example.com", "subject": "karel.dub"},
    {"display_name": "Ivana Lípová", "email": "ivana.lipova@example.com"}
]}))]
pub struct PeopleBatch {
    #[validate(nested)]
    #[schema(min_items = 1, max_items = 100)]
    pub items: Vec<PersonToImport>,
}

impl RequestBody for PeopleBatch {}

crate::text_enum! {
    /// What an item of an import came to.
    pub enum PersonOutcome {
        Created,
        Updated,
        Unchanged,
    }
}

/// A person after an import.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UpsertedPerson {
    pub outcome: PersonOutcome,
    pub person: PersonBody,
}

/// The people of an import, in the order of its items.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PeopleBatchAnswer {
    #[schema(min_items = 1, max_items = 100)]
    pub data: Vec<UpsertedPerson>,
}
