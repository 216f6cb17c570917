//! Transfers of areas, corrections, disputes, decisions, and data conflicts between projects.

use super::support::pair::{Pair, charter, drain, respond, text};
use super::support::team::put_in_state;
use super::support::*;

async fn offer(app: &TestApp, pair: &Pair, area: &str, to: &str, on: Option<&str>) -> Value {
    let mut body = json!({"to_person_id": to});
    if let Some(day) = on {
        body["effective_on"] = json!(day);
    }
    let _ = pair;
    app.person("cmo").post(&format!("/v1/areas/{area}/transfers"), body).await.expect(201).body
}

fn transfer_at(transfer: &Value, verb: &str) -> String {
    format!("/v1/transfers/{}/{verb}", text(&transfer["id"]))
}

#[apply(both)]
async fn an_area_has_an_owner_at_every_second_of_a_transfer(app: TestApp) {
    let pair = Pair::running(&app).await;
    let now = async || {
        let areas = app.person("mia").get(&pair.at("areas")).await.expect(200);
        let area = areas.body["data"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["id"] == json!(pair.databases))
            .unwrap()
            .clone();
        area["accountable"]["person_id"].clone()
    };
    // A transfer that takes effect when it is accepted.
    let transfer = offer(&app, &pair, &pair.databases, &pair.max, None).await;
    let start = app.now();
    for second in 0..5 {
        app.clock.set(start.plus_seconds(second));
        assert_eq!(now().await, json!(pair.mia), "{second}");
    }
    app.person("max").act(&transfer_at(&transfer, "accept")).await.expect(200);
    for second in 5..10 {
        app.clock.set(start.plus_seconds(second));
        assert_eq!(now().await, json!(pair.max), "{second}");
    }
    // A transfer that takes effect at the start of a later day.
    let transfer = offer(&app, &pair, &pair.databases, &pair.mia, Some("2027-04-05")).await;
    let accepted = app.person("mia").act(&transfer_at(&transfer, "accept")).await.expect(200);
    assert_eq!(accepted.body["state"], "completed");
    let midnight = "2027-04-05T00:00:00Z".parse::<entente::kernel::time::UtcTime>().unwrap();
    for second in -5..5 {
        app.clock.set(midnight.plus_seconds(second));
        let expected = if second < 0 { &pair.max } else { &pair.mia };
        assert_eq!(now().await, json!(expected), "{second}");
        let coverage = app.person("mia").get(&pair.at("ownership/coverage")).await.expect(200);
        assert_eq!(coverage.body["complete"], true);
    }
}

#[apply(both)]
async fn a_transfer_is_settled_once(app: TestApp) {
    let pair = Pair::running(&app).await;
    let transfer = offer(&app, &pair, &pair.databases, &pair.max, None).await;
    app.person("mia")
        .post(&format!("/v1/areas/{}/transfers", pair.databases), json!({"to_person_id": pair.max}))
        .await
        .refused(409, "already_exists");
    app.person("ivan").act(&transfer_at(&transfer, "accept")).await.refused(403, "forbidden");
    let replies = at_once(20, |number| {
        let (subject, verb) =
            [("max", "accept"), ("max", "reject"), ("cmo", "withdraw"), ("mia", "withdraw")][number % 4];
        let (client, path) = (app.person(subject), transfer_at(&transfer, verb));
        async move { client.act(&path).await }
    })
    .await;
    assert_eq!(with_status(&replies, 200), 1);
    assert_eq!(with_status(&replies, 409), 19);
    let owners = app
        .person("mia")
        .get(&format!("/v1/areas/{}/assignments?responsibility=accountable&as_of=2027-05-01", pair.databases))
        .await
        .expect(200);
    assert_eq!(owners.body["data"].as_array().unwrap().len(), 1);
}

