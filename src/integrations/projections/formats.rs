//! The bodies that the receiving systems document.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::callbacks::requests::CallbackIntent;

crate::text_enum! {
    "kebab-case",
    /// A system and a kind of record.
    pub enum ProjectionFormat {
        /// sObject `Lead` of Salesforce.
        SalesforceLead,
        /// A contact of HubSpot.
        HubspotContact,
        /// A ticket of HubSpot.
        HubspotTicket,
        /// A row of the table `incident` of ServiceNow.
        ServicenowIncident,
        /// A customer request of Jira Service Management.
        JiraRequest,
        /// A ticket of Zammad.
        ZammadTicket,
    }
}

impl ProjectionFormat {
    /// Returns whether the receiving system finds the record by our id, so that it can be sent again.
    #[must_use]
    pub fn is_upsert(self) -> bool {
        matches!(self, Self::SalesforceLead | Self::HubspotContact)
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

/// What differs from company to company.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProjectionQuery {
    /// Id of your service desk, for `jira-request`.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 20, pattern = "^[0-9]+$")]
    #[param(nullable = false, min_length = 1, max_length = 20, pattern = "^[0-9]+$")]
    pub service_desk_id: Option<String>,
    /// Id of your request type, for `jira-request`.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 20, pattern = "^[0-9]+$")]
    #[param(nullable = false, min_length = 1, max_length = 20, pattern = "^[0-9]+$")]
    pub request_type_id: Option<String>,
    /// Name of the group that gets the ticket, for `zammad-ticket`.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 160, pattern = r"^[^\x00-\x1f]+$")]
    #[param(nullable = false, min_length = 1, max_length = 160, pattern = r"^[^\x00-\x1f]+$")]
    pub group: Option<String>,
}

/// The body for one of the formats.
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

/// `PATCH /services/data/vXX.X/sobjects/Lead/Entente_Request_Id__c/{id}`. `LastName` and `Company` are
/// required there; a lead without a company has `[not provided]`. `Entente_Request_Id__c` is a custom field with "External ID"
/// and "Unique" ticked: our id, which stands in the path and must not stand in the body.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct SalesforceLead {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 40, pattern = r"^[^\x00-\x1f]+$")]
    pub first_name: Option<String>,
    #[schema(min_length = 1, max_length = 80, pattern = r"^[^\x00-\x1f]+$")]
    pub last_name: String,
    #[schema(min_length = 1, max_length = 255, pattern = r"^[^\x00-\x1f]+$")]
    pub company: String,
    #[schema(max_length = 40, pattern = r"^\+[0-9]+$")]
    pub phone: String,
    /// An address of more than 80 characters, which Salesforce does not take, stands in `Description`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = Email, max_length = 80)]
    pub email: Option<String>,
    #[schema(max_length = 40, pattern = "^Web$")]
    pub lead_source: &'static str,
    #[schema(max_length = 32000, pattern = r"^[^\x00]*$")]
    pub description: String,
}

/// `POST /crm/v3/objects/contacts/batch/upsert`. Contacts are found by their e-mail address, which is unique there; without
/// one by a property of ours, `entente_request_id`, to be made with unique values.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HubspotContact {
    #[schema(min_items = 1, max_items = 1)]
    pub inputs: Vec<HubspotContactInput>,
}

/// One contact.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HubspotContactInput {
    #[schema(max_length = 18, pattern = "^(email|entente_request_id)$")]
    pub id_property: &'static str,
    #[schema(min_length = 1, max_length = 254, pattern = r"^[^\x00-\x1f]+$")]
    pub id: String,
    pub properties: HubspotContactProperties,
}

/// Properties of a contact.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HubspotContactProperties {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub firstname: Option<String>,
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub lastname: String,
    #[schema(max_length = 16, pattern = r"^\+[0-9]+$")]
    pub phone: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = Email, max_length = 254)]
    pub email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub company: Option<String>,
    #[schema(max_length = 10000, pattern = r"^[^\x00]*$")]
    pub message: String,
    #[schema(max_length = 30, pattern = "^cbr_[0-9a-z]{26}$")]
    pub entente_request_id: String,
}

