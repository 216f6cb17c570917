//! Examples of success responses, recorded from the demo data.
//!
//! Rule: `openapi/examples.json` has the response of every operation to its example request. A test executes the
//! operations and compares the fields; it also records the file.

use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

static RECORDED: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../openapi/examples.json")).unwrap_or_default());

/// Adds the recorded response to the success responses of an operation with the same body: a `PUT` has one body,
/// whether it creates (201) or replaces (200).
pub fn add(operation: &mut Value) {
    let recorded = operation["operationId"].as_str().and_then(|id| RECORDED.get(id));
    let Some(recorded) = recorded.cloned() else { return };
    let schema_of = |response: &Value| response["content"]["application/json"]["schema"].clone();
    let schema = recorded["status"].as_str().map(|status| schema_of(&operation["responses"][status]));
    for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        let is_same = *status == "201" && recorded["status"] == "200" && Some(schema_of(response)) == schema;
        if *status != recorded["status"] && !is_same {
            continue;
        }
        for (_, media) in response.get_mut("content").and_then(Value::as_object_mut).into_iter().flatten() {
            media["example"] = recorded["body"].clone();
        }
    }
}

/// Adds an example to each success response whose operation was recorded with another body: that of an operation with
/// the same body.
pub fn add_of_same_body(paths: &mut Value) {
    let bodies = BTreeMap::from_iter(json_bodies(paths).filter_map(|media| {
        let schema = media["schema"]["$ref"].as_str()?.to_owned();
        Some((schema, media.get("example")?.clone()))
    }));
    for media in json_bodies(paths) {
        let known = media["schema"]["$ref"].as_str().and_then(|schema| bodies.get(schema));
        if let (None, None, Some(example)) = (media.get("example"), media.get("examples"), known) {
            media["example"] = example.clone();
        }
    }
}

/// Returns the JSON bodies of all success responses.
fn json_bodies(paths: &mut Value) -> impl Iterator<Item = &mut Value> {
    let methods = paths.as_object_mut().into_iter().flat_map(|paths| paths.values_mut());
    let operations = methods.filter_map(Value::as_object_mut).flat_map(|methods| methods.values_mut());
    let responses = operations.filter_map(|operation| operation.get_mut("responses")?.as_object_mut()).flatten();
    let successes = responses.filter(|(status, _)| status.starts_with('2')).map(|(_, response)| response);
    successes.filter_map(|response| response.get_mut("content")?.get_mut("application/json"))
}
