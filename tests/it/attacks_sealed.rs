//! Attacks: a side tries to see how another side responded before all sides have responded.
//!
//! Two worlds differ only in what the second side responds. What all other callers receive, and when, must be equal
//! except for ids.

use std::collections::HashMap;

use super::support::app::ALL_SCOPES;
use super::support::client::Client;
use super::support::pair::{Pair, drain, text};
use super::support::receiver::Receiver;
use super::support::team::person;
use super::support::*;

/// Every scope except `admin`.
pub const ALL_BUT_ADMIN: &str = "projects:read projects:write directory:write callbacks:create callbacks:read \
     callbacks:work webhooks:manage audit:read";
pub const REASON: &str = "The prices change hourly.";
const DUE: &str = "2027-05-03T08:00:00Z";
const EVENTS: [&str; 9] = [
    "approval.requested",
    "approval.responded",
    "approval.approved",
    "approval.rejected",
    "approval.withdrawn",
    "approval.lapsed",
    "decision.raised",
    "decision.decided",
    "decision.deadlocked",
];

/// Responds with the same reason, whatever the choice.
pub async fn respond(client: &Client, approval: &Value, choice: &str) -> Reply {
    let body = json!({"response": choice, "sha256": approval["sha256"], "reason": REASON});
    client.post(&format!("/v1/approvals/{}/responses", text(&approval["id"])), body).await
}

/// Returns an approval as the caller sees it.
pub async fn approval(client: &Client, id: &str) -> Value {
    client.get(&format!("/v1/approvals/{id}")).await.expect(200).body
}

/// Raises a decision for the first side. Returns the id of the decision, and its approval.
pub async fn decision(app: &TestApp, pair: &Pair) -> (String, Value) {
    let body = json!({"question": "Shall we?", "due_at": DUE});
    let raised = app.person("cmo").post(&pair.at("decisions"), body).await.expect(201).body;
    let asked = approval(&app.person("cmo"), text(&raised["approval_id"])).await;
    (text(&raised["decision"]["id"]).to_owned(), asked)
}

/// Amends the charter in force. Returns the approval.
pub async fn amend(app: &TestApp, pair: &Pair, field: &str, value: Value) -> Value {
    let mut charter = app.person("cmo").get(&pair.at("charter")).await.expect(200).body["content"].clone();
    charter.as_object_mut().unwrap().remove("sides");
    charter[field] = value;
    app.person("cmo").put(&pair.at("charter"), "*", charter).await.expect(200);
    pair.open(app, "charter").await
}

/// Returns a text in which ids, hashes, salts and signatures are numbered in the order in which they occur.
fn without_ids(text: &str) -> String {
    let (mut known, mut out, mut run) = (HashMap::new(), String::new(), String::new());
    for c in text.chars().chain(['\n']) {
        if c.is_ascii_alphanumeric() || c == '_' {
            run.push(c);
            continue;
        }
        let is_id = run.rsplit_once('_').is_some_and(|(kind, id)| kind.len() <= 4 && id.len() == 26);
        let is_hash = [64, 128].contains(&run.len()) && run.chars().all(|c| c.is_ascii_hexdigit());
        if is_id || is_hash {
            let next = known.len();
            let number = *known.entry(std::mem::take(&mut run)).or_insert(next);
            out.push_str(&format!("<{number}>"));
        }
        out.push_str(&run);
        out.push(c);
        run.clear();
    }
    out
}

fn without_request_ids(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("request_id");
            // Each person of the tests has an address of its own.
            fields.remove("email");
            fields.values_mut().for_each(without_request_ids);
        }
        Value::Array(items) => items.iter_mut().for_each(without_request_ids),
        _ => {}
    }
}

/// Returns a reply without what differs between two services.
fn comparable(place: &str, reply: &Reply) -> String {
    let mut body = reply.body.clone();
    without_request_ids(&mut body);
    let body = if body.is_null() { reply.text.clone() } else { body.to_string() };
    let headers = ["etag", "link", "cache-control", "content-type"].map(|name| reply.header(name));
    without_ids(&format!("{place} {} {headers:?} {body}", reply.status))
}

