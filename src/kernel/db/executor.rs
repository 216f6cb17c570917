//! A fixed number of threads, each with its own connection, that run closures from queues.
//!
//! A thread whose job does not end in time, for example because the server of PostgreSQL does not respond, is replaced,
//! so that the service recovers as soon as new connections work.
//!
//! `Single` runs each write in its own transaction. `Grouped` (the SQLite writer) runs all waiting writes in one
//! transaction, separated by savepoints, and commits once (group commit): as durable as single commits, and several
//! times faster.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Weak};
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
    crew: Crew,
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
            // Threads that are replaced keep their connections until they end.
            .max_size(2 * threads)
            .min_idle(Some(0))
            .connection_timeout(options.wait)
            .test_on_check_out(false)
            .error_handler(Box::new(LogPoolErrors))
            .build_unchecked(manager.clone());
        // Fail at start with the actual reason instead of the "timed out" of r2d2.
        r2d2::ManageConnection::connect(&manager).map_err(|error| error.to_string())?;
        let (entrances, jobs) = Queues::new(capacity);
        let entrances = Arc::new(entrances);
        let crew = Crew {
            name: name.to_owned(),
            pool,
            jobs,
            entrances: Arc::downgrade(&entrances),
            mode,
            faults: Faults::of(&options.url),
            threads,
            lost: Arc::default(),
        };
        for number in 0..threads {
            crew.hire(number < queues::reserved(threads)).map_err(|error| error.to_string())?;
        }
        Ok(Self { entrances, crew, wait: options.wait, run: options.run })
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
                if progress.abandon_handed_over() {
                    return Err(faults::unavailable());
                }
                self.crew.replace(&progress);
                Err(kind.overdue())
            }
        }
    }
}

/// The threads, and what is needed to start another one.
struct Crew {
    name: String,
    pool: r2d2::Pool<Manager>,
    jobs: Queues<Work>,
    entrances: Weak<Entrances<Work>>,
    mode: Mode,
    faults: Faults,
    threads: u32,
    /// The number of threads that were replaced and have not ended yet.
    lost: Arc<AtomicU32>,
}

impl Crew {
    /// Starts a thread, which is reserved for reads and visitors or not.
    fn hire(&self, is_reserved: bool) -> std::io::Result<()> {
        let worker = Worker {
            queues: self.jobs.of_thread(is_reserved),
            entrances: self.entrances.clone(),
            mode: self.mode,
            wait: if is_reserved { LockWait::Brief } else { LockWait::Usual },
            faults: self.faults.clone(),
            lost: self.lost.clone(),
        };
        let pool = self.pool.clone();
        thread::Builder::new().name(self.name.clone()).spawn(move || worker.run(pool)).map(drop)
    }

    /// Replaces the thread of a job that does not end. At most as many threads as there are can be lost at a time. The
    /// writer of SQLite is never replaced, because there must be only one.
    fn replace(&self, progress: &Progress) {
        let may_lose = |lost: u32| (lost < self.threads).then_some(lost + 1);
        if self.mode == Mode::Grouped || self.lost.fetch_update(Ordering::SeqCst, Ordering::SeqCst, may_lose).is_err() {
            return;
        }
        if !progress.expire() {
            self.lost.fetch_sub(1, Ordering::SeqCst);
        } else if let Err(error) = self.hire(progress.is_on_reserved()) {
            tracing::error!(%error, "failed to replace a database thread");
            if progress.revive() {
                self.lost.fetch_sub(1, Ordering::SeqCst);
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
