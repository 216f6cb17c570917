//! Attacks on the rule that no side names an arbiter, takes an area or forces a decision alone. The attacker is the
//! sponsor of the first side, once with every scope but `admin`, and once as an administrator.

use std::collections::BTreeSet;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::attacks_on_sponsors::{attackers, forbidden};
use super::support::actors::trail;
use super::support::client::Client;
use super::support::pair::{Pair, charter, drain, respond, text};
use super::support::team::{department, execute_sql, head, person, person_without_position};
use super::support::*;

const LATER: &str = "2027-04-12T08:00:00Z";

/// Raises a question on which the sides differ; returns the path of the decision.
pub async fn deadlock(app: &TestApp, pair: &Pair, question: &str) -> String {
    let body = json!({"question": question, "due_at": LATER});
    let raised = app.person("cmo").post(&pair.at("decisions"), body).await.expect(201).body;
    let asked = app.person("cmo").get(&format!("/v1/approvals/{}", text(&raised["approval_id"]))).await.expect(200);
    respond(&app.person("cmo"), &asked.body, "approve").await.expect(200);
    respond(&app.person("cio"), &asked.body, "reject").await.expect(200);
    format!("/v1/decisions/{}", text(&raised["decision"]["id"]))
}

pub async fn raise(app: &TestApp, pair: &Pair) -> Value {
    raise_as(app, pair, "cmo").await.expect(201).body
}

/// Raises a dispute about the policy as the sponsor with this login.
pub async fn raise_as(app: &TestApp, pair: &Pair, sponsor: &str) -> Reply {
    app.person(sponsor).post(&format!("/v1/areas/{}/disputes", pair.policy), json!({"claim": "Ours."})).await
}

pub async fn say(client: &Client, subject: &Value, response: &str) -> Reply {
    client.post(&format!("/v1/draws/{}/responses", text(&subject["draw_id"])), json!({"response": response})).await
}

pub async fn read(app: &TestApp, path: &str) -> Value {
    app.person("cmo").get(path).await.expect(200).body
}

/// Returns the arbiter as a caller.
pub async fn arbiter(app: &TestApp, person: &Value) -> Client {
    let found = app.admin().get(&format!("/v1/people/{}", text(person))).await.expect(200).body;
    app.person(text(&found["login"]))
}

/// Gives a person a regular position in a department, below a manager.
pub async fn employ(app: &TestApp, person: &str, department: &str, manager: Option<&str>) {
    let position = json!({
        "department_id": department, "title": "Auditor", "valid_from": "2020-01-01", "manager_person_id": manager
    });
    app.admin().post(&format!("/v1/people/{person}/home-positions"), position).await.expect(201);
}

#[apply(both)]
async fn no_side_names_an_arbiter_or_shortens_a_deadline(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada", "bob"]).await;
    let friend = person_without_position(&app, "friend").await;
    let decision = deadlock(&app, &pair, "Do we buy it?").await;
    let disputes = format!("/v1/areas/{}/disputes", pair.policy);
    for attacker in attackers(&app, "cmo") {
        let named = json!({"claim": "Ours.", "arbiter_person_id": friend});
        attacker.post(&disputes, named).await.expect(422).violates("/arbiter_person_id", "unknown_field");
        for soon in ["2027-03-30T07:00:01Z", "2027-04-02T21:59:59Z"] {
            let body = json!({"claim": "Ours.", "deadline": soon});
            attacker.post(&disputes, body).await.expect(422).violates("/deadline", "too_soon");
            let body = json!({"question": "Now?", "due_at": soon});
            attacker.post(&pair.at("decisions"), body).await.expect(422).violates("/due_at", "too_soon");
        }
        attacker.post(&format!("{decision}/escalate"), json!({"person_id": friend})).await.expect(422);
        let id = decision.rsplit('/').next().unwrap();
        let proposal = json!({"subject": id, "person_id": friend});
        attacker.post(&pair.at("arbiters"), proposal).await.refused(409, "conflict");
        let ruling = json!({"outcome": "approved", "rationale": "We want it."});
        forbidden(&attacker.post(&format!("{decision}/decide"), ruling).await);
    }
    // The earliest possible deadline is the default.
    let raised = raise(&app, &pair).await;
    assert_eq!(raised["deadline"], "2027-04-02T22:00:00Z");
    assert_eq!(raised["ruling_from"], raised["deadline"]);
    let settlement = json!({"person_id": pair.mia, "reason": "Ours."});
    for attacker in attackers(&app, "cmo") {
        forbidden(&attacker.post(&format!("/v1/disputes/{}/arbitrate", text(&raised["id"])), settlement.clone()).await);
    }
    assert_eq!(pair.owner(&app, &pair.policy, "2027-05-01").await, json!(pair.ivan));
}

