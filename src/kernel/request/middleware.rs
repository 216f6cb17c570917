//! The middleware around every request: request id, language of problems, HEAD, panics, telemetry.
//!
//! Rule: every response carries `Request-Id`, and every response with a status >= 400 is a problem, including those of
//! the framework.

use std::borrow::Cow;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ALLOW, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse, ResponseError};
use data_encoding::HEXLOWER;
use futures_util::FutureExt;
use tracing::Instrument;

use super::call::{self, RequestId};
use super::counted::{Counted, too_many_requests};
use super::refusal_log;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::http::client_address;
use crate::kernel::http::cors::Cors;
use crate::kernel::http::problem;
use crate::kernel::http::rate_limit::RateLimitStatus;
use crate::kernel::http::route_table;
use crate::kernel::locale::Lang;
use crate::kernel::state::AppState;
use crate::kernel::telemetry;

const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");

/// Processes one request. Registered once, around the whole app.
///
/// # Errors
/// Errors that occur before a response exists. They render themselves as problems.
pub async fn request_middleware(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let started = Instant::now();
    let id = incoming_id(&request).unwrap_or_else(|| new_id(&request));
    request.extensions_mut().insert(RequestId(id.clone()));
    // HEAD is routed like GET; the server omits the body (RFC 9110 section 9.3.2).
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    let span = telemetry::request_span(&request, &id);
    let client = client_address::find(&request);
    let route = route_table::look_up(&request);
    let context = RequestContext {
        method: request.method().clone(),
        lang: call::lang(request.request()),
        path: request.path().to_owned(),
        id,
        counted: Counted::begin(&request, client, route),
        origin: origin(&request),
    };

    if let Some(wait) = context.rate_limit().and_then(|status| status.wait()) {
        return Ok(context.reject(request, &span, started, &too_many_requests(wait)));
    }
    if let Some(problem) = route.and_then(|route| route.undocumented(request.method().as_str(), request.query_string()))
    {
        return Ok(context.reject(request, &span, started, &problem));
    }
    let outcome = AssertUnwindSafe(next.call(request).instrument(span.clone())).catch_unwind().await;
    context.end_count();
    let response = match outcome {
        Ok(Ok(response)) => response.map_into_boxed_body(),
        // The request has been consumed, so no response can be built here. The server builds one from the error.
        Ok(Err(error)) => return Err(context.late_problem(&span, started, problem_of(&error))),
        Err(_) => {
            return Err(context.late_problem(&span, started, Error::internal("handler panicked").as_problem()));
        }
    };
    let mut response = span.in_scope(|| context.as_problem(response));
    context.add_headers(response.headers_mut());
    // Pages are not in the table.
    let template = route.map(|route| Cow::from(route.template.as_str()));
    let template = template.or_else(|| response.request().match_pattern().map(Cow::from));
    telemetry::request_done(&span, &context.method, template, response.status(), started.elapsed());
    Ok(response)
}

/// The parts of a request that are needed after the handler has consumed it.
struct RequestContext {
    method: Method,
    lang: Lang,
    path: String,
    id: String,
    /// `None` for requests that are not limited.
    counted: Option<Counted>,
    /// The origin of the caller, if it may read the response.
    origin: Option<HeaderValue>,
}

impl RequestContext {
    fn rate_limit(&self) -> Option<RateLimitStatus> {
        self.counted.as_ref().and_then(Counted::status)
    }

    fn end_count(&self) {
        if let Some(counted) = &self.counted {
            counted.end();
        }
    }

    /// Adds the headers that every response has.
    fn add_headers(&self, headers: &mut HeaderMap) {
        headers.insert(REQUEST_ID, HeaderValue::from_str(&self.id).unwrap_or(HeaderValue::from_static("invalid")));
        headers.insert(HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff"));
        if let Some(status) = self.rate_limit() {
            status.write_headers(headers);
        }
        Cors::vary(headers);
        if let Some(origin) = self.origin.clone() {
            Cors::permit(origin, headers);
        }
    }

    /// Rejects a request before it reaches a route.
    fn reject(
        &self,
        request: ServiceRequest,
        span: &tracing::Span,
        started: Instant,
        problem: &Problem,
    ) -> ServiceResponse<BoxBody> {
        self.end_count();
        span.in_scope(|| refusal_log::log(request.request(), problem));
        let mut response = problem::respond(problem, self.lang, &self.path, &self.id);
        self.add_headers(response.headers_mut());
        telemetry::request_done(span, &self.method, None, response.status(), started.elapsed());
        request.into_response(response)
    }

    /// Converts every error response to a problem: this service's errors with their details, the framework's by status.
    fn as_problem(&self, response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
        let status = response.status();
        let is_problem = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == "application/problem+json");
        if !(status.is_client_error() || status.is_server_error()) || is_problem {
            return response;
        }
        let problem = response.response().error().map_or_else(|| Problem::new(Code::for_status(status)), problem_of);
        refusal_log::log(response.request(), &problem);
        let mut rendered = problem::respond(&problem, self.lang, &self.path, &self.id);
        if let Some(allow) = response.headers().get(ALLOW) {
            rendered.headers_mut().insert(ALLOW, allow.clone());
        }
        ServiceResponse::new(response.request().clone(), rendered)
    }

    /// Returns an error that renders the problem after the middleware has ended.
    fn late_problem(self, span: &tracing::Span, started: Instant, problem: Problem) -> actix_web::Error {
        telemetry::request_done(span, &self.method, None, problem.code.status(), started.elapsed());
        LateProblem { problem, context: self }.into()
    }
}

/// Converts an error to a problem. Errors of the service are logged here, once.
fn problem_of(error: &actix_web::Error) -> Problem {
    if let Some(error) = error.as_error::<Error>() {
        match error {
            Error::Problem(problem) if problem.is_unlogged => {}
            // The cause is logged where it was found.
            Error::Problem(problem) if problem.code.status().is_server_error() => {
                tracing::warn!(code = problem.code.as_str(), "request failed");
            }
            _ if error.status().is_server_error() => telemetry::fault(error),
            _ => {}
        }
        return error.as_problem();
    }
    let code = Code::for_status(error.as_response_error().status_code());
    if code == Code::InternalError {
        telemetry::fault(error);
    }
    Problem::new(code)
}

/// A problem that is rendered after the middleware has ended.
struct LateProblem {
    problem: Problem,
    context: RequestContext,
}

impl fmt::Debug for LateProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.problem.code.as_str())
    }
}

impl fmt::Display for LateProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.problem.code.as_str())
    }
}

impl ResponseError for LateProblem {
    fn status_code(&self) -> StatusCode {
        self.problem.code.status()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = problem::respond(&self.problem, self.context.lang, &self.context.path, &self.context.id);
        self.context.add_headers(response.headers_mut());
        response
    }
}

fn origin(request: &ServiceRequest) -> Option<HeaderValue> {
    request.app_data::<actix_web::web::Data<Cors>>()?.allowed(request.headers())
}

/// Returns the id that the caller sent, if it is safe in a log line.
fn incoming_id(request: &ServiceRequest) -> Option<String> {
    let id = request.headers().get(REQUEST_ID)?.to_str().ok()?;
    let is_safe =
        (8..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    is_safe.then(|| id.to_owned())
}

fn new_id(request: &ServiceRequest) -> String {
    let app = request.app_data::<actix_web::web::Data<AppState>>();
    app.map_or_else(String::new, |app| HEXLOWER.encode(&app.environment.bytes::<16>()))
}
