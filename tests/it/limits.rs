//! Restrictions: acting for another side, neutrality of arbiters, dates of memberships, and settled subjects.

use super::support::pair::{Pair, member, respond, text};
use super::support::team::{person, person_without_position};
use super::support::*;

#[apply(both)]
async fn a_decision_is_raised_only_for_the_own_side(app: TestApp) {
    let pair = Pair::running(&app).await;
    let guest = person(&app, "guest", &pair.platform).await;
    let invitation = json!({"person_id": guest, "department_id": pair.platform, "project_role": "x"});
    app.person("cio").post(&pair.at("memberships"), invitation).await.expect(201);
    let decision =
        |side: &str| json!({"question": "Shall we?", "due_at": "2027-05-01T08:00:00Z", "department_id": side});
    // An invited person does not belong to a side yet.
    app.person("guest").post(&pair.at("decisions"), decision(&pair.brand)).await.refused(403, "forbidden");
    app.person("ivan").post(&pair.at("decisions"), decision(&pair.brand)).await.refused(403, "forbidden");
    app.person("ivan").post(&pair.at("decisions"), decision(&pair.platform)).await.expect(201);
}

#[apply(both)]
async fn an_arbiter_must_be_neutral(app: TestApp) {
    let pair = Pair::with_panel(&app, &["judge"]).await;
    let raise = format!("/v1/areas/{}/disputes", pair.policy);
    let raised = app.person("cmo").post(&raise, json!({"claim": "Ours."})).await.expect(201);
    let (dispute, judge) = (raised.id(), text(&raised.body["arbiter_person_id"]).to_owned());
    // An arbiter who works for a side on the day of the ruling is no longer neutral.
    let position = json!({"department_id": pair.brand, "title": "Specialist", "valid_from": "2027-04-01"});
    app.admin().post(&format!("/v1/people/{judge}/home-positions"), position).await.expect(201);
    app.clock.set("2027-04-10T08:00:00Z".parse().unwrap());
    let ruling = json!({"person_id": pair.mia, "reason": "Ours."});
    app.person("judge").post(&format!("/v1/disputes/{dispute}/arbitrate"), ruling).await.refused(409, "conflict");
}

#[apply(both)]
async fn a_sponsor_cannot_change_what_belongs_to_another_side(app: TestApp) {
    let pair = Pair::running(&app).await;
    // The side of Mia offers a transfer; the sponsor of the other side cannot withdraw it.
    let offer = json!({"to_person_id": pair.max});
    let transfer =
        app.person("mia").post(&format!("/v1/areas/{}/transfers", pair.databases), offer).await.expect(201).id();
    app.person("cio").act(&format!("/v1/transfers/{transfer}/withdraw")).await.refused(403, "forbidden");
    let requested = app.person("cmo").act(&pair.at("close")).await.expect(201);
    app.person("cio").act(&format!("/v1/approvals/{}/withdraw", requested.id())).await.refused(403, "forbidden");
    // An amendment of the charter cannot move an area to another side; this needs a transfer.
    let read = app.person("cmo").get(&pair.at("charter")).await.expect(200);
    let mut body = read.body["content"].clone();
    body.as_object_mut().unwrap().remove("sides");
    body["areas"][1]["department_id"] = json!(pair.brand);
    app.person("cmo")
        .put(&pair.at("charter"), "*", body)
        .await
        .expect(422)
        .violates("/areas/1/department_id", "transfer_required");
}

#[apply(both)]
async fn responsibilities_are_limited_to_the_days_of_the_membership(app: TestApp) {
    let pair = Pair::running(&app).await;
    let transfers = format!("/v1/areas/{}/transfers", pair.databases);
    let late = json!({"to_person_id": pair.max, "effective_on": "2099-01-01"});
    app.person("cmo").post(&transfers, late).await.expect(422).violates("/effective_on", "dates_out_of_range");
    let across = json!({"to_person_id": pair.ina, "effective_on": "2027-05-01"});
    app.person("cmo").post(&transfers, across).await.expect(422).violates("/effective_on", "immediate_only");
    let areas = app.person("cmo").get(&pair.at("areas")).await.expect(200);
    let assignment = text(&areas.body["data"][0]["accountable"]["id"]).to_owned();
    let unknown = json!({"ends_on": "2027-12-01", "successor_person_id": "per_01m7fgq4e8f4r9v3zk8x2c6b7d"});
    app.person("cmo")
        .post(&format!("/v1/assignments/{assignment}/end"), unknown)
        .await
        .expect(422)
        .violates("/ends_on", "nothing_to_hand_over");
    // A correction cannot extend an assignment beyond the membership.
    let short = json!({"person_id": person(&app, "short", &pair.brand).await, "department_id": pair.brand, "project_role": "x", "valid_to": "2027-05-01"});
    let invited = app.person("cmo").post(&pair.at("memberships"), short.clone()).await.expect(201).id();
    app.person("short").act(&format!("/v1/memberships/{invited}/accept")).await.expect(200);
    let informed = json!({"person_id": short["person_id"], "responsibility": "informed", "valid_to": "2027-05-01"});
    let informed =
        app.person("cmo").post(&format!("/v1/areas/{}/assignments", pair.databases), informed).await.expect(201).id();
    let longer = json!({"valid_to": null, "reason": "For longer."});
    app.person("cmo")
        .post(&format!("/v1/assignments/{informed}/correct"), longer)
        .await
        .expect(422)
        .violates("/valid_to", "owner_not_member");
}

