//! What the demo data tell.

use serde_json::{Value, json};

use super::Client;
use crate::ids::{AreaId, DepartmentId, PersonId, ProjectId};
use crate::time::{Day, UtcTime};

/// Subject, name, job at home; the first two are the sponsors. The n-th one gets the n-th id.
const MARKETING: [(&str, &str, &str); 4] = [
    ("cmo", "Jana Dvořáková", "CMO"),
    ("brand", "Tomáš Král", "Brand manager"),
    ("campaigns", "Eva Malá", "Campaign manager"),
    ("insights", "Lucie Horáková", "Customer insights analyst"),
];
const IT: [(&str, &str, &str); 4] = [
    ("cio", "Petr Beneš", "CIO"),
    ("data", "Martin Veselý", "Data engineer"),
    ("security", "Hana Šimková", "Information security officer"),
    ("platform", "Jakub Urban", "Platform engineer"),
];

/// Loads the example, unless there are people already.
///
/// # Errors
/// The first call that did not succeed, and its answer.
pub async fn load(client: &Client, now: UtcTime) -> Result<bool, String> {
    let people = client.get("cmo", "/v1/people?limit=1").await?;
    if people["data"].as_array().is_some_and(|people| !people.is_empty()) {
        return Ok(false);
    }
    for (subject, name, title) in MARKETING {
        person(client, DepartmentId::demo(1), subject, name, title).await?;
    }
    for (subject, name, title) in IT {
        person(client, DepartmentId::demo(2), subject, name, title).await?;
    }
    running_project(client, now).await?;
    project_to_propose(client, now).await?;
    project_to_sign(client, now).await?;
    project_to_activate(client, now).await?;
    callbacks(client).await?;
    Ok(true)
}

async fn person(
    client: &Client,
    department: DepartmentId,
    subject: &str,
    name: &str,
    title: &str,
) -> Result<(), String> {
    let body = json!({ "display_name": name, "email": format!("{subject}@example.com"), "subject": subject });
    let person = client.post("cmo", "/v1/people", body).await?;
    let position = json!({ "department_id": department, "title": title, "valid_from": "2020-01-01" });
    client.post("cmo", &format!("/v1/people/{}/home-positions", text(&person["id"])), position).await?;
    Ok(())
}

/// People 2 to 4 come from Marketing, 6 to 8 from IT; 1 and 5 are the sponsors.
fn team() -> impl Iterator<Item = (u64, DepartmentId, &'static str)> {
    let marketing = (2..).zip(&MARKETING[1..]).map(|(n, (subject, ..))| (n, DepartmentId::demo(1), *subject));
    let it = (6..).zip(&IT[1..]).map(|(n, (subject, ..))| (n, DepartmentId::demo(2), *subject));
    marketing.chain(it)
}

fn in_days(now: UtcTime, days: i64) -> Day {
    now.plus_seconds(days * 86_400).day()
}

/// A project of Marketing and IT that begins today, with all that a charter needs.
fn charter(name: &str, now: UtcTime) -> Value {
    json!({
        "name": name,
        "purpose": "Marketing and IT find out together what customers need, and keep what they learn in one place.",
        "starts_on": in_days(now, 0),
        "ends_on": in_days(now, 180),
        "parity_tolerance": 0,
        "sides": [
            { "department_id": DepartmentId::demo(1), "sponsor_person_id": PersonId::demo(1) },
            { "department_id": DepartmentId::demo(2), "sponsor_person_id": PersonId::demo(5) }
        ],
        "goals": [{
            "statement": "Answer customers sooner", "metric": "Median time to first answer", "unit": "hours",
            "baseline": 26, "target": 4, "due_on": in_days(now, 150)
        }],
        "milestones": [
            { "name": "One customer database", "due_on": in_days(now, 60) },
            { "name": "First joint campaign", "due_on": in_days(now, 120) }
        ],
        "template": "data-ownership"
    })
}

async fn create(client: &Client, name: &str, now: UtcTime) -> Result<String, String> {
    let project = client.post("cmo", "/v1/projects", charter(name, now)).await?;
    Ok(text(&project["id"]).to_owned())
}

