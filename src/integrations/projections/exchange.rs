//! The exchange with another system about one record: which request comes first, and which one follows a response.
//! Pure.
//!
//! Rules: a record is created at most once. Where the request that creates it does not find an existing record
//! ([`ProjectionFormat::is_upsert`]), the record is looked up first, because the response to an earlier request can
//! have been lost (see [`search`]). If the response that created it had no id, the record is only looked up from then
//! on. A known record is changed by its own id, so that a record that people deleted is not created again. What a
//! visitor typed is not verified, so it never changes a record that is not that of the request: if another contact of
//! HubSpot has the e-mail address, the contact of the request is created without it.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use super::fields;
use super::formats::ProjectionFormat;
use super::life::RecordOperation;
use super::paths::{self, Purpose};
use super::search::{self, Found, identifier};

/// How long the search of Jira and Zammad may not find a new record.
const SEARCH_DELAY: Duration = Duration::from_secs(30);
/// Most bytes of the response to a search that are read: five issues of Jira with their descriptions fit.
const SEARCH_BYTES: usize = 1024 * 1024;
/// The e-mail address in the body that creates a contact of HubSpot.
const EMAIL: &str = "/inputs/0/properties/email";

/// A record that exists in the other system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRecord {
    /// `None` if the response that created it had no id.
    pub id: Option<String>,
}

/// What is to be sent about a record.
#[derive(Debug, Clone)]
pub struct RecordPlan {
    pub format: ProjectionFormat,
    /// The id of the callback request.
    pub request: String,
    /// The id of the record, if it is known.
    pub known: Option<String>,
    pub operation: RecordOperation,
    /// The body that creates the record; `None` if a missing record is not to be created.
    pub creation: Option<Value>,
    /// The body that changes an existing record.
    pub change: Value,
    /// Whether the change closes the record.
    pub closes: bool,
}

/// A request of an exchange.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordRequest {
    purpose: Purpose,
    /// The id of the record, or the e-mail address to look up; empty if neither is known.
    record: String,
    pub body: Option<Value>,
}

/// What follows a response.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    Send(RecordRequest),
    End(Ending),
}

/// How an exchange ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The record has the data. The id of the record, if the response contained it.
    Written(Option<String>),
    /// The record has the data, but its workflow has no step that closes it.
    NotClosed(String),
    /// There is no record that could be changed.
    NoRecord,
    /// The record was deleted in the other system.
    RecordDeleted,
    /// The record can no longer be changed, such as a lead that was converted.
    RecordLocked,
    /// The last response is a failure.
    Failed,
}

impl RecordPlan {
    /// Returns the first request.
    #[must_use]
    pub fn first(&self) -> RecordRequest {
        match (&self.known, &self.creation) {
            (Some(record), _) => self.change(record),
            (None, Some(body)) if self.format.is_upsert() => match self.new_email(body) {
                Some(email) => RecordRequest { purpose: Purpose::FindByEmail, record: email.to_owned(), body: None },
                None => create(body),
            },
            (None, _) => RecordRequest { purpose: Purpose::Find, record: String::new(), body: None },
        }
    }

    /// Returns the method and the URL of a request to an endpoint with this URL.
    #[must_use]
    pub fn method_and_url(&self, endpoint: &Url, sent: &RecordRequest) -> (Method, Url) {
        paths::method_and_url(endpoint, self.format, sent.purpose, &self.request, &sent.record)
    }

    /// Returns how long a record that this request creates cannot be found, so that a repetition has to wait if the
    /// response is lost.
    #[must_use]
    pub fn search_delay(&self, sent: &RecordRequest) -> Duration {
        match (sent.purpose, self.format) {
            (Purpose::Create, ProjectionFormat::JiraRequest | ProjectionFormat::ZammadTicket) => SEARCH_DELAY,
            _ => Duration::ZERO,
        }
    }

    /// Returns how much of the response to a request is read; `None` for the default.
    #[must_use]
    pub fn response_bytes(&self, sent: &RecordRequest) -> Option<usize> {
        (sent.purpose == Purpose::Find).then_some(SEARCH_BYTES)
    }

