//! Connections: which databases there are, how one is opened, when one is broken.
//!
//! Rules: a URL with a mistyped scheme is refused instead of becoming a new SQLite file; error
//! texts hold the reason but never the password; every session has the same settings.

#![allow(clippy::disallowed_methods, reason = "the one place where connections come from")]

use std::sync::Arc;

use diesel::connection::{InstrumentationEvent, SimpleConnection};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

use super::DbOptions;
use crate::kernel::config::DatabaseUrl;

/// One connection to either engine.
#[derive(diesel::MultiConnection)]
pub enum DbConn {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

/// Sees the text of every statement before it runs.
pub type Probe = Arc<dyn Fn(&str) + Send + Sync>;

/// Opens connections for r2d2.
#[derive(Clone)]
pub struct Manager {
    url: DatabaseUrl,
    prepared_statements: bool,
    read_only: bool,
    probe: Option<Probe>,
}

impl Manager {
    /// For the database of `options`.
    #[must_use]
    pub fn new(options: &DbOptions, probe: Option<Probe>) -> Self {
        Self { url: options.url.clone(), prepared_statements: options.prepared_statements, read_only: false, probe }
    }

    /// The same, for connections that must not write (SQLite readers).
    #[must_use]
    pub fn read_only(&self) -> Self {
        Self { read_only: true, ..self.clone() }
    }

    fn open_sqlite(&self, path: &std::path::Path) -> Result<SqliteConnection, diesel::r2d2::Error> {
        create_for_owner(path);
        let mut conn =
            SqliteConnection::establish(&path.to_string_lossy()).map_err(diesel::r2d2::Error::ConnectionError)?;
        // WAL lets readers and the writer pass each other; FULL makes an answered write survive
        // power loss; the writer thread makes the busy timeout matter only for other processes; what
        // is deleted is overwritten, so that an erased person is gone from the file.
        conn.batch_execute(
            "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
             PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000;",
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
        // A deadlock is known by its English text. Roles that may not choose the language keep the server's.
        conn.batch_execute(
            "DO $$ BEGIN SET lc_messages TO 'C'; EXCEPTION WHEN insufficient_privilege THEN NULL; END $$;",
        )
        .map_err(diesel::r2d2::Error::QueryError)?;
        Ok(conn)
    }
}

/// A connection in the keeping of r2d2, with what the executor learned about its health.
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
            conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
                if let InstrumentationEvent::StartQuery { query, .. } = event {
                    probe(&query.to_string());
                }
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

/// Makes the file if it is not there, for its owner alone, because it holds the numbers of visitors; the files beside it
/// get the same permissions from SQLite, which also tells what is wrong where this fails.
fn create_for_owner(path: &std::path::Path) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    drop(options.open(path));
}