/// Invites the whole team; those who are named accept.
async fn assemble(client: &Client, project: &str, accept: impl Fn(&str) -> bool) -> Result<(), String> {
    let items: Vec<Value> = team()
        .map(|(n, department, subject)| {
            json!({ "person_id": PersonId::demo(n), "department_id": department, "project_role": format!("{subject} expert") })
        })
        .collect();
    let invited =
        client.post("cmo", &format!("/v1/projects/{project}/memberships/batch"), json!({ "items": items })).await?;
    for ((_, _, subject), membership) in team().zip(invited["data"].as_array().into_iter().flatten()) {
        if accept(subject) {
            client.post(subject, &format!("/v1/memberships/{}/accept", text(&membership["id"])), json!({})).await?;
        }
    }
    Ok(())
}

/// Gives each of the three areas to somebody of the side that owns it. `first` numbers the areas.
async fn assign(client: &Client, first: u64) -> Result<(), String> {
    for (area, owner) in [(first, 6), (first + 1, 7), (first + 2, 2)] {
        let body = json!({ "person_id": PersonId::demo(owner), "responsibility": "accountable" });
        client.post("cmo", &format!("/v1/areas/{}/assignments", AreaId::demo(area)), body).await?;
    }
    Ok(())
}

async fn sign(client: &Client, project: &str, subject: &str) -> Result<(), String> {
    let charter = client.get(subject, &format!("/v1/projects/{project}/charter")).await?;
    let body = json!({ "charter_version": charter["version"], "charter_sha256": charter["sha256"] });
    client.post(subject, &format!("/v1/projects/{project}/sign"), body).await?;
    Ok(())
}

/// Project 1: active, everybody on board.
async fn running_project(client: &Client, now: UtcTime) -> Result<(), String> {
    let project = create(client, "One view of the customer", now).await?;
    assemble(client, &project, |_| true).await?;
    assign(client, 1).await?;
    client.post("cmo", &format!("/v1/projects/{project}/propose"), json!({})).await?;
    sign(client, &project, "cmo").await?;
    sign(client, &project, "cio").await?;
    client.post("cio", &format!("/v1/projects/{project}/activate"), json!({})).await?;
    Ok(())
}

/// Project 2: a complete draft; its team is not asked yet.
async fn project_to_propose(client: &Client, now: UtcTime) -> Result<(), String> {
    create(client, "Loyalty programme", now).await.map(drop)
}

/// Project 3: proposed, the sponsor of Marketing has not signed, one area has no owner.
async fn project_to_sign(client: &Client, now: UtcTime) -> Result<(), String> {
    let project = create(client, "Online shop", now).await?;
    assemble(client, &project, |subject| subject != "brand").await?;
    client.post("cmo", &format!("/v1/projects/{project}/propose"), json!({})).await?;
    sign(client, &project, "cio").await
}

/// Project 4: nothing is missing but the word.
async fn project_to_activate(client: &Client, now: UtcTime) -> Result<(), String> {
    let project = create(client, "Consent register", now).await?;
    assemble(client, &project, |_| true).await?;
    assign(client, first_area_of(ProjectId::demo(4))).await?;
    client.post("cmo", &format!("/v1/projects/{project}/propose"), json!({})).await?;
    sign(client, &project, "cmo").await?;
    sign(client, &project, "cio").await
}

/// Each project has three areas, numbered in the order of the projects.
fn first_area_of(project: ProjectId) -> u64 {
    (1..).find(|n| ProjectId::demo(*n) == project).map_or(1, |n| 3 * (n - 1) + 1)
}

/// What visitors have asked for: a sales question at a time, one as soon as possible, and one for support.
async fn callbacks(client: &Client) -> Result<(), String> {
    let requests = [
        json!({ "full_name": "Alena Procházková", "phone": "601 123 456", "intent": "sales", "preference": { "kind": "slot", "window": "10:00-11:00" }, "notes": "Two hundred seats" }),
        json!({ "full_name": "Karel Němec", "phone": "+420 602 234 567", "intent": "sales", "preference": { "kind": "asap" } }),
        json!({ "full_name": "Alice Smith", "phone": "+44 20 7946 0958", "intent": "technical_support", "preference": { "kind": "slot", "window": "14:00-15:00" }, "locale": "en" }),
    ];
    for request in requests {
        client.post("cmo", "/v1/callback-requests", request).await?;
    }
    Ok(())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
