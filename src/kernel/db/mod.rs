//! The database: one code path over SQLite and PostgreSQL.
//!
//! Rules:
//! - Work reaches the database only through [`Db::read`] and [`Db::write`]. Both hand a closure to
//!   threads that own their connection; the HTTP threads never block.
//! - A closure may be run again (a serialisation failure, a lost group commit), so it keeps its
//!   effects inside the database.
//! - `write` answers only after the commit. On SQLite many closures share one transaction, each in
//!   a savepoint of its own, and one commit makes all of them durable.
//! - Nobody has to wait longer than two seconds for a connection: then it is `503 unavailable`.

pub(crate) mod connection;
pub(crate) mod errors;
mod executor;
pub(crate) mod locks;
pub mod migrate;
pub mod schema;
mod transaction;

use std::sync::Arc;
use std::time::Duration;

pub use connection::{DbConn, Probe};
pub use executor::DbResult;

use diesel::RunQueryDsl;

use crate::kernel::config::{DatabaseSettings, DatabaseUrl};
use crate::kernel::error::{Code, Error, Problem};
use executor::{Executor, Mode};

/// Loads rows and keeps them for the rest of the transaction, in the order of the query. The lock lets
/// others refer to the rows; on SQLite the writer is alone.
#[macro_export]
macro_rules! load_kept {
    ($conn:expr, $query:expr) => {
        match $conn {
            $crate::kernel::db::DbConn::Postgres(conn) => $query.for_no_key_update().load(conn),
            $crate::kernel::db::DbConn::Sqlite(conn) => $query.load(conn),
        }
    };
}

/// Expands one body for both backends, for the few diesel constructs that the connection enum
/// does not carry (`on_conflict`, multi-row inserts).
#[macro_export]
macro_rules! with_backend {
    ($conn:expr, |$inner:ident| $body:expr) => {
        match $conn {
            $crate::kernel::db::DbConn::Postgres($inner) => $body,
            $crate::kernel::db::DbConn::Sqlite($inner) => $body,
        }
    };
}

/// How the database is reached.
#[derive(Debug, Clone)]
pub struct DbOptions {
    pub url: DatabaseUrl,
    /// Threads, each with one connection; a few per core are best, more are slower.
    pub connections: u32,
    /// How long a request may wait for its turn.
    pub wait: Duration,
    /// Off for poolers that cannot keep prepared statements.
    pub prepared_statements: bool,
}

impl DbOptions {
    /// The defaults for a URL: 4 connections, 2 seconds.
    #[must_use]
    pub fn new(url: DatabaseUrl) -> Self {
        Self { url, connections: 4, wait: Duration::from_secs(2), prepared_statements: true }
    }
}

impl From<&DatabaseSettings> for DbOptions {
    fn from(settings: &DatabaseSettings) -> Self {
        let DatabaseSettings { url, connections, prepared_statements } = settings.clone();
        Self { connections, prepared_statements, ..Self::new(url) }
    }
}

/// A handle to the database; clones share the same threads.
#[derive(Clone)]
pub struct Db {
    readers: Arc<Executor>,
    writers: Arc<Executor>,
    backend: Backend,
    scrubbing: Arc<tokio::sync::Mutex<()>>,
}

/// How long, and after which pause, the log of SQLite is tried to be emptied.
const SCRUB_WAIT: Duration = Duration::from_secs(5);
const SCRUB_PAUSE: Duration = Duration::from_millis(50);

fn still_in_the_log() -> Error {
    Problem::new(Code::Unavailable)
        .because(
            "It is erased, but somebody reads the log of the database, where it stands still. The next erasure and the end of the service empty the log.",
            "Je vymazáno, ale někdo čte žurnál databáze, kde údaje ještě jsou. Žurnál vyprázdní příští výmaz nebo ukončení služby.",
        )
        .header("Retry-After", 60)
        .into()
}

