//! Every statement of the stores finds its rows by an index, on both databases.
//!
//! The statements are not listed by hand: the test executes every example and runs the story, collects the statements,
//! and reads the query plans of the database. `slow/growth` reads the plans of lists on a large database.

use super::support::plan::{self, Step};
use super::support::*;
use super::{examples, story};

/// Returns the table that the plan reads completely in this step. A page of a list can be the start of an index.
fn scanned(step: Step, sql: &str, engine: Engine) -> Option<String> {
    match step {
        Step::Scan { table } => Some(table),
        Step::Walk { table, .. } if engine == Engine::Sqlite && !sql.contains("LIMIT") => Some(table),
        Step::Walk { .. } | Step::Sort => None,
    }
}

/// Returns the statements of the worker as time passes: changes of state, assignment, retention, gauges.
async fn statements_of_the_worker(app: &TestApp) -> Vec<String> {
    app.record_statements();
    let everyday = json!([{"weekday": "wednesday", "starts": "00:00", "ends": "23:59"}]);
    app.admin()
        .post(
            "/v1/agents",
            super::support::desk::new_agent(super::support::desk::person_id(app, "everyday").await, &everyday),
        )
        .await
        .expect(201);
    for days in [1, 400] {
        app.clock.advance(std::time::Duration::from_secs(days * 86_400));
        entente::app::scheduler::run_once(&app.state.db, &app.state.environment).await.unwrap();
        let retention = entente::app::scheduler::unit(&app.state.environment, entente::privacy::erase_outdated);
        app.state.db.write(retention).await.unwrap();
        app.state.db.write(entente::callbacks::requests::erasure::delete_networks).await.unwrap();
        entente::app::gauges::read(&app.state.db, app.now()).await.unwrap();
    }
    app.statements()
}

#[apply(both)]
async fn every_statement_uses_an_index(app: TestApp) {
    app.record_statements();
    story::run(&app).await;
    let mut statements = app.statements();
    let (app, executed) = examples::execute_all_examples(app).await;
    statements.extend(executed.into_iter().flat_map(|example| example.statements));
    statements.extend(statements_of_the_worker(&app).await);
    app.record_statements();
    for grouping in ["day", "queue", "agent", "campaign"] {
        app.admin().get(&format!("/v1/reports/callbacks?group_by={grouping}")).await.expect(200);
    }
    statements.extend(app.statements());
    let statements = plan::explainable(statements);
    assert!(statements.len() > 100, "only {} statements collected", statements.len());
    let engine = app.engine;
    // Read connections of SQLite cannot explain writes, so all plans are read on a write connection.
    let found = app
        .state
        .db
        .write(move |conn| {
            let mut found = Vec::new();
            for sql in &statements {
                let tables = plan::steps(conn, sql).into_iter().filter_map(|step| scanned(step, sql, engine));
                found.extend(tables.map(|table| format!("{table}: {sql}")));
            }
            Ok(found)
        })
        .await
        .unwrap();
    assert!(found.is_empty(), "full scans of growing tables:\n{}", found.join("\n"));
}