#[apply(both)]
async fn a_panel_is_neutral_and_signed(app: TestApp) {
    let (brand, platform, audit) =
        (department(&app, "brand").await, department(&app, "platform").await, department(&app, "audit").await);
    let (cmo, cio) = (person(&app, "cmo", &brand).await, person(&app, "cio", &platform).await);
    head(&app, &brand, &cmo).await;
    head(&app, &platform, &cio).await;
    let (below, boss, owner) = (
        person_without_position(&app, "below").await,
        person_without_position(&app, "boss").await,
        person_without_position(&app, "owner").await,
    );
    let middle = person_without_position(&app, "middle").await;
    employ(&app, &middle, &audit, Some(&cmo)).await;
    employ(&app, &below, &audit, Some(&middle)).await;
    employ(&app, &boss, &audit, Some(&owner)).await;
    let colleague = person(&app, "colleague", &platform).await;
    let manager = |sponsor: &str, manager: &str| {
        format!("UPDATE home_positions SET manager_person_id = '{manager}' WHERE person_id = '{sponsor}'")
    };
    execute_sql(&app, vec![manager(&cmo, &boss), manager(&cio, &owner)]).await.unwrap();
    let mut body = charter(&brand, &platform, &cmo, &cio);
    body["panel"] = json!([cmo, colleague, below, boss, owner]);
    for attacker in attackers(&app, "cmo") {
        let refused = attacker.post("/v1/projects", body.clone()).await.expect(422);
        let biased: Vec<_> = refused.violations().into_iter().map(|(place, _)| place).collect();
        // The owner is above both sponsors.
        assert_eq!(biased, ["/panel/0", "/panel/1", "/panel/2", "/panel/3"], "{}", refused.text);
        let refused = refused.violates("/panel/0", "not_neutral").violates("/panel/2", "not_neutral");
        refused.violates("/panel/1", "not_neutral").violates("/panel/3", "not_neutral");
        let mut twice = body.clone();
        twice["panel"] = json!([owner, owner]);
        attacker.post("/v1/projects", twice).await.expect(422).violates("/panel/1", "duplicate_item");
    }
    body["panel"] = json!([owner]);
    let created = app.person("cmo").post("/v1/projects", body).await.expect(201);
    let at = |rest: &str| format!("{}/{rest}", created.header("location"));
    let content = app.person("cmo").get(&at("charter")).await.expect(200).body["content"].clone();
    assert_eq!((&content["panel"], &content["response_days"]), (&json!([owner]), &Value::Null));
    // Someone who works for a side later keeps the project from being proposed.
    employ(&app, &owner, &brand, None).await;
    let blockers = app.person("cmo").get(&at("readiness")).await.expect(200).body["blockers"].clone();
    let found = blockers.as_array().unwrap().iter().find(|one| one["code"] == "arbiter_not_neutral").cloned();
    assert_eq!(found.unwrap()["person_id"], json!(owner));
    app.person("cmo").act(&at("propose")).await.refused(409, "not_ready");
}

#[apply(both)]
async fn each_side_strikes_one_drawn_arbiter_once(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada", "bob", "eve"]).await;
    let raised = raise(&app, &pair).await;
    let path = format!("/v1/disputes/{}", text(&raised["id"]));
    forbidden(&say(&app.person("mia"), &raised, "strike").await);
    let replies = at_once(20, |_| {
        let (client, raised) = (app.person("cmo"), raised.clone());
        async move { say(&client, &raised, "strike").await }
    })
    .await;
    assert_eq!((with_status(&replies, 200), with_status(&replies, 409)), (1, 19));
    let second = read(&app, &path).await;
    assert_ne!(second["arbiter_person_id"], raised["arbiter_person_id"]);
    for attacker in attackers(&app, "cmo") {
        say(&attacker, &second, "strike").await.refused(409, "conflict");
        // The first draw has ended.
        say(&attacker, &raised, "waive").await.refused(409, "conflict");
    }
    say(&app.person("cio"), &second, "strike").await.expect(200);
    let third = read(&app, &path).await;
    let people = [&raised, &second, &third].map(|one| text(&one["arbiter_person_id"]).to_owned());
    assert_eq!(people.iter().collect::<BTreeSet<_>>().len(), 3);
    say(&app.person("cio"), &third, "strike").await.refused(409, "conflict");
    // The time starts again with each draw, and no side strikes after it.
    app.clock.set(text(&third["ruling_from"]).parse().unwrap());
    say(&app.person("cio"), &third, "waive").await.refused(409, "conflict");
}

