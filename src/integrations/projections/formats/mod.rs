//! The request bodies that the receiving systems document.

pub mod hubspot;
pub mod jira;
pub mod salesforce;
pub mod servicenow;
pub mod zammad;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use hubspot::{HubspotContact, HubspotTicket};
use jira::JiraRequest;
use salesforce::SalesforceLead;
use servicenow::ServicenowIncident;
use zammad::ZammadTicket;

use crate::callbacks::requests::CallbackIntent;

crate::text_enum! {
    "kebab-case",
    /// A CRM or ITSM tool and a kind of record: `salesforce-lead` (sObject `Lead`), `hubspot-contact`,
    /// `hubspot-ticket`, `servicenow-incident` (table `incident`), `jira-request` (customer request of Jira Service
    /// Management) or `zammad-ticket`.
    pub enum ProjectionFormat {
        SalesforceLead,
        HubspotContact,
        HubspotTicket,
        ServicenowIncident,
        JiraRequest,
        ZammadTicket,
    }
}

impl ProjectionFormat {
    /// Returns whether the request that creates a record finds an existing one by the ID of the callback request, so
    /// that it can be repeated.
    #[must_use]
    pub fn is_upsert(self) -> bool {
        matches!(self, Self::SalesforceLead | Self::HubspotContact | Self::HubspotTicket)
    }

    /// Returns the name of the receiving system, for endpoints that do not name it.
    #[must_use]
    pub fn system(self) -> &'static str {
        match self {
            Self::SalesforceLead => "salesforce",
            Self::HubspotContact | Self::HubspotTicket => "hubspot",
            Self::ServicenowIncident => "servicenow",
            Self::JiraRequest => "jira",
            Self::ZammadTicket => "zammad",
        }
    }

    /// Returns the intent of the requests that this format accepts.
    #[must_use]
    pub fn intent(self) -> CallbackIntent {
        match self {
            Self::SalesforceLead | Self::HubspotContact => CallbackIntent::Sales,
            Self::HubspotTicket | Self::ServicenowIncident | Self::JiraRequest | Self::ZammadTicket => {
                CallbackIntent::TechnicalSupport
            }
        }
    }
}

/// Settings of the receiving system that differ between companies.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProjectionQuery {
    /// Identifier of your service desk in Jira, for the format `jira-request`; 1 when absent.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 20, pattern = "^[0-9]+$")]
    #[param(nullable = false, min_length = 1, max_length = 20, pattern = "^[0-9]+$")]
    pub service_desk_id: Option<String>,
    /// Identifier of your request type in Jira, for the format `jira-request`; 1 when absent.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 20, pattern = "^[0-9]+$")]
    #[param(nullable = false, min_length = 1, max_length = 20, pattern = "^[0-9]+$")]
    pub request_type_id: Option<String>,
    /// Name of the group in Zammad to which the ticket is assigned, for the format `zammad-ticket`; `Users` when
    /// absent.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 160, pattern = r"^[^\x00-\x1f]+$")]
    #[param(nullable = false, min_length = 1, max_length = 160, pattern = r"^[^\x00-\x1f]+$")]
    pub group: Option<String>,
}

/// The body of a record in one of the formats.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Projection {
    SalesforceLead(SalesforceLead),
    HubspotContact(HubspotContact),
    HubspotTicket(HubspotTicket),
    ServicenowIncident(ServicenowIncident),
    JiraRequest(JiraRequest),
    ZammadTicket(ZammadTicket),
}
