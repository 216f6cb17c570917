//! Active projects: decisions, approvals, transfers, disputes, a project on hold and one that is closing. Project 1 has
//! most of them, for the partnership report and the inbox of the CMO. Each of the other projects is for one operation,
//! so that every example in the API document can be executed.

use serde_json::{Value, json};

use super::Client;
use super::clock::History;
use super::steps::{approve, create_with, draft, draft_with, sides, sign, text};
use crate::kernel::ids::{AreaId, DepartmentId, PersonId, ProjectId};

/// The CMO is the sponsor of Marketing in most projects. The brand manager is the sponsor where the CMO is a member.
const CMO: u64 = 1;
const BRAND: u64 = 2;
const CIO: u64 = 5;

/// Loads projects 9 to 17, after projects 1 to 8 and the history of project 1.
///
/// # Errors
/// The first request that failed, and its response.
pub async fn load(client: &Client) -> Result<(), String> {
    customer_club(client).await?;
    store_locator(client).await?;
    project_to_hold(client).await?;
    project_to_resume(client).await?;
    project_to_close(client).await?;
    closing_project(client).await?;
    proposed_sponsors(client).await?;
    members_of_a_draft(client).await
}

/// Loads the history of project 1: a decision that both sides approved, one that is waiting for the CMO, a transfer, a
/// delegation for the summer, and the request by Marketing to release a member.
///
/// # Errors
/// The first request that failed, and its response.
pub async fn history(client: &Client, history: &mut History<'_>) -> Result<(), String> {
    let project = ProjectId::demo(1);
    let path = |rest: &str| format!("/v1/projects/{project}/{rest}");
    let raise = async |who: &'static str, question: &str| -> Result<Value, String> {
        let body = json!({ "question": question, "due_at": "2029-12-31T12:00:00Z" });
        client.post(who, &path("decisions"), body).await
    };
    // Decision 1 is decided. Decision 2 is waiting for the response of the CMO.
    let decided = raise("cmo", "Do we store the raw survey results of customers for two years?").await?;
    for (sponsor, hours) in [("cio", 20), ("cmo", 30)] {
        history.pass(hours);
        let approval = client.get(sponsor, &format!("/v1/approvals/{}", text(&decided["approval_id"]))).await?;
        approve(client, &approval, sponsor).await?;
    }
    raise("cio", "May the call centre see the purchase history?").await?;
    let release = json!({ "ends_on": "2029-06-30", "reason": "Needed for the new shop." });
    let membership = membership_of(client, &project.to_string(), 4).await?;
    client.post("cmo", &format!("/v1/memberships/{membership}/release"), release).await?;
    let offer = json!({ "to_person_id": PersonId::demo(3), "note": "You use this data every day." });
    client.post("brand", &format!("/v1/areas/{}/transfers", AreaId::demo(3)), offer).await?;
    let holidays =
        json!({ "delegate_person_id": PersonId::demo(4), "valid_from": "2029-07-01", "valid_to": "2029-07-22" });
    let side = path(&format!("sides/{}/delegations", DepartmentId::demo(1)));
    client.post("cmo", &side, holidays).await?;
    amend(client, &project.to_string(), history).await
}

/// Postpones a milestone, which both sides sign.
async fn amend(client: &Client, project: &str, history: &mut History<'_>) -> Result<(), String> {
    let path = format!("/v1/projects/{project}/charter");
    let mut charter = client.get("cmo", &path).await?["content"].take();
    if let Some(fields) = charter.as_object_mut() {
        fields.remove("sides");
    }
    charter["milestones"][0]["due_on"] = json!("2028-02-29");
    client.put("cmo", &path, charter).await?;
    history.pass(24);
    sign(client, project, "cmo").await?;
    history.pass(40);
    sign(client, project, "cio").await
}

