//! Attacks: one side tries to change the sides of a running project without the others, to remove one or to gain
//! another signature.

use std::time::Duration;

use super::attacks_on_sponsors::attackers;
use super::support::pair::{Pair, respond};
use super::support::team::{accept_as, department, execute_sql, head, person};
use super::support::*;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Returns the text of the charter in force, to amend it.
async fn charter_text(app: &TestApp, pair: &Pair) -> Value {
    let mut text = app.person("cmo").get(&pair.at("charter")).await.expect(200).body["content"].clone();
    text.as_object_mut().unwrap().remove("sides");
    text
}

#[apply(both)]
async fn a_side_is_not_removed_without_its_signature(app: TestApp) {
    let pair = Pair::running(&app).await;
    let legal = department(&app, "legal").await;
    let clo = person(&app, "clo", &legal).await;
    head(&app, &legal, &clo).await;
    for attacker in attackers(&app, "cmo") {
        let mut amended = charter_text(&app, &pair).await;
        amended["leaving_department_ids"] = json!([pair.platform]);
        // Two sides at least.
        attacker
            .put(&pair.at("charter"), "*", amended.clone())
            .await
            .expect(422)
            .violates("/leaving_department_ids", "wrong_number_of_sides");
        // With a friend in its place, the side still has members and areas.
        amended["joining_sides"] = json!([{"department_id": legal, "sponsor_person_id": clo}]);
        amended["areas"].as_array_mut().unwrap().retain(|area| area["department_id"] != json!(pair.platform));
        let refused = attacker.put(&pair.at("charter"), "*", amended).await.refused(409, "conflict");
        assert_eq!(refused.body["members"].as_array().unwrap().len(), 2);
        assert_eq!(refused.body["areas"][0]["id"], json!(pair.policy));
    }
    // Even a side without members and areas does not leave before it has signed.
    let no_members = format!(
        "UPDATE memberships SET state = 'left_organisation' WHERE project_id = '{}' AND department_id = '{}'",
        pair.project, pair.platform
    );
    let no_areas = format!("UPDATE areas SET retired_at = '2027-03-30 07:00:00' WHERE id = '{}'", pair.policy);
    execute_sql(&app, vec![no_members, no_areas]).await.unwrap();
    for attacker in attackers(&app, "cmo") {
        let mut amended = charter_text(&app, &pair).await;
        amended["leaving_department_ids"] = json!([pair.platform]);
        amended["joining_sides"] = json!([{"department_id": legal, "sponsor_person_id": clo}]);
        amended["areas"].as_array_mut().unwrap().retain(|area| area["department_id"] != json!(pair.platform));
        attacker.put(&pair.at("charter"), "*", amended).await.expect(200);
        let approval = pair.open(&app, "charter").await;
        assert_eq!(approval["waiting_for"], json!([pair.brand, pair.platform, legal]));
        accept_as(&app, "clo", &pair.project, &legal).await.expect(200);
        respond(&attacker, &approval, "approve").await.expect(200);
        let signed = respond(&app.person("clo"), &approval, "approve").await.expect(200).body;
        assert_eq!((&signed["state"], &signed["waiting_for"]), (&json!("open"), &json!([pair.platform])));
        respond(&app.person("cio"), &approval, "reject").await.expect(200);
        let sides = pair.read(&app).await["sides"].clone();
        assert_eq!(sides.as_array().unwrap().len(), 2);
        assert_eq!(sides[1]["department_id"], json!(pair.platform));
        // The side that would have joined has no access any more.
        app.person("clo").get(&pair.at("charter")).await.refused(404, "not_found");
        app.clock.advance(DAY);
    }
}

