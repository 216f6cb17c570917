//! The example data: people, projects, webhooks and callback requests.

use serde_json::{Value, json};

use super::clock::History;
use super::steps::{create, create_with, sides, sign, text};
use super::{Client, Shift, partnership};
use crate::calendar::Weekday;
use crate::callbacks::requests::proof_of_work;
use crate::kernel::ids::{AreaId, CallbackRequestId, DepartmentId, PersonId, ProjectId, QueueId, WebhookEndpointId};

/// Login, name and title in the regular position. Marketing has the people 1 to 4, IT the people 5 to 8; the first of
/// each is its sponsor.
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

/// Returns whether the example is already loaded.
///
/// # Errors
/// When the request fails, or the database has other people.
pub async fn is_loaded(client: &Client) -> Result<bool, String> {
    let people = client.get("cmo", "/v1/people?limit=1").await?;
    match people["data"].get(0) {
        None => Ok(false),
        // The ids of the example sort before all others.
        Some(person) if person["id"] == json!(PersonId::demo(1)) => Ok(true),
        Some(_) => {
            Err("the database has other data; start the demo in an empty folder, or set ENTENTE_DATABASE_URL".into())
        }
    }
}

/// Changes the URL of the demo endpoint to `sink`, whose port is new at every start.
///
/// # Errors
/// The request that failed, and its response.
pub async fn move_sink(client: &Client, sink: &str) -> Result<(), String> {
    let path = format!("/v1/webhook-endpoints/{}", WebhookEndpointId::demo(1));
    client.patch("cmo", &path, json!({ "url": sink })).await.map(drop)
}

/// Loads the past three weeks of the example. The heads of the departments are named ten days before the first project,
/// so that they can confirm its sponsors.
///
/// # Errors
/// The first request that failed, and its response.
pub async fn load_past(client: &Client, clock: &dyn Shift) -> Result<(), String> {
    let mut history = History::since(clock, 21 * 24);
    for (login, name, title) in MARKETING {
        employee(client, (DepartmentId::demo(1), PersonId::demo(1)), login, name, title).await?;
    }
    for (login, name, title) in IT {
        employee(client, (DepartmentId::demo(2), PersonId::demo(5)), login, name, title).await?;
    }
    for (department, head) in [(1, 1), (2, 5)] {
        let path = format!("/v1/departments/{}", DepartmentId::demo(department));
        client.patch("cmo", &path, json!({ "head_person_id": PersonId::demo(head) })).await?;
    }
    // Person 9 is new and has no position yet.
    person(client, "newcomer", "Klára Nová").await?;
    // Person 10 can be deactivated, person 11 reactivated.
    person(client, "departing", "Olga Stará").await?;
    let former = person(client, "former", "Pavel Tichý").await?;
    // Person 12 is deactivated, too, and can be erased.
    let erasable = person(client, "erasable", "Zdeněk Dávný").await?;
    // Person 13 works in Finance, department 3, which has no head.
    let finance = json!({ "key": "finance", "name": "Finance", "head_title": "CFO" });
    client.post("cmo", "/v1/departments", finance).await?;
    employee(client, (DepartmentId::demo(3), PersonId::demo(13)), "finance", "Irena Pokorná", "Controller").await?;
    // People 14 and 15 work in Finance, too.
    for (login, name, title) in [("ledger", "Radek Hájek", "Accountant"), ("billing", "Lucie Benešová", "Accountant")]
    {
        employee(client, (DepartmentId::demo(3), PersonId::demo(13)), login, name, title).await?;
    }
    for deactivated in [former, erasable] {
        let path = format!("/v1/people/{}/deactivate", text(&deactivated["id"]));
        client.post("cmo", &path, json!({ "reason": "The contract ended." })).await?;
    }
    history.pass(10 * 24);
    running_project(client, &mut history).await?;
    project_to_propose(client).await?;
    project_to_sign(client).await?;
    project_to_activate(client).await?;
    drafts(client).await?;
    partnership::history(client, &mut history).await
}

