//! Data assets: their identifiers, the lookup of who is accountable across projects, and conflicts between projects.

use super::support::pair::{Pair, charter, drain, text};
use super::support::team::{department, execute_sql, person, put_in_state};
use super::support::*;

const URN: &str = "urn:li:dataset:(urn:li:dataPlatform:snowflake,CRM.PUBLIC.Customers,PROD)";

/// Creates an active project with the sponsors of the pair, in which a member of the pair owns the same data.
async fn another_project(app: &TestApp, pair: &Pair, owner: &str, subject: &str) -> String {
    let body = charter(&pair.brand, &pair.platform, &pair.cmo, &pair.cio);
    let project = app.person("cmo").post("/v1/projects", body).await.expect(201).id();
    let invitation = json!({"person_id": owner, "department_id": pair.brand, "project_role": "Steward"});
    let invited = app.person("cmo").post(&format!("/v1/projects/{project}/memberships"), invitation).await;
    app.person(subject).act(&format!("/v1/memberships/{}/accept", invited.expect(201).id())).await.expect(200);
    let areas = app.person("cmo").get(&format!("/v1/projects/{project}/areas")).await.expect(200);
    let area = text(&areas.body["data"][0]["id"]).to_owned();
    let assignment = json!({"person_id": owner, "responsibility": "accountable"});
    app.person("cmo").post(&format!("/v1/areas/{area}/assignments"), assignment).await.expect(201);
    put_in_state(app, &project, "active").await;
    project
}

async fn owners(app: &TestApp, subject: &str, query: &str) -> Value {
    app.person(subject).get(&format!("/v1/ownership?{query}")).await.expect(200).body["data"].clone()
}

#[apply(both)]
async fn any_identifier_of_a_catalogue_is_accepted(app: TestApp) {
    let (brand, platform) = (department(&app, "brand").await, department(&app, "platform").await);
    let (cmo, cio) = (person(&app, "cmo", &brand).await, person(&app, "cio", &platform).await);
    let create = async |asset: &str| {
        let mut body = charter(&brand, &platform, &cmo, &cio);
        body["areas"][0]["data_asset"] = json!(asset);
        app.person("cmo").post("/v1/projects", body).await
    };
    let longest = "x".repeat(500);
    for (sent, stored) in [
        (URN, URN),
        ("component:default/crm", "component:default/crm"),
        ("crm.customers", "crm.customers"),
        ("  za\u{301}kazni\u{301}ci *?[a]' ", "z\u{e1}kazn\u{ed}ci *?[a]'"),
        (longest.as_str(), longest.as_str()),
    ] {
        let project = create(sent).await.expect(201).id();
        let areas = app.person("cmo").get(&format!("/v1/projects/{project}/areas")).await.expect(200);
        assert_eq!(areas.body["data"][0]["data_asset"], json!(stored));
        let signed = app.person("cmo").get(&format!("/v1/projects/{project}/charter")).await.expect(200);
        assert_eq!(signed.body["content"]["areas"][0]["data_asset"], json!(stored));
    }
    let too_long_when_composed = "\u{958}".repeat(251);
    for (wrong, code) in [
        ("a\nb", "pattern_mismatch"),
        ("a\u{7f}", "pattern_mismatch"),
        ("a\u{85}b", "pattern_mismatch"),
        ("", "too_short"),
        (&"x".repeat(501), "too_long"),
        ("\u{2003}\u{200b}", "blank"),
        (&too_long_when_composed, "too_long"),
    ] {
        create(wrong).await.refused(422, "validation_failed").violates("/areas/0/data_asset", code);
    }
    // The database refuses what the API would never write.
    for wrong in ["''", "' a'", "'a' || chr(10)"] {
        let chr = if app.engine == Engine::Sqlite { wrong.replace("chr", "char") } else { wrong.to_owned() };
        let sql = format!("UPDATE areas SET data_asset = {chr} WHERE data_asset = 'crm.customers'");
        assert!(execute_sql(&app, vec![sql]).await.unwrap_err().contains("areas_data_asset"), "{wrong}");
    }
}

