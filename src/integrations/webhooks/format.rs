//! The formats in which an endpoint can receive events.

use crate::integrations::projections::ProjectionFormat;
use crate::kernel::events::types;

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

    /// Returns the `Content-Type` of what is sent.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        if self == Self::Cloudevents { "application/cloudevents+json; charset=utf-8" } else { "application/json" }
    }

    /// Returns whether events of this type can be sent in this format. A record of another system is created when a callback
    /// request is received; where records are found by our id, they are also updated later.
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
