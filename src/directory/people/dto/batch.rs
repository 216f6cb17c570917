//! The import of people in requests and responses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::PersonBody;
use crate::kernel::http::body::RequestBody;
use crate::kernel::http::body::{days_in_order, fault_at, visible_name};
use crate::kernel::ids::DepartmentId;
use crate::kernel::time::Day;

/// Maximum size of an import, in bytes: enough for 10,000 people.
const MAX_SIZE: usize = 4 * 1024 * 1024;

/// The regular position of a person to import.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = position_rules))]
pub struct HomePositionImport {
    /// The department of the position. Send either `department_id` or `department_key`.
    #[serde(default)]
    pub department_id: Option<DepartmentId>,
    /// The key of the department of the position.
    #[serde(default)]
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9-]{0,39}$")]
    pub department_key: Option<String>,
    /// Job title of the person.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub title: String,
    /// Login of the person's manager, who is in the directory or in this import. For a manager whose login is not of
    /// the first issuer in the settings, send `manager_email`. Send at most one of the two.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    pub manager_login: Option<String>,
    /// E-mail address of the person's manager, who is in the directory or in this import.
    #[serde(default)]
    #[schema(format = Email, max_length = 254, pattern = "^[!-?A-~]+@[A-Za-z0-9.-]+$")]
    pub manager_email: Option<String>,
    /// First day of the position. Absent or null: if the current position is different, the new one applies from today
    /// (in UTC) on.
    #[serde(default)]
    pub valid_from: Option<Day>,
    /// First day after the position (exclusive end). It must be after `valid_from`. Absent or null if no end is known.
    #[serde(default)]
    pub valid_to: Option<Day>,
}

fn position_rules(new: &HomePositionImport) -> Result<(), ValidationError> {
    if new.department_id.is_some() == new.department_key.is_some() {
        return Err(fault_at("department_key", "one_of_several", "violation-department-id-or-key"));
    }
    if new.manager_login.is_some() && new.manager_email.is_some() {
        return Err(fault_at("manager_login", "one_of_several", "violation-one-manager"));
    }
    days_in_order(new.valid_from, new.valid_to)
}

/// A person to create or update, as recorded in the HR system. An existing person is found by `employee_number`, or
/// else by `login` with its issuer, or else by `email`.
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
    /// Subject (`sub` claim) of the tokens with which the person signs in; absent to leave it unchanged.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    pub login: Option<String>,
    /// Issuer (`iss` claim) of these tokens, one of those that the service accepts. Absent or null for the first one in
    /// its settings. It requires `login`.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00-\x1f]+$")]
    pub login_issuer: Option<String>,
    /// Number of the person in the HR system; absent to leave it unchanged. With it, the person is recognised even if
    /// the login and the e-mail address have changed.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 40, pattern = r"^[^\x00-\x1f]+$")]
    pub employee_number: Option<String>,
    /// Regular position of the person from `valid_from` on; absent to leave the positions unchanged. A position that is
    /// current on that day ends on it.
    #[serde(default)]
    #[validate(nested)]
    pub home_position: Option<HomePositionImport>,
}

impl PersonImport {
    /// Returns the issuer and the subject of the login. `first` is the issuer of logins that name none.
    #[must_use]
    pub fn login_with_issuer(&self, first: &str) -> Option<(String, String)> {
        let issuer = self.login_issuer.as_deref().unwrap_or(first);
        self.login.clone().map(|login| (issuer.to_owned(), login))
    }
}

/// People to import in one transaction: all items are applied, or none.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"items": [
    {"display_name": "Karel Dub", "email": "karel.dub@example.com", "login": "karel.dub"},
    {"display_name": "Ivana Lípová", "email": "ivana.lipova@example.com"}
]}))]
pub struct PeopleImport {
    /// The people to create or update. No two items can have the same `employee_number`, `login` or `email`.
    #[validate(nested)]
    #[schema(min_items = 1, max_items = 10_000)]
    pub items: Vec<PersonImport>,
    /// Whether to check the import and return its results without changing anything.
    #[serde(default)]
    #[schema(nullable = false, default = false)]
    pub dry_run: Option<bool>,
    /// Whether the items are all people of the company. The response then lists the active people who are not among
    /// them. They are not changed: deactivate those who have left.
    #[serde(default)]
    #[schema(nullable = false, default = false)]
    pub full: Option<bool>,
}

impl RequestBody for PeopleImport {
    const MAX_SIZE: usize = MAX_SIZE;
}

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
    /// The person after the import; null if a dry run would create the person.
    #[schema(required)]
    pub person: Option<PersonBody>,
}

/// The number of items with each result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportCounts {
    /// Number of people who were created.
    #[schema(format = Int32, minimum = 0, maximum = 10_000)]
    pub created: i32,
    /// Number of people who were updated.
    #[schema(format = Int32, minimum = 0, maximum = 10_000)]
    pub updated: i32,
    /// Number of people who were left unchanged.
    #[schema(format = Int32, minimum = 0, maximum = 10_000)]
    pub unchanged: i32,
}

/// The results of an import.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PeopleImportResult {
    /// Whether this is the result of a dry run, which changed nothing.
    pub dry_run: bool,
    /// The number of items with each result.
    pub counts: ImportCounts,
    /// One result per item, in the order of the items.
    #[schema(min_items = 1, max_items = 10_000)]
    pub data: Vec<UpsertedPerson>,
    /// The active people who are not among the items, at most the first 10,000; null unless `full` was set.
    #[schema(required, max_items = 10_000)]
    pub absent: Option<Vec<PersonBody>>,
}
