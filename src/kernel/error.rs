//! The error that every service returns.
//!
//! Rules: the meaning of a `code` never changes; a problem lists every violation that was found, each with its
//! location; an unexpected database error is logged once, and its response contains no details; `http::problem` writes
//! the response.

use actix_web::http::StatusCode;

pub use crate::kernel::problem_codes::Code;
pub use crate::kernel::text::Text;
pub use crate::kernel::violation_codes::VIOLATION_CODES;

/// Where in the request a violation stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    /// JSON Pointer (RFC 6901) into the body; empty for the body as a whole.
    Body(String),
    /// A query or path parameter.
    Parameter(String),
    /// A request header.
    Header(&'static str),
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub place: Place,
    pub code: &'static str,
    pub detail: Text,
}

impl Violation {
    /// A violation at a JSON Pointer into the body, such as `/goals/0/due_on`.
    pub fn at(pointer: impl Into<String>, code: &'static str, detail: impl Into<Text>) -> Self {
        Self { place: Place::Body(pointer.into()), code, detail: detail.into() }
    }

    /// A violation of a query or path parameter.
    pub fn parameter(name: impl Into<String>, code: &'static str, detail: impl Into<Text>) -> Self {
        Self { place: Place::Parameter(name.into()), code, detail: detail.into() }
    }

    /// A violation of a request header.
    #[must_use]
    pub fn header(name: &'static str, code: &'static str, detail: impl Into<Text>) -> Self {
        Self { place: Place::Header(name), code, detail: detail.into() }
    }

    /// A violation for a reference to something that does not exist. `detail` says what it is.
    pub fn unknown_reference(pointer: impl Into<String>, detail: &'static str) -> Self {
        Self::at(pointer, "unknown_reference", detail)
    }
}

/// A refusal as the caller will see it (RFC 9457).
#[derive(Debug, Clone)]
pub struct Problem {
    pub code: Code,
    pub detail: Option<Text>,
    pub violations: Vec<Violation>,
    /// Extension members, such as the allowed verbs of an illegal transition.
    pub extra: serde_json::Map<String, serde_json::Value>,
    /// Response headers that belong to the refusal, such as `Retry-After`.
    pub headers: Vec<(&'static str, String)>,
    /// Whether requests with this problem are not logged, because the log has the state that causes it.
    pub is_unlogged: bool,
}

impl Problem {
    /// A refusal with the general text of its code.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self {
            code,
            detail: None,
            violations: Vec::new(),
            extra: serde_json::Map::new(),
            headers: Vec::new(),
            is_unlogged: false,
        }
    }

    /// Sets the detail of this occurrence, which replaces the general text of the code.
    #[must_use]
    pub fn because(mut self, detail: impl Into<Text>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds an extension member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<serde_json::Value>) -> Self {
        self.extra.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a response header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    /// Logs no line for each request with this problem.
    #[must_use]
    pub fn unlogged(self) -> Self {
        Self { is_unlogged: true, ..self }
    }

    /// Why the request is refused, for logs: the key of the detail, or else the code.
    #[must_use]
    pub fn reason(&self) -> &str {
        self.detail.as_ref().map_or(self.code.as_str(), Text::log_key)
    }

    /// A well-formed request that breaks rules: 422 with every violation.
    #[must_use]
    pub fn invalid(violations: Vec<Violation>) -> Self {
        Self { violations, ..Self::new(Code::ValidationFailed) }
    }

    /// An operation that the state does not allow: 409 with the state and the operations (`operationId`) that are
    /// possible. `resource` selects the noun in the text.
    #[must_use]
    pub fn illegal_transition(resource: &'static str, state: &str, operation: &str, allowed: &[&str]) -> Self {
        let quoted: Vec<_> = allowed.iter().map(|one| format!("\"{one}\"")).collect();
        Self::new(Code::IllegalTransition)
            .because(
                Text::new("detail-illegal-transition")
                    .with("resource", resource)
                    .with("state", state)
                    .with("operation", operation)
                    .with("count", allowed.len())
                    .with("allowed", quoted.join(", ")),
            )
            .with("state", state)
            .with("allowed", allowed)
    }
}

/// The stored response to an earlier request with the same idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredResponse {
    pub status: u16,
    pub location: Option<String>,
    pub etag: Option<String>,
    /// Encrypted until the state decrypts it.
    pub body: String,
}

/// What a service or store returns when it does not return what was asked for.
#[derive(Debug)]
pub enum Error {
    /// A refusal to be shown to the caller.
    Problem(Box<Problem>),
    /// Not a failure: the response to an earlier request with the same idempotency key.
    Replay(Box<StoredResponse>),
    /// The database refused. Retried when it says so, otherwise an internal error.
    Database(diesel::result::Error),
    /// Anything else that should not happen; the text goes to the log only.
    Internal(String),
}

impl Error {
    /// An unexpected condition; `what` goes to the log, the caller sees a blank 500.
    pub fn internal(what: impl std::fmt::Display) -> Self {
        Self::Internal(what.to_string())
    }

    /// One violation as a 422.
    #[must_use]
    pub fn violation(violation: Violation) -> Self {
        Problem::invalid(vec![violation]).into()
    }

    /// The thing does not exist, or the caller may not know that it does.
    #[must_use]
    pub fn not_found() -> Self {
        Problem::new(Code::NotFound).into()
    }

    /// The caller can see the resource but must not do this, for the reason given.
    #[must_use]
    pub fn forbidden(detail: impl Into<Text>) -> Self {
        Problem::new(Code::Forbidden).because(detail).into()
    }

    /// The status the caller will see.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Problem(problem) => problem.code.status(),
            Self::Replay(stored) => StatusCode::from_u16(stored.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            Self::Database(_) | Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Problem(problem) => f.write_str(problem.code.as_str()),
            Self::Replay(_) => f.write_str("replay"),
            Self::Database(error) => write!(f, "database: {error}"),
            Self::Internal(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for Error {}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Problem::new(code).into()
    }
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error)
    }
}

/// Turns collected violations into a refusal, or nothing into success.
///
/// # Errors
/// 422 with all of them when there is at least one.
pub fn refuse_if_any(violations: Vec<Violation>) -> Result<(), Error> {
    if violations.is_empty() { Ok(()) } else { Err(Problem::invalid(violations).into()) }
}
