//! Reminders: what the scheduler sends before, and soon after, something is too late; and the inboxes that show it.

use entente::app::scheduler;
use entente::kernel::db::{Db, DbOptions};
use entente::kernel::ids::ProjectKind;

use super::support::pair::{Pair, respond, text};
use super::support::team::{execute_sql, person_without_position, team};
use super::support::*;

/// Sets the time and runs the scheduler, several times.
async fn run_at(app: &TestApp, now: &str) {
    app.clock.set(now.parse().unwrap());
    for _ in 0..3 {
        scheduler::run_once(&app.state.db, &app.state.environment).await.unwrap();
    }
}

/// Returns subject and `about` of the events of a type, in their order.
async fn sent(app: &TestApp, kind: &str) -> Vec<(String, String)> {
    app.drained_feed().await;
    let found = app.admin().get(&format!("/v1/events?limit=100&type={kind}")).await.expect(200);
    let events = found.body["data"].as_array().unwrap().iter();
    events
        .map(|event| {
            (text(&event["subject"]).to_owned(), event["data"]["about"].as_str().unwrap_or_default().to_owned())
        })
        .collect()
}

fn event(subject: &str, about: &str) -> (String, String) {
    (subject.to_owned(), about.to_owned())
}

/// Returns kind and id of the items in the inbox of a person.
async fn inbox(app: &TestApp, subject: &str) -> Vec<(String, String)> {
    let inbox = app.person(subject).get("/v1/me/inbox").await.expect(200);
    let items = inbox.body["data"].as_array().unwrap().iter();
    items.map(|item| (text(&item["kind"]).to_owned(), text(&item["id"]).to_owned())).collect()
}

fn item(kind: &str, id: &str) -> (String, String) {
    (kind.to_owned(), id.to_owned())
}

/// Requests to close the project on behalf of the CIO, to be approved by `due_at`.
async fn request_to_close(app: &TestApp, pair: &Pair, due_at: &str) -> Value {
    let approval = app.person("cio").act(&pair.at("close")).await.expect(201).body;
    let change = format!(
        "UPDATE approvals SET due_at = '{due_at}', silent_from = '{due_at}' WHERE id = '{}'",
        text(&approval["id"])
    );
    execute_sql(app, vec![change]).await.unwrap();
    approval
}

#[apply(both)]
async fn an_approval_is_due_soon_and_then_overdue_every_five_business_days(app: TestApp) {
    let pair = Pair::running(&app).await;
    let approval = request_to_close(&app, &pair, "2027-04-05 07:00:00").await;
    let id = text(&approval["id"]);
    run_at(&app, "2027-03-30T07:00:00Z").await;
    // Half of the six days.
    run_at(&app, "2027-04-02T06:59:59Z").await;
    assert_eq!(sent(&app, "approval.due_soon").await, []);
    run_at(&app, "2027-04-02T07:00:00Z").await;
    run_at(&app, "2027-04-05T06:59:59Z").await;
    assert_eq!(sent(&app, "approval.due_soon").await, [event(id, "2027-04-05T07:00:00Z")]);
    assert_eq!(sent(&app, "approval.overdue").await, []);
    // The approval itself is the pending action.
    assert_eq!(inbox(&app, "cmo").await, [item("approval", id)]);
    run_at(&app, "2027-04-05T07:00:00Z").await;
    run_at(&app, "2027-04-12T06:59:59Z").await;
    assert_eq!(sent(&app, "approval.overdue").await, [event(id, "2027-04-05T07:00:00Z")]);
    run_at(&app, "2027-04-12T07:00:00Z").await;
    // The reminder of 19 April is not sent late.
    run_at(&app, "2027-04-27T08:00:00Z").await;
    let overdue =
        ["2027-04-05T07:00:00Z", "2027-04-12T07:00:00Z", "2027-04-26T07:00:00Z"].map(|about| event(id, about));
    assert_eq!(sent(&app, "approval.overdue").await, overdue);
    assert!(inbox(&app, "cio").await.contains(&item("approval_overdue", id)));
    let withdrawn = format!("UPDATE approvals SET state = 'withdrawn', ended_at = due_at WHERE id = '{id}'");
    execute_sql(&app, vec![withdrawn]).await.unwrap();
    run_at(&app, "2027-05-10T08:00:00Z").await;
    assert_eq!(sent(&app, "approval.overdue").await, overdue);
    assert_eq!(sent(&app, "approval.due_soon").await.len(), 1);
    assert!(!inbox(&app, "cio").await.contains(&item("approval_overdue", id)));
}