#[apply(both)]
async fn the_draw_can_be_repeated_from_the_audit_trail(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada", "bob", "eve"]).await;
    let raised = raise(&app, &pair).await;
    let entries = trail(&app, &format!("subject={}", text(&raised["draw_id"]))).await;
    let draw = entries["data"][0]["after"].clone();
    let candidates = draw["candidates"].as_array().unwrap().clone();
    assert_eq!(candidates.len(), 3);
    let seed = HEXLOWER.decode(text(&draw["seed"]).as_bytes()).unwrap();
    let number = Sha256::digest(&seed).iter().take(16).fold(0_u128, |number, byte| (number << 8) | u128::from(*byte));
    assert_eq!(candidates[(number % 3) as usize], raised["arbiter_person_id"]);
    say(&app.person("cio"), &raised, "strike").await.expect(200);
    let entries = trail(&app, &format!("subject={}", text(&raised["draw_id"]))).await;
    assert_eq!(entries["data"][1]["after"]["struck_by_department_id"], json!(pair.platform));
}

#[apply(both)]
async fn one_side_does_not_make_a_ruling_possible_earlier(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada"]).await;
    let decision = deadlock(&app, &pair, "Do we buy it?").await;
    let escalated = app.person("cmo").act(&format!("{decision}/escalate")).await.expect(200).body;
    let judge = arbiter(&app, &escalated["escalated_to"]).await;
    let ruling = json!({"outcome": "approved", "rationale": "It is cheap."});
    for attacker in attackers(&app, "cmo") {
        say(&attacker, &escalated, "waive").await.expect(200);
        let early = judge.post(&format!("{decision}/decide"), ruling.clone()).await;
        early.refused(409, "illegal_transition");
    }
    assert_eq!(judge.get("/v1/me/inbox").await.expect(200).body["data"], json!([]));
    // All sides together can.
    say(&app.person("cio"), &escalated, "waive").await.expect(200);
    assert_eq!(judge.get("/v1/me/inbox").await.expect(200).body["data"].as_array().unwrap().len(), 1);
    let decided = judge.post(&format!("{decision}/decide"), ruling).await.expect(200).body;
    assert_eq!((&decided["state"], &decided["decided_by"]), (&json!("decided"), &escalated["escalated_to"]));
}

#[apply(both)]
async fn the_same_question_keeps_its_draw_and_its_strikes(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada", "bob", "eve"]).await;
    let cmo = app.person("cmo");
    let first = raise(&app, &pair).await;
    say(&cmo, &first, "strike").await.expect(200);
    let second = read(&app, &format!("/v1/disputes/{}", text(&first["id"]))).await;
    cmo.act(&format!("/v1/disputes/{}/withdraw", text(&first["id"]))).await.expect(200);
    app.clock.set("2027-04-20T08:00:00Z".parse().unwrap());
    // The other side can still raise it.
    let again = raise_as(&app, &pair, "cio").await.expect(201).body;
    assert_eq!(again["arbiter_person_id"], second["arbiter_person_id"]);
    assert_ne!(again["draw_id"], second["draw_id"]);
    say(&cmo, &again, "strike").await.refused(409, "conflict");

    // Another spelling is the same question.
    let decision = async |question: &str, due: &str| {
        let body = json!({"question": question, "due_at": due});
        let raised = cmo.post(&pair.at("decisions"), body).await.expect(201).body;
        let asked = cmo.get(&format!("/v1/approvals/{}", text(&raised["approval_id"]))).await.expect(200).body;
        respond(&cmo, &asked, "approve").await.expect(200);
        respond(&app.person("cio"), &asked, "reject").await.expect(200);
        let path = format!("/v1/decisions/{}", text(&raised["decision"]["id"]));
        let escalated = cmo.act(&format!("{path}/escalate")).await.expect(200).body;
        (path, escalated)
    };
    let (path, one) = decision("Do we buy it?", "2027-05-10T08:00:00Z").await;
    say(&cmo, &one, "strike").await.expect(200);
    let struck = read(&app, &path).await;
    cmo.act(&format!("{path}/withdraw")).await.expect(200);
    let (_, other) = decision("do we buy it", "2027-05-10T08:00:00Z").await;
    assert_eq!(other["escalated_to"], struck["escalated_to"]);
    say(&cmo, &other, "strike").await.refused(409, "conflict");
}

