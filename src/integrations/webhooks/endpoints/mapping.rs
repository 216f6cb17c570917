//! Validation of the field mapping of an endpoint.
//!
//! Rules: only records for other systems have fields to map; an entry that would change nothing is rejected, because a
//! mistyped name would otherwise be noticed only when leads are missing; the Jira service desk and request type are
//! required, because they have no sensible default.

use crate::integrations::projections::{self, FieldMapping};
use crate::integrations::webhooks::format::WebhookFormat;
use crate::kernel::error::{Error, Text, Violation, refuse_if_any};

/// Most bytes of a stored mapping.
const MAX_BYTES: usize = 20_000;

/// Checks a mapping for a format.
///
/// # Errors
/// 422 with all violations.
pub fn check(format: WebhookFormat, mapping: Option<&FieldMapping>) -> Result<(), Error> {
    refuse_if_any(faults(format, mapping)?)
}

fn faults(format: WebhookFormat, mapping: Option<&FieldMapping>) -> Result<Vec<Violation>, Error> {
    let at = |pointer: &str, code, detail: Text| Violation::at(pointer, code, detail);
    let Some(projection) = format.projection() else {
        let refused = at("/mapping", "not_allowed", "violation-mapping-not-allowed".into());
        return Ok(mapping.map(|_| refused).into_iter().collect());
    };
    let none = FieldMapping::default();
    let mapping = mapping.unwrap_or(&none);
    if serde_json::to_string(mapping).map_err(Error::internal)?.len() > MAX_BYTES {
        return Ok(vec![at("/mapping", "too_long", Text::new("violation-mapping-too-long").with("limit", MAX_BYTES))]);
    }
    let mut faults = projections::mapping_faults(projection, mapping)?;
    let is_set = |field| mapping.sets(field);
    if format == WebhookFormat::JiraRequest && !(is_set("/serviceDeskId") && is_set("/requestTypeId")) {
        faults.push(at("/mapping/set", "required", "violation-mapping-jira".into()));
    }
    Ok(faults)
}
