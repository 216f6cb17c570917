//! The request bodies that the receiving systems document.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

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
    /// Returns whether the receiving system finds the record by the ID of the request, so that it can be sent again.
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

/// A lead in Salesforce, sent with `PATCH /services/data/vXX.X/sobjects/Lead/Entente_Request_Id__c/{id}`.
///
/// Create the custom field `Entente_Request_Id__c` with the options "External ID" and "Unique". It receives the ID of
/// the callback request, which Salesforce requires in the path and forbids in the body.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct SalesforceLead {
    /// First name: the part of the full name before the last space; absent when the name has no space.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 40, pattern = r"^[^\x00-\x1f]+$")]
    pub first_name: Option<String>,
    /// Last name: the part of the full name after the last space.
    #[schema(min_length = 1, max_length = 80, pattern = r"^[^\x00-\x1f]+$")]
    pub last_name: String,
    /// Company of the visitor; `[not provided]` when unknown, because Salesforce requires a value.
    #[schema(min_length = 1, max_length = 255, pattern = r"^[^\x00-\x1f]+$")]
    pub company: String,
    /// Phone number in the E.164 format.
    #[schema(max_length = 40, pattern = r"^\+[0-9]+$")]
    pub phone: String,
    /// E-mail address; absent when unknown or longer than 80 characters, the limit of Salesforce. A longer one is only
    /// in `Description`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = Email, max_length = 80)]
    pub email: Option<String>,
    /// Source of the lead; always `Web`.
    #[schema(max_length = 40, pattern = "^Web$")]
    pub lead_source: &'static str,
    /// Summary of the callback request as text, including the promised time and the ID.
    #[schema(max_length = 32000, pattern = r"^[^\x00]*$")]
    pub description: String,
}

/// A contact in HubSpot, sent with `POST /crm/v3/objects/contacts/batch/upsert`.
///
/// HubSpot finds an existing contact by the e-mail address or, without one, by the property `entente_request_id`.
/// Create this property with unique values.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HubspotContact {
    /// The contact to create or update.
    #[schema(min_items = 1, max_items = 1)]
    pub inputs: Vec<HubspotContactInput>,
}

/// A contact to create or update in HubSpot.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HubspotContactInput {
    /// Property by which HubSpot finds the contact: `email`, or `entente_request_id` without an e-mail address.
    #[schema(max_length = 18, pattern = "^(email|entente_request_id)$")]
    pub id_property: &'static str,
    /// Value of the property in `idProperty`.
    #[schema(min_length = 1, max_length = 254, pattern = r"^[^\x00-\x1f]+$")]
    pub id: String,
    /// Properties of the contact.
    pub properties: HubspotContactProperties,
}

/// Properties of a contact in HubSpot.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HubspotContactProperties {
    /// First name: the part of the full name before the last space; absent when the name has no space.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub firstname: Option<String>,
    /// Last name: the part of the full name after the last space.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub lastname: String,
    /// Phone number in the E.164 format.
    #[schema(max_length = 16, pattern = r"^\+[0-9]+$")]
    pub phone: String,
    /// E-mail address; absent when unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = Email, max_length = 254)]
    pub email: Option<String>,
    /// Company of the visitor; absent when unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 120, pattern = r"^[^\x00-\x1f]+$")]
    pub company: Option<String>,
    /// Summary of the callback request as text, including the promised time and the ID.
    #[schema(max_length = 10000, pattern = r"^[^\x00]*$")]
    pub message: String,
    /// Identifier of the callback request.
    #[schema(max_length = 30, pattern = "^cbr_[0-9a-z]{26}$")]
    pub entente_request_id: String,
}

/// A ticket in HubSpot, sent with `POST /crm/v3/objects/tickets`. It is created in the first stage of the default
/// pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HubspotTicket {
    /// Properties of the ticket.
    pub properties: HubspotTicketProperties,
}

/// Properties of a ticket in HubSpot.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HubspotTicketProperties {
    /// Title of the ticket, with the name of the visitor.
    #[schema(min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    pub subject: String,
    /// Summary of the callback request as text, including the promised time and the ID.
    #[schema(max_length = 10000, pattern = r"^[^\x00]*$")]
    pub content: String,
    /// Pipeline of the ticket; always `0`, the default pipeline.
    #[schema(max_length = 1, pattern = "^0$")]
    pub hs_pipeline: &'static str,
    /// Stage in the pipeline; always `1`, the first stage.
    #[schema(max_length = 1, pattern = "^1$")]
    pub hs_pipeline_stage: &'static str,
    /// Identifier of the callback request, in a custom property that you create in HubSpot.
    #[schema(max_length = 30, pattern = "^cbr_[0-9a-z]{26}$")]
    pub entente_request_id: String,
}