#[apply(both)]
async fn what_was_settled_in_time_is_not_sent(app: TestApp) {
    let pair = Pair::running(&app).await;
    run_at(&app, "2027-03-30T07:00:00Z").await;
    let raise = async || {
        let body = json!({"question": "Shall we?", "due_at": "2027-04-09T07:00:00Z"});
        app.person("cio").post(&pair.at("decisions"), body).await.expect(201).body
    };
    let (settled, open) = (raise().await, raise().await);
    let path = format!("/v1/approvals/{}", text(&settled["approval_id"]));
    let approval = app.person("cio").get(&path).await.expect(200).body;
    app.clock.set("2027-04-03T07:00:00Z".parse().unwrap());
    pair.approve_by_both(&app, &approval).await;
    run_at(&app, "2027-04-04T06:59:59Z").await;
    assert_eq!(sent(&app, "decision.due_soon").await, []);
    run_at(&app, "2027-04-04T07:00:00Z").await;
    assert_eq!(sent(&app, "decision.due_soon").await, [event(text(&open["decision"]["id"]), "2027-04-09T07:00:00Z")]);
    assert_eq!(sent(&app, "approval.due_soon").await, [event(text(&open["approval_id"]), "2027-04-09T07:00:00Z")]);
    // The scheduler does not run until a third decision is due: it is deadlocked, and no longer due soon.
    app.person("cio")
        .post(&pair.at("decisions"), json!({"question": "When?", "due_at": "2027-05-03T07:00:00Z"}))
        .await
        .expect(201);
    run_at(&app, "2027-05-03T07:00:00Z").await;
    assert_eq!(sent(&app, "decision.due_soon").await.len(), 1);
    assert_eq!(sent(&app, "decision.deadlocked").await.len(), 2);
    assert_eq!(sent(&app, "approval.overdue").await, []);
}

#[apply(both)]
async fn instants_before_the_first_run_are_left_out(app: TestApp) {
    let pair = Pair::running(&app).await;
    let approval = request_to_close(&app, &pair, "2027-04-05 07:00:00").await;
    run_at(&app, "2027-06-04T08:00:00Z").await;
    for kind in ["approval.due_soon", "approval.overdue", "milestone.due_soon", "milestone.missed"] {
        assert_eq!(sent(&app, kind).await, [], "{kind}");
    }
    run_at(&app, "2027-06-07T07:00:00Z").await;
    assert_eq!(sent(&app, "approval.overdue").await, [event(text(&approval["id"]), "2027-06-07T07:00:00Z")]);
}

#[apply(both)]
async fn the_end_of_a_membership_is_announced_for_each_date(app: TestApp) {
    let pair = Pair::running(&app).await;
    run_at(&app, "2027-03-30T07:00:00Z").await;
    let membership = text(&pair.membership(&app, &pair.ina).await["id"]).to_owned();
    let end = async |day: &str| {
        let body = json!({"ends_on": day, "reason": "A new task."});
        app.admin().post(&format!("/v1/memberships/{membership}/end"), body).await.expect(200);
    };
    end("2027-05-03").await;
    run_at(&app, "2027-04-18T23:59:59Z").await;
    assert_eq!(sent(&app, "membership.ending_soon").await, []);
    run_at(&app, "2027-04-19T00:00:00Z").await;
    let first = event(&membership, "2027-05-03T00:00:00Z");
    assert_eq!(sent(&app, "membership.ending_soon").await, std::slice::from_ref(&first));
    end("2027-04-30").await;
    run_at(&app, "2027-04-19T00:00:01Z").await;
    let second = event(&membership, "2027-04-30T00:00:00Z");
    assert_eq!(sent(&app, "membership.ending_soon").await, [first, second]);
    // The member and the sponsor of the side see it, the other side does not.
    for subject in ["ina", "cio"] {
        assert_eq!(inbox(&app, subject).await, [item("membership_ending_soon", &membership)], "{subject}");
    }
    for subject in ["cmo", "mia", "ivan"] {
        assert_eq!(inbox(&app, subject).await, [], "{subject}");
    }
    run_at(&app, "2027-04-30T00:00:00Z").await;
    assert_eq!(inbox(&app, "ina").await, [item("return", &membership)]);
    assert_eq!(inbox(&app, "cio").await, []);
}

