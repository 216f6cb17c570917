//! The import of people in requests and responses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::PersonBody;
use super::home::NewHomePosition;
use crate::kernel::http::body::RequestBody;
use crate::kernel::http::body::visible_name;

/// A person to create or update, as recorded in the HR system. An existing person is found by `login`, or by `email`
/// when no person has the login.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PersonImport {
    /// Name of the person.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    #[validate(custom(function = "visible_name"))]
    pub display_name: String,
    /// E-mail address of the person. Upper and lower case are equivalent; it is stored in lower case.
    #[schema(format = Email, max_length = 254, pattern = "^[!-?A-~]+@[A-Za-z0-9.-]+$")]
    pub email: String,
    /// `sub` claim of the tokens with which the person signs in; absent to leave it unchanged.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    pub login: Option<String>,
    /// Regular position of the person from `valid_from` on; absent to leave the positions unchanged. A position that is
    /// current on that day ends on it.
    #[serde(default)]
    #[validate(nested)]
    pub home_position: Option<NewHomePosition>,
}

/// People to import in one transaction: all items are applied, or none.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"items": [
    {"display_name": "Karel Dub", "email": "karel.dub@example.com", "login": "karel.dub"},
    {"display_name": "Ivana Lípová", "email": "ivana.lipova@example.com"}
]}))]
pub struct PeopleImport {
    /// The people to create or update. No two items can have the same `login` or `email`.
    #[validate(nested)]
    #[schema(min_items = 1, max_items = 100)]
    pub items: Vec<PersonImport>,
}

impl RequestBody for PeopleImport {}

crate::text_enum! {
    /// Result of one item of an import: the person was `created`, `updated`, or `unchanged` because the data was
    /// already the same.
    pub enum PersonOutcome {
        Created,
        Updated,
        Unchanged,
    }
}

/// The result of one item of an import.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UpsertedPerson {
    /// Whether the person was created, updated, or left unchanged.
    pub outcome: PersonOutcome,
    /// The person after the import.
    pub person: PersonBody,
}

/// The results of an import.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PeopleImportResult {
    /// One result per item, in the order of the items.
    #[schema(min_items = 1, max_items = 100)]
    pub data: Vec<UpsertedPerson>,
}
