//! Entity tags from row versions (RFC 9110 sections 8.8.3, 13.1.1 and 13.1.2).
//!
//! Rules: tags are strong. PATCH and PUT require `If-Match` (428 if it is missing), compared strongly (412 with the
//! current tag if it is stale). `If-None-Match` on a read is compared weakly.

use std::fmt;

use actix_web::HttpRequest;
use actix_web::http::Method;
use actix_web::http::header::{IF_MATCH, IF_NONE_MATCH};

use crate::kernel::error::{Code, Error, Problem, Violation};

/// A strong entity tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ETag(String);

impl ETag {
    /// Returns the tag of a row version.
    #[must_use]
    pub fn of_version(version: i64) -> Self {
        Self(format!("\"v{version}\""))
    }

    /// Returns the tag of a row version and a state that changes with time alone.
    #[must_use]
    pub fn of_state(version: i64, state: &str) -> Self {
        Self(format!("\"v{version}-{state}\""))
    }

    /// Returns a tag that was stored in an idempotency record.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// Returns whether `If-None-Match` lists this tag, so that the caller already has this version.
    #[must_use]
    pub fn matches_none_of(&self, request: &HttpRequest) -> bool {
        request
            .headers()
            .get_all(IF_NONE_MATCH)
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == self.0)
    }
}

impl fmt::Display for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The condition of a change: the version that it was made from (`If-Match`), or that nothing exists yet
/// (`If-None-Match: *`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: any version.
    Any,
    /// One of these tags.
    Tags(Vec<String>),
    /// `If-None-Match: *`: the resource does not exist.
    Absent,
}

impl IfMatch {
    /// Parses the headers; `None` if both are absent. `If-Match` takes precedence.
    ///
    /// # Errors
    /// 400 when `If-Match` is not a list of entity tags, or `If-None-Match` of a `PUT` is not `*`.
    pub fn from_request(request: &HttpRequest) -> Result<Option<Self>, Error> {
        let absent = must_be_absent(request)?;
        let mut tags = Vec::new();
        for value in request.headers().get_all(IF_MATCH) {
            for tag in
                value.to_str().map_err(|_| malformed("If-Match", "violation-entity-tag"))?.split(',').map(str::trim)
            {
                match tag {
                    "*" => return Ok(Some(Self::Any)),
                    tag if is_entity_tag(tag) => tags.push(tag.to_owned()),
                    _ => return Err(malformed("If-Match", "violation-entity-tag")),
                }
            }
        }
        if !tags.is_empty() {
            return Ok(Some(Self::Tags(tags)));
        }
        Ok(absent.then_some(Self::Absent))
    }

    /// Checks the condition against the version in the database; 0 if the resource does not exist. Call it after the
    /// row is locked.
    ///
    /// # Errors
    /// 428 without a condition, 412 with the current tag when the condition does not match.
    pub fn check(condition: Option<&Self>, version: i64) -> Result<(), Error> {
        Self::check_tag(condition, ETag::of_version(version), version > 0)
    }

    /// As [`IfMatch::check`], for a resource with a tag of its own.
    ///
    /// # Errors
    /// 428 without a condition, 412 with the current tag when the condition does not match.
    pub fn check_tag(condition: Option<&Self>, current: ETag, exists: bool) -> Result<(), Error> {
        let stale = || Problem::new(Code::StaleVersion);
        let problem = match condition {
            None => Problem::new(Code::PreconditionRequired),
            Some(Self::Any) if exists => return Ok(()),
            Some(Self::Tags(tags)) if exists && tags.contains(&current.0) => return Ok(()),
            Some(Self::Absent) if !exists => return Ok(()),
            Some(Self::Absent) => stale().because("detail-exists-already"),
            Some(Self::Any | Self::Tags(_)) if !exists => stale().because("detail-nothing-matches"),
            Some(Self::Tags(tags)) if tags.iter().all(|tag| tag.starts_with("W/")) => {
                stale().because("detail-weak-etag")
            }
            Some(Self::Any | Self::Tags(_)) => stale(),
        };
        Err(if exists { problem.header("ETag", current) } else { problem }.into())
    }
}

/// Returns whether `If-None-Match: *` requires that the resource does not exist. Only a `PUT` can create a resource.
fn must_be_absent(request: &HttpRequest) -> Result<bool, Error> {
    let value = request.headers().get(IF_NONE_MATCH).filter(|_| request.method() == Method::PUT);
    match value.map(|value| value.as_bytes().trim_ascii()) {
        None => Ok(false),
        Some(b"*") => Ok(true),
        Some(_) => Err(malformed("If-None-Match", "violation-if-none-match")),
    }
}

fn is_entity_tag(tag: &str) -> bool {
    let opaque = tag.strip_prefix("W/").unwrap_or(tag);
    opaque.len() >= 2
        && opaque.starts_with('"')
        && opaque.ends_with('"')
        && opaque[1..opaque.len() - 1].bytes().all(|byte| byte == 0x21 || (0x23..=0x7e).contains(&byte) || byte >= 0x80)
}

fn malformed(header: &'static str, text: &'static str) -> Error {
    let mut problem = Problem::new(Code::MalformedRequest);
    problem.violations.push(Violation::header(header, "malformed_entity_tag", text));
    problem.into()
}