/// `POST /crm/v3/objects/tickets`; in the first stage of the default pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HubspotTicket {
    pub properties: HubspotTicketProperties,
}

/// Properties of a ticket.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HubspotTicketProperties {
    #[schema(min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    pub subject: String,
    #[schema(max_length = 10000, pattern = r"^[^\x00]*$")]
    pub content: String,
    #[schema(max_length = 1, pattern = "^0$")]
    pub hs_pipeline: &'static str,
    #[schema(max_length = 1, pattern = "^1$")]
    pub hs_pipeline_stage: &'static str,
    #[schema(max_length = 30, pattern = "^cbr_[0-9a-z]{26}$")]
    pub entente_request_id: String,
}

/// `POST /api/now/table/incident`. The priority follows from impact and urgency there.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ServicenowIncident {
    #[schema(min_length = 1, max_length = 160, pattern = r"^[^\x00-\x1f]+$")]
    pub short_description: String,
    #[schema(max_length = 10000, pattern = r"^[^\x00]*$")]
    pub description: String,
    #[schema(max_length = 1, pattern = "^[1-3]$")]
    pub impact: &'static str,
    #[schema(max_length = 1, pattern = "^[1-3]$")]
    pub urgency: &'static str,
    #[schema(max_length = 5, pattern = "^phone$")]
    pub contact_type: &'static str,
    /// Our id.
    #[schema(max_length = 30, pattern = "^cbr_[0-9a-z]{26}$")]
    pub correlation_id: String,
    #[schema(max_length = 7, pattern = "^Entente$")]
    pub correlation_display: &'static str,
}

/// `POST /rest/servicedeskapi/request`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JiraRequest {
    #[schema(max_length = 20, pattern = "^[0-9]+$")]
    pub service_desk_id: String,
    #[schema(max_length = 20, pattern = "^[0-9]+$")]
    pub request_type_id: String,
    pub request_field_values: JiraFields,
}

/// Fields of a customer request; our id is the last line of the description.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct JiraFields {
    #[schema(min_length = 1, max_length = 255, pattern = r"^[^\x00-\x1f]+$")]
    pub summary: String,
    #[schema(max_length = 32767, pattern = r"^[^\x00]*$")]
    pub description: String,
}

/// `POST /api/v1/tickets`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ZammadTicket {
    #[schema(min_length = 1, max_length = 250, pattern = r"^[^\x00-\x1f]+$")]
    pub title: String,
    #[schema(min_length = 1, max_length = 160, pattern = r"^[^\x00-\x1f]+$")]
    pub group: String,
    /// `guess:` finds or makes the customer by e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 260, pattern = "^guess:.+@.+$")]
    pub customer_id: Option<String>,
    /// Without an e-mail address a customer is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub customer: Option<ZammadCustomer>,
    pub article: ZammadArticle,
    /// A custom attribute of tickets: our id.
    #[schema(max_length = 30, pattern = "^cbr_[0-9a-z]{26}$")]
    pub entente_request_id: String,
}

/// A customer to make.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ZammadCustomer {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 100, pattern = r"^[^\x00-\x1f]+$")]
    pub firstname: Option<String>,
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\x00-\x1f]+$")]
    pub lastname: String,
    #[schema(max_length = 16, pattern = r"^\+[0-9]+$")]
    pub phone: String,
}

/// The first article of a ticket.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ZammadArticle {
    #[schema(max_length = 250, pattern = r"^[^\x00-\x1f]+$")]
    pub subject: String,
    #[schema(min_length = 1, max_length = 10000, pattern = r"^[^\x00]*$")]
    pub body: String,
    #[serde(rename = "type")]
    #[schema(max_length = 5, pattern = "^phone$")]
    pub kind: &'static str,
    #[schema(max_length = 8, pattern = "^Customer$")]
    pub sender: &'static str,
    pub internal: bool,
}