/// Loads the present of the example. Webhooks are sent to `sink`. The endpoints are created here, so that no delivery
/// is older than the service.
///
/// # Errors
/// The first request that failed, and its response.
pub async fn load_present(client: &Client, sink: &str) -> Result<(), String> {
    webhooks(client, sink).await?;
    partnership::load(client).await?;
    closed_days(client).await?;
    roster(client).await?;
    callbacks(client).await?;
    references(client).await?;
    api_keys(client).await
}

/// The keys of two applications. The first one can be rotated, the second one revoked.
async fn api_keys(client: &Client) -> Result<(), String> {
    for (application, scopes) in
        [("crm", ["callbacks:read", "webhooks:manage"]), ("website", ["callbacks:create", "callbacks:read"])]
    {
        client.post("cmo", "/v1/api-keys", json!({ "client": application, "scopes": scopes })).await?;
    }
    Ok(())
}

/// The external references of a callback request and a project.
async fn references(client: &Client) -> Result<(), String> {
    let path = format!("/v1/callback-requests/{}/external-references/salesforce", CallbackRequestId::demo(1));
    client.create("cmo", &path, json!({ "external_id": "00Q5g00000ABCDE", "status": "Working" })).await?;
    let path = format!("/v1/projects/{}/external-references/jira", ProjectId::demo(1));
    client.create("cmo", &path, json!({ "external_id": "MKT-17" })).await.map(drop)
}

/// An endpoint that receives all events, a disabled one, and one for a CRM.
async fn webhooks(client: &Client, sink: &str) -> Result<(), String> {
    client.post("cmo", "/v1/webhook-endpoints", json!({ "url": sink, "description": "Receiver of the demo" })).await?;
    let unused = json!({ "url": sink, "description": "Disabled", "enabled": false });
    client.post("cmo", "/v1/webhook-endpoints", unused).await?;
    let crm = json!({
        "url": sink, "description": "Leads for a CRM (disabled)", "enabled": false, "format": "salesforce-lead",
        "mapping": { "rename": [{ "from": "/Description", "to": "Callback_Story__c" }] }
    });
    client.post("cmo", "/v1/webhook-endpoints", crm).await.map(drop)
}

async fn person(client: &Client, login: &str, name: &str) -> Result<Value, String> {
    let body = json!({ "display_name": name, "email": format!("{login}@example.com"), "login": login });
    client.post("cmo", "/v1/people", body).await
}

/// Adds a person with a regular position. Everyone but the head of the department has the head as manager.
async fn employee(
    client: &Client,
    (department, head): (DepartmentId, PersonId),
    login: &str,
    name: &str,
    title: &str,
) -> Result<(), String> {
    let person = person(client, login, name).await?;
    let manager = Some(head).filter(|head| person["id"] != json!(head));
    let position = json!({
        "department_id": department, "title": title, "manager_person_id": manager, "valid_from": "2020-01-01"
    });
    client.post("cmo", &format!("/v1/people/{}/home-positions", text(&person["id"])), position).await?;
    Ok(())
}

/// Returns the team: people 2 to 4 from Marketing and 6 to 8 from IT. People 1 and 5 are the sponsors.
fn team() -> impl Iterator<Item = (u64, DepartmentId, &'static str)> {
    let marketing = (2..).zip(&MARKETING[1..]).map(|(n, (login, ..))| (n, DepartmentId::demo(1), *login));
    let it = (6..).zip(&IT[1..]).map(|(n, (login, ..))| (n, DepartmentId::demo(2), *login));
    marketing.chain(it)
}

