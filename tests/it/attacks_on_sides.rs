//! Attacks on the rule that each side manages its own people and questions. The attacker is the sponsor of the first
//! side, once with every scope but `admin`, and once as an administrator; or the lead.

use super::attacks_arbitration::{employ, raise, raise_as, say};
use super::attacks_on_sponsors::{attackers, forbidden};
use super::support::pair::{Pair, charter, respond, text};
use super::support::team::{accept_as, person, person_without_position};
use super::support::*;

async fn first(app: &TestApp, path: &str) -> Value {
    app.person("cmo").get(path).await.expect(200).body["data"][0].clone()
}

#[apply(both)]
async fn no_side_manages_the_people_of_another(app: TestApp) {
    let pair = Pair::running(&app).await;
    let ivy = person(&app, "ivy", &pair.platform).await;
    let theirs = pair.membership(&app, &pair.ina).await;
    let invitation = json!({"person_id": ivy, "department_id": pair.platform, "project_role": "Steward"});
    let invited = app.person("cio").post(&pair.at("memberships"), invitation.clone()).await.expect(201).id();
    let end = json!({"ends_on": "2027-06-01", "reason": "Not needed."});
    for attacker in attackers(&app, "cmo") {
        forbidden(&attacker.post(&pair.at("memberships"), invitation.clone()).await);
        let batch = json!({"items": [invitation]});
        forbidden(&attacker.post(&pair.at("memberships/batch-invite"), batch).await);
        forbidden(&attacker.act(&format!("/v1/memberships/{invited}/withdraw")).await);
        let membership = text(&theirs["id"]);
        forbidden(&attacker.post(&format!("/v1/memberships/{membership}/end"), end.clone()).await);
        forbidden(&attacker.post(&format!("/v1/memberships/{membership}/release"), end.clone()).await);
        let item = json!({"membership_id": membership, "ends_on": "2027-06-01", "reason": "Not needed."});
        forbidden(&attacker.post(&pair.at("memberships/batch-end"), json!({"items": [item]})).await);
    }
    assert_eq!(pair.membership(&app, &pair.ina).await["state"], theirs["state"]);
}

#[apply(both)]
async fn no_side_changes_or_returns_the_members_of_another(app: TestApp) {
    let pair = Pair::running(&app).await;
    let ivy = person(&app, "ivy", &pair.platform).await;
    let invitation = json!({"person_id": ivy, "department_id": pair.platform, "project_role": "Steward"});
    let invited = app.person("cio").post(&pair.at("memberships"), invitation).await.expect(201).id();
    let theirs = format!("/v1/memberships/{}", text(&pair.membership(&app, &pair.ina).await["id"]));
    for attacker in attackers(&app, "cmo") {
        forbidden(&attacker.patch(&theirs, "*", json!({"fte_percent": 10})).await);
        for verb in ["accept", "decline"] {
            forbidden(&attacker.act(&format!("/v1/memberships/{invited}/{verb}")).await);
        }
    }
    // A project is closed when all members have returned.
    let close = app.person("cmo").act(&pair.at("close")).await.expect(201).body;
    respond(&app.person("cio"), &close, "approve").await.expect(200);
    let report = json!({"goals": [{"met": true}], "lessons": "x"});
    app.person("cmo").put(&pair.at("closure-report"), NEW, report).await.expect(201);
    for attacker in attackers(&app, "cmo") {
        forbidden(&attacker.act(&format!("{theirs}/return")).await);
    }
    assert_eq!(pair.membership(&app, &pair.ina).await["state"], "returning");
    assert_eq!(pair.state(&app).await, "closing");
}

#[apply(both)]
async fn no_side_delegates_for_another(app: TestApp) {
    let pair = Pair::running(&app).await;
    let (bea, ivy) = (person(&app, "bea", &pair.brand).await, person(&app, "ivy", &pair.platform).await);
    let days =
        |person: &str| json!({"delegate_person_id": person, "valid_from": "2027-03-30", "valid_to": "2027-04-30"});
    let delegations = pair.at(&format!("sides/{}/delegations", pair.platform));
    let theirs = app.person("cio").post(&delegations, days(&ivy)).await.expect(201).id();
    for attacker in attackers(&app, "cmo") {
        for person in [&bea, &ivy] {
            forbidden(&attacker.post(&delegations, days(person)).await);
        }
        forbidden(&attacker.act(&format!("/v1/delegations/{theirs}/revoke")).await);
        for project in [Value::Null, json!(pair.project)] {
            let mut own = days(&ivy);
            own["project_id"] = project;
            let refused = attacker.post("/v1/delegations", own).await.expect(422);
            refused.violates("/delegate_person_id", "wrong_side");
        }
    }
    let close = app.person("cmo").act(&pair.at("close")).await.expect(201).body;
    respond(&app.person("ivy"), &close, "reject").await.expect(200);
    assert_eq!(pair.state(&app).await, "active");
}

