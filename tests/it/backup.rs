//! Backups of SQLite while the service writes, and the restore drill.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use entente::kernel::config::DatabaseUrl;
use entente::kernel::db::backup;
use entente::kernel::db::schema::audit_entries::dsl::audit_entries;

use super::support::database::TestDatabase;
use super::support::*;

/// Returns the file of the database; `None` on PostgreSQL, which is backed up with its own tools.
fn file(app: &TestApp) -> Option<PathBuf> {
    match &app.database.url {
        DatabaseUrl::Sqlite(file) => Some(file.clone()),
        DatabaseUrl::Postgres(_) => None,
    }
}

async fn departments(app: &TestApp) -> Vec<Value> {
    let list = app.admin().get("/v1/departments?limit=100").await.expect(200);
    list.body["data"].as_array().unwrap().clone()
}

async fn create(app: &TestApp, key: &str) -> Reply {
    app.admin().post("/v1/departments", json!({"key": key, "name": format!("Department {key}")})).await
}

/// Returns the names of files next to the database that are not its own.
fn other_files(file: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(file.parent().unwrap()).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| !name.starts_with("entente.db"));
    names.sort();
    names
}

#[apply(both)]
async fn a_backup_during_writes_is_a_consistent_state(app: TestApp) {
    let Some(file) = file(&app) else { return };
    let at_first = departments(&app).await.len();
    for number in 0..5 {
        create(&app, &format!("before-{number}")).await.expect(201);
    }
    let before = departments(&app).await;
    let target = file.with_file_name("it's a copy.db");
    let copying = tokio::task::spawn_blocking({
        let target = target.clone();
        move || backup::create(&file, &target)
    });
    let app_ref = &app;
    let writing = at_once(40, |number| async move { create(app_ref, &format!("during-{number}")).await });
    let (done, replies) = tokio::join!(copying, writing);
    let done = done.unwrap().unwrap();
    // The writer was not blocked.
    assert_eq!(with_status(&replies, 201), 40);
    let metadata = std::fs::metadata(&target).unwrap();
    assert_eq!((metadata.len(), metadata.permissions().mode() & 0o777), (done.bytes, 0o600));
    assert_eq!(other_files(&target), ["it's a copy.db"]);

    let restored = TestApp::start(Engine::Sqlite, TestDatabase::restored(&target));
    restored.anonymous().get("/readyz").await.expect(200);
    let (all, found) = (departments(&app).await, departments(&restored).await);
    assert!(before.iter().all(|department| found.contains(department)), "{found:?}");
    assert!(found.iter().all(|department| all.contains(department)), "{found:?}");
    // A change and its audit entry are in the same transaction, so the copy has both or neither.
    let audited: i64 = restored.state.db.read(|conn| Ok(audit_entries.count().get_result(conn)?)).await.unwrap();
    assert_eq!(usize::try_from(audited), Ok(found.len() - at_first));
    assert_eq!(restored.drained_feed().await.len(), found.len() - at_first);
    create(&restored, "after").await.expect(201);
}

#[apply(both)]
async fn a_backup_never_replaces_a_file(app: TestApp) {
    let Some(file) = file(&app) else { return };
    let target = file.with_file_name("copy.db");
    std::fs::write(&target, "precious").unwrap();
    let dangling = file.with_file_name("dangling.db");
    std::os::unix::fs::symlink("/nonexistent/file", &dangling).unwrap();
    for target in [&target, &dangling, &file] {
        let refused = backup::create(&file, target).unwrap_err();
        assert!(refused.contains("the file exists") && refused.contains(&target.display().to_string()), "{refused}");
    }
    assert_eq!(std::fs::read_to_string(&target).unwrap(), "precious");
    assert_eq!(other_files(&file), ["copy.db", "dangling.db"]);
}

#[apply(both)]
async fn a_backup_that_fails_leaves_no_file(app: TestApp) {
    let Some(file) = file(&app) else { return };
    let target = file.with_file_name("copy.db");
    let missing = file.with_file_name("missing.db");
    assert!(backup::create(&missing, &target).unwrap_err().contains("missing.db"));
    assert!(backup::create(&file, Path::new("/nonexistent/folder/copy.db")).unwrap_err().contains("/nonexistent"));
    violate_a_foreign_key(&file);
    let refused = backup::create(&file, &target).unwrap_err();
    assert!(refused.contains("damaged") && refused.contains("departments") && refused.contains("people"), "{refused}");
    assert_eq!(other_files(&file), Vec::<String>::new());
}

#[expect(clippy::disallowed_methods, reason = "damages the database, which the service never does")]
fn violate_a_foreign_key(file: &Path) {
    let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    let sql = "PRAGMA foreign_keys = OFF; UPDATE departments SET head_person_id = 'per_missing', head_since = '2027-01-01 00:00:00'";
    conn.batch_execute(sql).unwrap();
}