/// One side proposes a department as a side, so that its people read the evidence, or its administrators lose their
/// rights.
#[apply(both)]
async fn a_proposed_side_gives_its_people_no_rights_and_takes_none(app: TestApp) {
    let pair = Pair::running(&app).await;
    let legal = department(&app, "legal").await;
    let (clo, counsel) = (person(&app, "clo", &legal).await, person(&app, "counsel", &legal).await);
    person(&app, "paralegal", &legal).await;
    head(&app, &legal, &counsel).await;
    let mut amended = charter_text(&app, &pair).await;
    amended["joining_sides"] = json!([{"department_id": legal, "sponsor_person_id": clo}]);
    app.person("cmo").put(&pair.at("charter"), "*", amended).await.expect(200);
    for subject in ["clo", "counsel"] {
        app.person(subject).get(&pair.at("charter")).await.expect(200);
        app.person(subject).get(&pair.at("evidence")).await.refused(403, "forbidden");
    }
    let [scoped, admin] = attackers(&app, "paralegal");
    scoped.get(&pair.at("charter")).await.refused(404, "not_found");
    admin.get(&pair.at("charter")).await.expect(200);
    assert_eq!(admin.get("/v1/projects").await.expect(200).body["data"].as_array().unwrap().len(), 1);
    // The head still names another sponsor for the own side.
    app.person("clo").act(&pair.at(&format!("sides/{legal}/sponsor/accept"))).await.expect(200);
    app.person("counsel").act(&pair.at(&format!("sides/{legal}/sponsor/confirm"))).await.expect(200);
    let other = json!({"person_id": counsel});
    app.person("counsel").put(&pair.at(&format!("sides/{legal}/sponsor")), "*", other).await.expect(200);
}

#[apply(both)]
async fn a_joining_side_only_signs_until_it_has_joined(app: TestApp) {
    let pair = Pair::running(&app).await;
    let legal = department(&app, "legal").await;
    let clo = person(&app, "clo", &legal).await;
    let general_counsel = person(&app, "general-counsel", &legal).await;
    // One person would confirm the sponsors of two sides.
    head(&app, &legal, &pair.cio).await;
    let mut shared = charter_text(&app, &pair).await;
    shared["joining_sides"] = json!([{"department_id": legal, "sponsor_person_id": clo}]);
    app.person("cmo")
        .put(&pair.at("charter"), "*", shared)
        .await
        .expect(422)
        .violates("/joining_sides/0/department_id", "same_head");
    head(&app, &legal, &general_counsel).await;
    let close = app.person("cmo").act(&pair.at("close")).await.expect(201).body;
    let mut amended = charter_text(&app, &pair).await;
    let joins = |department: &str, sponsor: &str| json!([{"department_id": department, "sponsor_person_id": sponsor}]);
    for (department, sponsor, field) in [
        (&pair.platform, &clo, "department_id"),
        (&legal, &pair.cio, "sponsor_person_id"),
        (&legal, &pair.mia, "sponsor_person_id"),
    ] {
        amended["joining_sides"] = joins(department, sponsor);
        let refused = app.person("cmo").put(&pair.at("charter"), "*", amended.clone()).await.expect(422);
        assert!(refused.violations().iter().any(|(place, _)| place.ends_with(field)), "{}", refused.text);
    }
    amended["joining_sides"] = joins(&legal, &clo);
    app.person("cmo").put(&pair.at("charter"), "*", amended).await.expect(200);
    let approval = pair.open(&app, "charter").await;
    let joining = app.person("clo");
    joining.get(&pair.at("charter")).await.expect(200);
    // A name gives no rights: the sponsor accepts, and the head of the department confirms.
    let sponsor = pair.at(&format!("sides/{legal}/sponsor"));
    respond(&joining, &approval, "approve").await.refused(403, "forbidden");
    respond(&app.person("cmo"), &approval, "approve").await.refused(409, "not_ready");
    for stranger in ["cmo", "cio", "mia"] {
        app.person(stranger).act(&format!("{sponsor}/accept")).await.refused(403, "forbidden");
        app.person(stranger).act(&format!("{sponsor}/confirm")).await.refused(403, "forbidden");
    }
    let successor = json!({"person_id": general_counsel});
    app.person("cmo").put(&sponsor, "*", successor.clone()).await.refused(403, "forbidden");
    joining.act(&format!("{sponsor}/accept")).await.expect(200);
    joining.act(&format!("{sponsor}/confirm")).await.refused(403, "forbidden");
    respond(&joining, &approval, "approve").await.refused(403, "forbidden");
    app.person("general-counsel").act(&format!("{sponsor}/confirm")).await.expect(200);
    // The sponsor of a side that joins names no one, not even a successor.
    joining.put(&sponsor, "*", successor).await.refused(403, "forbidden");
    let inbox = joining.get("/v1/me/inbox").await.expect(200).body;
    assert_eq!(inbox["data"].as_array().unwrap().len(), 1, "{inbox}");
    // A friend of one side that has not joined gives this side no second response.
    for verb in ["hold", "cancel", "close"] {
        joining.post(&pair.at(verb), json!({"reason": "x"})).await.refused(403, "forbidden");
    }
    respond(&joining, &close, "approve").await.refused(403, "forbidden");
    let invitation = json!({"person_id": pair.mia, "department_id": legal, "project_role": "x"});
    joining.post(&pair.at("memberships"), invitation).await.refused(403, "forbidden");
    for sponsor in ["clo", "cmo"] {
        respond(&app.person(sponsor), &approval, "approve").await.expect(200);
        assert_eq!(pair.read(&app).await["sides"].as_array().unwrap().len(), 2);
    }
    let whole = respond(&app.person("cio"), &approval, "approve").await.expect(200).body;
    assert_eq!(whole["state"], "approved");
    assert_eq!(pair.read(&app).await["sides"][2]["department_id"], json!(legal));
    // The approval to close was asked of two sides. It has lapsed; a new one asks all three.
    respond(&app.person("cio"), &close, "approve").await.refused(409, "illegal_transition");
    let close = app.person("cmo").act(&pair.at("close")).await.expect(201).body;
    assert_eq!(close["waiting_for"], json!([pair.platform, legal]));
    respond(&app.person("cio"), &close, "approve").await.expect(200);
    assert_eq!(pair.state(&app).await, "active");
    // The new side leaves again, with the signatures of all three.
    let mut amended = charter_text(&app, &pair).await;
    amended["leaving_department_ids"] = json!([legal]);
    app.person("cio").put(&pair.at("charter"), "*", amended).await.expect(200);
    let approval = pair.open(&app, "charter").await;
    for sponsor in ["clo", "cmo", "cio"] {
        respond(&app.person(sponsor), &approval, "approve").await.expect(200);
    }
    assert_eq!(pair.read(&app).await["sides"].as_array().unwrap().len(), 2);
    app.person("clo").get(&pair.at("charter")).await.refused(404, "not_found");
}

