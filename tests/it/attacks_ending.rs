//! Attacks: one side tries to end a project, or to hold it for good, with every right that its sponsor has, also as an
//! administrator. Only all sides together can do that.

use std::time::Duration;

use super::support::app::ALL_SCOPES;
use super::support::client::Client;
use super::support::pair::{Pair, drain, member, respond, text};
use super::support::team::{accept_as, execute_sql, person};
use super::support::*;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Every scope except `admin`.
const ALL_BUT_ADMIN: &str = "projects:read projects:write directory:write callbacks:create callbacks:read \
     callbacks:work webhooks:manage audit:read";

/// Returns the sponsor of the first side: with every scope except `admin`, and as an administrator.
fn attackers(app: &TestApp) -> [Client; 2] {
    [app.caller("cmo", ALL_BUT_ADMIN), app.caller("cmo", ALL_SCOPES)]
}

fn reason() -> Value {
    json!({"reason": "We want out."})
}

/// Tries everything with which a single side could end the project.
async fn try_to_end(app: &TestApp, pair: &Pair, attacker: &Client) {
    let before = pair.state(app).await;
    for kind in ["cancel", "close"] {
        let asked = attacker.post(&pair.at(kind), reason()).await;
        if asked.status == 409 {
            assert_eq!(asked.body["code"], "illegal_transition", "{kind} in {before}: {}", asked.text);
            continue;
        }
        let asked = asked.expect(201).body;
        assert_eq!((&asked["kind"], &asked["state"]), (&json!(kind), &json!("open")), "{asked}");
        assert_eq!(asked["waiting_for"], json!([pair.platform]), "{asked}");
        // Approving again, and as an administrator, adds nothing.
        respond(attacker, &asked, "approve").await.expect(200);
        attacker.post(&pair.at(kind), reason()).await.refused(409, "already_exists");
        // The other side rejects, and the same can be asked again without an effect.
        let rejected = respond(&app.person("cio"), &asked, "reject").await.expect(200).body;
        assert_eq!(rejected["state"], "rejected");
        respond(attacker, &asked, "approve").await.refused(409, "illegal_transition");
    }
    drain(app).await;
    assert_eq!(pair.state(app).await, before);
}

#[apply(both)]
async fn a_side_ends_a_project_alone_in_no_state(app: TestApp) {
    let pair = Pair::running(&app).await;
    for attacker in attackers(&app) {
        try_to_end(&app, &pair, &attacker).await;
    }
    app.person("cmo").post(&pair.at("hold"), reason()).await.expect(200);
    for attacker in attackers(&app) {
        try_to_end(&app, &pair, &attacker).await;
    }
    let close = app.person("cmo").act(&pair.at("close")).await.expect(201).body;
    respond(&app.person("cio"), &close, "approve").await.expect(200);
    assert_eq!(pair.state(&app).await, "closing");
    for attacker in attackers(&app) {
        try_to_end(&app, &pair, &attacker).await;
    }
}

#[apply(both)]
async fn all_sides_together_cancel_a_project_in_every_running_state(app: TestApp) {
    for state in ["active", "on_hold", "closing"] {
        let app = app.fresh();
        let pair = Pair::running(&app).await;
        if state == "on_hold" {
            app.person("cmo").post(&pair.at("hold"), reason()).await.expect(200);
        }
        if state == "closing" {
            let close = app.person("cmo").act(&pair.at("close")).await.expect(201).body;
            respond(&app.person("cio"), &close, "approve").await.expect(200);
        }
        let cancel = app.person("cio").post(&pair.at("cancel"), reason()).await.expect(201).body;
        assert_eq!(pair.state(&app).await, state);
        respond(&app.person("cmo"), &cancel, "approve").await.expect(200);
        assert_eq!(pair.state(&app).await, "cancelled");
        app.person("cio").post(&pair.at("cancel"), reason()).await.refused(409, "illegal_transition");
    }
    // A proposed project was never active: any sponsor withdraws it.
    let app = app.fresh();
    let pair = Pair::ready(&app).await;
    app.person("cio").post(&pair.at("cancel"), reason()).await.expect(200);
    assert_eq!(pair.state(&app).await, "cancelled");
}

