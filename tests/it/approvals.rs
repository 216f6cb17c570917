//! Approvals: they take effect with the last response, and only once.

use super::support::pair::{Pair, drain, respond, text};
use super::support::team::person;
use super::support::*;

async fn hold(app: &TestApp, pair: &Pair) {
    app.person("cio").post(&pair.at("hold"), json!({"reason": "Wait."})).await.expect(200);
}

#[apply(both)]
async fn an_approval_takes_effect_with_the_last_response(app: TestApp) {
    let pair = Pair::running(&app).await;
    hold(&app, &pair).await;
    // The request of a sponsor counts as the response of their side.
    let requested = app.person("cmo").post(&pair.at("resume"), json!({"reason": "We are ready."})).await.expect(201);
    assert_eq!(requested.body["waiting_for"], json!([pair.platform]));
    assert_eq!(requested.body["responses"][0]["person_id"], json!(pair.cmo));
    app.person("cio").post(&pair.at("resume"), json!({})).await.refused(409, "already_exists");
    // Responses can change until the last one.
    let approval = requested.body.clone();
    respond(&app.person("cmo"), &approval, "reject").await.expect(200);
    respond(&app.person("cmo"), &approval, "approve").await.expect(200);
    assert_eq!(pair.state(&app).await, "on_hold");
    let approved = respond(&app.person("cio"), &approval, "approve").await.expect(200);
    assert_eq!((&approved.body["state"], &approved.body["waiting_for"]), (&json!("approved"), &json!([])));
    assert_eq!(pair.state(&app).await, "active");
    respond(&app.person("cmo"), &approval, "reject").await.refused(409, "illegal_transition");
    // Every response is stored.
    let path = format!("/v1/approvals/{}/responses", text(&approval["id"]));
    let all = app.person("mia").get(&path).await.expect(200);
    let choices: Vec<_> = all.body["data"].as_array().unwrap().iter().map(|one| text(&one["response"])).collect();
    assert_eq!(choices, ["approve", "reject", "approve", "approve"]);
}

#[apply(both)]
async fn parallel_responses_settle_an_approval_once(app: TestApp) {
    let pair = Pair::running(&app).await;
    hold(&app, &pair).await;
    let approval = app.person("cmo").post(&pair.at("resume"), json!({})).await.expect(201).body;
    let replies = at_once(30, |number| {
        let (client, approval) = (app.person("cio"), approval.clone());
        let choice = if number % 2 == 0 { "approve" } else { "reject" };
        async move { respond(&client, &approval, choice).await }
    })
    .await;
    // The first response of the CIO settles the approval; all later ones are rejected, identical ones too.
    assert_eq!(with_status(&replies, 200), 1);
    assert_eq!(with_status(&replies, 409), 29);
    drain(&app).await;
    let feed = app.drained_feed().await;
    let count = |kind: &str| feed.iter().filter(|event| event["type"] == kind).count();
    assert_eq!(count("project.resumed") + count("approval.rejected"), 1);
    let expected = if count("project.resumed") == 1 { "active" } else { "on_hold" };
    assert_eq!(pair.state(&app).await, expected);
}

#[apply(both)]
async fn a_rejection_needs_a_reason_and_changes_nothing(app: TestApp) {
    let pair = Pair::running(&app).await;
    let approval = app.person("cmo").post(&pair.at("close"), json!({})).await.expect(201).body;
    let path = format!("/v1/approvals/{}/responses", text(&approval["id"]));
    let without_reason = json!({"response": "reject", "sha256": approval["sha256"]});
    app.person("cio").post(&path, without_reason).await.expect(422).violates("/reason", "reason_missing");
    let rejected = respond(&app.person("cio"), &approval, "reject").await.expect(200);
    assert_eq!(rejected.body["state"], "rejected");
    assert_eq!(pair.state(&app).await, "active");
    // The same approval can be requested again, with a new number and a new hash.
    let again = app.person("cio").post(&pair.at("close"), json!({})).await.expect(201).body;
    assert_eq!(again["terms"]["number"], 2);
    assert_ne!(again["sha256"], approval["sha256"]);
    let withdrawn = app.person("cio").act(&format!("/v1/approvals/{}/withdraw", text(&again["id"]))).await.expect(200);
    assert_eq!(withdrawn.body["state"], "withdrawn");
    respond(&app.person("cmo"), &again, "approve").await.refused(409, "illegal_transition");
}