#[apply(both)]
async fn a_regular_position_that_ends_is_announced_and_then_blocks_the_return(app: TestApp) {
    let pair = Pair::running(&app).await;
    run_at(&app, "2027-03-30T07:00:00Z").await;
    let homes = format!("/v1/people/{}/home-positions", pair.ina);
    let home = text(&app.admin().get(&homes).await.expect(200).body["data"][0]["id"]).to_owned();
    app.admin().post(&format!("/v1/home-positions/{home}/end"), json!({"ends_on": "2027-04-28"})).await.expect(200);
    run_at(&app, "2027-04-13T23:59:59Z").await;
    assert_eq!(sent(&app, "home_position.ending_soon").await, []);
    run_at(&app, "2027-04-14T00:00:00Z").await;
    assert_eq!(sent(&app, "home_position.ending_soon").await, [event(&home, "2027-04-28T00:00:00Z")]);
    assert_eq!(inbox(&app, "ina").await, [item("home_position_ending_soon", &home)]);
    let membership = text(&pair.membership(&app, &pair.ina).await["id"]).to_owned();
    let end = json!({"ends_on": "2027-04-30", "reason": "A new task."});
    app.admin().post(&format!("/v1/memberships/{membership}/end"), end).await.expect(200);
    run_at(&app, "2027-04-29T23:59:59Z").await;
    assert_eq!(sent(&app, "membership.return_blocked").await, []);
    run_at(&app, "2027-04-30T00:00:00Z").await;
    run_at(&app, "2027-05-03T00:00:00Z").await;
    let blocked = event(&membership, "2027-04-30T00:00:00Z");
    assert_eq!(sent(&app, "membership.return_blocked").await, std::slice::from_ref(&blocked));
    assert_eq!(inbox(&app, "ina").await, [item("return", &membership)]);
    assert_eq!(inbox(&app, "cio").await, [item("return_blocked", &membership)]);
    // With a position for one day, the return is possible on that day, and then blocked again.
    let position = json!({"department_id": pair.platform, "title": "Architect", "valid_from": "2027-05-04"});
    let position = app.admin().post(&homes, position).await.expect(201).id();
    run_at(&app, "2027-05-04T00:00:00Z").await;
    assert_eq!(inbox(&app, "cio").await, []);
    app.admin().post(&format!("/v1/home-positions/{position}/end"), json!({"ends_on": "2027-05-05"})).await.expect(200);
    run_at(&app, "2027-05-05T00:00:00Z").await;
    assert_eq!(sent(&app, "membership.return_blocked").await, [blocked.clone(), blocked]);
}

#[apply(both)]
async fn a_regular_position_with_a_successor_is_no_problem(app: TestApp) {
    let pair = Pair::running(&app).await;
    run_at(&app, "2027-03-30T07:00:00Z").await;
    let homes = format!("/v1/people/{}/home-positions", pair.ina);
    let home = text(&app.admin().get(&homes).await.expect(200).body["data"][0]["id"]).to_owned();
    app.admin().post(&format!("/v1/home-positions/{home}/end"), json!({"ends_on": "2027-04-28"})).await.expect(200);
    let next = json!({"department_id": pair.platform, "title": "Architect", "valid_from": "2027-04-28"});
    app.admin().post(&homes, next).await.expect(201);
    run_at(&app, "2027-04-20T00:00:00Z").await;
    assert_eq!(sent(&app, "home_position.ending_soon").await, []);
}

