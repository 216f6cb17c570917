//! The bodies of a record, as a pure function of the data of a callback request.
//!
//! Rules: a later change does not contain the data of the visitor, which people may have corrected in the other system,
//! nor values that only a new record needs; an erasure replaces the personal data. The mapping of the company is
//! applied to the form that creates a record, so that its pointers are the same for all operations.

use serde_json::{Map, Value};

use super::fields::{self, FieldMapping};
use super::formats::{Projection, ProjectionFormat, ProjectionQuery};
use super::formats::{hubspot, jira, salesforce, servicenow, zammad};
use super::lead::{ERASED, Lead};
use super::life::RecordOperation;
use super::values::{self, Notation};
use crate::callbacks::requests::CallbackState;

/// Returns the new record of `format` for a request.
#[must_use]
pub fn project(format: ProjectionFormat, lead: &Lead, query: &ProjectionQuery) -> Projection {
    projected(format, lead, query, RecordOperation::Create)
}

fn projected(format: ProjectionFormat, lead: &Lead, query: &ProjectionQuery, operation: RecordOperation) -> Projection {
    let (is_new, closes) = (operation == RecordOperation::Create, closes(lead, operation));
    match format {
        ProjectionFormat::SalesforceLead => Projection::SalesforceLead(salesforce::record(lead)),
        ProjectionFormat::HubspotContact => Projection::HubspotContact(hubspot::contact(lead)),
        ProjectionFormat::HubspotTicket => Projection::HubspotTicket(hubspot::ticket(lead, closes)),
        ProjectionFormat::ServicenowIncident => Projection::ServicenowIncident(servicenow::record(lead, closes)),
        ProjectionFormat::JiraRequest => Projection::JiraRequest(jira::record(lead, query, is_new)),
        ProjectionFormat::ZammadTicket => Projection::ZammadTicket(zammad::record(lead, query, is_new, closes)),
    }
}

/// Returns whether an operation closes the record. An erasure also closes the record of a request that it cancelled.
#[must_use]
pub fn closes(lead: &Lead, operation: RecordOperation) -> bool {
    match operation {
        RecordOperation::Close => true,
        RecordOperation::Erase => lead.state == CallbackState::Cancelled,
        RecordOperation::Create | RecordOperation::Update => false,
    }
}

/// Returns the body that creates a record.
pub fn creation(format: ProjectionFormat, lead: &Lead, mapping: &FieldMapping) -> serde_json::Result<Value> {
    let body = serde_json::to_value(project(format, lead, &ProjectionQuery::default()))?;
    Ok(mapped(format, lead, mapping, RecordOperation::Create, body))
}

/// Returns the body that changes an existing record. `noted` adds a note, in systems whose records have a list of
/// notes.
pub fn change(
    format: ProjectionFormat,
    lead: &Lead,
    mapping: &FieldMapping,
    operation: RecordOperation,
    noted: bool,
) -> serde_json::Result<Value> {
    let mut body = serde_json::to_value(projected(format, lead, &ProjectionQuery::default(), operation))?;
    let corrected: &[&str] = if operation == RecordOperation::Erase { &[] } else { personal(format) };
    for pointer in only_new(format).iter().chain(corrected) {
        fields::remove(&mut body, pointer);
    }
    if format == ProjectionFormat::HubspotTicket && !closes(lead, operation) {
        fields::remove(&mut body, "/inputs/0/properties/hs_pipeline_stage");
    }
    if format == ProjectionFormat::ZammadTicket && !noted {
        fields::remove(&mut body, "/article");
    }
    if format == ProjectionFormat::SalesforceLead && operation == RecordOperation::Erase {
        for (pointer, value) in [("/FirstName", None), ("/Company", Some(ERASED)), ("/Phone", None), ("/Email", None)] {
            fields::set(&mut body, pointer, value.map_or(Value::Null, Value::from));
        }
    }
    Ok(change_form(format, mapped(format, lead, mapping, operation, body)))
}

fn mapped(
    format: ProjectionFormat,
    lead: &Lead,
    mapping: &FieldMapping,
    operation: RecordOperation,
    body: Value,
) -> Value {
    let notation = Notation::of(format);
    fields::mapped(body, mapping, operation, &|which| values::value(lead, which, notation))
}

/// Returns the form in which the system accepts changes of the fields.
fn change_form(format: ProjectionFormat, mut body: Value) -> Value {
    let mut take = |pointer| body.pointer_mut(pointer).map_or(Value::Null, Value::take);
    let (name, mut changed) = match format {
        ProjectionFormat::HubspotContact | ProjectionFormat::HubspotTicket => {
            ("properties", take("/inputs/0/properties"))
        }
        ProjectionFormat::JiraRequest => ("fields", take("/requestFieldValues")),
        _ => return body,
    };
    if format == ProjectionFormat::JiraRequest
        && let Some(text) = changed.get("description").and_then(Value::as_str)
    {
        let document = jira::document(text);
        fields::set(&mut changed, "/description", document);
    }
    Value::Object(Map::from_iter([(name.to_owned(), changed)]))
}

/// Returns the fields that only a new record needs.
fn only_new(format: ProjectionFormat) -> &'static [&'static str] {
    match format {
        ProjectionFormat::SalesforceLead => &["/LeadSource"],
        // The contact can belong to a customer, whose name and address must remain after an erasure.
        ProjectionFormat::HubspotContact => &[
            "/inputs/0/properties/firstname",
            "/inputs/0/properties/lastname",
            "/inputs/0/properties/phone",
            "/inputs/0/properties/email",
            "/inputs/0/properties/company",
            "/inputs/0/properties/entente_request_id",
        ],
        ProjectionFormat::HubspotTicket => {
            &["/inputs/0/properties/hs_pipeline", "/inputs/0/properties/entente_request_id"]
        }
        ProjectionFormat::ServicenowIncident => {
            &["/impact", "/urgency", "/contact_type", "/correlation_id", "/correlation_display"]
        }
        ProjectionFormat::JiraRequest => &[],
        ProjectionFormat::ZammadTicket => &["/group", "/customer_id", "/customer", "/entente_request_id"],
    }
}

/// Returns the fields with data of the visitor that people may have corrected. The summary is not among them: it is
/// written by Entente only.
fn personal(format: ProjectionFormat) -> &'static [&'static str] {
    match format {
        ProjectionFormat::SalesforceLead => &["/FirstName", "/LastName", "/Company", "/Phone", "/Email"],
        ProjectionFormat::HubspotContact => &[],
        ProjectionFormat::HubspotTicket => &["/inputs/0/properties/subject"],
        ProjectionFormat::ServicenowIncident => &["/short_description"],
        ProjectionFormat::JiraRequest => &["/requestFieldValues/summary"],
        ProjectionFormat::ZammadTicket => &["/title"],
    }
}

/// Returns sample records that together have every field that `format` can have.
pub fn samples(format: ProjectionFormat) -> serde_json::Result<[Value; 3]> {
    let known = Lead::sample();
    let nameless = Lead { email: None, ..known.clone() };
    let body =
        |lead: &Lead, operation| serde_json::to_value(projected(format, lead, &ProjectionQuery::default(), operation));
    Ok([
        body(&known, RecordOperation::Create)?,
        body(&nameless, RecordOperation::Create)?,
        body(&known, RecordOperation::Close)?,
    ])
}

#[cfg(test)]
#[path = "mapping_tests.rs"]
mod tests;
