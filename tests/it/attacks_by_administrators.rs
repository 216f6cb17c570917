//! Administrators act for no side: one who has a part in a project has only the rights of that part.

use std::time::Duration;

use super::api_keys::{create_key, with_key};
use super::attacks_on_sponsors::{attackers, move_to};
use super::support::app::ALL_SCOPES;
use super::support::client::Client;
use super::support::pair::Pair;
use super::support::team::person;
use super::support::*;

/// Tries what only an administrator may do.
async fn refuse_administration(admin: &Client, pair: &Pair, membership: &str) {
    let reason = json!({"reason": "I would like that."});
    let remove = pair.at(&format!("sides/{}/sponsor/remove", pair.platform));
    admin.post(&remove, reason).await.refused(403, "conflict_of_interest");
    let end = json!({"ends_on": "2027-06-01", "reason": "Not needed."});
    admin.post(&format!("/v1/memberships/{membership}/end"), end).await.refused(403, "conflict_of_interest");
}

#[apply(both)]
async fn an_administrator_with_a_role_has_no_administrator_rights(app: TestApp) {
    let pair = Pair::running(&app).await;
    let theirs = pair.membership(&app, &pair.ina).await["id"].as_str().unwrap().to_owned();
    for subject in ["cmo", "mia"] {
        let [_, admin] = attackers(&app, subject);
        refuse_administration(&admin, &pair, &theirs).await;
        // The rights of the role remain.
        admin.get(&pair.at("readiness")).await.expect(200);
    }
}

#[apply(both)]
async fn an_administrator_of_a_department_reads_nothing_without_a_role(app: TestApp) {
    let pair = Pair::running(&app).await;
    let theirs = pair.membership(&app, &pair.ina).await["id"].as_str().unwrap().to_owned();
    person(&app, "bea", &pair.brand).await;
    let [scoped, admin] = attackers(&app, "bea");
    scoped.get(&pair.at("readiness")).await.expect(404);
    admin.get(&pair.at("readiness")).await.refused(403, "conflict_of_interest");
    admin.get(&format!("/v1/projects/{}", pair.project)).await.refused(403, "conflict_of_interest");
    refuse_administration(&admin, &pair, &theirs).await;
    for caller in [&scoped, &admin] {
        assert_eq!(caller.get("/v1/projects").await.expect(200).body["data"], json!([]));
    }
}

/// An administrator leaves the department of a side, today or on a day in the past, to act in its project.
#[apply(both)]
async fn an_administrator_does_not_end_a_part_to_gain_rights(app: TestApp) {
    let pair = Pair::running(&app).await;
    let theirs = pair.membership(&app, &pair.ina).await["id"].as_str().unwrap().to_owned();
    let elsewhere = team::department(&app, "elsewhere").await;
    let bea = person(&app, "bea", &pair.brand).await;
    move_to(&app, &bea, Some(&elsewhere)).await;
    let past = person(&app, "past", &pair.brand).await;
    let homes = app.admin().get(&format!("/v1/people/{past}/home-positions")).await.expect(200).body;
    let end = format!("/v1/home-positions/{}/end", homes["data"][0]["id"].as_str().unwrap());
    let [_, administrator] = attackers(&app, "past");
    administrator.post(&end, json!({"ends_on": "2026-12-01"})).await.expect(200);
    // Without this day, the 20th business day would be 27 April.
    let closed = json!({"date": "2027-04-14", "reason": "The company rests."});
    app.admin().post("/v1/calendars/default/closed-days", closed).await.expect(201);
    for days in [28, 1, 1] {
        for subject in ["bea", "past"] {
            let [_, admin] = attackers(&app, subject);
            refuse_administration(&admin, &pair, &theirs).await;
            admin.get(&pair.at("readiness")).await.refused(403, "conflict_of_interest");
            assert_eq!(admin.get("/v1/projects").await.expect(200).body["data"], json!([]));
        }
        app.clock.advance(Duration::from_secs(days * 24 * 60 * 60));
    }
    for subject in ["bea", "past"] {
        let [_, admin] = attackers(&app, subject);
        admin.get(&pair.at("readiness")).await.expect(200);
        assert_eq!(admin.get("/v1/projects").await.expect(200).body["data"].as_array().unwrap().len(), 1);
    }
}

#[apply(both)]
async fn an_administrator_on_the_panel_has_no_administrator_rights(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada"]).await;
    let theirs = pair.membership(&app, &pair.ina).await["id"].as_str().unwrap().to_owned();
    let [_, admin] = attackers(&app, "ada");
    refuse_administration(&admin, &pair, &theirs).await;
    assert_eq!(admin.get("/v1/projects").await.expect(200).body["data"], json!([]));
}

