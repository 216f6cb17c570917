//! Working examples: the demo data that each operation in Swagger UI is executed with.
//!
//! Rule: with `entente demo` and the token that it prints, every operation returns 2xx for its example; a test executes
//! all of them. A path parameter without an entry has the first id of its kind.

use serde_json::{Value, json};

use crate::kernel::ids::{
    AgentId, ApiKeyId, ApprovalId, AreaId, AssignmentId, CallbackRequestId, ClosedDayId, DecisionId, DepartmentId,
    DisputeId, DrawId, HomePositionId, MembershipId, PersonId, ProjectId, TransferId, WebhookEndpointId,
};

/// The parameters and body of an example.
#[derive(Clone)]
struct Example {
    operation: &'static str,
    parameters: Vec<(&'static str, Value)>,
    body: Option<Value>,
}

/// SHA-256 of the charter approval of project 3 in the demo data.
const CHARTER_TO_SIGN: &str = "d87b8d369cf5c404c3ccb812003e9afa04eff6fa9733d0394997ef8cbc5f80f5";

fn examples() -> Vec<Example> {
    [drafts(), running_projects(), members(), directory(), callbacks_and_webhooks()].concat()
}

fn at(operation: &'static str, id: Value, body: Option<Value>) -> Example {
    Example { operation, parameters: vec![("id", id)], body }
}

fn project(n: u64) -> Value {
    json!(ProjectId::demo(n))
}

fn membership(n: u64) -> Value {
    json!(MembershipId::demo(n))
}

/// Projects that are not active yet.
fn drafts() -> Vec<Example> {
    let person = |n| json!({ "person_id": PersonId::demo(n) });
    let side = |n, department| vec![("id", project(n)), ("department_id", json!(DepartmentId::demo(department)))];
    let steward = |n, department| json!({ "person_id": PersonId::demo(n), "department_id": DepartmentId::demo(department), "project_role": "Data steward" });
    vec![
        // A complete draft.
        at("propose_project", project(2), None),
        // A short history, because the file has all audit entries.
        at("get_evidence", project(2), None),
        at("invite_member", project(2), Some(steward(2, 1))),
        at("invite_members", project(2), Some(json!({ "items": [steward(3, 1), steward(4, 1)] }))),
        // A proposed project that only IT has signed.
        at(
            "respond_to_approval",
            json!(ApprovalId::demo(2)),
            Some(json!({ "response": "approve", "sha256": CHARTER_TO_SIGN })),
        ),
        at("withdraw_membership", membership(7), None),
        at(
            "create_assignment",
            json!(AreaId::demo(9)),
            Some(json!({ "person_id": PersonId::demo(3), "responsibility": "accountable" })),
        ),
        // A project that is ready for activation.
        at("activate_project", project(4), None),
        // A draft with a side without a sponsor, and one to cancel; a project in which the caller of the demo has no
        // part, and two in which they are proposed as a sponsor.
        Example {
            operation: "assign_sponsor",
            parameters: vec![("id", project(5)), ("department_id", json!(DepartmentId::demo(2)))],
            body: Some(person(5)),
        },
        at("replace_charter", project(5), None),
        at("cancel_project", project(6), None),
        Example {
            operation: "remove_sponsor",
            parameters: side(15, 2),
            body: Some(json!({ "reason": "The department has no available sponsor before autumn." })),
        },
        Example { operation: "accept_sponsor", parameters: side(16, 1), body: None },
        Example { operation: "decline_sponsor", parameters: side(17, 1), body: None },
        Example { operation: "confirm_sponsor", parameters: side(15, 3), body: None },
        Example {
            operation: "create_delegation",
            parameters: vec![("id", project(4)), ("department_id", json!(DepartmentId::demo(1)))],
            body: None,
        },
        // A request by Marketing to release a member, which needs the approval of all sides.
        at("escalate_approval", json!(ApprovalId::demo(6)), None),
        at("withdraw_approval", json!(ApprovalId::demo(6)), None),
    ]
}

fn running_projects() -> Vec<Example> {
    let settlement = json!({ "person_id": PersonId::demo(6), "reason": "The current owner maintains the data." });
    let issue = json!({
        "external_id": "MKT-17", "url": "https://example.atlassian.net/browse/MKT-17", "status": "In Progress"
    });
    vec![
        // One project each to hold, resume and close, and one that is closing.
        at("hold_project", project(11), None),
        at("resume_project", project(12), None),
        at("extend_hold", project(12), None),
        at("close_project", project(13), None),
        at("replace_closure_report", project(14), None),
        at("get_closure_report", project(14), None),
        at("return_member", membership(42), None),
        at("replace_project_reference", project(1), Some(issue)),
        at(
            "release_member",
            membership(30),
            Some(json!({ "ends_on": "2029-06-30", "reason": "Needed in the department." })),
        ),
        // Transfers that are offered to the caller of the demo.
        at("offer_transfer", json!(AreaId::demo(36)), Some(json!({ "to_person_id": PersonId::demo(3) }))),
        at("accept_transfer", json!(TransferId::demo(2)), None),
        at("reject_transfer", json!(TransferId::demo(3)), None),
        // Disputes and decisions of projects in which the caller of the demo is a sponsor, or the arbiter.
        at("raise_dispute", json!(AreaId::demo(34)), None),
        at("propose_settlement", json!(DisputeId::demo(3)), Some(settlement.clone())),
        at("withdraw_dispute", json!(DisputeId::demo(4)), None),
        at("arbitrate_dispute", json!(DisputeId::demo(2)), Some(settlement)),
        at("escalate_decision", json!(DecisionId::demo(5)), None),
        at("decide_decision", json!(DecisionId::demo(4)), None),
        at("withdraw_decision", json!(DecisionId::demo(6)), None),
        // A draw that the caller of the demo can respond to as a sponsor, and a dispute of a project without a panel.
        at("respond_to_draw", json!(DrawId::demo(4)), None),
        at("propose_arbiter", project(13), None),
        at("correct_assignment", json!(AssignmentId::demo(21)), None),
    ]
}

fn members() -> Vec<Example> {
    vec![
        // Projects to which the caller of the demo is invited.
        at("accept_membership", membership(19), None),
        at("decline_membership", membership(20), None),
        // The active project, a member of Marketing.
        at("update_membership", membership(2), None),
        // The members of a draft.
        at(
            "end_membership",
            membership(45),
            Some(json!({ "ends_on": "2028-12-31", "reason": "Needed in Marketing for the autumn campaign." })),
        ),
        at(
            "end_memberships",
            project(5),
            Some(json!({ "items": [{
                "membership_id": MembershipId::demo(46), "ends_on": "2029-06-30", "reason": "The first phase is complete."
            }] })),
        ),
        at(
            "end_assignment",
            json!(AssignmentId::demo(3)),
            Some(json!({ "ends_on": "2028-12-31", "successor_person_id": PersonId::demo(4) })),
        ),
    ]
}

fn directory() -> Vec<Example> {
    vec![
        at("update_person", json!(PersonId::demo(8)), Some(json!({ "display_name": "Jakub Urban Novák" }))),
        at("end_home_position", json!(HomePositionId::demo(8)), None),
        at("offboard_person", json!(PersonId::demo(10)), None),
        at("deactivate_person", json!(PersonId::demo(10)), None),
        // A new person without a position.
        at(
            "create_home_position",
            json!(PersonId::demo(9)),
            Some(
                json!({ "department_id": DepartmentId::demo(1), "title": "Data analyst", "valid_from": "2026-01-01" }),
            ),
        ),
        at("reactivate_person", json!(PersonId::demo(11)), Some(json!({ "reason": "New contract." }))),
        at("erase_person", json!(PersonId::demo(12)), None),
    ]
}

fn callbacks_and_webhooks() -> Vec<Example> {
    let request = |n| json!(CallbackRequestId::demo(n));
    vec![
        // One callback request per operation.
        Example {
            operation: "withdraw_callback_consent",
            parameters: vec![("id", request(2)), ("purpose", json!("marketing"))],
            body: None,
        },
        Example {
            operation: "get_callback_projection",
            parameters: vec![("id", request(1)), ("format", json!("salesforce-lead"))],
            body: None,
        },
        at("cancel_callback_request", request(3), None),
        at("reschedule_callback_request", request(4), None),
        at("assign_callback_request", request(5), None),
        at("unassign_callback_request", request(6), None),
        at("release_callback_request", request(7), None),
        at("reroute_callback_request", request(8), None),
        // Assigned to the caller of the demo.
        at("create_call", request(1), None),
        // As soon as possible.
        at("create_callback_manage_link", request(6), None),
        at("submit_callback_feedback", request(6), None),
        // A network with one request.
        at("cancel_callback_network", request(9), None),
        at("delete_agent", json!(AgentId::demo(2)), None),
        at("delete_closed_day", json!(ClosedDayId::demo(2)), None),
        // An endpoint with the format of a CRM.
        at("get_endpoint_projection", json!(WebhookEndpointId::demo(3)), None),
        at("delete_webhook_endpoint", json!(WebhookEndpointId::demo(2)), None),
        at("delete_api_key", json!(ApiKeyId::demo(2)), None),
    ]
}

/// Adds the examples to the collected paths. Swagger UI fills in a path parameter only from the example of the
/// parameter.
pub fn add(paths: &mut Value, schemas: &Value) {
    let examples = examples();
    let operations = paths.as_object_mut().into_iter().flatten().flat_map(|(_, item)| item.as_object_mut()).flatten();
    for (_, operation) in operations {
        let example = examples.iter().find(|example| operation["operationId"] == example.operation);
        let own = |name: &Value| {
            let mut parameters = example.into_iter().flat_map(|example| &example.parameters);
            parameters.find(|(parameter, _)| name == parameter).map(|(_, value)| value.clone())
        };
        for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            if parameter["in"] != "path" {
                continue;
            }
            let value = own(&parameter["name"])
                .or_else(|| parameter.get("example").cloned())
                .or_else(|| first_of_schema(&parameter["schema"], schemas));
            if let Some(value) = value {
                parameter["example"] = value;
            }
        }
        let Some(body) = example.and_then(|example| example.body.as_ref()) else { continue };
        for (_, content) in operation["requestBody"]["content"].as_object_mut().into_iter().flatten() {
            content["example"] = body.clone();
        }
    }
}

fn first_of_schema(schema: &Value, schemas: &Value) -> Option<Value> {
    match schema["$ref"].as_str().and_then(|reference| reference.strip_prefix("#/components/schemas/")) {
        Some(name) => first_of_schema(&schemas[name], schemas),
        None => schema["examples"].get(0).or_else(|| schema.get("example")).cloned(),
    }
}
