//! What one side cannot do alone, what nobody can do from outside, and what must not go on for ever.

use super::support::pair::{Pair, answer, member, text};
use super::support::team::{newcomer, person};
use super::support::*;

#[apply(both)]
async fn nobody_asks_in_the_name_of_a_side_they_do_not_work_for(app: TestApp) {
    let pair = Pair::running(&app).await;
    let guest = person(&app, "guest", &pair.platform).await;
    let invitation = json!({"person_id": guest, "department_id": pair.platform, "project_role": "x"});
    app.person("cmo").post(&pair.at("memberships"), invitation).await.expect(201);
    let ask = |side: &str| json!({"question": "Shall we?", "due_at": "2027-05-01T08:00:00Z", "department_id": side});
    // Whoever is only invited works for no side yet.
    app.person("guest").post(&pair.at("decisions"), ask(&pair.brand)).await.refused(403, "forbidden");
    app.person("ivan").post(&pair.at("decisions"), ask(&pair.brand)).await.refused(403, "forbidden");
    app.person("ivan").post(&pair.at("decisions"), ask(&pair.platform)).await.expect(201);
}

#[apply(both)]
async fn whoever_decides_for_others_stands_apart(app: TestApp) {
    let pair = Pair::running(&app).await;
    let deputy = person(&app, "deputy", &pair.brand).await;
    let grant = json!({"delegate_person_id": deputy, "valid_from": "2027-04-01", "valid_to": "2027-04-05"});
    app.person("cmo").post(&pair.at(&format!("sides/{}/delegations", pair.brand)), grant).await.expect(201);
    let raise = format!("/v1/areas/{}/disputes", pair.policy);
    let mut body = json!({"claim": "Ours.", "arbiter_person_id": deputy, "deadline": "2027-04-10T08:00:00Z"});
    app.person("cmo").post(&raise, body.clone()).await.expect(422).violates("/arbiter_person_id", "not_neutral");
    // An arbiter who takes a seat meanwhile is one no more.
    let judge = person(&app, "judge", &pair.brand).await;
    body["arbiter_person_id"] = json!(judge);
    let dispute = app.person("cmo").post(&raise, body).await.expect(201).id();
    let seat = pair.at(&format!("sides/{}/sponsor", pair.brand));
    app.person("cmo").put(&seat, "*", json!({"person_id": judge})).await.expect(200);
    app.clock.set("2027-04-10T08:00:00Z".parse().unwrap());
    let ruling = json!({"person_id": pair.mia, "reason": "Ours."});
    app.person("judge").post(&format!("/v1/disputes/{dispute}/arbitrate"), ruling).await.refused(409, "conflict");
}

#[apply(both)]
async fn a_side_keeps_its_hands_off_what_is_the_others(app: TestApp) {
    let pair = Pair::running(&app).await;
    // Mia's side offers; the CIO, a mere sponsor of the other side, has no say in it.
    let offer = json!({"to_person_id": pair.max});
    let transfer =
        app.person("mia").post(&format!("/v1/areas/{}/transfers", pair.databases), offer).await.expect(201).id();
    app.person("cio").act(&format!("/v1/transfers/{transfer}/withdraw")).await.refused(403, "forbidden");
    let asked = app.person("cmo").act(&pair.at("close")).await.expect(201);
    app.person("cio").act(&format!("/v1/approvals/{}/withdraw", asked.id())).await.refused(403, "forbidden");
    // Not even by amending the charter does an area change sides without its owner.
    let read = app.person("cmo").get(&pair.at("charter")).await.expect(200);
    let mut body = read.body["content"].clone();
    body.as_object_mut().unwrap().remove("sides");
    body["areas"][1]["department_id"] = json!(pair.brand);
    app.person("cmo")
        .put(&pair.at("charter"), "*", body)
        .await
        .expect(422)
        .violates("/areas/1/department_id", "use_a_transfer");
}

