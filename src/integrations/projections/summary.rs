//! The texts of a record: its title, and a summary of the request with its calls.

use super::lead::{ERASED, Lead, Utm};
use crate::callbacks::requests::CallbackState;
use crate::kernel::error::Text;
use crate::kernel::locale::Lang;

/// Language of the texts in records. `ENTENTE_DEFAULT_LOCALE` is the language of visitors and known to the HTTP server
/// only; the worker that sends records and the operation that previews them must create the same ones.
const LANG: Lang = Lang::EN;

/// Returns the title of a record, with the name of the visitor.
pub fn title(lead: &Lead) -> String {
    cut(&text("record-title", &lead.full_name), 160)
}

/// Returns the last line of every summary, by which a record is recognised. Text of a visitor is never in this place.
pub fn id_line(request: &str) -> String {
    format!("Entente: {request}")
}

/// Returns a summary of the request as text, with all data for which the system may have no field.
pub fn summary(lead: &Lead) -> String {
    let id = id_line(&lead.id);
    if lead.erased {
        return format!("{ERASED}\n{id}");
    }
    let lines = [
        Some(promise(lead)),
        Some(text("record-name", &lead.full_name)),
        Some(text("record-phone", &lead.phone)),
        lead.email.as_ref().map(|email| text("record-email", email)),
        lead.company.as_ref().map(|company| text("record-company", company)),
        lead.notes.as_ref().filter(|notes| !notes.is_empty()).map(|notes| text("record-notes", notes)),
        lead.source_page.as_ref().map(|page| text("record-page", page)),
        lead.source_campaign.as_ref().map(|campaign| text("record-campaign", campaign)),
        utm(lead),
        lead.desk.marketing_consent.then(|| Text::new("record-marketing-consent").in_lang(LANG)),
        progress(lead),
        Some(id),
    ];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// Returns the parameters of the address that led the visitor to the form; `None` without any.
fn utm(lead: &Lead) -> Option<String> {
    let Utm { source, medium, campaign, term, content } = &lead.utm;
    let all = [
        ("utm_source", source),
        ("utm_medium", medium),
        ("utm_campaign", campaign),
        ("utm_term", term),
        ("utm_content", content),
    ];
    let given: Vec<String> =
        all.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value.as_ref()?))).collect();
    (!given.is_empty()).then(|| text("record-utm", &given.join(", ")))
}

/// Returns what the desk has done, without personal data of the visitor; `None` for a request that waits for its first
/// call without an agent.
pub fn progress(lead: &Lead) -> Option<String> {
    let lines: Vec<String> = [
        lead.desk.agent_email.as_ref().map(|email| text("record-agent", email)),
        lead.desk.last_call.map(|call| {
            let outcome = call.outcome.as_str().replace('_', " ");
            let last = Text::new("record-last-call").with("outcome", outcome);
            last.with("number", call.number.to_string()).with("at", call.started_at.to_string()).in_lang(LANG)
        }),
        is_closed(lead.state).then(|| {
            let result = Text::new("record-result").with("state", lead.state.as_str());
            result.with("promise", lead.promise.as_str()).in_lang(LANG)
        }),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn is_closed(state: CallbackState) -> bool {
    !state.is_open() && state != CallbackState::Quarantined
}

/// Returns the promised time of the call as text, in UTC because the time zone of the reader is not known here.
fn promise(lead: &Lead) -> String {
    let text = match lead.promised_from {
        Some(from) => Text::new("record-promised-between").with("from", from.to_string()),
        None => Text::new("record-promised-asap"),
    };
    text.with("by", lead.promised_by.to_string()).in_lang(LANG)
}

fn text(key: &'static str, value: &str) -> String {
    Text::new(key).with("value", value).in_lang(LANG)
}

/// Returns the first and the last name. A name is split at its last space, because Salesforce, HubSpot and Zammad have
/// two fields; nothing else is guessed.
pub fn names(full: &str) -> (Option<String>, String) {
    let full = full.trim();
    match full.rsplit_once(char::is_whitespace) {
        Some((first, last)) => (Some(first.trim_end().to_owned()), last.to_owned()),
        None => (None, full.to_owned()),
    }
}

/// Returns at most `most` characters of the text.
pub fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}