/// What a checkpoint of SQLite reports.
#[derive(diesel::QueryableByName)]
struct Checkpoint {
    /// 1 when it could not be finished.
    #[diesel(sql_type = diesel::sql_types::Integer)]
    busy: i32,
}

/// Which of the two engines is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

impl Db {
    /// Connects and starts the database threads. `probe` sees every statement (tests, metrics).
    ///
    /// # Errors
    /// When the database cannot be reached; the text says why and holds no password.
    pub fn open(options: &DbOptions, probe: Option<Probe>) -> Result<Self, String> {
        let manager = connection::Manager::new(options, probe);
        match options.url {
            DatabaseUrl::Postgres(_) => {
                let executor =
                    Arc::new(Executor::start("db", manager, options.connections, options.wait, Mode::Single)?);
                Ok(Self {
                    readers: executor.clone(),
                    writers: executor,
                    backend: Backend::Postgres,
                    scrubbing: Arc::default(),
                })
            }
            DatabaseUrl::Sqlite(_) => {
                // The writer goes first: it creates the file and turns WAL on.
                let writers = Arc::new(Executor::start("db-write", manager.clone(), 1, options.wait, Mode::Grouped)?);
                let readers = Arc::new(Executor::start(
                    "db-read",
                    manager.read_only(),
                    options.connections.max(1),
                    options.wait,
                    Mode::Single,
                )?);
                Ok(Self { readers, writers, backend: Backend::Sqlite, scrubbing: Arc::default() })
            }
        }
    }

    /// Runs `work` outside any transaction: each statement sees what was committed before it.
    ///
    /// # Errors
    /// What `work` returns, 503 after the waiting time, 500 on an unexpected fault.
    pub async fn read<T, F>(&self, work: F) -> DbResult<T>
    where
        T: Send + 'static,
        F: FnMut(&mut DbConn) -> Result<T, Error> + Send + 'static,
    {
        self.readers.submit(work, false).await
    }

    /// Runs `work` in a transaction and answers after its commit. An error rolls back everything
    /// that `work` did.
    ///
    /// # Errors
    /// What `work` returns, 503 after the waiting time, 500 on an unexpected fault.
    pub async fn write<T, F>(&self, work: F) -> DbResult<T>
    where
        T: Send + 'static,
        F: FnMut(&mut DbConn) -> Result<T, Error> + Send + 'static,
    {
        self.writers.submit(work, true).await
    }

    /// After an erasure, and when the service ends: moves what was written from the write-ahead log of SQLite into the file,
    /// where deleted content is overwritten, and empties the log. PostgreSQL needs nothing: a dump
    /// has no deleted rows.
    ///
    /// # Errors
    /// 503 when readers keep the log for longer than five seconds; what was written stays written.
    pub async fn scrub(&self) -> DbResult<()> {
        if self.backend == Backend::Postgres {
            return Ok(());
        }
        let emptied = tokio::time::timeout(SCRUB_WAIT, async {
            // SQLite does not wait for another checkpoint, be it one of these or the writer's own.
            let _alone = self.scrubbing.lock().await;
            loop {
                match self.empty_log().await {
                    Ok(true) => return Ok(()),
                    Ok(false) | Err(Error::Problem(_)) => tokio::time::sleep(SCRUB_PAUSE).await,
                    Err(error) => return Err(error),
                }
            }
        });
        emptied.await.unwrap_or_else(|_| Err(still_in_the_log()))
    }

    async fn empty_log(&self) -> DbResult<bool> {
        self.read(|conn| {
            let emptied: Checkpoint = diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result(conn)?;
            Ok(emptied.busy == 0)
        })
        .await
    }

    /// Requests that wait for a database thread at this moment.
    #[must_use]
    pub fn waiting(&self) -> usize {
        match self.backend {
            Backend::Postgres => self.readers.waiting(),
            Backend::Sqlite => self.readers.waiting() + self.writers.waiting(),
        }
    }
}