#[apply(both)]
async fn an_expired_transfer_can_be_offered_again(app: TestApp) {
    let pair = Pair::running(&app).await;
    let transfer = offer(&app, &pair, &pair.databases, &pair.max, None).await;
    app.clock.advance(std::time::Duration::from_secs(14 * 86_400));
    let read = app.person("max").get(&format!("/v1/transfers/{}", text(&transfer["id"]))).await.expect(200);
    assert_eq!(read.body["state"], "expired");
    app.person("max").act(&transfer_at(&transfer, "accept")).await.refused(409, "illegal_transition");
    drain(&app).await;
    drain(&app).await;
    let entries = app.admin().get(&format!("/v1/audit-entries?subject={}", text(&transfer["id"]))).await.expect(200);
    let actions: Vec<_> =
        entries.body["data"].as_array().unwrap().iter().map(|one| text(&one["action"]).to_owned()).collect();
    assert_eq!(actions, ["transfer.offered", "transfer.expired"]);
    offer(&app, &pair, &pair.databases, &pair.max, None).await;
}

#[apply(both)]
async fn a_transfer_to_another_side_needs_approval_and_amends_the_charter(app: TestApp) {
    let pair = Pair::running(&app).await;
    let transfer = offer(&app, &pair, &pair.databases, &pair.ina, None).await;
    assert_eq!(transfer["to_department_id"], json!(pair.platform));
    let accepted = app.person("ina").act(&transfer_at(&transfer, "accept")).await.expect(200);
    assert_eq!(accepted.body["state"], "accepted");
    assert_eq!(pair.owner(&app, &pair.databases, "2027-05-01").await, json!(pair.mia));
    let approval = pair.open(&app, "transfer").await;
    assert_eq!(approval["terms"]["transfer"]["person_id"], json!(pair.ina));
    pair.approve_by_both(&app, &approval).await;
    assert_eq!(pair.owner(&app, &pair.databases, "2027-05-01").await, json!(pair.ina));
    let read = app.person("ina").get(&format!("/v1/transfers/{}", text(&transfer["id"]))).await.expect(200);
    assert_eq!(read.body["state"], "completed");
    // The charter in force has the new side, and coverage reports no mismatch.
    let project = pair.read(&app).await;
    assert_eq!(project["charter_in_force"]["version"], 2);
    let content = app.person("cmo").get(&pair.at("charter")).await.expect(200).body["content"].clone();
    assert_eq!(content["areas"][0]["department_id"], json!(pair.platform));
    let coverage = app.person("mia").get(&pair.at("ownership/coverage?from=2027-03-31")).await.expect(200);
    assert!(
        coverage.body["areas"].as_array().unwrap().iter().all(|area| area["side_mismatches"] == json!([])),
        "{}",
        coverage.text
    );

    let path = format!("/v1/areas/{}/transfers", pair.databases);
    let back = app.person("cio").post(&path, json!({"to_person_id": pair.mia})).await.expect(201).body;
    app.person("mia").act(&transfer_at(&back, "accept")).await.expect(200);
    let approval = pair.open(&app, "transfer").await;
    // The side that offers it has approved.
    respond(&app.person("cmo"), &approval, "reject").await.expect(200);
    let read = app.person("mia").get(&format!("/v1/transfers/{}", text(&back["id"]))).await.expect(200);
    assert_eq!(read.body["state"], "not_approved");
    assert_eq!(pair.owner(&app, &pair.databases, "2027-05-01").await, json!(pair.ina));
}

