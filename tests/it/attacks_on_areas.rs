//! Attacks on the rule that no side takes an area of another, or changes alone what all sides have signed. The attacker
//! is the sponsor of the first side, once with every scope but `admin`, and once as an administrator.

use super::attacks_arbitration::{arbiter, deadlock, raise, read};
use super::attacks_on_sponsors::{attackers, forbidden};
use super::attacks_sealed::decision;
use super::support::pair::{Pair, respond, text};
use super::support::team::{person, person_without_position};
use super::support::*;

/// The owner is persuaded to offer the area, and a member of the attacker's side accepts it; or the attacker claims it.
#[apply(both)]
async fn no_side_takes_an_area_of_another(app: TestApp) {
    let pair = Pair::running(&app).await;
    let areas = app.person("cmo").get(&pair.at("areas")).await.expect(200).body["data"].clone();
    let policy = areas.as_array().unwrap().iter().find(|area| area["id"] == pair.policy).unwrap().clone();
    let correction = json!({"valid_to": "2027-06-01", "reason": "It ended earlier."});
    for attacker in attackers(&app, "cmo") {
        let path = format!("/v1/assignments/{}/correct", text(&policy["accountable"]["id"]));
        forbidden(&attacker.post(&path, correction.clone()).await);
        let offer = json!({"to_person_id": pair.mia});
        let offers = format!("/v1/areas/{}/transfers", pair.policy);
        let transfer = app.person("ivan").post(&offers, offer).await.expect(201).id();
        let path = format!("/v1/transfers/{transfer}");
        for verb in ["accept", "reject", "withdraw"] {
            forbidden(&attacker.act(&format!("{path}/{verb}")).await);
        }
        app.person("mia").act(&format!("{path}/accept")).await.expect(200);
        let asked = pair.open(&app, "transfer").await;
        assert_eq!(asked["waiting_for"], json!([pair.brand, pair.platform]));
        let approved = respond(&attacker, &asked, "approve").await.expect(200).body;
        assert_eq!((&approved["state"], &approved["waiting_for"]), (&json!("open"), &json!([pair.platform])));
        respond(&app.person("cio"), &asked, "reject").await.expect(200);
        assert_eq!(read(&app, &path).await["state"], "not_approved");
    }
    let raised = raise(&app, &pair).await;
    let dispute = format!("/v1/disputes/{}", text(&raised["id"]));
    let settlement = json!({"person_id": pair.mia, "reason": "Ours."});
    for attacker in attackers(&app, "cmo") {
        let asked = attacker.post(&format!("{dispute}/settlements"), settlement.clone()).await.expect(201).body;
        let approved = respond(&attacker, &asked, "approve").await.expect(200).body;
        assert_eq!((&approved["state"], &approved["waiting_for"]), (&json!("open"), &json!([pair.platform])));
        attacker.act(&format!("/v1/approvals/{}/withdraw", text(&asked["id"]))).await.expect(200);
    }
    assert_eq!(read(&app, &dispute).await["state"], "open");
    assert_eq!(pair.owner(&app, &pair.policy, "2027-07-01").await, json!(pair.ivan));
}

/// One side amends everything that protects the others: the areas, the panel, the time to respond, sealed responses and
/// the lead. Until all sides have signed, the charter in force counts.
#[apply(both)]
async fn an_amendment_of_one_side_changes_nothing(app: TestApp) {
    let ada = person_without_position(&app, "ada").await;
    let pair = Pair::running_with(&app, json!({"panel": [ada]})).await;
    let (lena, friend) = (person(&app, "lena", &pair.brand).await, person_without_position(&app, "friend").await);
    let mut text_in_force = read(&app, &pair.at("charter")).await["content"].clone();
    text_in_force.as_object_mut().unwrap().remove("sides");
    for (number, attacker) in attackers(&app, "cmo").into_iter().enumerate() {
        let mut amended = text_in_force.clone();
        amended["areas"][1]["department_id"] = json!(pair.brand);
        let moved = attacker.put(&pair.at("charter"), "*", amended.clone()).await.expect(422);
        moved.violates("/areas/1/department_id", "transfer_required");
        amended["areas"] = json!([
            text_in_force["areas"][0], {"key": "rules", "name": "Policy", "department_id": pair.brand}
        ]);
        amended["panel"] = json!([friend]);
        amended["response_days"] = json!(1);
        amended["sealed"] = json!(false);
        amended["lead_person_id"] = json!(lena);
        attacker.put(&pair.at("charter"), "*", amended).await.expect(200);
        let asked = pair.open(&app, "charter").await;
        let signed = respond(&attacker, &asked, "approve").await.expect(200).body;
        assert_eq!((&signed["state"], &signed["waiting_for"]), (&json!("open"), &json!([pair.platform])));

        let project = pair.read(&app).await;
        assert_eq!((&project["charter_in_force"]["version"], &project["lead_person_id"]), (&json!(1), &Value::Null));
        assert_eq!(pair.owner(&app, &pair.policy, "2027-05-01").await, json!(pair.ivan));
        let soon = json!({"question": "Now?", "due_at": "2027-03-31T22:00:00Z"});
        attacker.post(&pair.at("decisions"), soon).await.expect(422).violates("/due_at", "too_soon");
        assert_eq!(decision(&app, &pair).await.1["sealed"], json!(true));
        let path = deadlock(&app, &pair, &format!("Do we buy number {number}?")).await;
        let escalated = attacker.act(&format!("{path}/escalate")).await.expect(200).body;
        assert_eq!(escalated["escalated_to"], json!(ada));
        let ruling = json!({"outcome": "approved", "rationale": "We want it."});
        app.person("friend").post(&format!("{path}/decide"), ruling).await.refused(404, "not_found");
        respond(&app.person("cio"), &asked, "reject").await.expect(200);
    }
    assert_eq!(pair.read(&app).await["charter_in_force"]["version"], json!(1));
    assert_eq!(pair.owner(&app, &pair.policy, "2027-05-01").await, json!(pair.ivan));
    // The arbiter of the signed panel decides once the sides have had their time.
    let decisions = read(&app, &pair.at("decisions?state=escalated")).await["data"].clone();
    let last = decisions.as_array().unwrap().last().unwrap().clone();
    app.clock.set(text(&last["ruling_from"]).parse().unwrap());
    let judge = arbiter(&app, &last["escalated_to"]).await;
    let ruling = json!({"outcome": "rejected", "rationale": "It is dear."});
    judge.post(&format!("/v1/decisions/{}/decide", text(&last["id"])), ruling).await.expect(200);
}
