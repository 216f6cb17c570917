//! The steps that both parts of the example use.

use serde_json::{Value, json};

use super::Client;
use crate::kernel::ids::{DepartmentId, PersonId};

/// Returns the sides Marketing and IT. The arguments are the numbers of their sponsors.
pub(super) fn sides(marketing: u64, it: Option<u64>) -> Value {
    json!([
        { "department_id": DepartmentId::demo(1), "sponsor_person_id": PersonId::demo(marketing) },
        { "department_id": DepartmentId::demo(2), "sponsor_person_id": it.map(PersonId::demo) }
    ])
}

/// Creates a project with a complete charter, in which the sponsors are in office: the CMO proposes them, and they
/// accept.
pub(super) async fn create(client: &Client, name: &str, sides: Value) -> Result<String, String> {
    create_with(client, name, sides, json!({})).await
}

/// As [`create`], with more fields of the charter.
pub(super) async fn create_with(client: &Client, name: &str, sides: Value, more: Value) -> Result<String, String> {
    let project = draft_with(client, "cmo", name, sides.clone(), more).await?;
    for side in sides.as_array().into_iter().flatten() {
        let proposed = [(2, "brand"), (5, "cio")]
            .into_iter()
            .find(|(n, _)| side["sponsor_person_id"] == json!(PersonId::demo(*n)));
        if let Some((_, login)) = proposed {
            let path = format!("/v1/projects/{project}/sides/{}/sponsor/accept", text(&side["department_id"]));
            client.post(login, &path, json!({})).await?;
        }
    }
    Ok(project)
}

/// Drafts a project with a complete charter. Its dates are fixed, so that the hash of the charter is the same at every
/// start, and far apart, so that the examples remain valid.
pub(super) async fn draft(client: &Client, login: &str, name: &str, sides: Value) -> Result<String, String> {
    draft_with(client, login, name, sides, json!({})).await
}

/// As [`draft`], with more fields of the charter, which replace the usual ones.
pub(super) async fn draft_with(
    client: &Client,
    login: &str,
    name: &str,
    sides: Value,
    more: Value,
) -> Result<String, String> {
    let mut project = json!({
        "name": name,
        "purpose": "Marketing and IT find out together what customers need, and keep what they learn in one place.",
        "starts_on": "2026-01-05",
        "ends_on": "2030-01-01",
        "parity_tolerance": 0,
        "sides": sides,
        "goals": [{
            "statement": "Answer customers sooner", "metric": "Median time to first answer", "unit": "hours",
            "baseline": 26, "target": 4, "due_on": "2029-06-30"
        }],
        "milestones": [
            { "name": "One customer database", "due_on": "2027-12-31" },
            { "name": "First joint campaign", "due_on": "2028-06-30" }
        ],
        "template": "data-ownership"
    });
    if let (Value::Object(fields), Value::Object(more)) = (&mut project, more) {
        fields.extend(more);
    }
    let project = client.post(login, "/v1/projects", project).await?;
    Ok(text(&project["id"]).to_owned())
}

/// Signs the charter: approves the approval that the proposal requested.
pub(super) async fn sign(client: &Client, project: &str, login: &str) -> Result<(), String> {
    let open = client.get(login, &format!("/v1/projects/{project}/approvals?kind=charter&state=open")).await?;
    approve(client, &open["data"][0], login).await
}

pub(super) async fn approve(client: &Client, approval: &Value, login: &str) -> Result<(), String> {
    let body = json!({ "response": "approve", "sha256": approval["sha256"] });
    client.post(login, &format!("/v1/approvals/{}/responses", text(&approval["id"])), body).await.map(drop)
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
