//! Attacks on the rule that no side blocks a joint action by not responding, and that no side uses the silence of
//! another: only a drawn arbiter decides for a silent side, and only after twice its time. The attacker is the sponsor
//! of the first side, once with every scope but `admin`, and once as an administrator.

use std::collections::BTreeSet;

use super::attacks_arbitration::{arbiter, deadlock, raise, read, say};
use super::attacks_on_sponsors::{attackers, forbidden, move_to};
use super::support::client::Client;
use super::support::pair::{Pair, drain, respond, text};
use super::support::team::{department, execute_sql, person_without_position};
use super::support::*;

const DUE: &str = "2027-04-02T22:00:00Z";
const SILENT: &str = "2027-04-07T22:00:00Z";

/// Sets the clock.
pub fn at(app: &TestApp, time: &Value) {
    app.clock.set(text(time).parse().unwrap());
}

fn escalation(approval: &Value) -> String {
    format!("/v1/approvals/{}/escalate", text(&approval["id"]))
}

/// Requests to close the project on behalf of the first side, and waits until the second side counts as silent.
pub async fn silence(app: &TestApp, pair: &Pair) -> Value {
    let asked = app.person("cmo").act(&pair.at("close")).await.expect(201).body;
    at(app, &asked["silent_from"]);
    asked
}

pub async fn escalate(app: &TestApp, approval: &Value) -> Value {
    app.person("cmo").act(&escalation(approval)).await.expect(200).body
}

/// Responds as the arbiter.
async fn rule(client: &Client, approval: &Value, choice: &str) -> Reply {
    let body = json!({"response": choice, "sha256": approval["sha256"], "reason": "The work is done."});
    client.post(&format!("/v1/approvals/{}/responses", text(&approval["id"])), body).await
}

/// Returns the ids of the approvals in the inbox of a caller.
async fn inbox(client: &Client) -> Vec<Value> {
    let items = client.get("/v1/me/inbox").await.expect(200).body["data"].clone();
    let approvals = items.as_array().unwrap().iter().filter(|item| item["kind"] == "approval");
    approvals.map(|item| item["id"].clone()).collect()
}

#[apply(both)]
async fn every_approval_is_due_and_an_overdue_one_stays_open(app: TestApp) {
    let pair = Pair::running(&app).await;
    let close = app.person("cmo").act(&pair.at("close")).await.expect(201).body;
    assert_eq!((&close["due_at"], &close["silent_from"]), (&json!(DUE), &json!(SILENT)));
    let leave = json!({"ends_on": "2027-06-01", "reason": "Needed elsewhere."});
    let membership = text(&pair.membership(&app, &pair.max).await["id"]).to_owned();
    let release = app.person("cmo").post(&format!("/v1/memberships/{membership}/release"), leave).await.expect(201);
    assert_eq!(release.body["due_at"], DUE);
    let raised = raise(&app, &pair).await;
    let settlement = json!({"person_id": pair.mia, "reason": "Ours."});
    let path = format!("/v1/disputes/{}/settlements", text(&raised["id"]));
    let settlement = app.person("cmo").post(&path, settlement).await.expect(201).body;
    assert_eq!((&settlement["due_at"], &settlement["silent_from"]), (&json!(DUE), &Value::Null));
    drain(&app).await;
    app.clock.set("2027-04-10T08:00:00Z".parse().unwrap());
    drain(&app).await;
    // The other side can still respond, and is reminded of it.
    let cio = app.person("cio");
    for approval in [&close, &release.body, &settlement] {
        assert!(inbox(&cio).await.contains(&approval["id"]));
    }
    let feed = app.drained_feed().await;
    let overdue = feed.iter().filter(|event| event["type"] == "approval.overdue").count();
    assert_eq!(overdue, 3);
    respond(&cio, &close, "approve").await.expect(200);
    assert_eq!(pair.state(&app).await, "closing");
}

