//! What the demo data tell.

use serde_json::{Value, json};

use super::clock::History;
use super::steps::{create, sides, sign, text};
use super::{Client, Shift, partnership};
use crate::callbacks::requests::proof_of_work;
use crate::kernel::ids::{AreaId, CallbackRequestId, DepartmentId, PersonId, ProjectId, WebhookEndpointId};

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

/// Whether the example is there already.
///
/// # Errors
/// When that could not be read, or other people are there.
pub async fn is_loaded(client: &Client) -> Result<bool, String> {
    let people = client.get("cmo", "/v1/people?limit=1").await?;
    match people["data"].get(0) {
        None => Ok(false),
        // Its ids come before all others.
        Some(person) if person["id"] == json!(PersonId::demo(1)) => Ok(true),
        Some(_) => {
            Err("this database holds other data; start the demo in an empty folder, or set ENTENTE_DATABASE_URL".into())
        }
    }
}

/// Sends the webhooks of an example that was loaded at an earlier start to `sink`, which is another one.
///
/// # Errors
/// When the call did not succeed.
pub async fn move_sink(client: &Client, sink: &str) -> Result<(), String> {
    let path = format!("/v1/webhook-endpoints/{}", WebhookEndpointId::demo(1));
    client.patch("cmo", &path, json!({ "url": sink })).await.map(drop)
}

/// Loads the week that lies behind the example.
///
/// # Errors
/// The first call that did not succeed, and its answer.
pub async fn load_past(client: &Client, clock: &dyn Shift) -> Result<(), String> {
    let mut history = History::since(clock, 7 * 24);
    for (subject, name, title) in MARKETING {
        employee(client, DepartmentId::demo(1), subject, name, title).await?;
    }
    for (subject, name, title) in IT {
        employee(client, DepartmentId::demo(2), subject, name, title).await?;
    }
    for (department, head) in [(1, 1), (2, 5)] {
        let path = format!("/v1/departments/{}", DepartmentId::demo(department));
        client.patch("cmo", &path, json!({ "head_person_id": PersonId::demo(head) })).await?;
    }
    // Number 9 is new and has no position yet.
    person(client, "newcomer", "Klára Nová").await?;
    // Number 10 could leave, number 11 has left.
    person(client, "leaver", "Olga Stará").await?;
    let gone = person(client, "gone", "Pavel Tichý").await?;
    // Number 12 has left, too, and is to be forgotten.
    let forgotten = person(client, "forgotten", "Zdeněk Dávný").await?;
    for left in [gone, forgotten] {
        let path = format!("/v1/people/{}/deactivate", text(&left["id"]));
        client.post("cmo", &path, json!({ "reason": "The contract ended." })).await?;
    }
    running_project(client, &mut history).await?;
    project_to_propose(client).await?;
    project_to_sign(client).await?;
    project_to_activate(client).await?;
    drafts(client).await?;
    partnership::history(client, &mut history).await
}

/// Loads what is there now. Webhooks go to `sink`; they tell nothing of the past, lest deliveries be older than the
/// service.
///
/// # Errors
/// The first call that did not succeed, and its answer.
pub async fn load_present(client: &Client, sink: &str) -> Result<(), String> {
    webhooks(client, sink).await?;
    partnership::load(client).await?;
    closures(client).await?;
    roster(client).await?;
    callbacks(client).await?;
    references(client).await
}

/// What a CRM calls a request, and an ITSM tool a project.
async fn references(client: &Client) -> Result<(), String> {
    let path = format!("/v1/callback-requests/{}/external-references/salesforce", CallbackRequestId::demo(1));
    client.put("cmo", &path, json!({ "external_id": "00Q5g00000ABCDE", "status": "Working" })).await?;
    let path = format!("/v1/projects/{}/external-references/jira", ProjectId::demo(1));
    client.put("cmo", &path, json!({ "external_id": "MKT-17" })).await.map(drop)
}