/// Returns the membership of the n-th person in a project.
async fn membership_of(client: &Client, project: &str, person: u64) -> Result<String, String> {
    let all = client.get("cmo", &format!("/v1/people/{}/memberships?limit=100", PersonId::demo(person))).await?;
    let rows = all["data"].as_array().into_iter().flatten();
    let found = rows.into_iter().find(|row| row["project_id"] == json!(project));
    found.map(|row| text(&row["id"]).to_owned()).ok_or_else(|| format!("person {person} is not a member of {project}"))
}

/// A side of an active project: the login of its sponsor, its department and two members.
type Team = (&'static str, DepartmentId, [(u64, &'static str); 2]);

/// Creates an active project with the sponsors `marketing` and the CIO. `team` has the members from Marketing; two
/// people from IT are members, too. Returns the project and its areas.
async fn active_project(
    client: &Client,
    name: &str,
    marketing: u64,
    team: [(u64, &'static str); 2],
) -> Result<(String, Vec<String>), String> {
    active_project_with(client, name, marketing, team, json!({})).await
}

/// As [`active_project`], with more fields of the charter.
async fn active_project_with(
    client: &Client,
    name: &str,
    marketing: u64,
    team: [(u64, &'static str); 2],
    more: Value,
) -> Result<(String, Vec<String>), String> {
    let project = create_with(client, name, sides(marketing, Some(CIO)), more).await?;
    let it = [(6, "data"), (7, "security")];
    let sponsor = if marketing == CMO { "cmo" } else { "brand" };
    let both = [(sponsor, DepartmentId::demo(1), team), ("cio", DepartmentId::demo(2), it)];
    let areas = start(client, &project, both, "cmo").await?;
    Ok((project, areas))
}

/// Invites the members of both sides, who accept, and activates the project, which `proposer` proposes. The first
/// member of each side owns the areas of that side. Returns the areas.
async fn start(client: &Client, project: &str, both: [Team; 2], proposer: &str) -> Result<Vec<String>, String> {
    for (inviting, department, people) in both {
        for (person, login) in people {
            let body = json!({
                "person_id": PersonId::demo(person), "department_id": department,
                "project_role": format!("{login} expert"), "valid_from": "2026-01-05"
            });
            let invited = client.post(inviting, &format!("/v1/projects/{project}/memberships"), body).await?;
            client.post(login, &format!("/v1/memberships/{}/accept", text(&invited["id"])), json!({})).await?;
        }
    }
    let areas = client.get("cio", &format!("/v1/projects/{project}/areas")).await?;
    let mut ids = Vec::new();
    for area in areas["data"].as_array().into_iter().flatten() {
        let owning = both.iter().find(|(_, department, _)| area["department_id"] == json!(department));
        let Some((sponsor, _, people)) = owning else { continue };
        let owner = PersonId::demo(people[0].0);
        let body = json!({ "person_id": owner, "responsibility": "accountable", "valid_from": "2026-01-05" });
        client.post(sponsor, &format!("/v1/areas/{}/assignments", text(&area["id"])), body).await?;
        ids.push(text(&area["id"]).to_owned());
    }
    client.post(proposer, &format!("/v1/projects/{project}/propose"), json!({})).await?;
    for (sponsor, _, _) in both {
        sign(client, project, sponsor).await?;
    }
    client.post("cio", &format!("/v1/projects/{project}/activate"), json!({})).await?;
    Ok(ids)
}

/// Project 9: the CMO is a member and is offered two areas.
async fn customer_club(client: &Client) -> Result<(), String> {
    let (project, areas) =
        active_project(client, "Club of regular customers", BRAND, [(4, "insights"), (CMO, "cmo")]).await?;
    let offer = json!({ "to_person_id": PersonId::demo(CMO), "note": "This area belongs to your responsibilities." });
    for (owner, area) in [("insights", areas.last()), ("data", areas.first())] {
        let Some(area) = area else { continue };
        let offered = client.post(owner, &format!("/v1/areas/{area}/transfers"), offer.clone()).await;
        offered.map_err(|error| format!("{project}: {error}"))?;
    }
    Ok(())
}

/// Project 10, of IT and Finance: the CMO has no role in the project and is the only arbiter of its panel. Both sides
/// waive striking, so that the CMO can decide at once.
async fn store_locator(client: &Client) -> Result<(), String> {
    let (it, finance) = (DepartmentId::demo(2), DepartmentId::demo(3));
    let both = json!([
        { "department_id": it, "sponsor_person_id": PersonId::demo(CIO) },
        { "department_id": finance, "sponsor_person_id": PersonId::demo(13) }
    ]);
    let more = json!({
        "purpose": "IT and Finance know every shop, its opening hours and its rent.",
        "template": null,
        "areas": [
            { "key": "opening-hours", "name": "Opening hours", "department_id": it },
            { "key": "map", "name": "Map of the shops", "department_id": it },
            { "key": "leases", "name": "Leases", "department_id": finance }
        ],
        "panel": [PersonId::demo(CMO)]
    });
    let project = draft_with(client, "cio", "Store locator", both, more).await?;
    let sponsor = format!("/v1/projects/{project}/sides/{finance}/sponsor");
    client.post("finance", &format!("{sponsor}/accept"), json!({})).await?;
    let reason = json!({ "reason": "Finance has no head at the moment." });
    // The CMO could not: an administrator on the panel has a part in the project.
    client.post("admin", &format!("{sponsor}/confirm"), reason).await?;
    let teams = [("cio", it, [(6, "data"), (7, "security")]), ("finance", finance, [(14, "ledger"), (15, "billing")])];
    let areas = start(client, &project, teams, "cio").await?;
    for question in ["Do we show prices on the map?", "Do we show the rent of each shop to all employees?"] {
        let body = json!({ "question": question, "due_at": "2029-12-31T12:00:00Z" });
        let raised = client.post("finance", &format!("/v1/projects/{project}/decisions"), body).await?;
        let approval = client.get("cio", &format!("/v1/approvals/{}", text(&raised["approval_id"]))).await?;
        approve(client, &approval, "finance").await?;
        let no = json!({ "response": "reject", "sha256": approval["sha256"], "reason": "They change hourly." });
        client.post("cio", &format!("/v1/approvals/{}/responses", text(&approval["id"])), no).await?;
        if question.contains("rent") {
            let path = format!("/v1/decisions/{}/escalate", text(&raised["decision"]["id"]));
            let escalated = client.post("finance", &path, json!({})).await?;
            waive(client, &escalated).await?;
        }
    }
    for area in areas.iter().take(2) {
        let claim = json!({ "claim": "Finance knows every shop, so it should own this data." });
        let raised = client.post("finance", &format!("/v1/areas/{area}/disputes"), claim).await?;
        waive(client, &raised).await?;
    }
    Ok(())
}

/// Waives striking the arbiter of a decision or dispute of project 10 on behalf of both sides.
async fn waive(client: &Client, subject: &Value) -> Result<(), String> {
    for sponsor in ["cio", "finance"] {
        let path = format!("/v1/draws/{}/responses", text(&subject["draw_id"]));
        client.post(sponsor, &path, json!({ "response": "waive" })).await?;
    }
    Ok(())
}

/// Project 11: active, can be put on hold. Person 13 is the arbiter of its panel. It has a dispute that IT has raised
/// and one that Marketing has raised, a deadlocked decision and an open one, so that the CMO can act as a sponsor.
async fn project_to_hold(client: &Client) -> Result<(), String> {
    let (team, panel) = ([(2, "brand"), (3, "campaigns")], json!({ "panel": [PersonId::demo(13)] }));
    let (project, areas) = active_project_with(client, "Printed catalogue", CMO, team, panel).await?;
    for (sponsor, area) in [("cio", areas.last()), ("cmo", areas.first())] {
        let Some(area) = area else { continue };
        let claim = json!({ "claim": "We maintain this data." });
        client.post(sponsor, &format!("/v1/areas/{area}/disputes"), claim).await?;
    }
    for question in ["Do we still print prices?", "Do we print on recycled paper?"] {
        let body = json!({ "question": question, "due_at": "2029-12-31T12:00:00Z" });
        let raised = client.post("cmo", &format!("/v1/projects/{project}/decisions"), body).await?;
        if question.contains("prices") {
            let approval = client.get("cio", &format!("/v1/approvals/{}", text(&raised["approval_id"]))).await?;
            approve(client, &approval, "cmo").await?;
            let no = json!({ "response": "reject", "sha256": approval["sha256"], "reason": "They change too often." });
            client.post("cio", &format!("/v1/approvals/{}/responses", text(&approval["id"])), no).await?;
        }
    }
    Ok(())
}

/// Project 12: on hold, and resuming was not requested.
async fn project_to_resume(client: &Client) -> Result<(), String> {
    let (project, _) = active_project(client, "Chat in the shop", CMO, [(2, "brand"), (3, "campaigns")]).await?;
    let reason = json!({ "reason": "The shop system is replaced first." });
    client.post("cio", &format!("/v1/projects/{project}/hold"), reason).await.map(drop)
}

/// Project 13: active, can be closed. It has a dispute, and no panel that could decide it.
async fn project_to_close(client: &Client) -> Result<(), String> {
    let (_, areas) = active_project(client, "Trade fair", CMO, [(2, "brand"), (3, "campaigns")]).await?;
    let Some(area) = areas.first() else { return Ok(()) };
    let claim = json!({ "claim": "Marketing uses this data every day." });
    client.post("cmo", &format!("/v1/areas/{area}/disputes"), claim).await.map(drop)
}

/// Project 14: closing, with one returned member and a closure report.
async fn closing_project(client: &Client) -> Result<(), String> {
    let (project, _) = active_project(client, "Gift cards", CMO, [(2, "brand"), (3, "campaigns")]).await?;
    let approval = client.post("cmo", &format!("/v1/projects/{project}/close"), json!({})).await?;
    approve(client, &approval, "cio").await?;
    let report = json!({
        "goals": [{ "met": true, "actual": 3.5, "comment": "Four weeks early." }],
        "lessons": "Decide who owns the data before the work begins."
    });
    client.create("cmo", &format!("/v1/projects/{project}/closure-report"), report).await?;
    let membership = membership_of(client, &project, 6).await?;
    client.post("data", &format!("/v1/memberships/{membership}/return"), json!({})).await.map(drop)
}

/// Projects 15 to 17. In project 15, of IT and Finance, the CMO has no part and can act as an administrator: Finance
/// has no head who could confirm its sponsor. In projects 16 and 17, the CMO is proposed as a sponsor.
async fn proposed_sponsors(client: &Client) -> Result<(), String> {
    let both = json!([
        { "department_id": DepartmentId::demo(2), "sponsor_person_id": PersonId::demo(CIO) },
        { "department_id": DepartmentId::demo(3), "sponsor_person_id": PersonId::demo(13) }
    ]);
    let project = json!({
        "name": "Invoices without paper", "purpose": "IT and Finance replace printed invoices.",
        "starts_on": "2026-01-05", "ends_on": "2030-01-01", "sides": both
    });
    let project = client.post("cio", "/v1/projects", project).await?;
    let accept = format!("/v1/projects/{}/sides/{}/sponsor/accept", text(&project["id"]), DepartmentId::demo(3));
    client.post("finance", &accept, json!({})).await?;
    for name in ["Loyalty card", "Gift wrapping"] {
        draft(client, "brand", name, sides(CMO, None)).await?;
    }
    Ok(())
}

/// Members of project 5, which is a draft, so that their memberships can be ended without the approval of all sides.
async fn members_of_a_draft(client: &Client) -> Result<(), String> {
    for (person, login) in [(2, "brand"), (3, "campaigns")] {
        let body = json!({
            "person_id": PersonId::demo(person), "department_id": DepartmentId::demo(1),
            "project_role": format!("{login} expert"), "valid_from": "2026-01-05"
        });
        let path = format!("/v1/projects/{}/memberships", ProjectId::demo(5));
        let invited = client.post("cmo", &path, body).await?;
        client.post(login, &format!("/v1/memberships/{}/accept", text(&invited["id"])), json!({})).await?;
    }
    Ok(())
}
