//! A database per test, copied from a migrated template.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use entente::kernel::config::DatabaseUrl;
use entente::kernel::db::{DbOptions, migrate};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A database that is deleted when it is dropped.
pub struct TestDatabase {
    pub url: DatabaseUrl,
    cleanup: Cleanup,
}

enum Cleanup {
    Folder(PathBuf),
    Database(String),
    /// A role, and the URL with which it was created in its database.
    Role {
        name: String,
        admin: String,
    },
}

static COUNTER: AtomicU32 = AtomicU32::new(0);

impl TestDatabase {
    /// Creates a migrated database. Returns `None` for PostgreSQL if no server is configured.
    pub fn new(engine: Engine) -> Option<Self> {
        let number = COUNTER.fetch_add(1, Ordering::SeqCst);
        match engine {
            Engine::Sqlite => Some(sqlite(number)),
            Engine::Postgres => Some(postgres(&server()?, number)),
        }
    }

    /// Creates a database without tables.
    pub fn empty(engine: Engine) -> Option<Self> {
        let number = COUNTER.fetch_add(1, Ordering::SeqCst);
        match engine {
            Engine::Sqlite => {
                let folder = scratch(&number.to_string());
                let url = DatabaseUrl::Sqlite(folder.join("entente.db"));
                Some(Self { url, cleanup: Cleanup::Folder(folder) })
            }
            Engine::Postgres => {
                let server = server()?;
                let name = format!("entente_test_{}_{number}", std::process::id());
                admin(&format!("CREATE DATABASE {name}"));
                Some(Self { url: in_database(&server, &name), cleanup: Cleanup::Database(name) })
            }
        }
    }
}

impl TestDatabase {
    /// Creates a database from a backup, as an operator restores it.
    pub fn restored(backup: &Path) -> Self {
        let database = Self::empty(Engine::Sqlite).unwrap();
        if let DatabaseUrl::Sqlite(file) = &database.url {
            std::fs::copy(backup, file).unwrap();
        }
        database
    }

    /// Returns the URL as it is configured.
    pub fn url_text(&self) -> String {
        match &self.url {
            DatabaseUrl::Sqlite(file) => format!("sqlite://{}", file.display()),
            DatabaseUrl::Postgres(url) => url.clone(),
        }
    }

    /// Runs statements that create the role `name` with the password `password`, and returns the same database with
    /// that role. The role is dropped when the result is.
    pub fn with_role(&self, name: &str, password: &str, sql: &str) -> Self {
        let admin = self.url_text();
        execute(&admin, sql);
        let mut url = url::Url::parse(&admin).unwrap();
        url.set_username(name).unwrap();
        url.set_password(Some(password)).unwrap();
        let url = DatabaseUrl::parse(url.as_str()).unwrap();
        Self { url, cleanup: Cleanup::Role { name: name.to_owned(), admin } }
    }
}

fn sqlite(number: u32) -> TestDatabase {
    static TEMPLATE: OnceLock<PathBuf> = OnceLock::new();
    let template = TEMPLATE.get_or_init(|| {
        remove_leftovers();
        let file = scratch("template").join("entente.db");
        migrate::run(&DbOptions::new(DatabaseUrl::Sqlite(file.clone()))).unwrap();
        file
    });
    let folder = scratch(&number.to_string());
    let file = folder.join("entente.db");
    std::fs::copy(template, &file).unwrap();
    TestDatabase { url: DatabaseUrl::Sqlite(file), cleanup: Cleanup::Folder(folder) }
}

