//! Examples of success responses, recorded from the demo data.
//!
//! Rule: `openapi/examples.json` has the response of every operation to its example request. A test executes the
//! operations and compares the fields; it also records the file.

use serde_json::Value;
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
