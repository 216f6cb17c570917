//! The document in OpenAPI 3.0.3, for generators that do not read 3.1.
//!
//! Rule: this is a pure function of the 3.1 document. The schemas accept the same values; only their spelling differs.

use serde_json::{Map, Value, json};

use super::schemas;

const PREFIX: &str = "#/components/schemas/";
/// Keywords whose value is one schema.
const ONE_SCHEMA: [&str; 5] = ["additionalProperties", "contentSchema", "items", "not", "schema"];
/// Keywords whose value is a list of schemas.
const SCHEMA_LISTS: [&str; 3] = ["allOf", "anyOf", "oneOf"];
/// Keywords of JSON Schema that 3.0 does not have, and that only describe.
const UNKNOWN: [&str; 4] = ["$comment", "contentEncoding", "contentMediaType", "contentSchema"];

/// URL of the licence. 3.0 has no identifiers of licences; either licence of the expression may be chosen.
const LICENSE_URL: &str = "https://spdx.org/licenses/MIT.html";

/// Converts the document. The `webhooks` section becomes the extension `x-webhooks`, without its tags.
pub fn downgraded(mut document: Value) -> Value {
    document["openapi"] = json!("3.0.3");
    let Some(top) = document.as_object_mut() else { return document };
    top.shift_remove("jsonSchemaDialect");
    let mut webhooks = top.shift_remove("webhooks").unwrap_or_default();
    if let Some(info) = top.get_mut("info").and_then(Value::as_object_mut) {
        info.shift_remove("summary");
        if let Some(license) = info.get_mut("license").and_then(Value::as_object_mut)
            && license.shift_remove("identifier").is_some()
        {
            license.insert("url".into(), json!(LICENSE_URL));
        }
    }
    let schemas = top["components"]["schemas"].clone();
    for (_, schema) in top["components"]["schemas"].as_object_mut().into_iter().flatten() {
        convert(schema, &schemas);
    }
    find_schemas(&mut top["paths"], &schemas);
    for kind in ["responses", "parameters", "headers"] {
        find_schemas(&mut top["components"][kind], &schemas);
    }
    find_schemas(&mut webhooks, &schemas);
    if let Some(tags) = top.get("tags").and_then(Value::as_array) {
        let used = |tag: &Value| uses_tag(&top["paths"], &tag["name"]);
        let tags = tags.iter().filter(|tag| used(tag)).cloned().collect();
        top.insert("tags".into(), tags);
    }
    if webhooks.as_object().is_some_and(|webhooks| !webhooks.is_empty()) {
        top.insert("x-webhooks".into(), webhooks);
    }
    schemas::retain_used(&mut document);
    document
}

fn uses_tag(paths: &Value, name: &Value) -> bool {
    let mut operations = paths.as_object().into_iter().flatten().flat_map(|(_, item)| item.as_object()).flatten();
    operations.any(|(_, operation)| operation["tags"].as_array().is_some_and(|tags| tags.contains(name)))
}

/// Converts every schema in a part of the document that is not a schema itself.
fn find_schemas(part: &mut Value, schemas: &Value) {
    match part {
        Value::Array(items) => items.iter_mut().for_each(|item| find_schemas(item, schemas)),
        Value::Object(members) => {
            for (name, value) in members {
                match name.as_str() {
                    "schema" => convert(value, schemas),
                    "example" | "examples" => {}
                    _ => find_schemas(value, schemas),
                }
            }
        }
        _ => {}
    }
}