#[apply(both)]
async fn no_side_names_the_owners_of_another(app: TestApp) {
    let pair = Pair::running(&app).await;
    let areas = app.person("cmo").get(&pair.at("areas")).await.expect(200).body["data"].clone();
    let policy = areas.as_array().unwrap().iter().find(|area| area["id"] == pair.policy).unwrap().clone();
    let assignment = text(&policy["accountable"]["id"]).to_owned();
    for attacker in attackers(&app, "cmo") {
        let body = json!({"person_id": pair.mia, "responsibility": "consulted"});
        forbidden(&attacker.post(&format!("/v1/areas/{}/assignments", pair.policy), body).await);
        let end = json!({"ends_on": "2027-06-01", "successor_person_id": pair.ina});
        forbidden(&attacker.post(&format!("/v1/assignments/{assignment}/end"), end).await);
        let offer = json!({"to_person_id": pair.mia});
        forbidden(&attacker.post(&format!("/v1/areas/{}/transfers", pair.policy), offer).await);
    }
    assert_eq!(pair.owner(&app, &pair.policy, "2027-06-02").await, json!(pair.ivan));
}

#[apply(both)]
async fn no_side_withdraws_what_another_has_raised(app: TestApp) {
    let pair = Pair::running(&app).await;
    let cio = app.person("cio");
    let close = cio.act(&pair.at("close")).await.expect(201).id();
    let question = json!({"question": "Do we keep the data?", "due_at": "2027-05-01T12:00:00Z"});
    let raised = cio.post(&pair.at("decisions"), question).await.expect(201).body;
    let decision = text(&raised["decision"]["id"]).to_owned();
    let claim = json!({"claim": "We use it.", "deadline": "2027-04-12T12:00:00Z"});
    let dispute = cio.post(&format!("/v1/areas/{}/disputes", pair.databases), claim).await.expect(201).id();
    for attacker in attackers(&app, "cmo") {
        forbidden(&attacker.act(&format!("/v1/approvals/{close}/withdraw")).await);
        forbidden(&attacker.act(&format!("/v1/decisions/{decision}/withdraw")).await);
        forbidden(&attacker.act(&format!("/v1/disputes/{dispute}/withdraw")).await);
    }
    // An administrator without a part in the project acts for no side either.
    forbidden(&app.admin().act(&format!("/v1/decisions/{decision}/withdraw")).await);
    for path in [format!("approvals/{close}"), format!("decisions/{decision}"), format!("disputes/{dispute}")] {
        cio.act(&format!("/v1/{path}/withdraw")).await.expect(200);
    }
}

#[apply(both)]
async fn the_lead_has_no_rights_over_a_side(app: TestApp) {
    let pair = Pair::running(&app).await;
    let (lena, ivy) = (person(&app, "lena", &pair.brand).await, person(&app, "ivy", &pair.platform).await);
    let mut body = charter(&pair.brand, &pair.platform, &pair.cmo, &pair.cio);
    body["lead_person_id"] = json!(pair.cmo);
    let refused = app.person("cmo").post("/v1/projects", body.clone()).await.expect(422);
    refused.violates("/lead_person_id", "is_sponsor");
    body["lead_person_id"] = json!(lena);
    let project = app.person("cmo").post("/v1/projects", body).await.expect(201).id();
    accept_as(&app, "cio", &project, &pair.platform).await.expect(200);
    let at = |rest: &str| format!("/v1/projects/{project}/{rest}");
    let area = first(&app, &at("areas")).await;
    let own = person(&app, "bea", &pair.brand).await;
    app.person("lena").act(&at("propose")).await.expect(200);
    let approval = first(&app, &at("approvals?kind=charter")).await;
    for lead in attackers(&app, "lena") {
        for (person, side) in [(&ivy, &pair.platform), (&own, &pair.brand)] {
            let body = json!({"person_id": person, "department_id": side, "project_role": "Steward"});
            forbidden(&lead.post(&at("memberships"), body).await);
        }
        let body = json!({"person_id": own, "responsibility": "accountable"});
        forbidden(&lead.post(&format!("/v1/areas/{}/assignments", text(&area["id"])), body).await);
        forbidden(&respond(&lead, &approval, "approve").await);
        // The proposal can be withdrawn, but not without its signatures.
        lead.act(&format!("/v1/approvals/{}/withdraw", text(&approval["id"]))).await.refused(409, "conflict");
        let sponsor = json!({"person_id": own});
        forbidden(&lead.put(&at(&format!("sides/{}/sponsor", pair.brand)), "*", sponsor).await);
    }
    // The lead is neither a sponsor nor a delegate.
    let sponsor = json!({"person_id": lena});
    app.person("cmo").put(&at(&format!("sides/{}/sponsor", pair.brand)), "*", sponsor).await.refused(409, "conflict");
    let holidays = json!({"delegate_person_id": lena, "valid_from": "2027-03-30", "valid_to": "2027-04-30"});
    let delegations = at(&format!("sides/{}/delegations", pair.brand));
    app.person("cmo").post(&delegations, holidays).await.refused(409, "conflict");
}

