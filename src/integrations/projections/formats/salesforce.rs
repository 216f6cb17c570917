//! Leads of Salesforce.

use serde::Serialize;
use utoipa::ToSchema;

use crate::integrations::projections::lead::Lead;
use crate::integrations::projections::summary::{cut, names, summary};
use crate::integrations::projections::values::Notation;
use crate::kernel::time::UtcTime;

/// Limits of Salesforce, in characters.
const FIRST_NAME: usize = 40;
const LAST_NAME: usize = 80;
const EMAIL: usize = 80;

/// A lead in Salesforce, sent with `PATCH /services/data/vXX.X/sobjects/Lead/Entente_Request_Id__c/{id}`.
///
/// Create the custom field `Entente_Request_Id__c` with the options "External ID" and "Unique". It receives the ID of
/// the callback request, which Salesforce requires in the path and forbids in the body. Create the other `Entente_`
/// fields as well, or leave them out with `remove` in the mapping of the endpoint. Later changes are sent to
/// `sobjects/Lead/{id of the lead}`, without the data of the visitor, which people may have corrected.
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
    /// State of the callback request.
    #[serde(rename = "Entente_State__c")]
    #[schema(max_length = 20, pattern = r"^[a-z_]+$")]
    pub entente_state: &'static str,
    /// Start of the promised time; null for a call as soon as possible.
    #[serde(rename = "Entente_Promised_From__c")]
    #[schema(required, format = DateTime, max_length = 20)]
    pub entente_promised_from: Option<String>,
    /// End of the promised time.
    #[serde(rename = "Entente_Promised_By__c")]
    #[schema(format = DateTime, max_length = 20)]
    pub entente_promised_by: String,
    /// Whether the call was made as promised: `pending`, `kept`, `broken` or `void`.
    #[serde(rename = "Entente_Promise__c")]
    #[schema(max_length = 10, pattern = r"^[a-z]+$")]
    pub entente_promise: &'static str,
    /// E-mail address of the agent who has the request, or had it when it was closed; null if there is none.
    #[serde(rename = "Entente_Agent_Email__c")]
    #[schema(required, max_length = 254, pattern = r"^[^\x00-\x1f]*$")]
    pub entente_agent_email: Option<String>,
    /// Marketing campaign that led the visitor to the form; null if unknown.
    #[serde(rename = "Entente_Campaign__c")]
    #[schema(required, max_length = 120, pattern = r"^[^\x00-\x1f]*$")]
    pub entente_campaign: Option<String>,
    /// `utm_source` of the address that led the visitor to the form: the site or sender; null if unknown.
    #[serde(rename = "Entente_Utm_Source__c")]
    #[schema(required, max_length = 120, pattern = r"^[^\x00-\x1f]*$")]
    pub entente_utm_source: Option<String>,
    /// `utm_medium` of the address that led the visitor to the form: the kind of the source; null if unknown.
    #[serde(rename = "Entente_Utm_Medium__c")]
    #[schema(required, max_length = 120, pattern = r"^[^\x00-\x1f]*$")]
    pub entente_utm_medium: Option<String>,
    /// `utm_campaign` of the address that led the visitor to the form: the campaign, as an analytics tool names it;
    /// null if unknown.
    #[serde(rename = "Entente_Utm_Campaign__c")]
    #[schema(required, max_length = 120, pattern = r"^[^\x00-\x1f]*$")]
    pub entente_utm_campaign: Option<String>,
    /// `utm_term` of the address that led the visitor to the form: the search term that was paid for; null if unknown.
    #[serde(rename = "Entente_Utm_Term__c")]
    #[schema(required, max_length = 120, pattern = r"^[^\x00-\x1f]*$")]
    pub entente_utm_term: Option<String>,
    /// `utm_content` of the address that led the visitor to the form: the link or advertisement that was clicked; null
    /// if unknown.
    #[serde(rename = "Entente_Utm_Content__c")]
    #[schema(required, max_length = 120, pattern = r"^[^\x00-\x1f]*$")]
    pub entente_utm_content: Option<String>,
    /// Number of calls that were made.
    #[serde(rename = "Entente_Calls__c")]
    #[schema(format = Int32, minimum = 0, maximum = 2_147_483_647)]
    pub entente_calls: i32,
    /// Outcome of the last call; null if there is none.
    #[serde(rename = "Entente_Call_Outcome__c")]
    #[schema(required, max_length = 20, pattern = r"^[a-z_]*$")]
    pub entente_call_outcome: Option<&'static str>,
    /// When the last call started; null if there is none.
    #[serde(rename = "Entente_Called_At__c")]
    #[schema(required, format = DateTime, max_length = 20)]
    pub entente_called_at: Option<String>,
    /// Whether the visitor consented to marketing and has not withdrawn it.
    #[serde(rename = "Entente_Marketing_Consent__c")]
    pub entente_marketing_consent: bool,
}

/// Returns the lead of a request.
pub fn record(lead: &Lead) -> SalesforceLead {
    let (first, last) = names(&lead.full_name);
    let fits = |email: &&String| email.chars().count() <= EMAIL;
    let time = |at: UtcTime| Notation::Typed.time(at);
    SalesforceLead {
        first_name: first.map(|first| cut(&first, FIRST_NAME)),
        last_name: cut(&last, LAST_NAME),
        company: lead.company.clone().unwrap_or_else(|| "[not provided]".into()),
        phone: lead.phone.clone(),
        email: lead.email.as_ref().filter(fits).cloned(),
        lead_source: "Web",
        description: summary(lead),
        entente_state: lead.state.as_str(),
        entente_promised_from: lead.promised_from.map(time),
        entente_promised_by: time(lead.promised_by),
        entente_promise: lead.promise.as_str(),
        entente_agent_email: lead.desk.agent_email.clone(),
        entente_campaign: lead.source_campaign.clone(),
        entente_utm_source: lead.utm.source.clone(),
        entente_utm_medium: lead.utm.medium.clone(),
        entente_utm_campaign: lead.utm.campaign.clone(),
        entente_utm_term: lead.utm.term.clone(),
        entente_utm_content: lead.utm.content.clone(),
        entente_calls: lead.calls,
        entente_call_outcome: lead.desk.last_call.map(|call| call.outcome.as_str()),
        entente_called_at: lead.desk.last_call.map(|call| time(call.started_at)),
        entente_marketing_consent: lead.desk.marketing_consent,
    }
}
