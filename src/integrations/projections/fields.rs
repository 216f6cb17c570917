//! Application of a company's field mapping to a record, as a pure function.
//!
//! Rules: fields are given as JSON Pointers (RFC 6901); `remove` is applied first, then `rename`, then `set`; a field
//! that this record does not have (for example a missing e-mail address) is skipped; a field that no record can have is
//! rejected when the mapping is saved; `set` creates the last field of its pointer, but not the objects that contain
//! it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};
use validator::Validate;

use crate::kernel::error::{Text, Violation};

/// Changes to the fields of a record, for a company whose CRM or ITSM tool has other field names. `remove` is applied
/// first, then `rename`, then `set`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({"remove": ["/LeadSource"], "rename": [{"from": "/Email", "to": "Work_Email__c"}], "set": [{"at": "/OwnerId", "value": "00G000000000001"}]}))]
pub struct FieldMapping {
    /// Fields to leave out, as JSON Pointers.
    #[schema(nullable = false, max_items = 50)]
    pub remove: Vec<Pointer>,
    /// Fields to rename.
    #[schema(nullable = false, max_items = 50)]
    pub rename: Vec<RenamedField>,
    /// Fields to set to a constant value.
    #[schema(nullable = false, max_items = 50)]
    pub set: Vec<FixedField>,
}

impl FieldMapping {
    /// Returns whether the mapping sets the field at this pointer.
    #[must_use]
    pub fn sets(&self, at: &str) -> bool {
        self.set.iter().any(|field| field.at.0 == at)
    }
}

/// A field to rename.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenamedField {
    /// JSON Pointer to the field.
    pub from: Pointer,
    /// New name of the field, in the same object.
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\x00-\x1f]+$")]
    pub to: String,
}

/// A field to set to a constant value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FixedField {
    /// JSON Pointer to the field, which is created when the record does not have it. The object that contains it must
    /// exist.
    pub at: Pointer,
    /// Value of the field.
    pub value: Scalar,
}

/// A JSON Pointer (RFC 6901) to a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pointer(pub String);

impl PartialSchema for Pointer {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("JSON Pointer (RFC 6901) to a field of the record, such as `/Email`."))
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

/// A string, a number or a boolean.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scalar(pub Value);

impl PartialSchema for Scalar {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::String, Type::Number, Type::Boolean]))
            .description(Some("Value of a field: a string, a number or a boolean."))
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

/// Returns the record with the mapping applied.
#[must_use]
pub fn mapped(mut body: Value, mapping: &FieldMapping) -> Value {
    for Pointer(at) in &mapping.remove {
        if let Some((object, name)) = parent_of(&mut body, at) {
            object.shift_remove(&name);
        }
    }
    for RenamedField { from: Pointer(from), to } in &mapping.rename {
        if let Some((object, name)) = parent_of(&mut body, from)
            && let Some(value) = object.shift_remove(&name)
        {
            object.insert(to.clone(), value);
        }
    }
    for FixedField { at: Pointer(at), value } in &mapping.set {
        if let Some((object, name)) = parent_of(&mut body, at) {
            object.insert(name, value.0.clone());
        }
    }
    body
}

/// Returns violations for the entries of a mapping that overwrite a field, or that change nothing in any of these
/// records, which together have all fields of a format. Without this check, a mistyped name would never be noticed.
#[must_use]
pub fn faults(mapping: &FieldMapping, bodies: &[Value]) -> Vec<Violation> {
    let mut bodies = bodies.to_vec();
    let mut faults = Vec::new();
    let no_such_field = || Text::new("violation-no-such-field");
    for (index, Pointer(at)) in mapping.remove.iter().enumerate() {
        if !bodies.iter().any(|body| body.pointer(at).is_some()) {
            faults.push(Violation::at(format!("/mapping/remove/{index}"), "no_such_field", no_such_field()));
        }
    }
    bodies = after(bodies, FieldMapping { remove: mapping.remove.clone(), ..FieldMapping::default() });
    for (index, field) in mapping.rename.iter().enumerate() {
        let RenamedField { from: Pointer(from), to } = field;
        if !bodies.iter().any(|body| body.pointer(from).is_some()) {
            faults.push(Violation::at(format!("/mapping/rename/{index}/from"), "no_such_field", no_such_field()));
        } else if bodies.iter_mut().any(|body| parent_of(body, from).is_some_and(|(object, _)| object.contains_key(to)))
        {
            let text = Text::new("violation-field-name-taken");
            faults.push(Violation::at(format!("/mapping/rename/{index}/to"), "duplicate_field", text));
        }
        bodies = after(bodies, FieldMapping { rename: vec![field.clone()], ..FieldMapping::default() });
    }
    for (index, FixedField { at: Pointer(at), .. }) in mapping.set.iter().enumerate() {
        if !bodies.iter_mut().any(|body| parent_of(body, at).is_some()) {
            let text = Text::new("violation-no-parent");
            faults.push(Violation::at(format!("/mapping/set/{index}/at"), "no_such_field", text));
        }
    }
    faults
}

