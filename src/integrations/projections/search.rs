//! Reads what a search for the record of a callback request has found.
//!
//! Rules: a record is that of the request only if the ID of the request is in a place where only the service writes it;
//! text of a visitor, who can type any ID, never counts. A response that cannot be read never counts as "not found",
//! and neither does a search that may have found more than it returned.

use serde_json::Value;

use super::formats::ProjectionFormat;
use super::paths::MOST_FOUND;
use super::summary;

/// Longest id of a record, in bytes.
const ID_BYTES: usize = 200;

/// What a search has found.
pub enum Found {
    Record(String),
    Nothing,
    /// The record of something else, where there should be none or that of the request.
    Other,
    /// The response cannot be read, or may be incomplete.
    Unknown,
}

/// Returns where the response to a search has its records: a list, or a single record if `None`; and the name of the
/// id.
fn search_result(format: ProjectionFormat) -> (Option<&'static str>, &'static str) {
    match format {
        ProjectionFormat::SalesforceLead => (None, "/Id"),
        ProjectionFormat::HubspotContact | ProjectionFormat::HubspotTicket => (None, "/id"),
        ProjectionFormat::ServicenowIncident => (Some("/result"), "/sys_id"),
        ProjectionFormat::JiraRequest => (Some("/issues"), "/id"),
        ProjectionFormat::ZammadTicket => (Some(""), "/id"),
    }
}

/// Returns what a search for the record of a callback request has found.
pub fn found(format: ProjectionFormat, request: &str, status: u16, body: &[u8]) -> Found {
    let (list, id) = search_result(format);
    match status {
        204 => return Found::Nothing,
        404 if list.is_none() => return Found::Nothing,
        200..=299 => {}
        _ => return Found::Unknown,
    }
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return Found::Unknown };
    let records = match list {
        None => std::slice::from_ref(&body),
        Some(list) => match body.pointer(list).and_then(Value::as_array) {
            Some(records) => &records[..],
            None => return Found::Unknown,
        },
    };
    match records.iter().find(|record| is_of_request(format, request, record)) {
        Some(record) => identifier(record.pointer(id)).map_or(Found::Unknown, Found::Record),
        None => without_match(format, records, &body),
    }
}

/// Returns what a search has found whose records, if there are any, are those of something else.
fn without_match(format: ProjectionFormat, records: &[Value], body: &Value) -> Found {
    let is_readable = |record: &Value| place(format).is_none_or(|place| record.pointer(place).is_some());
    match format {
        _ if !records.iter().all(is_readable) => Found::Unknown,
        ProjectionFormat::JiraRequest if !is_last_page(body) => Found::Unknown,
        ProjectionFormat::ZammadTicket if records.len() >= MOST_FOUND => Found::Unknown,
        // Other records contain the ID as well, for example because a visitor has typed it.
        ProjectionFormat::JiraRequest | ProjectionFormat::ZammadTicket => Found::Nothing,
        _ if records.is_empty() => Found::Nothing,
        // The condition of the search was not applied.
        _ => Found::Other,
    }
}

fn is_last_page(body: &Value) -> bool {
    body.get("isLast") != Some(&Value::Bool(false)) && body.get("nextPageToken").is_none_or(Value::is_null)
}

/// Returns which contact has an e-mail address that a visitor has typed: that of the request, or another one.
pub fn contact_with_email(request: &str, status: u16, body: &[u8]) -> Found {
    match status {
        404 => return Found::Nothing,
        200 => {}
        _ => return Found::Unknown,
    }
    let Ok(contact) = serde_json::from_slice::<Value>(body) else { return Found::Unknown };
    match identifier(contact.get("id")) {
        Some(id) if text_at(&contact, "/properties/entente_request_id") == Some(request) => Found::Record(id),
        Some(_) => Found::Other,
        None => Found::Unknown,
    }
}

/// Returns where a record that was found has the ID of its request; `None` if the search is for a unique field.
/// ServiceNow returns other records if it cannot read the condition of a search; Jira returns all issues whose
/// description contains the ID, and Zammad without Elasticsearch all tickets whose text does.
fn place(format: ProjectionFormat) -> Option<&'static str> {
    match format {
        ProjectionFormat::SalesforceLead | ProjectionFormat::HubspotContact | ProjectionFormat::HubspotTicket => None,
        ProjectionFormat::ServicenowIncident => Some("/correlation_id"),
        ProjectionFormat::JiraRequest => Some("/fields/description"),
        ProjectionFormat::ZammadTicket => Some("/entente_request_id"),
    }
}

/// Returns whether a record that was found is that of the request.
fn is_of_request(format: ProjectionFormat, request: &str, record: &Value) -> bool {
    let Some(place) = place(format) else { return true };
    match format {
        ProjectionFormat::JiraRequest => {
            let last = record.pointer(place).and_then(last_line);
            last.is_some_and(|line| line == summary::id_line(request))
        }
        _ => text_at(record, place) == Some(request),
    }
}

/// Returns the last line of a description in the Atlassian Document Format; `None` if it is not in a paragraph, such as
/// the text of a visitor in a code block.
fn last_line(description: &Value) -> Option<String> {
    let last = description.get("content")?.as_array()?.last()?;
    if last.get("type")?.as_str()? != "paragraph" {
        return None;
    }
    let inline = |node: &Value| match node.get("type").and_then(Value::as_str) {
        Some("hardBreak") => "\n".to_owned(),
        _ => text_at(node, "/text").unwrap_or_default().to_owned(),
    };
    let text: String = last.get("content")?.as_array()?.iter().map(inline).collect();
    text.lines().last().map(|line| line.trim().to_owned())
}

fn text_at<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer)?.as_str()
}

/// Returns an id as text, if it can be stored.
pub fn identifier(value: Option<&Value>) -> Option<String> {
    let text = match value? {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let fits = !text.is_empty() && text.len() <= ID_BYTES && !text.chars().any(char::is_control);
    // A segment of a path must not be one that URLs remove.
    (fits && text != "." && text != "..").then_some(text)
}
