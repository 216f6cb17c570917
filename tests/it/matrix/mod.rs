//! Permissions of every operation of the document for every kind of caller, compared with the table in `cells.txt`.
//!
//! A cell is the kind of the response:
//! - `401`: without a valid token.
//! - `scope`: 403, the token lacks the scope. Nothing was read.
//! - `role`: 403, the caller lacks the role. Nothing was locked or changed.
//! - `hidden`: 404, the caller must not learn that the resource exists. Nothing was locked or changed.
//! - `ok`: the caller is allowed.
//!
//! Allowed requests change nothing either, so that one world serves all cells: a `POST` uses an idempotency key that
//! the caller has used for another request (422), a `PATCH` or `PUT` has an outdated `If-Match` (412), and resources
//! outside projects do not exist (404).

mod world;

use std::collections::BTreeMap;

use diesel::prelude::*;
use entente::kernel::db::schema::events;

use super::examples::{OperationExample, operation_examples};
use super::support::client::Client;
use super::support::*;
use world::{COLUMNS, World};

const CELLS: &str = include_str!("cells.txt");
const IDEMPOTENCY_KEY: &str = "the-key-of-the-matrix";

/// Operations that are sent without the key, because they check a condition of the role after the key: whether the
/// caller is an agent. They find no request to change.
const WITHOUT_KEY: [&str; 3] = ["assign_callback_request", "claim_callback_request", "create_call"];
/// Locks the agent of the caller, if there is one, before the most urgent request.
const LOCKS_THE_CALLER: &str = "claim_callback_request";

#[apply(both)]
async fn every_caller_gets_the_response_of_the_table(app: TestApp) {
    let world = World::new(&app).await;
    let before = changes(&app).await;
    let mut rows = BTreeMap::new();
    for example in operation_examples() {
        let mut cells = Vec::new();
        for column in COLUMNS {
            cells.push(cell(&app, &world, &example, column).await);
        }
        rows.insert(example.operation.clone(), cells);
    }
    assert_eq!(changes(&app).await, before, "a request has changed something");
    compare(&rendered(&rows), app.engine);
}

/// Sends the request of a caller and returns the kind of the response.
async fn cell(app: &TestApp, world: &World, example: &OperationExample, column: &str) -> &'static str {
    let context = format!("{} as {column}", example.operation);
    app.record_statements();
    let reply = send(&world.caller(app, column), world, example).await;
    let kind = kind_of(&reply, example.is_hidden);
    match kind {
        "401" | "scope" => {
            let reading: Vec<_> = app.statements().into_iter().filter(|sql| !is_of_api_key(sql)).collect();
            assert_eq!(reading, Vec::<String>::new(), "{context}");
        }
        "role" | "hidden" if example.operation != LOCKS_THE_CALLER => {
            let locking: Vec<_> = app.statements().into_iter().filter(|sql| is_locking(sql)).collect();
            assert_eq!(locking, Vec::<String>::new(), "{context}");
        }
        "ok" => {
            let is_known = matches!(reply.status, 200..=299 | 304 | 404 | 409 | 412 | 422 | 429);
            assert!(is_known, "{context}: {} {}", reply.status, reply.text);
        }
        _ => {}
    }
    if kind == "ok" && example.operation == "delete_project_reference" {
        world.restore(app).await;
    }
    kind
}

async fn send(client: &Client, world: &World, example: &OperationExample) -> Reply {
    let query = example.path.split_once('?').map(|(_, query)| format!("?{query}")).unwrap_or_default();
    let path = match world.path(&example.operation, &example.template) {
        Some(path) => path + &query,
        // The secret of a calendar feed has no example.
        None if example.path.ends_with('/') => format!("{}unknown", example.path),
        None => example.path.clone(),
    };
    let mut request = client.request(&example.method, &path);
    match example.method.as_str() {
        "PUT" | "PATCH" => request = request.header("If-Match", "\"v999\""),
        "POST" if !WITHOUT_KEY.contains(&example.operation.as_str()) => {
            request = request.header("Idempotency-Key", IDEMPOTENCY_KEY);
        }
        _ => {}
    }
    if let Some(Value::String(calendar)) = &example.calendar {
        request = request.bytes("text/calendar", calendar.clone());
    }
    if let Some(body) = world.body(&example.operation).or_else(|| example.body.clone()) {
        request = request.json(body);
    }
    request.send().await
}

fn kind_of(reply: &Reply, is_hidden: bool) -> &'static str {
    match reply.status {
        401 => "401",
        403 if reply.body["required_scope"].is_string() => {
            assert!(reply.header("www-authenticate").contains("error=\"insufficient_scope\""), "{}", reply.text);
            "scope"
        }
        403 => "role",
        404 if is_hidden => "hidden",
        _ => "ok",
    }
}

fn is_locking(sql: &str) -> bool {
    ["INSERT", "UPDATE", "DELETE"].iter().any(|verb| sql.starts_with(verb))
        || ["FOR UPDATE", "pg_advisory", "pg_try_advisory"].iter().any(|lock| sql.contains(lock))
}

/// Whether a statement finds the API key of the caller.
fn is_of_api_key(sql: &str) -> bool {
    sql.starts_with("SELECT") && sql.contains("api_keys")
}

/// Returns the number of events, without those about the references that are deleted and restored.
async fn changes(app: &TestApp) -> usize {
    let kinds: Vec<String> =
        app.state.db.read(|conn| Ok(events::table.select(events::kind).load(conn)?)).await.unwrap();
    // A number can be blocked, because that operation ignores the key.
    let expected = ["external_reference.", "blocked_number."];
    kinds.iter().filter(|kind| !expected.iter().any(|start| kind.starts_with(start))).count()
}

fn rendered(rows: &BTreeMap<String, Vec<&'static str>>) -> String {
    let line = |name: &str, cells: &[&str]| {
        let cells: String = cells.iter().map(|cell| format!(" {cell:<13}")).collect();
        format!("{name:<30}{cells}").trim_end().to_owned() + "\n"
    };
    let head = line("operation", &COLUMNS);
    head + &rows.iter().map(|(operation, cells)| line(operation, cells)).collect::<String>()
}

/// Fails with the lines that differ. The whole table is written to `target`, for a review.
fn compare(actual: &str, engine: Engine) {
    if actual == CELLS {
        return;
    }
    let engine = format!("{engine:?}").to_lowercase();
    let file = format!("{}/target/permission-cells-{engine}.txt", env!("CARGO_MANIFEST_DIR"));
    std::fs::write(&file, actual).unwrap();
    let only_in = |one: &str, other: &str, mark: &str| -> String {
        let known: Vec<&str> = other.lines().collect();
        one.lines().filter(|line| !known.contains(line)).map(|line| format!("{mark} {line}\n")).collect()
    };
    let difference = only_in(CELLS, actual, "-") + &only_in(actual, CELLS, "+");
    panic!("the responses differ from tests/it/matrix/cells.txt; the current table is in {file}:\n{difference}");
}
