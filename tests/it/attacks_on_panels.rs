//! Attacks on the rule that no side keeps the others from an arbiter: by an amendment that it alone has signed, or by
//! proposing an arbiter whom the others do not approve.

use super::attacks_arbitration::{arbiter, deadlock, employ, raise, read, say};
use super::attacks_on_sponsors::attackers;
use super::support::pair::{Pair, respond, text};
use super::support::team::{department, head, person, person_without_position};
use super::support::*;

/// An amendment that no other side has signed makes no one of the panel part of a side.
#[apply(both)]
async fn a_side_that_asks_to_join_does_not_exhaust_the_panel(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada", "bob"]).await;
    let audit = department(&app, "audit").await;
    let chief = person(&app, "chief", &audit).await;
    head(&app, &audit, &chief).await;
    let people = app.admin().get("/v1/people?limit=100").await.expect(200).body["data"].clone();
    for person in people.as_array().unwrap().iter().filter(|one| one["login"] == "ada" || one["login"] == "bob") {
        employ(&app, text(&person["id"]), &audit, None).await;
    }
    let before = deadlock(&app, &pair, "Do we buy it?").await;
    let escalated = app.person("cio").act(&format!("{before}/escalate")).await.expect(200).body;
    let mut amended = read(&app, &pair.at("charter")).await["content"].clone();
    amended.as_object_mut().unwrap().remove("sides");
    amended["joining_sides"] = json!([{"department_id": audit, "sponsor_person_id": chief}]);
    // The panel of the new charter has to be neutral for its sides.
    let refused = app.person("cmo").put(&pair.at("charter"), "*", amended.clone()).await.expect(422);
    refused.violates("/panel/0", "not_neutral");
    amended["panel"] = json!([]);
    app.person("cmo").put(&pair.at("charter"), "*", amended).await.expect(200);
    // An arbiter is still drawn, and the one who was drawn before can still decide.
    let after = deadlock(&app, &pair, "Do we keep it?").await;
    let drawn = app.person("cio").act(&format!("{after}/escalate")).await.expect(200).body;
    assert!(drawn["escalated_to"].is_string(), "{drawn}");
    for sponsor in ["cmo", "cio"] {
        say(&app.person(sponsor), &escalated, "waive").await.expect(200);
    }
    let judge = arbiter(&app, &escalated["escalated_to"]).await;
    let ruling = json!({"outcome": "approved", "rationale": "It is cheap."});
    judge.post(&format!("{before}/decide"), ruling).await.expect(200);
}

/// A side proposes an arbiter whom the other side will not approve, so that it cannot propose another.
#[apply(both)]
async fn each_side_proposes_an_arbiter(app: TestApp) {
    let pair = Pair::running(&app).await;
    let (judge, friend) = (person_without_position(&app, "judge").await, person_without_position(&app, "friend").await);
    let raised = raise(&app, &pair).await;
    let proposal = |person: &str| json!({"subject": raised["id"], "person_id": person});
    let path = format!("/v1/disputes/{}", text(&raised["id"]));
    let first = app.person("cmo").post(&pair.at("arbiters"), proposal(&friend)).await.expect(201).body;
    for attacker in attackers(&app, "cmo") {
        attacker.post(&pair.at("arbiters"), proposal(&judge)).await.refused(409, "already_exists");
    }
    let second = app.person("cio").post(&pair.at("arbiters"), proposal(&judge)).await.expect(201).body;
    // A rejection ends nothing as long as the sides can still approve the other one.
    respond(&app.person("cio"), &first, "reject").await.expect(200);
    assert_eq!(read(&app, &path).await["state"], "open");
    respond(&app.person("cmo"), &second, "approve").await.expect(200);
    assert_eq!(read(&app, &path).await["arbiter_person_id"], json!(judge));
    // Parallel proposals: one of each side.
    let decision = deadlock(&app, &pair, "Do we buy it?").await;
    let id = decision.rsplit('/').next().unwrap();
    let replies = at_once(20, |number| {
        let (client, path) = (app.person(["cmo", "cio"][number % 2]), pair.at("arbiters"));
        let body = json!({"subject": id, "person_id": judge});
        async move { client.post(&path, body).await }
    })
    .await;
    assert_eq!((with_status(&replies, 201), with_status(&replies, 409)), (2, 18));
    // Both end together: the second one when the first one is approved.
    let open = read(&app, &pair.at("approvals?state=open&kind=arbiter")).await["data"].clone();
    let of_cmo = open.as_array().unwrap().iter().find(|one| one["waiting_for"] == json!([pair.platform])).unwrap();
    respond(&app.person("cio"), of_cmo, "approve").await.expect(200);
    assert_eq!(read(&app, &pair.at("approvals?state=open&kind=arbiter")).await["data"], json!([]));
    assert_eq!(read(&app, &decision).await["state"], "escalated");
}

