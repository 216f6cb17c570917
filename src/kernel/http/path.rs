//! Path parameters. What is not an id of the right kind names nothing: 404, saying which
//! parameter.

use std::fmt::Display;
use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::{FromRequest, HttpRequest, dev};

use crate::kernel::error::{Code, Error, Problem, Violation};

/// One or two typed parameters, in the order of the path.
#[derive(Debug, Clone, Copy)]
pub struct FromPath<T>(pub T);

/// A type or tuple read from path segments.
pub trait PathForm: Sized {
    /// # Errors
    /// 404 naming the parameter.
    fn read(request: &HttpRequest) -> Result<Self, Error>;
}

fn segment<T: FromStr<Err: Display>>(request: &HttpRequest, position: usize) -> Result<T, Error> {
    let (name, text) = request.match_info().iter().nth(position).ok_or_else(Error::not_found)?;
    text.parse().map_err(|_: T::Err| {
        let mut problem = Problem::new(Code::NotFound);
        problem.violations.push(Violation::parameter(name, "invalid_id", "violation-invalid-id"));
        problem.into()
    })
}

impl<A: FromStr<Err: Display>> PathForm for (A,) {
    fn read(request: &HttpRequest) -> Result<Self, Error> {
        Ok((segment(request, 0)?,))
    }
}

impl<A: FromStr<Err: Display>, B: FromStr<Err: Display>> PathForm for (A, B) {
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