#[apply(both)]
async fn milestones_and_the_end_of_the_project_are_announced(app: TestApp) {
    let pair = Pair::running(&app).await;
    run_at(&app, "2027-03-30T07:00:00Z").await;
    run_at(&app, "2027-05-17T23:59:59Z").await;
    assert_eq!(sent(&app, "milestone.due_soon").await, []);
    run_at(&app, "2027-05-18T00:00:00Z").await;
    run_at(&app, "2027-06-01T23:59:59Z").await;
    assert_eq!(sent(&app, "milestone.due_soon").await, [event(&pair.project, "2027-06-01T00:00:00Z")]);
    assert_eq!(sent(&app, "milestone.missed").await, []);
    let found = app.person("cmo").get("/v1/me/inbox").await.expect(200).body["data"][0].clone();
    assert_eq!((&found["kind"], &found["milestone"]), (&json!("milestone_due_soon"), &json!("One database")));
    run_at(&app, "2027-06-02T00:00:00Z").await;
    assert_eq!(sent(&app, "milestone.missed").await, [event(&pair.project, "2027-06-02T00:00:00Z")]);
    for subject in ["cmo", "cio"] {
        assert_eq!(inbox(&app, subject).await, [item("milestone_missed", &pair.project)], "{subject}");
    }
    run_at(&app, "2027-06-16T00:00:00Z").await;
    assert_eq!(inbox(&app, "cmo").await, []);
    run_at(&app, "2027-11-30T23:59:59Z").await;
    assert_eq!(sent(&app, "project.past_end").await, []);
    run_at(&app, "2027-12-01T00:00:00Z").await;
    run_at(&app, "2027-12-02T00:00:00Z").await;
    assert_eq!(sent(&app, "project.past_end").await, [event(&pair.project, "2027-12-01T00:00:00Z")]);
    assert_eq!(inbox(&app, "cmo").await, [item("project_past_end", &pair.project)]);
    let approval = app.person("cmo").act(&pair.at("close")).await.expect(201).body;
    respond(&app.person("cio"), &approval, "approve").await.expect(200);
    run_at(&app, "2027-12-02T00:00:01Z").await;
    assert_eq!(inbox(&app, "cmo").await, []);
}

#[apply(both)]
async fn gaps_and_orphans_are_found_and_resolved(app: TestApp) {
    let pair = Pair::running(&app).await;
    run_at(&app, "2027-03-30T07:00:00Z").await;
    assert_eq!(sent(&app, "ownership.orphan_found").await, []);
    app.admin().post(&format!("/v1/people/{}/deactivate", pair.mia), json!({"reason": "A new job."})).await.expect(200);
    run_at(&app, "2027-03-30T07:00:01Z").await;
    run_at(&app, "2027-03-31T07:00:00Z").await;
    let orphan = event(&pair.databases, "2027-03-30T00:00:00Z");
    assert_eq!(sent(&app, "ownership.orphan_found").await, std::slice::from_ref(&orphan));
    assert_eq!(sent(&app, "ownership.orphan_resolved").await, []);
    assert_eq!(inbox(&app, "cmo").await, [item("ownership_orphan", &pair.databases)]);
    assert_eq!(inbox(&app, "cio").await, []);
    let areas = app.person("cmo").get(&pair.at("areas")).await.expect(200).body["data"].clone();
    let area = areas.as_array().unwrap().iter().find(|area| area["id"] == pair.databases).unwrap().clone();
    let end = json!({"ends_on": "2027-03-31", "successor_person_id": pair.max});
    let assignment = text(&area["accountable"]["id"]);
    app.person("cmo").post(&format!("/v1/assignments/{assignment}/end"), end).await.expect(200);
    run_at(&app, "2027-03-31T07:00:01Z").await;
    assert_eq!(sent(&app, "ownership.orphan_resolved").await, [orphan]);
    assert_eq!(sent(&app, "ownership.gap_found").await, []);
    assert_eq!(inbox(&app, "cmo").await, []);
}

#[apply(both)]
async fn a_gap_is_resolved_when_the_area_has_an_owner(app: TestApp) {
    let team = team(&app).await;
    let (mia, _) = team.member(&app, "mia", &team.marketing).await;
    run_at(&app, "2027-03-30T07:00:00Z").await;
    run_at(&app, "2027-03-31T07:00:00Z").await;
    let gap = event(&team.databases, "2027-03-01T00:00:00Z");
    let found = sent(&app, "ownership.gap_found").await;
    assert_eq!(found.iter().filter(|one| **one == gap).count(), 1, "{found:?}");
    assert_eq!(inbox(&app, "cmo").await, [item("ownership_gap", &team.databases)]);
    // The lead sees the gaps of all sides.
    assert_eq!(inbox(&app, "lead").await.len(), found.len());
    team.assign(&app, &team.databases, json!({}), &mia).await.expect(201);
    run_at(&app, "2027-03-31T07:00:01Z").await;
    assert_eq!(sent(&app, "ownership.gap_resolved").await, [gap]);
    assert_eq!(inbox(&app, "cmo").await, []);
}

