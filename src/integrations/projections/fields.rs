//! Application of a company's field mapping to a record, as a pure function.
//!
//! Rules: fields are given as JSON Pointers (RFC 6901); `remove` is applied first, then `rename`, `copy` and `set`; a
//! field that this record does not have (for example a missing e-mail address) is skipped; a field that no record can
//! have is rejected when the mapping is saved; `copy` and `set` create the last field of their pointer, but not the
//! objects that contain it; `set` applies only to new records unless it says otherwise, so that an update does not undo
//! what people have changed.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};
use validator::Validate;

use super::life::RecordOperation;
use super::values::RecordValue;
use crate::kernel::error::{Text, Violation};

/// Changes to the fields of a record, for a company whose CRM or ITSM tool has other field names. `remove` is applied
/// first, then `rename`, `copy` and `set`. Pointers refer to the body that creates a record, also for later changes.
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
    /// Values of the callback request to copy to fields of your own, whenever the record is sent.
    #[schema(nullable = false, max_items = 50)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub copy: Vec<CopiedField>,
    /// Fields to set to a constant value.
    #[schema(nullable = false, max_items = 50)]
    pub set: Vec<FixedField>,
}

impl FieldMapping {
    /// Returns whether the mapping sets the field at this pointer in new records.
    #[must_use]
    pub fn sets(&self, at: &str) -> bool {
        self.set.iter().any(|field| field.at.0 == at && field.applies_to(RecordOperation::Create))
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
    /// When the field is set; absent for new records only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_items = 1, max_items = 4)]
    pub on: Option<Vec<RecordOperation>>,
}

impl FixedField {
    fn applies_to(&self, operation: RecordOperation) -> bool {
        match &self.on {
            Some(operations) => operations.contains(&operation),
            None => operation == RecordOperation::Create,
        }
    }
}

/// A value of the callback request to copy to a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CopiedField {
    /// The value.
    pub value: RecordValue,
    /// JSON Pointer to the field, which is created when the record does not have it. The object that contains it must
    /// exist.
    pub to: Pointer,
    /// Values of the other system, for example the stages of your leads for the states of a request. If it is not
    /// empty, values without a translation are not copied.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(nullable = false, max_items = 20)]
    pub translate: Vec<Translation>,
}

/// A value of the other system for a value of the callback request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Translation {
    /// Value of the callback request, such as `completed`.
    #[schema(min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    pub from: String,
    /// Value of the other system.
    #[schema(min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f]+$")]
    pub to: String,
}

impl CopiedField {
    /// Returns the value to copy; `None` if it has no translation.
    fn translated(&self, value: Value) -> Option<Value> {
        if self.translate.is_empty() {
            return Some(value);
        }
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        self.translate.iter().find(|entry| entry.from == text).map(|entry| entry.to.as_str().into())
    }
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

/// Returns the record with the mapping applied. `values` returns the values of the callback request.
#[must_use]
pub fn mapped(
    mut body: Value,
    mapping: &FieldMapping,
    operation: RecordOperation,
    values: &dyn Fn(RecordValue) -> Value,
) -> Value {
    for Pointer(at) in &mapping.remove {
        remove(&mut body, at);
    }
    for RenamedField { from: Pointer(from), to } in &mapping.rename {
        if let Some((object, name)) = parent_of(&mut body, from)
            && let Some(value) = object.shift_remove(&name)
        {
            object.insert(to.clone(), value);
        }
    }
    for field in &mapping.copy {
        if let Some(value) = field.translated(values(field.value)) {
            set(&mut body, &field.to.0, value);
        }
    }
    for field in mapping.set.iter().filter(|field| field.applies_to(operation)) {
        set(&mut body, &field.at.0, field.value.0.clone());
    }
    body
}

/// Removes the field at a pointer, if the record has it.
pub fn remove(body: &mut Value, pointer: &str) {
    if let Some((object, name)) = parent_of(body, pointer) {
        object.shift_remove(&name);
    }
}

/// Sets the field at a pointer, if the object that contains it exists.
pub fn set(body: &mut Value, pointer: &str, value: Value) {
    if let Some((object, name)) = parent_of(body, pointer) {
        object.insert(name, value);
    }
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
    let copied = mapping.copy.iter().enumerate().map(|(index, field)| (format!("copy/{index}/to"), &field.to));
    let fixed = mapping.set.iter().enumerate().map(|(index, field)| (format!("set/{index}/at"), &field.at));
    for (place, Pointer(at)) in copied.chain(fixed) {
        if !bodies.iter_mut().any(|body| parent_of(body, at).is_some()) {
            let text = Text::new("violation-no-parent");
            faults.push(Violation::at(format!("/mapping/{place}"), "no_such_field", text));
        }
    }
    faults
}

fn after(bodies: Vec<Value>, mapping: FieldMapping) -> Vec<Value> {
    let no_value = |_: RecordValue| Value::Null;
    bodies.into_iter().map(|body| mapped(body, &mapping, RecordOperation::Create, &no_value)).collect()
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

    fn mapped(body: Value, mapping: &FieldMapping) -> Value {
        super::mapped(body, mapping, RecordOperation::Create, &|_| Value::Null)
    }

    #[test]
    fn values_are_copied_and_constants_are_set_at_their_operations() {
        let wanted = mapping(json!({
            "copy": [
                {"value": "promised_by", "to": "/Due__c"},
                {"value": "state", "to": "/Status", "translate": [{"from": "completed", "to": "Closed"}]}
            ],
            "set": [{"at": "/OwnerId", "value": "1"}, {"at": "/Stage", "value": 4, "on": ["close", "erase"]}]
        }));
        let values = |which| match which {
            RecordValue::State => json!("completed"),
            _ => json!("2027-03-30T08:00:00Z"),
        };
        let body = |operation| super::mapped(json!({}), &wanted, operation, &values);
        let always = json!({"Due__c": "2027-03-30T08:00:00Z", "Status": "Closed"});
        assert_eq!(body(RecordOperation::Update), always);
        let mut created = always.clone();
        created["OwnerId"] = json!("1");
        assert_eq!(body(RecordOperation::Create), created);
        let mut closed = always;
        closed["Stage"] = json!(4);
        assert_eq!(body(RecordOperation::Close), closed);
        assert_eq!(body(RecordOperation::Erase), closed);
        // Without a translation, nothing is copied.
        let open = super::mapped(json!({}), &wanted, RecordOperation::Update, &|_| json!("scheduled"));
        assert_eq!(open, json!({"Due__c": "scheduled"}));
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
