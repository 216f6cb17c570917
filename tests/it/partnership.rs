//! The partnership report, its chart and the inbox. Also: the number of statements of lists and reports does not depend
//! on the size of the project.

use super::support::pair::{Pair, respond, text};
use super::support::team::{execute_sql, person_without_position};
use super::support::*;

#[apply(both)]
async fn the_report_measures_responses_and_their_latency(app: TestApp) {
    let pair = Pair::running(&app).await;
    let report = async || app.person("mia").get(&pair.at("partnership")).await.expect(200).body;
    let before = report().await;
    assert_eq!(before["sides"][0]["decisions_raised"], json!({"count": 0, "share": null}));
    assert_eq!(before["sides"][0]["areas"], json!({"count": 1, "share": 0.5}));
    assert_eq!(before["sides"][0]["first_responses"], json!({"count": 1, "share": 1.0}));
    // The company opens at 10:00 in Prague. The CMO responds after half an hour. The CIO, who raised the decision,
    // responds on the next day at noon: after 7 business hours of the first day and 2 of the second.
    app.clock.set("2027-03-30T08:00:00Z".parse().unwrap());
    let body = json!({"question": "Shall we?", "due_at": "2027-05-01T08:00:00Z"});
    let raised = app.person("cio").post(&pair.at("decisions"), body).await.expect(201).body;
    let approval =
        app.person("cio").get(&format!("/v1/approvals/{}", text(&raised["approval_id"]))).await.expect(200).body;
    app.clock.set("2027-03-30T08:30:00Z".parse().unwrap());
    respond(&app.person("cmo"), &approval, "approve").await.expect(200);
    app.clock.set("2027-03-30T15:00:00Z".parse().unwrap());
    let waiting = report().await["sides"][1]["latency"].clone();
    assert_eq!((&waiting["pending"], &waiting["longest_wait_minutes"]), (&json!(1), &json!(7 * 60)));
    app.clock.set("2027-03-31T10:00:00Z".parse().unwrap());
    respond(&app.person("cio"), &approval, "reject").await.expect(200);
    let after = report().await;
    let latency = |side: usize| after["sides"][side]["latency"].clone();
    // The other response of each side is the signature of the charter, without delay.
    assert_eq!(
        (&latency(0)["responded"], &latency(0)["p50_minutes"], &latency(0)["p90_minutes"]),
        (&json!(2), &json!(0), &json!(30))
    );
    assert_eq!(
        (&latency(1)["responded"], &latency(1)["p90_minutes"], &latency(1)["pending"]),
        (&json!(2), &json!(9 * 60), &json!(0))
    );
    assert_eq!(after["sides"][1]["rejections"], json!({"count": 1, "share": 1.0}));
    assert_eq!(after["sides"][1]["decisions_raised"], json!({"count": 1, "share": 1.0}));
    assert_eq!((&after["parity"]["holds"], &after["coverage"]["complete"]), (&json!(true), &json!(true)));
    // The parts of the report equal the responses of their own operations.
    let parity = app.person("mia").get(&pair.at("parity")).await.expect(200).body;
    assert_eq!(after["parity"], parity);
    assert_eq!(after["coverage"], app.person("mia").get(&pair.at("ownership/coverage")).await.expect(200).body);
    assert_eq!(after["milestones"], app.person("mia").get(&pair.at("milestones")).await.expect(200).body["data"]);
}

#[apply(both)]
async fn the_chart_is_visible_to_project_members_only(app: TestApp) {
    let pair = Pair::running(&app).await;
    let path = pair.at("partnership.svg");
    let drawn = app.person("mia").request("GET", &path).header("Accept-Language", "en").send().await.expect(200);
    assert_eq!(drawn.header("content-type"), "image/svg+xml");
    assert!(drawn.text.starts_with("<svg") && drawn.text.contains("One customer"), "{}", drawn.text);
    assert!(!drawn.text.contains("<script") && !drawn.text.contains("http://www.w3.org/1999/xlink"));
    person_without_position(&app, "stranger").await;
    app.person("stranger").get(&path).await.refused(404, "not_found");
}

#[apply(both)]
async fn the_inbox_lists_pending_actions_only(app: TestApp) {
    let pair = Pair::running(&app).await;
    let inbox = async |subject: &str| -> Vec<(String, String)> {
        let inbox = app.person(subject).get("/v1/me/inbox").await.expect(200);
        let rows = inbox.body["data"].as_array().unwrap();
        rows.iter().map(|row| (text(&row["kind"]).to_owned(), text(&row["id"]).to_owned())).collect()
    };
    assert_eq!(inbox("cmo").await, []);
    let requested = app.person("cio").act(&pair.at("close")).await.expect(201);
    assert_eq!(inbox("cio").await, []);
    assert_eq!(inbox("cmo").await, [("approval".to_owned(), requested.id())]);
    let body = json!({"question": "Shall we?", "due_at": "2027-04-05T08:00:00Z"});
    let raised = app.person("mia").post(&pair.at("decisions"), body).await.expect(201).body;
    // Items with an earlier due date come first.
    let both = inbox("cmo").await;
    assert_eq!(
        both,
        [("approval".to_owned(), requested.id()), ("approval".to_owned(), text(&raised["approval_id"]).to_owned())]
    );
    let few = app.person("cmo").get("/v1/me/inbox?limit=1").await.expect(200);
    assert_eq!((few.body["data"].as_array().unwrap().len(), &few.body["has_more"]), (1, &json!(true)));
    let offer = json!({"to_person_id": pair.max});
    let transfer =
        app.person("mia").post(&format!("/v1/areas/{}/transfers", pair.databases), offer).await.expect(201).id();
    assert_eq!(inbox("max").await, [("transfer".to_owned(), transfer)]);
    respond(&app.person("cmo"), &requested.body, "reject").await.expect(200);
    app.clock.set("2027-04-05T08:00:00Z".parse().unwrap());
    assert_eq!(inbox("cmo").await, []);
}

