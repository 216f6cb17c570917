//! Faults of the database: locked rows, lost connections, full queues, a full disk, work that does not end.

use std::sync::mpsc;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use entente::kernel::config::DatabaseUrl;
use entente::kernel::db::schema::departments::dsl;
use entente::kernel::db::{Db, DbConn, DbOptions, WriteOptions};
use entente::kernel::error::{Code, Error};

use super::database::{code, name, rename};
use super::support::desk::*;
use super::support::*;

const DEPARTMENTS: &str = "/v1/departments";

fn execute(conn: &mut DbConn, sql: &str) -> Result<(), Error> {
    Ok(conn.batch_execute(sql)?)
}

/// Opens a connection that the service does not know; `None` on SQLite.
#[expect(clippy::disallowed_methods, reason = "interferes with the connections of the service")]
fn other_connection(app: &TestApp) -> Option<PgConnection> {
    match &app.database.url {
        DatabaseUrl::Postgres(url) => Some(PgConnection::establish(url).unwrap()),
        DatabaseUrl::Sqlite(_) => None,
    }
}

const OTHERS: &str = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
                      AND backend_type = 'client backend'";

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    count: i64,
}

/// Returns the number of other connections to the database of which this is true.
fn connections(conn: &mut PgConnection, condition: &str) -> i64 {
    let sql = format!("SELECT count(*) AS count {OTHERS} AND {condition}");
    diesel::sql_query(sql).get_result::<Count>(conn).unwrap().count
}

/// Waits until this number of connections wait for a lock.
async fn wait_for_locks(conn: &mut PgConnection, count: i64) {
    while connections(conn, "wait_event_type = 'Lock'") < count {
        tokio::task::yield_now().await;
    }
}

/// Returns a closure that reports its start and waits, and what it needs for that.
fn holding() -> (impl FnMut() + Send + 'static, tokio::sync::oneshot::Receiver<()>, mpsc::Sender<()>) {
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (release, released) = mpsc::channel::<()>();
    let mut begun = Some(begun);
    let hold = move || {
        if let Some(begun) = begun.take() {
            begun.send(()).unwrap();
            released.recv().unwrap();
        }
    };
    (hold, has_begun, release)
}

/// Opens the database with one connection.
fn single(app: &TestApp, wait: Duration, run: Duration) -> Db {
    let options = DbOptions { connections: 1, wait, run, ..DbOptions::new(app.database.url.clone()) };
    Db::open(&options, None).unwrap()
}

#[apply(both)]
async fn a_locked_row_stops_neither_reads_nor_visitors(app: TestApp) {
    let (Some(mut holder), Some(mut observer)) = (other_connection(&app), other_connection(&app)) else { return };
    let care = app.admin().post(DEPARTMENTS, json!({"key": "care", "name": "Care"})).await.expect(201);
    let path = format!("{DEPARTMENTS}/{}", care.id());
    let receipt = create_request(&app, 0, asap()).await.expect(201);
    holder.batch_execute("BEGIN; SELECT FROM departments WHERE key = 'care' FOR UPDATE").unwrap();
    let writes: Vec<_> = (0..20)
        .map(|number| {
            let (admin, path) = (app.admin(), path.clone());
            tokio::spawn(async move { admin.patch(&path, "*", json!({"name": format!("Care {number}")})).await })
        })
        .collect();
    // All threads that may take these writes.
    wait_for_locks(&mut observer, 3).await;
    for number in 1..5 {
        create_request(&app, number, asap()).await.expect(201);
        app.admin().get(&path).await.expect(200);
        with_secret(&app, &receipt, "receipt").send().await.expect(200);
    }
    let rescheduled = with_secret(&app, &receipt, "reschedule").json(other_time("11:00-12:00")).send().await;
    rescheduled.expect(200);
    holder.batch_execute("ROLLBACK").unwrap();
    for write in writes {
        let reply = write.await.unwrap();
        if reply.status != 200 {
            reply.refused(503, "unavailable");
        }
    }
    assert_eq!(app.state.db.waiting(), 0);
}

