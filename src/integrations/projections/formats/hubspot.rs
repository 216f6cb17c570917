//! Contacts and tickets of HubSpot.

use serde::Serialize;
use utoipa::ToSchema;

use crate::integrations::projections::lead::Lead;
use crate::integrations::projections::summary::{names, summary, title};
use crate::integrations::projections::values::{self, Notation, RecordValue};

/// The property with the id of the request.
pub const REQUEST_ID: &str = "entente_request_id";
/// The first and the last stage of the default pipeline of tickets.
const NEW: &str = "1";
const CLOSED: &str = "4";

/// A contact in HubSpot, sent with `POST /crm/v3/objects/contacts/batch/upsert`.
///
/// HubSpot finds an existing contact by the property `entente_request_id` only, because the e-mail address that a
/// visitor types is not verified. Create this property with unique values, and the other `entente_` properties.
/// If another contact has the e-mail address, the contact is created without `email`: the address is in `message` only.
/// Later changes are sent to `contacts/{id of the contact}`, without the data of the visitor, which people may have
/// corrected.
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
    /// Property by which HubSpot finds the contact; always `entente_request_id`.
    #[schema(max_length = 18, pattern = "^entente_request_id$")]
    pub id_property: &'static str,
    /// Identifier of the callback request.
    #[schema(max_length = 30, pattern = "^cbr_[0-9a-z]{26}$")]
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
    /// E-mail address; absent when unknown, and not sent when another contact has it.
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
    /// State of the callback request.
    #[schema(max_length = 20, pattern = r"^[a-z_]+$")]
    pub entente_state: String,
    /// Start of the promised time; empty for a call as soon as possible. In UTC.
    #[schema(max_length = 20, pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z)?$")]
    pub entente_promised_from: String,
    /// End of the promised time. In UTC.
    #[schema(max_length = 20, pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z)?$")]
    pub entente_promised_by: String,
    /// Whether the call was made as promised: `pending`, `kept`, `broken` or `void`.
    #[schema(max_length = 10, pattern = r"^[a-z]+$")]
    pub entente_promise: String,
    /// E-mail address of the agent who has the request, or had it when it was closed; empty if there is none.
    #[schema(max_length = 254, pattern = r"^[^\x00-\x1f]*$")]
    pub entente_agent_email: String,
    /// Marketing campaign that led the visitor to the form; empty if unknown.
    #[schema(max_length = 120, pattern = r"^[^\x00-\x1f]*$")]
    pub entente_campaign: String,
    /// `utm_source` of the address that led the visitor to the form: the site or sender; empty if unknown.
    #[schema(max_length = 120, pattern = r"^[^\x00-\x1f]*$")]
    pub entente_utm_source: String,
    /// `utm_medium` of the address that led the visitor to the form: the kind of the source; empty if unknown.
    #[schema(max_length = 120, pattern = r"^[^\x00-\x1f]*$")]
    pub entente_utm_medium: String,
    /// `utm_campaign` of the address that led the visitor to the form: the campaign, as an analytics tool names it;
    /// empty if unknown.
    #[schema(max_length = 120, pattern = r"^[^\x00-\x1f]*$")]
    pub entente_utm_campaign: String,
    /// `utm_term` of the address that led the visitor to the form: the search term that was paid for; empty if unknown.
    #[schema(max_length = 120, pattern = r"^[^\x00-\x1f]*$")]
    pub entente_utm_term: String,
    /// `utm_content` of the address that led the visitor to the form: the link or advertisement that was clicked; empty
    /// if unknown.
    #[schema(max_length = 120, pattern = r"^[^\x00-\x1f]*$")]
    pub entente_utm_content: String,
    /// Number of calls that were made.
    #[schema(max_length = 10, pattern = "^[0-9]+$")]
    pub entente_calls: String,
    /// Outcome of the last call; empty if there is none.
    #[schema(max_length = 20, pattern = r"^[a-z_]*$")]
    pub entente_call_outcome: String,
    /// When the last call started; empty if there is none. In UTC.
    #[schema(max_length = 20, pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z)?$")]
    pub entente_called_at: String,
    /// `true` or `false`: whether the visitor consented to marketing and has not withdrawn it.
    #[schema(max_length = 5, pattern = "^(true|false)$")]
    pub entente_marketing_consent: String,
}

/// A ticket in HubSpot, sent with `POST /crm/v3/objects/tickets/batch/upsert`.
///
/// HubSpot finds an existing ticket by the property `entente_request_id`. Create this property with unique values, and
/// the other `entente_` properties.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HubspotTicket {
    /// The ticket to create or update.
    #[schema(min_items = 1, max_items = 1)]
    pub inputs: Vec<HubspotTicketInput>,
}

