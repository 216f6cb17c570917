//! Redaction of a person of the directory in JSON texts, as a pure function.

use serde_json::{Map, Value};

/// The name that replaces the one of an erased person. It is stored, and sent in events, so it is the same in every
/// language; `erased_at` is what clients check.
pub const ERASED_NAME: &str = "[erased]";

/// Returns the e-mail address that replaces the one of an erased person; `.invalid` is reserved (RFC 2606).
pub fn erased_email(id: &str) -> String {
    format!("{id}@erased.invalid")
}

/// Redacts the name, e-mail address, login and employee number of the person in a JSON text, at any depth; a text that
/// is not JSON becomes `null`.
pub fn redacted(text: &str, id: &str) -> String {
    match serde_json::from_str(text) {
        Ok(value) => without_person(value, id).to_string(),
        Err(_) => Value::Null.to_string(),
    }
}

/// Returns the logins of people in a JSON text, at any depth, each as issuer and subject.
pub fn logins(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    if let Ok(value) = serde_json::from_str(text) {
        collect_logins(&value, &mut found);
    }
    found
}

fn collect_logins(value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
            found.extend(text("login_issuer").zip(text("login")));
            fields.values().for_each(|field| collect_logins(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_logins(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn without_person(value: Value, id: &str) -> Value {
    match value {
        Value::Object(fields) => Value::Object(object(fields, id)),
        Value::Array(items) => items.into_iter().map(|item| without_person(item, id)).collect(),
        other => other,
    }
}

fn object(fields: Map<String, Value>, id: &str) -> Map<String, Value> {
    let is_person = fields.contains_key("display_name");
    let redact = |(name, value): (String, Value)| {
        let value = match (is_person, name.as_str(), &value) {
            (true, "display_name", Value::String(_)) => ERASED_NAME.into(),
            (true, "email", Value::String(_)) => erased_email(id).into(),
            (true, "login" | "login_issuer" | "employee_number", Value::String(_)) => Value::Null,
            _ => without_person(value, id),
        };
        (name, value)
    };
    fields.into_iter().map(redact).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collaboration::evidence::erased::is_erased_text;
    use serde_json::json;

    #[test]
    fn a_person_is_redacted_at_any_depth() {
        let event = json!({
            "type": "person.updated", "subject": "per_1", "sequence": 7,
            "data": {"id": "per_1", "display_name": "Jana Nováková", "email": "jana@example.com", "login": "jana", "login_issuer": "https://id.example.com", "employee_number": "10042", "deactivated_at": null}
        });
        let left: Value = serde_json::from_str(&redacted(&event.to_string(), "per_1")).unwrap();
        assert_eq!(
            left,
            json!({
                "type": "person.updated", "subject": "per_1", "sequence": 7,
                "data": {"id": "per_1", "display_name": ERASED_NAME, "email": "per_1@erased.invalid", "login": null, "login_issuer": null, "employee_number": null, "deactivated_at": null}
            })
        );
        assert_eq!(
            (logins(&event.to_string()), logins("null"), logins("jana")),
            (vec![("https://id.example.com".to_owned(), "jana".to_owned())], vec![], vec![])
        );
        // The evidence of a project recognises it as an erasure.
        assert!(is_erased_text(&event.to_string(), &redacted(&event.to_string(), "per_1")));
        assert_eq!(redacted("null", "per_1"), "null");
        assert_eq!(redacted("Jana", "per_1"), "null");
    }
}