/// Invites the whole team, each side its own people. The people for whom `accept` returns true accept.
async fn assemble(client: &Client, project: &str, accept: impl Fn(&str) -> bool) -> Result<(), String> {
    let items: Vec<Value> = team()
        .map(|(n, department, login)| {
            json!({ "person_id": PersonId::demo(n), "department_id": department, "project_role": format!("{login} expert"), "valid_from": "2026-01-05" })
        })
        .collect();
    let mut invited = Vec::new();
    for (sponsor, items) in ["cmo", "cio"].into_iter().zip(items.chunks(3)) {
        let path = format!("/v1/projects/{project}/memberships/batch-invite");
        let mut sent = client.post(sponsor, &path, json!({ "items": items })).await?;
        invited.extend(sent["data"].as_array_mut().map(std::mem::take).unwrap_or_default());
    }
    for ((_, _, login), membership) in team().zip(&invited) {
        if accept(login) {
            client.post(login, &format!("/v1/memberships/{}/accept", text(&membership["id"])), json!({})).await?;
        }
    }
    Ok(())
}

/// Assigns the three areas of a project to members of the side that owns them. `first` is the number of the first area.
async fn assign(client: &Client, first: u64) -> Result<(), String> {
    for (sponsor, area, owner) in [("cio", first, 6), ("cio", first + 1, 7), ("cmo", first + 2, 2)] {
        let body =
            json!({ "person_id": PersonId::demo(owner), "responsibility": "accountable", "valid_from": "2026-01-05" });
        client.post(sponsor, &format!("/v1/areas/{}/assignments", AreaId::demo(area)), body).await?;
    }
    Ok(())
}

/// Project 1: active, with a complete team.
async fn running_project(client: &Client, history: &mut History<'_>) -> Result<(), String> {
    // IT does not respond for long enough that Marketing can escalate the approval to release a member.
    let more = json!({ "panel": [PersonId::demo(13)], "response_days": 1 });
    let project = create_with(client, "One view of the customer", sides(1, Some(5)), more).await?;
    assemble(client, &project, |_| true).await?;
    assign(client, 1).await?;
    client.post("cmo", &format!("/v1/projects/{project}/propose"), json!({})).await?;
    history.pass(5);
    sign(client, &project, "cmo").await?;
    history.pass(26);
    sign(client, &project, "cio").await?;
    client.post("cio", &format!("/v1/projects/{project}/activate"), json!({})).await.map(drop)
}

/// Project 2: a complete draft whose team is not invited yet.
async fn project_to_propose(client: &Client) -> Result<(), String> {
    create(client, "Loyalty programme", sides(1, Some(5))).await.map(drop)
}

/// Project 3: proposed. Marketing has not signed, the brand manager has not responded to the invitation, and no area
/// has an owner.
async fn project_to_sign(client: &Client) -> Result<(), String> {
    let project = create(client, "Online shop", sides(1, Some(5))).await?;
    assemble(client, &project, |login| login != "brand").await?;
    client.post("cmo", &format!("/v1/projects/{project}/propose"), json!({})).await?;
    sign(client, &project, "cio").await
}

/// Project 4: ready for activation.
async fn project_to_activate(client: &Client) -> Result<(), String> {
    let project = create(client, "Approval register", sides(1, Some(5))).await?;
    assemble(client, &project, |_| true).await?;
    assign(client, 10).await?;
    client.post("cmo", &format!("/v1/projects/{project}/propose"), json!({})).await?;
    sign(client, &project, "cmo").await?;
    sign(client, &project, "cio").await
}

/// Projects 5 to 8: project 5 has a side without a sponsor, project 6 can be cancelled, and projects 7 and 8 have other
/// sponsors and invite the CMO (memberships 19 and 20).
async fn drafts(client: &Client) -> Result<(), String> {
    create(client, "Newsletter", sides(1, None)).await?;
    create(client, "Fax campaign", sides(1, Some(5))).await?;
    for name in ["Price comparison", "Customer club"] {
        let project = create(client, name, sides(2, Some(5))).await?;
        let body = json!({ "person_id": PersonId::demo(1), "department_id": DepartmentId::demo(1), "project_role": "Adviser" });
        client.post("brand", &format!("/v1/projects/{project}/memberships"), body).await?;
    }
    Ok(())
}

