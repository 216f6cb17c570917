//! The formats in which an endpoint can receive events.

use crate::integrations::projections::ProjectionFormat;
use crate::kernel::events::types;

crate::text_enum! {
    "kebab-case",
    /// Format of the requests to an endpoint. Events: `event` (as in the event feed, Standard Webhooks) or
    /// `cloudevents` (CloudEvents 1.0, structured mode). CRM and ITSM formats, which create records of callback
    /// requests in another tool: `salesforce-lead` (`PATCH` of a `Lead` record; the URL ends with the name of the
    /// external ID field, to which the ID of the request is appended), `hubspot-contact` (creates or updates a
    /// contact), or `hubspot-ticket`, `servicenow-incident`, `jira-request` and `zammad-ticket` (create a record).
    pub enum WebhookFormat {
        Event,
        Cloudevents,
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
            Self::Event | Self::Cloudevents => None,
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

    /// Returns whether events of this type can be sent in this format. A record of another system is created when a
    /// callback request is received; it is also updated when the request is rescheduled, if the system finds it by the
    /// id of the request.
    #[must_use]
    pub fn accepts(self, event_type: &str) -> bool {
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
