//! Corrections to the schemas that utoipa collects.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// Adds `additionalProperties: true` to objects without listed properties. Client generators would create empty types
/// for them otherwise.
pub fn say_open(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(say_open),
        Value::Object(members) => {
            members.values_mut().for_each(say_open);
            let is_object = members.get("type").is_some_and(|kind| {
                kind == "object" || kind.as_array().is_some_and(|kinds| kinds.iter().any(|one| one == "object"))
            });
            let lists = ["properties", "additionalProperties", "allOf"].iter().any(|name| members.contains_key(*name));
            if is_object && !lists {
                members.insert("additionalProperties".into(), json!(true));
            }
        }
        _ => {}
    }
}

/// Replaces the inline item schema of pages by a reference, so that client generators create one type per item. utoipa
/// inlines the items of generic types.
pub fn pages_by_reference(mut schemas: Value) -> Value {
    for (name, schema) in schemas.as_object_mut().into_iter().flatten() {
        if let Some(item) = name.strip_prefix("Page_") {
            schema["properties"]["data"]["items"] = json!({ "$ref": format!("#/components/schemas/{item}") });
        }
    }
    schemas
}

/// Moves the description of a nullable reference to the field. utoipa writes it next to the `$ref` in `oneOf`, where
/// generators do not look for it.
pub fn describe_nullable_references(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(describe_nullable_references),
        Value::Object(members) => {
            members.values_mut().for_each(describe_nullable_references);
            let alternatives = members.get_mut("oneOf").and_then(Value::as_array_mut);
            let Some([reference, null]) = alternatives.map(Vec::as_mut_slice) else { return };
            let Some(keywords) = reference.as_object_mut().filter(|_| *null == json!({ "type": "null" })) else {
                return;
            };
            let Some(target) = keywords.shift_remove("$ref") else { return };
            let described = std::mem::replace(keywords, Map::from_iter([("$ref".to_owned(), target)]));
            for (name, keyword) in described {
                members.entry(name).or_insert(keyword);
            }
        }
        _ => {}
    }
}

/// Sorts the names, so that the diff of the committed file has actual changes only.
pub fn sorted(object: Value) -> Value {
    let Value::Object(object) = object else { return object };
    let mut members: Vec<_> = object.into_iter().collect();
    members.sort_by(|(a, _), (b, _)| a.cmp(b));
    Value::Object(members.into_iter().collect())
}

/// Renames generic types: utoipa calls them `Page_Department`, the document `DepartmentPage`.
pub fn renamed(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(match text.strip_prefix("#/components/schemas/Page_") {
            Some(item) => format!("#/components/schemas/{item}Page"),
            None => text,
        }),
        Value::Array(items) => items.into_iter().map(renamed).collect(),
        Value::Object(members) => {
            let rename = |name: String| name.strip_prefix("Page_").map(|item| format!("{item}Page")).unwrap_or(name);
            Value::Object(
                members.into_iter().map(|(name, value)| (rename(name), renamed(value))).collect::<Map<_, _>>(),
            )
        }
        other => other,
    }
}

/// Removes the schemas that nothing refers to, directly or through other schemas.
pub fn retain_used(document: &mut Value) {
    let mut schemas = document["components"]["schemas"].take();
    let mut used = BTreeSet::new();
    let mut open = vec![&*document];
    while let Some(part) = open.pop() {
        match part {
            Value::Array(items) => open.extend(items),
            Value::Object(members) => {
                let name = members.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix(PREFIX));
                if let Some(name) = name.filter(|name| used.insert((*name).to_owned())) {
                    open.push(&schemas[name]);
                }
                open.extend(members.values());
            }
            _ => {}
        }
    }
    if let Some(schemas) = schemas.as_object_mut() {
        schemas.retain(|name, _| used.contains(name));
    }
    document["components"]["schemas"] = schemas;
}

const PREFIX: &str = "#/components/schemas/";
