//! Incidents of ServiceNow.

use serde::Serialize;
use utoipa::ToSchema;

use crate::callbacks::requests::CallbackState;
use crate::integrations::projections::lead::{ERASED, Lead};
use crate::integrations::projections::summary::{progress, summary, title};
use crate::integrations::projections::values::{self, Notation, RecordValue};

/// States of a closed incident.
const RESOLVED: &str = "6";
const CANCELLED: &str = "8";

/// An incident in ServiceNow, sent with `POST /api/now/table/incident`. ServiceNow derives the priority from `impact`
/// and `urgency`, and ignores columns that do not exist, so that the `u_entente_` columns are optional.
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
    /// State of a closed incident: `6` (resolved) or `8` (cancelled); absent before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1, pattern = "^[68]$")]
    pub state: Option<&'static str>,
    /// Resolution code of a closed incident; absent before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 40, pattern = "^[A-Za-z ]+$")]
    pub close_code: Option<&'static str>,
    /// Resolution notes of a closed incident: agent, last call and result; absent before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 4000, pattern = r"^[^\x00]*$")]
    pub close_notes: Option<String>,
    /// State of the callback request.
    #[schema(max_length = 20, pattern = r"^[a-z_]+$")]
    pub u_entente_state: String,
    /// Start of the promised time; empty for a call as soon as possible. In UTC.
    #[schema(max_length = 20, pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8})?$")]
    pub u_entente_promised_from: String,
    /// End of the promised time. In UTC.
    #[schema(max_length = 20, pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8})?$")]
    pub u_entente_promised_by: String,
    /// Whether the call was made as promised: `pending`, `kept`, `broken` or `void`.
    #[schema(max_length = 10, pattern = r"^[a-z]+$")]
    pub u_entente_promise: String,
    /// E-mail address of the agent who has the request, or had it when it was closed; empty if there is none.
    #[schema(max_length = 254, pattern = r"^[^\x00-\x1f]*$")]
    pub u_entente_agent_email: String,
    /// Marketing campaign that led the visitor to the form; empty if unknown.
    #[schema(max_length = 120, pattern = r"^[^\x00-\x1f]*$")]
    pub u_entente_campaign: String,
    /// `utm_source` of the address that led the visitor to the form: the site or sender; empty if unknown.
    #[schema(max_length = 120, pattern = r"^[^\x00-\x1f]*$")]
    pub u_entente_utm_source: String,
    /// `utm_medium` of the address that led the visitor to the form: the kind of the source; empty if unknown.
    #[schema(max_length = 120, pattern = r"^[^\x00-\x1f]*$")]
    pub u_entente_utm_medium: String,
    /// `utm_campaign` of the address that led the visitor to the form: the campaign, as an analytics tool names it;
    /// empty if unknown.
    #[schema(max_length = 120, pattern = r"^[^\x00-\x1f]*$")]
    pub u_entente_utm_campaign: String,
    /// `utm_term` of the address that led the visitor to the form: the search term that was paid for; empty if unknown.
    #[schema(max_length = 120, pattern = r"^[^\x00-\x1f]*$")]
    pub u_entente_utm_term: String,
    /// `utm_content` of the address that led the visitor to the form: the link or advertisement that was clicked; empty
    /// if unknown.
    #[schema(max_length = 120, pattern = r"^[^\x00-\x1f]*$")]
    pub u_entente_utm_content: String,
    /// Number of calls that were made.
    #[schema(max_length = 10, pattern = "^[0-9]+$")]
    pub u_entente_calls: String,
    /// Outcome of the last call; empty if there is none.
    #[schema(max_length = 20, pattern = r"^[a-z_]*$")]
    pub u_entente_call_outcome: String,
    /// When the last call started; empty if there is none. In UTC.
    #[schema(max_length = 20, pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8})?$")]
    pub u_entente_called_at: String,
    /// `true` or `false`: whether the visitor consented to marketing and has not withdrawn it.
    #[schema(max_length = 5, pattern = "^(true|false)$")]
    pub u_entente_marketing_consent: String,
}

/// Returns the incident of a request.
pub fn record(lead: &Lead, closes: bool) -> ServicenowIncident {
    let text = |which| values::value(lead, which, Notation::SpacedText).as_str().unwrap_or_default().to_owned();
    let (state, code) = closing(lead.state);
    let notes = if lead.erased { ERASED.to_owned() } else { progress(lead).unwrap_or_default() };
    ServicenowIncident {
        short_description: title(lead),
        description: summary(lead),
        impact: "3",
        urgency: "2",
        contact_type: "phone",
        correlation_id: lead.id.clone(),
        correlation_display: "Entente",
        state: closes.then_some(state),
        close_code: closes.then_some(code),
        // The notes contain the agent, so an erasure replaces them as well.
        close_notes: (closes || lead.erased).then_some(notes),
        u_entente_state: text(RecordValue::State),
        u_entente_promised_from: text(RecordValue::PromisedFrom),
        u_entente_promised_by: text(RecordValue::PromisedBy),
        u_entente_promise: text(RecordValue::Promise),
        u_entente_agent_email: text(RecordValue::AgentEmail),
        u_entente_campaign: text(RecordValue::Campaign),
        u_entente_utm_source: text(RecordValue::UtmSource),
        u_entente_utm_medium: text(RecordValue::UtmMedium),
        u_entente_utm_campaign: text(RecordValue::UtmCampaign),
        u_entente_utm_term: text(RecordValue::UtmTerm),
        u_entente_utm_content: text(RecordValue::UtmContent),
        u_entente_calls: text(RecordValue::Calls),
        u_entente_call_outcome: text(RecordValue::CallOutcome),
        u_entente_called_at: text(RecordValue::CalledAt),
        u_entente_marketing_consent: text(RecordValue::MarketingConsent),
    }
}

/// Returns the state and the resolution code of the incident of a closed request.
fn closing(state: CallbackState) -> (&'static str, &'static str) {
    match state {
        CallbackState::Completed => (RESOLVED, "Solution provided"),
        CallbackState::Unreachable => (RESOLVED, "No resolution provided"),
        _ => (CANCELLED, "No resolution provided"),
    }
}