#[apply(both)]
async fn no_side_uses_the_silence_of_another_alone(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada", "bob", "eve"]).await;
    let asked = app.person("cmo").act(&pair.at("close")).await.expect(201).body;
    app.clock.set("2027-04-07T21:59:59Z".parse().unwrap());
    for attacker in attackers(&app, "cmo") {
        attacker.act(&escalation(&asked)).await.refused(409, "conflict");
    }
    at(&app, &asked["silent_from"]);
    // Only the side that asked.
    for attacker in attackers(&app, "cio") {
        forbidden(&attacker.act(&escalation(&asked)).await);
    }
    forbidden(&app.admin().act(&escalation(&asked)).await);
    forbidden(&app.person("mia").act(&escalation(&asked)).await);
    let escalated = escalate(&app, &asked).await;
    let judge = arbiter(&app, &escalated["arbiter_person_id"]).await;
    for attacker in attackers(&app, "cmo") {
        attacker.act(&escalation(&asked)).await.refused(409, "conflict");
        // Approving again is no response of the other side.
        assert_eq!(respond(&attacker, &asked, "approve").await.expect(200).body["waiting_for"], json!([pair.platform]));
        say(&attacker, &escalated, "waive").await.expect(200);
    }
    assert_eq!(inbox(&judge).await, [] as [Value; 0]);
    rule(&judge, &asked, "approve").await.refused(409, "illegal_transition");
    at(&app, &escalated["ruling_from"]);
    assert_eq!(inbox(&judge).await, [asked["id"].clone()]);
    respond(&judge, &asked, "approve").await.expect(422).violates("/reason", "reason_missing");
    let replies = at_once(20, |_| {
        let (judge, asked) = (judge.clone(), asked.clone());
        async move { rule(&judge, &asked, "approve").await }
    })
    .await;
    assert_eq!(with_status(&replies, 200), 1);
    assert_eq!(pair.state(&app).await, "closing");
    let ended = read(&app, &format!("/v1/approvals/{}", text(&asked["id"]))).await;
    let given = ended["responses"].as_array().unwrap().iter().find(|one| one["department_id"] == json!(pair.platform));
    let given = given.unwrap();
    assert_eq!((&ended["state"], &given["person_id"]), (&json!("approved"), &escalated["arbiter_person_id"]));
    assert_eq!((&given["draw_id"], &given["reason"]), (&escalated["draw_id"], &json!("The work is done.")));
    // What an arbiter responds is no response of the side in any figure.
    let report = app.person("cmo").get(&pair.at("partnership")).await.expect(200).body;
    assert_eq!(report["sides"][1]["latency"]["without_response"], json!(1), "{report}");
}

#[apply(both)]
async fn an_arbiter_can_decide_against_the_side_that_asked(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada"]).await;
    let asked = silence(&app, &pair).await;
    let escalated = escalate(&app, &asked).await;
    at(&app, &escalated["ruling_from"]);
    let judge = arbiter(&app, &escalated["arbiter_person_id"]).await;
    assert_eq!(rule(&judge, &asked, "reject").await.expect(200).body["state"], "rejected");
    assert_eq!(pair.state(&app).await, "active");
    // Asked again, it keeps its arbiter.
    let again = app.person("cmo").act(&pair.at("close")).await.expect(201).body;
    at(&app, &again["silent_from"]);
    assert_eq!(escalate(&app, &again).await["arbiter_person_id"], escalated["arbiter_person_id"]);
}

#[apply(both)]
async fn a_silent_side_can_respond_until_the_ruling(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada"]).await;
    let asked = silence(&app, &pair).await;
    let escalated = escalate(&app, &asked).await;
    at(&app, &escalated["ruling_from"]);
    let judge = arbiter(&app, &escalated["arbiter_person_id"]).await;
    respond(&app.person("cio"), &asked, "reject").await.expect(200);
    rule(&judge, &asked, "approve").await;
    let ended = read(&app, &format!("/v1/approvals/{}", text(&asked["id"]))).await;
    assert_eq!((&ended["state"], ended["responses"].as_array().unwrap().len()), (&json!("rejected"), 2));
    assert_eq!(pair.state(&app).await, "active");
}

