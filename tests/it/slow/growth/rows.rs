//! Years of data, which the database generates: requests, their events and audit entries, projects and people.

use diesel::connection::SimpleConnection;

use crate::support::desk::person_id;
use crate::support::{Engine, TestApp};

pub const REQUESTS: usize = 20_000;
const OPEN: usize = 200;
const PROJECTS: usize = 30_000;
const PEOPLE: usize = 2_000;

pub const DEPARTMENT: &str = "dpt_01kdvdna00e008000000000001";
const OTHER_DEPARTMENT: &str = "dpt_01kdvdna00e008000000000002";
const NOTICE: &str = "ntc_01kdvdna00e008000000000001";
const NOW: &str = "2027-03-30 07:00:00";

/// Returns the id of a generated record.
pub fn id(prefix: &str, number: usize) -> String {
    format!("{prefix}_01kdvdna00e0085{}", 10_000_000_000 + number)
}

/// Returns the SQL of the id of row `i`.
fn id_of(prefix: &str, number: &str) -> String {
    format!("'{prefix}_01kdvdna00e0085' || (10000000000 + {number})")
}

/// Inserts the rows and updates the statistics of the database.
pub async fn fill(app: &TestApp, sponsor: &str) {
    let engine = app.engine;
    let sponsor = person_id(app, sponsor).await.to_string();
    let statements = [people(engine), requests(engine), history(engine), projects(engine, &sponsor)].concat();
    app.state
        .db
        .write(move |conn| {
            for sql in &statements {
                conn.batch_execute(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
            }
            if engine == Engine::Postgres {
                conn.batch_execute("ANALYZE")?;
            }
            Ok(())
        })
        .await
        .unwrap();
    app.state.db.update_statistics().await.unwrap();
}

/// Returns a statement that inserts rows; `i` is the number of the row, from 1.
fn insert(table: &str, count: usize, columns: &[(&str, &str)]) -> String {
    let names: Vec<_> = columns.iter().map(|(name, _)| *name).collect();
    let values: Vec<_> = columns.iter().map(|(_, value)| *value).collect();
    format!(
        "INSERT INTO {table} ({}) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) \
         SELECT {} FROM n",
        names.join(", "),
        values.join(", ")
    )
}

/// Returns the SQL of the instant that many minutes before the present.
fn ago(engine: Engine, minutes: &str) -> String {
    match engine {
        Engine::Sqlite => {
            format!("(strftime('%Y-%m-%d %H:%M:%f', '{NOW}', (-1 * ({minutes})) || ' minutes') || '000')")
        }
        Engine::Postgres => format!("(TIMESTAMP '{NOW}' - ({minutes}) * INTERVAL '1 minute')"),
    }
}

fn people(engine: Engine) -> Vec<String> {
    let (id, past) = (id_of("per", "i"), ago(engine, "100000"));
    let left = format!("CASE WHEN i % 500 = 0 THEN {past} END");
    let person = [
        ("id", id.as_str()),
        ("display_name", "'Person ' || i"),
        ("email", "'p' || i || '@example.org'"),
        ("version", "1"),
        ("created_at", &past),
        ("updated_at", &past),
        ("deactivated_at", &left),
    ];
    let (position, department) = (id_of("hom", "i"), department("i % 10 = 0"));
    let position = [
        ("id", position.as_str()),
        ("person_id", &id),
        ("department_id", &department),
        ("title", "'Expert'"),
        ("valid_from", "'2020-01-01'"),
        ("created_at", &past),
    ];
    vec![insert("people", PEOPLE, &person), insert("home_positions", PEOPLE, &position)]
}

fn department(condition: &str) -> String {
    format!("CASE WHEN {condition} THEN '{DEPARTMENT}' ELSE '{OTHER_DEPARTMENT}' END")
}

/// The last requests are open; all others are closed. One request is created every five minutes.
fn requests(engine: Engine) -> Vec<String> {
    let closed = format!("i <= {}", REQUESTS - OPEN);
    let case =
        |condition: &str, value: &str, other: &str| format!("CASE WHEN {condition} THEN {value} ELSE {other} END");
    let id = id_of("cbr", "i");
    let called = "i % 10 < 8";
    let state =
        case(&closed, &case(called, "'completed'", "'cancelled'"), &case("i % 10 = 0", "'assigned'", "'queued_asap'"));
    let promise = case(&closed, &case("i % 50 IN (1, 9)", "'broken'", "'kept'"), "'pending'");
    let agent = case(&format!("({closed} AND {called}) OR i % 10 = 0"), &id_of("agt", "(i % 20)"), "NULL");
    let (created, due) =
        (ago(engine, &format!("5 * ({REQUESTS} - i)")), ago(engine, &format!("5 * ({REQUESTS} - i) - 30")));
    let intent = case("i % 5 = 0", "'technical_support'", "'sales'");
    let flag = |every: usize| format!("(i % {every} = 0)");
    let (no, yes, rare, rarer) = (flag(REQUESTS * 2), flag(1), flag(150), flag(160));
    let request = [
        ("id", id.as_str()),
        ("version", "1"),
        ("state", &state),
        ("queue_id", &case("i % 5 = 0", "'que_01kdvdna00e008000000000002'", "'que_01kdvdna00e008000000000001'")),
        ("queue_key", &case("i % 5 = 0", "'support'", "'sales'")),
        ("intent", &intent),
        ("phone_e164", "'+420' || (600000000 + i)"),
        ("locale", "'cs'"),
        ("notice_id", &format!("'{NOTICE}'")),
        ("promised_by", &due),
        ("rolled", &no),
        ("first_promised_by", &due),
        ("promise", &promise),
        ("due_from", &created),
        ("due_by", &due),
        ("priority", "1"),
        ("offered", &yes),
        ("agent_id", &agent),
        ("attempts", &case(&format!("{closed} AND {called}"), "1", "0")),
        ("first_attempt_after", &case(&format!("{closed} AND {called}"), "60 + i % 3000", "NULL")),
        ("open_place", &case(&closed, "NULL", "1")),
        ("same_number", &rarer),
        ("at_risk", &no),
        ("closed_day", &rare),
        ("manage_token_sha256", &format!("'{}'", "0".repeat(64))),
        ("requested_at", &created),
        ("created_at", &created),
        ("updated_at", &created),
    ];
    let contact = [
        ("request_id", id.as_str()),
        ("full_name", "'Visitor ' || i"),
        ("phone_typed", "'604 123 456'"),
        ("name_key", "'visitor ' || i"),
        ("last_name_key", "i || ' visitor'"),
        ("counted", &no),
    ];
    vec![insert("callback_requests", REQUESTS, &request), insert("callback_contacts", REQUESTS, &contact)]
}

/// One event and one audit entry per request; a few events have a rare type.
fn history(engine: Engine) -> Vec<String> {
    let (event, entry, subject) = (id_of("evt", "i"), id_of("aud", "i"), id_of("cbr", "i"));
    let at = ago(engine, &format!("5 * ({REQUESTS} - i)"));
    let event = [
        ("id", event.as_str()),
        ("type", "CASE WHEN i % 9000 = 0 THEN 'closed_day.created' ELSE 'callback_request.completed' END"),
        ("occurred_at", &at),
        ("subject", &subject),
        ("data", "'{}'"),
        ("request_id", "'generated'"),
        ("sequence", "i"),
        ("subject_sequence", "1"),
    ];
    let entry = [
        ("id", entry.as_str()),
        ("recorded_at", &at),
        ("actor", "'p' || (i % 20)"),
        ("action", "'callback_request.completed'"),
        ("subject", &subject),
        ("before", "'null'"),
        ("after", "'{}'"),
        ("request_id", "'generated'"),
    ];
    vec![
        insert("events", REQUESTS, &event),
        insert("audit_entries", REQUESTS, &entry),
        format!("UPDATE event_sequence SET last_sequence = {REQUESTS}"),
    ]
}

/// Each project has two sides, and days that are one block. The person `sponsor` is the sponsor or the lead of a few of
/// them.
fn projects(engine: Engine, sponsor: &str) -> Vec<String> {
    let (id, past) = (id_of("prj", "i"), ago(engine, "100000"));
    let sha256 = format!("'{}'", "0".repeat(64));
    let some = |rest: usize| format!("CASE WHEN i % 100 = {rest} THEN '{sponsor}' END");
    let (led, sponsored) = (some(1), some(2));
    let state = "CASE WHEN i % 4 = 0 THEN 'draft' WHEN i % 4 = 1 THEN 'proposed' ELSE 'cancelled' END";
    let project = [
        ("id", id.as_str()),
        ("name", "'Project ' || i"),
        ("state", state),
        ("starts_on", "'2026-01-27'"),
        ("ends_on", "'2028-11-16'"),
        ("lead_person_id", &led),
        ("charter_version", "1"),
        ("charter_sha256", &sha256),
        ("parity_tolerance", "0"),
        ("version", "1"),
        ("created_at", &past),
        ("updated_at", &past),
    ];
    let side = |position: &str, department: &str, sponsor: &str| {
        let columns = [
            ("project_id", id.as_str()),
            ("department_id", department),
            ("position", position),
            ("sponsor_person_id", sponsor),
            ("vacant_since", &past),
            ("project_state", state),
        ];
        insert("project_sides", PROJECTS, &columns)
    };
    vec![
        insert("projects", PROJECTS, &project),
        insert("project_days", PROJECTS, &[("block", "165"), ("project_id", &id)]),
        side("0", &format!("'{DEPARTMENT}'"), &sponsored),
        side("1", &format!("'{OTHER_DEPARTMENT}'"), "NULL"),
    ]
}
