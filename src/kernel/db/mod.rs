//! The database: one code path for SQLite and PostgreSQL.
//!
//! Rules:
//! - All access goes through [`Db::read`] and [`Db::write`]. Both pass a closure to threads that own a connection, so
//!   that HTTP threads never block.
//! - A closure may run more than once, after a serialisation failure, a deadlock or the loss of a connection. It must
//!   have no effects outside the database.
//! - `write` returns only after the commit. On SQLite, many closures share one transaction, separated by savepoints,
//!   and one commit makes all of them durable.
//! - A request waits at most two seconds for a connection, and not at all if too many wait. Then the response is 503
//!   `unavailable`. Work that has started is awaited for 20 seconds.
//! - A response never says that nothing was changed if that is not certain: then it is 503 `outcome_unknown`.
//! - Reports and exports use [`Db::read_slowly`], so that they never occupy all threads. Some threads run only reads
//!   and the writes of visitors, so that locked rows do not occupy all threads, either.

mod any_of;
pub mod backup;
mod cached;
pub(crate) mod connection;
pub(crate) mod durability;
pub(crate) mod errors;
mod executor;
#[cfg(test)]
#[path = "fakes_tests.rs"]
mod fakes;
mod faults;
mod first;
mod group;
mod job;
pub(crate) mod locks;
pub mod migrate;
mod queues;
pub mod schema;
mod scrub;
mod single;
mod statistics;
mod texts;
mod times;
pub(crate) mod together;
mod transaction;
mod worker;

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub use any_of::any_of;
pub use cached::{CachedDsl, Fixed};
pub use connection::{DbConn, MultiBackend, MultiRawValue, Observed, Probe};
pub use executor::DbResult;
pub use first::FirstDsl;
pub use transaction::snapshot;
pub(in crate::kernel) use transaction::{begin_savepoint, roll_back_savepoint};

use tokio::sync::Semaphore;

use crate::kernel::config::{DatabaseSettings, DatabaseUrl};
use crate::kernel::error::Error;
use executor::{Executor, Mode};
use job::Kind;
use queues::Queue;

/// Loads rows and locks them until the end of the transaction, in the order of the query. Other transactions can still
/// insert foreign keys to the rows. SQLite needs no row locks, because it has only one writer.
#[macro_export]
macro_rules! load_locked {
    ($conn:expr, $query:expr) => {
        match $conn {
            $crate::kernel::db::DbConn::Postgres(conn) => $query.for_no_key_update().load(conn),
            $crate::kernel::db::DbConn::Sqlite(conn) => $query.load(conn),
        }
    };
}

/// Expands one body for both databases: for the few diesel constructs that [`DbConn`] does not support (`on_conflict`,
/// multi-row inserts), and for frequent reads, because [`DbConn`] writes the text of a query several times per call.
#[macro_export]
macro_rules! with_backend {
    ($conn:expr, |$inner:ident| $body:expr) => {
        match $conn {
            $crate::kernel::db::DbConn::Postgres($inner) => $body,
            $crate::kernel::db::DbConn::Sqlite($inner) => $body,
        }
    };
}

/// How to connect to the database.
#[derive(Debug, Clone)]
pub struct DbOptions {
    pub url: DatabaseUrl,
    /// Number of threads, each with one connection. A few per core are fastest.
    pub connections: u32,
    /// How long a request may wait for a thread.
    pub wait: Duration,
    /// How long a request waits for its work after it has started.
    pub run: Duration,
    /// Set to false for connection poolers that do not support prepared statements.
    pub prepared_statements: bool,
}

impl DbOptions {
    /// Returns the defaults for a URL: 4 connections, a wait of 2 seconds, 20 seconds for work that has started.
    #[must_use]
    pub fn new(url: DatabaseUrl) -> Self {
        let (wait, run) = (Duration::from_secs(2), Duration::from_secs(20));
        Self { url, connections: 4, wait, run, prepared_statements: true }
    }
}

impl From<&DatabaseSettings> for DbOptions {
    fn from(settings: &DatabaseSettings) -> Self {
        let DatabaseSettings { url, connections, prepared_statements, .. } = settings.clone();
        Self { connections, prepared_statements, ..Self::new(url) }
    }
}

/// How a write is run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// Whether a visitor waits for it, or the authentication of a read. Then it can also run on the threads that are
    /// kept for reads.
    pub urgent: bool,
    /// Whether it is safe to run the closure again although its transaction may be committed, because it then returns
    /// the stored response (`Idempotency-Key`).
    pub repeatable: bool,
}

/// A handle to the database. Clones share the same threads.
#[derive(Clone)]
pub struct Db {
    readers: Arc<Executor>,
    writers: Arc<Executor>,
    /// One permit for each slow read that may run at the same time.
    slow: Arc<Semaphore>,
    backend: Backend,
    scrubbing: Arc<tokio::sync::Mutex<()>>,
    /// Whether the log has deleted data, because truncating it has failed.
    scrub_pending: Arc<AtomicBool>,
}

