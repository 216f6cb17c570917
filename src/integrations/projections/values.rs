//! The values of a callback request as the fields of a record, in the notation of each system.

use serde_json::Value;

use super::formats::ProjectionFormat;
use super::lead::Lead;
use crate::kernel::time::UtcTime;

crate::text_enum! {
    /// A value of a callback request that a mapping can copy to a field of a record:
    ///
    /// - `request_id`, `state`, `language`, `page`, `campaign`
    /// - `utm_source`, `utm_medium`, `utm_campaign`, `utm_term`, `utm_content`: parameters of the address that led the
    ///   visitor to the form.
    /// - `promised_from`, `promised_by`: the promised time.
    /// - `promise`: `pending`, `kept`, `broken` or `void`.
    /// - `agent_email`: e-mail address of the agent.
    /// - `calls`, `call_outcome`, `called_at`: the number of calls, and the outcome and start of the last one.
    /// - `marketing_consent`: true or false.
    pub enum RecordValue {
        RequestId,
        State,
        Language,
        Page,
        Campaign,
        UtmSource,
        UtmMedium,
        UtmCampaign,
        UtmTerm,
        UtmContent,
        PromisedFrom,
        PromisedBy,
        Promise,
        AgentEmail,
        Calls,
        CallOutcome,
        CalledAt,
        MarketingConsent,
    }
}

/// How a system writes times and missing values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notation {
    /// Times as `2027-03-30T08:00:00Z`, null for a missing value.
    Typed,
    /// All values are strings; times as in `Typed`, the empty string for a missing value.
    Text,
    /// All values are strings; times as `2027-03-30 08:00:00` in UTC, the empty string for a missing value.
    SpacedText,
    /// Times as `2027-03-30T08:00:00.000+0000`, null for a missing value.
    NumericOffset,
}

impl Notation {
    /// Returns the notation of the system of a format.
    #[must_use]
    pub fn of(format: ProjectionFormat) -> Self {
        match format {
            ProjectionFormat::SalesforceLead | ProjectionFormat::ZammadTicket => Self::Typed,
            ProjectionFormat::HubspotContact | ProjectionFormat::HubspotTicket => Self::Text,
            ProjectionFormat::ServicenowIncident => Self::SpacedText,
            ProjectionFormat::JiraRequest => Self::NumericOffset,
        }
    }

    fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::SpacedText)
    }

    /// Returns a time, to the second.
    #[must_use]
    pub fn time(self, at: UtcTime) -> String {
        let seconds = UtcTime::from_unix_micros(at.unix_seconds() * 1_000_000).to_string();
        match self {
            Self::Typed | Self::Text => seconds,
            Self::SpacedText => seconds.trim_end_matches('Z').replace('T', " "),
            Self::NumericOffset => format!("{}.000+0000", seconds.trim_end_matches('Z')),
        }
    }
}

/// Returns a value of a request in a notation.
#[must_use]
pub fn value(lead: &Lead, which: RecordValue, notation: Notation) -> Value {
    let missing = || if notation.is_text() { Value::from("") } else { Value::Null };
    let text = |text: Option<&str>| text.map_or_else(missing, Value::from);
    let time = |at: Option<UtcTime>| at.map_or_else(missing, |at| notation.time(at).into());
    let last_call = lead.desk.last_call;
    match which {
        RecordValue::RequestId => lead.id.as_str().into(),
        RecordValue::State => lead.state.as_str().into(),
        RecordValue::Language => lead.language.as_str().into(),
        RecordValue::Page => text(lead.source_page.as_deref()),
        RecordValue::Campaign => text(lead.source_campaign.as_deref()),
        RecordValue::UtmSource => text(lead.utm.source.as_deref()),
        RecordValue::UtmMedium => text(lead.utm.medium.as_deref()),
        RecordValue::UtmCampaign => text(lead.utm.campaign.as_deref()),
        RecordValue::UtmTerm => text(lead.utm.term.as_deref()),
        RecordValue::UtmContent => text(lead.utm.content.as_deref()),
        RecordValue::PromisedFrom => time(lead.promised_from),
        RecordValue::PromisedBy => time(Some(lead.promised_by)),
        RecordValue::Promise => lead.promise.as_str().into(),
        RecordValue::AgentEmail => text(lead.desk.agent_email.as_deref()),
        RecordValue::Calls if notation.is_text() => lead.calls.to_string().into(),
        RecordValue::Calls => lead.calls.into(),
        RecordValue::CallOutcome => text(last_call.map(|call| call.outcome.as_str())),
        RecordValue::CalledAt => time(last_call.map(|call| call.started_at)),
        RecordValue::MarketingConsent if notation.is_text() => lead.desk.marketing_consent.to_string().into(),
        RecordValue::MarketingConsent => lead.desk.marketing_consent.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_system_has_its_notation() {
        let lead = Lead::sample();
        let from = |notation| value(&lead, RecordValue::PromisedFrom, notation);
        assert_eq!(from(Notation::Typed), json!("2027-03-30T08:00:00Z"));
        assert_eq!(from(Notation::Text), json!("2027-03-30T08:00:00Z"));
        assert_eq!(from(Notation::SpacedText), json!("2027-03-30 08:00:00"));
        assert_eq!(from(Notation::NumericOffset), json!("2027-03-30T08:00:00.000+0000"));
        let asap = Lead { promised_from: None, ..lead };
        assert_eq!(value(&asap, RecordValue::PromisedFrom, Notation::Typed), Value::Null);
        assert_eq!(value(&asap, RecordValue::PromisedFrom, Notation::SpacedText), json!(""));
        assert_eq!(value(&asap, RecordValue::Calls, Notation::Text), json!("0"));
        assert_eq!(value(&asap, RecordValue::Calls, Notation::Typed), json!(0));
        assert_eq!(value(&asap, RecordValue::MarketingConsent, Notation::Text), json!("false"));
    }

    #[test]
    fn fractions_of_a_second_are_left_out() {
        let at: UtcTime = "2027-03-30T08:20:00.123456Z".parse().unwrap();
        assert_eq!(Notation::Typed.time(at), "2027-03-30T08:20:00Z");
        assert_eq!(Notation::NumericOffset.time(at), "2027-03-30T08:20:00.000+0000");
    }
}
