//! People in requests and answers.

mod batch;
mod home;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

pub use batch::{PeopleBatch, PeopleBatchAnswer, PersonOutcome, PersonToImport, UpsertedPerson};
pub use home::{HomePositionBody, HomePositionEnd, HomePositionQuery, NewHomePosition};

use super::filter::PersonFilter;
use super::rows::Person;
use crate::kernel::http::body::RequestBody;
use crate::kernel::http::merge_patch::clearable;
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::time::UtcTime;

/// A person of the company.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Person)]
pub struct PersonBody {
    pub id: PersonId,
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "Jana Nováková")]
    pub display_name: String,
    /// In lower case.
    #[schema(format = Email, max_length = 254, example = "jana.novakova@example.com")]
    pub email: String,
    /// `sub` of the tokens this person signs in with.
    #[schema(required, min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$", example = "jana.novakova")]
    pub subject: Option<String>,
    /// When the person left the company.
    #[schema(required)]
    pub deactivated_at: Option<UtcTime>,
    /// When name, address and subject were taken out.
    #[schema(required)]
    pub erased_at: Option<UtcTime>,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
}

impl From<Person> for PersonBody {
    fn from(row: Person) -> Self {
        let Person { id, display_name, email, subject, version: _, created_at, updated_at, deactivated_at, erased_at } =
            row;
        Self { id, display_name, email, subject, deactivated_at, erased_at, created_at, updated_at }
    }
}

/// A person to add.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"display_name": "Petr Svoboda", "email": "petr.svoboda@example.com", "subject": "petr.svoboda"}))]
pub struct NewPerson {
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub display_name: String,
    /// Upper and lower case are the same.
    #[schema(format = Email, max_length = 254, pattern = "^[!-?A-~]+@[A-Za-z0-9.-]+$")]
    pub email: String,
    /// `sub` of the tokens this person signs in with.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    pub subject: Option<String>,
}

impl RequestBody for NewPerson {}

/// What to change about a person; absent members stay, null clears.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"display_name": "Jana Dvořáková"}))]
pub struct PersonPatch {
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub display_name: Option<String>,
    #[serde(default)]
    #[schema(nullable = false, format = Email, max_length = 254, pattern = "^[!-?A-~]+@[A-Za-z0-9.-]+$")]
    pub email: Option<String>,
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    pub subject: Option<Option<String>>,
}

impl RequestBody for PersonPatch {}

/// Which people.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PersonQuery {
    /// Only the person who signs in under this subject.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    #[param(nullable = false, min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    pub subject: Option<String>,
    /// Only people who are at home in this department today (UTC).
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub department_id: Option<DepartmentId>,
    /// Only people who have left (`true`), or who have not (`false`).
    #[serde(default)]
    #[schema(nullable = false)]
    #[param(nullable = false)]
    pub deactivated: Option<bool>,
}

impl From<PersonQuery> for PersonFilter {
    fn from(PersonQuery { subject, department_id, deactivated }: PersonQuery) -> Self {
        Self { subject, department_id, deactivated }
    }
}