/// A lead who works for one side acts for the other, or for their own.
#[apply(both)]
async fn the_lead_of_a_running_project_acts_for_no_side(app: TestApp) {
    let (lena, ada) = (person_without_position(&app, "lena").await, person_without_position(&app, "ada").await);
    let pair = Pair::running_with(&app, json!({"lead_person_id": lena, "panel": [ada]})).await;
    employ(&app, &lena, &pair.brand, None).await;
    let cio = app.person("cio");
    let close = cio.act(&pair.at("close")).await.expect(201).body;
    let question = json!({"question": "Do we keep the data?", "due_at": "2027-05-01T12:00:00Z"});
    let decision = cio.post(&pair.at("decisions"), question).await.expect(201).body["decision"].clone();
    let dispute = raise_as(&app, &pair, "cio").await.expect(201).body;
    let theirs = format!("/v1/memberships/{}", text(&pair.membership(&app, &pair.ina).await["id"]));
    let end = json!({"ends_on": "2027-06-01", "reason": "Not needed."});
    let days = json!({"delegate_person_id": pair.max, "valid_from": "2027-03-30", "valid_to": "2027-04-30"});
    for lead in attackers(&app, "lena") {
        forbidden(&respond(&lead, &close, "approve").await);
        forbidden(&lead.act(&format!("/v1/approvals/{}/escalate", text(&close["id"]))).await);
        for (kind, raised) in [("approvals", &close), ("decisions", &decision), ("disputes", &dispute)] {
            forbidden(&lead.act(&format!("/v1/{kind}/{}/withdraw", text(&raised["id"]))).await);
        }
        for choice in ["strike", "waive"] {
            forbidden(&say(&lead, &dispute, choice).await);
        }
        forbidden(&lead.patch(&theirs, "*", json!({"fte_percent": 10})).await);
        forbidden(&lead.post(&format!("{theirs}/end"), end.clone()).await);
        forbidden(&lead.post(&format!("{theirs}/release"), end.clone()).await);
        for area in [&pair.databases, &pair.policy] {
            let offer = json!({"to_person_id": pair.max});
            forbidden(&lead.post(&format!("/v1/areas/{area}/transfers"), offer).await);
            forbidden(&lead.post(&format!("/v1/areas/{area}/disputes"), json!({"claim": "Ours."})).await);
        }
        for side in [&pair.brand, &pair.platform] {
            forbidden(&lead.post(&pair.at(&format!("sides/{side}/delegations")), days.clone()).await);
            let sponsor = pair.at(&format!("sides/{side}/sponsor"));
            forbidden(&lead.put(&sponsor, "*", json!({"person_id": pair.max})).await);
        }
        forbidden(&lead.post(&pair.at("hold"), json!({"reason": "Wait."})).await);
    }
}

#[apply(both)]
async fn the_person_who_drafts_is_not_the_lead(app: TestApp) {
    let pair = Pair::running(&app).await;
    let body = charter(&pair.brand, &pair.platform, &pair.cmo, &pair.cio);
    let created = app.person("mia").post("/v1/projects", body).await.expect(201);
    assert_eq!(created.body["lead_person_id"], Value::Null);
    let path = created.header("location").to_owned();
    assert_eq!(created.body["sides"][0]["sponsor_state"], "proposed");
    // She edits the draft, but has no other rights, and none once it is proposed.
    let mia = app.person("mia");
    let mut text = mia.get(&format!("{path}/charter")).await.expect(200).body["content"].clone();
    text.as_object_mut().unwrap().remove("sides");
    text["name"] = json!("Two customers");
    mia.put(&format!("{path}/charter"), "*", text.clone()).await.expect(200);
    mia.act(&format!("{path}/propose")).await.refused(409, "not_ready");
    for (subject, side) in [("cmo", &pair.brand), ("cio", &pair.platform)] {
        app.person(subject).act(&format!("{path}/sides/{side}/sponsor/accept")).await.expect(200);
    }
    let body = json!({"person_id": pair.max, "department_id": pair.brand, "project_role": "Steward"});
    forbidden(&mia.post(&format!("{path}/memberships"), body).await);
    mia.act(&format!("{path}/propose")).await.expect(200);
    mia.put(&format!("{path}/charter"), "*", text).await.expect(404);
}

