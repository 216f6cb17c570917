//! Query plans of both databases, reduced to the steps that can take longer the more rows a table has.

use std::collections::BTreeSet;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;

use entente::kernel::db::DbConn;

/// Small tables, for which a full scan is fine: they have one row, or one row per department, closed day, change of
/// the calendar, queue, agent, duty, language or webhook endpoint.
pub const SMALL: [&str; 18] = [
    "__diesel_schema_migrations",
    "agent_absences",
    "agent_duties",
    "agent_queues",
    "agents",
    "closed_days",
    "calendar_versions",
    "calendars",
    "departments",
    "erasure_lock",
    "event_sequence",
    "form_settings",
    "installation_secrets",
    "privacy_notices",
    "queue_versions",
    "queues",
    "retention_settings",
    "webhook_endpoints",
];

/// Names that statements give to the results of subqueries.
const RESULTS: [&str; 5] = ["caller", "known", "number", "parts", "roles"];

/// A step of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Reads a whole table.
    Scan { table: String },
    /// Reads an index from its start, and filters what it finds.
    Walk { table: String, index: String },
    /// Sorts what it has found.
    Sort,
}

#[derive(QueryableByName)]
struct SqliteStep {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct PostgresLine {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    plan: String,
}

/// Returns the different statements among these that have a plan, without their bound values.
pub fn explainable(statements: impl IntoIterator<Item = String>) -> BTreeSet<String> {
    let verbs = ["SELECT", "UPDATE", "DELETE", "INSERT", "WITH"];
    let text = |sql: String| without_binds(&sql).0.to_owned();
    // On PostgreSQL, each part of a union is in parentheses.
    let has_plan = |sql: &str| verbs.iter().any(|verb| sql.trim_start_matches('(').starts_with(verb));
    statements.into_iter().map(text).filter(|sql| has_plan(sql)).collect()
}

/// Splits a recorded statement into its text and its bound values.
pub fn without_binds(recorded: &str) -> (&str, &str) {
    let (sql, binds) = recorded.split_once(" -- binds:").unwrap_or((recorded, "[]"));
    (sql.trim(), binds.trim())
}

/// Returns the steps of the plan that the database uses whatever the bound values are, except those on small tables.
/// SQLite has no other plans, because it is compiled with the query-planner stability guarantee.
pub fn steps(conn: &mut DbConn, sql: &str) -> Vec<Step> {
    let steps = match conn {
        DbConn::Sqlite(conn) => described(conn, sql).iter().filter_map(|step| sqlite_step(step)).collect(),
        DbConn::Postgres(conn) => postgres_steps(&generic_plan(conn, sql)),
    };
    let is_small = |step: &Step| match step {
        Step::Scan { table } | Step::Walk { table, .. } => SMALL.contains(&table.as_str()),
        Step::Sort => false,
    };
    steps.into_iter().filter(|step| !is_small(step)).collect()
}

/// Returns the steps of the plan on SQLite as it describes them.
pub fn described(conn: &mut SqliteConnection, sql: &str) -> Vec<String> {
    let steps: Vec<SqliteStep> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(conn).unwrap();
    steps.into_iter().map(|step| step.detail).collect()
}

fn sqlite_step(detail: &str) -> Option<Step> {
    let words: Vec<&str> = detail.split_whitespace().collect();
    match words.as_slice() {
        ["USE", "TEMP", "B-TREE", ..] => Some(Step::Sort),
        // Results of subqueries and lists of values are no tables.
        ["SCAN", table, ..] if table.starts_with('(') || detail.contains("-ROW") => None,
        ["SCAN", "CONSTANT" | "json_each", ..] => None,
        ["SCAN", name, ..] if RESULTS.contains(name) => None,
        ["SCAN", table, rest @ ..] => {
            let table = (*table).to_owned();
            let index = rest.iter().skip_while(|word| **word != "INDEX").nth(1);
            Some(match index {
                Some(index) => Step::Walk { table, index: (*index).to_owned() },
                None => Step::Scan { table },
            })
        }
        _ => None,
    }
}

/// Returns whether PostgreSQL keeps one plan of the recorded statement for all bound values, as the end of its text
/// shows (`src/kernel/db/first.rs`).
pub fn is_planned_once(recorded: &str) -> bool {
    recorded.contains(") AS page LIMIT ")
}

/// Returns the largest number of rows that a step of the plan on PostgreSQL finds or passes over, when the recorded
/// statement is executed with its bound values: with the plan for all values if it is planned once, or else with the plan
/// for these values.
pub fn rows_visited(conn: &mut PgConnection, recorded: &str) -> f64 {
    let (sql, binds) = without_binds(recorded);
    let values = super::binds::literals(binds);
    let plans = if is_planned_once(recorded) { "force_generic_plan" } else { "force_custom_plan" };
    let lines = explain(conn, "EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF)", plans, sql, &values);
    let number = |line: &str, before: &str| word_after(line, before)?.trim_end_matches(')').parse::<f64>().ok();
    let visited = lines.iter().map(|line| match number(line, "(actual rows=") {
        Some(rows) => rows * number(line, " loops=").unwrap_or(1.0),
        None => number(line, "Rows Removed by Filter: ").unwrap_or_default(),
    });
    visited.fold(0.0, f64::max)
}

fn generic_plan(conn: &mut PgConnection, sql: &str) -> Vec<String> {
    let numbers = sql.split('$').skip(1).map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
    let parameters = numbers.filter_map(|number| number.parse::<usize>().ok()).max().unwrap_or(0);
    explain(conn, "EXPLAIN", "force_generic_plan", sql, &vec!["NULL".to_owned(); parameters])
}

/// Explains a statement in the transaction of the connection. Statements that diesel has prepared remain.
fn explain(conn: &mut PgConnection, verb: &str, plans: &str, sql: &str, values: &[String]) -> Vec<String> {
    let arguments = if values.is_empty() { String::new() } else { format!("({})", values.join(", ")) };
    conn.batch_execute(&format!("SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = {plans}")).unwrap();
    conn.batch_execute(&format!("PREPARE explained AS {sql}")).unwrap_or_else(|error| panic!("{error}: {sql}"));
    let lines: Vec<PostgresLine> = diesel::sql_query(format!("{verb} EXECUTE explained{arguments}"))
        .load(conn)
        .unwrap_or_else(|error| panic!("{error}: {sql} {arguments}"));
    conn.batch_execute("DEALLOCATE explained").unwrap();
    lines.into_iter().map(|line| line.plan).collect()
}

fn postgres_steps(lines: &[String]) -> Vec<Step> {
    let mut steps = Vec::new();
    // The index that is read from its start, until one of the next lines is a condition on it.
    let mut walk: Option<(String, String)> = None;
    for line in lines {
        let text = line.trim().trim_start_matches("->").trim();
        if line.contains("(cost=") {
            walk = index_and_table(text);
            if let Some(table) = word_after(text, "Seq Scan on ") {
                steps.push(Step::Scan { table });
            } else if text.starts_with("Sort ") || text.starts_with("Incremental Sort ") {
                steps.push(Step::Sort);
            }
        } else if text.starts_with("Index Cond:") {
            walk = None;
        } else if text.starts_with("Filter:")
            && let Some((index, table)) = walk.take()
        {
            steps.push(Step::Walk { table, index });
        }
    }
    steps
}

fn index_and_table(node: &str) -> Option<(String, String)> {
    if !node.starts_with("Index ") {
        return None;
    }
    Some((word_after(node, " using ")?, word_after(node, " on ")?))
}

fn word_after(text: &str, start: &str) -> Option<String> {
    let (_, rest) = text.split_once(start)?;
    rest.split_whitespace().next().map(|word| word.trim_matches('"').to_owned())
}