#[apply(both)]
async fn corrections_keep_earlier_versions(app: TestApp) {
    let pair = Pair::running(&app).await;
    let id = app.person("cmo").get(&pair.at("areas")).await.expect(200).body["data"][0]["accountable"]["id"].clone();
    let before = app.now();
    let correction = json!({"valid_from": "2027-04-10", "reason": "Mia began later."});
    let path = format!("/v1/assignments/{}/correct", text(&id));
    // A correction cannot remove the owner of a future day.
    app.person("cmo").post(&path, correction.clone()).await.refused(409, "conflict");
    app.clock.set("2027-04-12T08:00:00Z".parse().unwrap());
    app.person("mia").post(&path, correction.clone()).await.refused(403, "forbidden");
    app.person("cmo").post(&path, correction).await.expect(200);
    let known = async |at: &str, day: &str| {
        let path = pair.at(&format!("ownership?responsibility=accountable&as_of={day}&known_at={at}"));
        app.person("mia").get(&path).await.expect(200).body["data"].as_array().unwrap().len()
    };
    let (then, now) = (before.to_string(), app.now().to_string());
    assert_eq!((known(&then, "2027-04-05").await, known(&now, "2027-04-05").await), (2, 1));
    assert_eq!((known(&then, "2027-04-10").await, known(&now, "2027-04-10").await), (2, 2));
    app.person("mia")
        .get(&pair.at("ownership?known_at=2031-01-01T00:00:00Z"))
        .await
        .expect(422)
        .violates("known_at", "in_the_future");
    let coverage = app.person("mia").get(&pair.at("ownership/coverage")).await.expect(200);
    assert_eq!(coverage.body["areas"][0]["gaps"], json!([{"starts_on": "2027-03-30", "ends_on": "2027-04-10"}]));
}

#[apply(both)]
async fn a_disputed_area_keeps_its_owner_until_the_settlement(app: TestApp) {
    let pair = Pair::with_panel(&app, &["judge"]).await;
    let raise = format!("/v1/areas/{}/disputes", pair.policy);
    let body = json!({"claim": "Ours.", "deadline": "2027-04-10T08:00:00Z"});
    app.person("mia").post(&raise, body.clone()).await.refused(403, "forbidden");
    let replies = at_once(20, |_| {
        let (client, raise, body) = (app.person("cmo"), raise.clone(), body.clone());
        async move { client.post(&raise, body).await }
    })
    .await;
    assert_eq!(with_status(&replies, 201), 1);
    assert_eq!(with_status(&replies, 409), 19);
    let raised = replies.iter().find(|reply| reply.status == 201).unwrap();
    let (dispute, judge) = (raised.id(), raised.body["arbiter_person_id"].clone());
    let at = |verb: &str| format!("/v1/disputes/{dispute}/{verb}");
    // A disputed area cannot be transferred.
    app.person("ivan")
        .post(&format!("/v1/areas/{}/transfers", pair.policy), json!({"to_person_id": pair.ina}))
        .await
        .refused(409, "conflict");
    let settlement = json!({"person_id": pair.mia, "reason": "It is about brands."});
    app.person("judge").post(&at("arbitrate"), settlement.clone()).await.refused(409, "illegal_transition");
    app.person("cio").post(&at("arbitrate"), settlement.clone()).await.refused(403, "forbidden");
    let approval = app.person("cmo").post(&at("settlements"), settlement.clone()).await.expect(201).body;
    respond(&app.person("cio"), &approval, "reject").await.expect(200);
    assert_eq!(pair.owner(&app, &pair.policy, "2027-05-01").await, json!(pair.ivan));
    app.clock.set("2027-04-10T08:00:00Z".parse().unwrap());
    assert_eq!(app.person("judge").get("/v1/me/inbox").await.expect(200).body["data"][0]["id"], json!(dispute));
    let settled = app.person("judge").post(&at("arbitrate"), settlement).await.expect(200);
    assert_eq!((&settled.body["state"], &settled.body["outcome_person_id"]), (&json!("settled"), &json!(pair.mia)));
    assert_eq!(pair.owner(&app, &pair.policy, "2027-05-01").await, json!(pair.mia));
    let decision =
        app.person("cio").get(&format!("/v1/decisions/{}", text(&settled.body["decision_id"]))).await.expect(200);
    assert_eq!((&decision.body["state"], &decision.body["decided_by"]), (&json!("decided"), &judge));
    // After the settlement, the arbiter has no access to the project.
    app.person("judge").get(&pair.at("areas")).await.refused(404, "not_found");
}

