//! Properties of the service's own parsers, for any input.
//!
//! A target panics if a property does not hold, and returns whether the parser accepted the input. Each target compares
//! the parser with an independent one, or reads again what the service writes: that a parser does not panic is too
//! little. The tests of this module run the targets on the seeds in `fuzz/seeds` and on mutations of them; `make fuzz`
//! runs them with libFuzzer, which searches for inputs that reach new code.

mod bodies;
mod files;
mod headers;
mod identifiers;
mod queries;
mod times;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use crate::kernel::error::{Error, Place};

/// A target: panics if a property does not hold, and returns whether the parser accepted the input.
pub type Target = fn(&[u8]) -> bool;

/// All targets by name. `fuzz/seeds` has a folder for each.
pub const TARGETS: [(&str, Target); 15] = [
    ("accept_language", headers::accept_language),
    ("api_key", identifiers::api_key),
    ("calendar_file", files::calendar_file),
    ("client_address", headers::client_address),
    ("cursor", queries::cursor),
    ("entity_tag", headers::entity_tag),
    ("evidence", files::evidence),
    ("id", identifiers::id),
    ("json", bodies::json),
    ("merge_patch", bodies::merge_patch),
    ("people_file", files::people_file),
    ("phone", identifiers::phone),
    ("query", queries::query),
    ("time", times::time),
    ("window", times::window),
];

/// Returns the input as text. What is not UTF-8 becomes U+FFFD.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// Checks that an error is a fault of the caller and that its pointers are JSON Pointers. Returns the codes of its
/// violations.
fn violation_codes(error: &Error) -> Vec<&'static str> {
    assert!(error.status().is_client_error(), "{error}");
    let Error::Problem(problem) = error else { return Vec::new() };
    for violation in &problem.violations {
        if let Place::Body(pointer) = &violation.place {
            assert!(pointer.is_empty() || pointer.starts_with('/'), "{pointer:?} is not a JSON Pointer");
        }
    }
    problem.violations.iter().map(|violation| violation.code).collect()
}