#[apply(both)]
async fn an_import_does_not_move_an_address_to_another_person(app: TestApp) {
    let cmo = person_without_position(&app, "s-cmo").await;
    let email = app.admin().get(&format!("/v1/people/{cmo}")).await.expect(200).body["email"].clone();
    let item = |subject: &str, email: &Value| json!({"display_name": subject, "email": email, "login": subject});
    let rebind = json!({"items": [item("s-new", &email)]});
    app.admin()
        .post("/v1/people/import", rebind)
        .await
        .refused(409, "conflict")
        .violates("/items/0/email", "ambiguous_person");
    // Within one import, an address can move when its owner gets another one.
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
async fn parallel_corrections_form_one_series_of_versions(app: TestApp) {
    let pair = Pair::running(&app).await;
    let informed = json!({"person_id": pair.mia, "responsibility": "informed"});
    let id =
        app.person("cmo").post(&format!("/v1/areas/{}/assignments", pair.databases), informed).await.expect(201).id();
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
async fn a_cancelled_project_has_no_pending_actions(app: TestApp) {
    let pair = Pair::with_panel(&app, &["judge"]).await;
    let body = json!({"question": "Shall we?", "due_at": "2027-05-01T08:00:00Z"});
    let raised = app.person("cmo").post(&pair.at("decisions"), body).await.expect(201).body;
    let approval =
        app.person("cmo").get(&format!("/v1/approvals/{}", text(&raised["approval_id"]))).await.expect(200).body;
    respond(&app.person("cmo"), &approval, "approve").await.expect(200);
    respond(&app.person("cio"), &approval, "reject").await.expect(200);
    let at = |verb: &str| format!("/v1/decisions/{}/{verb}", text(&raised["decision"]["id"]));
    app.person("cmo").act(&at("escalate")).await.expect(200);
    app.person("cmo").post(&pair.at("hold"), json!({"reason": "x"})).await.expect(200);
    let cancel = app.person("cmo").act(&pair.at("cancel")).await.expect(201).body;
    respond(&app.person("cio"), &cancel, "approve").await.expect(200);
    assert_eq!(pair.state(&app).await, "cancelled");
    assert_eq!(app.person("judge").get("/v1/me/inbox").await.expect(200).body["data"], json!([]));
    app.person("judge")
        .post(&at("decide"), json!({"outcome": "approved", "rationale": "x"}))
        .await
        .refused(409, "illegal_transition");
    // A later deactivation does not change the ended membership.
    let before = pair.membership(&app, &pair.max).await;
    assert_eq!(before["state"], "returned");
    app.admin().post(&format!("/v1/people/{}/deactivate", pair.max), json!({"reason": "x"})).await.expect(200);
    assert_eq!(pair.membership(&app, &pair.max).await, before);
}

#[apply(both)]
async fn an_approval_lapses_with_its_subject_and_can_be_requested_again(app: TestApp) {
    let pair = Pair::running(&app).await;
    let (_, extra) = member(&app, &pair.project, "extra", &pair.brand).await;
    let release = json!({"ends_on": "2027-06-01", "reason": "x"});
    let requested = app.person("cmo").post(&format!("/v1/memberships/{extra}/release"), release).await.expect(201).id();
    app.admin()
        .post(&format!("/v1/memberships/{extra}/end"), json!({"ends_on": "2027-05-01", "reason": "x"}))
        .await
        .expect(200);
    assert_eq!(app.person("cio").get(&format!("/v1/approvals/{requested}")).await.expect(200).body["state"], "lapsed");
    // A withdrawn amendment can be submitted again with the same text.
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