#[apply(both)]
async fn an_approval_to_cancel_ends_with_the_project(app: TestApp) {
    let pair = Pair::running(&app).await;
    let close = app.person("cmo").act(&pair.at("close")).await.expect(201).body;
    respond(&app.person("cio"), &close, "approve").await.expect(200);
    let cancel = app.person("cmo").act(&pair.at("cancel")).await.expect(201).body;
    let report = json!({"goals": [{"met": true}], "lessons": "x"});
    app.person("cio").put(&pair.at("closure-report"), NEW, report).await.expect(201);
    for (sponsor, person) in [("cmo", &pair.mia), ("cmo", &pair.max), ("cio", &pair.ivan), ("cio", &pair.ina)] {
        let id = text(&pair.membership(&app, person).await["id"]).to_owned();
        app.person(sponsor).act(&format!("/v1/memberships/{id}/return")).await.expect(200);
    }
    assert_eq!(pair.state(&app).await, "closed");
    respond(&app.person("cio"), &cancel, "approve").await.refused(409, "illegal_transition");
    assert_eq!(pair.state(&app).await, "closed");
}

#[apply(both)]
async fn a_side_does_not_hold_a_project_for_good(app: TestApp) {
    for (index, scopes) in [ALL_BUT_ADMIN, ALL_SCOPES].into_iter().enumerate() {
        let app = app.fresh();
        let pair = Pair::running(&app).await;
        let attacker = app.caller("cmo", scopes);
        let held = attacker.post(&pair.at("hold"), reason()).await.expect(200).body;
        assert_eq!(held["held_by_department_id"], json!(pair.brand));
        assert_eq!(held["hold_ends_at"], "2027-04-27T22:00:00Z");
        attacker.post(&pair.at("hold"), reason()).await.refused(409, "illegal_transition");
        // Extending it alone does not work.
        let extend = attacker.post(&pair.at("extend-hold"), reason()).await.expect(201).body;
        respond(&attacker, &extend, "approve").await.expect(200);
        attacker.post(&pair.at("extend-hold"), reason()).await.refused(409, "already_exists");
        app.clock.set("2027-04-27T21:59:59Z".parse().unwrap());
        drain(&app).await;
        assert_eq!(pair.state(&app).await, "on_hold");
        app.clock.set("2027-04-27T22:00:00Z".parse().unwrap());
        // The state is right before the scheduler has run, also under the lock of a write.
        assert_eq!(pair.state(&app).await, "active");
        if index == 0 {
            drain(&app).await;
        }
        let refused = attacker.post(&pair.at("hold"), reason()).await.refused(409, "conflict");
        assert_eq!(refused.body["may_hold_from"], "2027-05-25T22:00:00Z");
        assert!(text(&refused.body["detail"]).contains("2027-05-26"), "{}", refused.text);
        drain(&app).await;
        // What was asked about the hold has lapsed.
        respond(&app.person("cio"), &extend, "approve").await.refused(409, "illegal_transition");
        for _ in 0..27 {
            app.clock.advance(DAY);
            attacker.post(&pair.at("hold"), reason()).await.refused(409, "conflict");
            drain(&app).await;
            assert_eq!(pair.state(&app).await, "active");
        }
        app.clock.advance(DAY);
        attacker.post(&pair.at("hold"), reason()).await.expect(200);
    }
}

#[apply(both)]
async fn the_end_of_a_hold_is_recorded_once(app: TestApp) {
    let pair = Pair::running(&app).await;
    app.person("cmo").post(&pair.at("hold"), reason()).await.expect(200);
    app.clock.set("2027-04-27T22:00:00Z".parse().unwrap());
    let version = app.person("cio").get(&format!("/v1/projects/{}", pair.project)).await.expect(200).etag();
    let (db, environment) = (app.state.db.clone(), app.state.environment.clone());
    let rounds = (0..20).map(|_| entente::app::scheduler::run_once(&db, &environment));
    for round in futures_util::future::join_all(rounds).await {
        round.unwrap();
    }
    let entries = app.admin().get(&format!("/v1/audit-entries?subject={}&limit=100", pair.project)).await.expect(200);
    let entries = entries.body["data"].as_array().unwrap().clone();
    assert_eq!(entries.iter().filter(|one| one["action"] == "project.resumed").count(), 1);
    // What was read before it was recorded is the version that was recorded.
    assert_eq!(app.person("cio").get(&format!("/v1/projects/{}", pair.project)).await.expect(200).etag(), version);
}

#[apply(both)]
async fn a_hold_is_not_repeated_after_an_early_end(app: TestApp) {
    for scopes in [ALL_BUT_ADMIN, ALL_SCOPES] {
        let app = app.fresh();
        let pair = Pair::running(&app).await;
        let attacker = app.caller("cmo", scopes);
        attacker.post(&pair.at("hold"), reason()).await.expect(200);
        let resume = attacker.act(&pair.at("resume")).await.expect(201).body;
        respond(&app.person("cio"), &resume, "approve").await.expect(200);
        attacker.post(&pair.at("hold"), reason()).await.refused(409, "conflict");
    }
}