/// Returns all places in which a response could be visible.
fn places(pair: &Pair, approvals: &[String], decision: &str, responses: &[String]) -> Vec<String> {
    let mut places = vec![
        format!("/v1/projects/{}", pair.project),
        "/v1/projects".to_owned(),
        "/v1/me/inbox".to_owned(),
        format!("/v1/inbox?person_id={}", pair.cio),
        format!("/v1/people/{}/offboarding-report", pair.cio),
        format!("/v1/reports/partnership?department_id={}&department_id={}", pair.brand, pair.platform),
        format!("/v1/reports/partnership.csv?department_id={}&department_id={}", pair.brand, pair.platform),
        format!("/v1/decisions/{decision}"),
        format!("/v1/audit-entries?limit=100&actor={}", pair.cio),
        format!("/v1/audit-entries?subject={decision}"),
        format!("/v1/audit-entries?limit=100&subject={}", pair.project),
    ];
    let of_project = [
        "approvals?expand=people,departments",
        "approvals?state=open",
        "approvals?state=approved",
        "approvals?state=rejected",
        "approvals?kind=decision",
        "readiness",
        "partnership",
        "partnership.svg",
        "charter",
        "milestones",
        "decisions",
        "memberships",
        "ownership/coverage",
        "evidence",
    ];
    places.extend(of_project.map(|rest| pair.at(rest)));
    for id in approvals {
        places.extend(["", "?expand=people", "/responses"].map(|rest| format!("/v1/approvals/{id}{rest}")));
    }
    places.extend(approvals.iter().chain(responses).map(|id| format!("/v1/audit-entries?subject={id}")));
    places.extend(EVENTS.map(|kind| format!("/v1/events?limit=100&type={kind}")));
    places
}

/// Returns all that callers other than the second side see, when the second side has changed its responses to `choice`,
/// and the first side has not responded.
async fn seen_by_others(app: &TestApp, choice: &str, ending: &str) -> Vec<String> {
    let app = app.fresh();
    let pair = Pair::running(&app).await;
    let mut receiver = Receiver::start();
    let endpoint = json!({"url": receiver.url, "event_types": EVENTS});
    app.admin().post("/v1/webhook-endpoints", endpoint).await.expect(201);
    let (decision, question) = decision(&app, &pair).await;
    let charter = amend(&app, &pair, "ends_on", json!("2027-11-01")).await;
    let (cmo, cio) = (app.person("cmo"), app.person("cio"));
    for asked in [&question, &charter] {
        assert_eq!((&asked["sealed"], &asked["responses"]), (&json!(true), &json!([])));
        let path = format!("/v1/approvals/{}", text(&asked["id"]));
        let before = cmo.get(&path).await.expect(200);
        for choice in [if choice == "approve" { "reject" } else { "approve" }, choice] {
            let own = respond(&cio, asked, choice).await.expect(200).body;
            assert_eq!((&own["state"], &own["responses"][0]["response"]), (&json!("open"), &json!(choice)));
        }
        // The side itself sees all its responses.
        assert_eq!(cio.get(&path).await.expect(200).body["responses"][0]["response"], json!(choice));
        let list = cio.get(&format!("{path}/responses")).await.expect(200).body;
        assert_eq!(list["data"].as_array().unwrap().len(), 2);
        // All others see that it has responded.
        let after = cmo.request("GET", &path).header("If-None-Match", &before.etag()).send().await.expect(200);
        assert_eq!((&after.body["responses"], &after.body["state"]), (&json!([]), &json!("open")));
        assert_eq!(
            (&after.body["responded"], &after.body["waiting_for"]),
            (&json!([pair.platform]), &json!([pair.brand]))
        );
    }
    match ending {
        "withdrawn" => {
            cmo.act(&format!("/v1/decisions/{decision}/withdraw")).await.expect(200);
            cmo.act(&format!("/v1/approvals/{}/withdraw", text(&charter["id"]))).await.expect(200);
        }
        "overdue" => app.clock.set(DUE.parse().unwrap()),
        _ => {}
    }
    drain(&app).await;
    let events = app.admin().get("/v1/events?type=approval.responded&limit=100").await.expect(200).body;
    let responses: Vec<_> =
        events["data"].as_array().unwrap().iter().map(|event| text(&event["subject"]).to_owned()).collect();
    let approvals = [&question, &charter].map(|asked| text(&asked["id"]).to_owned());
    let mut seen = Vec::new();
    let callers = [
        app.caller("cmo", ALL_BUT_ADMIN),
        app.caller("cmo", ALL_SCOPES),
        app.admin(),
        app.service("robot", ALL_SCOPES),
        app.person("mia"),
        // A member of the side is not its sponsor.
        app.person("ivan"),
    ];
    for caller in callers {
        for place in places(&pair, &approvals, &decision, &responses) {
            seen.push(comparable(&place, &caller.get(&place).await));
        }
        let export = caller.post("/v1/data-subjects/export", json!({"person_id": pair.cio})).await;
        seen.push(comparable("export", &export));
    }
    // Events about different subjects arrive in any order.
    let mut delivered: Vec<_> = receiver.received().iter().map(|message| message.body()).collect();
    delivered.sort_by_key(|event| event["sequence"].as_u64());
    for mut body in delivered {
        without_request_ids(&mut body);
        seen.push(without_ids(&body.to_string()));
    }
    assert!(seen.iter().all(|one| !one.contains(REASON)), "{ending}: the reason is visible");
    seen
}

