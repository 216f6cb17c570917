//! Redaction of external references in JSON texts, as a pure function.

use serde_json::Value;

/// Redacts the id, link and status of every external reference in a JSON text, at any depth; a text that is not JSON
/// becomes `null`.
pub fn redacted(text: &str) -> String {
    match serde_json::from_str(text) {
        Ok(value) => without_reference(value).to_string(),
        Err(_) => Value::Null.to_string(),
    }
}

fn without_reference(mut value: Value) -> Value {
    match &mut value {
        Value::Object(fields) => {
            let is_reference = fields.contains_key("external_id");
            for (name, field) in fields.iter_mut() {
                *field = match name.as_str() {
                    "external_id" if is_reference => "erased".into(),
                    "url" | "status" if is_reference => Value::Null,
                    _ => without_reference(field.take()),
                };
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = without_reference(item.take())),
        _ => {}
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collaboration::evidence::erased::is_erased_text;
    use serde_json::json;

    #[test]
    fn a_reference_is_redacted() {
        let event = json!({"type": "external_reference.recorded", "data": {"external_id": "00Q", "url": "https://x", "status": "New", "system": "crm"}, "status": "kept"});
        let left: Value = serde_json::from_str(&redacted(&event.to_string())).unwrap();
        // The evidence of a project recognises it as an erasure.
        assert!(is_erased_text(&event.to_string(), &redacted(&event.to_string())));
        let expected = json!({"type": "external_reference.recorded", "data": {"external_id": "erased", "url": null, "status": null, "system": "crm"}, "status": "kept"});
        assert_eq!(left, expected);
    }
}
