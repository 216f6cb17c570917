//! A fixed number of threads, each with its own connection, that run closures from queues.
//!
//! `Single` runs each write in its own transaction. `Grouped` (the SQLite writer) runs all waiting writes in one
//! transaction, separated by savepoints, and commits once (group commit): as durable as single commits, and several
//! times faster.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

use super::connection::{DbConn, Manager};
use super::faults::{self, Faults};
use super::job::{Job, Kind, Progress, Task};
use super::queues::{self, Entrances, Queue, Queues};
use super::transaction::LockWait;
use super::worker::Worker;
use super::{DbOptions, group};
use crate::kernel::error::Error;

/// The result of database work.
pub type DbResult<T> = Result<T, Error>;

/// A job for a connection.
pub(super) type Work = Box<dyn Job<DbConn>>;

/// How a thread processes its queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Single,
    /// One thread, which runs only writes.
    Grouped,
}

pub(super) struct Executor {
    entrances: Arc<Entrances<Work>>,
    /// How long a job may wait until it starts.
    wait: Duration,
    /// How long a caller waits for a job that has started.
    run: Duration,
}

impl Executor {
    pub(super) fn start(name: &str, manager: Manager, options: &DbOptions, mode: Mode) -> Result<Self, String> {
        let (threads, capacity) = match mode {
            Mode::Single => (options.connections.max(1), queues::LENGTH * options.connections.max(1) as usize),
            // One group fits in any case.
            Mode::Grouped => (1, (queues::LENGTH * options.connections as usize).max(group::GROUP_LIMIT)),
        };
        let pool = r2d2::Pool::builder()
            .max_size(threads)
            .min_idle(Some(0))
            .connection_timeout(options.wait)
            .test_on_check_out(false)
            .error_handler(Box::new(LogPoolErrors))
            .build_unchecked(manager.clone());
        // Fail at start with the actual reason instead of the "timed out" of r2d2.
        r2d2::ManageConnection::connect(&manager).map_err(|error| error.to_string())?;
        let (entrances, jobs) = Queues::new(capacity);
        let entrances = Arc::new(entrances);
        let reserved = queues::reserved(threads);
        for number in 0..threads {
            let is_reserved = number < reserved;
            let worker = Worker {
                queues: jobs.of_thread(is_reserved),
                entrances: Arc::downgrade(&entrances),
                mode,
                wait: if is_reserved { LockWait::Brief } else { LockWait::Usual },
                faults: Faults::of(&options.url),
            };
            let pool = pool.clone();
            thread::Builder::new()
                .name(format!("{name}-{number}"))
                .spawn(move || worker.run(pool))
                .map_err(|error| error.to_string())?;
        }
        Ok(Self { entrances, wait: options.wait, run: options.run })
    }

    pub(super) fn waiting(&self) -> usize {
        self.entrances.waiting()
    }

    /// Returns how long work may wait until it starts.
    pub(super) fn wait(&self) -> Duration {
        self.wait
    }

    pub(super) async fn submit<T, F>(&self, queue: Queue, kind: Kind, work: F) -> DbResult<T>
    where
        T: Send + 'static,
        F: FnMut(&mut DbConn) -> Result<T, Error> + Send + 'static,
    {
        let progress = Arc::new(Progress::default());
        let (sender, mut receiver) = oneshot::channel();
        self.entrances.add(queue, Box::new(Task { work, kind, progress: progress.clone(), sender, result: None }))?;
        match tokio::time::timeout(self.wait, &mut receiver).await {
            Ok(result) => return result.unwrap_or_else(|_| Err(kind.dropped())),
            Err(_) if progress.abandon() => return Err(faults::unavailable()),
            Err(_) => {}
        }
        let deadline = progress.started() + self.run;
        match tokio::time::timeout_at(deadline.into(), receiver).await {
            Ok(result) => result.unwrap_or_else(|_| Err(kind.dropped())),
            Err(_) => {
                tracing::error!(?kind, "database work exceeded its time limit");
                Err(kind.overdue())
            }
        }
    }
}

#[derive(Debug)]
struct LogPoolErrors;

impl<E: std::error::Error> r2d2::HandleError<E> for LogPoolErrors {
    fn handle_error(&self, error: E) {
        tracing::warn!(%error, "failed to connect to the database");
    }
}