fn scratch(name: &str) -> PathBuf {
    let folder = scratch_root().join(format!("entente-test-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Test data need not be durable, so it is in memory where that is possible: a commit then does not wait for the disk.
fn scratch_root() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    let writable = std::fs::metadata(&memory).is_ok_and(|folder| folder.is_dir() && !folder.permissions().readonly());
    if writable { memory } else { std::env::temp_dir() }
}

/// Returns whether a process has ended; false if that is unknown.
fn has_ended(process: &str) -> bool {
    let processes = std::path::Path::new("/proc");
    processes.join("self").exists() && !processes.join(process).exists()
}

/// Removes the folders of test processes that have ended.
fn remove_leftovers() {
    for folder in std::fs::read_dir(scratch_root()).unwrap().flatten() {
        let name = folder.file_name().to_string_lossy().into_owned();
        let process = name.strip_prefix("entente-test-").and_then(|rest| rest.split('-').next());
        if process.is_some_and(has_ended) {
            // Another run may remove it at the same time.
            let _ = std::fs::remove_dir_all(folder.path());
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "tests have no settings of their own")]
fn server() -> Option<String> {
    let server = std::env::var("ENTENTE_TEST_POSTGRES_URL").ok();
    let required = std::env::var("REQUIRE_POSTGRES").is_ok_and(|value| value == "1");
    assert!(server.is_some() || !required, "REQUIRE_POSTGRES=1, but ENTENTE_TEST_POSTGRES_URL is not set");
    server
}

/// Runs a statement on the server, on a connection that is kept: to open one takes longer than most statements.
#[expect(clippy::disallowed_methods, reason = "creates and drops databases, which the service never does")]
fn admin(sql: &str) {
    static CONNECTION: Mutex<Option<PgConnection>> = Mutex::new(None);
    let mut connection = CONNECTION.lock().unwrap();
    let connection = connection.get_or_insert_with(|| PgConnection::establish(&server().unwrap()).unwrap());
    connection.batch_execute(sql).unwrap();
}

#[expect(clippy::disallowed_methods, reason = "creates databases and roles, which the service never does")]
fn execute(url: &str, sql: &str) {
    let mut conn = PgConnection::establish(url).unwrap();
    conn.batch_execute(sql).unwrap();
}

fn postgres(server: &str, number: u32) -> TestDatabase {
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    let template = TEMPLATE.get_or_init(|| {
        drop_leftovers(server);
        let name = format!("entente_test_{}_template", std::process::id());
        admin(&format!("CREATE DATABASE {name}"));
        migrate::run(&DbOptions::new(in_database(server, &name))).unwrap();
        name
    });
    let name = format!("entente_test_{}_{number}", std::process::id());
    admin(&format!("CREATE DATABASE {name} TEMPLATE {template}"));
    let mut url = url::Url::parse(server).unwrap();
    url.set_path(&name);
    // Test data need not be durable, so commits do not wait for the disk.
    url.query_pairs_mut().append_pair("options", "-csynchronous_commit=off");
    TestDatabase { url: DatabaseUrl::parse(url.as_str()).unwrap(), cleanup: Cleanup::Database(name) }
}

fn in_database(server: &str, name: &str) -> DatabaseUrl {
    let mut url = url::Url::parse(server).unwrap();
    url.set_path(name);
    DatabaseUrl::parse(url.as_str()).unwrap()
}

/// Drops the databases of test processes that have ended.
#[expect(clippy::disallowed_methods, reason = "lists databases, which the service never does")]
fn drop_leftovers(server: &str) {
    #[derive(QueryableByName)]
    struct Name {
        #[diesel(sql_type = diesel::sql_types::Text)]
        datname: String,
    }
    let mut conn = PgConnection::establish(server).unwrap();
    let names: Vec<Name> = diesel::sql_query("SELECT datname FROM pg_database WHERE datname LIKE 'entente\\_test\\_%'")
        .load(&mut conn)
        .unwrap();
    for Name { datname } in names {
        let process = datname.split('_').nth(2).unwrap_or_default();
        if has_ended(process) {
            // Another run may drop it at the same time.
            let _ = conn.batch_execute(&format!("DROP DATABASE IF EXISTS {datname} WITH (FORCE)"));
        }
    }
}

/// Drops databases several at a time: each time, the first one makes PostgreSQL write everything to the disk. Those
/// that remain at the end are dropped by the next run.
fn drop_later(name: String) {
    static WAITING: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let mut waiting = WAITING.lock().unwrap();
    waiting.push(name);
    if waiting.len() == 16 {
        for name in std::mem::take(&mut *waiting) {
            admin(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        match &self.cleanup {
            Cleanup::Folder(folder) => {
                let _ = std::fs::remove_dir_all(folder);
            }
            Cleanup::Database(name) => drop_later(name.clone()),
            Cleanup::Role { name, admin } => execute(admin, &format!("DROP OWNED BY {name}; DROP ROLE {name}")),
        }
    }
}
