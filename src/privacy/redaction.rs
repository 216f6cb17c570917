//! What is left of a person in a JSON text, as a pure function.

use serde_json::{Map, Value};

/// What stands in place of a name.
pub const NAME: &str = "Erased person";

/// The address in place of a person's own; `.invalid` is nobody's (RFC 2606).
pub fn email(id: &str) -> String {
    format!("{id}@erased.invalid")
}

/// `text` with the members that tell who a person is replaced, at any depth; a text that is not
/// JSON is left out.
pub fn of(text: &str, id: &str) -> String {
    match serde_json::from_str(text) {
        Ok(value) => rewritten(value, id).to_string(),
        Err(_) => Value::Null.to_string(),
    }
}

fn rewritten(value: Value, id: &str) -> Value {
    match value {
        Value::Object(members) => Value::Object(object(members, id)),
        Value::Array(items) => items.into_iter().map(|item| rewritten(item, id)).collect(),
        other => other,
    }
}

fn object(members: Map<String, Value>, id: &str) -> Map<String, Value> {
    let of_person = members.contains_key("display_name");
    let rewrite = |(name, value): (String, Value)| {
        let value = match (of_person, name.as_str(), &value) {
            (true, "display_name", Value::String(_)) => NAME.into(),
            (true, "email", Value::String(_)) => email(id).into(),
            (true, "subject", Value::String(_)) => Value::Null,
            _ => rewritten(value, id),
        };
        (name, value)
    };
    members.into_iter().map(rewrite).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_person_is_taken_out_wherever_they_stand() {
        let event = json!({
            "type": "person.updated", "subject": "per_1", "sequence": 7,
            "data": {"id": "per_1", "display_name": "Jana Nováková", "email": "jana@example.com", "subject": "jana", "deactivated_at": null}
        });
        let left: Value = serde_json::from_str(&of(&event.to_string(), "per_1")).unwrap();
        assert_eq!(
            left,
            json!({
                "type": "person.updated", "subject": "per_1", "sequence": 7,
                "data": {"id": "per_1", "display_name": NAME, "email": "per_1@erased.invalid", "subject": null, "deactivated_at": null}
            })
        );
        assert_eq!(of("null", "per_1"), "null");
        assert_eq!(of("Jana", "per_1"), "null");
    }
}
