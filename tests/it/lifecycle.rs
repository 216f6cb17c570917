//! The life cycle of a project: vacant sponsors, hold, parity, closing and returns.

use std::time::Duration;

use super::support::pair::{Pair, drain, member, respond, text};
use super::support::team::person;
use super::support::*;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[apply(both)]
async fn a_project_is_closed_when_all_members_have_returned(app: TestApp) {
    let pair = Pair::running(&app).await;
    let approval = app.person("cmo").post(&pair.at("close"), json!({"reason": "Done."})).await.expect(201).body;
    respond(&app.person("cio"), &approval, "approve").await.expect(200);
    assert_eq!(pair.state(&app).await, "closing");
    for person in [&pair.mia, &pair.max, &pair.ivan, &pair.ina] {
        assert_eq!(pair.membership(&app, person).await["state"], "returning");
    }
    let report = json!({"goals": [{"met": false, "actual": 8}], "lessons": "Talk sooner."});
    let short = json!({"goals": [{"met": true}, {"met": true}], "lessons": "x"});
    app.person("cio")
        .put(&pair.at("closure-report"), NEW, short)
        .await
        .expect(422)
        .violates("/goals", "goals_mismatch");
    app.person("mia").put(&pair.at("closure-report"), NEW, report.clone()).await.refused(403, "forbidden");
    app.person("cio").put(&pair.at("closure-report"), NEW, report).await.expect(201);
    // Ivan has no regular position: his return is blocked, and so is the closing of the project.
    let homes = app.admin().get(&format!("/v1/people/{}/home-positions", pair.ivan)).await.expect(200);
    let home = text(&homes.body["data"][0]["id"]).to_owned();
    app.admin().post(&format!("/v1/home-positions/{home}/end"), json!({"ends_on": "2027-03-30"})).await.expect(200);
    let back = async |subject: &str, person: &str| {
        let id = pair.membership(&app, person).await["id"].clone();
        app.person(subject).act(&format!("/v1/memberships/{}/return", text(&id))).await
    };
    back("ivan", &pair.ivan).await.refused(409, "illegal_transition");
    assert_eq!(pair.membership(&app, &pair.ivan).await["state"], "return_blocked");
    back("ina", &pair.mia).await.refused(403, "forbidden");
    for (subject, person) in [("mia", &pair.mia), ("max", &pair.max), ("cio", &pair.ina)] {
        let returned = back(subject, person).await.expect(200);
        assert_eq!(
            (&returned.body["state"], &returned.body["returned_on"]),
            (&json!("returned"), &json!("2027-03-30"))
        );
    }
    assert_eq!(pair.state(&app).await, "closing");
    let position = json!({"department_id": pair.platform, "title": "Architect", "valid_from": "2027-03-30"});
    app.admin().post(&format!("/v1/people/{}/home-positions", pair.ivan), position).await.expect(201);
    assert_eq!(app.person("ivan").get("/v1/me/inbox").await.expect(200).body["data"][0]["kind"], "return");
    back("ivan", &pair.ivan).await.expect(200);
    let closed = pair.read(&app).await;
    assert_eq!((&closed["state"], closed["closed_at"].is_string()), (&json!("closed"), true));
    assert_eq!(app.person("cmo").get(&pair.at("closure-report")).await.expect(200).body["goals"][0]["actual"], 8.0);
}

#[apply(both)]
async fn parallel_returns_close_the_project_once(app: TestApp) {
    let pair = Pair::running(&app).await;
    let approval = app.person("cmo").post(&pair.at("close"), json!({})).await.expect(201).body;
    respond(&app.person("cio"), &approval, "approve").await.expect(200);
    let report = json!({"goals": [{"met": true}], "lessons": "x"});
    app.person("cio").put(&pair.at("closure-report"), NEW, report).await.expect(201);
    let mut ids = Vec::new();
    for person in [&pair.mia, &pair.max, &pair.ivan, &pair.ina] {
        ids.push(text(&pair.membership(&app, person).await["id"]).to_owned());
    }
    let replies = at_once(20, |number| {
        let (client, path) = (
            app.person(["cmo", "cmo", "cio", "cio"][number % 4]),
            format!("/v1/memberships/{}/return", ids[number % 4]),
        );
        async move { client.act(&path).await }
    })
    .await;
    assert_eq!(with_status(&replies, 200), 4);
    assert_eq!(with_status(&replies, 409), 16);
    assert_eq!(pair.state(&app).await, "closed");
}