#[apply(both)]
async fn without_a_panel_all_sides_approve_an_arbiter(app: TestApp) {
    let pair = Pair::running(&app).await;
    let judge = person_without_position(&app, "judge").await;
    let raised = raise(&app, &pair).await;
    assert_eq!((&raised["arbiter_person_id"], &raised["draw_id"]), (&Value::Null, &Value::Null));
    let proposal = |person: &str| json!({"subject": raised["id"], "person_id": person});
    let path = format!("/v1/disputes/{}", text(&raised["id"]));
    for attacker in attackers(&app, "cmo") {
        let biased = attacker.post(&pair.at("arbiters"), proposal(&pair.max)).await.expect(422);
        biased.violates("/person_id", "not_neutral");
        let asked = attacker.post(&pair.at("arbiters"), proposal(&judge)).await.expect(201).body;
        assert_eq!((&asked["kind"], &asked["waiting_for"]), (&json!("arbiter"), &json!([pair.platform])));
        assert_eq!(asked["due_at"], "2027-04-02T22:00:00Z");
        assert_eq!(read(&app, &path).await["arbiter_person_id"], Value::Null);
        attacker.act(&format!("/v1/approvals/{}/withdraw", text(&asked["id"]))).await.expect(200);
    }
    // Rejected: the area is released, and its owner stays the same.
    let asked = app.person("cmo").post(&pair.at("arbiters"), proposal(&judge)).await.expect(201).body;
    respond(&app.person("cio"), &asked, "reject").await.expect(200);
    assert_eq!(read(&app, &path).await["state"], "unresolved");
    assert_eq!(pair.owner(&app, &pair.policy, "2027-05-01").await, json!(pair.ivan));
    let offer = json!({"to_person_id": pair.ina});
    app.person("ivan").post(&format!("/v1/areas/{}/transfers", pair.policy), offer).await.expect(201);

    // Approved: the arbiter waits like one who was drawn, unless all sides waive it.
    let raised = raise_as(&app, &pair, "cio").await.expect(201).body;
    let proposal = json!({"subject": raised["id"], "person_id": judge});
    let asked = app.person("cio").post(&pair.at("arbiters"), proposal).await.expect(201).body;
    respond(&app.person("cmo"), &asked, "approve").await.expect(200);
    let settlement = json!({"person_id": pair.mia, "reason": "It is about brands."});
    let arbitrate = format!("/v1/disputes/{}/arbitrate", text(&raised["id"]));
    app.person("judge").post(&arbitrate, settlement.clone()).await.refused(409, "illegal_transition");
    let named = read(&app, &format!("/v1/disputes/{}", text(&raised["id"]))).await;
    assert_eq!((&named["arbiter_person_id"], &named["ruling_from"]), (&json!(judge), &json!("2027-04-02T22:00:00Z")));
    for attacker in attackers(&app, "cmo") {
        say(&attacker, &named, "strike").await.refused(409, "conflict");
        say(&attacker, &named, "waive").await.expect(200);
        app.person("judge").post(&arbitrate, settlement.clone()).await.refused(409, "illegal_transition");
    }
    say(&app.person("cio"), &named, "waive").await.expect(200);
    app.person("judge").post(&arbitrate, settlement).await.expect(200);
    assert_eq!(pair.owner(&app, &pair.policy, "2027-05-01").await, json!(pair.mia));
}

#[apply(both)]
async fn a_side_that_does_not_respond_leaves_a_dispute_unresolved_and_a_decision_deadlocked(app: TestApp) {
    let pair = Pair::running(&app).await;
    let judge = person_without_position(&app, "judge").await;
    let raised = raise(&app, &pair).await;
    let decision = deadlock(&app, &pair, "Do we buy it?").await;
    app.person("cmo").act(&format!("{decision}/escalate")).await.refused(409, "conflict");
    for subject in [text(&raised["id"]), decision.rsplit('/').next().unwrap()] {
        let proposal = json!({"subject": subject, "person_id": judge});
        app.person("cmo").post(&pair.at("arbiters"), proposal).await.expect(201);
    }
    app.clock.set("2027-04-02T22:00:00Z".parse().unwrap());
    drain(&app).await;
    assert_eq!(read(&app, &format!("/v1/disputes/{}", text(&raised["id"]))).await["state"], "unresolved");
    assert_eq!(read(&app, &decision).await["state"], "deadlocked");
    assert_eq!(pair.owner(&app, &pair.policy, "2027-05-01").await, json!(pair.ivan));
}