/// Returns a person of the second side who is the manager of `ada`, of the panel.
async fn manager_of_ada(app: &TestApp, pair: &Pair) -> (String, String) {
    let (audit, boss) = (department(app, "audit").await, person(app, "boss", &pair.platform).await);
    let people = app.admin().get("/v1/people?limit=100").await.expect(200).body["data"].clone();
    let ada = people.as_array().unwrap().iter().find(|one| one["login"] == "ada").unwrap();
    let ada = text(&ada["id"]).to_owned();
    employ(app, &ada, &audit, Some(&boss)).await;
    (ada, boss)
}

/// The side of the owner names a sponsor who is above an arbiter, because an unresolved dispute changes nothing for it.
#[apply(both)]
async fn a_side_does_not_exhaust_the_panel_by_its_sponsor(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada"]).await;
    let (ada, boss) = manager_of_ada(&app, &pair).await;
    let carl = person(&app, "carl", &pair.platform).await;
    let path = pair.at(&format!("sides/{}/sponsor", pair.platform));
    let sponsor = |person: &str| json!({"person_id": person});
    // Nothing waits for an arbiter yet. The head has confirmed, and the person accepts during the dispute.
    app.person("cio").put(&path, "*", sponsor(&boss)).await.expect(200);
    let raised = raise(&app, &pair).await;
    assert_eq!(raised["arbiter_person_id"], json!(ada));
    let refused = app.person("boss").act(&format!("{path}/accept")).await.refused(409, "conflict");
    assert!(text(&refused.body["detail"]).contains(&ada), "{}", refused.text);
    app.person("cio").put(&path, "*", sponsor(&pair.cio)).await.expect(200);
    for attacker in attackers(&app, "cio") {
        attacker.put(&path, "*", sponsor(&boss)).await.refused(409, "conflict");
    }
    // Another person can be the sponsor, and the arbiter decides.
    app.person("cio").put(&path, "*", sponsor(&carl)).await.expect(200);
    app.person("carl").act(&format!("{path}/accept")).await.expect(200);
    for subject in ["cmo", "carl"] {
        say(&app.person(subject), &raised, "waive").await.expect(200);
    }
    let dispute = format!("/v1/disputes/{}", text(&raised["id"]));
    app.clock.set(text(&read(&app, &dispute).await["deadline"]).parse().unwrap());
    let ruling = json!({"person_id": pair.mia, "reason": "It is theirs."});
    app.person("ada").post(&format!("{dispute}/arbitrate"), ruling).await.expect(200);
    // Nothing waits for an arbiter any more.
    app.person("cio").put(&path, "*", sponsor(&boss)).await.expect(200);
    app.person("boss").act(&format!("{path}/accept")).await.expect(200);
}

#[apply(both)]
async fn a_side_without_a_sponsor_names_any_person_of_its_department(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada"]).await;
    let (_, boss) = manager_of_ada(&app, &pair).await;
    let path = pair.at(&format!("sides/{}/sponsor", pair.platform));
    let question = deadlock(&app, &pair, "Do we buy it?").await;
    app.person("cio").put(&path, "*", json!({"person_id": boss})).await.refused(409, "conflict");
    // The side that has asked withdraws the question, and asks again.
    app.person("cmo").act(&format!("{question}/withdraw")).await.expect(200);
    app.person("cio").put(&path, "*", json!({"person_id": boss})).await.expect(200);
    deadlock(&app, &pair, "Do we keep it?").await;
    app.person("boss").act(&format!("{path}/accept")).await.refused(409, "conflict");
    app.admin().post(&format!("{path}/remove"), json!({"reason": "Left the company."})).await.expect(200);
    app.person("cio").put(&path, "*", json!({"person_id": boss})).await.expect(200);
    app.person("boss").act(&format!("{path}/accept")).await.expect(200);
}