/// The database in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

impl Db {
    /// Connects and starts the database threads. `probe` observes every statement, for tests.
    ///
    /// # Errors
    /// The reason, without the password, when the database cannot be reached.
    pub fn open(options: &DbOptions, probe: Option<Probe>) -> Result<Self, String> {
        let manager = connection::Manager::new(options, probe);
        let slow = Arc::new(Semaphore::new((options.connections / 2).max(1) as usize));
        match options.url {
            DatabaseUrl::Postgres(_) => {
                let executor = Arc::new(Executor::start("db", manager, options, Mode::Single)?);
                Ok(Self {
                    readers: executor.clone(),
                    writers: executor,
                    slow,
                    backend: Backend::Postgres,
                    scrubbing: Arc::default(),
                    scrub_pending: Arc::default(),
                })
            }
            DatabaseUrl::Sqlite(_) => {
                // The writer starts first, because it creates the file and enables WAL.
                let writers = Arc::new(Executor::start("db-write", manager.clone(), options, Mode::Grouped)?);
                let readers = Arc::new(Executor::start("db-read", manager.read_only(), options, Mode::Single)?);
                Ok(Self {
                    readers,
                    writers,
                    slow,
                    backend: Backend::Sqlite,
                    scrubbing: Arc::default(),
                    scrub_pending: Arc::default(),
                })
            }
        }
    }

    /// Runs `work` without a transaction: each statement sees the data committed before it.
    ///
    /// # Errors
    /// The error of `work`, 503 when the wait is too long, 500 for an unexpected error.
    pub async fn read<T, F>(&self, work: F) -> DbResult<T>
    where
        T: Send + 'static,
        F: FnMut(&mut DbConn) -> Result<T, Error> + Send + 'static,
    {
        self.readers.submit(Queue::Reads, Kind::Read, work).await
    }

    /// Runs `work` like [`Db::read`], for reports and exports, which can take seconds. They run on at most half of the
    /// threads, and not on those that are kept for reads, so that other requests do not wait for them.
    ///
    /// # Errors
    /// The error of `work`, 503 when the wait is too long, 500 for an unexpected error.
    pub async fn read_slowly<T, F>(&self, mut work: F) -> DbResult<T>
    where
        T: Send + 'static,
        F: FnMut(&mut DbConn) -> Result<T, Error> + Send + 'static,
    {
        let permit = tokio::time::timeout(self.readers.wait(), self.slow.clone().acquire_owned()).await;
        let permit = permit.map_err(|_| faults::unavailable())?.map_err(Error::internal)?;
        let permit = Arc::new(Mutex::new(Some(permit)));
        let held = permit.clone();
        let work = move |conn: &mut DbConn| {
            // Held by the work, which continues when the client disconnects.
            let _held = &held;
            work(conn)
        };
        let result = self.readers.submit(Queue::Others, Kind::Read, work).await;
        // Work that exceeded its time limit may never end.
        permit.lock().unwrap_or_else(PoisonError::into_inner).take();
        result
    }

    /// Runs `work` in a transaction and returns after the commit. An error rolls back all changes of `work`.
    ///
    /// # Errors
    /// As for [`Db::write_with`].
    pub async fn write<T, F>(&self, work: F) -> DbResult<T>
    where
        T: Send + 'static,
        F: FnMut(&mut DbConn) -> Result<T, Error> + Send + 'static,
    {
        self.write_with(WriteOptions::default(), work).await
    }

    /// Runs `work` like [`Db::write`], with these options.
    ///
    /// # Errors
    /// The error of `work`; 503 `unavailable` when the wait is too long or the transaction was lost; 503
    /// `outcome_unknown` when it is not certain whether it was committed; 507 when the storage is full; 500 for an
    /// unexpected error.
    pub async fn write_with<T, F>(&self, options: WriteOptions, work: F) -> DbResult<T>
    where
        T: Send + 'static,
        F: FnMut(&mut DbConn) -> Result<T, Error> + Send + 'static,
    {
        // SQLite has one writer, which serves all in the order of their arrival.
        let is_separate = options.urgent && self.backend == Backend::Postgres;
        let queue = if is_separate { Queue::Urgent } else { Queue::Others };
        self.writers.submit(queue, Kind::Write { repeatable: options.repeatable }, work).await
    }

    /// Returns the number of requests that are waiting for a database thread.
    #[must_use]
    pub fn waiting(&self) -> usize {
        match self.backend {
            Backend::Postgres => self.readers.waiting(),
            Backend::Sqlite => self.readers.waiting() + self.writers.waiting(),
        }
    }
}
