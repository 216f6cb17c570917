//! Liveness, readiness and the admin listener.

use std::sync::{Arc, Barrier, mpsc};

use diesel::connection::SimpleConnection;
use entente::kernel::config::DatabaseUrl;
use entente::kernel::db::{DbConn, DbOptions};
use entente::kernel::readiness::{Check, Probe};

use super::support::client::Client;
use super::support::*;

async fn expect_ready(client: &Client) {
    assert_eq!(client.get("/readyz").await.expect(200).body["status"], "ok");
}

async fn expect_not_ready(client: &Client, check: Check) {
    let reply = client.get("/readyz").await.refused(503, "unavailable");
    assert_eq!(reply.body["check"], check.as_str());
    client.get("/livez").await.expect(200);
}

#[apply(both)]
async fn a_process_is_ready_after_a_probe(app: TestApp) {
    for _ in 0..3 {
        assert_eq!(app.probe(), Ok(()));
        expect_ready(&app.anonymous()).await;
    }
}

#[apply(both)]
async fn a_database_that_cannot_be_reached_makes_the_process_not_ready(app: TestApp) {
    let nowhere = match app.engine {
        Engine::Sqlite => DatabaseUrl::Sqlite(std::env::temp_dir().join("no-such-folder/entente.db")),
        Engine::Postgres => DatabaseUrl::parse("postgres://x@127.0.0.1:1/none").unwrap(),
    };
    let expected = match app.engine {
        // The disk is checked first.
        Engine::Sqlite => Check::Disk,
        Engine::Postgres => Check::Database,
    };
    assert_eq!(app.run_probe(Probe::new(&DbOptions::new(nowhere))), Err(expected));
    expect_not_ready(&app.anonymous(), expected).await;
    assert_eq!(app.probe(), Ok(()));
    expect_ready(&app.anonymous()).await;
}

#[test]
fn the_probe_does_not_create_a_missing_file() {
    app::run(Engine::Sqlite, |app| async move {
        let DatabaseUrl::Sqlite(file) = app.database.url.clone() else { panic!("not SQLite") };
        let missing = file.with_file_name("missing.db");
        let probe = Probe::new(&DbOptions::new(DatabaseUrl::Sqlite(missing.clone())));
        assert_eq!(app.run_probe(probe), Err(Check::Database));
        assert!(!missing.exists());
    });
}

#[apply(both)]
async fn pending_migrations_make_the_process_not_ready(app: TestApp) {
    let pending = "DELETE FROM __diesel_schema_migrations WHERE version = '20261201000007'";
    app.state.db.write(move |conn| Ok(conn.batch_execute(pending)?)).await.unwrap();
    assert_eq!(app.probe(), Err(Check::Migrations));
    expect_not_ready(&app.anonymous(), Check::Migrations).await;
}

#[apply(both)]
async fn a_disk_that_is_almost_full_makes_the_process_not_ready(app: TestApp) {
    let probe = Probe::new(&DbOptions::new(app.database.url.clone())).with_minimum_free(u64::MAX);
    let expected = if app.engine == Engine::Sqlite { Err(Check::Disk) } else { Ok(()) };
    assert_eq!(app.run_probe(probe), expected);
    if app.engine == Engine::Sqlite {
        expect_not_ready(&app.anonymous(), Check::Disk).await;
    }
}

/// Occupies all database threads, and on SQLite the write lock, while the probe runs.
#[apply(both)]
async fn a_busy_database_is_ready(app: TestApp) {
    let connections = DbOptions::new(app.database.url.clone()).connections as usize;
    let held = if app.engine == Engine::Sqlite { connections + 1 } else { connections };
    let all_begun = Arc::new(Barrier::new(held + 1));
    let mut releases = Vec::new();
    let mut holders = Vec::new();
    for number in 0..held {
        let (release, released) = mpsc::channel::<()>();
        releases.push(release);
        let (db, begun) = (app.state.db.clone(), all_begun.clone());
        let hold = move |_: &mut DbConn| {
            begun.wait();
            // An error means that the test has ended.
            let _ = released.recv();
            Ok(())
        };
        let write = number == connections;
        holders.push(tokio::spawn(async move { if write { db.write(hold).await } else { db.read(hold).await } }));
    }
    tokio::task::spawn_blocking(move || all_begun.wait()).await.unwrap();
    assert_eq!(app.probe(), Ok(()));
    expect_ready(&app.anonymous()).await;
    drop(releases);
    for holder in holders {
        holder.await.unwrap().unwrap();
    }
}

#[apply(both)]
async fn a_probe_that_hangs_makes_the_process_not_ready(app: TestApp) {
    assert_eq!(app.probe(), Ok(()));
    app.state.readiness.begin();
    app.clock.pass(std::time::Duration::from_secs(3));
    expect_not_ready(&app.anonymous(), Check::Database).await;
    app.clock.pass(std::time::Duration::from_secs(7));
    expect_not_ready(&app.anonymous(), Check::Stale).await;
    assert_eq!(app.probe(), Ok(()));
    expect_ready(&app.anonymous()).await;
}

#[apply(both)]
async fn a_clock_that_is_set_does_not_change_readiness(app: TestApp) {
    assert_eq!(app.probe(), Ok(()));
    app.clock.advance(std::time::Duration::from_hours(1_000));
    expect_ready(&app.anonymous()).await;
    app.clock.set(start_time().plus_seconds(-86_400));
    expect_ready(&app.anonymous()).await;
}

#[apply(both)]
async fn a_process_that_drains_is_not_ready_but_serves(app: TestApp) {
    app.state.readiness.drain();
    expect_not_ready(&app.anonymous(), Check::Draining).await;
    assert_eq!(app.probe(), Err(Check::Draining));
    app.admin().get("/v1/departments").await.expect(200);
}

#[apply(both)]
async fn the_admin_listener_serves_the_checks_and_the_metrics(app: TestApp) {
    let process = app.with_admin_listener();
    for client in [&process.public, &process.admin] {
        client.get("/livez").await.expect(200);
        expect_ready(client).await;
    }
    process.public.get("/metrics").await.refused(404, "not_found");
    let metrics = process.admin.get("/metrics").await.expect(200).text;
    assert!(metrics.contains("entente_database_waiting"));
    for path in ["/", "/callback", "/openapi.json", "/v1/no-such-path"] {
        process.admin.get(path).await.refused(404, "not_found");
    }
    app.state.readiness.drain();
    for client in [&process.public, &process.admin] {
        expect_not_ready(client, Check::Draining).await;
    }
}