fn convert(schema: &mut Value, schemas: &Value) {
    let Some(keywords) = schema.as_object_mut() else { return };
    convert_null_alternative(keywords, schemas);
    for (_, property) in keywords.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        convert(property, schemas);
    }
    for name in ONE_SCHEMA {
        if let Some(nested) = keywords.get_mut(name) {
            convert(nested, schemas);
        }
    }
    for name in SCHEMA_LISTS {
        keywords
            .get_mut(name)
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
            .for_each(|one| convert(one, schemas));
    }
    convert_types(keywords);
    convert_constant(keywords);
    convert_limit(keywords, "exclusiveMinimum", "minimum");
    convert_limit(keywords, "exclusiveMaximum", "maximum");
    if let Some(first) = keywords.shift_remove("examples").and_then(|examples| examples.get(0).cloned()) {
        keywords.entry("example").or_insert(first);
    }
    // The default, which the linters of 3.0 want left out.
    if keywords.get("additionalProperties") == Some(&Value::Bool(true)) {
        keywords.shift_remove("additionalProperties");
    }
    for name in UNKNOWN {
        keywords.shift_remove(name);
    }
    convert_reference(keywords);
}

/// `oneOf` with `null` and one other schema becomes that schema with `nullable`. A reference is resolved, because
/// `nullable` next to a reference would not make the schema that it refers to nullable.
fn convert_null_alternative(keywords: &mut Map<String, Value>, schemas: &Value) {
    let alternatives = keywords.get_mut("oneOf").and_then(Value::as_array_mut);
    let Some(alternatives) = alternatives.filter(|all| all.iter().any(|one| one["type"] == "null")) else { return };
    alternatives.retain(|one| one["type"] != "null");
    if let [only] = alternatives.as_slice() {
        let name = only["$ref"].as_str().and_then(|reference| reference.strip_prefix(PREFIX));
        let only = name.map_or(only, |name| &schemas[name]).clone();
        keywords.shift_remove("oneOf");
        for (name, keyword) in only.as_object().into_iter().flatten() {
            keywords.entry(name.clone()).or_insert_with(|| keyword.clone());
        }
    }
    keywords.insert("nullable".into(), json!(true));
}

/// A list of types becomes one type; `null` becomes `nullable`, and several types become `anyOf`.
fn convert_types(keywords: &mut Map<String, Value>) {
    let Some(types) = keywords.get("type").and_then(Value::as_array) else { return };
    let nullable = types.iter().any(|one| one == "null");
    let others: Vec<Value> = types.iter().filter(|one| *one != "null").cloned().collect();
    match others.as_slice() {
        [only] => {
            keywords.insert("type".into(), only.clone());
        }
        several => {
            let several = several.iter().map(|kind| of_one_type(keywords, kind)).collect();
            keywords.retain(|name, _| !LIMITS.iter().any(|(limit, _)| limit == name) && name != "type");
            keywords.insert("anyOf".into(), several);
        }
    }
    if nullable {
        keywords.insert("nullable".into(), json!(true));
    }
}

/// Keywords that limit one type only, with that type (`number` stands for `integer`, too).
const LIMITS: [(&str, &str); 8] = [
    ("maxLength", "string"),
    ("minLength", "string"),
    ("pattern", "string"),
    ("maximum", "number"),
    ("minimum", "number"),
    ("maxItems", "array"),
    ("minItems", "array"),
    ("items", "array"),
];

/// Returns the schema of one type of a list, with the limits that apply to that type.
fn of_one_type(keywords: &Map<String, Value>, kind: &Value) -> Value {
    let mut one = Map::from_iter([("type".to_owned(), kind.clone())]);
    let family = if kind == "integer" { "number" } else { kind.as_str().unwrap_or_default() };
    for (limit, _) in LIMITS.iter().filter(|(_, of)| *of == family) {
        if let Some(value) = keywords.get(*limit) {
            one.insert((*limit).to_owned(), value.clone());
        }
    }
    Value::Object(one)
}

fn convert_constant(keywords: &mut Map<String, Value>) {
    if let Some(constant) = keywords.shift_remove("const") {
        keywords.insert("enum".into(), json!([constant]));
    }
}

/// An exclusive limit is a number in 3.1, and a flag next to the limit in 3.0.
fn convert_limit(keywords: &mut Map<String, Value>, exclusive: &str, limit: &str) {
    if keywords.get(exclusive).is_some_and(Value::is_number) {
        let value = keywords.insert(exclusive.to_owned(), json!(true)).unwrap_or_default();
        keywords.insert(limit.to_owned(), value);
    }
}