#[apply(both)]
async fn nobody_gets_what_they_are_not_there_for(app: TestApp) {
    let pair = Pair::running(&app).await;
    let transfers = format!("/v1/areas/{}/transfers", pair.databases);
    let late = json!({"to_person_id": pair.max, "effective_on": "2099-01-01"});
    app.person("cmo").post(&transfers, late).await.expect(422).violates("/effective_on", "dates_out_of_range");
    let across = json!({"to_person_id": pair.ina, "effective_on": "2027-05-01"});
    app.person("cmo").post(&transfers, across).await.expect(422).violates("/effective_on", "at_once_only");
    let areas = app.person("cmo").get(&pair.at("areas")).await.expect(200);
    let assignment = text(&areas.body["data"][0]["accountable"]["id"]).to_owned();
    let nobody = json!({"ends_on": "2027-12-01", "successor_person_id": "per_01m7fgq4e8f4r9v3zk8x2c6b7d"});
    app.person("cmo")
        .post(&format!("/v1/assignments/{assignment}/end"), nobody)
        .await
        .expect(422)
        .violates("/ends_on", "nothing_to_hand_over");
    // Nor is a responsibility corrected into days on which somebody is not there.
    let short = json!({"person_id": person(&app, "short", &pair.brand).await, "department_id": pair.brand, "project_role": "x", "valid_to": "2027-05-01"});
    let invited = app.person("cmo").post(&pair.at("memberships"), short.clone()).await.expect(201).id();
    app.person("short").act(&format!("/v1/memberships/{invited}/accept")).await.expect(200);
    let told = json!({"person_id": short["person_id"], "responsibility": "informed", "valid_to": "2027-05-01"});
    let told =
        app.person("cmo").post(&format!("/v1/areas/{}/assignments", pair.databases), told).await.expect(201).id();
    let longer = json!({"valid_to": null, "reason": "For longer."});
    app.person("cmo")
        .post(&format!("/v1/assignments/{told}/correct"), longer)
        .await
        .expect(422)
        .violates("/valid_to", "owner_not_member");
}

#[apply(both)]
async fn an_import_hands_nobodys_name_to_another(app: TestApp) {
    let cmo = newcomer(&app, "s-cmo").await;
    let email = app.admin().get(&format!("/v1/people/{cmo}")).await.expect(200).body["email"].clone();
    let item = |subject: &str, email: &Value| json!({"display_name": subject, "email": email, "login": subject});
    let rebind = json!({"items": [item("s-new", &email)]});
    app.admin()
        .post("/v1/people/import", rebind)
        .await
        .refused(409, "conflict")
        .violates("/items/0/email", "two_people");
    // Within one import the address that was given up is free for somebody else.
    let both = json!({"items": [item("s-cmo", &json!("moved@example.com")), item("s-new", &email)]});
    let done = app.admin().post("/v1/people/import", both).await.expect(200);
    assert_eq!(done.body["data"][0]["person"]["id"], json!(cmo));
    assert_ne!(done.body["data"][1]["person"]["id"], json!(cmo));
    app.admin().post(&format!("/v1/people/{cmo}/deactivate"), json!({"reason": "x"})).await.expect(200);
    let again = json!({"items": [item("s-cmo", &json!("moved@example.com"))]});
    app.admin().post("/v1/people/import", again).await.expect(200);
    assert!(app.admin().get(&format!("/v1/people/{cmo}")).await.expect(200).body["deactivated_at"].is_string());
}