#[apply(both)]
async fn an_arbiter_decides_for_the_silent_sides_only_and_opens_the_others(app: TestApp) {
    let (panel, lena) = (person_without_position(&app, "ada").await, person_without_position(&app, "lena").await);
    let pair = Pair::running_with(&app, json!({"panel": [panel]})).await;
    let lead = format!("UPDATE projects SET lead_person_id = '{lena}' WHERE id = '{}'", pair.project);
    execute_sql(&app, vec![lead]).await.unwrap();
    // The request of the lead is the response of no side.
    let asked = app.person("lena").act(&pair.at("close")).await.expect(201).body;
    assert_eq!(asked["waiting_for"], json!([pair.brand, pair.platform]));
    respond(&app.person("cio"), &asked, "reject").await.expect(200);
    at(&app, &asked["silent_from"]);
    for attacker in attackers(&app, "cmo") {
        forbidden(&attacker.act(&escalation(&asked)).await);
    }
    let escalated = app.person("lena").act(&escalation(&asked)).await.expect(200).body;
    at(&app, &escalated["ruling_from"]);
    let (judge, path) = (app.person("ada"), format!("/v1/approvals/{}", text(&asked["id"])));
    for client in [&judge, &app.person("cmo"), &app.person("lena"), &app.admin()] {
        let seen = client.get(&path).await.expect(200).body;
        assert_eq!((&seen["responses"], &seen["responded"]), (&json!([]), &json!([pair.platform])));
    }
    let ended = rule(&judge, &asked, "approve").await.expect(200).body;
    assert_eq!((&ended["state"], ended["responses"].as_array().unwrap().len()), (&json!("rejected"), 2));
    let of_platform =
        ended["responses"].as_array().unwrap().iter().find(|one| one["department_id"] == json!(pair.platform));
    let of_platform = of_platform.unwrap();
    assert_eq!((&of_platform["response"], &of_platform["draw_id"]), (&json!("reject"), &Value::Null));
    assert_eq!(pair.state(&app).await, "active");
}

#[apply(both)]
async fn a_side_without_a_sponsor_counts_as_silent(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada"]).await;
    let asked = app.person("cmo").post(&pair.at("cancel"), json!({"reason": "No budget."})).await.expect(201).body;
    let remove = pair.at(&format!("sides/{}/sponsor/remove", pair.platform));
    app.admin().post(&remove, json!({"reason": "Left."})).await.expect(200);
    for attacker in attackers(&app, "cmo") {
        attacker.act(&escalation(&asked)).await.refused(409, "conflict");
        // Approving again is no response of the other side.
        assert_eq!(respond(&attacker, &asked, "approve").await.expect(200).body["waiting_for"], json!([pair.platform]));
    }
    at(&app, &asked["silent_from"]);
    let escalated = escalate(&app, &asked).await;
    assert_eq!(pair.state(&app).await, "active");
    at(&app, &escalated["ruling_from"]);
    rule(&app.person("ada"), &asked, "approve").await.expect(200);
    assert_eq!(pair.state(&app).await, "cancelled");
}

/// The sponsor of one side leaves its department, so that the system puts the project on hold, which has no end.
#[apply(both)]
async fn a_side_does_not_stop_a_project_by_leaving_it(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada"]).await;
    move_to(&app, &pair.cmo, Some(&department(&app, "elsewhere").await)).await;
    drain(&app).await;
    let cio = app.person("cio");
    // What the panel cannot decide for a side still waits for a sponsor.
    let question = json!({"question": "Shall we?", "due_at": "2027-04-12T08:00:00Z"});
    cio.post(&pair.at("decisions"), question).await.refused(409, "not_ready");
    app.clock.set("2027-04-20T08:00:00Z".parse().unwrap());
    drain(&app).await;
    assert_eq!(pair.state(&app).await, "on_hold");
    for (verb, state) in [("resume", "active"), ("cancel", "cancelled")] {
        let asked = cio.post(&pair.at(verb), json!({"reason": "We go on."})).await.expect(201).body;
        assert_eq!(asked["waiting_for"], json!([pair.brand]));
        for attacker in attackers(&app, "cmo") {
            forbidden(&respond(&attacker, &asked, "reject").await);
            forbidden(&attacker.act(&format!("/v1/approvals/{}/withdraw", text(&asked["id"]))).await);
        }
        // The other side does not decide alone.
        cio.act(&escalation(&asked)).await.refused(409, "conflict");
        at(&app, &asked["silent_from"]);
        let escalated = cio.act(&escalation(&asked)).await.expect(200).body;
        at(&app, &escalated["ruling_from"]);
        rule(&app.person("ada"), &asked, "approve").await.expect(200);
        // The system does not put the project on hold again at once.
        drain(&app).await;
        assert_eq!(pair.state(&app).await, state);
    }
}

