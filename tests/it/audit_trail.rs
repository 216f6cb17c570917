//! The audit trail: readers that follow cursors miss no entry; applications of several issuers.

use std::sync::mpsc;

use data_encoding::BASE64URL_NOPAD;
use diesel::prelude::*;
use entente::kernel::db::{Db, DbOptions};
use entente::kernel::error::{Code, Error};
use entente::kernel::ids::{AuditEntryId, DepartmentId};
use futures_util::future::join_all;

use super::api_keys::{create_key, with_key};
use super::support::actors::trail;
use super::support::app::{ALL_SCOPES, ISSUER, SECOND_ISSUER};
use super::support::client::Client;
use super::support::pair::text;
use super::support::team::{department, execute_sql};
use super::support::*;

const PATH: &str = "/v1/audit-entries";

fn ids(page: &Value) -> Vec<String> {
    page["data"].as_array().unwrap().iter().map(|entry| text(&entry["id"]).to_owned()).collect()
}

/// A reader who follows cursors.
struct Reader<'a> {
    app: &'a TestApp,
    limit: usize,
    cursor: Option<String>,
    read: Vec<String>,
}

impl<'a> Reader<'a> {
    fn new(app: &'a TestApp, limit: usize) -> Self {
        Self { app, limit, cursor: None, read: Vec::new() }
    }

    /// Reads the page after the cursor.
    async fn page(&self) -> Value {
        let cursor = self.cursor.as_ref().map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        self.app.admin().get(&format!("{PATH}?limit={}{cursor}", self.limit)).await.expect(200).body
    }

    /// Reads one page and moves to the next one. Returns the number of entries, those of the last page included; the
    /// cursor of the last page is kept, so that it is read again.
    async fn step(&mut self) -> usize {
        let page = self.page().await;
        let found = ids(&page);
        if let Some(next) = page["next_cursor"].as_str() {
            self.cursor = Some(next.to_owned());
            self.read.extend(found);
            return self.read.len();
        }
        self.read.len() + found.len()
    }

    /// Reads until there are `count` entries, and returns the ids of all of them.
    async fn until(mut self, count: usize) -> Vec<String> {
        while self.step().await < count {}
        self.read.extend(ids(&self.page().await));
        self.read
    }
}

#[apply(both)]
async fn a_reader_of_pages_misses_no_entry_of_concurrent_writers(app: TestApp) {
    let writers = at_once(30, |number| {
        let app = &app;
        async move {
            let path = format!("/v1/departments/{}", department(app, &format!("d{number}")).await);
            app.admin().patch(&path, "*", json!({"name": format!("n{number}")})).await.expect(200)
        }
    });
    let readers = join_all([1, 2, 3, 7, 50].map(|limit| Reader::new(&app, limit).until(60)));
    let (_, readers) = tokio::join!(writers, readers);
    let all = ids(&trail(&app, "").await);
    assert_eq!(all.len(), 60);
    for read in readers {
        assert_eq!(read, all);
    }
}

/// A transaction of another process that has written an entry.
struct Held {
    id: String,
    end: mpsc::Sender<bool>,
    writer: tokio::task::JoinHandle<Result<(), Error>>,
}

impl Held {
    /// Writes the `number`-th entry, and returns before the transaction ends.
    async fn begin(app: &TestApp, number: u64) -> Self {
        let id = AuditEntryId::demo(number).to_string();
        let insert = format!(
            "INSERT INTO audit_entries (id, recorded_at, actor, action, subject, before, after, request_id) VALUES \
             ('{id}', '2027-03-23 07:00:00', 'system:test', 'department.created', '{}', 'null', '{{}}', 'held')",
            DepartmentId::demo(number)
        );
        let db = Db::open(&DbOptions::new(app.database.url.clone()), None).unwrap();
        let (end, ends) = mpsc::channel();
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let mut begun = Some(begun);
        let writer = tokio::spawn(async move {
            db.write(move |conn| {
                diesel::sql_query(&insert).execute(conn)?;
                if let Some(begun) = begun.take() {
                    begun.send(()).unwrap();
                }
                if ends.recv().unwrap() { Ok(()) } else { Err(Code::Conflict.into()) }
            })
            .await
        });
        has_begun.await.unwrap();
        Self { id, end, writer }
    }

