//! In which form an event goes to an endpoint.
//!
//! Rules: `event` and `cloudevents` are made once, when the event is queued, and stored, so that every attempt sends the
//! same bytes; records of other systems are made when a worker takes them up, because they tell of persons: what is stored
//! twice would have to be erased twice, and who is erased by then is not sent.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::integrations::projections::ProjectionFormat;
use crate::kernel::error::Error;
use crate::kernel::events::{EventBody, types};

crate::text_enum! {
    "kebab-case",
    /// What an endpoint is sent.
    pub enum WebhookFormat {
        /// The event as the feed shows it (Standard Webhooks).
        Event,
        /// CloudEvents 1.0, structured mode.
        Cloudevents,
        /// `PATCH` of a `Lead` of Salesforce by our id; the URL ends with the name of the external id field.
        SalesforceLead,
        /// Upsert of a contact of HubSpot.
        HubspotContact,
        /// A new ticket of HubSpot.
        HubspotTicket,
        /// A new incident of ServiceNow.
        ServicenowIncident,
        /// A new customer request of Jira Service Management.
        JiraRequest,
        /// A new ticket of Zammad.
        ZammadTicket,
    }
}

impl WebhookFormat {
    /// The format of a record in another system; none for events.
    #[must_use]
    pub fn projection(self) -> Option<ProjectionFormat> {
        match self {
            Self::Event | Self::Cloudevents => None,
            Self::SalesforceLead => Some(ProjectionFormat::SalesforceLead),
            Self::HubspotContact => Some(ProjectionFormat::HubspotContact),
            Self::HubspotTicket => Some(ProjectionFormat::HubspotTicket),
            Self::ServicenowIncident => Some(ProjectionFormat::ServicenowIncident),
            Self::JiraRequest => Some(ProjectionFormat::JiraRequest),
            Self::ZammadTicket => Some(ProjectionFormat::ZammadTicket),
        }
    }

    /// `Content-Type` of what is sent.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        if self == Self::Cloudevents { "application/cloudevents+json; charset=utf-8" } else { "application/json" }
    }

    /// Whether events of this type can be sent in this form. A record of another system is made when a request comes in;
    /// what is found by our id there can be brought up to date later.
    #[must_use]
    pub fn takes(self, event_type: &str) -> bool {
        match self.projection() {
            None => true,
            Some(format) if format.is_upsert() => {
                [types::CALLBACK_REQUEST_RECEIVED, types::CALLBACK_REQUEST_RESCHEDULED].contains(&event_type)
            }
            Some(_) => event_type == types::CALLBACK_REQUEST_RECEIVED,
        }
    }
}

impl From<ProjectionFormat> for WebhookFormat {
    fn from(format: ProjectionFormat) -> Self {
        match format {
            ProjectionFormat::SalesforceLead => Self::SalesforceLead,
            ProjectionFormat::HubspotContact => Self::HubspotContact,
            ProjectionFormat::HubspotTicket => Self::HubspotTicket,
            ProjectionFormat::ServicenowIncident => Self::ServicenowIncident,
            ProjectionFormat::JiraRequest => Self::JiraRequest,
            ProjectionFormat::ZammadTicket => Self::ZammadTicket,
        }
    }
}

/// An event after CloudEvents 1.0 (<https://github.com/cloudevents/spec>), structured mode; what the standard has no
/// member for is in extension attributes, whose names are lower-case letters and digits.
#[derive(Serialize)]
struct CloudEvent<'a> {
    specversion: &'static str,
    id: &'a str,
    source: &'static str,
    #[serde(rename = "type")]
    kind: &'a str,
    subject: &'a str,
    time: String,
    datacontenttype: &'static str,
    /// The sequence extension wants text that sorts: 20 digits.
    sequence: String,
    subjectsequence: String,
    requestid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    causedby: Option<&'a str>,
    data: &'a RawValue,
}

/// The bytes of an event, where they are the same at each attempt; none for records of other systems.
///
/// # Errors
/// When it cannot be serialised, which is a fault of ours.
pub fn stored_body(format: WebhookFormat, event: &EventBody) -> Result<Option<String>, Error> {
    match format {
        WebhookFormat::Event => serde_json::to_string(event).map(Some),
        WebhookFormat::Cloudevents => serde_json::to_string(&CloudEvent {
            specversion: "1.0",
            id: event.id.as_str(),
            source: "urn:entente",
            kind: &event.kind,
            subject: &event.subject,
            time: event.timestamp.to_string(),
            datacontenttype: "application/json",
            sequence: format!("{:020}", event.sequence),
            subjectsequence: format!("{:020}", event.subject_sequence),
            requestid: &event.request_id,
            causedby: event.caused_by.as_deref(),
            data: &event.data,
        })
        .map(Some),
        _ => Ok(None),
    }
    .map_err(Error::internal)
}
