//! What wraps every request: its id, the language of its problems, HEAD, panics, telemetry.
//!
//! Rule: every answer carries `Request-Id`, and every answer >= 400 is a problem, whoever made it.

use std::fmt;
use std::net::IpAddr;
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
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::http::client_address;
use crate::kernel::http::cors::Cors;
use crate::kernel::http::methods::MethodTable;
use crate::kernel::http::problem;
use crate::kernel::http::rate_limit::{RateLimit, Standing};
use crate::kernel::locale::Lang;
use crate::kernel::state::AppState;
use crate::kernel::telemetry;

const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");

/// Wraps one request; used once, around the whole app.
///
/// # Errors
/// Only what became an error before a response existed; it renders itself as a problem.
pub async fn request_middleware(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let started = Instant::now();
    let id = incoming_id(&request).unwrap_or_else(|| new_id(&request));
    request.extensions_mut().insert(RequestId(id.clone()));
    // HEAD is routed like GET; the server leaves the body out (RFC 9110 section 9.3.2).
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    let span = telemetry::request_span(&request, &id);
    let client = client_address::find(&request);
    let context = RequestContext {
        method: request.method().clone(),
        lang: call::lang(request.request()),
        path: request.path().to_owned(),
        id,
        standing: standing(&request, client),
        origin: origin(&request),
    };

    if let Some(wait) = context.standing.and_then(|standing| standing.wait) {
        let problem = Problem::new(Code::TooManyRequests).header("Retry-After", wait);
        return Ok(context.refuse(request, &span, started, &problem));
    }
    if let Some(problem) = misfit(&request) {
        return Ok(context.refuse(request, &span, started, &problem));
    }
    let outcome = AssertUnwindSafe(next.call(request).instrument(span.clone())).catch_unwind().await;
    let response = match outcome {
        Ok(Ok(response)) => response.map_into_boxed_body(),
        // The request itself is gone, and with it the way to make a response for it here; the
        // server makes one from the error.
        Ok(Err(error)) => return Err(context.late(&span, started, problem_of(&error))),
        Err(_) => return Err(context.late(&span, started, Error::internal("a handler panicked").as_problem())),
    };
    let mut response = span.in_scope(|| context.as_problem(response));
    context.sign(response.headers_mut());
    let route = response.request().match_pattern();
    telemetry::request_done(&span, &context.method, route.as_deref(), response.status(), started.elapsed());
    Ok(response)
}

/// What is kept of a request while it is worked on.
struct RequestContext {
    method: Method,
    lang: Lang,
    path: String,
    id: String,
    standing: Option<Standing>,
    /// The caller's origin, when it may read the answer.
    origin: Option<HeaderValue>,
}

impl RequestContext {
    /// The headers of every answer.
    fn sign(&self, headers: &mut HeaderMap) {
        headers.insert(REQUEST_ID, HeaderValue::from_str(&self.id).unwrap_or(HeaderValue::from_static("invalid")));
        headers.insert(HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff"));
        if let Some(standing) = self.standing {
            standing.tell(headers);
        }
        if let Some(origin) = self.origin.clone() {
            Cors::permit(origin, headers);
        }
    }

    /// Ends a request before it reaches a route.
    fn refuse(
        &self,
        request: ServiceRequest,
        span: &tracing::Span,
        started: Instant,
        problem: &Problem,
    ) -> ServiceResponse<BoxBody> {
        let mut response = problem::respond(problem, self.lang, &self.path, &self.id);
        self.sign(response.headers_mut());
        telemetry::request_done(span, &self.method, None, response.status(), started.elapsed());
        request.into_response(response)
    }

    /// Turns every refusal into a problem: ours with all they know, the framework's by status.
    fn as_problem(&self, response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
        let status = response.status();
        let is_problem = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == "application/problem+json");
        if !(status.is_client_error() || status.is_server_error()) || is_problem {
            return response;
        }
        let problem = response.response().error().map_or_else(|| Problem::new(Code::for_status(status)), problem_of);
        let mut rendered = problem::respond(&problem, self.lang, &self.path, &self.id);
        if let Some(allow) = response.headers().get(ALLOW) {
            rendered.headers_mut().insert(ALLOW, allow.clone());
        }
        ServiceResponse::new(response.request().clone(), rendered)
    }

    fn late(self, span: &tracing::Span, started: Instant, problem: Problem) -> actix_web::Error {
        telemetry::request_done(span, &self.method, None, problem.code.status(), started.elapsed());
        LateProblem { problem, context: self }.into()
    }
}

/// The problem an error stands for; faults of ours are logged here, once.
fn problem_of(error: &actix_web::Error) -> Problem {
    if let Some(error) = error.as_error::<Error>() {
        if error.status().is_server_error() {
            telemetry::fault(error);
        }
        return error.as_problem();
    }
    let code = Code::for_status(error.as_response_error().status_code());
    if code == Code::InternalError {
        telemetry::fault(error);
    }
    Problem::new(code)
}

/// A problem that is written after the middleware has ended.
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
        if let Ok(id) = HeaderValue::from_str(&self.context.id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        response
    }
}

/// Requests are closed: what the operation does not have is a mistake of the caller.
fn misfit(request: &ServiceRequest) -> Option<Problem> {
    let table = request.app_data::<actix_web::web::Data<MethodTable>>()?;
    // As routing sees it, which decodes `%6E` to `n`.
    table.misfit(request.method().as_str(), request.match_info().as_str(), request.query_string())
}

/// Where the caller stands with the rate limit; probes and metrics are not counted.
fn standing(request: &ServiceRequest, client: Option<IpAddr>) -> Option<Standing> {
    if matches!(request.path(), "/livez" | "/readyz" | "/metrics") {
        return None;
    }
    let limit = request.app_data::<actix_web::web::Data<RateLimit>>()?;
    limit.count(client?)
}

fn origin(request: &ServiceRequest) -> Option<HeaderValue> {
    request.app_data::<actix_web::web::Data<Cors>>()?.allowed(request.headers())
}

/// An id from outside is taken when it is harmless in a log line.
fn incoming_id(request: &ServiceRequest) -> Option<String> {
    let id = request.headers().get(REQUEST_ID)?.to_str().ok()?;
    let harmless =
        (8..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    harmless.then(|| id.to_owned())
}

fn new_id(request: &ServiceRequest) -> String {
    let app = request.app_data::<actix_web::web::Data<AppState>>();
    app.map_or_else(String::new, |app| HEXLOWER.encode(&app.environment.bytes::<16>()))
}
