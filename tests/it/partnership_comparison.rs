//! The comparison of two departments over all their projects.

use super::support::pair::{Pair, charter, respond};
use super::support::team::{department, execute_sql, person, put_in_state};
use super::support::*;

fn path(pair: &Pair, rest: &str) -> String {
    format!("/v1/reports/partnership{rest}department_id={}&department_id={}", pair.brand, pair.platform)
}

#[apply(both)]
async fn two_departments_are_compared_per_quarter(app: TestApp) {
    let pair = Pair::running(&app).await;
    // The CIO responds after two business hours.
    app.person("cmo").act(&pair.at("close")).await.expect(201);
    app.clock.set("2027-03-30T10:00:00Z".parse().unwrap());
    let approval = pair.open(&app, "close").await;
    respond(&app.person("cio"), &approval, "reject").await.expect(200);
    app.clock.set("2027-04-02T10:00:00Z".parse().unwrap());
    let decision = json!({"question": "Shall we?", "due_at": "2027-05-01T08:00:00Z"});
    app.person("cio").post(&pair.at("decisions"), decision).await.expect(201);
    let report = app.admin().get(&path(&pair, "?from=2027-01-01&to=2027-07-01&")).await.expect(200).body;
    assert_eq!((&report["projects"], report["quarters"].as_array().unwrap().len()), (&json!(1), 2));
    let (first, second) = (&report["quarters"][0], &report["quarters"][1]);
    assert_eq!((&first["quarter"], &first["ends_on"]), (&json!("2027-Q1"), &json!("2027-04-01")));
    let side = |quarter: &Value, index: usize, figure: &str| quarter["departments"][index][figure].clone();
    assert_eq!(side(first, 1, "latency"), json!({"responded": 2, "p50_minutes": 0, "p90_minutes": 120}));
    assert_eq!(side(second, 1, "latency")["p90_minutes"], Value::Null);
    assert_eq!(side(second, 1, "decisions_raised"), json!({"count": 1, "share": 1.0}));
    assert_eq!(side(second, 0, "decisions_raised"), json!({"count": 0, "share": 0.0}));
    assert_eq!(side(first, 0, "decisions_raised"), json!({"count": 0, "share": null}));
    // Two members on each side, on 30 and 31 March, and on 1 and 2 April.
    for quarter in [first, second] {
        assert_eq!(side(quarter, 0, "member_days"), json!({"count": 4, "share": 0.5}));
    }
    assert_eq!(second["milestones"], json!({"milestones": 1, "slipped": 0, "p50_days": 0, "max_days": 0}));
    assert_eq!((&second["rulings"], side(second, 0, "disputes_raised")["share"].clone()), (&json!(0), Value::Null));
}

#[apply(both)]
async fn the_csv_has_the_same_figures(app: TestApp) {
    let pair = Pair::running(&app).await;
    let query = "?from=2027-01-01&to=2027-07-01&";
    let report = app.admin().get(&path(&pair, query)).await.expect(200).body;
    let csv = app.admin().get(&path(&pair, &format!(".csv{query}"))).await.expect(200);
    assert!(csv.header("content-type").starts_with("text/csv"));
    let lines: Vec<_> = csv.text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines.len(), 1 + 2 * report["quarters"].as_array().unwrap().len());
    assert!(lines[0].starts_with("quarter,starts_on,ends_on,department_id,department,responded,"));
    let fields: Vec<_> = lines[1].split(',').collect();
    let first = &report["quarters"][0]["departments"][0];
    assert_eq!((fields[0], fields[3], fields[4]), ("2027-Q1", pair.brand.as_str(), "brand"));
    assert_eq!(fields[5], first["latency"]["responded"].to_string());
    assert_eq!(fields[10], first["member_days"]["count"].to_string());
}