fn after(bodies: Vec<Value>, mapping: FieldMapping) -> Vec<Value> {
    bodies.into_iter().map(|body| mapped(body, &mapping)).collect()
}

/// Returns the object that has, or would have, the field at the end of the pointer, and the name of the field.
fn parent_of<'a>(body: &'a mut Value, pointer: &str) -> Option<(&'a mut Map<String, Value>, String)> {
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
    fn fields_are_removed_renamed_and_set() {
        let body = json!({"LastName": "Novák", "LeadSource": "Web", "inputs": [{"properties": {"phone": "+420"}}]});
        let wanted = mapping(json!({
            "remove": ["/LeadSource", "/Nothing", "/LastName/x"],
            "rename": [{"from": "/inputs/0/properties/phone", "to": "mobile~/phone"}, {"from": "/Email", "to": "Mail__c"}],
            "set": [{"at": "/OwnerId", "value": 7}, {"at": "/a/b", "value": true}, {"at": "/inputs/0/properties/a~1b", "value": "x"}]
        }));
        let expected = json!({"LastName": "Novák", "OwnerId": 7, "inputs": [{"properties": {"mobile~/phone": "+420", "a/b": "x"}}]});
        assert_eq!(mapped(body, &wanted), expected);
    }

    #[test]
    fn entries_without_effect_are_reported() {
        let bodies = [json!({"Email": "a", "Phone": "1", "inputs": [{"x": 1}]}), json!({"customer": {"name": "x"}})];
        let reported = |value| -> Vec<_> {
            let place = |fault: Violation| match fault.place {
                crate::kernel::error::Place::Body(pointer) => (pointer, fault.code),
                other => panic!("{other:?}"),
            };
            faults(&mapping(value), &bodies).into_iter().map(place).collect()
        };
        let fits = json!({
            "remove": ["/Phone"],
            "rename": [{"from": "/Email", "to": "Phone"}, {"from": "/customer/name", "to": "Name"}],
            "set": [{"at": "/customer/kind", "value": 1}, {"at": "/Owner", "value": 1}, {"at": "/inputs/0/y", "value": 1}]
        });
        assert_eq!(reported(fits), []);
        let wrong = json!({
            "remove": ["/phone"],
            "rename": [{"from": "/Fax", "to": "x"}, {"from": "/Email", "to": "Phone"}],
            "set": [{"at": "/missing/kind", "value": 1}, {"at": "/inputs/1", "value": 1}]
        });
        let expected = [
            ("/mapping/remove/0", "no_such_field"),
            ("/mapping/rename/0/from", "no_such_field"),
            ("/mapping/rename/1/to", "duplicate_field"),
            ("/mapping/set/0/at", "no_such_field"),
            ("/mapping/set/1/at", "no_such_field"),
        ];
        assert_eq!(reported(wrong), expected.map(|(pointer, code)| (pointer.to_owned(), code)));
    }

    proptest! {
        #[test]
        fn no_pointer_causes_a_panic(at in "(/[a-z0-9~/-]{0,6}){0,4}", to in "[a-z]{1,5}") {
            let body = json!({"a": {"b": [1, {"c": null}]}, "0": "x"});
            let wanted = mapping(json!({"remove": [at], "rename": [{"from": at, "to": to}], "set": [{"at": at, "value": 1}]}));
            prop_assert!(mapped(body.clone(), &FieldMapping::default()) == body);
            prop_assert!(mapped(body, &wanted).is_object());
        }
    }
}
