//! Path parameters. What is not an id of the right kind, or not one of the values of an enumeration, names nothing:
//! 404, saying which parameter.

use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::{FromRequest, HttpRequest, dev};
use serde_json::Value;
use utoipa::ToSchema;

use crate::kernel::error::{Code, Error, Problem, Violation};
use crate::kernel::http::schema;

/// One or two typed parameters, in the order of the path.
#[derive(Debug, Clone, Copy)]
pub struct FromPath<T>(pub T);

/// The type of a path segment.
pub trait Segment: FromStr + ToSchema + 'static {}

impl<T: FromStr + ToSchema + 'static> Segment for T {}

/// A type or tuple read from path segments.
pub trait PathForm: Sized {
    /// # Errors
    /// 404 naming the parameter.
    fn read(request: &HttpRequest) -> Result<Self, Error>;
}

fn segment<T: Segment>(request: &HttpRequest, position: usize) -> Result<T, Error> {
    let (name, text) = request.match_info().iter().nth(position).ok_or_else(Error::not_found)?;
    if let Ok(value) = text.parse() {
        return Ok(value);
    }
    // The schema of an enumeration lists its values.
    let found = schema::violations::<T>(&Value::from(text))?;
    let unknown = found.into_iter().find(|one| one.code == "unknown_value").map(|one| one.detail);
    let mut problem = Problem::new(Code::NotFound);
    problem.violations.push(match unknown {
        Some(detail) => Violation::parameter(name, "unknown_value", detail),
        None => Violation::parameter(name, "invalid_id", "violation-invalid-id"),
    });
    Err(problem.into())
}

impl<A: Segment> PathForm for (A,) {
    fn read(request: &HttpRequest) -> Result<Self, Error> {
        Ok((segment(request, 0)?,))
    }
}

impl<A: Segment, B: Segment> PathForm for (A, B) {
    fn read(request: &HttpRequest) -> Result<Self, Error> {
        Ok((segment(request, 0)?, segment(request, 1)?))
    }
}

impl<T: PathForm> FromRequest for FromPath<T> {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(T::read(request).map(FromPath))
    }
}