#[apply(both)]
async fn corrections_at_once_leave_one_series_of_versions(app: TestApp) {
    let pair = Pair::running(&app).await;
    let told = json!({"person_id": pair.mia, "responsibility": "informed"});
    let id = app.person("cmo").post(&format!("/v1/areas/{}/assignments", pair.databases), told).await.expect(201).id();
    let replies = at_once(30, |number| {
        app.clock.advance(std::time::Duration::from_millis(1));
        let (client, path) = (app.person("cmo"), format!("/v1/assignments/{id}/correct"));
        let body = json!({"valid_to": format!("2027-05-{:02}", number % 28 + 1), "reason": "x"});
        async move { client.post(&path, body).await }
    })
    .await;
    assert_eq!(with_status(&replies, 200), 30);
    let entries = app.admin().get(&format!("/v1/audit-entries?subject={id}&limit=100")).await.expect(200);
    let entries = entries.body["data"].as_array().unwrap().clone();
    for pair in entries.windows(2) {
        assert_eq!(pair[1]["before"]["valid_to"], pair[0]["after"]["valid_to"]);
    }
}

#[apply(both)]
async fn what_is_over_asks_nobody_any_more(app: TestApp) {
    let pair = Pair::running(&app).await;
    let body = json!({"question": "Shall we?", "due_at": "2027-05-01T08:00:00Z"});
    let raised = app.person("cmo").post(&pair.at("decisions"), body).await.expect(201).body;
    let approval =
        app.person("cmo").get(&format!("/v1/approvals/{}", text(&raised["approval_id"]))).await.expect(200).body;
    answer(&app.person("cmo"), &approval, "approve").await.expect(200);
    answer(&app.person("cio"), &approval, "reject").await.expect(200);
    let judge = person(&app, "judge", &pair.brand).await;
    let at = |verb: &str| format!("/v1/decisions/{}/{verb}", text(&raised["decision"]["id"]));
    app.person("cmo").post(&at("escalate"), json!({"person_id": judge})).await.expect(200);
    app.person("cmo").post(&pair.at("hold"), json!({"reason": "x"})).await.expect(200);
    app.person("cmo").act(&pair.at("cancel")).await.expect(200);
    assert_eq!(app.person("judge").get("/v1/me/inbox").await.expect(200).body["data"], json!([]));
    app.person("judge")
        .post(&at("decide"), json!({"outcome": "approved", "rationale": "x"}))
        .await
        .refused(409, "illegal_transition");
    // Leaving the company later does not rewrite it.
    let before = pair.membership(&app, &pair.max).await;
    assert_eq!(before["state"], "returned");
    app.admin().post(&format!("/v1/people/{}/deactivate", pair.max), json!({"reason": "x"})).await.expect(200);
    assert_eq!(pair.membership(&app, &pair.max).await, before);
}

#[apply(both)]
async fn a_question_can_be_asked_again_and_does_not_outlive_its_matter(app: TestApp) {
    let pair = Pair::running(&app).await;
    let (_, extra) = member(&app, &pair.project, "extra", &pair.brand).await;
    let release = json!({"ends_on": "2027-06-01", "reason": "x"});
    let asked = app.person("cmo").post(&format!("/v1/memberships/{extra}/release"), release).await.expect(201).id();
    app.admin()
        .post(&format!("/v1/memberships/{extra}/end"), json!({"ends_on": "2027-05-01", "reason": "x"}))
        .await
        .expect(200);
    assert_eq!(app.person("cio").get(&format!("/v1/approvals/{asked}")).await.expect(200).body["state"], "lapsed");
    // A withdrawn amendment is put again with the same text.
    let read = app.person("cmo").get(&pair.at("charter")).await.expect(200);
    let mut body = read.body["content"].clone();
    body.as_object_mut().unwrap().remove("sides");
    body["purpose"] = json!("Another purpose.");
    app.person("cmo").put(&pair.at("charter"), "*", body.clone()).await.expect(200);
    let first = pair.open(&app, "charter").await;
    app.person("cmo").act(&format!("/v1/approvals/{}/withdraw", text(&first["id"]))).await.expect(200);
    app.person("cmo").put(&pair.at("charter"), "*", body).await.expect(200);
    let second = pair.open(&app, "charter").await;
    assert_ne!(first["id"], second["id"]);
}
