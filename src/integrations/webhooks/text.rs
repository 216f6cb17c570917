//! Events as chat messages: what happened, and to which resource. Pure.
//!
//! Rule: a message contains no personal data. Of the data of an event it has only the name of a project, a department
//! or a milestone; the texts are those of the event types, in English like the API.

use serde_json::{Value, json};

use super::format::WebhookFormat;
use crate::kernel::events::{EventBody, types};

/// Events about something that a person has to do; reminders are added to them.
const PENDING: [&str; 8] = [
    types::SPONSOR_PROPOSED,
    types::APPROVAL_REQUESTED,
    types::MEMBERSHIP_INVITED,
    types::TRANSFER_OFFERED,
    types::CALLBACK_REQUEST_QUARANTINED,
    types::CALLBACK_REQUEST_UNASSIGNED,
    types::CALLBACK_REQUEST_MISSED,
    types::WEBHOOK_ENDPOINT_FAILING,
];
/// The data of reminders.
const REMINDER: &str = "Reminder";
/// The prefixes of the types whose data has a name that is not that of a person.
const NAMED: [&str; 2] = ["project.", "department."];
/// Most characters of a name.
const NAME: usize = 120;

/// Returns the event types of endpoints that name none: pending actions and reminders.
#[must_use]
pub fn default_event_types() -> Vec<&'static str> {
    let is_included = |name: &str, data: &str| data == REMINDER || PENDING.contains(&name);
    types::ALL.iter().filter(|kind| is_included(kind.name, kind.data)).map(|kind| kind.name).collect()
}

/// Returns the body of a message.
///
/// # Errors
/// When it cannot be serialised.
pub fn body(format: WebhookFormat, event: &EventBody) -> serde_json::Result<String> {
    let data: Value = serde_json::from_str(event.data.get())?;
    let summary = types::ALL.iter().find(|kind| kind.name == event.kind).map_or(&*event.kind, |kind| kind.summary);
    let name = name(event, &data);
    let about = format!("{} {}", event.kind, event.subject);
    let message = match format {
        WebhookFormat::Teams => {
            let lines = [Some(summary.to_owned()), name, Some(about)];
            let blocks: Vec<Value> = lines
                .into_iter()
                .flatten()
                .map(|line| json!({ "type": "TextBlock", "text": markdown(&line), "wrap": true }))
                .collect();
            json!({ "type": "message", "attachments": [{
                "contentType": "application/vnd.microsoft.card.adaptive",
                "content": { "type": "AdaptiveCard", "version": "1.4", "body": blocks }
            }] })
        }
        _ => {
            let lines = [Some(summary.to_owned()), name, Some(about)];
            let lines: Vec<String> = lines.into_iter().flatten().map(|line| escaped(&line)).collect();
            json!({ "text": lines.join("\n") })
        }
    };
    serde_json::to_string(&message)
}

/// Returns the name in the data of an event, if it is not that of a person.
fn name(event: &EventBody, data: &Value) -> Option<String> {
    let field = if NAMED.iter().any(|prefix| event.kind.starts_with(prefix)) { "name" } else { "milestone" };
    data.get(field).and_then(Value::as_str).map(|name| name.chars().take(NAME).collect())
}

/// Returns a text for Slack, in which three characters control the format.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Returns a text for an Adaptive Card, whose text blocks are a subset of Markdown.
fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if "\\*_[]()`#>-".contains(letter) {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::time::UtcTime;
    use serde_json::value::RawValue;

    fn event(kind: &str, data: &Value) -> EventBody {
        EventBody {
            id: "evt_01kdvdna00e008000000000001".parse().unwrap(),
            kind: kind.into(),
            sequence: 1,
            subject_sequence: 1,
            timestamp: UtcTime::from_unix_micros(0),
            subject: "prj_01kdvdna00e008000000000001".into(),
            request_id: String::new(),
            caused_by: None,
            chain_head: None,
            data: RawValue::from_string(data.to_string()).unwrap(),
        }
    }

    fn message(format: WebhookFormat, event: &EventBody) -> Value {
        serde_json::from_str(&body(format, event).unwrap()).unwrap()
    }

    #[test]
    fn a_message_says_what_happened_to_what() {
        let activated = event("project.activated", &json!({"name": "A <b> & c"}));
        let text = "A project was activated: all sides had signed the charter and no readiness check failed.\n\
            A &lt;b&gt; &amp; c\nproject.activated prj_01kdvdna00e008000000000001";
        assert_eq!(message(WebhookFormat::Slack, &activated), json!({ "text": text }));
        let card = message(WebhookFormat::Teams, &activated);
        let content = &card["attachments"][0]["content"];
        assert_eq!((&content["type"], content["body"].as_array().unwrap().len()), (&json!("AdaptiveCard"), 3));
        assert_eq!(content["body"][1]["text"], "A <b\\> & c");
    }

    #[test]
    fn a_message_contains_no_name_of_a_person() {
        let created = event("person.created", &json!({"name": "Jana", "display_name": "Jana"}));
        assert!(!message(WebhookFormat::Slack, &created).to_string().contains("Jana"));
    }

    #[test]
    fn reminders_and_pending_actions_are_the_default() {
        let names = default_event_types();
        assert!(
            ["approval.requested", "approval.overdue", "callback_request.missed"].iter().all(|one| names.contains(one))
        );
        assert!(!names.contains(&"department.created") && !names.contains(&"callback_request.received"));
    }
}
