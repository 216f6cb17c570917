//! Field names that differ from company to company, as a pure function over the body that a system is sent.
//!
//! Rules: places are JSON Pointers (RFC 6901); first `remove`, then `rename`, then `set`; a place that is not in the body
//! (no e-mail was given) is passed over; `set` makes the last member of its pointer, but no object on the way to it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};
use validator::Validate;

/// What differs in one company.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({"remove": ["/LeadSource"], "rename": [{"from": "/Email", "to": "Work_Email__c"}], "set": [{"at": "/OwnerId", "value": "00G000000000001"}]}))]
pub struct FieldMapping {
    /// Members to leave out, as JSON Pointers.
    #[schema(nullable = false, max_items = 50)]
    pub remove: Vec<Pointer>,
    #[schema(nullable = false, max_items = 50)]
    pub rename: Vec<RenamedField>,
    #[schema(nullable = false, max_items = 50)]
    pub set: Vec<FixedField>,
}

impl FieldMapping {
    /// Whether the member at this pointer is set.
    #[must_use]
    pub fn sets(&self, at: &str) -> bool {
        self.set.iter().any(|field| field.at.0 == at)
    }
}

/// A member with another name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenamedField {
    /// Where it stands, as a JSON Pointer.
    pub from: Pointer,
    /// Its name there.
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\x00-\x1f]+$")]
    pub to: String,
}

/// A member that always has the same value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FixedField {
    /// Where it stands, as a JSON Pointer.
    pub at: Pointer,
    pub value: Scalar,
}

/// A JSON Pointer to a member.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pointer(pub String);

impl PartialSchema for Pointer {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(2))
            .max_length(Some(200))
            .pattern(Some(r"^(/([^/~\x00-\x1f]|~[01])+)+$"))
            .examples([serde_json::json!("/requestFieldValues/summary")])
            .into()
    }
}

impl ToSchema for Pointer {
    fn name() -> Cow<'static, str> {
        "FieldPointer".into()
    }
}

/// A text, a number or a truth value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scalar(pub Value);

impl PartialSchema for Scalar {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::String, Type::Number, Type::Boolean]))
            .max_length(Some(1_000))
            .pattern(Some(r"^[^\x00]*$"))
            .minimum(Some(-9_007_199_254_740_991.0))
            .maximum(Some(9_007_199_254_740_991.0))
            .examples([serde_json::json!("00G000000000001")])
            .into()
    }
}

impl ToSchema for Scalar {
    fn name() -> Cow<'static, str> {
        "FieldValue".into()
    }
}

/// The body with this company's names.
#[must_use]
pub fn mapped(mut body: Value, mapping: &FieldMapping) -> Value {
    for Pointer(at) in &mapping.remove {
        if let Some((object, name)) = holder(&mut body, at) {
            object.shift_remove(&name);
        }
    }
    for RenamedField { from: Pointer(from), to } in &mapping.rename {
        if let Some((object, name)) = holder(&mut body, from)
            && let Some(value) = object.shift_remove(&name)
        {
            object.insert(to.clone(), value);
        }
    }
    for FixedField { at: Pointer(at), value } in &mapping.set {
        if let Some((object, name)) = holder(&mut body, at) {
            object.insert(name, value.0.clone());
        }
    }
    body
}

/// The object that has, or would have, the member at the end of the pointer, and the member's name.
fn holder<'a>(body: &'a mut Value, pointer: &str) -> Option<(&'a mut Map<String, Value>, String)> {
    let (parent, last) = pointer.rsplit_once('/')?;
    let object = body.pointer_mut(parent)?.as_object_mut()?;
    Some((object, last.replace("~1", "/").replace("~0", "~")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn mapping(value: Value) -> FieldMapping {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn members_are_removed_renamed_and_set() {
        let body = json!({"LastName": "Novák", "LeadSource": "Web", "inputs": [{"properties": {"phone": "+420"}}]});
        let wanted = mapping(json!({
            "remove": ["/LeadSource", "/Nothing", "/LastName/x"],
            "rename": [{"from": "/inputs/0/properties/phone", "to": "mobile~/phone"}, {"from": "/Email", "to": "Mail__c"}],
            "set": [{"at": "/OwnerId", "value": 7}, {"at": "/a/b", "value": true}, {"at": "/inputs/0/properties/a~1b", "value": "x"}]
        }));
        let expected = json!({"LastName": "Novák", "OwnerId": 7, "inputs": [{"properties": {"mobile~/phone": "+420", "a/b": "x"}}]});
        assert_eq!(mapped(body, &wanted), expected);
    }

    proptest! {
        #[test]
        fn no_pointer_makes_it_panic(at in "(/[a-z0-9~/-]{0,6}){0,4}", to in "[a-z]{1,5}") {
            let body = json!({"a": {"b": [1, {"c": null}]}, "0": "x"});
            let wanted = mapping(json!({"remove": [at], "rename": [{"from": at, "to": to}], "set": [{"at": at, "value": 1}]}));
            prop_assert!(mapped(body.clone(), &FieldMapping::default()) == body);
            prop_assert!(mapped(body, &wanted).is_object());
        }
    }
}
