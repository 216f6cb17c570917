//! What both parts of the example do with a project.

use serde_json::{Value, json};

use super::Client;
use crate::kernel::ids::{DepartmentId, PersonId};

/// The two seats: `marketing` and `it` by the numbers of their sponsors.
pub(super) fn sides(marketing: u64, it: Option<u64>) -> Value {
    json!([
        { "department_id": DepartmentId::demo(1), "sponsor_person_id": PersonId::demo(marketing) },
        { "department_id": DepartmentId::demo(2), "sponsor_person_id": it.map(PersonId::demo) }
    ])
}

/// A project with all that a charter needs. Its days are fixed, so that the hash of the charter
/// is the same at every start, and far apart, so that the examples stay true.
pub(super) async fn create(client: &Client, name: &str, sides: Value) -> Result<String, String> {
    let project = json!({
        "name": name,
        "purpose": "Marketing and IT find out together what customers need, and keep what they learn in one place.",
        "starts_on": "2026-01-05",
        "ends_on": "2030-01-01",
        "parity_tolerance": 0,
        "lead_person_id": sides[0]["sponsor_person_id"],
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
    let project = client.post("cmo", "/v1/projects", project).await?;
    Ok(text(&project["id"]).to_owned())
}

/// Signs the charter: answers the question that the proposal put to all sides.
pub(super) async fn sign(client: &Client, project: &str, subject: &str) -> Result<(), String> {
    let open = client.get(subject, &format!("/v1/projects/{project}/consents?kind=charter&state=open")).await?;
    agree(client, &open["data"][0], subject).await
}

pub(super) async fn agree(client: &Client, consent: &Value, subject: &str) -> Result<(), String> {
    let body = json!({ "answer": "agree", "sha256": consent["sha256"] });
    client.post(subject, &format!("/v1/consents/{}/answers", text(&consent["id"])), body).await.map(drop)
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
