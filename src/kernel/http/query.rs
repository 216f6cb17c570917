//! Query strings, validated against the schema of their type. Unknown or invalid parameters are 400, and each is named.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev};
use data_encoding::HEXLOWER;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::kernel::error::{Code, Error, Problem, Text, Violation};
use crate::kernel::http::schema::{self, Form};

/// The query parameters of a request.
pub struct FromQuery<T>(pub T);

impl<T: DeserializeOwned + ToSchema + 'static> FromRequest for FromQuery<T> {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(parse::<T, NoParameters>(request.query_string()).map(|parsed| Self(parsed.query)))
    }
}

/// The second set of parameters of an operation that has only one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NoParameters {}

/// A parsed query string.
pub(super) struct Parsed<T, R> {
    pub query: T,
    pub rest: R,
    /// Names and values in the order they were sent.
    pub pairs: Vec<(String, String)>,
}

/// Parses a query string: parameters of `R` into `rest`, all others into `query`.
///
/// # Errors
/// 400 with every parameter that is unknown, repeated or invalid.
pub(super) fn parse<T, R>(text: &str) -> Result<Parsed<T, R>, Error>
where
    T: DeserializeOwned + ToSchema + 'static,
    R: DeserializeOwned + ToSchema + 'static,
{
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(text).map_err(|_| Error::from(Code::MalformedRequest))?;
    let mut violations = Vec::new();
    let (mut query, mut rest) = (Map::new(), Map::new());
    for (name, value) in &pairs {
        if value.contains('\0') {
            violations.push(Violation::parameter(name, "nul_character", "violation-nul"));
        }
        let (form, object) = match schema::member_form::<R>(name)? {
            Some(form) => (form, &mut rest),
            None => (schema::member_form::<T>(name)?.unwrap_or(Form::Text), &mut query),
        };
        match object.get_mut(name) {
            None => {
                object.insert(name.clone(), typed(form, value));
            }
            Some(Value::Array(items)) if form == Form::List => items.extend(listed(value)),
            Some(_) => {
                violations.push(Violation::parameter(name, "duplicate_parameter", "violation-repeated-parameter"))
            }
        }
    }
    let (query, rest) = (Value::Object(query), Value::Object(rest));
    violations.extend(schema::as_parameters(schema::violations::<T>(&query)?));
    violations.extend(schema::as_parameters(schema::violations::<R>(&rest)?));
    if !violations.is_empty() {
        let mut problem = Problem::new(Code::InvalidParameter);
        problem.violations = violations;
        return Err(problem.into());
    }
    Ok(Parsed { query: deserialized(query)?, rest: deserialized(rest)?, pairs })
}

fn deserialized<T: DeserializeOwned>(value: Value) -> Result<T, Error> {
    serde_json::from_value(value).map_err(|error| {
        Problem::new(Code::InvalidParameter)
            .because(Text::new("detail-unreadable-query").with("reason", error.to_string()))
            .into()
    })
}

/// Converts the text of a parameter to the type in the schema. Text that cannot be converted stays text, so that schema
/// validation reports the wrong type.
fn typed(form: Form, text: &str) -> Value {
    match form {
        Form::Integer => text.parse::<i64>().map_or_else(|_| Value::String(text.to_owned()), Value::from),
        Form::Boolean => text.parse::<bool>().map_or_else(|_| Value::String(text.to_owned()), Value::from),
        Form::List => listed(text).collect(),
        Form::Text => Value::String(text.to_owned()),
    }
}

/// Returns the values of a list, which are separated by commas or sent in repeated parameters. No value of a list
/// contains a comma.
fn listed(text: &str) -> impl Iterator<Item = Value> {
    text.split(',').map(Value::from)
}

/// Returns a short hash of a path and its parameters.
pub(super) fn fingerprint(path: &str, pairs: &[(String, String)]) -> Result<String, Error> {
    let text = serde_urlencoded::to_string(pairs).map_err(Error::internal)?;
    let hash = Sha256::digest(format!("{path}?{text}"));
    Ok(HEXLOWER.encode(&hash[..8]))
}
