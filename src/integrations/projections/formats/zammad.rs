//! Tickets of Zammad.

use serde::Serialize;
use utoipa::ToSchema;

use super::ProjectionQuery;
use crate::integrations::projections::lead::Lead;
use crate::integrations::projections::summary::{cut, names, summary, title};
use crate::integrations::projections::values::Notation;
use crate::kernel::time::UtcTime;

/// Limit of Zammad, in characters.
const NAME: usize = 100;

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
    /// State of a closed ticket; absent before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 6, pattern = "^closed$")]
    pub state: Option<&'static str>,
    /// State of the callback request.
    #[schema(max_length = 20, pattern = r"^[a-z_]+$")]
    pub entente_state: &'static str,
    /// Start of the promised time; null for a call as soon as possible.
    #[schema(required, format = DateTime, max_length = 20)]
    pub entente_promised_from: Option<String>,
    /// End of the promised time.
    #[schema(format = DateTime, max_length = 20)]
    pub entente_promised_by: String,
    /// Whether the call was made as promised: `pending`, `kept`, `broken` or `void`.
    #[schema(max_length = 10, pattern = r"^[a-z]+$")]
    pub entente_promise: &'static str,
    /// E-mail address of the agent who has the request, or had it when it was closed; null if there is none.
    #[schema(required, max_length = 254, pattern = r"^[^\x00-\x1f]*$")]
    pub entente_agent_email: Option<String>,
    /// Marketing campaign that led the visitor to the form; null if unknown.
    #[schema(required, max_length = 120, pattern = r"^[^\x00-\x1f]*$")]
    pub entente_campaign: Option<String>,
    /// `utm_source` of the address that led the visitor to the form: the site or sender; null if unknown.
    #[schema(required, max_length = 120, pattern = r"^[^\x00-\x1f]*$")]
    pub entente_utm_source: Option<String>,
    /// `utm_medium` of the address that led the visitor to the form: the kind of the source; null if unknown.
    #[schema(required, max_length = 120, pattern = r"^[^\x00-\x1f]*$")]
    pub entente_utm_medium: Option<String>,
    /// `utm_campaign` of the address that led the visitor to the form: the campaign, as an analytics tool names it;
    /// null if unknown.
    #[schema(required, max_length = 120, pattern = r"^[^\x00-\x1f]*$")]
    pub entente_utm_campaign: Option<String>,
    /// `utm_term` of the address that led the visitor to the form: the search term that was paid for; null if unknown.
    #[schema(required, max_length = 120, pattern = r"^[^\x00-\x1f]*$")]
    pub entente_utm_term: Option<String>,
    /// `utm_content` of the address that led the visitor to the form: the link or advertisement that was clicked; null
    /// if unknown.
    #[schema(required, max_length = 120, pattern = r"^[^\x00-\x1f]*$")]
    pub entente_utm_content: Option<String>,
    /// Number of calls that were made.
    #[schema(format = Int32, minimum = 0, maximum = 2_147_483_647)]
    pub entente_calls: i32,
    /// Outcome of the last call; null if there is none.
    #[schema(required, max_length = 20, pattern = r"^[a-z_]*$")]
    pub entente_call_outcome: Option<&'static str>,
    /// When the last call started; null if there is none.
    #[schema(required, format = DateTime, max_length = 20)]
    pub entente_called_at: Option<String>,
    /// Whether the visitor consented to marketing and has not withdrawn it.
    pub entente_marketing_consent: bool,
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

/// An article of a ticket in Zammad.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ZammadArticle {
    /// Subject of the article; the same as the title of the ticket.
    #[schema(max_length = 250, pattern = r"^[^\x00-\x1f]+$")]
    pub subject: String,
    /// Summary of the callback request as text, including the promised time and the ID.
    #[schema(min_length = 1, max_length = 10000, pattern = r"^[^\x00]*$")]
    pub body: String,
    /// Kind of the article: `phone` for the first one, `note` for later ones.
    #[serde(rename = "type")]
    #[schema(max_length = 5, pattern = "^(phone|note)$")]
    pub kind: &'static str,
    /// Author of the article: `Customer` for the first one, `Agent` for later ones.
    #[schema(max_length = 8, pattern = "^(Customer|Agent)$")]
    pub sender: &'static str,
    /// Whether the article is hidden from the customer: false for the first one, true for later ones.
    pub internal: bool,
}

/// Returns the ticket of a request. `is_new` decides whether its article is the first one or a note.
pub fn record(lead: &Lead, query: &ProjectionQuery, is_new: bool, closes: bool) -> ZammadTicket {
    let customer = || {
        let (first, last) = names(&lead.full_name);
        let firstname = first.map(|first| cut(&first, NAME));
        ZammadCustomer { firstname, lastname: cut(&last, NAME), phone: lead.phone.clone() }
    };
    let time = |at: UtcTime| Notation::Typed.time(at);
    ZammadTicket {
        title: title(lead),
        group: query.group.clone().unwrap_or_else(|| "Users".into()),
        customer_id: lead.email.as_ref().map(|email| format!("guess:{email}")),
        customer: lead.email.is_none().then(customer),
        article: ZammadArticle {
            subject: title(lead),
            body: summary(lead),
            kind: if is_new { "phone" } else { "note" },
            sender: if is_new { "Customer" } else { "Agent" },
            internal: !is_new,
        },
        entente_request_id: lead.id.clone(),
        state: closes.then_some("closed"),
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