/// Two agents, one in both queues, one in support. The first is on duty on the weekday before the start of the demo, so
/// never in its first days: requests stay in the queue until an agent claims them.
async fn roster(client: &Client) -> Result<(), String> {
    let yesterday = client.now().day().plus_days(-1).to_jiff().weekday();
    let weekday = Weekday::ALL[usize::from(yesterday.to_monday_zero_offset().unsigned_abs())];
    let duties = json!([{ "weekday": weekday, "starts": "09:00", "ends": "12:00" }]);
    let both =
        [(1, duties), (2, json!([]))].map(|(n, duties)| json!({ "queue_id": QueueId::demo(n), "duties": duties }));
    client.post("cmo", "/v1/agents", json!({ "person_id": PersonId::demo(1), "queues": both })).await?;
    let support = json!([{ "queue_id": QueueId::demo(2), "duties": [] }]);
    client.post("cmo", "/v1/agents", json!({ "person_id": PersonId::demo(2), "queues": support })).await.map(drop)
}

/// Callback requests: as soon as possible, in a time slot, and for technical support. Request 6 is assigned, request 7
/// is quarantined, because a program filled in the form, request 9 comes from a network of its own, and the visitor of
/// request 10 is on the phone.
async fn callbacks(client: &Client) -> Result<(), String> {
    let settings = json!({ "company_name": "Example s.r.o.", "texts": [
        { "locale": "cs", "marketing_consent": "Ano, posílejte mi novinky e-mailem." },
        { "locale": "de", "marketing_consent": "Ja, senden Sie mir Neuigkeiten per E-Mail." },
        { "locale": "en", "marketing_consent": "Yes, send me news by e-mail." },
    ] });
    client.patch("cmo", "/v1/form-settings", settings).await?;
    let requests = [
        json!({
            "full_name": "Karel Němec", "phone": "+420 602 234 567", "intent": "sales",
            "preference": { "kind": "asap" }
        }),
        json!({
            "full_name": "Alena Procházková", "phone": "601 123 456", "intent": "sales",
            "preference": { "kind": "slot", "window": "10:00-11:00" }, "notes": "Two hundred licences",
            "source": { "page": "https://www.example.com/pricing", "campaign": "spring" },
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
            "preference": { "kind": "slot", "window": "15:00-16:00" }, "source": { "campaign": "newsletter" }
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
            // Assign the first request.
            client.post("cmo", "/v1/callback-requests/next", json!({})).await?;
        }
    }
    let path = format!("/v1/callback-requests/{}/assign", CallbackRequestId::demo(6));
    client.post("cmo", &path, json!({})).await?;
    let other_network = json!({
        "full_name": "Asdf Asdf", "phone": "607 789 012", "intent": "sales",
        "preference": { "kind": "slot", "window": "13:00-14:00" }
    });
    let request = with_proof(client, other_network).await?;
    client.post_for("198.51.100.23", "cmo", "/v1/callback-requests", request).await?;
    let on_the_phone = json!({
        "full_name": "Hana Nová", "phone": "609 901 234", "intent": "technical_support",
        "preference": { "kind": "asap" }, "notes": "The installation stops"
    });
    client.post("cmo", "/v1/callback-requests", with_proof(client, on_the_phone).await?).await?;
    let path = format!("/v1/callback-requests/{}/calls", CallbackRequestId::demo(10));
    client.post("brand", &path, json!({})).await?;
    client.post("cmo", "/v1/blocked-numbers", json!({ "phone": "608 890 123" })).await.map(drop)
}

/// Adds the proof of work, if the operator requires one.
async fn with_proof(client: &Client, mut request: Value) -> Result<Value, String> {
    let challenge = client.get("cmo", "/v1/callback-challenge").await?;
    if let Some(solution) = proof_of_work::solve(&challenge) {
        request["proof_of_work"] = solution.into();
    }
    Ok(request)
}

async fn closed_days(client: &Client) -> Result<(), String> {
    for (date, reason) in [("2029-12-27", "Company holidays"), ("2029-12-28", "Company holidays")] {
        client.post("cmo", "/v1/calendars/default/closed-days", json!({ "date": date, "reason": reason })).await?;
    }
    Ok(())
}