async fn compare(app: &TestApp, ending: &str) {
    let approved = seen_by_others(app, "approve", ending).await;
    let rejected = seen_by_others(app, "reject", ending).await;
    assert_eq!(approved.len(), rejected.len(), "{ending}");
    for (one, other) in approved.iter().zip(&rejected) {
        assert_eq!(one, other, "{ending}");
    }
}

#[apply(both)]
async fn no_other_side_sees_a_response_before_its_own(app: TestApp) {
    compare(&app, "open").await;
}

#[apply(both)]
async fn responses_to_a_withdrawn_approval_stay_sealed(app: TestApp) {
    compare(&app, "withdrawn").await;
}

#[apply(both)]
async fn responses_to_a_lapsed_approval_stay_sealed(app: TestApp) {
    compare(&app, "overdue").await;
}

#[apply(both)]
async fn an_action_that_is_no_longer_possible_reveals_no_response(app: TestApp) {
    let mut seen = Vec::new();
    for choice in ["approve", "reject"] {
        let app = app.fresh();
        let pair = Pair::running(&app).await;
        let lena = person(&app, "lena", &pair.brand).await;
        let asked = amend(&app, &pair, "lead_person_id", json!(lena)).await;
        respond(&app.person("cio"), &asked, choice).await.expect(200);
        // The last side makes the amendment impossible, tries to approve, and can still reject.
        let days = json!({"delegate_person_id": lena, "valid_from": "2027-03-30", "valid_to": "2027-04-30"});
        app.person("cmo").post(&pair.at(&format!("sides/{}/delegations", pair.brand)), days).await.expect(201);
        let refused = respond(&app.person("cmo"), &asked, "approve").await.refused(409, "conflict");
        seen.push(comparable("approve", &refused));
        let waiting = approval(&app.person("cmo"), text(&asked["id"])).await;
        assert_eq!((&waiting["responses"], &waiting["waiting_for"]), (&json!([]), &json!([pair.brand])));
        assert_eq!(pair.read(&app).await["lead_person_id"], Value::Null);
        let last = respond(&app.person("cmo"), &asked, "reject").await.expect(200).body;
        assert_eq!(last["state"], "rejected");
    }
    assert_eq!(seen[0], seen[1]);
}