#[apply(both)]
async fn a_delegate_responds_for_one_side_during_the_delegation(app: TestApp) {
    let pair = Pair::running(&app).await;
    let deputy = person(&app, "deputy", &pair.brand).await;
    let grants = pair.at(&format!("sides/{}/delegations", pair.brand));
    let body =
        |from: &str, to: &str, person: &str| json!({"delegate_person_id": person, "valid_from": from, "valid_to": to});
    let cmo = app.person("cmo");
    cmo.post(&grants, body("2027-03-01", "2027-04-01", &deputy))
        .await
        .expect(422)
        .violates("/valid_from", "dates_out_of_range");
    cmo.post(&grants, body("2027-04-01", "2027-07-01", &deputy))
        .await
        .expect(422)
        .violates("/valid_to", "delegation_too_long");
    cmo.post(&grants, body("2027-04-01", "2027-04-05", &pair.ivan))
        .await
        .expect(422)
        .violates("/delegate_person_id", "wrong_side");
    cmo.post(&grants, body("2027-04-01", "2027-04-05", &pair.cio)).await.refused(409, "conflict");
    app.person("cio").post(&grants, body("2027-04-01", "2027-04-05", &deputy)).await.refused(403, "forbidden");
    app.person("deputy").get(&pair.at("approvals")).await.refused(404, "not_found");
    cmo.post(&grants, body("2027-04-01", "2027-04-05", &deputy)).await.expect(201);
    cmo.post(&grants, body("2027-04-04", "2027-04-08", &deputy)).await.refused(409, "already_exists");

    let approval = app.person("cio").post(&pair.at("close"), json!({})).await.expect(201).body;
    respond(&app.person("deputy"), &approval, "approve").await.refused(404, "not_found");
    app.clock.set("2027-04-01T08:00:00Z".parse().unwrap());
    let inbox = app.person("deputy").get("/v1/me/inbox").await.expect(200);
    assert_eq!(inbox.body["data"][0]["id"], approval["id"]);
    // A delegate cannot delegate further.
    app.person("deputy").post(&grants, body("2027-05-01", "2027-05-02", &pair.max)).await.refused(403, "forbidden");
    let rejected = respond(&app.person("deputy"), &approval, "reject").await.expect(200);
    assert!(rejected.body["responses"].as_array().unwrap().iter().any(|one| one["delegation_id"].is_string()));
    assert_eq!(rejected.body["state"], "rejected");
    app.clock.set("2027-04-05T08:00:00Z".parse().unwrap());
    let again = app.person("cio").post(&pair.at("close"), json!({})).await.expect(201).body;
    respond(&app.person("deputy"), &again, "approve").await.refused(404, "not_found");
}

#[apply(both)]
async fn only_the_sponsor_who_created_a_delegation_revokes_it(app: TestApp) {
    let pair = Pair::running(&app).await;
    let deputy = person(&app, "deputy", &pair.brand).await;
    let days = json!({"delegate_person_id": deputy, "valid_from": "2027-03-30", "valid_to": "2027-04-05"});
    let grants = pair.at(&format!("sides/{}/delegations", pair.brand));
    let granted = app.person("cmo").post(&grants, days).await.expect(201).id();
    let approval = app.person("cio").post(&pair.at("close"), json!({})).await.expect(201).body;
    let revoke = format!("/v1/delegations/{granted}/revoke");
    for other in ["cio", "deputy"] {
        app.person(other).act(&revoke).await.refused(403, "forbidden");
    }
    app.admin().act(&revoke).await.refused(403, "forbidden");
    app.person("cmo").act(&revoke).await.expect(200);
    app.person("cmo").act(&revoke).await.refused(409, "illegal_transition");
    respond(&app.person("deputy"), &approval, "approve").await.refused(404, "not_found");
}

#[apply(both)]
async fn a_person_never_responds_for_two_sides(app: TestApp) {
    let pair = Pair::running(&app).await;
    let deputy = person(&app, "deputy", &pair.brand).await;
    let grant = |side: &str| pair.at(&format!("sides/{side}/delegations"));
    let days = json!({"delegate_person_id": deputy, "valid_from": "2027-03-30", "valid_to": "2027-04-05"});
    app.person("cmo").post(&grant(&pair.brand), days.clone()).await.expect(201);
    // After a move to the other department, the deputy is still the delegate of one side only.
    let homes = app.admin().get(&format!("/v1/people/{deputy}/home-positions")).await.expect(200);
    let home = text(&homes.body["data"][0]["id"]).to_owned();
    app.admin().post(&format!("/v1/home-positions/{home}/end"), json!({"ends_on": "2027-03-30"})).await.expect(200);
    let moved = json!({"department_id": pair.platform, "title": "Engineer", "valid_from": "2027-03-30"});
    app.admin().post(&format!("/v1/people/{deputy}/home-positions"), moved).await.expect(201);
    app.person("cio").post(&grant(&pair.platform), days).await.refused(409, "conflict");
    // A sponsor responds for their own side, whatever was delegated to them.
    let approval = app.person("cio").post(&pair.at("close"), json!({})).await.expect(201).body;
    let sponsor_path = pair.at(&format!("sides/{}/sponsor", pair.platform));
    app.person("cio").put(&sponsor_path, "*", json!({"person_id": deputy})).await.expect(200);
    app.person("deputy").act(&format!("{sponsor_path}/accept")).await.expect(200);
    let responded = respond(&app.person("deputy"), &approval, "approve").await.expect(200);
    assert_eq!(responded.body["waiting_for"], json!([pair.brand]));
    assert_eq!(responded.body["state"], "open");
}

