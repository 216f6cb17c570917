//! How a refusal is written: RFC 9457 `application/problem+json`, in the caller's language.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_LANGUAGE, CONTENT_TYPE, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::kernel::error::{Code, Error, Place, Problem, Text, Violation};
use crate::kernel::locale::Lang;

/// A problem as RFC 9457 writes it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem, example = json!({
    "type": "/problems/validation_failed", "title": "Some values break a rule", "status": 422,
    "detail": "Every violation is in errors, with a pointer to its place.", "instance": "/v1/departments",
    "code": "validation_failed", "request_id": "01m7fgq4e8f4r9v3zk8x2c6b7d",
    "errors": [{"pointer": "/key", "code": "required", "detail": "This is required."}]
}))]
pub struct ProblemBody {
    /// A page of this service that explains the code.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference", max_length = 200)]
    pub kind: String,
    /// Short name of the kind of problem, in the caller's language.
    #[schema(max_length = 200, pattern = r"^[^\x00]+$")]
    pub title: &'static str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What is wrong with this very request, in the caller's language.
    #[schema(max_length = 2000, pattern = r"^[^\x00]+$")]
    pub detail: String,
    /// The path that was called.
    #[schema(format = "uri-reference", max_length = 2000)]
    pub instance: String,
    /// Stable code for programs; it never changes its meaning.
    #[schema(max_length = 60, pattern = "^[a-z_]+$")]
    pub code: &'static str,
    /// Quote this when reporting a fault.
    #[schema(max_length = 64, pattern = "^[A-Za-z0-9._-]*$")]
    pub request_id: String,
    /// Every violation found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, max_items = 1000)]
    pub errors: Vec<ViolationBody>,
    /// Further members that belong to the code, such as `allowed` or `alternatives`.
    #[serde(flatten)]
    #[schema(ignore)]
    pub extra: Map<String, Value>,
}

/// One violation; exactly one of `pointer`, `parameter` and `header` says where.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Violation)]
pub struct ViolationBody {
    /// JSON Pointer (RFC 6901) into the body; as long as the name of an unknown member can be.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 131_072, pattern = r"^(/[\s\S]*)?$", nullable = false)]
    pub pointer: Option<String>,
    /// Query or path parameter; an unknown one as it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 65_536, pattern = r"^[\s\S]*$", nullable = false)]
    pub parameter: Option<String>,
    /// Request header.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 60, pattern = "^[A-Za-z-]+$", nullable = false)]
    pub header: Option<&'static str>,
    /// Stable code for programs.
    #[schema(max_length = 60, pattern = "^[a-z_]+$")]
    pub code: &'static str,
    /// The same in words, in the caller's language.
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
        Self { pointer, parameter, header, code: violation.code, detail: pick(&violation.detail, lang).to_owned() }
    }
}

fn pick(text: &Text, lang: Lang) -> &str {
    match lang {
        Lang::En => &text.en,
        Lang::Cs => &text.cs,
    }
}

/// The response for a problem.
#[must_use]
pub fn respond(problem: &Problem, lang: Lang, path: &str, request_id: &str) -> HttpResponse {
    let code = problem.code;
    let body = ProblemBody {
        kind: format!("/problems/{}", code.as_str()),
        title: code.title(lang),
        status: code.status().as_u16(),
        detail: problem.detail.as_ref().map_or(code.advice(lang), |text| pick(text, lang)).to_owned(),
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
    /// What the caller is shown. Faults of ours are shown blank.
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
