//! Request bodies: JSON (iCalendar for one operation), at most 64 KiB unless the type allows more, no unknown fields,
//! all violations in one response.
//!
//! `http::schema` validates the shape of a body; the `validator` derive validates rules across fields. Both report
//! violations with JSON Pointers.

use std::time::Duration;

use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::{FromRequest, HttpRequest, dev, web};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;
use utoipa::ToSchema;
use validator::{Validate, ValidationError, ValidationErrors, ValidationErrorsKind};

use crate::kernel::error::{Code, Error, Problem, Text, Violation, refuse_if_any};
use crate::kernel::http::{schema, strict_json};
use crate::kernel::time::Day;
use crate::kernel::visible::has_visible_character;

/// Maximum size of a body, in bytes, unless its type allows more.
pub const MAX_BODY: usize = 64 * 1024;
/// Time limit for receiving a whole body, however its parts are spread over that time.
const DEADLINE: Duration = Duration::from_secs(10);

/// A type that is deserialised from a request body.
pub trait RequestBody: DeserializeOwned + ToSchema + Validate + 'static {
    /// Whether a missing body is read as `{}`.
    const OPTIONAL: bool = false;
    /// Maximum size, in bytes.
    const MAX_SIZE: usize = MAX_BODY;
}

/// The body of an operation that takes no input. Send no body, or `{}`.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct EmptyBody {}

impl RequestBody for EmptyBody {
    const OPTIONAL: bool = true;
}

/// The media type of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    Json,
    /// iCalendar (RFC 5545).
    Calendar,
}

impl Media {
    fn accepted(self, request: &HttpRequest) -> &'static [&'static str] {
        match self {
            Self::Json if request.method() == "PATCH" => &["application/merge-patch+json", "application/json"],
            Self::Json => &["application/json"],
            Self::Calendar => &["text/calendar"],
        }
    }
}

/// Receives a body of at most `limit` bytes within the limit of time, and checks its media type.
///
/// # Errors
/// 408 when it arrives too slowly, 413 when it is too large, 415 when the media type is not accepted.
pub async fn receive(
    request: &HttpRequest,
    payload: &mut dev::Payload,
    media: Media,
    limit: usize,
) -> Result<web::Bytes, Error> {
    receive_within(DEADLINE, request, payload, media, limit).await
}

async fn receive_within(
    deadline: Duration,
    request: &HttpRequest,
    payload: &mut dev::Payload,
    media: Media,
    limit: usize,
) -> Result<web::Bytes, Error> {
    let bytes = tokio::time::timeout(deadline, collect_bytes(request, payload, limit))
        .await
        .map_err(|_| Error::from(Code::RequestTimeout))??;
    if !bytes.is_empty() {
        check_media_type(request, media.accepted(request))?;
    }
    Ok(bytes)
}

async fn collect_bytes(request: &HttpRequest, payload: &mut dev::Payload, limit: usize) -> Result<web::Bytes, Error> {
    let unreadable = |error: actix_web::Error| Error::from(Code::for_status(error.as_response_error().status_code()));
    let too_large = || {
        let detail = Text::new("detail-body-too-large").with("limit", limit / 1024);
        Error::from(Problem::new(Code::PayloadTooLarge).because(detail))
    };
    let announced =
        request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    let payload = web::Payload::from_request(request, payload).await.map_err(unreadable)?;
    payload.to_bytes_limited(limit).await.map_err(|_| too_large())?.map_err(unreadable)
}

fn check_media_type(request: &HttpRequest, accepted: &[&str]) -> Result<(), Error> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let content_type = header(CONTENT_TYPE).to_ascii_lowercase();
    let (media_type, parameters) = content_type.split_once(';').unwrap_or((&content_type, ""));
    let known = accepted.contains(&media_type.trim());
    let charset = parameters
        .split(';')
        .filter_map(|parameter| parameter.trim().strip_prefix("charset="))
        .all(|charset| charset.trim_matches('"') == "utf-8");
    let encoding = header(CONTENT_ENCODING);
    if known && charset && (encoding.is_empty() || encoding.eq_ignore_ascii_case("identity")) {
        return Ok(());
    }
    let accepted = accepted.join(", ");
    Err(Problem::new(Code::UnsupportedMediaType)
        .because(Text::new("detail-media-type").with("accepted", accepted.as_str()))
        .header("Accept", accepted)
        .into())
}

/// Parses and validates a body.
///
/// # Errors
/// 400 when it is not JSON, 422 with all violations otherwise.
pub fn read<T: RequestBody>(bytes: &[u8]) -> Result<T, Error> {
    let value = if T::OPTIONAL && bytes.is_empty() {
        Value::Object(serde_json::Map::new())
    } else {
        strict_json::parse(bytes)?
    };
    refuse_if_any(schema::violations::<T>(&value)?)?;
    // The schema has already validated the shape. Anything else that serde rejects is a violation, too.
    let body: T = serde_json::from_value(value).map_err(|error| {
        Error::violation(Violation::at(
            "",
            "unreadable",
            Text::new("violation-unreadable").with("reason", error.to_string()),
        ))
    })?;
    body.validate().map_err(|errors| {
        let mut violations = Vec::new();
        collect("", &errors, &mut violations);
        Problem::invalid(violations)
    })?;
    Ok(body)
}

