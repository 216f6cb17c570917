//! Open enumerations: responses can get new values at any time, so generated clients must accept unknown ones.
//!
//! Rules: requests list their values in `enum`. Responses list them in `x-extensible-enum` (Zalando guidelines, rule
//! 112) of a plain string. `anyOf` with a string was rejected: TypeScript reduces it to `string`, and other languages
//! get a wrapper type for each field. An object that requests and responses share keeps `enum`.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

const PREFIX: &str = "#/components/schemas/";
/// Pattern and maximum length of the values of open enumerations, now and later.
const PATTERN: &str = "^[A-Za-z0-9_.:-]+$";
const MAX_LENGTH: u32 = 100;

/// Opens the enumerations that only responses and webhooks contain. One that requests use, too, stays closed as a
/// component; the fields of responses that refer to it contain the open form.
pub fn open_in_responses(document: &mut Value) {
    let (requested, returned) = reachable(document);
    let schemas = document["components"]["schemas"].clone();
    let is_enum = |name: &str| schemas[name]["enum"].is_array() && schemas[name]["type"] == "string";
    for (name, schema) in document["components"]["schemas"].as_object_mut().into_iter().flatten() {
        if requested.contains(name) || !returned.contains(name) {
            continue;
        }
        if is_enum(name) {
            open(schema);
        } else {
            open_references(schema, &|target| requested.contains(target) && is_enum(target), &schemas);
        }
    }
}

/// Returns the names of the schemas that requests use, and of those that responses and webhooks use.
fn reachable(document: &Value) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut requested, mut returned) = (BTreeSet::new(), BTreeSet::new());
    for (_, item) in document["paths"].as_object().into_iter().flatten() {
        for (_, operation) in item.as_object().into_iter().flatten() {
            follow(&operation["requestBody"], document, &mut requested);
            follow(&operation["parameters"], document, &mut requested);
            follow(&operation["responses"], document, &mut returned);
        }
    }
    follow(&document["webhooks"], document, &mut returned);
    // Every error response has this schema, also one that is a shared component.
    follow(&json!({ "$ref": format!("{PREFIX}Problem") }), document, &mut returned);
    (requested, returned)
}

fn follow(value: &Value, document: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| follow(item, document, found)),
        Value::Object(members) => {
            if let Some(name) = target(members)
                && found.insert(name.to_owned())
            {
                follow(&document["components"]["schemas"][name], document, found);
            }
            members.values().for_each(|member| follow(member, document, found));
        }
        _ => {}
    }
}

fn target(schema: &Map<String, Value>) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix(PREFIX)
}

/// Replaces the references to closed enumerations by their open form.
fn open_references(value: &mut Value, is_closed: &dyn Fn(&str) -> bool, schemas: &Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| open_references(item, is_closed, schemas)),
        Value::Object(members) => {
            let name = target(members).or_else(|| nullable_target(members)).filter(|name| is_closed(name));
            match name.map(str::to_owned) {
                Some(name) => {
                    let nullable = members.shift_remove("oneOf").is_some();
                    members.shift_remove("$ref");
                    let mut schema = schemas[&name].clone();
                    open(&mut schema);
                    for (keyword, value) in schema.as_object().into_iter().flatten() {
                        members.entry(keyword.clone()).or_insert_with(|| value.clone());
                    }
                    if nullable {
                        members.insert("type".into(), json!(["string", "null"]));
                    }
                }
                None => members.values_mut().for_each(|member| open_references(member, is_closed, schemas)),
            }
        }
        _ => {}
    }
}

fn nullable_target(schema: &Map<String, Value>) -> Option<&str> {
    let alternatives = schema.get("oneOf")?.as_array()?;
    let mut others = alternatives.iter().filter(|one| one["type"] != "null");
    let only = others.next().filter(|_| others.next().is_none() && alternatives.len() == 2)?;
    target(only.as_object()?)
}

fn open(schema: &mut Value) {
    let Some(keywords) = schema.as_object_mut() else { return };
    let Some(values) = keywords.shift_remove("enum") else { return };
    if !keywords.contains_key("examples") && !keywords.contains_key("example") {
        keywords.insert("example".into(), values[0].clone());
    }
    keywords.insert("x-extensible-enum".into(), values);
    keywords.insert("maxLength".into(), json!(MAX_LENGTH));
    keywords.insert("pattern".into(), json!(PATTERN));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Value {
        let reference = |name: &str| json!({ "$ref": format!("{PREFIX}{name}") });
        let content = |name: &str| json!({ "content": { "application/json": { "schema": reference(name) } } });
        json!({
            "paths": { "/a": { "post": { "requestBody": content("New"), "responses": { "200": content("Thing") } } } },
            "components": { "schemas": {
                "New": { "properties": { "state": reference("State") } },
                "Thing": { "properties": {
                    "state": { "$ref": format!("{PREFIX}State"), "description": "Current state." },
                    "next": { "oneOf": [reference("State"), { "type": "null" }], "description": "Next state." },
                    "kind": reference("Kind"),
                } },
                "State": { "type": "string", "enum": ["open"], "description": "A state." },
                "Kind": { "type": "string", "enum": ["small"] },
            } }
        })
    }

    #[test]
    fn requests_stay_closed_and_responses_are_open() {
        let mut document = document();
        open_in_responses(&mut document);
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["State"]["enum"], json!(["open"]));
        assert_eq!(schemas["New"]["properties"]["state"]["$ref"], json!(format!("{PREFIX}State")));
        let state = &schemas["Thing"]["properties"]["state"];
        assert_eq!(state["description"], "Current state.");
        assert_eq!((&state["type"], &state["x-extensible-enum"]), (&json!("string"), &json!(["open"])));
        let next = &schemas["Thing"]["properties"]["next"];
        assert_eq!((&next["type"], &next["description"]), (&json!(["string", "null"]), &json!("Next state.")));
        assert_eq!(schemas["Kind"]["x-extensible-enum"], json!(["small"]));
        assert!(schemas["Kind"].get("enum").is_none());
    }
}
