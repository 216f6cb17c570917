//! People in requests and responses.

mod batch;
mod home;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

pub use batch::{
    HomePositionImport, ImportCounts, PeopleImport, PeopleImportResult, PersonImport, PersonOutcome, UpsertedPerson,
};
pub use home::{HomePositionBody, HomePositionEnd, HomePositionQuery, NewHomePosition};

use super::filter::PersonFilter;
use super::rows::Person;
use crate::kernel::http::body::RequestBody;
use crate::kernel::http::body::visible_name;
use crate::kernel::http::merge_patch::clearable;
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::time::UtcTime;

/// A person in the directory of the company.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Person)]
pub struct PersonBody {
    /// Unique identifier of the person.
    pub id: PersonId,
    /// Name of the person; `[erased]` after an erasure, in every language. Check `erased_at` to show another text.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "Jana Nováková")]
    pub display_name: String,
    /// E-mail address of the person, in lower case; a placeholder that cannot receive mail after an erasure.
    #[schema(format = Email, max_length = 254, example = "jana.novakova@example.com")]
    pub email: String,
    /// Subject (`sub` claim) of the tokens with which the person signs in; null if the person cannot sign in.
    #[schema(required, min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$", example = "jana.novakova")]
    pub login: Option<String>,
    /// Issuer (`iss` claim) of the tokens with which the person signs in; null if the person cannot sign in.
    #[schema(
        required,
        min_length = 1,
        max_length = 500,
        pattern = r"^[^\x00-\x1f]+$",
        example = "https://id.example.com"
    )]
    pub login_issuer: Option<String>,
    /// Number of the person in the HR system; null if it is not set.
    #[schema(required, min_length = 1, max_length = 40, pattern = r"^[^\x00-\x1f]+$", example = "10042")]
    pub employee_number: Option<String>,
    /// Tokens of the person that were issued before this time are refused; null if tokens of any age are accepted.
    #[schema(required)]
    pub tokens_not_before: Option<UtcTime>,
    /// When the person was deactivated because they left the company, since when their tokens are refused; null while
    /// the person is active.
    #[schema(required)]
    pub deactivated_at: Option<UtcTime>,
    /// When name, e-mail address, login and employee number were erased; null if they were not.
    #[schema(required)]
    pub erased_at: Option<UtcTime>,
    /// When the person was created.
    pub created_at: UtcTime,
    /// When the person was last changed.
    pub updated_at: UtcTime,
}

impl From<Person> for PersonBody {
    fn from(row: Person) -> Self {
        let Person {
            id,
            display_name,
            email,
            login,
            version: _,
            created_at,
            updated_at,
            deactivated_at,
            erased_at,
            employee_number,
            login_issuer,
            login_set_at: _,
            tokens_not_before,
        } = row;
        Self {
            id,
            display_name,
            email,
            login,
            login_issuer,
            employee_number,
            tokens_not_before,
            deactivated_at,
            erased_at,
            created_at,
            updated_at,
        }
    }
}

/// A person to create.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"display_name": "Petr Svoboda", "email": "petr.svoboda@example.com", "login": "petr.svoboda"}))]
pub struct NewPerson {
    /// Name of the person.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    #[validate(custom(function = "visible_name"))]
    pub display_name: String,
    /// E-mail address of the person. It must be unique. Upper and lower case are equivalent; it is stored in lower
    /// case.
    #[schema(format = Email, max_length = 254, pattern = "^[!-?A-~]+@[A-Za-z0-9.-]+$")]
    pub email: String,
    /// Subject (`sub` claim) of the tokens with which the person signs in. No other person can have it from the same
    /// issuer.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    pub login: Option<String>,
    /// Issuer (`iss` claim) of these tokens, one of those that the service accepts. Absent or null for the first one in
    /// its settings. It requires `login`.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500, pattern = r"^[^\x00-\x1f]+$")]
    pub login_issuer: Option<String>,
    /// Number of the person in the HR system. It must be unique.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 40, pattern = r"^[^\x00-\x1f]+$")]
    pub employee_number: Option<String>,
}

impl RequestBody for NewPerson {}

/// Changes to a person (JSON Merge Patch). Absent fields do not change. Send null to clear `login` (with its issuer),
/// `employee_number` or `tokens_not_before`.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"display_name": "Jana Dvořáková"}))]
pub struct PersonPatch {
    /// Name of the person.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    #[validate(custom(function = "visible_name"))]
    pub display_name: Option<String>,
    /// E-mail address of the person. It must be unique. Upper and lower case are equivalent; it is stored in lower
    /// case.
    #[serde(default)]
    #[schema(nullable = false, format = Email, max_length = 254, pattern = "^[!-?A-~]+@[A-Za-z0-9.-]+$")]
    pub email: Option<String>,
    /// Subject (`sub` claim) of the tokens with which the person signs in. No other person can have it from the same
    /// issuer; null so that the person cannot sign in.
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    pub login: Option<Option<String>>,
    /// Issuer (`iss` claim) of these tokens, one of those that the service accepts; null for the first one in its
    /// settings. It requires a login.
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500, pattern = r"^[^\x00-\x1f]+$")]
    pub login_issuer: Option<Option<String>>,
    /// Number of the person in the HR system. It must be unique; null to remove it.
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 40, pattern = r"^[^\x00-\x1f]+$")]
    pub employee_number: Option<Option<String>>,
    /// Tokens of the person that were issued before this time are refused, within five seconds. Send the current time
    /// to end all sessions of the person: they have to sign in again. It must not be in the future; null to accept
    /// tokens of any age.
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<UtcTime>)]
    pub tokens_not_before: Option<Option<UtcTime>>,
}

impl RequestBody for PersonPatch {}

/// Filters of the list of people.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PersonQuery {
    /// Return only people with this login. Several issuers can have the same one.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    #[param(nullable = false, min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    pub login: Option<String>,
    /// Return only people whose regular position is in this department today (in UTC).
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub department_id: Option<DepartmentId>,
    /// Return only deactivated people (`true`) or only active people (`false`).
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub deactivated: Option<bool>,
}

impl From<PersonQuery> for PersonFilter {
    fn from(PersonQuery { login, department_id, deactivated }: PersonQuery) -> Self {
        Self { login, department_id, deactivated }
    }
}