#[apply(both)]
async fn only_the_heads_and_those_who_see_all_compare(app: TestApp) {
    let pair = Pair::running(&app).await;
    let elsewhere = department(&app, "legal").await;
    let head = person(&app, "head", &pair.brand).await;
    let other_head = person(&app, "other-head", &elsewhere).await;
    for (department, person) in [(&pair.brand, &head), (&elsewhere, &other_head)] {
        let path = format!("/v1/departments/{department}");
        app.admin().patch(&path, "*", json!({"head_person_id": person})).await.expect(200);
    }
    for rest in ["?", ".csv?"] {
        let path = path(&pair, rest);
        app.person("head").get(&path).await.expect(200);
        app.service("bi", "projects:read").get(&path).await.expect(200);
        // The CIO is the head of the other department.
        app.person("cio").get(&path).await.expect(200);
        // Sponsors, members, and heads of other departments, who learn nothing about the departments either.
        for subject in ["cmo", "mia", "other-head"] {
            app.person(subject).get(&path).await.refused(403, "forbidden");
        }
        app.service("desk", "callbacks:read").get(&path).await.refused(403, "forbidden");
    }
    let unknown = "dpt_01m7fgq4e8f4r9v3zk8x2c6b7d";
    let of = |one: &str, other: &str| format!("/v1/reports/partnership?department_id={one},{other}");
    app.person("cmo").get(&of(&pair.brand, unknown)).await.refused(403, "forbidden");
    app.person("head").get(&of(&pair.brand, unknown)).await.expect(422).violates("department_id", "unknown_reference");
    app.person("head").get(&of(&pair.brand, &pair.brand)).await.expect(422).violates("department_id", "duplicate_item");
    for query in ["", "&department_id=", "&from=2027-01-01"] {
        let path = format!("/v1/reports/partnership?department_id={}{query}", pair.brand);
        app.admin().get(&path).await.refused(400, "invalid_parameter");
    }
    for (period, code) in
        [("from=2027-01-02&to=2027-01-02", "not_after_start"), ("from=2000-01-01&to=2027-01-02", "too_far")]
    {
        app.admin().get(&path(&pair, &format!("?{period}&"))).await.expect(422).violates("to", code);
    }
}

#[apply(both)]
async fn a_past_quarter_stays_as_it_is(app: TestApp) {
    let pair = Pair::running(&app).await;
    app.person("cmo").act(&pair.at("close")).await.expect(201);
    app.clock.set("2027-03-30T10:00:00Z".parse().unwrap());
    let approval = pair.open(&app, "close").await;
    respond(&app.person("cio"), &approval, "reject").await.expect(200);
    app.clock.set("2027-04-20T10:00:00Z".parse().unwrap());
    let read = async || {
        let report = app.admin().get(&path(&pair, "?from=2027-01-01&to=2027-04-01&")).await.expect(200).body;
        report["quarters"].clone()
    };
    let before = read().await;
    // The calendar, the working time of a member, the home position of a sponsor, and a head change; a draft is
    // created.
    app.admin().patch("/v1/calendars/default", "*", json!({"opening_hours": [{"weekday": "monday", "opens": "06:00", "closes": "17:00"}], "zone": "Asia/Tokyo"})).await.expect(200);
    let member = pair.membership(&app, &pair.mia).await["id"].as_str().unwrap().to_owned();
    app.person("cmo").patch(&format!("/v1/memberships/{member}"), "*", json!({"fte_percent": 10})).await.expect(200);
    let hr = app.service("hr", "directory:write projects:read");
    let homes = hr.get(&format!("/v1/people/{}/home-positions", pair.cio)).await.expect(200);
    let home = homes.body["data"][0]["id"].as_str().unwrap().to_owned();
    hr.post(&format!("/v1/home-positions/{home}/end"), json!({"ends_on": "2027-05-01"})).await;
    hr.patch(&format!("/v1/departments/{}", pair.brand), "*", json!({"head_person_id": pair.max})).await.expect(200);
    app.person("cmo")
        .post("/v1/projects", charter(&pair.brand, &pair.platform, &pair.cmo, &pair.cio))
        .await
        .expect(201);
    assert_eq!(read().await, before);
}

#[apply(both)]
async fn the_number_of_statements_does_not_depend_on_the_number_of_projects(app: TestApp) {
    let pair = Pair::running(&app).await;
    let count = async || {
        app.record_statements();
        app.admin().get(&path(&pair, "?")).await.expect(200);
        app.statements().len()
    };
    // What is known about the caller is kept for some seconds.
    count().await;
    let before = count().await;
    for _ in 0..5 {
        let body = charter(&pair.brand, &pair.platform, &pair.cmo, &pair.cio);
        let other = app.person("cmo").post("/v1/projects", body).await.expect(201).id();
        put_in_state(&app, &other, "active").await;
        let sql = format!("UPDATE charter_versions SET signed_at = '2027-03-30 07:00:00' WHERE project_id = '{other}'");
        execute_sql(&app, vec![sql]).await.unwrap();
    }
    assert_eq!(count().await, before);
    let report = app.admin().get(&path(&pair, "?")).await.expect(200).body;
    assert_eq!(report["projects"], json!(6));
}
