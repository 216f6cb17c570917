//! Database connections: how they are opened and when they are broken.
//!
//! Rules: error texts have the reason but never the password; every session has the same settings.

#![allow(clippy::disallowed_methods, reason = "the only place that opens connections")]

use std::fmt::Display;
use std::sync::Arc;

use diesel::connection::{InstrumentationEvent, SimpleConnection};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

use super::DbOptions;
use super::transaction::time_limits;
use crate::kernel::config::DatabaseUrl;

/// The settings of a PostgreSQL session. Deadlocks and timeouts are detected by their English text. Roles that may not
/// set the language keep that of the server.
const SESSION: &str = concat!(
    "DO $$ BEGIN \
     BEGIN SET lc_messages TO 'C'; EXCEPTION WHEN insufficient_privilege THEN NULL; END; \
     BEGIN ",
    time_limits!("SET", "3s"),
    "; EXCEPTION WHEN insufficient_privilege THEN NULL; END; END $$"
);

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum DbConn {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

/// A callback that observes every statement.
pub type Probe = Arc<dyn Fn(Observed<'_>) + Send + Sync>;

/// What a connection does with a statement.
pub enum Observed<'a> {
    /// It is executed now. Its text takes time to write.
    Executed(&'a dyn Display),
    /// It was prepared, and is kept for its next executions.
    Kept(&'a str),
}

/// Opens connections for r2d2.
#[derive(Clone)]
pub struct Manager {
    url: DatabaseUrl,
    prepared_statements: bool,
    read_only: bool,
    probe: Option<Probe>,
}

impl Manager {
    /// Creates a manager for the database of `options`.
    #[must_use]
    pub fn new(options: &DbOptions, probe: Option<Probe>) -> Self {
        Self {
            url: options.url.with_network_limits(),
            prepared_statements: options.prepared_statements,
            read_only: false,
            probe,
        }
    }

    /// Returns a manager for connections that must not write (SQLite readers).
    #[must_use]
    pub fn read_only(&self) -> Self {
        Self { read_only: true, ..self.clone() }
    }

    fn open_sqlite(&self, path: &std::path::Path) -> Result<SqliteConnection, diesel::r2d2::Error> {
        create_for_owner(path);
        let mut conn =
            SqliteConnection::establish(&path.to_string_lossy()).map_err(diesel::r2d2::Error::ConnectionError)?;
        // busy_timeout: waits for other processes, because this process has only one writer.
        // journal_mode = WAL: readers and the writer do not block each other.
        // synchronous = FULL: a committed write survives a power failure.
        // secure_delete: deleted data is overwritten, so that an erased person is removed from the file.
        conn.batch_execute(
            "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
             PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -2000;",
        )
        .map_err(diesel::r2d2::Error::QueryError)?;
        if self.read_only {
            conn.batch_execute("PRAGMA query_only = ON;").map_err(diesel::r2d2::Error::QueryError)?;
        }
        Ok(conn)
    }

    fn open_postgres(&self, url: &str) -> Result<PgConnection, diesel::r2d2::Error> {
        let mut conn = PgConnection::establish(url).map_err(diesel::r2d2::Error::ConnectionError)?;
        if !self.prepared_statements {
            conn.set_prepared_statement_cache_size(diesel::connection::CacheSize::Disabled);
        }
        conn.batch_execute(SESSION).map_err(diesel::r2d2::Error::QueryError)?;
        Ok(conn)
    }
}

/// A pooled connection, and whether the executor found it broken.
pub struct Session {
    pub conn: DbConn,
    pub broken: bool,
}

impl r2d2::ManageConnection for Manager {
    type Connection = Session;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Session, Self::Error> {
        let mut conn = match &self.url {
            DatabaseUrl::Sqlite(path) => DbConn::Sqlite(self.open_sqlite(path)?),
            DatabaseUrl::Postgres(url) => DbConn::Postgres(self.open_postgres(url)?),
        };
        if let Some(probe) = self.probe.clone() {
            conn.set_instrumentation(move |event: InstrumentationEvent<'_>| match event {
                InstrumentationEvent::StartQuery { query, .. } => probe(Observed::Executed(&query)),
                InstrumentationEvent::CacheQuery { sql, .. } => probe(Observed::Kept(sql)),
                _ => {}
            });
        }
        Ok(Session { conn, broken: false })
    }

    fn is_valid(&self, session: &mut Session) -> Result<(), Self::Error> {
        session.conn.batch_execute("SELECT 1").map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, session: &mut Session) -> bool {
        session.broken
    }
}

/// Creates the file if it does not exist, readable only by its owner, because it has personal data. SQLite gives its
/// other files the same permissions. Errors are ignored here, because SQLite reports them when it opens the file.
fn create_for_owner(path: &std::path::Path) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    drop(options.open(path));
}