#[apply(both)]
async fn visitors_who_wait_for_a_lock_do_not_stop_reads(app: TestApp) {
    let (Some(mut holder), Some(mut observer)) = (other_connection(&app), other_connection(&app)) else { return };
    let receipt = create_request(&app, 0, asap()).await.expect(201);
    let lock = format!("BEGIN; SELECT FROM callback_requests WHERE id = '{}' FOR UPDATE", receipt.id());
    holder.batch_execute(&lock).unwrap();
    let writes: Vec<_> = (0..20)
        .map(|_| {
            let cancel = with_secret(&app, &receipt, "cancel").json(json!({}));
            tokio::spawn(async move { cancel.send().await })
        })
        .collect();
    wait_for_locks(&mut observer, 4).await;
    for _ in 0..3 {
        with_secret(&app, &receipt, "receipt").send().await.expect(200);
    }
    holder.batch_execute("ROLLBACK").unwrap();
    let mut replies = Vec::new();
    for write in writes {
        replies.push(write.await.unwrap());
    }
    assert_eq!(with_status(&replies, 200), 1);
    assert_eq!(with_status(&replies, 409) + with_status(&replies, 503), 19);
}

#[apply(both)]
async fn visitors_who_wait_for_too_long_leave_threads_for_others(app: TestApp) {
    let Some(mut holder) = other_connection(&app) else { return };
    let run = Duration::from_secs(1);
    let db = Db::open(&DbOptions { run, ..DbOptions::new(app.database.url.clone()) }, None).unwrap();
    holder.batch_execute("BEGIN; SELECT FROM departments WHERE key = 'it' FOR UPDATE").unwrap();
    let urgent = WriteOptions { urgent: true, repeatable: false };
    let waiting = (0..30).map(|_| db.write_with(urgent, |conn| rename(conn, "it", "waited")));
    for outcome in futures_util::future::join_all(waiting).await {
        assert!([Code::Unavailable, Code::OutcomeUnknown].contains(&code(&outcome.unwrap_err())));
    }
    holder.batch_execute("ROLLBACK").unwrap();
    let others = (0..20).map(|_| db.write(|conn| rename(conn, "marketing", "Marketing")));
    for outcome in futures_util::future::join_all(others).await {
        outcome.unwrap();
    }
}

#[apply(both)]
async fn lost_connections_are_replaced_without_an_error(app: TestApp) {
    let Some(mut observer) = other_connection(&app) else { return };
    let department = |number: usize| json!({"key": format!("d{number}"), "name": "Department"});
    for round in 0..3 {
        // Uses all connections.
        let replies = at_once(20, |number| {
            let (admin, body) = (app.admin(), department(100 * round + number));
            async move { admin.post(DEPARTMENTS, body).await }
        })
        .await;
        assert_eq!(with_status(&replies, 201), 20, "{replies:?}");
        observer.batch_execute(&format!("SELECT pg_terminate_backend(pid) {OTHERS}")).unwrap();
        while connections(&mut observer, "TRUE") > 0 {
            tokio::task::yield_now().await;
        }
        if round == 1 {
            let replies = at_once(20, |_| async { app.admin().get(DEPARTMENTS).await }).await;
            assert_eq!(with_status(&replies, 200), 20, "{replies:?}");
        }
    }
}