#[apply(both)]
async fn everyone_learns_who_is_accountable_but_not_where(app: TestApp) {
    let pair = Pair::running(&app).await;
    person(&app, "outsider", &pair.platform).await;
    let seen = owners(&app, "cmo", "data_asset=crm.customers").await;
    assert_eq!(seen.as_array().unwrap().len(), 1);
    assert_eq!(
        (&seen[0]["person_id"], &seen[0]["department_id"], &seen[0]["valid_from"]),
        (&json!(pair.mia), &json!(pair.brand), &json!("2027-03-30"))
    );
    assert_eq!(
        (&seen[0]["project"]["id"], &seen[0]["project"]["area_id"]),
        (&json!(pair.project), &json!(pair.databases))
    );
    let hidden = json!([{
        "person_id": pair.mia, "department_id": pair.brand, "valid_from": "2027-03-30", "project": null
    }]);
    assert_eq!(owners(&app, "outsider", "data_asset=crm.customers").await, hidden);
    assert_eq!(owners(&app, "outsider", "data_asset=%20crm.customers%20&as_of=2027-03-30").await, hidden);
    // An administrator does not read the projects of their own department without a role.
    let admin = app.caller("outsider", "projects:read admin").get("/v1/ownership?data_asset=crm.customers").await;
    assert_eq!(admin.expect(200).body["data"], hidden);
    // An application sees every project; a token without the scope sees nothing.
    let service = app.service("catalogue", "projects:read");
    let all = service.get("/v1/ownership?data_asset=crm.customers").await.expect(200);
    assert_eq!(all.body["data"], seen);
    app.service("desk", "callbacks:read").get("/v1/ownership?data_asset=crm.customers").await.refused(403, "forbidden");
    // Other names, other days and other cases are not found.
    for query in ["data_asset=crm.customer", "data_asset=CRM.customers", "data_asset=crm.customers&as_of=2027-03-29"] {
        assert_eq!(owners(&app, "cmo", query).await, json!([]), "{query}");
    }
    for query in ["", "data_asset=", "data_asset=a%0Ab", "data_asset=a&as_of=yesterday"] {
        app.person("cmo").get(&format!("/v1/ownership?{query}")).await.refused(400, "invalid_parameter");
    }
}

#[apply(both)]
async fn an_outsider_cannot_count_or_date_hidden_projects(app: TestApp) {
    let pair = Pair::running(&app).await;
    person(&app, "outsider", &pair.platform).await;
    let before = app.person("outsider").get("/v1/ownership?data_asset=crm.customers").await.expect(200);
    // Two more projects about the same data change nothing for a person who sees none of them: neither the entries nor
    // their days, nor the number of statements.
    for _ in 0..2 {
        another_project(&app, &pair, &pair.mia, "mia").await;
    }
    // What is known about the caller is kept for some seconds.
    owners(&app, "outsider", "data_asset=unknown").await;
    app.record_statements();
    let after = app.person("outsider").get("/v1/ownership?data_asset=crm.customers").await.expect(200);
    let found = app.statements().len();
    assert_eq!((&after.body, after.body["data"].as_array().unwrap().len()), (&before.body, 1));
    app.record_statements();
    app.person("outsider").get("/v1/ownership?data_asset=unknown").await.expect(200);
    assert_eq!(app.statements().len(), found);
    assert!(!after.text.contains("prj_") && !after.text.contains("are_") && !after.text.contains("own_"));
    assert_eq!(owners(&app, "cmo", "data_asset=crm.customers").await.as_array().unwrap().len(), 3);
    // Who takes over later is known only to those who see the project.
    let hand_over = json!({"ends_on": "2027-06-01", "successor_person_id": pair.max});
    let assignments = app.person("cmo").get(&format!("/v1/areas/{}/assignments", pair.databases)).await.expect(200);
    let end = format!("/v1/assignments/{}/end", text(&assignments.body["data"][0]["id"]));
    app.person("cmo").post(&end, hand_over).await.expect(200);
    let later = "data_asset=crm.customers&as_of=2027-06-01";
    assert_eq!(owners(&app, "outsider", later).await, json!([]));
    let planned = owners(&app, "cmo", later).await;
    assert!(planned.as_array().unwrap().iter().any(|one| one["person_id"] == json!(pair.max)));
}