/// Readers of 3.0 ignore everything next to `$ref`, so a reference with other keywords moves into `allOf`.
fn convert_reference(keywords: &mut Map<String, Value>) {
    if keywords.len() > 1
        && let Some(reference) = keywords.shift_remove("$ref")
    {
        keywords.insert("allOf".into(), json!([{ "$ref": reference }]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(mut value: Value) -> Value {
        convert(&mut value, &json!({}));
        value
    }

    #[test]
    fn null_becomes_nullable() {
        assert_eq!(schema(json!({ "type": ["string", "null"] })), json!({ "type": "string", "nullable": true }));
        let one = json!({ "$ref": "#/components/schemas/One" });
        let schemas = json!({ "One": { "type": "string", "description": "Any." } });
        let mut reference = json!({ "oneOf": [one, { "type": "null" }], "description": "One." });
        convert(&mut reference, &schemas);
        let expected = json!({ "description": "One.", "type": "string", "nullable": true });
        assert_eq!(reference, expected);
    }

    #[test]
    fn several_types_become_alternatives_with_their_own_limits() {
        let both = json!({ "type": ["string", "number"], "maxLength": 3, "minimum": 1, "description": "Two." });
        let expected = json!({
            "description": "Two.",
            "anyOf": [{ "type": "string", "maxLength": 3 }, { "type": "number", "minimum": 1 }]
        });
        assert_eq!(schema(both), expected);
    }

    #[test]
    fn keywords_of_json_schema_get_their_spelling_of_3_0() {
        assert_eq!(schema(json!({ "const": "a" })), json!({ "enum": ["a"] }));
        assert_eq!(schema(json!({ "examples": [1, 2] })), json!({ "example": 1 }));
        assert_eq!(schema(json!({ "exclusiveMinimum": 0 })), json!({ "exclusiveMinimum": true, "minimum": 0 }));
        assert_eq!(schema(json!({ "type": "string", "contentMediaType": "text/plain" })), json!({ "type": "string" }));
        assert_eq!(schema(json!({ "pattern": "^a$" })), json!({ "pattern": "^a$" }));
    }

    #[test]
    fn a_reference_keeps_its_description() {
        let described =
            json!({ "type": "object", "properties": { "examples": { "$ref": "#/a", "description": "A." } } });
        let expected = json!({ "description": "A.", "allOf": [{ "$ref": "#/a" }] });
        assert_eq!(schema(described)["properties"]["examples"], expected);
        assert_eq!(schema(json!({ "$ref": "#/a" })), json!({ "$ref": "#/a" }));
    }

    #[test]
    fn the_top_has_no_part_of_3_1() {
        let document = json!({
            "openapi": "3.1.0", "jsonSchemaDialect": "x",
            "info": { "summary": "S", "license": { "name": "L", "identifier": "L" } },
            "tags": [{ "name": "Used" }, { "name": "Of webhooks" }],
            "paths": { "/a": { "get": {
                "tags": ["Used"], "parameters": [{ "schema": { "const": 1 }, "examples": { "const": 1 } }]
            } } },
            "components": { "schemas": {} },
            "webhooks": { "a": { "post": { "requestBody": { "content": { "x": { "schema": { "const": 1 } } } } } } }
        });
        let expected = json!({
            "openapi": "3.0.3",
            "info": { "license": { "name": "L", "url": LICENSE_URL } },
            "tags": [{ "name": "Used" }],
            "paths": { "/a": { "get": {
                "tags": ["Used"], "parameters": [{ "schema": { "enum": [1] }, "examples": { "const": 1 } }]
            } } },
            "components": { "schemas": {}, "responses": null, "parameters": null, "headers": null },
            "x-webhooks": { "a": { "post": { "requestBody": { "content": { "x": { "schema": { "enum": [1] } } } } } } }
        });
        assert_eq!(downgraded(document), expected);
    }
}