#[apply(both)]
async fn a_vacant_side_blocks_approvals_and_later_puts_the_project_on_hold(app: TestApp) {
    let pair = Pair::running(&app).await;
    let remove = pair.at(&format!("sides/{}/sponsor/remove", pair.platform));
    app.person("cio").post(&remove, json!({"reason": "I leave the company."})).await.refused(403, "forbidden");
    app.admin().post(&remove, json!({"reason": "The CIO is ill."})).await.expect(200);
    let question = json!({"question": "Shall we?", "due_at": "2027-04-12T08:00:00Z"});
    let refused = app.person("cmo").post(&pair.at("decisions"), question).await.refused(409, "not_ready");
    assert_eq!(refused.body["blockers"][0]["code"], "sponsor_vacant");
    assert_eq!(refused.body["blockers"][0]["department_id"], json!(pair.platform));
    // The tenth business day after Tuesday 30 March is 13 April; there are no holidays in between.
    for day in 1..=14 {
        drain(&app).await;
        assert_eq!(pair.state(&app).await, "active", "day {day}");
        app.clock.advance(DAY);
    }
    app.clock.advance(DAY);
    drain(&app).await;
    assert_eq!(pair.state(&app).await, "on_hold");
    drain(&app).await;
    let held = app.admin().get(&format!("/v1/audit-entries?subject={}&limit=100", pair.project)).await.expect(200);
    let held: Vec<_> =
        held.body["data"].as_array().unwrap().iter().filter(|one| one["action"] == "project.held").cloned().collect();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0]["actor"], "system:scheduler");
    // Resuming needs the approval of all sides. The hold by the system ends with the vacancy.
    let asked = app.person("cmo").act(&pair.at("resume")).await.expect(201).body;
    assert_eq!(asked["waiting_for"], json!([pair.platform]));
    let sponsor_path = pair.at(&format!("sides/{}/sponsor", pair.platform));
    let successor = person(&app, "successor", &pair.platform).await;
    // A sponsor cannot assign the sponsor of another side.
    app.person("cmo").put(&sponsor_path, "*", json!({"person_id": successor})).await.refused(403, "forbidden");
    app.admin().put(&sponsor_path, "*", json!({"person_id": successor})).await.expect(200);
    app.person("cmo").act(&pair.at("resume")).await.refused(409, "already_exists");
    app.person("successor").act(&format!("{sponsor_path}/accept")).await.expect(200);
    assert_eq!(pair.state(&app).await, "on_hold");
    // The CIO is still the head of the department.
    app.person("cio").act(&format!("{sponsor_path}/confirm")).await.expect(200);
    assert_eq!(pair.state(&app).await, "active");
    app.person("cmo").act(&pair.at("resume")).await.refused(409, "illegal_transition");
}

#[apply(both)]
async fn parity_holds_before_the_first_day_of_an_active_project(app: TestApp) {
    app.clock.set("2027-03-08T09:00:00Z".parse().unwrap());
    let pair = Pair::running(&app).await;
    for day in ["2027-03-08T09:01:00Z", "2027-03-29T23:59:00Z", "2027-03-30T09:00:00Z"] {
        app.clock.set(day.parse().unwrap());
        drain(&app).await;
        let parity = app.person("cmo").get(&pair.at("parity")).await.expect(200).body;
        assert_eq!(
            (&parity["holds"], &parity["sides"][0]["members"], &parity["breached_at"]),
            (&json!(true), &json!(2), &Value::Null),
            "{day}"
        );
    }
}

#[apply(both)]
async fn a_parity_breach_is_recorded_once_and_has_a_grace_period(app: TestApp) {
    let pair = Pair::running(&app).await;
    drain(&app).await;
    assert_eq!(pair.read(&app).await["parity_breached_at"], Value::Null);
    let (_, extra) = member(&app, &pair.project, "extra", &pair.brand).await;
    drain(&app).await;
    let breached = app.person("mia").get(&pair.at("parity")).await.expect(200);
    assert_eq!((&breached.body["holds"], &breached.body["grace_ends_on"]), (&json!(false), &json!("2027-04-13")));
    // The project stays active; the breach and its end are recorded once each.
    for _ in 0..20 {
        app.clock.advance(DAY);
        drain(&app).await;
    }
    assert_eq!(pair.state(&app).await, "active");
    app.admin()
        .post(&format!("/v1/memberships/{extra}/end"), json!({"ends_on": "2027-04-19", "reason": "x"}))
        .await
        .expect(200);
    drain(&app).await;
    drain(&app).await;
    let entries = app.admin().get(&format!("/v1/audit-entries?subject={}&limit=100", pair.project)).await.expect(200);
    let actions: Vec<_> = entries.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| text(&one["action"]).to_owned())
        .filter(|one| one.contains("parity"))
        .collect();
    assert_eq!(actions, ["project.parity_breached", "project.parity_grace_ended", "project.parity_restored"]);
    // The parity of a past day does not change.
    let then = app.person("mia").get(&pair.at("parity?as_of=2027-04-05")).await.expect(200);
    assert_eq!((&then.body["holds"], &then.body["sides"][0]["members"]), (&json!(false), &json!(3)));
}

#[apply(both)]
async fn parallel_schedulers_record_a_transition_once(app: TestApp) {
    let pair = Pair::running(&app).await;
    let body = json!({"person_id": person(&app, "late", &pair.brand).await, "department_id": pair.brand, "project_role": "x", "valid_from": "2027-04-10"});
    let invited = app.person("cmo").post(&pair.at("memberships"), body).await.expect(201).id();
    app.person("late").act(&format!("/v1/memberships/{invited}/accept")).await.expect(200);
    app.clock.set("2027-04-10T08:00:00Z".parse().unwrap());
    let (db, environment) = (app.state.db.clone(), app.state.environment.clone());
    let rounds = (0..20).map(|_| entente::app::scheduler::run_once(&db, &environment));
    for round in futures_util::future::join_all(rounds).await {
        round.unwrap();
    }
    let feed = app.admin().get(&format!("/v1/audit-entries?subject={invited}")).await.expect(200);
    let started =
        feed.body["data"].as_array().unwrap().iter().filter(|one| one["action"] == "membership.started").count();
    assert_eq!(started, 1);
}
