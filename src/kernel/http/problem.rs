//! How a refusal is written: RFC 9457 `application/problem+json`, in the caller's language.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_LANGUAGE, CONTENT_TYPE, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::kernel::error::{Code, Error, Place, Problem, Violation};
use crate::kernel::locale::Lang;

/// An error response: problem details as defined in RFC 9457.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem, example = json!({
    "type": "/problems/validation_failed", "title": "Invalid values", "status": 422,
    "detail": "Some values are not valid; see `errors`. After you have corrected them, other errors can be reported.",
    "instance": "/v1/departments",
    "code": "validation_failed", "request_id": "01m7fgq4e8f4r9v3zk8x2c6b7d",
    "errors": [{"pointer": "/key", "code": "required", "detail": "This field is required."}]
}))]
pub struct ProblemBody {
    /// URI reference of the documentation page for this `code`.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference", max_length = 200)]
    pub kind: String,
    /// Short, human-readable summary of the kind of problem, in the language selected by `Accept-Language`.
    #[schema(max_length = 200, pattern = r"^[^\x00]+$")]
    pub title: String,
    /// The HTTP status code.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// Human-readable explanation of this error, in the language selected by `Accept-Language`.
    #[schema(max_length = 2000, pattern = r"^[^\x00]+$")]
    pub detail: String,
    /// Path of the request.
    #[schema(format = "uri-reference", max_length = 2000)]
    pub instance: String,
    /// Machine-readable error code. Its values are stable; new ones can be added.
    #[schema(max_length = 60, pattern = "^[a-z_]+$")]
    pub code: &'static str,
    /// Identifier of the request, as in the `Request-Id` header. Include it when you report an error.
    #[schema(max_length = 64, pattern = "^[A-Za-z0-9._-]*$")]
    pub request_id: String,
    /// The invalid values that were found; absent if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, max_items = 1000)]
    pub errors: Vec<ViolationBody>,
    /// Further fields, which depend on the code, such as `allowed` or `alternatives`.
    #[serde(flatten)]
    #[schema(ignore)]
    pub extra: Map<String, Value>,
}

/// A validation error. Exactly one of `pointer`, `parameter` and `header` identifies the invalid value.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Violation)]
pub struct ViolationBody {
    /// JSON Pointer (RFC 6901) to the invalid field in the request body; empty for the body as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 131_072, pattern = r"^(/[\s\S]*)?$", nullable = false)]
    pub pointer: Option<String>,
    /// Name of the invalid query or path parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 65_536, pattern = r"^[\s\S]*$", nullable = false)]
    pub parameter: Option<String>,
    /// Name of the invalid request header.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 60, pattern = "^[A-Za-z-]+$", nullable = false)]
    pub header: Option<&'static str>,
    /// Machine-readable error code, such as `required` or `unknown_field`. Its values are stable; new ones can be
    /// added.
    #[schema(max_length = 60, pattern = "^[a-z_]+$")]
    pub code: &'static str,
    /// Human-readable explanation of the error, in the language selected by `Accept-Language`.
    #[schema(max_length = 1000, pattern = r"^[^\x00]+$")]
    pub detail: String,
}

impl ViolationBody {
    /// In the given language.
    #[must_use]
    pub fn of(violation: &Violation, lang: Lang) -> Self {
        let (pointer, parameter, header) = match &violation.place {
            Place::Body(pointer) => (Some(pointer.clone()), None, None),
            Place::Parameter(name) => (None, Some(name.clone()), None),
            Place::Header(name) => (None, None, Some(*name)),
        };
        Self { pointer, parameter, header, code: violation.code, detail: violation.detail.in_lang(lang) }
    }
}

/// The response for a problem.
#[must_use]
pub fn respond(problem: &Problem, lang: Lang, path: &str, request_id: &str) -> HttpResponse {
    let code = problem.code;
    let body = ProblemBody {
        kind: format!("/problems/{}", code.as_str()),
        title: code.title().in_lang(lang),
        status: code.status().as_u16(),
        detail: problem.detail.clone().unwrap_or_else(|| code.detail()).in_lang(lang),
        instance: path.chars().take(2000).collect(),
        code: code.as_str(),
        request_id: request_id.to_owned(),
        errors: problem.violations.iter().map(|violation| ViolationBody::of(violation, lang)).collect(),
        extra: problem.extra.clone(),
    };
    let mut response = HttpResponse::build(code.status());
    response.insert_header((CONTENT_TYPE, "application/problem+json"));
    response.insert_header((CONTENT_LANGUAGE, lang.as_str()));
    response.insert_header(("Cache-Control", "no-store"));
    if code == Code::Unauthenticated {
        response.insert_header((WWW_AUTHENTICATE, "Bearer realm=\"entente\""));
    }
    for (name, value) in &problem.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(*name), HeaderValue::from_str(value)) {
            response.insert_header((name, value));
        }
    }
    // A type of strings and numbers always serialises; an empty body is the answer if not.
    response.body(serde_json::to_string(&body).unwrap_or_default())
}

impl Error {
    /// Returns the problem that the caller sees. Internal errors have no details.
    #[must_use]
    pub fn as_problem(&self) -> Problem {
        match self {
            Self::Problem(problem) => (**problem).clone(),
            Self::Replay(_) | Self::Database(_) | Self::Internal(_) => Problem::new(Code::InternalError),
        }
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    /// Without the request at hand only the status is known; the middleware writes the rest.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status())
    }
}