/// A sponsor replaces the amendment of the other side by one of their own, which withdraws it.
#[apply(both)]
async fn an_amendment_of_the_other_side_is_not_replaced(app: TestApp) {
    let pair = Pair::running(&app).await;
    let mut theirs = charter_text(&app, &pair).await;
    theirs["purpose"] = json!("What the CIO wants.");
    app.person("cio").put(&pair.at("charter"), "*", theirs.clone()).await.expect(200);
    let approval = pair.open(&app, "charter").await;
    let mut own = charter_text(&app, &pair).await;
    own["purpose"] = json!("What the CMO wants.");
    for attacker in attackers(&app, "cmo").into_iter().chain([app.admin()]) {
        let refused = attacker.put(&pair.at("charter"), "*", own.clone()).await.refused(409, "conflict");
        assert!(refused.text.contains("Another side"), "{}", refused.text);
    }
    assert_eq!(pair.open(&app, "charter").await["id"], approval["id"]);
    // The side itself can replace it. Once all sides have responded, every side can propose an amendment.
    theirs["purpose"] = json!("What the CIO really wants.");
    app.person("cio").put(&pair.at("charter"), "*", theirs).await.expect(200);
    let approval = pair.open(&app, "charter").await;
    respond(&app.person("cmo"), &approval, "reject").await.expect(200);
    respond(&app.person("cio"), &approval, "approve").await.expect(200);
    app.person("cmo").put(&pair.at("charter"), "*", own).await.expect(200);
}
