//! Every statement of the stores finds its rows by an index, on both databases.
//!
//! The statements are not listed by hand: the test executes every example and runs the story, collects the statements,
//! and reads the query plans of the database.

use std::collections::BTreeSet;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;

use entente::kernel::db::DbConn;

use super::support::*;
use super::{examples, story};

/// Small tables, for which a full scan is fine: they have one row, or one row per department, closed day, agent,
/// language or webhook endpoint.
const SMALL: [&str; 10] = [
    "__diesel_schema_migrations",
    "agents",
    "closed_days",
    "calendars",
    "departments",
    "erasure_lock",
    "event_sequence",
    "privacy_notices",
    "retention_settings",
    "webhook_endpoints",
];

#[derive(QueryableByName)]
struct SqliteStep {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct PostgresPlan {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    plan: String,
}

/// Returns the tables that the plan of `sql` scans completely.
fn scans(conn: &mut DbConn, sql: &str) -> Vec<String> {
    match conn {
        DbConn::Sqlite(conn) => {
            let steps: Vec<SqliteStep> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(conn).unwrap();
            let bounded = sql.contains("LIMIT");
            steps
                .into_iter()
                .filter(|step| {
                    let detail = &step.detail;
                    let of_no_table = detail.contains("-ROW") || detail.contains("CONSTANT ROW");
                    let of_one_page = bounded && detail.contains(" INDEX ");
                    detail.starts_with("SCAN") && !of_no_table && !of_one_page
                })
                .filter_map(|step| step.detail.split_whitespace().nth(1).map(str::to_owned))
                .collect()
        }
        DbConn::Postgres(conn) => {
            let numbers =
                sql.split('$').skip(1).map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
            let parameters = numbers.filter_map(|number| number.parse::<usize>().ok()).max().unwrap_or(0);
            let nulls = vec!["NULL"; parameters].join(", ");
            let arguments = if parameters == 0 { String::new() } else { format!("({nulls})") };
            conn.batch_execute("SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan; DEALLOCATE ALL")
                .unwrap();
            conn.batch_execute(&format!("PREPARE explained AS {sql}")).unwrap_or_else(|error| panic!("{error}: {sql}"));
            let lines: Vec<PostgresPlan> =
                diesel::sql_query(format!("EXPLAIN EXECUTE explained{arguments}")).load(conn).unwrap();
            lines
                .into_iter()
                .filter_map(|line| {
                    line.plan
                        .split("Seq Scan on ")
                        .nth(1)
                        .map(|rest| rest.split_whitespace().next().unwrap().to_owned())
                })
                .collect()
        }
    }
}

/// Returns the statements of the worker as time passes: changes of state, assignment, retention.
async fn statements_of_the_worker(app: &TestApp) -> Vec<String> {
    app.clear_statements();
    let everyday = json!([{"weekday": "wednesday", "starts": "00:00", "ends": "23:59"}]);
    app.admin()
        .post(
            "/v1/agents",
            json!({"person_id": super::support::desk::person_id(app, "everyday").await, "duties": everyday}),
        )
        .await
        .expect(201);
    for days in [1, 400] {
        app.clock.advance(std::time::Duration::from_secs(days * 86_400));
        entente::app::scheduler::run_once(&app.state.db, &app.state.environment).await.unwrap();
        let retention = entente::app::scheduler::unit(&app.state.environment, entente::privacy::erase_outdated);
        app.state.db.write(retention).await.unwrap();
        app.state.db.write(entente::callbacks::requests::erasure::delete_networks).await.unwrap();
    }
    app.statements()
}

#[apply(both)]
async fn every_statement_uses_an_index(app: TestApp) {
    story::run(&app).await;
    let mut statements = app.statements();
    let (app, executed) = examples::execute_all_examples(app).await;
    statements.extend(executed.into_iter().flat_map(|example| example.statements));
    statements.extend(statements_of_the_worker(&app).await);
    let statements: BTreeSet<String> =
        statements.iter().map(|sql| sql.split(" -- binds:").next().unwrap().trim().to_owned()).collect();
    let statements: Vec<String> = statements
        .into_iter()
        .filter(|sql| ["SELECT", "UPDATE", "DELETE", "INSERT", "WITH"].iter().any(|verb| sql.starts_with(verb)))
        .collect();
    assert!(statements.len() > 100, "only {} statements collected", statements.len());
    // Read connections of SQLite cannot explain writes, so all plans are read on a write connection.
    let found = app
        .state
        .db
        .write(move |conn| {
            let mut found = Vec::new();
            for sql in &statements {
                found.extend(
                    scans(conn, sql)
                        .into_iter()
                        .filter(|table| !SMALL.contains(&table.trim_matches('"')))
                        .map(|table| format!("{table}: {sql}")),
                );
            }
            Ok(found)
        })
        .await
        .unwrap();
    assert!(found.is_empty(), "full scans of growing tables:\n{}", found.join("\n"));
}