/// An incident in ServiceNow, sent with `POST /api/now/table/incident`. ServiceNow derives the priority from `impact`
/// and `urgency`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ServicenowIncident {
    /// Title of the incident, with the name of the visitor.
    #[schema(min_length = 1, max_length = 160, pattern = r"^[^\x00-\x1f]+$")]
    pub short_description: String,
    /// Summary of the callback request as text, including the promised time and the ID.
    #[schema(max_length = 10000, pattern = r"^[^\x00]*$")]
    pub description: String,
    /// Impact from `1` (high) to `3` (low); always `3`.
    #[schema(max_length = 1, pattern = "^[1-3]$")]
    pub impact: &'static str,
    /// Urgency from `1` (high) to `3` (low); always `2`.
    #[schema(max_length = 1, pattern = "^[1-3]$")]
    pub urgency: &'static str,
    /// Channel of the contact; always `phone`.
    #[schema(max_length = 5, pattern = "^phone$")]
    pub contact_type: &'static str,
    /// Identifier of the callback request.
    #[schema(max_length = 30, pattern = "^cbr_[0-9a-z]{26}$")]
    pub correlation_id: String,
    /// Name of the system that `correlation_id` belongs to; always `Entente`.
    #[schema(max_length = 7, pattern = "^Entente$")]
    pub correlation_display: &'static str,
}

/// A customer request in Jira Service Management, sent with `POST /rest/servicedeskapi/request`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JiraRequest {
    /// Identifier of the service desk in Jira.
    #[schema(max_length = 20, pattern = "^[0-9]+$")]
    pub service_desk_id: String,
    /// Identifier of the request type in Jira.
    #[schema(max_length = 20, pattern = "^[0-9]+$")]
    pub request_type_id: String,
    /// Fields of the request.
    pub request_field_values: JiraFields,
}

/// Fields of a customer request in Jira Service Management.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct JiraFields {
    /// Title of the request, with the name of the visitor.
    #[schema(min_length = 1, max_length = 255, pattern = r"^[^\x00-\x1f]+$")]
    pub summary: String,
    /// Summary of the callback request as text, including the promised time; the last line contains the ID.
    #[schema(max_length = 32767, pattern = r"^[^\x00]*$")]
    pub description: String,
}

/// A ticket in Zammad, sent with `POST /api/v1/tickets`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ZammadTicket {
    /// Title of the ticket, with the name of the visitor.
    #[schema(min_length = 1, max_length = 250, pattern = r"^[^\x00-\x1f]+$")]
    pub title: String,
    /// Name of the group to which the ticket is assigned.
    #[schema(min_length = 1, max_length = 160, pattern = r"^[^\x00-\x1f]+$")]
    pub group: String,
    /// `guess:` and the e-mail address, by which Zammad finds or creates the customer; absent without an e-mail
    /// address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 260, pattern = "^guess:.+@.+$")]
    pub customer_id: Option<String>,
    /// Customer to create; absent when `customer_id` is present.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub customer: Option<ZammadCustomer>,
    /// First article of the ticket.
    pub article: ZammadArticle,
    /// Identifier of the callback request, in a custom attribute that you create in Zammad.
    #[schema(max_length = 30, pattern = "^cbr_[0-9a-z]{26}$")]
    pub entente_request_id: String,
}

/// A customer to create in Zammad.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ZammadCustomer {
    /// First name: the part of the full name before the last space; absent when the name has no space.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 100, pattern = r"^[^\x00-\x1f]+$")]
    pub firstname: Option<String>,
    /// Last name: the part of the full name after the last space.
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\x00-\x1f]+$")]
    pub lastname: String,
    /// Phone number in the E.164 format.
    #[schema(max_length = 16, pattern = r"^\+[0-9]+$")]
    pub phone: String,
}

/// The first article of a ticket in Zammad.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ZammadArticle {
    /// Subject of the article; the same as the title of the ticket.
    #[schema(max_length = 250, pattern = r"^[^\x00-\x1f]+$")]
    pub subject: String,
    /// Summary of the callback request as text, including the promised time and the ID.
    #[schema(min_length = 1, max_length = 10000, pattern = r"^[^\x00]*$")]
    pub body: String,
    /// Channel of the article; always `phone`.
    #[serde(rename = "type")]
    #[schema(max_length = 5, pattern = "^phone$")]
    pub kind: &'static str,
    /// Author of the article; always `Customer`.
    #[schema(max_length = 8, pattern = "^Customer$")]
    pub sender: &'static str,
    /// Whether the article is hidden from the customer; always false.
    pub internal: bool,
}