#[apply(both)]
async fn a_delegate_manages_the_people_of_their_side_only(app: TestApp) {
    let pair = Pair::running(&app).await;
    let dana = person(&app, "dana", &pair.brand).await;
    let holidays = json!({"delegate_person_id": dana, "valid_from": "2027-03-30", "valid_to": "2027-04-30"});
    let delegations = pair.at(&format!("sides/{}/delegations", pair.brand));
    app.person("cmo").post(&delegations, holidays).await.expect(201);
    let (bea, ivy) = (person(&app, "bea", &pair.brand).await, person(&app, "ivy", &pair.platform).await);
    let invitation =
        |person: &str, side: &str| json!({"person_id": person, "department_id": side, "project_role": "Steward"});
    for delegate in attackers(&app, "dana") {
        forbidden(&delegate.post(&pair.at("memberships"), invitation(&ivy, &pair.platform)).await);
    }
    app.person("dana").post(&pair.at("memberships"), invitation(&bea, &pair.brand)).await.expect(201);
}

#[apply(both)]
async fn a_delegate_acts_for_their_side_only(app: TestApp) {
    let pair = Pair::running(&app).await;
    let dana = person(&app, "dana", &pair.brand).await;
    let days = json!({"delegate_person_id": dana, "valid_from": "2027-03-30", "valid_to": "2027-04-30"});
    app.person("cmo").post(&pair.at(&format!("sides/{}/delegations", pair.brand)), days.clone()).await.expect(201);
    let close = app.person("cmo").act(&pair.at("close")).await.expect(201).body;
    let question = json!({"question": "Do we keep the data?", "due_at": "2027-05-01T12:00:00Z"});
    let raised = app.person("cio").post(&pair.at("decisions"), question).await.expect(201).body;
    let theirs = format!("/v1/memberships/{}", text(&pair.membership(&app, &pair.ina).await["id"]));
    let end = json!({"ends_on": "2027-06-01", "reason": "Not needed."});
    for delegate in attackers(&app, "dana") {
        // The sponsor has asked, and the delegate responds for the same side.
        let responded = respond(&delegate, &close, "approve").await.expect(200).body;
        assert_eq!((&responded["state"], &responded["waiting_for"]), (&json!("open"), &json!([pair.platform])));
        forbidden(&delegate.act(&format!("/v1/decisions/{}/withdraw", text(&raised["decision"]["id"]))).await);
        forbidden(&delegate.patch(&theirs, "*", json!({"fte_percent": 10})).await);
        forbidden(&delegate.post(&format!("{theirs}/end"), end.clone()).await);
        forbidden(&delegate.post(&format!("{theirs}/release"), end.clone()).await);
        let body = json!({"person_id": pair.mia, "responsibility": "consulted"});
        forbidden(&delegate.post(&format!("/v1/areas/{}/assignments", pair.policy), body).await);
        forbidden(&delegate.post(&pair.at("hold"), json!({"reason": "Wait."})).await);
        for side in [&pair.brand, &pair.platform] {
            forbidden(&delegate.post(&pair.at(&format!("sides/{side}/delegations")), days.clone()).await);
            let sponsor = pair.at(&format!("sides/{side}/sponsor"));
            forbidden(&delegate.put(&sponsor, "*", json!({"person_id": dana})).await);
        }
    }
    assert_eq!(pair.state(&app).await, "active");
}

/// A side keeps an area of the other side frozen with one dispute after the other.
#[apply(both)]
async fn a_side_does_not_raise_one_dispute_after_the_other(app: TestApp) {
    let pair = Pair::running(&app).await;
    let first = raise(&app, &pair).await;
    app.person("cmo").act(&format!("/v1/disputes/{}/withdraw", first["id"].as_str().unwrap())).await.expect(200);
    let replies = at_once(20, |number| {
        let (app, pair) = (&app, &pair);
        async move { raise_as(app, pair, ["cmo", "cio"][number % 2]).await }
    })
    .await;
    // Only the other side can.
    assert_eq!((with_status(&replies, 201), with_status(&replies, 409)), (1, 19));
    let second = replies.iter().find(|reply| reply.status == 201).unwrap().body.clone();
    assert_eq!(second["department_id"], json!(pair.platform));
    app.person("cio").act(&format!("/v1/disputes/{}/withdraw", second["id"].as_str().unwrap())).await.expect(200);
    // The end of the twentieth business day, in the time zone of the calendar.
    app.clock.set("2027-04-27T21:59:59Z".parse().unwrap());
    for attacker in attackers(&app, "cmo") {
        let path = format!("/v1/areas/{}/disputes", pair.policy);
        let refused = attacker.post(&path, json!({"claim": "Still ours."})).await.refused(409, "conflict");
        assert!(refused.body["detail"].as_str().unwrap().contains("2027-04-27T22:00:00Z"), "{}", refused.text);
    }
    app.clock.set("2027-04-27T22:00:00Z".parse().unwrap());
    raise_as(&app, &pair, "cmo").await.expect(201);
}