#[apply(both)]
async fn statements_are_cancelled_after_a_time_and_rolled_back(app: TestApp) {
    let Some(mut holder) = other_connection(&app) else { return };
    let db = &app.state.db;
    let settings = |conn: &mut DbConn| -> Result<String, Error> {
        #[derive(QueryableByName)]
        struct Setting {
            #[diesel(sql_type = diesel::sql_types::Text)]
            value: String,
        }
        let sql = "SELECT concat_ws(' ', current_setting('statement_timeout'), current_setting('lock_timeout'), \
                   current_setting('idle_in_transaction_session_timeout')) AS value";
        Ok(diesel::sql_query(sql).get_result::<Setting>(conn)?.value)
    };
    assert_eq!(db.read(settings).await.unwrap(), "15s 3s 30s");
    assert_eq!(db.write(settings).await.unwrap(), "15s 3s 30s");

    holder.batch_execute("BEGIN; SELECT FROM departments WHERE key = 'it' FOR UPDATE").unwrap();
    let locked = db.write(|conn| {
        rename(conn, "marketing", "lost")?;
        execute(conn, "SET LOCAL lock_timeout TO '50ms'")?;
        rename(conn, "it", "never")
    });
    let slow = db.write(|conn| {
        rename(conn, "marketing", "lost")?;
        execute(conn, "SET LOCAL statement_timeout TO '50ms'; SELECT pg_sleep(60)")
    });
    let (locked, slow) = (locked.await.unwrap_err(), slow.await.unwrap_err());
    for refused in [locked, slow] {
        let problem = refused.as_problem();
        assert_eq!((problem.code, problem.headers), (Code::Unavailable, vec![("Retry-After", "1".to_owned())]));
    }
    assert_eq!(db.read(|conn| name(conn, "marketing")).await.unwrap(), "Marketing");
}

#[apply(both)]
async fn a_transaction_with_an_ignored_error_is_not_reported_as_committed(app: TestApp) {
    if app.engine == Engine::Sqlite {
        return;
    }
    let db = &app.state.db;
    let failed = db.write(|conn| {
        rename(conn, "it", "lost")?;
        assert!(rename(conn, "marketing", "").is_err());
        Ok(())
    });
    assert_eq!(code(&failed.await.unwrap_err()), Code::InternalError);
    assert_eq!(db.read(|conn| name(conn, "it")).await.unwrap(), "IT");
}

#[apply(both)]
async fn a_full_queue_refuses_at_once(app: TestApp) {
    let db = single(&app, Duration::from_secs(60), Duration::from_secs(60));
    let (mut hold, has_begun, release) = holding();
    let holder = tokio::spawn({
        let db = db.clone();
        async move {
            db.read(move |_| {
                hold();
                Ok(())
            })
            .await
        }
    });
    has_begun.await.unwrap();
    let waiting: Vec<_> = (0..128)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move { db.read(|conn| name(conn, "it")).await })
        })
        .collect();
    while db.waiting() < 128 {
        tokio::task::yield_now().await;
    }
    let refused = db.read(|_| Ok(())).await.unwrap_err().as_problem();
    assert_eq!((refused.code, refused.headers), (Code::Unavailable, vec![("Retry-After", "1".to_owned())]));
    release.send(()).unwrap();
    holder.await.unwrap().unwrap();
    for read in waiting {
        assert_eq!(read.await.unwrap().unwrap(), "IT");
    }
    assert_eq!(db.waiting(), 0);
}

#[apply(both)]
async fn work_that_does_not_end_gets_a_true_response(app: TestApp) {
    let db = single(&app, Duration::from_secs(1), Duration::from_secs(1));
    let (mut hold, _begun, release) = holding();
    let overdue = db.read(move |_| {
        hold();
        Ok(())
    });
    assert_eq!(code(&overdue.await.unwrap_err()), Code::Unavailable);
    // Another thread has taken its place.
    assert_eq!(db.read(|conn| name(conn, "it")).await.unwrap(), "IT");
    release.send(()).unwrap();

    let (mut hold, _begun, release) = holding();
    let overdue = db.write(move |conn| {
        hold();
        rename(conn, "it", "late")
    });
    assert_eq!(code(&overdue.await.unwrap_err()), Code::OutcomeUnknown);
    release.send(()).unwrap();
    // It was done after all.
    while db.read(|conn| name(conn, "it")).await.unwrap() != "late" {
        tokio::task::yield_now().await;
    }
}