#[apply(both)]
async fn the_number_of_statements_does_not_depend_on_the_project_size(app: TestApp) {
    let pair = Pair::running(&app).await;
    let paths = [
        "",
        "/memberships?limit=100",
        "/memberships?state=active",
        "/parity",
        "/areas?limit=100",
        "/ownership?limit=100",
        "/ownership/coverage",
        "/readiness",
        "/partnership",
        "/approvals",
        "/transfers",
        "/disputes",
        "/decisions",
        "/milestones",
        "/delegations",
        "/ownership/conflicts",
        "/parity?as_of=2027-05-01",
    ];
    let count = async || {
        let mut counts = Vec::new();
        for path in paths {
            app.record_statements();
            app.person("cmo").get(&format!("/v1/projects/{}{path}", pair.project)).await.expect(200);
            counts.push((path, app.statements().len()));
        }
        app.record_statements();
        app.person("mia").get("/v1/me/inbox").await.expect(200);
        app.admin().get(&format!("/v1/people/{}/offboarding-report", pair.mia)).await.expect(200);
        counts.push(("inbox and offboarding report", app.statements().len()));
        counts
    };
    let small = count().await;
    grow(&app, &pair).await;
    assert_eq!(count().await, small);
    let areas = app.person("cmo").get(&pair.at("ownership/coverage")).await.expect(200);
    assert_eq!(areas.body["areas"].as_array().unwrap().len(), 202);
    let parity = app.person("cmo").get(&pair.at("parity")).await.expect(200);
    assert_eq!(parity.body["sides"][0]["members"], 502);
}

/// Adds 1,000 members, 200 areas and 5,000 assignments, directly in the database for speed.
async fn grow(app: &TestApp, pair: &Pair) {
    use entente::kernel::ids::{AreaId, AssignmentId, MembershipId, PersonId};
    let at = "2027-03-30 07:00:00";
    let mut sql = Vec::new();
    let sides = [&pair.brand, &pair.platform];
    for n in 0..1000u64 {
        let person = PersonId::demo(10_000 + n);
        sql.push(format!(
            "INSERT INTO people (id, display_name, email, version, created_at, updated_at) VALUES \
             ('{person}', 'Person {n}', 'grown{n}@example.com', 1, '{at}', '{at}')"
        ));
        let (membership, side) = (MembershipId::demo(10_000 + n), sides[n as usize % 2]);
        sql.push(format!(
            "INSERT INTO memberships (id, project_id, person_id, department_id, state, project_role, \
             counts_for_parity, fte_percent, valid_from, valid_to, home_department_id, home_title, invited_at, \
             expires_at, responded_at, version, updated_at) VALUES ('{membership}', '{}', '{person}', '{side}', \
             'accepted', 'x', {}, 100, '2027-03-30', '2027-12-01', '{side}', 'x', '{at}', '2027-04-13 07:00:00', '{at}', 1, '{at}')",
            pair.project,
            if app.engine == Engine::Postgres { "TRUE" } else { "1" },
        ));
    }
    for n in 0..200u64 {
        let (area, side) = (AreaId::demo(10_000 + n), sides[n as usize % 2]);
        sql.push(format!(
            "INSERT INTO areas (id, project_id, key, name, department_id) VALUES \
             ('{area}', '{}', 'grown-{n}', 'Area {n}', '{side}')",
            pair.project
        ));
        for turn in 0..25u64 {
            let (assignment, person) =
                (AssignmentId::demo(10_000 + 25 * n + turn), PersonId::demo(10_000 + (2 * turn + n) % 1000));
            let (responsibility, from, to) = if turn == 0 {
                ("accountable", "2027-03-30", "NULL")
            } else {
                ("informed", "2027-04-01", "'2027-11-01'")
            };
            sql.push(format!(
                "INSERT INTO assignments (id, area_id, project_id, person_id, responsibility, valid_from, valid_to, \
                 version, created_at, recorded_at) VALUES ('{assignment}', '{area}', '{}', '{person}', \
                 '{responsibility}', '{from}', {to}, 1, '{at}', '{at}')",
                pair.project
            ));
        }
    }
    execute_sql(app, sql).await.unwrap();
}