    async fn end(self, commits: bool) {
        self.end.send(commits).unwrap();
        assert_eq!(self.writer.await.unwrap().is_ok(), commits);
    }
}

/// Creates departments, one entry each.
async fn departments(app: &TestApp, keys: &[&str]) {
    for key in keys {
        department(app, key).await;
    }
}

#[apply(both)]
async fn a_cursor_does_not_pass_an_entry_that_is_committed_late(app: TestApp) {
    // SQLite has one writer, so an open transaction blocks all others.
    if app.engine == Engine::Sqlite {
        return;
    }
    departments(&app, &["a", "b", "c"]).await;
    let held = Held::begin(&app, 1).await;
    departments(&app, &["d", "e", "f", "g"]).await;

    let mut reader = Reader::new(&app, 2);
    assert_eq!(reader.step().await, 2);
    // Of the next entries, only one is before the open transaction.
    assert_eq!(reader.step().await, 3);
    let (cursor, page) = (reader.cursor.clone(), reader.page().await);
    assert_eq!((&page["data"], page["next_cursor"].as_str()), (&json!([]), cursor.as_deref()));
    assert_eq!(reader.step().await, 3);
    // What fits on the last page is not delayed: no cursor starts after it. The history of one resource is such a page.
    let whole = trail(&app, "").await;
    assert_eq!((ids(&whole).len(), &whole["next_cursor"]), (7, &Value::Null));
    let subject = text(&whole["data"][6]["subject"]);
    assert_eq!(ids(&trail(&app, &format!("subject={subject}")).await).len(), 1);

    let id = held.id.clone();
    held.end(true).await;
    assert_eq!(reader.cursor, cursor);
    assert_eq!(reader.step().await, 5);
    assert_eq!(reader.read[3], id);
    let read = reader.until(8).await;
    assert_eq!(read, ids(&trail(&app, "").await));
}

#[apply(both)]
async fn readers_wait_for_the_oldest_of_several_transactions(app: TestApp) {
    if app.engine == Engine::Sqlite {
        return;
    }
    let [first, second, third] = [1, 2, 3].map(|number| Held::begin(&app, number));
    let (first, second, third) = (first.await, second.await, third.await);
    departments(&app, &["a", "b"]).await;
    let mut reader = Reader::new(&app, 1);
    let expected = [second.id.clone(), third.id.clone()];
    third.end(true).await;
    assert_eq!(reader.step().await, 0, "the first two transactions are open");
    // What is rolled back leaves a gap, which delays no reader.
    first.end(false).await;
    assert_eq!(reader.step().await, 0, "the second transaction is open");
    second.end(true).await;
    let read = reader.until(4).await;
    assert_eq!(read[..2], expected);
    assert_eq!(read, ids(&trail(&app, "").await));
}

#[apply(both)]
async fn a_cursor_without_a_position_is_refused(app: TestApp) {
    departments(&app, &["a", "b"]).await;
    let page = app.admin().get(&format!("{PATH}?limit=1")).await.expect(200).body;
    let cursor = BASE64URL_NOPAD.decode(text(&page["next_cursor"]).as_bytes()).unwrap();
    let parts: Vec<String> = serde_json::from_slice(&cursor).unwrap();
    assert_eq!(parts.len(), 2);
    for position in [text(&page["data"][0]["id"]), "", "1.5", "9223372036854775808"] {
        let moved = BASE64URL_NOPAD.encode(json!([parts[0], position]).to_string().as_bytes());
        app.admin().get(&format!("{PATH}?limit=1&cursor={moved}")).await.refused(400, "invalid_cursor");
    }
}

