//! Examples that work: which thing of the demo data each operation is tried on.
//!
//! Rule: with `entente demo` running and the token it prints, every operation answers 2xx when it
//! is pressed with what stands here; a test presses all of them. A path parameter without an entry
//! means the first thing of its kind.

use serde_json::{Value, json};

use crate::ids::{
    AreaId, AssignmentId, CallbackRequestId, ClosureId, DepartmentId, MembershipId, PersonId, ProjectId,
    WebhookEndpointId,
};

/// What an operation is tried with.
struct Example {
    operation: &'static str,
    parameters: Vec<(&'static str, Value)>,
    body: Option<Value>,
}

/// Hash of the charter of the third project of the demo data.
const CHARTER_TO_SIGN: &str = "838c4ac8866509b634630d61b73cdb49ddf508b170ca91ff52797c1d1d39ed39";

fn examples() -> Vec<Example> {
    let at = |operation, id: Value, body| Example { operation, parameters: vec![("id", id)], body };
    let project = |n| json!(ProjectId::demo(n));
    let membership = |n| json!(MembershipId::demo(n));
    let person = |n| json!({ "person_id": PersonId::demo(n) });
    let steward = |n, department| json!({ "person_id": PersonId::demo(n), "department_id": DepartmentId::demo(department), "project_role": "Data steward" });
    vec![
        // A draft that is complete.
        at("propose_project", project(2), None),
        at("invite_member", project(2), Some(steward(2, 1))),
        at("invite_members", project(2), Some(json!({ "items": [steward(3, 1), steward(6, 2)] }))),
        // Proposed, and signed by IT alone.
        at("sign_charter", project(3), Some(json!({ "charter_version": 1, "charter_sha256": CHARTER_TO_SIGN }))),
        at("withdraw_membership", membership(7), None),
        at(
            "create_assignment",
            json!(AreaId::demo(7)),
            Some(json!({ "person_id": PersonId::demo(6), "responsibility": "accountable" })),
        ),
        // Nothing is missing but the word.
        at("activate_project", project(4), None),
        // A draft with an empty seat, and one to give up.
        Example {
            operation: "seat_sponsor",
            parameters: vec![("id", project(5)), ("department_id", json!(DepartmentId::demo(2)))],
            body: Some(person(5)),
        },
        at("replace_charter", project(5), None),
        at("cancel_project", project(6), None),
        // Projects that ask the caller of the demo to take part.
        at("accept_membership", membership(19), None),
        at("decline_membership", membership(20), None),
        // The running project.
        at(
            "end_membership",
            membership(2),
            Some(json!({ "on": "2028-12-31", "reason": "Needed at home for the autumn campaign." })),
        ),
        at("end_assignment", json!(AssignmentId::demo(3)), Some(json!({ "on": "2028-12-31" }))),
        at("update_person", json!(PersonId::demo(8)), Some(json!({ "display_name": "Jakub Urban Novák" }))),
        // Somebody who is new and has no position yet.
        at(
            "create_home_position",
            json!(PersonId::demo(9)),
            Some(
                json!({ "department_id": DepartmentId::demo(1), "title": "Data analyst", "valid_from": "2026-01-01" }),
            ),
        ),
        at("cancel_callback_request", json!(CallbackRequestId::demo(3)), None),
        at("delete_closure", json!(ClosureId::demo(2)), None),
        at("delete_webhook_endpoint", json!(WebhookEndpointId::demo(2)), None),
    ]
}

/// Puts the examples into the collected paths.
pub fn add(paths: &mut Value) {
    let examples = examples();
    let operations = paths.as_object_mut().into_iter().flatten().flat_map(|(_, item)| item.as_object_mut()).flatten();
    for (_, operation) in operations {
        let Some(example) = examples.iter().find(|example| operation["operationId"] == example.operation) else {
            continue;
        };
        for parameter in operation["parameters"].as_array_mut().into_iter().flatten() {
            let found =
                example.parameters.iter().find(|(name, _)| parameter["name"] == *name && parameter["in"] == "path");
            if let Some((_, value)) = found {
                parameter["example"] = value.clone();
            }
        }
        let Some(body) = &example.body else { continue };
        for (_, content) in operation["requestBody"]["content"].as_object_mut().into_iter().flatten() {
            content["example"] = body.clone();
        }
    }
}
