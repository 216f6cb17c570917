//! Query strings, checked against the schema of their type like bodies are; what is unknown or
//! wrong is 400 with the name of each parameter.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev};
use data_encoding::HEXLOWER;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::error::{Code, Error, Problem, Text, Violation};
use crate::http::schema::{self, Form};

/// The parameters of a read.
pub struct FromQuery<T> {
    pub query: T,
    /// What a cursor is bound to: path and parameters, without cursor and limit.
    pub fingerprint: String,
    /// Path and parameters without the cursor, to build the link to the next page.
    pub base: String,
}

impl<T: DeserializeOwned + ToSchema + 'static> FromRequest for FromQuery<T> {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(read(request.path(), request.query_string()))
    }
}

fn read<T: DeserializeOwned + ToSchema + 'static>(path: &str, text: &str) -> Result<FromQuery<T>, Error> {
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(text).map_err(|_| Error::from(Code::MalformedRequest))?;
    let mut violations = Vec::new();
    let mut object = Map::new();
    for (name, value) in &pairs {
        if value.contains('\0') {
            violations.push(Violation::parameter(
                name,
                "nul_character",
                Text::new("Must not hold U+0000.", "Nesmí obsahovat U+0000."),
            ));
        }
        let form = schema::member_form::<T>(name)?;
        match object.get_mut(name) {
            None => {
                object.insert(name.clone(), typed(form, value));
            }
            Some(Value::Array(items)) if form == Form::List => items.push(Value::String(value.clone())),
            Some(_) => violations.push(Violation::parameter(
                name,
                "repeated_parameter",
                Text::new("Give this once.", "Uveďte jen jednou."),
            )),
        }
    }
    let object = Value::Object(object);
    violations.extend(schema::as_parameters(schema::violations::<T>(&object)?));
    if !violations.is_empty() {
        let mut problem = Problem::new(Code::InvalidParameter);
        problem.violations = violations;
        return Err(problem.into());
    }
    let query = serde_json::from_value(object).map_err(|error| {
        Problem::new(Code::InvalidParameter).because(error.to_string(), "Parametry dotazu nelze přečíst.")
    })?;
    let kept: Vec<_> = pairs.into_iter().filter(|(name, _)| name != "cursor").collect();
    let base = format!("{path}?{}", serde_urlencoded::to_string(&kept).map_err(Error::internal)?);
    let bound: Vec<_> = kept.into_iter().filter(|(name, _)| name != "limit").collect();
    Ok(FromQuery { query, fingerprint: fingerprint(path, &bound)?, base })
}

/// A parameter is text; the schema says what it stands for. What does not fit stays text and is
/// reported as the wrong type.
fn typed(form: Form, text: &str) -> Value {
    match form {
        Form::Integer => text.parse::<i64>().map_or_else(|_| Value::String(text.to_owned()), Value::from),
        Form::Boolean => text.parse::<bool>().map_or_else(|_| Value::String(text.to_owned()), Value::from),
        Form::List => Value::Array(vec![Value::String(text.to_owned())]),
        Form::Text => Value::String(text.to_owned()),
    }
}

fn fingerprint(path: &str, pairs: &[(String, String)]) -> Result<String, Error> {
    let text = serde_urlencoded::to_string(pairs).map_err(Error::internal)?;
    let hash = Sha256::digest(format!("{path}?{text}"));
    Ok(HEXLOWER.encode(&hash[..8]))
}