    /// Returns what follows the response to a request.
    #[must_use]
    pub fn next(&self, sent: &RecordRequest, status: u16, body: &[u8]) -> Next {
        // HubSpot responds 207 (Multi-Status) to a single record when the record failed.
        let success = (200..=299).contains(&status) && status != 207;
        let written = || Next::End(Ending::Written(Some(sent.record.clone())));
        match sent.purpose {
            Purpose::Find => self.after_search(search::found(self.format, &self.request, status, body)),
            Purpose::FindByEmail => self.after_email(search::contact_with_email(&self.request, status, body)),
            Purpose::Create if success => Next::End(Ending::Written(created(self.format, body))),
            Purpose::Change if success && self.closes && self.format == ProjectionFormat::JiraRequest => {
                Next::Send(RecordRequest { purpose: Purpose::Inspect, body: None, ..sent.clone() })
            }
            Purpose::Change | Purpose::Transition if success => written(),
            Purpose::Change if status == 404 => Next::End(Ending::RecordDeleted),
            Purpose::Change if is_locked(self.format, status, body) => Next::End(Ending::RecordLocked),
            Purpose::Inspect if success => match closing_step(body) {
                Some(Step::Closed) => written(),
                Some(Step::Transition(id)) => Next::Send(RecordRequest {
                    purpose: Purpose::Transition,
                    body: Some(json!({ "transition": { "id": id } })),
                    ..sent.clone()
                }),
                Some(Step::Missing) => Next::End(Ending::NotClosed(sent.record.clone())),
                None => Next::End(Ending::Failed),
            },
            _ => Next::End(Ending::Failed),
        }
    }

    fn after_search(&self, found: Found) -> Next {
        match (found, &self.creation) {
            // The response to the request that created it was lost.
            (Found::Record(record), _) if self.operation == RecordOperation::Create => {
                Next::End(Ending::Written(Some(record)))
            }
            (Found::Record(record), _) => Next::Send(self.change(&record)),
            (Found::Nothing, Some(body)) => Next::Send(create(body)),
            (Found::Nothing, None) => Next::End(Ending::NoRecord),
            (Found::Other | Found::Unknown, _) => Next::End(Ending::Failed),
        }
    }

    fn after_email(&self, found: Found) -> Next {
        match (found, &self.creation) {
            // A person can merge the two contacts: the address is in the summary as well.
            (Found::Other, Some(body)) => {
                let mut body = body.clone();
                fields::remove(&mut body, EMAIL);
                Next::Send(create(&body))
            }
            (found, _) => self.after_search(found),
        }
    }

    /// Returns the e-mail address with which a contact would be created.
    fn new_email<'a>(&self, creation: &'a Value) -> Option<&'a str> {
        let email = creation.pointer(EMAIL)?.as_str()?;
        (self.format == ProjectionFormat::HubspotContact && !email.is_empty()).then_some(email)
    }

    fn change(&self, record: &str) -> RecordRequest {
        RecordRequest { purpose: Purpose::Change, record: record.to_owned(), body: Some(self.change.clone()) }
    }
}

fn create(body: &Value) -> RecordRequest {
    RecordRequest { purpose: Purpose::Create, record: String::new(), body: Some(body.clone()) }
}

/// Returns the id of a new record, by the JSON Pointer of the format.
fn created(format: ProjectionFormat, body: &[u8]) -> Option<String> {
    let pointer = match format {
        ProjectionFormat::SalesforceLead | ProjectionFormat::ZammadTicket => "/id",
        ProjectionFormat::HubspotContact | ProjectionFormat::HubspotTicket => "/results/0/id",
        ProjectionFormat::ServicenowIncident => "/result/sys_id",
        ProjectionFormat::JiraRequest => "/issueId",
    };
    identifier(serde_json::from_slice::<Value>(body).ok()?.pointer(pointer))
}

/// Returns whether a response means that the record can no longer be changed.
fn is_locked(format: ProjectionFormat, status: u16, body: &[u8]) -> bool {
    let code = || -> Option<String> {
        let errors: Value = serde_json::from_slice(body).ok()?;
        errors.pointer("/0/errorCode")?.as_str().map(str::to_owned)
    };
    format == ProjectionFormat::SalesforceLead
        && status == 400
        && code().is_some_and(|code| code == "CANNOT_UPDATE_CONVERTED_LEAD")
}

/// How a record with a workflow is closed.
enum Step {
    /// It is closed already.
    Closed,
    /// With the transition that has this id.
    Transition(String),
    /// No transition leads to a closed status.
    Missing,
}

/// Returns how an issue of Jira is closed; `None` if the response cannot be read.
fn closing_step(body: &[u8]) -> Option<Step> {
    const DONE: &str = "done";
    let issue: Value = serde_json::from_slice(body).ok()?;
    if issue.pointer("/fields/status/statusCategory/key")?.as_str()? == DONE {
        return Some(Step::Closed);
    }
    let transitions = issue.get("transitions")?.as_array()?;
    let closing = transitions
        .iter()
        .find(|one| one.pointer("/to/statusCategory/key").and_then(Value::as_str) == Some(DONE))
        .and_then(|one| identifier(one.get("id")));
    Some(closing.map_or(Step::Missing, Step::Transition))
}

#[cfg(test)]
#[path = "exchange_tests.rs"]
mod tests;