#[apply(both)]
async fn replicas_send_each_reminder_once(app: TestApp) {
    let pair = Pair::running(&app).await;
    request_to_close(&app, &pair, "2027-05-18 06:00:00").await;
    run_at(&app, "2027-03-30T07:00:00Z").await;
    app.clock.set("2027-05-18T07:00:00Z".parse().unwrap());
    let open = || Db::open(&DbOptions::new(app.database.url.clone()), None).unwrap();
    // SQLite has one process.
    let replicas = match app.engine {
        Engine::Postgres => vec![app.state.db.clone(), open(), open()],
        Engine::Sqlite => vec![app.state.db.clone()],
    };
    let runs = (0..20).map(|number| scheduler::run_once(&replicas[number % replicas.len()], &app.state.environment));
    for run in futures_util::future::join_all(runs).await {
        run.unwrap();
    }
    for kind in ["approval.overdue", "milestone.due_soon"] {
        assert_eq!(sent(&app, kind).await.len(), 1, "{kind}");
    }
}

#[apply(both)]
async fn an_error_in_one_project_does_not_block_the_others(app: TestApp) {
    let pair = Pair::running(&app).await;
    // A copy of the project, whose charter cannot be read.
    let broken = app.state.environment.new_id::<ProjectKind>();
    let project = "name, state, starts_on, ends_on, parity_tolerance, charter_version, charter_sha256, in_force_version, \
                   in_force_sha256, activated_at, check_at, version, created_at, updated_at";
    let copy = |table: &str, key: &str, columns: &str, values: &str| {
        format!(
            "INSERT INTO {table} ({key}, {columns}) SELECT '{broken}', {values} FROM {table} WHERE {key} = '{}'",
            pair.project
        )
    };
    let charter = "version, sha256, created_at, content";
    execute_sql(
        &app,
        vec![
            copy("projects", "id", project, project),
            copy("charter_versions", "project_id", charter, "version, sha256, created_at, 'unreadable'"),
        ],
    )
    .await
    .unwrap();
    run_at(&app, "2027-03-30T07:00:00Z").await;
    run_at(&app, "2027-05-18T00:00:00Z").await;
    assert_eq!(sent(&app, "milestone.due_soon").await, [event(&pair.project, "2027-06-01T00:00:00Z")]);
}

#[apply(both)]
async fn an_application_reads_the_inbox_of_a_person(app: TestApp) {
    let pair = Pair::running(&app).await;
    run_at(&app, "2027-03-30T07:00:00Z").await;
    run_at(&app, "2027-05-18T00:00:00Z").await;
    let close = app.person("cio").act(&pair.at("close")).await.expect(201).id();
    // What is due first comes first.
    assert_eq!(inbox(&app, "cmo").await, [item("approval", &close), item("milestone_due_soon", &pair.project)]);
    let path = format!("/v1/inbox?person_id={}", pair.cmo);
    let bot = app.service("bot", "projects:read");
    let own = app.person("cmo").get("/v1/me/inbox").await.expect(200);
    let found = bot.get(&path).await.expect(200);
    assert_eq!(found.body, own.body);
    assert_eq!(found.header("cache-control"), own.header("cache-control"));
    let first = bot.get(&format!("{path}&limit=1&expand=people")).await.expect(200);
    assert_eq!((first.body["data"].as_array().unwrap().len(), &first.body["has_more"]), (1, &json!(true)));
    assert!(first.body["included"]["people"].is_object());
    // No person reads it: not the person, not the other sponsor, not an administrator, not a stranger.
    person_without_position(&app, "stranger").await;
    for subject in ["cmo", "cio", "mia", "stranger"] {
        app.caller(subject, "projects:read projects:write").get(&path).await.refused(403, "forbidden");
    }
    app.admin().get(&path).await.refused(403, "forbidden");
    for scopes in ["", "projects:write", "callbacks:read audit:read webhooks:manage"] {
        let refused = app.service("bot", scopes).get(&path).await.refused(403, "forbidden");
        assert_eq!(refused.body["required_scope"], "projects:read");
    }
    app.anonymous().get(&path).await.expect(401);
    bot.get("/v1/inbox?person_id=per_01m7fgq4e8f4r9v3zk8x2c6b7d").await.refused(404, "not_found");
    bot.get("/v1/inbox").await.expect(400);
    bot.get("/v1/me/inbox").await.refused(404, "not_found");
}
