//! Attacks: a side tries to see how another side responded before all sides have responded.
//!
//! Two worlds differ only in what the second side responds. What all other callers receive, and when, must be equal
//! except for ids.

use std::collections::HashMap;

use super::support::app::ALL_SCOPES;
use super::support::client::Client;
use super::support::pair::{Pair, drain, text};
use super::support::receiver::Receiver;
use super::support::team::{accept_as, person};
use super::support::*;

/// Every scope except `admin`.
const ALL_BUT_ADMIN: &str = "projects:read projects:write directory:write callbacks:create callbacks:read \
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

async fn approval(client: &Client, id: &str) -> Value {
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
    for delivered in receiver.received() {
        let mut body = delivered.body();
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
async fn all_responses_are_visible_after_the_last_one(app: TestApp) {
    let pair = Pair::running(&app).await;
    let (_, asked) = decision(&app, &pair).await;
    respond(&app.person("cio"), &asked, "approve").await.expect(200);
    respond(&app.person("cio"), &asked, "reject").await.expect(200);
    let last = respond(&app.person("cmo"), &asked, "approve").await.expect(200).body;
    assert_eq!((&last["state"], &last["responded"]), (&json!("rejected"), &json!([pair.brand, pair.platform])));
    let choices = |data: &Value| -> Vec<String> {
        data.as_array().unwrap().iter().map(|one| text(&one["response"]).to_owned()).collect()
    };
    assert_eq!(choices(&last["responses"]), ["approve", "reject"]);
    let id = text(&asked["id"]);
    for client in [app.person("mia"), app.admin()] {
        assert_eq!(approval(&client, id).await["responses"], last["responses"]);
        let all = client.get(&format!("/v1/approvals/{id}/responses")).await.expect(200).body;
        assert_eq!(choices(&all["data"]), ["approve", "reject", "approve"]);
    }
    // The audit trail and the event have them, those of single responses do not.
    let entries = app.admin().get(&format!("/v1/audit-entries?subject={id}")).await.expect(200).body;
    let entry = entries["data"].as_array().unwrap().last().unwrap();
    assert_eq!((&entry["action"], &entry["before"]["responses"]), (&json!("approval.rejected"), &json!([])));
    assert_eq!(entry["after"]["responses"], last["responses"]);
    drain(&app).await;
    let rejected = app.admin().get("/v1/events?type=approval.rejected").await.expect(200).body;
    assert_eq!(rejected["data"][0]["data"]["responses"], last["responses"]);
    let responded = app.admin().get("/v1/events?type=approval.responded").await.expect(200).body;
    for event in responded["data"].as_array().unwrap() {
        let mut fields: Vec<_> = event["data"].as_object().unwrap().keys().map(String::as_str).collect();
        fields.sort_unstable();
        let expected = ["approval_id", "department_id", "id", "project_id", "responded_at", "sha256", "superseded_at"];
        assert_eq!(fields, expected);
    }
    let export = app.admin().post("/v1/data-subjects/export", json!({"person_id": pair.cio})).await.expect(200).body;
    assert!(export["person"]["approval_responses"].to_string().contains(REASON));
}

#[apply(both)]
async fn a_person_exports_the_own_sealed_responses(app: TestApp) {
    let pair = Pair::running(&app).await;
    let (_, asked) = decision(&app, &pair).await;
    respond(&app.person("cio"), &asked, "reject").await.expect(200);
    let export = async |client: Client| {
        let body = json!({"person_id": pair.cio});
        client.post("/v1/data-subjects/export", body).await.expect(200).body["person"]["approval_responses"].to_string()
    };
    assert!(!export(app.admin()).await.contains(REASON));
    assert!(export(app.caller("cio", ALL_SCOPES)).await.contains(REASON));
}

#[apply(both)]
async fn the_sealed_responses_of_a_side_follow_its_sponsor_and_delegate(app: TestApp) {
    let pair = Pair::running(&app).await;
    let (_, asked) = decision(&app, &pair).await;
    let deputy = person(&app, "deputy", &pair.platform).await;
    let days = json!({"delegate_person_id": deputy, "valid_from": "2027-03-30", "valid_to": "2027-04-05"});
    app.person("cio").post(&pair.at(&format!("sides/{}/delegations", pair.platform)), days).await.expect(201);
    let own = respond(&app.person("deputy"), &asked, "reject").await.expect(200).body;
    assert_eq!(own["responses"][0]["person_id"], json!(deputy));
    let id = text(&asked["id"]);
    assert_eq!(approval(&app.person("cio"), id).await["responses"], own["responses"]);
    assert_eq!(approval(&app.person("cmo"), id).await["responses"], json!([]));
    // A delegate who moves to the other side sees neither.
    let homes = app.admin().get(&format!("/v1/people/{deputy}/home-positions")).await.expect(200).body;
    let home = text(&homes["data"][0]["id"]).to_owned();
    app.admin().post(&format!("/v1/home-positions/{home}/end"), json!({"ends_on": "2027-03-30"})).await.expect(200);
    let moved = json!({"department_id": pair.brand, "title": "Buyer", "valid_from": "2027-03-30"});
    app.admin().post(&format!("/v1/people/{deputy}/home-positions"), moved).await.expect(201);
    assert_eq!(approval(&app.person("deputy"), id).await["responses"], json!([]));
    // The former sponsor, who is the head of the department, sees it no more; the successor does.
    let successor = person(&app, "successor", &pair.platform).await;
    let path = pair.at(&format!("sides/{}/sponsor", pair.platform));
    app.person("cio").put(&path, "*", json!({"person_id": successor})).await.expect(200);
    accept_as(&app, "successor", &pair.project, &pair.platform).await.expect(200);
    let responses = format!("/v1/approvals/{id}/responses");
    for (subject, count) in [("cio", 0), ("successor", 1), ("cmo", 0)] {
        let list = app.person(subject).get(&responses).await.expect(200).body;
        assert_eq!(list["data"].as_array().unwrap().len(), count, "{subject}");
    }
}

#[apply(both)]
async fn asking_is_a_visible_approval_and_later_responses_of_the_side_are_sealed(app: TestApp) {
    let pair = Pair::running(&app).await;
    let asked = app.person("cmo").act(&pair.at("close")).await.expect(201).body;
    assert_eq!((&asked["responded"], &asked["waiting_for"]), (&json!([pair.brand]), &json!([pair.platform])));
    let seen = approval(&app.person("cio"), text(&asked["id"])).await;
    assert_eq!((&seen["responses"], &seen["responses"][0]["response"]), (&asked["responses"], &json!("approve")));
    respond(&app.person("cmo"), &asked, "reject").await.expect(200);
    let seen = approval(&app.person("cio"), text(&asked["id"])).await;
    assert_eq!((&seen["responses"], &seen["responded"]), (&json!([]), &json!([pair.brand])));
    // An offer of the sponsor asks the other side; that of an owner asks all sides.
    for (subject, responded) in [("cmo", json!([pair.brand])), ("mia", json!([]))] {
        let offer = json!({"to_person_id": pair.ina});
        let path = format!("/v1/areas/{}/transfers", pair.databases);
        let transfer = app.person(subject).post(&path, offer).await.expect(201).id();
        app.person("ina").act(&format!("/v1/transfers/{transfer}/accept")).await.expect(200);
        assert_eq!(pair.open(&app, "transfer").await["responded"], responded, "{subject}");
        app.person(subject).act(&format!("/v1/transfers/{transfer}/withdraw")).await.expect(200);
    }
}

#[apply(both)]
async fn parallel_last_responses_settle_once_and_open_nothing_early(app: TestApp) {
    let pair = Pair::running(&app).await;
    let (decision, asked) = decision(&app, &pair).await;
    let replies = at_once(40, |number| {
        let (subject, side) = [("cmo", &pair.brand), ("cio", &pair.platform)][number % 2];
        let (client, asked, side) = (app.person(subject), asked.clone(), side.clone());
        let choice = if number % 4 < 2 { "approve" } else { "reject" };
        async move {
            let reply = respond(&client, &asked, choice).await;
            // Before the last response, a reply has the response of the caller's side only.
            if reply.status == 200 && reply.body["state"] == "open" {
                for one in reply.body["responses"].as_array().unwrap() {
                    assert_eq!(one["department_id"], json!(side));
                }
            }
            reply
        }
    })
    .await;
    let settled = replies.iter().filter(|reply| reply.status == 200 && reply.body["state"] != "open").count();
    assert_eq!(settled, 1);
    assert_eq!(with_status(&replies, 200) + with_status(&replies, 409), 40);
    drain(&app).await;
    let mut ended = [0; 2];
    for (index, kinds) in [["approval.approved", "approval.rejected"], ["decision.decided", "decision.deadlocked"]]
        .into_iter()
        .enumerate()
    {
        let subject = if index == 0 { text(&asked["id"]) } else { decision.as_str() };
        for kind in kinds {
            let path = format!("/v1/events?type={kind}&subject={subject}");
            let events = app.admin().get(&path).await.expect(200).body;
            ended[index] += events["data"].as_array().unwrap().len();
        }
    }
    assert_eq!(ended, [1, 1]);
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

#[apply(both)]
async fn a_possible_action_is_not_carried_out_when_a_side_has_rejected(app: TestApp) {
    let pair = Pair::running(&app).await;
    let asked = amend(&app, &pair, "ends_on", json!("2027-11-01")).await;
    respond(&app.person("cio"), &asked, "reject").await.expect(200);
    let last = respond(&app.person("cmo"), &asked, "approve").await.expect(200).body;
    assert_eq!((&last["state"], pair.read(&app).await["ends_on"].clone()), (&json!("rejected"), json!("2027-12-01")));
    drain(&app).await;
    let counts = ["approval.approved", "approval.rejected", "project.amended"].map(|kind| {
        let (client, path) = (app.admin(), format!("/v1/events?type={kind}&limit=100"));
        async move { client.get(&path).await.expect(200).body["data"].as_array().unwrap().len() }
    });
    // The charter that the project started with was approved.
    assert_eq!(futures_util::future::join_all(counts).await, [1, 1, 0]);
}

#[apply(both)]
async fn open_responses_need_a_charter_in_force_that_says_so(app: TestApp) {
    let pair = Pair::prepared(&app).await;
    let (cmo, cio) = (app.person("cmo"), app.person("cio"));
    let mut charter = cmo.get(&pair.at("charter")).await.expect(200).body["content"].clone();
    assert_eq!(charter.get("sealed"), None);
    charter.as_object_mut().unwrap().remove("sides");
    charter["sealed"] = json!(false);
    let written = cmo.put(&pair.at("charter"), "*", charter).await.expect(200).body;
    assert_eq!(written["content"]["sealed"], json!(false));
    cmo.act(&pair.at("propose")).await.expect(200);
    // The first signatures are sealed: no charter is in force.
    let first = pair.open(&app, "charter").await;
    assert_eq!(first["sealed"], json!(true));
    respond(&cmo, &first, "approve").await.expect(200);
    assert_eq!(approval(&cio, text(&first["id"])).await["responses"], json!([]));
    let missing = cio.get(&pair.at("readiness")).await.expect(200).body["blockers"].to_string();
    assert_eq!(missing.matches("\"signature_missing\"").count(), 2, "{missing}");
    respond(&cio, &first, "approve").await.expect(200);
    cio.act(&pair.at("activate")).await.expect(200);

    let (_, asked) = decision(&app, &pair).await;
    assert_eq!(asked["sealed"], json!(false));
    respond(&cio, &asked, "reject").await.expect(200);
    let seen = approval(&cmo, text(&asked["id"])).await;
    // A rejection is visible at once, and ends nothing either.
    assert_eq!((&seen["state"], &seen["responses"][0]["response"]), (&json!("open"), &json!("reject")));
    // An amendment that seals them again is responded to openly, and applies to what is asked afterwards.
    let amendment = amend(&app, &pair, "sealed", json!(true)).await;
    assert_eq!(amendment["sealed"], json!(false));
    for client in [&cmo, &cio] {
        respond(client, &amendment, "approve").await.expect(200);
    }
    assert_eq!(approval(&cmo, text(&asked["id"])).await["responses"][0]["response"], json!("reject"));
    assert_eq!(decision(&app, &pair).await.1["sealed"], json!(true));
}

#[apply(both)]
async fn the_lead_changes_with_a_charter_that_all_sides_sign(app: TestApp) {
    let pair = Pair::running(&app).await;
    let (lena, dana) = (person(&app, "lena", &pair.brand).await, person(&app, "dana", &pair.platform).await);
    let mut charter = app.person("cmo").get(&pair.at("charter")).await.expect(200).body["content"].clone();
    charter.as_object_mut().unwrap().remove("sides");
    let grant = |side: &str| pair.at(&format!("sides/{side}/delegations"));
    let days =
        |person: &str| json!({"delegate_person_id": person, "valid_from": "2027-03-30", "valid_to": "2027-04-30"});
    app.person("cio").post(&grant(&pair.platform), days(&dana)).await.expect(201);
    for (subject, scopes) in [("cmo", ALL_BUT_ADMIN), ("cmo", ALL_SCOPES)] {
        let attacker = app.caller(subject, scopes);
        let unknown = "per_01m7fgq4e8f4r9v3zk8x2c6b7d";
        for (lead, code) in
            [(pair.cmo.as_str(), "is_sponsor"), (pair.cio.as_str(), "is_sponsor"), (unknown, "unknown_reference")]
        {
            charter["lead_person_id"] = json!(lead);
            let refused = attacker.put(&pair.at("charter"), "*", charter.clone()).await.expect(422);
            refused.violates("/lead_person_id", code);
        }
        charter["lead_person_id"] = json!(dana);
        attacker.put(&pair.at("charter"), "*", charter.clone()).await.refused(409, "conflict");
        charter["lead_person_id"] = json!(lena);
        attacker.put(&pair.at("charter"), "*", charter.clone()).await.expect(200);
        assert_eq!(pair.read(&app).await["lead_person_id"], Value::Null);
    }
    let asked = pair.open(&app, "charter").await;
    respond(&app.person("cmo"), &asked, "approve").await.expect(200);
    // The next lead becomes a delegate meanwhile.
    let delegation = app.person("cmo").post(&grant(&pair.brand), days(&lena)).await.expect(201).id();
    respond(&app.person("cio"), &asked, "approve").await.refused(409, "conflict");
    app.person("cmo").act(&format!("/v1/delegations/{delegation}/revoke")).await.expect(200);
    respond(&app.person("cio"), &asked, "approve").await.expect(200);
    assert_eq!(pair.read(&app).await["lead_person_id"], json!(lena));
    app.person("cmo").post(&grant(&pair.brand), days(&lena)).await.refused(409, "conflict");
    // Without a lead in the text, the next charter has none.
    let asked = amend(&app, &pair, "lead_person_id", Value::Null).await;
    for subject in ["cmo", "cio"] {
        respond(&app.person(subject), &asked, "approve").await.expect(200);
    }
    assert_eq!(pair.read(&app).await["lead_person_id"], Value::Null);
}
