//! Examples of success responses, recorded from the demo data.
//!
//! Rule: `openapi/examples.json` has the response of every operation to its example request. A test executes the
//! operations and compares the fields; it also records the file.

use serde_json::Value;
use std::sync::LazyLock;

static RECORDED: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../openapi/examples.json")).unwrap_or_default());

/// Adds the recorded response to the success responses of an operation. A `PUT` has the same body, whether it creates
/// (201) or replaces (200).
pub fn add(operation: &mut Value) {
    let recorded = operation["operationId"].as_str().and_then(|id| RECORDED.get(id));
    let Some(recorded) = recorded.cloned() else { return };
    for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        if *status != recorded["status"] && !(*status == "201" && recorded["status"] == "200") {
            continue;
        }
        for (_, media) in response.get_mut("content").and_then(Value::as_object_mut).into_iter().flatten() {
            media["example"] = recorded["body"].clone();
        }
    }
}
