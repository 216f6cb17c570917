//! Entity tags from row versions (RFC 9110 sections 8.8.3, 13.1.1 and 13.1.2).
//!
//! Rules: tags are strong. PATCH and PUT require `If-Match` (428 if it is missing), compared strongly (412 with the
//! current tag if it is stale). `If-None-Match` on a read is compared weakly.

use std::fmt;

use actix_web::HttpRequest;
use actix_web::http::header::{IF_MATCH, IF_NONE_MATCH};

use crate::kernel::error::{Code, Error, Problem, Text, Violation};

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
    pub fn from_kept(text: String) -> Self {
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

/// The `If-Match` condition of a change: the version that it was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: any version.
    Any,
    /// One of these tags.
    Tags(Vec<String>),
}

impl IfMatch {
    /// Parses the header; `None` if it is absent.
    ///
    /// # Errors
    /// 400 when the value is not a list of entity tags.
    pub fn from_request(request: &HttpRequest) -> Result<Option<Self>, Error> {
        let mut tags = Vec::new();
        for value in request.headers().get_all(IF_MATCH) {
            for tag in value.to_str().map_err(|_| malformed())?.split(',').map(str::trim) {
                match tag {
                    "*" => return Ok(Some(Self::Any)),
                    tag if is_entity_tag(tag) => tags.push(tag.to_owned()),
                    _ => return Err(malformed()),
                }
            }
        }
        Ok(if tags.is_empty() { None } else { Some(Self::Tags(tags)) })
    }

    /// Checks the condition against the version in the database. Call it after the row is locked.
    ///
    /// # Errors
    /// 428 without a condition, 412 with the current tag when the condition does not match.
    pub fn check(condition: Option<&Self>, version: i64) -> Result<(), Error> {
        let current = ETag::of_version(version);
        match condition {
            None => Err(Problem::new(Code::PreconditionRequired).header("ETag", current).into()),
            Some(Self::Any) => Ok(()),
            Some(Self::Tags(tags)) if tags.contains(&current.0) => Ok(()),
            Some(Self::Tags(_)) => Err(Problem::new(Code::StaleVersion).header("ETag", current).into()),
        }
    }
}

fn is_entity_tag(tag: &str) -> bool {
    let opaque = tag.strip_prefix("W/").unwrap_or(tag);
    opaque.len() >= 2
        && opaque.starts_with('"')
        && opaque.ends_with('"')
        && opaque[1..opaque.len() - 1].bytes().all(|byte| byte == 0x21 || (0x23..=0x7e).contains(&byte) || byte >= 0x80)
}

fn malformed() -> Error {
    let mut problem = Problem::new(Code::MalformedRequest);
    problem.violations.push(Violation::header(
        "If-Match",
        "malformed_entity_tag",
        Text::new("Send the ETag as it was received, in double quotes.", "Pošlete ETag tak, jak přišel, v uvozovkách."),
    ));
    problem.into()
}