/// One endpoint that receives everything, one that is switched off, and one for a CRM.
async fn webhooks(client: &Client, sink: &str) -> Result<(), String> {
    client.post("cmo", "/v1/webhook-endpoints", json!({ "url": sink, "description": "The sink of the demo" })).await?;
    let unused = json!({ "url": sink, "description": "Switched off", "enabled": false });
    client.post("cmo", "/v1/webhook-endpoints", unused).await?;
    let crm = json!({
        "url": sink, "description": "Leads for a CRM; switched off", "enabled": false, "format": "salesforce-lead",
        "mapping": { "rename": [{ "from": "/Description", "to": "Callback_Story__c" }] }
    });
    client.post("cmo", "/v1/webhook-endpoints", crm).await.map(drop)
}

async fn person(client: &Client, subject: &str, name: &str) -> Result<Value, String> {
    let body = json!({ "display_name": name, "email": format!("{subject}@example.com"), "subject": subject });
    client.post("cmo", "/v1/people", body).await
}

async fn employee(
    client: &Client,
    department: DepartmentId,
    subject: &str,
    name: &str,
    title: &str,
) -> Result<(), String> {
    let person = person(client, subject, name).await?;
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

/// Invites the whole team; those who are named accept.
async fn assemble(client: &Client, project: &str, accept: impl Fn(&str) -> bool) -> Result<(), String> {
    let items: Vec<Value> = team()
        .map(|(n, department, subject)| {
            json!({ "person_id": PersonId::demo(n), "department_id": department, "project_role": format!("{subject} expert"), "valid_from": "2026-01-05" })
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
        let body =
            json!({ "person_id": PersonId::demo(owner), "responsibility": "accountable", "valid_from": "2026-01-05" });
        client.post("cmo", &format!("/v1/areas/{}/assignments", AreaId::demo(area)), body).await?;
    }
    Ok(())
}

/// Project 1: active, everybody on board.
async fn running_project(client: &Client, history: &mut History<'_>) -> Result<(), String> {
    let project = create(client, "One view of the customer", sides(1, Some(5))).await?;
    assemble(client, &project, |_| true).await?;
    assign(client, 1).await?;
    client.post("cmo", &format!("/v1/projects/{project}/propose"), json!({})).await?;
    history.pass(5);
    sign(client, &project, "cmo").await?;
    history.pass(26);
    sign(client, &project, "cio").await?;
    client.post("cio", &format!("/v1/projects/{project}/activate"), json!({})).await.map(drop)
}

/// Project 2: a complete draft; its team is not asked yet.
async fn project_to_propose(client: &Client) -> Result<(), String> {
    create(client, "Loyalty programme", sides(1, Some(5))).await.map(drop)
}

/// Project 3: proposed, Marketing has not signed, its brand manager has not answered, and no area
/// has an owner.
async fn project_to_sign(client: &Client) -> Result<(), String> {
    let project = create(client, "Online shop", sides(1, Some(5))).await?;
    assemble(client, &project, |subject| subject != "brand").await?;
    client.post("cmo", &format!("/v1/projects/{project}/propose"), json!({})).await?;
    sign(client, &project, "cio").await
}

/// Project 4: nothing is missing but the word.
async fn project_to_activate(client: &Client) -> Result<(), String> {
    let project = create(client, "Consent register", sides(1, Some(5))).await?;
    assemble(client, &project, |_| true).await?;
    assign(client, 10).await?;
    client.post("cmo", &format!("/v1/projects/{project}/propose"), json!({})).await?;
    sign(client, &project, "cmo").await?;
    sign(client, &project, "cio").await
}

/// Project 5 has an empty seat, project 6 nobody wants any more; 7 and 8 belong to others and ask
/// the CMO to take part (memberships 19 and 20).
async fn drafts(client: &Client) -> Result<(), String> {
    create(client, "Newsletter", sides(1, None)).await?;
    create(client, "Fax campaign", sides(1, Some(5))).await?;
    for name in ["Price comparison", "Customer club"] {
        let project = create(client, name, sides(2, Some(5))).await?;
        let body = json!({ "person_id": PersonId::demo(1), "department_id": DepartmentId::demo(1), "project_role": "Adviser" });
        client.post("cio", &format!("/v1/projects/{project}/memberships"), body).await?;
    }
    Ok(())
}

/// Two agents; their duties leave the opening hours free, so that the queue waits for whoever
/// claims.
async fn roster(client: &Client) -> Result<(), String> {
    let saturday = json!([{ "weekday": "saturday", "starts": "09:00", "ends": "12:00" }]);
    client.post("cmo", "/v1/agents", json!({ "subject": "cmo", "duties": saturday })).await?;
    client.post("cmo", "/v1/agents", json!({ "subject": "brand", "duties": [] })).await.map(drop)
}

/// What visitors have asked for: as soon as possible, at a time, and with a question for support.
/// Number 6 is in somebody's hands, number 7 was filled in by a program.
async fn callbacks(client: &Client) -> Result<(), String> {
    let requests = [
        json!({
            "full_name": "Karel Němec", "phone": "+420 602 234 567", "intent": "sales",
            "preference": { "kind": "asap" }
        }),
        json!({
            "full_name": "Alena Procházková", "phone": "601 123 456", "intent": "sales",
            "preference": { "kind": "slot", "window": "10:00-11:00" }, "notes": "Two hundred seats",
            "email": "alena.prochazkova@example.com",
            "consents": [{ "purpose": "marketing", "wording": "Yes, send me news by e-mail." }]
        }),
        json!({
            "full_name": "Alice Smith", "phone": "+44 20 7946 0958", "intent": "technical_support",
            "preference": { "kind": "slot", "window": "14:00-15:00" }, "locale": "en"
        }),
        json!({
            "full_name": "Ivan Dlouhý", "phone": "603 345 678", "intent": "sales",
            "preference": { "kind": "asap" }, "company": "Dlouhý a synové"
        }),
        json!({
            "full_name": "Marie Krátká", "phone": "604 456 789", "intent": "sales",
            "preference": { "kind": "slot", "window": "15:00-16:00" }
        }),
        json!({
            "full_name": "John Brown", "phone": "+44 20 7946 0123", "intent": "sales",
            "preference": { "kind": "asap" }, "locale": "en"
        }),
        json!({
            "full_name": "Buy now", "phone": "605 567 890", "intent": "sales",
            "preference": { "kind": "asap" }, "form": { "honeypot": "https://example.com", "filled_in_ms": 12 }
        }),
        json!({
            "full_name": "Pavla Veselá", "phone": "606 678 901", "intent": "sales",
            "preference": { "kind": "slot", "window": "16:00-17:00" }, "notes": "The invoice does not open"
        }),
    ];
    for (number, request) in requests.into_iter().enumerate() {
        client.post("cmo", "/v1/callback-requests", with_proof(client, request).await?).await?;
        if number == 0 {
            // The first one is in somebody's hands already.
            client.post("cmo", "/v1/callback-requests/next", json!({})).await?;
        }
    }
    let path = format!("/v1/callback-requests/{}/assign", CallbackRequestId::demo(6));
    client.post("cmo", &path, json!({})).await.map(drop)
}

/// Adds the proof of work, where the operator asks for one.
async fn with_proof(client: &Client, mut request: Value) -> Result<Value, String> {
    let challenge = client.get("cmo", "/v1/callback-challenge").await?;
    if let Some(solution) = proof_of_work::solve(&challenge) {
        request["proof_of_work"] = solution.into();
    }
    Ok(request)
}

async fn closures(client: &Client) -> Result<(), String> {
    for (date, reason) in [("2029-12-27", "Company holidays"), ("2029-12-28", "Company holidays")] {
        client.post("cmo", "/v1/calendar/closures", json!({ "date": date, "reason": reason })).await?;
    }
    Ok(())
}
