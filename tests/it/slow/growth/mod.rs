//! Lists, filters, reports and the queue cost the same at every size: on a database with years of data, no plan reads
//! or sorts more of a growing table than the page, person, subject or period needs.

mod rows;

use entente::app::scheduler;
use entente::kernel::db::DbConn;

use crate::support::app::ALL_SCOPES;
use crate::support::desk::agent;
use crate::support::plan::{self, Step};
use crate::support::*;

/// Partial indexes of few rows, or whose condition is the whole filter.
const PARTIAL: [&str; 15] = [
    "callback_requests_ahead",
    "callback_requests_assigned",
    "callback_requests_closed_day",
    "callback_requests_due",
    "callback_requests_due_in_queue",
    "callback_requests_open",
    "callback_requests_open_places",
    "callback_requests_risk",
    "callback_requests_same_number",
    "callback_requests_to_offer",
    "callback_requests_uncalled",
    "callback_requests_window",
    "events_unsequenced",
    "people_deactivated",
    "people_present",
];

/// Most rows that a step may find or pass over: more than the open requests and the requests of a day, and far fewer
/// than a table has.
const MOST_ROWS: f64 = 1_000.0;

/// Lists that an index has in their order.
fn ordered() -> Vec<String> {
    let (agent, without_requests) = (rows::id("agt", 3), rows::id("agt", 99));
    let department = rows::DEPARTMENT;
    let callbacks = [
        "",
        "state=completed",
        "state=completed&state=cancelled",
        "state=quarantined",
        "state=unreachable",
        "intent=sales",
        "queue_id=que_01kdvdna00e008000000000001",
        &format!("agent_id={agent}"),
        &format!("agent_id={agent}&created_from=2027-03-29T00:00:00Z"),
        &format!("agent_id={agent}&state=completed"),
        &format!("agent_id={without_requests}"),
        &format!("agent_id={without_requests}&state=completed"),
        "promise=pending",
        "promise=broken",
        "state=cancelled&promise=broken",
        "flag=closed_day",
        "flag=same_number",
        "created_from=2027-03-29T00:00:00Z",
        "created_from=2027-03-20T00:00:00Z&created_to=2027-03-21T00:00:00Z",
        "state=completed&created_from=2027-03-28T00:00:00Z",
        "intent=sales&promise=kept&created_from=2027-03-28T00:00:00Z",
    ];
    let projects = [
        "",
        "sort=-created_at",
        "state=draft",
        "state=draft&state=proposed&sort=-created_at",
        &format!("department_id={department}"),
        &format!("department_id={department}&sort=-created_at"),
        &format!("department_id={department}&state=proposed"),
        &format!("department_id={department}&state=on_hold"),
        &format!("department_id={department}&state=on_hold&state=closed&sort=-created_at"),
        &format!("department_id={department}&as_of=2027-03-30"),
        "state=on_hold",
        "state=on_hold&state=closed",
        "as_of=2027-03-30",
        "as_of=2027-03-30&sort=-created_at",
        "as_of=2027-03-30&state=draft",
        "as_of=2031-01-01",
    ];
    let events = ["", "type=closed_day.created", "type=closed_day.created&type=callback_request.completed"];
    let audit = ["", "actor=p3", "actor=unknown"];
    let people = [
        "",
        "deactivated=true",
        "deactivated=false",
        &format!("department_id={department}"),
        &format!("department_id={department}&deactivated=false"),
    ];
    let lists = [
        ("callback-requests", callbacks.as_slice()),
        ("projects", projects.as_slice()),
        ("events", events.as_slice()),
        ("audit-entries", audit.as_slice()),
        ("people", people.as_slice()),
    ];
    let path = |list: &str, filter: &&str| format!("/v1/{list}?limit=2&{filter}").trim_end_matches('&').to_owned();
    lists.iter().flat_map(|(list, filters)| filters.iter().map(move |filter| path(list, filter))).collect()
}

/// Lists and reports that are sorted, because what an index finds for them is few or limited by the period.
fn sorted() -> Vec<String> {
    let (agent, request) = (rows::id("agt", 10), rows::id("cbr", 10_000));
    vec![
        "/v1/callback-requests?limit=2&state=queued_asap&state=assigned".to_owned(),
        "/v1/callback-requests?limit=2&state=assigned&promise=pending".to_owned(),
        format!("/v1/callback-requests?limit=2&state=assigned&agent_id={agent}"),
        "/v1/projects?limit=2&mine=true".to_owned(),
        "/v1/projects?limit=2&mine=true&state=draft&sort=-created_at".to_owned(),
        format!("/v1/projects?limit=2&mine=true&department_id={}", rows::DEPARTMENT),
        format!("/v1/events?limit=2&subject={request}&type=callback_request.completed"),
        format!("/v1/audit-entries?limit=2&subject={request}&actor=p0"),
        "/v1/reports/callbacks?from=2027-03-20&to=2027-03-21&intent=sales".to_owned(),
        "/v1/reports/callbacks?from=2027-03-20&to=2027-03-21&group_by=day".to_owned(),
        "/v1/reports/callbacks?from=2027-03-20&to=2027-03-21&group_by=queue".to_owned(),
        "/v1/reports/callbacks?from=2027-03-20&to=2027-03-21&group_by=agent".to_owned(),
        "/v1/reports/callbacks.csv?from=2027-03-20&to=2027-03-21&group_by=campaign".to_owned(),
        format!("/v1/people/{}/offboarding-report", rows::id("per", 10)),
    ]
}

