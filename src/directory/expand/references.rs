//! Finds the people and departments that a response refers to, as a pure function of its body.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::kernel::ids::{DepartmentId, PersonId};

/// The people and departments whose ids are in a body.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct References {
    pub people: BTreeSet<PersonId>,
    pub departments: BTreeSet<DepartmentId>,
}

impl References {
    /// Returns the references in a body, at any depth. Ids are recognised by their prefixes, so that a new field needs
    /// no change here. A text that a user wrote can be an id, too: it refers to a person whom the caller can read
    /// anyway.
    #[must_use]
    pub fn of(body: &Value) -> Self {
        let mut found = Self::default();
        found.collect(body);
        found
    }

    fn collect(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.add(text),
            Value::Array(items) => items.iter().for_each(|item| self.collect(item)),
            Value::Object(fields) => fields.values().for_each(|field| self.collect(field)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn add(&mut self, text: &str) {
        if let Ok(id) = text.parse::<PersonId>() {
            self.people.insert(id);
        } else if let Ok(id) = text.parse::<DepartmentId>() {
            self.departments.insert(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kernel::ids::ProjectId;

    #[test]
    fn ids_are_found_at_any_depth_and_once() {
        let body = json!({
            "id": ProjectId::demo(1),
            "lead_person_id": PersonId::demo(3),
            "sides": [
                {"department_id": DepartmentId::demo(1), "sponsor_person_id": PersonId::demo(1)},
                {"department_id": DepartmentId::demo(2), "sponsor_person_id": null},
            ],
            "answers_to": [PersonId::demo(1), PersonId::demo(2)],
        });
        let expected = References {
            people: [1, 2, 3].map(PersonId::demo).into(),
            departments: [1, 2].map(DepartmentId::demo).into(),
        };
        assert_eq!(References::of(&body), expected);
    }

    #[test]
    fn other_texts_are_no_references() {
        let id = PersonId::demo(1).to_string();
        let body = json!({
            "name": "per_", "note": format!("See {id}."), "upper": id.to_uppercase(), "truncated": &id[..29],
            "count": 1, "open": true, "key": "dpt", "other_kind": ProjectId::demo(1),
        });
        assert_eq!(References::of(&body), References::default());
        // The name of a field is not a reference either.
        assert_eq!(References::of(&json!({ id: null })), References::default());
        assert_eq!(References::of(&Value::Null), References::default());
    }
}