#[apply(both)]
async fn a_new_sponsor_responds_to_open_approvals(app: TestApp) {
    let pair = Pair::running(&app).await;
    let successor = person(&app, "successor", &pair.brand).await;
    let approval = app.person("cmo").post(&pair.at("close"), json!({})).await.expect(201).body;
    let sponsor_path = pair.at(&format!("sides/{}/sponsor", pair.brand));
    app.person("cmo").put(&sponsor_path, "*", json!({"person_id": successor})).await.expect(200);
    app.person("successor").act(&format!("{sponsor_path}/accept")).await.expect(200);
    respond(&app.person("cio"), &approval, "approve").await.expect(200);
    assert_eq!(pair.state(&app).await, "active");
    respond(&app.person("cmo"), &approval, "approve").await.refused(403, "forbidden");
    respond(&app.person("successor"), &approval, "approve").await.expect(200);
    assert_eq!(pair.state(&app).await, "closing");
}

#[apply(both)]
async fn an_amendment_takes_effect_when_all_sides_have_signed(app: TestApp) {
    let pair = Pair::running(&app).await;
    let cmo = app.person("cmo");
    let read = cmo.get(&pair.at("charter")).await.expect(200);
    let etag = cmo.get(&format!("/v1/projects/{}", pair.project)).await.expect(200).etag();
    let mut text_of = read.body["content"].clone();
    text_of.as_object_mut().unwrap().remove("sides");
    let mut wrong = text_of.clone();
    wrong["starts_on"] = json!("2027-04-30");
    cmo.put(&pair.at("charter"), &etag, wrong).await.expect(422).violates("/starts_on", "already_started");
    let mut empty = text_of.clone();
    empty["goals"] = json!([]);
    cmo.put(&pair.at("charter"), &etag, empty).await.refused(409, "not_ready");
    text_of["milestones"][0]["due_on"] = json!("2027-06-22");
    text_of["ends_on"] = json!("2027-11-01");
    text_of["areas"]
        .as_array_mut()
        .unwrap()
        .push(json!({"key": "brandbook", "name": "Brand book", "department_id": pair.brand}));
    let amended = cmo.put(&pair.at("charter"), &etag, text_of.clone()).await.expect(200);
    assert_eq!(amended.body["version"], 2);
    // Until all sides have signed, the previous version stays in force.
    let now = pair.read(&app).await;
    assert_eq!((&now["charter"]["version"], &now["charter_in_force"]["version"]), (&json!(2), &json!(1)));
    assert_eq!(now["ends_on"], "2027-12-01");
    assert_eq!(cmo.get(&pair.at("areas")).await.expect(200).body["data"].as_array().unwrap().len(), 2);
    let first = pair.open(&app, "charter").await;
    respond(&app.person("cio"), &first, "approve").await.expect(200);
    // Another text needs another approval.
    text_of["milestones"][0]["due_on"] = json!("2027-06-15");
    let etag = cmo.get(&format!("/v1/projects/{}", pair.project)).await.expect(200).etag();
    cmo.put(&pair.at("charter"), &etag, text_of).await.expect(200);
    respond(&app.person("cmo"), &first, "approve").await.refused(409, "illegal_transition");
    let second = pair.open(&app, "charter").await;
    pair.approve_by_both(&app, &second).await;
    let after = pair.read(&app).await;
    assert_eq!(after["charter_in_force"], after["charter"]);
    assert_eq!(after["ends_on"], "2027-11-01");
    assert_eq!(cmo.get(&pair.at("areas")).await.expect(200).body["data"].as_array().unwrap().len(), 3);
    // Memberships end no later than the project.
    assert_eq!(pair.membership(&app, &pair.mia).await["valid_to"], "2027-11-01");
    let milestones = cmo.get(&pair.at("milestones")).await.expect(200);
    let slip = &milestones.body["data"][0];
    assert_eq!(
        (&slip["first_due_on"], &slip["due_on"], &slip["slip_days"]),
        (&json!("2027-06-01"), &json!("2027-06-15"), &json!(14))
    );
    assert_eq!(slip["history"].as_array().unwrap().len(), 2);
}

#[apply(both)]
async fn a_release_needs_approval_and_successors(app: TestApp) {
    let pair = Pair::running(&app).await;
    let path = format!("/v1/memberships/{}/release", text(&pair.membership(&app, &pair.ivan).await["id"]));
    let mut body = json!({"ends_on": "2027-06-01", "reason": "Needed for the data centre."});
    let refused = app.person("cio").post(&path, body.clone()).await.refused(409, "conflict");
    assert_eq!(refused.body["areas"][0]["id"], json!(pair.policy));
    body["successors"] = json!([{"area_id": pair.policy, "person_id": pair.ina}]);
    let approval = app.person("cio").post(&path, body).await.expect(201).body;
    assert_eq!(approval["terms"]["release"]["leaves_on"], "2027-06-01");
    assert_eq!(pair.membership(&app, &pair.ivan).await["valid_to"], "2027-12-01");
    respond(&app.person("cmo"), &approval, "approve").await.expect(200);
    assert_eq!(pair.membership(&app, &pair.ivan).await["valid_to"], "2027-06-01");
    assert_eq!(pair.owner(&app, &pair.policy, "2027-05-31").await, json!(pair.ivan));
    assert_eq!(pair.owner(&app, &pair.policy, "2027-06-01").await, json!(pair.ina));
}
