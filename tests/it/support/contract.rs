//! Checks every response against the OpenAPI document.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use entente::kernel::http::schema;
use jsonschema::Validator;
use serde_json::{Value, json};

use super::client::Reply;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| entente::app::openapi::document().unwrap());
static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// Fails unless the document describes the response.
pub fn check(method: &str, path: &str, reply: &Reply) {
    let route = path.split('?').next().unwrap();
    let context = format!("{method} {path} -> {} {}", reply.status, reply.text);
    assert!(reply.headers.contains_key("request-id"), "no Request-Id: {context}");
    if reply.status >= 400 {
        assert_eq!(reply.header("content-type"), "application/problem+json", "{context}");
        if method != "HEAD" {
            conforms(&json!({ "$ref": "#/components/schemas/Problem" }), &reply.body, &context);
            let known = &DOCUMENT["components"]["schemas"]["Problem"]["properties"];
            for (field, _) in reply.body.as_object().unwrap() {
                assert!(known.get(field).is_some(), "undocumented field {field}: {context}");
            }
        }
        assert_eq!(
            reply.body["status"].as_u64().unwrap_or(u64::from(reply.status)),
            u64::from(reply.status),
            "{context}"
        );
    }
    let lookup = if method == "HEAD" { "GET" } else { method };
    let table = entente::app::routes::table().unwrap();
    let Some(operation) =
        table.find(route).and_then(|route| DOCUMENT["paths"][&route.template].get(lookup.to_lowercase()))
    else {
        return;
    };
    let response = &operation["responses"][reply.status.to_string()];
    assert!(!response.is_null(), "undocumented status: {context}");
    let response = resolved(response);
    check_headers(&response["headers"], reply, &context);
    match response["content"].as_object() {
        None => assert!(reply.text.is_empty(), "undocumented body: {context}"),
        Some(content) if method != "HEAD" => {
            let kind = reply.header("content-type").split(';').next().unwrap().trim();
            let media = content.get(kind).unwrap_or_else(|| panic!("undocumented media type {kind}: {context}"));
            if kind.ends_with("json") {
                conforms(&media["schema"], &reply.body, &context);
            }
        }
        Some(_) => {}
    }
}

/// Headers that describe the message or its body, which the document does not list.
const UNLISTED: [&str; 12] = [
    "access-control-expose-headers",
    "cache-control",
    "connection",
    "content-disposition",
    "content-language",
    "content-length",
    "content-security-policy",
    "content-type",
    "date",
    "transfer-encoding",
    "vary",
    "x-content-type-options",
];

/// Fails unless all required headers are present, and all other headers are documented.
fn check_headers(listed: &'static Value, reply: &Reply, context: &str) {
    let listed = || listed.as_object().into_iter().flatten();
    for (name, header) in listed() {
        let is_required = resolved(header)["required"] == true;
        assert!(!is_required || reply.headers.contains_key(name.to_lowercase()), "no {name}: {context}");
    }
    for name in reply.headers.keys().map(|name| name.as_str()) {
        let is_listed = listed().any(|(listed, _)| listed.eq_ignore_ascii_case(name));
        assert!(is_listed || UNLISTED.contains(&name), "undocumented header {name}: {context}");
    }
}

fn resolved(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => DOCUMENT.pointer(reference.trim_start_matches('#')).unwrap(),
        None => value,
    }
}

/// Clients accept new values of open enumerations, but the service returns only those that are listed.
fn closed(schemas: Value) -> Value {
    match schemas {
        Value::Array(items) => items.into_iter().map(closed).collect(),
        Value::Object(members) => {
            let nullable = members.get("type").is_some_and(Value::is_array);
            let close = |(name, member): (String, Value)| match (name.as_str(), member) {
                ("x-extensible-enum", Value::Array(mut values)) => {
                    values.extend(nullable.then_some(Value::Null));
                    ("enum".to_owned(), Value::Array(values))
                }
                (_, member) => (name, closed(member)),
            };
            Value::Object(members.into_iter().map(close).collect())
        }
        other => other,
    }
}

/// Checks a value against a schema of the document.
pub fn conforms(expected: &Value, value: &Value, context: &str) {
    let key = expected.to_string();
    let known = VALIDATORS.lock().unwrap().get(&key).cloned();
    let validator = known.unwrap_or_else(|| {
        let mut root = expected.clone();
        root["components"] = json!({ "schemas": closed(DOCUMENT["components"]["schemas"].clone()) });
        let validator = Arc::new(schema::compile(&root).unwrap());
        VALIDATORS.lock().unwrap().insert(key, validator.clone());
        validator
    });
    let faults: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{} at {}", error, error.instance_path())).collect();
    assert!(faults.is_empty(), "does not match the document: {faults:?}\n{context}");
}