#[apply(both)]
async fn a_decision_is_decided_or_escalated(app: TestApp) {
    let pair = Pair::with_panel(&app, &["judge"]).await;
    let raise = async |due: &str| {
        let body = json!({"question": "Shall we?", "due_at": due});
        app.person("mia").post(&pair.at("decisions"), body).await.expect(201).body
    };
    let state = async |raised: &Value| {
        let path = format!("/v1/decisions/{}", text(&raised["decision"]["id"]));
        app.person("cmo").get(&path).await.expect(200).body
    };
    let approval = async |raised: &Value| {
        app.person("cmo").get(&format!("/v1/approvals/{}", text(&raised["approval_id"]))).await.expect(200).body
    };
    let later = "2027-04-10T08:00:00Z";
    for (choices, expected, outcome) in [
        (["approve", "approve"], "decided", json!("approved")),
        (["reject", "reject"], "decided", json!("rejected")),
        (["approve", "reject"], "deadlocked", Value::Null),
    ] {
        let raised = raise(later).await;
        assert_eq!(raised["decision"]["department_id"], json!(pair.brand));
        for (sponsor, choice) in ["cmo", "cio"].into_iter().zip(choices) {
            respond(&app.person(sponsor), &approval(&raised).await, choice).await.expect(200);
        }
        let decided = state(&raised).await;
        assert_eq!((&decided["state"], &decided["outcome"]), (&json!(expected), &outcome));
    }
    // Without responses in time the decision is deadlocked, even before the scheduler runs.
    let raised = raise(later).await;
    let escalate = format!("/v1/decisions/{}/escalate", text(&raised["decision"]["id"]));
    app.person("cmo").act(&escalate).await.refused(409, "illegal_transition");
    app.clock.set(later.parse().unwrap());
    assert_eq!(state(&raised).await["state"], "deadlocked");
    respond(&app.person("cmo"), &approval(&raised).await, "approve").await.refused(409, "illegal_transition");
    drain(&app).await;
    assert_eq!(approval(&raised).await["state"], "lapsed");
    let escalated = app.person("cmo").act(&escalate).await.expect(200).body;
    let judge = escalated["escalated_to"].clone();
    let decide = format!("/v1/decisions/{}/decide", text(&raised["decision"]["id"]));
    let ruling = json!({"outcome": "rejected", "rationale": "Not this year."});
    app.person("cmo").post(&decide, ruling.clone()).await.refused(403, "forbidden");
    // The sides have their time to strike the arbiter.
    app.person("judge").post(&decide, ruling.clone()).await.refused(409, "illegal_transition");
    app.clock.set(text(&escalated["ruling_from"]).parse().unwrap());
    let decided = app.person("judge").post(&decide, ruling).await.expect(200);
    assert_eq!((&decided.body["outcome"], &decided.body["decided_by"]), (&json!("rejected"), &judge));
}

#[apply(both)]
async fn both_projects_see_a_data_conflict(app: TestApp) {
    let pair = Pair::running(&app).await;
    let mut body = charter(&pair.brand, &pair.platform, &pair.cmo, &pair.cio);
    body["areas"][0]["department_id"] = json!(pair.platform);
    let other = app.person("cio").post("/v1/projects", body).await.expect(201).id();
    put_in_state(&app, &other, "active").await;
    let conflicts = async |project: &str, subject: &str| {
        app.person(subject).get(&format!("/v1/projects/{project}/ownership/conflicts")).await.expect(200).body["data"]
            .clone()
    };
    let own = conflicts(&pair.project, "cmo").await;
    assert_eq!(
        (&own[0]["data_asset"], &own[0]["other_department_id"], &own[0]["other_project_id"]),
        (&json!("crm.customers"), &json!(pair.platform), &json!(other))
    );
    assert_eq!(conflicts(&other, "cio").await[0]["other_project_id"], json!(pair.project));
    // Mia has no access to the other project.
    assert_eq!(conflicts(&pair.project, "mia").await[0]["other_project_id"], Value::Null);
}
