//! The rendering for Swagger UI, which opens an operation in a fraction of the time.
//!
//! Rules: it derives from the 3.0.3 rendering, because Swagger UI parses a whole 3.1 document again for each operation
//! that is opened. Everything that a reader of the page does not see, or sees elsewhere, is left out: webhooks, the
//! headers of responses, and the schema of errors, whose examples are shown.

use serde_json::Value;

use super::schemas;

/// Reduces the 3.0.3 rendering.
pub fn lean(mut document: Value) -> Value {
    if let Some(components) = document["components"].as_object_mut() {
        components.shift_remove("headers");
    }
    for (_, response) in document["components"]["responses"].as_object_mut().into_iter().flatten() {
        reduce(response);
    }
    for (_, item) in document["paths"].as_object_mut().into_iter().flatten() {
        for (_, operation) in item.as_object_mut().into_iter().flatten() {
            for (_, response) in operation["responses"].as_object_mut().into_iter().flatten() {
                reduce(response);
            }
        }
    }
    without_extensions(&mut document);
    schemas::retain_used(&mut document);
    document
}

fn reduce(response: &mut Value) {
    let Some(response) = response.as_object_mut() else { return };
    response.shift_remove("headers");
    if let Some(problem) = response.get_mut("content").and_then(|content| content.get_mut("application/problem+json"))
        && let Some(media) = problem.as_object_mut()
    {
        media.shift_remove("schema");
    }
}

/// Removes extensions, which the page does not show. The values of open enumerations are shown as an enumeration.
fn without_extensions(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(without_extensions),
        Value::Object(members) => {
            if let Some(values) = members.shift_remove("x-extensible-enum") {
                members.insert("enum".into(), values);
            }
            members.retain(|name, _| !name.starts_with("x-"));
            members.values_mut().for_each(without_extensions);
        }
        _ => {}
    }
}
