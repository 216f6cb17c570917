//! The database layer: concurrent migrations, timeouts, rollbacks, the audit trail.

use std::sync::mpsc;
use std::time::Duration;

use diesel::prelude::*;
use entente::kernel::db::schema::departments::dsl;
use entente::kernel::db::{Db, DbConn, DbOptions, migrate};
use entente::kernel::error::{Code, Error};

use super::support::database::TestDatabase;
use super::support::*;

pub fn code(error: &Error) -> Code {
    error.as_problem().code
}

pub fn rename(conn: &mut DbConn, key: &str, name: &str) -> Result<usize, Error> {
    Ok(diesel::update(dsl::departments.filter(dsl::key.eq(key))).set(dsl::name.eq(name)).execute(conn)?)
}

pub fn name(conn: &mut DbConn, key: &str) -> Result<String, Error> {
    Ok(dsl::departments.filter(dsl::key.eq(key)).select(dsl::name).get_result(conn)?)
}

#[apply(both)]
async fn replicas_that_start_at_the_same_time_migrate_once(app: TestApp) {
    let empty = TestDatabase::empty(app.engine).unwrap();
    let options = DbOptions::new(empty.url.clone());
    let starts: Vec<_> = (0..8)
        .map(|_| {
            let options = options.clone();
            std::thread::spawn(move || migrate::run(&options))
        })
        .collect();
    let applied: Vec<_> = starts.into_iter().map(|start| start.join().unwrap().unwrap()).collect();
    assert_eq!(applied.iter().filter(|names| !names.is_empty()).count(), 1, "{applied:?}");
    let db = Db::open(&options, None).unwrap();
    assert!(db.read(|conn| migrate::is_current(conn).map_err(Error::internal)).await.unwrap());
}

#[apply(both)]
async fn a_database_of_an_earlier_version_is_refused(app: TestApp) {
    use diesel::connection::SimpleConnection;

    let options = DbOptions::new(app.database.url.clone());
    assert_eq!(migrate::run(&options), Ok(Vec::new()));
    let earlier = "INSERT INTO __diesel_schema_migrations (version) VALUES ('20261101000001')";
    app.state.db.write(move |conn| Ok(conn.batch_execute(earlier)?)).await.unwrap();
    let refused = migrate::run(&options).unwrap_err();
    assert!(refused.contains("0.2.0") && refused.contains("empty database"), "{refused}");
}

#[apply(both)]
async fn a_write_that_waits_too_long_fails_without_effect(app: TestApp) {
    let mut options = DbOptions::new(app.database.url.clone());
    options.connections = 1;
    options.wait = Duration::from_secs(1);
    let db = Db::open(&options, None).unwrap();
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (release, released) = mpsc::channel::<()>();
    let mut begun = Some(begun);
    let holder = tokio::spawn({
        let db = db.clone();
        async move {
            db.write(move |conn| {
                if let Some(begun) = begun.take() {
                    begun.send(()).unwrap();
                    released.recv().unwrap();
                }
                rename(conn, "it", "held")
            })
            .await
        }
    });
    has_begun.await.unwrap();
    let refused = db.write(|conn| rename(conn, "it", "never")).await.unwrap_err();
    assert_eq!(code(&refused), Code::Unavailable);
    release.send(()).unwrap();
    // A write that has started has no timeout.
    assert_eq!(holder.await.unwrap().unwrap(), 1);
    assert_eq!(db.read(|conn| name(conn, "it")).await.unwrap(), "held");
}

#[apply(both)]
async fn slow_reads_leave_threads_for_other_work(app: TestApp) {
    let mut options = DbOptions::new(app.database.url.clone());
    (options.connections, options.wait) = (2, Duration::from_secs(1));
    let db = Db::open(&options, None).unwrap();
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (release, released) = mpsc::channel::<()>();
    let mut begun = Some(begun);
    let report = tokio::spawn({
        let db = db.clone();
        async move {
            let wait = move |_: &mut DbConn| {
                if let Some(begun) = begun.take() {
                    begun.send(()).unwrap();
                    released.recv().unwrap();
                }
                Ok(())
            };
            db.read_slowly(wait).await
        }
    });
    has_begun.await.unwrap();
    let refused = db.read_slowly(|_| Ok(())).await.unwrap_err();
    assert_eq!(code(&refused), Code::Unavailable);
    assert_eq!(db.read(|conn| name(conn, "it")).await.unwrap(), "IT");
    release.send(()).unwrap();
    report.await.unwrap().unwrap();
    db.read_slowly(|_| Ok(())).await.unwrap();
}

#[apply(both)]
async fn a_failed_write_rolls_back_only_its_own_changes(app: TestApp) {
    let db = &app.state.db;
    let (good, refused, broken, panicked) = tokio::join!(
        db.write(|conn| rename(conn, "it", "good")),
        db.write(|conn| -> Result<(), Error> {
            rename(conn, "marketing", "refused")?;
            Err(Code::Conflict.into())
        }),
        db.write(|conn| {
            rename(conn, "marketing", "broken")?;
            rename(conn, "marketing", "")
        }),
        db.write(|conn| -> Result<(), Error> {
            rename(conn, "marketing", "panicked")?;
            panic!("on purpose")
        }),
    );
    assert_eq!(good.unwrap(), 1);
    assert_eq!(code(&refused.unwrap_err()), Code::Conflict);
    assert_eq!(code(&broken.unwrap_err()), Code::InternalError);
    assert_eq!(code(&panicked.unwrap_err()), Code::InternalError);
    assert_eq!(db.read(|conn| name(conn, "it")).await.unwrap(), "good");
    assert_eq!(db.read(|conn| name(conn, "marketing")).await.unwrap(), "Marketing");
}

#[apply(both)]
async fn audit_entries_cannot_be_changed(app: TestApp) {
    app.admin().post("/v1/departments", json!({"key": "care", "name": "Care"})).await.expect(201);
    use entente::kernel::db::schema::audit_entries::dsl::{actor, audit_entries};
    let changed = app.state.db.write(|conn| Ok(diesel::update(audit_entries).set(actor.eq("x")).execute(conn)?)).await;
    let removed = app.state.db.write(|conn| Ok(diesel::delete(audit_entries).execute(conn)?)).await;
    for outcome in [changed, removed] {
        assert!(outcome.unwrap_err().to_string().contains("audit_entries_append_only"));
    }
    let kept: i64 = app.state.db.read(|conn| Ok(audit_entries.count().get_result(conn)?)).await.unwrap();
    assert_eq!(kept, 1);
}
