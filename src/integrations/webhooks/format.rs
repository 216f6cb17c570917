//! The formats in which an endpoint can receive events.

use super::text;
use crate::integrations::projections::{ProjectionFormat, life};

crate::text_enum! {
    "kebab-case",
    /// Format of the requests to an endpoint. Events: `event` (as in the event feed, Standard Webhooks) or
    /// `cloudevents` (CloudEvents 1.0, structured mode). Chat: `slack` (a message as text, also for Mattermost and
    /// Google Chat) or `teams` (a message as an Adaptive Card). CRM and ITSM formats, which create a record of each
    /// callback request in another tool, update it after each step and close it: `salesforce-lead` (the URL ends with
    /// the name of the external ID field of `Lead`), `hubspot-contact`, `hubspot-ticket`, `servicenow-incident`,
    /// `jira-request` and `zammad-ticket` (the URL is that of the collection of records). The introduction of this
    /// document lists the requests that a tool receives, and what it has to return.
    pub enum WebhookFormat {
        Event,
        Cloudevents,
        Slack,
        Teams,
        SalesforceLead,
        HubspotContact,
        HubspotTicket,
        ServicenowIncident,
        JiraRequest,
        ZammadTicket,
    }
}

impl WebhookFormat {
    /// Returns the format of a record in another system; `None` for events.
    #[must_use]
    pub fn projection(self) -> Option<ProjectionFormat> {
        match self {
            Self::Event | Self::Cloudevents | Self::Slack | Self::Teams => None,
            Self::SalesforceLead => Some(ProjectionFormat::SalesforceLead),
            Self::HubspotContact => Some(ProjectionFormat::HubspotContact),
            Self::HubspotTicket => Some(ProjectionFormat::HubspotTicket),
            Self::ServicenowIncident => Some(ProjectionFormat::ServicenowIncident),
            Self::JiraRequest => Some(ProjectionFormat::JiraRequest),
            Self::ZammadTicket => Some(ProjectionFormat::ZammadTicket),
        }
    }

    /// Returns the `Content-Type` of the requests.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        if self == Self::Cloudevents { "application/cloudevents+json; charset=utf-8" } else { "application/json" }
    }

    /// Returns whether events of this type can be sent in this format. Records follow the life of a callback request.
    #[must_use]
    pub fn accepts(self, event_type: &str) -> bool {
        self.projection().is_none() || life::of_event(event_type).is_some()
    }

    /// Returns the event types to which an endpoint subscribes that names none; empty for all types.
    #[must_use]
    pub fn default_event_types(self) -> Vec<&'static str> {
        match self {
            Self::Event | Self::Cloudevents => Vec::new(),
            Self::Slack | Self::Teams => text::default_event_types(),
            _ => life::LIFE.iter().map(|one| one.event).collect(),
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