#[apply(both)]
async fn a_panel_that_is_struck_or_silent_decides_nothing(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada", "bob", "eve"]).await;
    let asked = silence(&app, &pair).await;
    let path = format!("/v1/approvals/{}", text(&asked["id"]));
    let first = escalate(&app, &asked).await;
    say(&app.person("cio"), &first, "strike").await.expect(200);
    let second = read(&app, &path).await;
    let late = arbiter(&app, &second["arbiter_person_id"]).await;
    // A silent arbiter is replaced by another one of the panel, and never decides again.
    app.person("cmo").act(&escalation(&asked)).await.refused(409, "conflict");
    at(&app, &second["ruling_until"]);
    let third = escalate(&app, &asked).await;
    let drawn = [&first, &second, &third].map(|one| text(&one["arbiter_person_id"]).to_owned());
    assert_eq!(drawn.iter().collect::<BTreeSet<_>>().len(), 3);
    forbidden_or_hidden(&rule(&late, &asked, "approve").await);
    say(&app.person("cmo"), &third, "strike").await.expect(200);
    let left = read(&app, &path).await;
    assert_eq!((&left["state"], &left["arbiter_person_id"]), (&json!("open"), &Value::Null));
    for attacker in attackers(&app, "cmo") {
        attacker.act(&escalation(&asked)).await.refused(409, "conflict");
        let proposal = json!({"subject": asked["id"], "person_id": drawn[0]});
        attacker.post(&pair.at("arbiters"), proposal).await.expect(422).violates("/subject", "unknown_reference");
    }
    assert_eq!(pair.state(&app).await, "active");
}

#[track_caller]
fn forbidden_or_hidden(reply: &Reply) {
    assert!([403, 404].contains(&reply.status), "{}", reply.text);
}

#[apply(both)]
async fn without_a_panel_or_for_other_kinds_silence_decides_nothing(app: TestApp) {
    let pair = Pair::running(&app).await;
    let asked = silence(&app, &pair).await;
    app.person("cmo").act(&escalation(&asked)).await.refused(409, "conflict");
    let question = json!({"question": "Shall we?", "due_at": "2027-05-01T08:00:00Z"});
    let raised = app.person("cmo").post(&pair.at("decisions"), question).await.expect(201).body;
    let path = format!("/v1/approvals/{}/escalate", text(&raised["approval_id"]));
    app.person("cmo").act(&path).await.refused(409, "conflict");
    assert_eq!(pair.state(&app).await, "active");
}

#[apply(both)]
async fn parallel_escalations_of_an_approval_draw_one_arbiter(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada", "bob", "eve"]).await;
    let asked = silence(&app, &pair).await;
    let replies = at_once(20, |_| {
        let (client, path) = (app.person("cmo"), escalation(&asked));
        async move { client.act(&path).await }
    })
    .await;
    assert_eq!((with_status(&replies, 200), with_status(&replies, 409)), (1, 19));
}

#[apply(both)]
async fn no_side_freezes_an_area_by_a_far_deadline(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada"]).await;
    let path = format!("/v1/areas/{}/disputes", pair.policy);
    for attacker in attackers(&app, "cmo") {
        for late in ["2099-01-01T00:00:00Z", "2027-04-15T22:00:01Z"] {
            let body = json!({"claim": "Ours.", "deadline": late});
            attacker.post(&path, body).await.expect(422).violates("/deadline", "too_late");
        }
    }
    let body = json!({"claim": "Ours.", "deadline": "2027-04-15T22:00:00Z"});
    let raised = app.person("cmo").post(&path, body).await.expect(201).body;
    assert_eq!(raised["ruling_from"], raised["deadline"]);
}

/// Raises a question on which the sides differ, and escalates it.
async fn escalated_question(app: &TestApp, pair: &Pair, question: &str) -> (String, Value) {
    let path = deadlock(app, pair, question).await;
    let escalated = app.person("cmo").act(&format!("{path}/escalate")).await.expect(200).body;
    (path, escalated)
}

