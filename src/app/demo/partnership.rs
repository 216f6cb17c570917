//! What a partnership looks like once it runs: questions, consents, offers, disputes, a project on
//! hold and one that goes home. Project 1 has most of it, for the partnership report and the inbox of
//! the CMO; the others are there for one step each, so that every example of the document has
//! something to press.

use serde_json::{Value, json};

use super::Client;
use super::clock::History;
use super::steps::{agree, create, sides, sign, text};
use crate::kernel::ids::{AreaId, DepartmentId, PersonId, ProjectId};

/// The CMO sits for Marketing in most projects; the brand manager does in those where the CMO is a
/// member or decides for others.
const CMO: u64 = 1;
const BRAND: u64 = 2;
const CIO: u64 = 5;

/// Loads the rest, after the projects 1 to 8 and the history of the first.
///
/// # Errors
/// The first call that did not succeed, and its answer.
pub async fn load(client: &Client) -> Result<(), String> {
    customer_club(client).await?;
    store_locator(client).await?;
    project_to_hold(client).await?;
    project_to_resume(client).await?;
    project_to_close(client).await?;
    project_that_goes_home(client).await
}

/// The running project: one question answered by both sides, one that waits for the CMO, an offer,
/// a delegation for the summer, and a member whom IT would like to have back.
///
/// # Errors
/// The first call that did not succeed, and its answer.
pub async fn history(client: &Client, history: &mut History<'_>) -> Result<(), String> {
    let project = ProjectId::demo(1);
    let path = |rest: &str| format!("/v1/projects/{project}/{rest}");
    let ask = async |who: &'static str, question: &str| -> Result<Value, String> {
        let body = json!({ "question": question, "due_at": "2029-12-31T12:00:00Z" });
        client.post(who, &path("decisions"), body).await
    };
    // Decision 1: decided. Decision 2: the CMO has still to answer.
    let decided = ask("cmo", "Do we keep the raw answers of customers for two years?").await?;
    for (sponsor, hours) in [("cio", 20), ("cmo", 30)] {
        history.pass(hours);
        let consent = client.get(sponsor, &format!("/v1/consents/{}", text(&decided["consent_id"]))).await?;
        agree(client, &consent, sponsor).await?;
    }
    ask("cio", "May the call centre see the purchase history?").await?;
    let release = json!({ "on": "2029-06-30", "reason": "Needed for the new data centre." });
    let membership = of_person(client, &project.to_string(), 8).await?;
    client.post("cio", &format!("/v1/memberships/{membership}/release"), release).await?;
    let offer = json!({ "to_person_id": PersonId::demo(8), "note": "You run the platform anyway." });
    client.post("data", &format!("/v1/areas/{}/transfers", AreaId::demo(1)), offer).await?;
    let holidays =
        json!({ "delegate_person_id": PersonId::demo(4), "valid_from": "2029-07-01", "valid_to": "2029-07-22" });
    let side = path(&format!("sides/{}/delegations", DepartmentId::demo(1)));
    client.post("cmo", &side, holidays).await?;
    amend(client, &project.to_string(), history).await
}

/// A milestone slips, and both sides sign for it.
async fn amend(client: &Client, project: &str, history: &mut History<'_>) -> Result<(), String> {
    let path = format!("/v1/projects/{project}/charter");
    let mut charter = client.get("cmo", &path).await?["content"].take();
    if let Some(members) = charter.as_object_mut() {
        members.remove("sides");
    }
    charter["milestones"][0]["due_on"] = json!("2028-02-29");
    client.put("cmo", &path, charter).await?;
    history.pass(24);
    sign(client, project, "cmo").await?;
    history.pass(40);
    sign(client, project, "cio").await
}

/// The membership of the n-th person in a project.
async fn of_person(client: &Client, project: &str, person: u64) -> Result<String, String> {
    let all = client.get("cmo", &format!("/v1/people/{}/memberships?limit=100", PersonId::demo(person))).await?;
    let rows = all["data"].as_array().into_iter().flatten();
    let found = rows.into_iter().find(|row| row["project_id"] == json!(project));
    found.map(|row| text(&row["id"]).to_owned()).ok_or_else(|| format!("nobody {person} in {project}"))
}

