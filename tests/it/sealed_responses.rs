//! Who sees the response of a side, from when on, and what it decides.

use super::attacks_sealed::{REASON, amend, approval, decision, respond};
use super::support::app::ALL_SCOPES;
use super::support::client::Client;
use super::support::pair::{Pair, drain, text};
use super::support::team::{accept_as, person};
use super::support::*;

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
