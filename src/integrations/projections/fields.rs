//! Applying the field mapping of a company to a record, as a pure function.
//!
//! Rules: fields are given as JSON Pointers (RFC 6901); `remove` applies first, then `rename`, then `set`; a field that a record
//! does not have (no e-mail was given) is skipped, one that no record can have is refused when the mapping is saved; `set`
//! creates the last field of its pointer, but no object on the way to it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};
use validator::Validate;

use crate::kernel::error::{Text, Violation};

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
    /// Returns whether the mapping sets the field at this pointer.
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

/// Returns the record with the field names of the company.
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

/// Returns the entries of a mapping that would change nothing in any of these records, which have all fields that a format can
/// have, or that would overwrite a field. Otherwise a mistyped name would never be noticed.
#[must_use]
pub fn faults(mapping: &FieldMapping, bodies: &[Value]) -> Vec<Violation> {
    let mut bodies = bodies.to_vec();
    let mut faults = Vec::new();
    let nothing = || Text::new("No record has such a member.", "Žádný záznam takový člen nemá.");
    for (index, Pointer(at)) in mapping.remove.iter().enumerate() {
        if !bodies.iter().any(|body| body.pointer(at).is_some()) {
            faults.push(Violation::at(format!("/mapping/remove/{index}"), "no_such_field", nothing()));
        }
    }
    bodies = after(bodies, FieldMapping { remove: mapping.remove.clone(), ..FieldMapping::default() });
    for (index, field) in mapping.rename.iter().enumerate() {
        let RenamedField { from: Pointer(from), to } = field;
        if !bodies.iter().any(|body| body.pointer(from).is_some()) {
            faults.push(Violation::at(format!("/mapping/rename/{index}/from"), "no_such_field", nothing()));
        } else if bodies.iter_mut().any(|body| parent_of(body, from).is_some_and(|(object, _)| object.contains_key(to)))
        {
            let text = Text::new("Another member has this name.", "Toto jméno má jiný člen.");
            faults.push(Violation::at(format!("/mapping/rename/{index}/to"), "repeated_field", text));
        }
        bodies = after(bodies, FieldMapping { rename: vec![field.clone()], ..FieldMapping::default() });
    }
    for (index, FixedField { at: Pointer(at), .. }) in mapping.set.iter().enumerate() {
        if !bodies.iter_mut().any(|body| parent_of(body, at).is_some()) {
            let text = Text::new("No record has the object around it.", "Žádný záznam nemá objekt, v němž by byl.");
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

    #[test]
    fn what_touches_nothing_is_told() {
        let bodies = [json!({"Email": "a", "Phone": "1", "inputs": [{"x": 1}]}), json!({"customer": {"name": "x"}})];
        let told = |value| -> Vec<_> {
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
        assert_eq!(told(fits), []);
        let wrong = json!({
            "remove": ["/phone"],
            "rename": [{"from": "/Fax", "to": "x"}, {"from": "/Email", "to": "Phone"}],
            "set": [{"at": "/nobody/kind", "value": 1}, {"at": "/inputs/1", "value": 1}]
        });
        let expected = [
            ("/mapping/remove/0", "no_such_field"),
            ("/mapping/rename/0/from", "no_such_field"),
            ("/mapping/rename/1/to", "repeated_field"),
            ("/mapping/set/0/at", "no_such_field"),
            ("/mapping/set/1/at", "no_such_field"),
        ];
        assert_eq!(told(wrong), expected.map(|(pointer, code)| (pointer.to_owned(), code)));
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