/// A running project of sponsors `marketing` and the CIO, with these people of Marketing on its team
/// and as many of IT; the first of each side owns the areas of the side. Gives project and areas.
async fn running(
    client: &Client,
    name: &str,
    marketing: u64,
    team: [(u64, &'static str); 2],
) -> Result<(String, Vec<String>), String> {
    let project = create(client, name, sides(marketing, Some(CIO))).await?;
    let it = [(6, "data"), (7, "security")];
    let both = [(DepartmentId::demo(1), team), (DepartmentId::demo(2), it)];
    for (department, people) in both {
        for (person, subject) in people {
            let body = json!({
                "person_id": PersonId::demo(person), "department_id": department,
                "project_role": format!("{subject} expert"), "valid_from": "2026-01-05"
            });
            let invited = client.post("cmo", &format!("/v1/projects/{project}/memberships"), body).await?;
            client.post(subject, &format!("/v1/memberships/{}/accept", text(&invited["id"])), json!({})).await?;
        }
    }
    let areas = client.get("cio", &format!("/v1/projects/{project}/areas")).await?;
    let mut ids = Vec::new();
    for area in areas["data"].as_array().into_iter().flatten() {
        let owner = if area["department_id"] == json!(DepartmentId::demo(1)) { team[0].0 } else { 6 };
        let body =
            json!({ "person_id": PersonId::demo(owner), "responsibility": "accountable", "valid_from": "2026-01-05" });
        client.post("cmo", &format!("/v1/areas/{}/assignments", text(&area["id"])), body).await?;
        ids.push(text(&area["id"]).to_owned());
    }
    client.post("cmo", &format!("/v1/projects/{project}/propose"), json!({})).await?;
    sign(client, &project, if marketing == CMO { "cmo" } else { "brand" }).await?;
    sign(client, &project, "cio").await?;
    client.post("cio", &format!("/v1/projects/{project}/activate"), json!({})).await?;
    Ok((project, ids))
}

/// Project 9: the CMO is a member here, and is offered two areas.
async fn customer_club(client: &Client) -> Result<(), String> {
    let (project, areas) = running(client, "Club of regular customers", BRAND, [(4, "insights"), (CMO, "cmo")]).await?;
    let offer = json!({ "to_person_id": PersonId::demo(CMO), "note": "It is yours by rights." });
    for area in [areas.last(), areas.first()].into_iter().flatten() {
        let asked = client.post("cmo", &format!("/v1/areas/{area}/transfers"), offer.clone()).await;
        asked.map_err(|error| format!("{project}: {error}"))?;
    }
    Ok(())
}

/// Project 10: the CMO has no part in it, and decides where the others could not.
async fn store_locator(client: &Client) -> Result<(), String> {
    let (project, areas) = running(client, "Store locator", BRAND, [(3, "campaigns"), (4, "insights")]).await?;
    let question = json!({ "question": "Do we show prices on the map?", "due_at": "2029-12-31T12:00:00Z" });
    for step in ["deadlocked", "escalated"] {
        let raised = client.post("brand", &format!("/v1/projects/{project}/decisions"), question.clone()).await?;
        let consent = client.get("cio", &format!("/v1/consents/{}", text(&raised["consent_id"]))).await?;
        agree(client, &consent, "brand").await?;
        let no = json!({ "answer": "disagree", "sha256": consent["sha256"], "reason": "The prices change hourly." });
        client.post("cio", &format!("/v1/consents/{}/answers", text(&consent["id"])), no).await?;
        if step == "escalated" {
            let path = format!("/v1/decisions/{}/escalate", text(&raised["decision"]["id"]));
            client.post("brand", &path, json!({ "person_id": PersonId::demo(CMO) })).await?;
        }
    }
    // Both sides have a moment to agree; the demo is read later than that.
    let deadline = client.soon();
    for area in areas.iter().take(2) {
        let claim = json!({
            "claim": "Marketing keeps the opening hours, so it should own these data.",
            "arbiter_person_id": PersonId::demo(CMO), "deadline": deadline,
            "department_id": DepartmentId::demo(1)
        });
        client.post("brand", &format!("/v1/areas/{area}/disputes"), claim).await?;
    }
    Ok(())
}

/// Project 11 runs and could be put on hold.
async fn project_to_hold(client: &Client) -> Result<(), String> {
    running(client, "Printed catalogue", CMO, [(2, "brand"), (3, "campaigns")]).await.map(drop)
}

/// Project 12 is on hold, and nobody has asked to go on.
async fn project_to_resume(client: &Client) -> Result<(), String> {
    let (project, _) = running(client, "Chat in the shop", CMO, [(2, "brand"), (3, "campaigns")]).await?;
    let reason = json!({ "reason": "The shop system is replaced first." });
    client.post("cio", &format!("/v1/projects/{project}/hold"), reason).await.map(drop)
}

/// Project 13 runs and could be closed.
async fn project_to_close(client: &Client) -> Result<(), String> {
    running(client, "Trade fair", CMO, [(2, "brand"), (3, "campaigns")]).await.map(drop)
}

/// Project 14 is closing: one member is back, and the report is written.
async fn project_that_goes_home(client: &Client) -> Result<(), String> {
    let (project, _) = running(client, "Gift cards", CMO, [(2, "brand"), (3, "campaigns")]).await?;
    let consent = client.post("cmo", &format!("/v1/projects/{project}/close"), json!({})).await?;
    agree(client, &consent, "cio").await?;
    let report = json!({
        "goals": [{ "met": true, "actual": 3.5, "comment": "Four weeks early." }],
        "lessons": "Decide who owns the data before the work begins."
    });
    client.put("cmo", &format!("/v1/projects/{project}/closure-report"), report).await?;
    let back = of_person(client, &project, 6).await?;
    client.post("data", &format!("/v1/memberships/{back}/return"), json!({})).await.map(drop)
}