#[apply(both)]
async fn a_failed_savepoint_is_reported_to_the_whole_group(app: TestApp) {
    if app.engine == Engine::Postgres {
        return;
    }
    let db = &app.state.db;
    let (mut hold, has_begun, release) = holding();
    let first = db.write(move |conn| {
        hold();
        rename(conn, "it", "lost")
    });
    let others = async {
        has_begun.await.unwrap();
        let before = db.write(|conn| rename(conn, "marketing", "lost"));
        let faulty = db.write(|conn| {
            rename(conn, "marketing", "lost, too")?;
            // As SQLite does by itself after some errors.
            execute(conn, "ROLLBACK")?;
            Ok(0)
        });
        let release = async {
            while db.waiting() < 2 {
                tokio::task::yield_now().await;
            }
            release.send(()).unwrap();
        };
        let (before, faulty, ()) = tokio::join!(before, faulty, release);
        [before, faulty]
    };
    let (first, [before, faulty]) = tokio::join!(first, others);
    for outcome in [first, before, faulty] {
        assert_eq!(code(&outcome.unwrap_err()), Code::Unavailable);
    }
    for (key, expected) in [("it", "IT"), ("marketing", "Marketing")] {
        assert_eq!(db.read(move |conn| name(conn, key)).await.unwrap(), expected);
    }
    assert_eq!(db.write(|conn| rename(conn, "it", "again")).await.unwrap(), 1);
}

#[apply(both)]
async fn a_rollback_in_the_first_write_is_reported_to_the_whole_group(app: TestApp) {
    if app.engine == Engine::Postgres {
        return;
    }
    let db = &app.state.db;
    let (mut hold, has_begun, release) = holding();
    let faulty = db.write(move |conn| {
        hold();
        rename(conn, "it", "lost")?;
        // As SQLite does by itself after some errors.
        execute(conn, "ROLLBACK")?;
        Ok(0)
    });
    let other = async {
        has_begun.await.unwrap();
        let other = db.write(|conn| rename(conn, "marketing", "lost"));
        let release = async {
            while db.waiting() < 1 {
                tokio::task::yield_now().await;
            }
            release.send(()).unwrap();
        };
        tokio::join!(other, release).0
    };
    let (faulty, other) = tokio::join!(faulty, other);
    for outcome in [faulty, other] {
        assert_eq!(code(&outcome.unwrap_err()), Code::Unavailable);
    }
    for (key, expected) in [("it", "IT"), ("marketing", "Marketing")] {
        assert_eq!(db.read(move |conn| name(conn, key)).await.unwrap(), expected);
    }
    assert_eq!(db.write(|conn| rename(conn, "it", "again")).await.unwrap(), 1);
}

#[apply(both)]
async fn a_full_disk_loses_nothing_and_the_service_continues_when_there_is_space(app: TestApp) {
    if app.engine == Engine::Postgres {
        return;
    }
    let department = |number: usize| json!({"key": format!("d{number}"), "name": "Department"});
    // The limit becomes the current size.
    app.state.db.write(|conn| execute(conn, "PRAGMA max_page_count = 1")).await.unwrap();
    let mut accepted = 0;
    let refused = loop {
        let reply = app.admin().post(DEPARTMENTS, department(accepted)).await;
        if reply.status != 201 {
            break reply;
        }
        accepted += 1;
        assert!(accepted < 1_000, "the disk is never full");
    };
    refused.refused(507, "insufficient_storage");
    for _ in 0..3 {
        app.admin().post(DEPARTMENTS, department(accepted)).await.refused(507, "insufficient_storage");
        app.admin().get(DEPARTMENTS).await.expect(200);
    }
    app.state.db.write(|conn| execute(conn, "PRAGMA max_page_count = 1000000")).await.unwrap();
    // Nothing of the refused request was kept.
    app.admin().post(DEPARTMENTS, department(accepted)).await.expect(201);
    let kept: i64 = app
        .state
        .db
        .read(|conn| Ok(dsl::departments.filter(dsl::key.like("d%")).count().get_result(conn)?))
        .await
        .unwrap();
    assert_eq!(kept, accepted as i64 + 1);
}