/// Returns a violation for a `validator` function; `key` is the key of its text.
#[must_use]
pub fn fault(code: &'static str, key: &'static str) -> ValidationError {
    ValidationError::new(code).with_message(key.into())
}

/// Returns a violation that points at a field, for a rule of the whole object.
#[must_use]
pub fn fault_at(field: &'static str, code: &'static str, key: &'static str) -> ValidationError {
    let mut error = fault(code, key);
    error.add_param("field".into(), &field);
    error
}

/// Validates that a name has a visible character.
///
/// # Errors
/// A violation with the code `blank`.
pub fn visible_name(text: &str) -> Result<(), ValidationError> {
    if has_visible_character(text) { Ok(()) } else { Err(fault("blank", "violation-blank-name")) }
}

/// Validates the URL of a web page, whose scheme the schema has validated: it has a host, and neither a user name nor a
/// password, which would otherwise be shown and sent on.
///
/// # Errors
/// A violation with the code `invalid_url` or `url_has_credentials`.
pub fn web_page(text: &str) -> Result<(), ValidationError> {
    match Url::parse(text) {
        Ok(url) if !url.has_host() => Err(fault("invalid_url", "violation-form-url")),
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            Err(fault("url_has_credentials", "violation-url-user"))
        }
        Ok(_) => Ok(()),
        Err(_) => Err(fault("invalid_url", "violation-form-url")),
    }
}

/// Checks that `valid_to` is after `valid_from`, if both are given. The interval is half-open.
///
/// # Errors
/// A violation at `valid_to`.
pub fn days_in_order(valid_from: Option<Day>, valid_to: Option<Day>) -> Result<(), ValidationError> {
    if valid_from.zip(valid_to).is_none_or(|(from, to)| from < to) {
        return Ok(());
    }
    Err(fault_at("valid_to", "not_after_start", "violation-valid-to-after-valid-from"))
}

fn collect(prefix: &str, errors: &ValidationErrors, violations: &mut Vec<Violation>) {
    for (field, kind) in errors.errors() {
        // `validator` reports rules of the whole object under `__all__`.
        let pointer = if field == "__all__" { prefix.to_owned() } else { format!("{prefix}/{field}") };
        match kind {
            ValidationErrorsKind::Field(found) => {
                violations.extend(found.iter().map(|error| violation(&pointer, error)))
            }
            ValidationErrorsKind::Struct(inner) => collect(&pointer, inner, violations),
            ValidationErrorsKind::List(items) => {
                for (index, inner) in items {
                    collect(&format!("{pointer}/{index}"), inner, violations);
                }
            }
        }
    }
}

fn violation(pointer: &str, error: &ValidationError) -> Violation {
    let parameter = |name: &str| error.params.get(name).and_then(Value::as_str).map(str::to_owned);
    let pointer = match parameter("field") {
        Some(field) => format!("{pointer}/{field}"),
        None => pointer.to_owned(),
    };
    let key = error.message.clone().unwrap_or("violation-invalid".into());
    let code = match &error.code {
        std::borrow::Cow::Borrowed(code) => code,
        std::borrow::Cow::Owned(_) => "invalid_value",
    };
    Violation::at(pointer, code, Text::new(key))
}

#[cfg(test)]
mod tests {
    use actix_web::error::PayloadError;
    use actix_web::test::TestRequest;
    use futures_util::stream::{self, Stream, StreamExt};

    use super::*;

    type BoxedStream = std::pin::Pin<Box<dyn Stream<Item = Result<web::Bytes, PayloadError>>>>;

    /// Receives a body of which these parts arrive at once, and the rest never.
    fn received(parts: &'static [&'static [u8]]) -> Result<web::Bytes, Error> {
        let parts = stream::iter(parts).map(|part| Ok::<_, PayloadError>(web::Bytes::from_static(part)));
        let endless: BoxedStream = Box::pin(parts.chain(stream::pending()));
        let mut payload = dev::Payload::Stream { payload: endless };
        let request = TestRequest::post().insert_header((CONTENT_TYPE, "application/json")).to_http_request();
        let receiving = receive_within(Duration::from_millis(1), &request, &mut payload, Media::Json, 8);
        actix_web::rt::System::new().block_on(receiving)
    }

    #[test]
    fn a_body_that_arrives_too_slowly_is_refused() {
        let refused = |parts: &'static [&'static [u8]]| match received(parts) {
            Err(Error::Problem(problem)) => problem.code,
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(&[]), Code::RequestTimeout);
        assert_eq!(refused(&[b"{", b"}"]), Code::RequestTimeout);
        // A body that is too large is refused at once.
        assert_eq!(refused(&[b"12345", b"6789"]), Code::PayloadTooLarge);
    }
}