#[apply(both)]
async fn applications_of_two_issuers_differ_in_the_audit_trail(app: TestApp) {
    let second = app.replica(SECOND_ISSUER);
    let key = create_key(&app, "crm", "directory:write").await;
    let callers = [
        (app.service("crm", ALL_SCOPES), "crm", json!(ISSUER)),
        (second.service("crm", ALL_SCOPES), "crm", json!(SECOND_ISSUER)),
        (with_key(&app, &key), "api-key:crm", Value::Null),
    ];
    let create = async |client: &Client, key: &str| {
        client.post("/v1/departments", json!({"key": key, "name": key})).await.expect(201).id()
    };
    for (number, (client, actor, issuer)) in callers.iter().enumerate() {
        let id = create(client, &format!("d{number}")).await;
        let entries = trail(&app, &format!("subject={id}")).await;
        assert_eq!((&entries["data"][0]["actor"], &entries["data"][0]["issuer"]), (&json!(actor), issuer));
    }
    assert_eq!(ids(&trail(&app, "actor=crm").await).len(), 2);

    // The issuer of a person is part of the login, which an erasure removes.
    for (client, issuer) in [(app.caller("eva", ALL_SCOPES), ISSUER), (second.caller("eva", ALL_SCOPES), SECOND_ISSUER)]
    {
        let id = create(&client, if issuer == ISSUER { "first" } else { "second" }).await;
        let entries = trail(&app, &format!("subject={id}&expand=actors")).await;
        let entry = &entries["data"][0];
        assert_eq!(entry["issuer"], Value::Null);
        assert_eq!(entries["included"]["actors"][text(&entry["actor"])]["issuer"], issuer);
    }

    // A read of personal data in bulk.
    second.service("crm", ALL_SCOPES).get("/v1/callback-requests/export").await.expect(200);
    let entries = trail(&app, "actor=crm").await;
    let read = entries["data"].as_array().unwrap().last().unwrap();
    assert_eq!((&read["action"], &read["issuer"]), (&json!("personal_data.read"), &json!(SECOND_ISSUER)));
}

#[apply(both)]
async fn applications_of_two_issuers_share_no_stored_response(app: TestApp) {
    let second = app.replica(SECOND_ISSUER);
    let create = |client: Client| {
        let request = client.request("POST", "/v1/departments").header("Idempotency-Key", "k-1");
        request.json(json!({"key": "care", "name": "Care"})).send()
    };
    let first = create(app.service("crm", ALL_SCOPES)).await.expect(201);
    create(second.service("crm", ALL_SCOPES)).await.refused(409, "already_exists");
    let again = create(app.service("crm", ALL_SCOPES)).await.expect(201);
    assert_eq!((again.header("idempotent-replayed"), again.id()), ("true", first.id()));
}

#[apply(both)]
async fn an_erasure_cannot_change_who_made_a_change(app: TestApp) {
    app.service("crm", ALL_SCOPES).post("/v1/departments", json!({"key": "care", "name": "Care"})).await.expect(201);
    for change in ["issuer = NULL", "actor = 'x'", "after = '{}'"] {
        let sql = ["INSERT INTO erasure_lock (id) VALUES (1)", "DELETE FROM erasure_lock"].map(str::to_owned);
        let [lock, release] = sql;
        let outcome = execute_sql(&app, vec![lock, format!("UPDATE audit_entries SET {change}"), release]).await;
        match outcome {
            Ok(()) => assert_eq!(change, "after = '{}'"),
            Err(error) => assert!(error.contains("audit_entries_append_only"), "{change}: {error}"),
        }
    }
    // A person has no issuer of their own in an entry.
    let entry = "INSERT INTO audit_entries (id, recorded_at, actor, issuer, action, subject, before, after, request_id) \
                 VALUES ('x', '2027-03-23 07:00:00', 'act_1', 'a', 'a.b', 'x', 'null', '{}', 'x')";
    let refused = execute_sql(&app, vec![entry.to_owned()]).await.unwrap_err();
    assert!(refused.contains("audit_entries_issuer_of_application"), "{refused}");
}