#[apply(both)]
async fn drafts_and_closed_projects_are_not_found(app: TestApp) {
    let pair = Pair::prepared(&app).await;
    assert_eq!(owners(&app, "cmo", "data_asset=crm.customers").await, json!([]));
    for (state, count) in [("active", 1), ("on_hold", 1), ("cancelled", 0)] {
        put_in_state(&app, &pair.project, state).await;
        let found = owners(&app, "cmo", "data_asset=crm.customers").await;
        assert_eq!(found.as_array().unwrap().len(), count, "{state}");
    }
    put_in_state(&app, &pair.project, "closed").await;
    app.clock.set("2027-04-10T08:00:00Z".parse().unwrap());
    assert_eq!(owners(&app, "cmo", "data_asset=crm.customers").await, json!([]));
    // On the day on which the project was closed, it still had an owner.
    let then = owners(&app, "cmo", "data_asset=crm.customers&as_of=2027-03-30").await;
    assert_eq!(then[0]["person_id"], json!(pair.mia));
}

/// Returns the data of the conflict events in the feed, by the last word of their type.
async fn conflict_events(app: &TestApp) -> Vec<(String, Value)> {
    let feed = app.drained_feed().await.into_iter();
    feed.filter_map(|event| {
        Some((text(&event["type"]).strip_prefix("ownership.conflict_")?.to_owned(), event["data"].clone()))
    })
    .collect()
}

#[apply(both)]
async fn each_project_announces_a_conflict_once_and_without_the_other(app: TestApp) {
    let pair = Pair::running(&app).await;
    drain(&app).await;
    assert!(conflict_events(&app).await.is_empty());
    // Two projects in which the other department owns the same data are one conflict.
    let mut others = Vec::new();
    for _ in 0..2 {
        let mut body = charter(&pair.brand, &pair.platform, &pair.cmo, &pair.cio);
        body["areas"][0]["department_id"] = json!(pair.platform);
        let other = app.person("cio").post("/v1/projects", body).await.expect(201).id();
        put_in_state(&app, &other, "active").await;
        others.push(other);
    }
    // Several replicas of the scheduler, and more rounds than needed.
    for _ in 0..3 {
        let rounds = (0..20).map(|_| entente::app::scheduler::run_once(&app.state.db, &app.state.environment));
        for round in futures_util::future::join_all(rounds).await {
            round.unwrap();
        }
    }
    let found = conflict_events(&app).await;
    assert_eq!(found.len(), 3, "{found:?}");
    for (project, own, other) in [
        (&pair.project, &pair.brand, &pair.platform),
        (&others[0], &pair.platform, &pair.brand),
        (&others[1], &pair.platform, &pair.brand),
    ] {
        let (kind, data) = found.iter().find(|(_, data)| data["project_id"] == json!(project)).unwrap();
        assert_eq!(
            (kind.as_str(), &data["data_asset"], &data["department_id"], &data["other_department_id"]),
            ("found", &json!("crm.customers"), &json!(own), &json!(other))
        );
        assert_eq!(data["resolved_at"], Value::Null);
        // The event names its own project only.
        assert_eq!(data.to_string().matches("prj_").count(), 1);
    }
    // One of the other projects gives up the data: its own conflict ends, and that of the pair lasts.
    let give_up = |project: &str| {
        vec![
            format!("UPDATE areas SET data_asset = NULL WHERE project_id = '{project}' AND key = 'databases'"),
            format!("UPDATE projects SET check_at = '2027-03-30 07:00:00' WHERE id = '{project}'"),
        ]
    };
    execute_sql(&app, give_up(&others[0])).await.unwrap();
    drain(&app).await;
    let resolved = async |app: &TestApp| -> Vec<Value> {
        let events = conflict_events(app).await.into_iter();
        events.filter(|(kind, _)| kind == "resolved").map(|(_, data)| data["project_id"].clone()).collect()
    };
    assert_eq!(resolved(&app).await, [json!(others[0])]);
    // Without the last one, the conflict of the pair ends, too, although nothing was written to its project.
    execute_sql(&app, give_up(&others[1])).await.unwrap();
    drain(&app).await;
    let mut ended = resolved(&app).await;
    ended.sort_by_key(Value::to_string);
    let mut expected = vec![json!(pair.project), json!(others[0]), json!(others[1])];
    expected.sort_by_key(Value::to_string);
    assert_eq!(ended, expected);
    drain(&app).await;
    assert_eq!(conflict_events(&app).await.len(), 6);
}

#[apply(both)]
async fn a_draft_announces_no_conflict(app: TestApp) {
    let pair = Pair::running(&app).await;
    let mut body = charter(&pair.brand, &pair.platform, &pair.cmo, &pair.cio);
    body["areas"][0]["department_id"] = json!(pair.platform);
    app.person("cio").post("/v1/projects", body).await.expect(201);
    drain(&app).await;
    assert!(conflict_events(&app).await.is_empty());
}