#[apply(both)]
async fn an_administrator_who_was_the_lead_has_no_administrator_rights(app: TestApp) {
    let lena = team::person_without_position(&app, "lena").await;
    let pair = Pair::running_with(&app, json!({"lead_person_id": lena})).await;
    let theirs = pair.membership(&app, &pair.ina).await["id"].as_str().unwrap().to_owned();
    let mut amended = app.person("cmo").get(&pair.at("charter")).await.expect(200).body["content"].clone();
    amended.as_object_mut().unwrap().remove("sides");
    amended["lead_person_id"] = Value::Null;
    app.person("cmo").put(&pair.at("charter"), "*", amended).await.expect(200);
    pair.approve_by_both(&app, &pair.open(&app, "charter").await).await;
    let [_, admin] = attackers(&app, "lena");
    refuse_administration(&admin, &pair, &theirs).await;
    app.clock.advance(Duration::from_secs(28 * 24 * 60 * 60));
    let [_, admin] = attackers(&app, "lena");
    refuse_administration(&admin, &pair, &theirs).await;
    app.clock.advance(Duration::from_secs(24 * 60 * 60));
    let [_, admin] = attackers(&app, "lena");
    admin.get(&pair.at("readiness")).await.expect(200);
}

#[apply(both)]
async fn an_administrator_without_a_part_keeps_the_rights(app: TestApp) {
    let pair = Pair::running(&app).await;
    let finance = team::department(&app, "finance").await;
    person(&app, "fin", &finance).await;
    let [scoped, admin] = attackers(&app, "fin");
    scoped.get(&pair.at("readiness")).await.expect(404);
    admin.get(&pair.at("readiness")).await.expect(200);
    assert_eq!(admin.get("/v1/projects").await.expect(200).body["data"].as_array().unwrap().len(), 1);
    let reason = json!({"reason": "The sponsor is away for months."});
    admin.post(&pair.at(&format!("sides/{}/sponsor/remove", pair.platform)), reason).await.expect(200);
}

#[apply(both)]
async fn the_problem_says_why_in_three_languages(app: TestApp) {
    let pair = Pair::running(&app).await;
    let [_, admin] = attackers(&app, "cmo");
    let mut details = std::collections::BTreeSet::new();
    for language in ["en", "cs", "de"] {
        let path = pair.at(&format!("sides/{}/sponsor/remove", pair.platform));
        let request = admin.request("POST", &path).header("Accept-Language", language);
        let reply = request.json(json!({"reason": "x"})).send().await.refused(403, "conflict_of_interest");
        details.insert(reply.body["detail"].as_str().unwrap().to_owned());
    }
    assert_eq!(details.len(), 3);
}

/// A sponsor who is also an administrator creates a key for an application, which has no regular position and no role.
#[apply(both)]
async fn the_key_of_an_application_does_not_remove_a_conflict_of_interest(app: TestApp) {
    let pair = Pair::running(&app).await;
    let theirs = pair.membership(&app, &pair.ina).await["id"].as_str().unwrap().to_owned();
    let friend = person(&app, "friend", &pair.platform).await;
    let key = create_key(&app, "tools", ALL_SCOPES).await;
    let sponsor = pair.at(&format!("sides/{}/sponsor", pair.platform));
    let reason = json!({"reason": "I would like that."});
    let end = json!({"ends_on": "2027-06-01", "reason": "Not needed."});
    for application in [with_key(&app, &key), app.service("tools", ALL_SCOPES)] {
        application.post(&format!("{sponsor}/remove"), reason.clone()).await.refused(403, "forbidden");
        application.put(&sponsor, "*", json!({"person_id": friend})).await.refused(403, "forbidden");
        application.post(&format!("{sponsor}/confirm"), reason.clone()).await.refused(403, "forbidden");
        application.post(&format!("/v1/memberships/{theirs}/end"), end.clone()).await.refused(403, "forbidden");
        application.act(&pair.at("close")).await.refused(403, "forbidden");
        let reply = application.post(&format!("/v1/people/{}/offboard", pair.ivan), reason.clone()).await;
        let detail = reply.refused(403, "forbidden").body["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("application"), "{detail}");
        // What an application needs for the directory, and to read, remains.
        application.get(&pair.at("readiness")).await.expect(200);
        application.get("/v1/api-keys").await.expect(200);
    }
}