#[apply(both)]
async fn only_the_sponsor_of_a_side_holds_a_project_for_it(app: TestApp) {
    let pair = Pair::running(&app).await;
    let deputy = person(&app, "deputy", &pair.brand).await;
    execute_sql(
        &app,
        vec![format!("UPDATE projects SET lead_person_id = '{}' WHERE id = '{}'", pair.max, pair.project)],
    )
    .await
    .unwrap();
    let days = json!({"delegate_person_id": deputy, "valid_from": "2027-03-30", "valid_to": "2027-06-01"});
    app.person("cmo").post(&pair.at(&format!("sides/{}/delegations", pair.brand)), days).await.expect(201);
    // The lead, a delegate, a member and an administrator have no side to hold the project for.
    for other in [app.person("max"), app.person("deputy"), app.person("mia"), app.admin()] {
        other.post(&pair.at("hold"), reason()).await.refused(403, "forbidden");
    }
    // A hold always counts for the own side: no field names another one.
    let named = json!({"reason": "x", "department_id": pair.platform});
    app.person("cmo").post(&pair.at("hold"), named).await.expect(422);
    app.person("cmo").post(&pair.at("hold"), reason()).await.expect(200);
    let resume = app.person("cio").act(&pair.at("resume")).await.expect(201).body;
    respond(&app.person("cmo"), &resume, "approve").await.expect(200);
    // The own side has to wait, also with a new sponsor; the other side has its own right.
    let sponsor = pair.at(&format!("sides/{}/sponsor", pair.brand));
    // The head of the department proposes, which is a confirmation.
    app.person("cmo").put(&sponsor, "*", json!({"person_id": deputy})).await.expect(200);
    app.person("deputy").post(&pair.at("hold"), reason()).await.refused(403, "forbidden");
    accept_as(&app, "deputy", &pair.project, &pair.brand).await.expect(200);
    app.person("deputy").post(&pair.at("hold"), reason()).await.refused(409, "conflict");
    let held = app.person("cio").post(&pair.at("hold"), reason()).await.expect(200).body;
    assert_eq!(held["held_by_department_id"], json!(pair.platform));
}

#[apply(both)]
async fn all_sides_extend_a_hold(app: TestApp) {
    let pair = Pair::running(&app).await;
    app.person("cmo").post(&pair.at("hold"), reason()).await.expect(200);
    let extend = app.person("cmo").act(&pair.at("extend-hold")).await.expect(201).body;
    assert_eq!(extend["terms"]["extend_hold"]["extended_to"], "2027-05-25T22:00:00Z");
    respond(&app.person("cio"), &extend, "approve").await.expect(200);
    let held = pair.read(&app).await;
    assert_eq!((&held["state"], &held["hold_ends_at"]), (&json!("on_hold"), &json!("2027-05-25T22:00:00Z")));
    app.clock.set("2027-05-25T21:59:59Z".parse().unwrap());
    assert_eq!(pair.state(&app).await, "on_hold");
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(pair.state(&app).await, "active");
}

#[apply(both)]
async fn an_approval_for_one_hold_does_not_count_for_the_next(app: TestApp) {
    let pair = Pair::running(&app).await;
    app.person("cmo").post(&pair.at("hold"), reason()).await.expect(200);
    let extend = app.person("cmo").act(&pair.at("extend-hold")).await.expect(201).body;
    let resume = app.person("cmo").act(&pair.at("resume")).await.expect(201).body;
    app.clock.set("2027-04-28T08:00:00Z".parse().unwrap());
    // Before the scheduler has lapsed the approvals, the other side holds the project.
    app.person("cio").post(&pair.at("hold"), reason()).await.expect(200);
    for old in [extend, resume] {
        respond(&app.person("cio"), &old, "approve").await.refused(409, "illegal_transition");
    }
    assert_eq!(pair.read(&app).await["held_by_department_id"], json!(pair.platform));
}

#[apply(both)]
async fn closed_days_do_not_prolong_a_hold(app: TestApp) {
    let pair = Pair::running(&app).await;
    let attacker = app.caller("cmo", ALL_SCOPES);
    attacker
        .patch(
            "/v1/calendars/default",
            "*",
            json!({"opening_hours": [{"weekday": "sunday", "opens": "10:00", "closes": "17:00"}]}),
        )
        .await
        .expect(200);
    let held = attacker.post(&pair.at("hold"), reason()).await.expect(200).body;
    assert!(text(&held["hold_ends_at"]) <= "2027-05-25T07:00:00Z", "{held}");
}