#[apply(both)]
async fn other_words_draw_no_other_arbiter(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada", "bob", "eve"]).await;
    let (path, first) = escalated_question(&app, &pair, "Do we buy it?").await;
    // Neither in addition to the question, nor after it was withdrawn.
    let (other, second) = escalated_question(&app, &pair, "Shall the company purchase the platform?").await;
    assert_eq!(second["escalated_to"], first["escalated_to"]);
    for path in [&path, &other] {
        app.person("cmo").act(&format!("{path}/withdraw")).await.expect(200);
    }
    for number in 0..6 {
        let (path, again) = escalated_question(&app, &pair, &format!("Is platform {number} worth its price?")).await;
        assert_eq!(again["escalated_to"], first["escalated_to"]);
        app.person("cmo").act(&format!("{path}/withdraw")).await.expect(200);
    }
    // The strikes are kept, too.
    let (path, again) = escalated_question(&app, &pair, "What about the platform?").await;
    say(&app.person("cmo"), &again, "strike").await.expect(200);
    let struck = read(&app, &path).await;
    app.person("cmo").act(&format!("{path}/withdraw")).await.expect(200);
    let (_, again) = escalated_question(&app, &pair, "And the platform?").await;
    assert_eq!(again["escalated_to"], struck["escalated_to"]);
    say(&app.person("cmo"), &again, "strike").await.refused(409, "conflict");
}

#[apply(both)]
async fn a_decision_stays_deadlocked_once_an_arbiter_was_not_approved(app: TestApp) {
    for overdue in [false, true] {
        let app = app.fresh();
        let pair = Pair::with_panel(&app, &["ada", "bob", "eve"]).await;
        let judge = person_without_position(&app, "judge").await;
        let (path, escalated) = escalated_question(&app, &pair, "Do we buy it?").await;
        at(&app, &escalated["ruling_until"]);
        let proposal = json!({"subject": path.rsplit('/').next().unwrap(), "person_id": judge});
        let asked = app.person("cmo").post(&pair.at("arbiters"), proposal.clone()).await.expect(201).body;
        if overdue {
            at(&app, &asked["due_at"]);
            drain(&app).await;
        } else {
            respond(&app.person("cio"), &asked, "reject").await.expect(200);
        }
        assert_eq!(read(&app, &path).await["state"], "deadlocked");
        for attacker in attackers(&app, "cmo") {
            attacker.act(&format!("{path}/escalate")).await.refused(409, "conflict");
        }
        assert_eq!(read(&app, &path).await["state"], "deadlocked");
        // All sides together can name one.
        let asked = app.person("cmo").post(&pair.at("arbiters"), proposal).await.expect(201).body;
        respond(&app.person("cio"), &asked, "approve").await.expect(200);
        at(&app, &read(&app, &path).await["ruling_from"]);
        let ruling = json!({"outcome": "approved", "rationale": "It is cheap."});
        app.person("judge").post(&format!("{path}/decide"), ruling).await.expect(200);
    }
}

#[apply(both)]
async fn the_offboarding_report_names_panels_and_approvals_to_decide(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada"]).await;
    let asked = silence(&app, &pair).await;
    let escalated = escalate(&app, &asked).await;
    let person = text(&escalated["arbiter_person_id"]);
    let report = app.admin().get(&format!("/v1/people/{person}/offboarding-report")).await.expect(200).body;
    assert_eq!((&report["panels"], &report["approvals_arbitrated"]), (&json!([pair.project]), &json!([asked["id"]])));
    let body = json!({"reason": "The contract ends."});
    let left = app.admin().post(&format!("/v1/people/{person}/offboard"), body).await.expect(200).body;
    let panel = json!({"kind": "panel", "id": pair.project, "project_id": pair.project, "needs": "all_sides"});
    assert!(left["remaining"].as_array().unwrap().contains(&panel), "{left}");
    // A project that has ended has no panel.
    respond(&app.person("cio"), &asked, "approve").await.expect(200);
    let cancel = app.person("cmo").act(&pair.at("cancel")).await.expect(201).body;
    respond(&app.person("cio"), &cancel, "approve").await.expect(200);
    let report = app.admin().get(&format!("/v1/people/{person}/offboarding-report")).await.expect(200).body;
    assert_eq!((&report["panels"], &report["approvals_arbitrated"]), (&json!([]), &json!([])));
}
