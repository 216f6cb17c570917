//! The search for callback requests.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::CallbackRequestBody;
use crate::kernel::http::body::{self, RequestBody, visible_name};

/// What to search for: a phone number, an e-mail address or a name. If several are given, all of them must match.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(min_properties = 1, example = json!({"name": "prochazkova"}))]
#[validate(schema(function = some_criterion))]
pub struct CallbackRequestSearch {
    /// Phone number in any common notation. A number that does not start with `+` or `00` is treated as a
    /// number of the `default_region` of the queues, and is refused if the queues have different regions.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 64, pattern = r"^[^\x00]+$")]
    pub phone: Option<String>,
    /// E-mail address. Upper and lower case are equivalent.
    #[serde(default)]
    #[schema(nullable = false, format = Email, min_length = 3, max_length = 254)]
    pub email: Option<String>,
    /// Start of the first or of the last name, such as `Proch` or `Procházková Al`. Case and diacritics do not matter.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    #[validate(custom(function = "visible_name"))]
    pub name: Option<String>,
}

impl RequestBody for CallbackRequestSearch {}

fn some_criterion(search: &CallbackRequestSearch) -> Result<(), ValidationError> {
    if search.phone.is_some() || search.email.is_some() || search.name.is_some() {
        return Ok(());
    }
    Err(body::fault("required", "violation-search-criterion"))
}

/// The callback requests that a search found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FoundCallbackRequests {
    /// The requests, newest first.
    #[schema(max_items = 50)]
    pub data: Vec<CallbackRequestBody>,
    /// Whether `data` contains all requests that match; false if there are more.
    pub complete: bool,
}