#[apply(both)]
async fn a_side_does_not_end_a_project_by_giving_up_its_sponsor(app: TestApp) {
    let pair = Pair::running(&app).await;
    let remove = pair.at(&format!("sides/{}/sponsor/remove", pair.brand));
    app.caller("cmo", ALL_BUT_ADMIN).post(&remove, reason()).await.refused(403, "forbidden");
    // An administrator without a role has to do it. Then the system holds the project, which ends nothing.
    app.admin().post(&remove, reason()).await.expect(200);
    app.clock.set("2027-04-20T08:00:00Z".parse().unwrap());
    drain(&app).await;
    let held = app.admin().get(&format!("/v1/projects/{}", pair.project)).await.expect(200).body;
    assert_eq!((&held["state"], &held["hold_ends_at"]), (&json!("on_hold"), &Value::Null));
    // An administrator whose department is a side acts for no side.
    for verb in ["cancel", "close", "resume", "extend-hold"] {
        app.caller("cmo", ALL_SCOPES).post(&pair.at(verb), reason()).await.refused(403, "conflict_of_interest");
    }
    for verb in ["cancel", "close", "resume"] {
        // The other side can ask, because the side without a sponsor counts as silent later.
        let asked = app.person("cio").post(&pair.at(verb), reason()).await.expect(201).body;
        assert_eq!(asked["waiting_for"], json!([pair.brand]));
    }
    app.person("cio").post(&pair.at("extend-hold"), reason()).await.refused(409, "conflict");
    // The hold ends with the vacancy.
    let sponsor = pair.at(&format!("sides/{}/sponsor", pair.brand));
    let successor = person(&app, "successor", &pair.brand).await;
    app.admin().put(&sponsor, "*", json!({"person_id": successor})).await.expect(200);
    accept_as(&app, "successor", &pair.project, &pair.brand).await.expect(200);
    assert_eq!(pair.read(&app).await["state"], "on_hold");
    app.person("cmo").act(&format!("{sponsor}/confirm")).await.expect(200);
    let after = app.person("cio").get(&format!("/v1/projects/{}", pair.project)).await.expect(200).body;
    assert_eq!((&after["state"], &after["held_since"]), (&json!("active"), &Value::Null));
}

#[apply(both)]
async fn a_grace_period_starts_again_after_a_hold(app: TestApp) {
    let pair = Pair::running(&app).await;
    member(&app, &pair.project, "extra", &pair.brand).await;
    drain(&app).await;
    app.person("cmo").post(&pair.at("hold"), reason()).await.expect(200);
    app.clock.set("2027-04-27T22:00:00Z".parse().unwrap());
    drain(&app).await;
    let parity = app.person("cio").get(&pair.at("parity")).await.expect(200).body;
    assert_eq!(parity["breached_at"], "2027-04-27T22:00:00Z");
    assert_eq!(parity["grace_ends_on"], "2027-05-12");
}

#[apply(both)]
async fn parallel_holds_and_responses_have_one_winner(app: TestApp) {
    let pair = Pair::running(&app).await;
    let held = at_once(20, |number| {
        let (client, path) = (app.person(["cmo", "cio"][number % 2]), pair.at("hold"));
        async move { client.post(&path, reason()).await }
    })
    .await;
    assert_eq!((with_status(&held, 200), with_status(&held, 409)), (1, 19));
    let resumes = at_once(20, |number| {
        let (client, path) = (app.person(["cmo", "cio"][number % 2]), pair.at("resume"));
        async move { client.act(&path).await }
    })
    .await;
    assert_eq!((with_status(&resumes, 201), with_status(&resumes, 409)), (1, 19));
    let approval = resumes.iter().find(|reply| reply.status == 201).unwrap().body.clone();
    let other = if approval["waiting_for"] == json!([pair.brand]) { "cmo" } else { "cio" };
    let responses = at_once(20, |_| {
        let (client, approval) = (app.person(other), approval.clone());
        async move { respond(&client, &approval, "approve").await }
    })
    .await;
    assert_eq!((with_status(&responses, 200), with_status(&responses, 409)), (1, 19));
    assert_eq!(pair.state(&app).await, "active");
    let cancels = at_once(20, |number| {
        let (client, path) = (app.person(["cmo", "cio"][number % 2]), pair.at("cancel"));
        async move { client.post(&path, reason()).await }
    })
    .await;
    assert_eq!((with_status(&cancels, 201), with_status(&cancels, 409)), (1, 19));
    assert_eq!(pair.state(&app).await, "active");
}