#[apply(both)]
async fn a_silent_arbiter_is_replaced_by_all_sides_only(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada"]).await;
    let judge = person_without_position(&app, "judge").await;
    let raised = raise(&app, &pair).await;
    let proposal = json!({"subject": raised["id"], "person_id": judge});
    app.person("cmo").post(&pair.at("arbiters"), proposal.clone()).await.refused(409, "conflict");
    app.clock.set(text(&raised["ruling_until"]).parse().unwrap());
    let asked = app.person("cmo").post(&pair.at("arbiters"), proposal).await.expect(201).body;
    let path = format!("/v1/disputes/{}", text(&raised["id"]));
    assert_eq!(read(&app, &path).await["arbiter_person_id"], raised["arbiter_person_id"]);
    respond(&app.person("cio"), &asked, "approve").await.expect(200);
    assert_eq!(read(&app, &path).await["arbiter_person_id"], json!(judge));
}

#[apply(both)]
async fn a_panel_that_is_exhausted_leaves_a_decision_deadlocked(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada", "bob"]).await;
    let decision = deadlock(&app, &pair, "Do we buy it?").await;
    let escalated = app.person("cmo").act(&format!("{decision}/escalate")).await.expect(200).body;
    say(&app.person("cmo"), &escalated, "strike").await.expect(200);
    let second = read(&app, &decision).await;
    say(&app.person("cio"), &second, "strike").await.expect(200);
    let left = read(&app, &decision).await;
    assert_eq!((&left["state"], &left["escalated_to"]), (&json!("deadlocked"), &Value::Null));
    app.person("cmo").act(&format!("{decision}/escalate")).await.refused(409, "conflict");
}

#[apply(both)]
async fn no_one_is_drawn_who_is_no_longer_neutral(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada", "bob"]).await;
    let people = app.admin().get("/v1/people?limit=100").await.expect(200).body["data"].clone();
    let id = |login: &str| {
        text(&people.as_array().unwrap().iter().find(|one| one["login"] == login).unwrap()["id"]).to_owned()
    };
    // The CMO becomes the manager of Bob.
    employ(&app, &id("bob"), &department(&app, "audit").await, Some(&pair.cmo)).await;
    for number in 0..8 {
        let decision = deadlock(&app, &pair, &format!("Do we buy number {number}?")).await;
        let escalated = app.person("cmo").act(&format!("{decision}/escalate")).await.expect(200).body;
        assert_eq!(escalated["escalated_to"], json!(id("ada")));
    }
}

#[apply(both)]
async fn parallel_escalations_draw_one_arbiter(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada", "bob", "eve"]).await;
    let decision = deadlock(&app, &pair, "Do we buy it?").await;
    let replies = at_once(20, |number| {
        let (client, path) = (app.person(["cmo", "cio"][number % 2]), format!("{decision}/escalate"));
        async move { client.act(&path).await }
    })
    .await;
    assert_eq!((with_status(&replies, 200), with_status(&replies, 409)), (1, 19));
}

#[apply(both)]
async fn the_time_to_respond_is_what_all_sides_have_signed(app: TestApp) {
    let pair = Pair::running_with(&app, json!({"response_days": 1})).await;
    assert_eq!(raise(&app, &pair).await["deadline"], "2027-03-31T22:00:00Z");
    let read = app.person("cmo").get(&pair.at("charter")).await.expect(200);
    let mut body = read.body["content"].clone();
    body.as_object_mut().unwrap().remove("sides");
    body["response_days"] = json!(10);
    for attacker in attackers(&app, "cmo") {
        body["response_days"] = json!(0);
        attacker.put(&pair.at("charter"), "*", body.clone()).await.expect(422);
        // An amendment counts once all sides have signed it.
        body["response_days"] = json!(10);
        attacker.put(&pair.at("charter"), "*", body.clone()).await.expect(200);
        let question = json!({"question": "Now?", "due_at": "2027-03-31T22:00:00Z"});
        attacker.post(&pair.at("decisions"), question).await.expect(201);
    }
}