/// Reads the first two pages of a list and returns the statements.
async fn read(app: &TestApp, path: &str) -> Vec<String> {
    app.record_statements();
    let client = app.caller("sponsor", ALL_SCOPES);
    let first = client.get(path).await.expect(200);
    if let Some(cursor) = first.body["next_cursor"].as_str() {
        client.get(&format!("{path}&cursor={cursor}")).await.expect(200);
    }
    app.statements()
}

/// Returns the statements of claiming a request and of the scheduler.
async fn work(app: &TestApp) -> Vec<String> {
    let agent = agent(app, "a").await;
    app.record_statements();
    agent.act("/v1/callback-requests/next").await.expect(200);
    scheduler::run_once(&app.state.db, &app.state.environment).await.unwrap();
    app.statements()
}

/// Returns the statements of counting the events of a rare type that an endpoint can receive again.
async fn replay(app: &TestApp) -> Vec<String> {
    let endpoint =
        app.admin().post("/v1/webhook-endpoints", json!({"url": "https://crm.example.com"})).await.expect(201);
    let types = ["closed_day.created", "closed_day.deleted"];
    let range = json!({"since": "2020-01-01T00:00:00Z", "selection": "all", "event_types": types, "dry_run": true});
    app.record_statements();
    app.admin().post(&format!("{}/replay", endpoint.header("location")), range).await.expect(200);
    app.statements()
}

/// Returns whether this step takes longer the more rows the table has.
fn grows(step: &Step, sql: &str, may_sort: bool) -> bool {
    match step {
        Step::Scan { .. } => true,
        // Without a filter, the start of the index is the page.
        Step::Walk { index, .. } => sql.contains(" WHERE ") && !PARTIAL.contains(&index.as_str()),
        // The sides of the projects of a page are sorted, too, but only pages have a limit.
        Step::Sort => !may_sort && sql.contains(" LIMIT "),
    }
}

/// Returns a description of the steps that grow in the plans of these statements: on SQLite by their kind, on
/// PostgreSQL, whose plans depend on the bound values, by the number of rows.
async fn growing(app: &TestApp, what: String, statements: Vec<String>, may_sort: bool) -> Vec<String> {
    app.state
        .db
        .write(move |conn| {
            let mut found = Vec::new();
            if let DbConn::Postgres(conn) = conn {
                for sql in statements.iter().filter(|sql| sql.trim_start_matches('(').starts_with("SELECT")) {
                    let rows = plan::rows_visited(conn, sql);
                    found.extend((rows > MOST_ROWS).then(|| format!("{what}: {rows} rows: {sql}")));
                }
                return Ok(found);
            }
            for sql in plan::explainable(statements.clone()) {
                let steps = plan::steps(conn, &sql).into_iter().filter(|step| grows(step, &sql, may_sort));
                found.extend(steps.map(|step| format!("{what}: {step:?}: {sql}")));
            }
            Ok(found)
        })
        .await
        .unwrap()
}

#[apply(both)]
async fn no_plan_grows_with_the_tables(app: TestApp) {
    rows::fill(&app, "sponsor").await;
    let (mut found, mut planned_once) = (Vec::new(), Vec::new());
    for (paths, may_sort) in [(ordered(), false), (sorted(), true)] {
        for path in paths {
            let statements = read(&app, &path).await;
            assert!(!statements.is_empty(), "{path}");
            planned_once.extend(statements.iter().any(|sql| plan::is_planned_once(sql)).then(|| path.clone()));
            found.extend(growing(&app, path, statements, may_sort).await);
        }
    }
    let statements = replay(&app).await;
    found.extend(growing(&app, "a replay".to_owned(), statements, false).await);
    let statements = work(&app).await;
    found.extend(growing(&app, "the queue".to_owned(), statements, true).await);
    assert!(found.is_empty(), "plans that grow:\n{}", found.join("\n"));
    // Otherwise the plans for the bound values were checked, which the service does not use.
    if app.engine == Engine::Postgres {
        for list in ["/v1/callback-requests?", "/v1/events?"] {
            assert!(planned_once.iter().any(|path| path.starts_with(list)), "{list} {planned_once:?}");
        }
    }
}

/// No project has an author here, as if an application had created them. On SQLite, a search by the state would also
/// count as one, but finds all drafts. On PostgreSQL, the rows are counted (`no_plan_grows_with_the_tables`).
#[apply(both)]
async fn drafts_are_found_by_their_author(app: TestApp) {
    rows::fill(&app, "sponsor").await;
    let statements = plan::explainable(read(&app, "/v1/projects?limit=2&mine=true").await);
    let own = statements.into_iter().find(|sql| sql.contains(" UNION ALL ")).unwrap();
    let explain = move |conn: &mut DbConn| match conn {
        DbConn::Sqlite(conn) => Ok(Some(plan::described(conn, &own))),
        DbConn::Postgres(_) => Ok(None),
    };
    if let Some(steps) = app.state.db.write(explain).await.unwrap() {
        assert!(steps.iter().any(|step| step.contains(" projects_created_by ")), "{steps:?}");
        assert!(!steps.iter().any(|step| step.contains(" projects_state_id ")), "{steps:?}");
    }
}
