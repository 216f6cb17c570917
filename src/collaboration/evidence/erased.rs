//! Whether content differs from earlier content only by an erasure, as a pure function.
//!
//! Rule: an erasure replaces the personal data of people and references to other systems by placeholders, and the
//! reason of an entry by null. Everything else stays, so that nothing else can be changed under the pretext of an
//! erasure.

use serde_json::Value;

use super::dto::EvidenceEntry;

/// Returns whether an entry without a salt is an earlier one after an erasure.
#[must_use]
pub fn is_erasure(old: &EvidenceEntry, new: &EvidenceEntry) -> bool {
    let is_kept = new.reason.is_none() || new.reason == old.reason;
    is_kept && is_erased_text(&old.before, &new.before) && is_erased_text(&old.after, &new.after)
}

/// Returns whether a JSON text is an earlier one after an erasure.
#[must_use]
pub fn is_erased_text(old: &str, new: &str) -> bool {
    if old == new {
        return true;
    }
    match (serde_json::from_str::<Value>(old), serde_json::from_str::<Value>(new)) {
        (Ok(old), Ok(new)) => is_erased(&old, &new),
        // Text that is not JSON becomes null.
        (Err(_), Ok(new)) => new.is_null(),
        (_, Err(_)) => false,
    }
}

fn is_erased(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::Object(old_fields), Value::Object(new_fields)) => {
            let (is_person, is_reference) =
                (old_fields.contains_key("display_name"), old_fields.contains_key("external_id"));
            old_fields.len() == new_fields.len()
                && old_fields.iter().all(|(name, before)| {
                    new_fields.get(name).is_some_and(|after| {
                        (is_person && is_person_erased(name, after))
                            || (is_reference && is_reference_erased(name, after))
                            || is_erased(before, after)
                    })
                })
        }
        (Value::Array(old), Value::Array(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(before, after)| is_erased(before, after))
        }
        _ => old == new,
    }
}

fn is_person_erased(name: &str, after: &Value) -> bool {
    match name {
        "display_name" => after == "[erased]",
        "email" => after.as_str().is_some_and(|email| email.ends_with("@erased.invalid")),
        "login" | "login_issuer" | "employee_number" => after.is_null(),
        _ => false,
    }
}

fn is_reference_erased(name: &str, after: &Value) -> bool {
    match name {
        "external_id" => after == "erased",
        "url" | "status" => after.is_null(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_placeholders_may_differ() {
        let person = r#"{"id":"per_1","display_name":"Jana","email":"j@x.cz","login":"jana","title":"CMO"}"#;
        let erased =
            r#"{"id":"per_1","display_name":"[erased]","email":"per_1@erased.invalid","login":null,"title":"CMO"}"#;
        assert!(is_erased_text(person, person) && is_erased_text(person, erased) && is_erased_text("Jana", "null"));
        assert!(is_erased_text(&format!("[{person}]"), &format!("[{erased}]")));
        for changed in [
            "null",
            "{}",
            "Jana",
            &erased.replace("CMO", "CIO"),
            &erased.replace("[erased]", "Jan"),
            &erased.replace("per_1@erased.invalid", "k@x.cz"),
            &erased.replace(r#","title":"CMO""#, ""),
            &erased.replace("null", "\"jan\""),
        ] {
            assert!(!is_erased_text(person, changed), "{changed}");
        }
        // The placeholders count in the record of a person only.
        assert!(!is_erased_text(
            r#"{"question":"Why?","email":"a@b.cz"}"#,
            r#"{"question":"Why?","email":"a@erased.invalid"}"#
        ));
        assert!(!is_erased_text(r#"{"status":"open"}"#, r#"{"status":null}"#));
        assert!(is_erased_text(r#"{"external_id":"7","status":"x"}"#, r#"{"external_id":"erased","status":null}"#));
    }
}