/// A ticket to create or update in HubSpot.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HubspotTicketInput {
    /// Property by which HubSpot finds the ticket; always `entente_request_id`.
    #[schema(max_length = 18, pattern = "^entente_request_id$")]
    pub id_property: &'static str,
    /// Identifier of the callback request.
    #[schema(max_length = 30, pattern = "^cbr_[0-9a-z]{26}$")]
    pub id: String,
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
    /// Stage in the pipeline: `1`, the first stage, or `4`, the last one, when the record is closed.
    #[schema(max_length = 1, pattern = "^[14]$")]
    pub hs_pipeline_stage: &'static str,
    /// Identifier of the callback request, in a custom property that you create in HubSpot.
    #[schema(max_length = 30, pattern = "^cbr_[0-9a-z]{26}$")]
    pub entente_request_id: String,
    /// State of the callback request.
    #[schema(max_length = 20, pattern = r"^[a-z_]+$")]
    pub entente_state: String,
    /// Start of the promised time; empty for a call as soon as possible. In UTC.
    #[schema(max_length = 20, pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z)?$")]
    pub entente_promised_from: String,
    /// End of the promised time. In UTC.
    #[schema(max_length = 20, pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z)?$")]
    pub entente_promised_by: String,
    /// Whether the call was made as promised: `pending`, `kept`, `broken` or `void`.
    #[schema(max_length = 10, pattern = r"^[a-z]+$")]
    pub entente_promise: String,
    /// E-mail address of the agent who has the request, or had it when it was closed; empty if there is none.
    #[schema(max_length = 254, pattern = r"^[^\x00-\x1f]*$")]
    pub entente_agent_email: String,
    /// Marketing campaign that led the visitor to the form; empty if unknown.
    #[schema(max_length = 120, pattern = r"^[^\x00-\x1f]*$")]
    pub entente_campaign: String,
    /// `utm_source` of the address that led the visitor to the form: the site or sender; empty if unknown.
    #[schema(max_length = 120, pattern = r"^[^\x00-\x1f]*$")]
    pub entente_utm_source: String,
    /// `utm_medium` of the address that led the visitor to the form: the kind of the source; empty if unknown.
    #[schema(max_length = 120, pattern = r"^[^\x00-\x1f]*$")]
    pub entente_utm_medium: String,
    /// `utm_campaign` of the address that led the visitor to the form: the campaign, as an analytics tool names it;
    /// empty if unknown.
    #[schema(max_length = 120, pattern = r"^[^\x00-\x1f]*$")]
    pub entente_utm_campaign: String,
    /// `utm_term` of the address that led the visitor to the form: the search term that was paid for; empty if unknown.
    #[schema(max_length = 120, pattern = r"^[^\x00-\x1f]*$")]
    pub entente_utm_term: String,
    /// `utm_content` of the address that led the visitor to the form: the link or advertisement that was clicked; empty
    /// if unknown.
    #[schema(max_length = 120, pattern = r"^[^\x00-\x1f]*$")]
    pub entente_utm_content: String,
    /// Number of calls that were made.
    #[schema(max_length = 10, pattern = "^[0-9]+$")]
    pub entente_calls: String,
    /// Outcome of the last call; empty if there is none.
    #[schema(max_length = 20, pattern = r"^[a-z_]*$")]
    pub entente_call_outcome: String,
    /// When the last call started; empty if there is none. In UTC.
    #[schema(max_length = 20, pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z)?$")]
    pub entente_called_at: String,
    /// `true` or `false`: whether the visitor consented to marketing and has not withdrawn it.
    #[schema(max_length = 5, pattern = "^(true|false)$")]
    pub entente_marketing_consent: String,
}

/// Returns a value as text.
fn value(lead: &Lead, which: RecordValue) -> String {
    values::value(lead, which, Notation::Text).as_str().unwrap_or_default().to_owned()
}

/// Returns the contact of a request.
pub fn contact(lead: &Lead) -> HubspotContact {
    let (firstname, lastname) = names(&lead.full_name);
    let text = |which| value(lead, which);
    let properties = HubspotContactProperties {
        firstname,
        lastname,
        phone: lead.phone.clone(),
        email: lead.email.clone(),
        company: lead.company.clone(),
        message: summary(lead),
        entente_request_id: lead.id.clone(),
        entente_state: text(RecordValue::State),
        entente_promised_from: text(RecordValue::PromisedFrom),
        entente_promised_by: text(RecordValue::PromisedBy),
        entente_promise: text(RecordValue::Promise),
        entente_agent_email: text(RecordValue::AgentEmail),
        entente_campaign: text(RecordValue::Campaign),
        entente_utm_source: text(RecordValue::UtmSource),
        entente_utm_medium: text(RecordValue::UtmMedium),
        entente_utm_campaign: text(RecordValue::UtmCampaign),
        entente_utm_term: text(RecordValue::UtmTerm),
        entente_utm_content: text(RecordValue::UtmContent),
        entente_calls: text(RecordValue::Calls),
        entente_call_outcome: text(RecordValue::CallOutcome),
        entente_called_at: text(RecordValue::CalledAt),
        entente_marketing_consent: text(RecordValue::MarketingConsent),
    };
    HubspotContact { inputs: vec![HubspotContactInput { id_property: REQUEST_ID, id: lead.id.clone(), properties }] }
}

/// Returns the ticket of a request.
pub fn ticket(lead: &Lead, closes: bool) -> HubspotTicket {
    let text = |which| value(lead, which);
    let properties = HubspotTicketProperties {
        subject: title(lead),
        content: summary(lead),
        hs_pipeline: "0",
        hs_pipeline_stage: if closes { CLOSED } else { NEW },
        entente_request_id: lead.id.clone(),
        entente_state: text(RecordValue::State),
        entente_promised_from: text(RecordValue::PromisedFrom),
        entente_promised_by: text(RecordValue::PromisedBy),
        entente_promise: text(RecordValue::Promise),
        entente_agent_email: text(RecordValue::AgentEmail),
        entente_campaign: text(RecordValue::Campaign),
        entente_utm_source: text(RecordValue::UtmSource),
        entente_utm_medium: text(RecordValue::UtmMedium),
        entente_utm_campaign: text(RecordValue::UtmCampaign),
        entente_utm_term: text(RecordValue::UtmTerm),
        entente_utm_content: text(RecordValue::UtmContent),
        entente_calls: text(RecordValue::Calls),
        entente_call_outcome: text(RecordValue::CallOutcome),
        entente_called_at: text(RecordValue::CalledAt),
        entente_marketing_consent: text(RecordValue::MarketingConsent),
    };
    HubspotTicket { inputs: vec![HubspotTicketInput { id_property: REQUEST_ID, id: lead.id.clone(), properties }] }
}
