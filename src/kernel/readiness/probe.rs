//! The probe: checks the database on a connection of its own, and the disk of the SQLite file.
//!
//! Rules: the probe uses none of the threads that requests use, so that it passes while all of them are busy. It runs
//! on a thread of its own, because a database that does not respond blocks it. A write lock that another connection
//! holds is no failure.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};
use diesel::connection::SimpleConnection;
use tokio::sync::oneshot;

use super::{Check, Readiness};
use crate::kernel::config::DatabaseUrl;
use crate::kernel::db::connection::Manager;
use crate::kernel::db::{DbConn, DbOptions, migrate};
use crate::kernel::disk;
use crate::kernel::environment::Environment;
use crate::kernel::stop::{Phase, StopSignal};
use crate::kernel::telemetry;

/// The pause between two probes.
const INTERVAL: Duration = Duration::from_secs(1);
/// Below this free space, in bytes, the process is not ready.
const MINIMUM_FREE: u64 = 64 * 1024 * 1024;
/// How long to wait at shutdown for a probe that is running.
const END_WAIT: Duration = Duration::from_secs(1);

/// Settings of the connection of the probe. It waits for locks for a second at most. Its write is not worth waiting for
/// the disk; the file system reports a full or read-only disk anyway. Commits of other connections stay durable.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 1000; PRAGMA synchronous = NORMAL;";
/// Writes the first page of the file, unchanged, to the write-ahead log. SQLite writes it also if the number is the
/// same, and reuses the space in the log. The service does not use this number.
const SQLITE_WRITE: &str = "PRAGMA user_version = 0";

/// Checks one database.
pub struct Probe {
    manager: Manager,
    /// The file of SQLite.
    file: Option<PathBuf>,
    minimum_free: u64,
    conn: Option<DbConn>,
}

impl Probe {
    /// Creates a probe, which connects when it runs.
    #[must_use]
    pub fn new(options: &DbOptions) -> Self {
        let file = match &options.url {
            DatabaseUrl::Sqlite(file) => Some(file.clone()),
            DatabaseUrl::Postgres(_) => None,
        };
        Self { manager: Manager::new(options, None), file, minimum_free: MINIMUM_FREE, conn: None }
    }

    /// Requires at least this number of free bytes, for tests.
    #[must_use]
    pub fn with_minimum_free(self, bytes: u64) -> Self {
        Self { minimum_free: bytes, ..self }
    }

    /// Runs one probe and records its result. Blocks the thread while the database does not respond.
    pub fn run(&mut self, readiness: &Readiness) {
        readiness.begin();
        let result = self.check();
        let before = readiness.finish(result.as_ref().copied().map_err(|fault| fault.0));
        let was_ready = before.is_none_or(|before| before.is_ok());
        // One line for an outage.
        match result {
            Err(Fault(check, error)) if before != Some(Err(check)) => {
                tracing::warn!(check = check.as_str(), %error, "the process is not ready");
            }
            Ok(()) if !was_ready => tracing::info!("the process is ready again"),
            _ => {}
        }
    }

    fn check(&mut self) -> Result<(), Fault> {
        self.check_space()?;
        let mut conn = match self.conn.take() {
            Some(conn) => conn,
            None => self.connect()?,
        };
        // A connection that has failed is replaced at the next probe.
        let is_current = migrate::is_current(&mut conn).map_err(|error| Fault(Check::Database, error))?;
        if let DbConn::Sqlite(_) = conn {
            check_write(&mut conn)?;
        }
        self.conn = Some(conn);
        if is_current { Ok(()) } else { Err(Fault(Check::Migrations, "migrations are pending".to_owned())) }
    }

    fn check_space(&self) -> Result<(), Fault> {
        let Some(file) = &self.file else { return Ok(()) };
        let free = disk::free_bytes(folder(file)).map_err(|error| Fault(Check::Disk, error.to_string()))?;
        metrics::gauge!("entente_disk_free_bytes").set(free as f64);
        if free < self.minimum_free {
            return Err(Fault(
                Check::Disk,
                format!("{free} bytes are free, at least {} are required", self.minimum_free),
            ));
        }
        Ok(())
    }

    fn connect(&self) -> Result<DbConn, Fault> {
        // Opening a file that does not exist would create it.
        if self.file.as_ref().is_some_and(|file| !file.exists()) {
            return Err(Fault(Check::Database, "the database file does not exist".to_owned()));
        }
        let session = r2d2::ManageConnection::connect(&self.manager);
        let mut conn = session.map_err(|error| Fault(Check::Database, error.to_string()))?.conn;
        if let DbConn::Sqlite(conn) = &mut conn {
            conn.batch_execute(SQLITE_SETTINGS).map_err(|error| Fault(Check::Database, error.to_string()))?;
        }
        Ok(conn)
    }
}

/// Returns the folder of a file; the current folder for a name alone.
fn folder(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A check that failed, and the reason for the log.
struct Fault(Check, String);

/// Checks that the disk of the SQLite file accepts writes.
fn check_write(conn: &mut DbConn) -> Result<(), Fault> {
    match conn.batch_execute(SQLITE_WRITE) {
        Ok(()) => Ok(()),
        // "database is locked": another connection is writing, which is as good.
        Err(error) if error.to_string().contains("locked") => Ok(()),
        Err(error) => Err(Fault(Check::Disk, error.to_string())),
    }
}

/// Runs the probe once a second until the process stops. Ends early only if its thread fails.
pub async fn watch(probe: Probe, readiness: Readiness, environment: Environment, mut stop: StopSignal) {
    // Both channels only report that their other side was dropped, also by a panic.
    let (halt, halted) = crossbeam_channel::bounded::<()>(0);
    let (ended, mut has_ended) = oneshot::channel::<()>();
    let spawned = thread::Builder::new().name("readiness".to_owned()).spawn(move || {
        let _ended = ended;
        run_until(&halted, probe, &readiness, &environment);
    });
    if let Err(error) = spawned {
        tracing::error!(%error, "failed to start the thread of the readiness probe");
        return;
    }
    tokio::select! {
        _ = &mut has_ended => {}
        () = stop.reached(Phase::Stopping) => {
            drop(halt);
            // The connection is closed before the write-ahead log is truncated.
            let _ = tokio::time::timeout(END_WAIT, has_ended).await;
        }
    }
}

fn run_until(halted: &Receiver<()>, mut probe: Probe, readiness: &Readiness, environment: &Environment) {
    loop {
        probe.run(readiness);
        telemetry::round_completed("probe", environment.now());
        if halted.recv_timeout(INTERVAL) != Err(RecvTimeoutError::Timeout) {
            return;
        }
    }
}
