//! A fixed number of threads, each with its own connection, that run closures from a queue.
//!
//! `Single` runs each write in its own transaction and retries it when the database reports a serialisation failure or
//! deadlock. `Grouped` (the SQLite writer) runs all waiting writes in one transaction, separated by
//! savepoints, and commits once (group commit): as durable as single commits, and several times faster.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender};
use tokio::sync::oneshot;

use super::connection::{DbConn, Manager, Session};
use super::{errors, transaction};
use crate::kernel::error::{Code, Error, Problem};

/// The result of database work.
pub type DbResult<T> = Result<T, Error>;

/// How a thread processes its queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Single,
    Grouped,
}

/// Maximum number of writes per group commit, which limits how long the first one waits.
const GROUP_LIMIT: usize = 128;
/// Maximum number of attempts to run a closure.
const ATTEMPTS: u32 = 5;

pub(super) struct Executor {
    queue: Sender<Box<dyn Job>>,
    wait: Duration,
}

impl Executor {
    pub(super) fn start(
        name: &str,
        manager: Manager,
        threads: u32,
        wait: Duration,
        mode: Mode,
    ) -> Result<Self, String> {
        let pool = r2d2::Pool::builder()
            .max_size(threads)
            .min_idle(Some(0))
            .connection_timeout(wait)
            .test_on_check_out(false)
            .error_handler(Box::new(LogPoolErrors))
            .build_unchecked(manager.clone());
        // Fail at start with the actual reason instead of the "timed out" of r2d2.
        r2d2::ManageConnection::connect(&manager).map_err(|error| error.to_string())?;
        let (queue, jobs) = crossbeam_channel::unbounded();
        for number in 0..threads {
            let worker = Worker { pool: pool.clone(), jobs: jobs.clone(), mode };
            thread::Builder::new()
                .name(format!("{name}-{number}"))
                .spawn(move || worker.run())
                .map_err(|error| error.to_string())?;
        }
        Ok(Self { queue, wait })
    }

    pub(super) fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Returns how long work may wait until it starts.
    pub(super) fn wait(&self) -> Duration {
        self.wait
    }

    pub(super) async fn submit<T, F>(&self, work: F, transaction: bool) -> DbResult<T>
    where
        T: Send + 'static,
        F: FnMut(&mut DbConn) -> Result<T, Error> + Send + 'static,
    {
        let status = Arc::new(AtomicU8::new(WAITING));
        let (sender, mut receiver) = oneshot::channel();
        let job = Task { work, result: None, sender: Some(sender), status: status.clone(), transaction };
        self.queue.send(Box::new(job)).map_err(|_| Error::internal("the database threads have stopped"))?;
        match tokio::time::timeout(self.wait, &mut receiver).await {
            Ok(result) => result.unwrap_or_else(|_| Err(dropped())),
            // The first change of the status wins: a job that has started is awaited, a job that has not started never
            // starts.
            Err(_) if status.compare_exchange(WAITING, ABANDONED, Ordering::SeqCst, Ordering::SeqCst).is_ok() => {
                Err(busy())
            }
            Err(_) => receiver.await.unwrap_or_else(|_| Err(dropped())),
        }
    }
}

fn dropped() -> Error {
    Error::internal("a database thread dropped its work")
}

/// Returns the problem for work that waited too long.
pub(super) fn busy() -> Error {
    Problem::new(Code::Unavailable).header("Retry-After", 1).into()
}

const WAITING: u8 = 0;
const RUNNING: u8 = 1;
const ABANDONED: u8 = 2;

/// What to do with the transaction after one run of a closure.
enum Run {
    /// The closure succeeded.
    Commit,
    /// The closure returned an error, which is the result.
    Rollback,
    /// The closure can be retried.
    Retry,
    /// The connection is broken.
    Broken,
}

/// A closure and its result, with the type erased.
trait Job: Send {
    /// Marks the job as running. Returns false if the caller has timed out.
    fn begin(&self) -> bool;
    fn wants_transaction(&self) -> bool;
    fn run(&mut self, conn: &mut DbConn) -> Run;
    /// Sends the result of the last run.
    fn finish(self: Box<Self>);
    /// Sends an error instead.
    fn fail(self: Box<Self>, error: Error);
}

struct Task<T, F> {
    work: F,
    result: Option<Result<T, Error>>,
    sender: Option<oneshot::Sender<Result<T, Error>>>,
    status: Arc<AtomicU8>,
    transaction: bool,
}

impl<T, F> Job for Task<T, F>
where
    T: Send,
    F: FnMut(&mut DbConn) -> Result<T, Error> + Send,
{
    fn begin(&self) -> bool {
        self.status.compare_exchange(WAITING, RUNNING, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }

    fn wants_transaction(&self) -> bool {
        self.transaction
    }

    fn run(&mut self, conn: &mut DbConn) -> Run {
        let result = catch_unwind(AssertUnwindSafe(|| (self.work)(conn)))
            .unwrap_or_else(|_| Err(Error::internal("database work panicked")));
        let run = match &result {
            Ok(_) => Run::Commit,
            Err(Error::Database(error)) if errors::is_retryable(error) => Run::Retry,
            Err(Error::Database(error)) if errors::is_broken(error) => Run::Broken,
            Err(_) => Run::Rollback,
        };
        self.result = Some(result);
        run
    }

    fn finish(mut self: Box<Self>) {
        if let (Some(sender), Some(result)) = (self.sender.take(), self.result.take()) {
            // The caller may have disconnected; the work is done regardless.
            let _ = sender.send(result);
        }
    }

    fn fail(mut self: Box<Self>, error: Error) {
        if let Some(sender) = self.sender.take() {
            let _ = sender.send(Err(error));
        }
    }
}

struct Worker {
    pool: r2d2::Pool<Manager>,
    jobs: Receiver<Box<dyn Job>>,
    mode: Mode,
}

impl Worker {
    /// Runs jobs on one connection, and gets another one from the pool when it is broken.
    fn run(self) {
        let mut current: Option<r2d2::PooledConnection<Manager>> = None;
        while let Ok(job) = self.jobs.recv() {
            if !job.begin() {
                continue;
            }
            let mut conn = match current.take().map_or_else(|| self.pool.get(), Ok) {
                Ok(conn) => conn,
                Err(error) => {
                    tracing::error!(%error, "failed to get a database connection");
                    job.fail(busy());
                    continue;
                }
            };
            let Session { conn: inner, broken } = &mut *conn;
            let healthy = match self.mode {
                Mode::Single => single(inner, job),
                Mode::Grouped => grouped(inner, job, &self.jobs),
            };
            if healthy {
                current = Some(conn);
            } else {
                tracing::warn!("database connection lost, replacing it");
                *broken = true;
            }
        }
    }
}

/// Runs one job. Returns false if the connection is broken.
fn single(conn: &mut DbConn, mut job: Box<dyn Job>) -> bool {
    for _ in 0..ATTEMPTS {
        match run_single(conn, job.as_mut()) {
            Ok(Run::Commit | Run::Rollback) => {
                job.finish();
                return true;
            }
            Ok(Run::Retry) => {}
            Ok(Run::Broken) => {
                job.fail(busy());
                return false;
            }
            Err(error) if errors::is_retryable(&error) => {}
            Err(error) => {
                let broken = errors::is_broken(&error);
                job.fail(if broken { busy() } else { error.into() });
                return !broken;
            }
        }
    }
    job.fail(busy());
    true
}

fn run_single(conn: &mut DbConn, job: &mut dyn Job) -> diesel::QueryResult<Run> {
    if !job.wants_transaction() {
        return Ok(job.run(conn));
    }
    transaction::begin(conn)?;
    let run = job.run(conn);
    match run {
        Run::Commit => transaction::commit(conn)?,
        Run::Rollback | Run::Retry => transaction::rollback(conn)?,
        Run::Broken => {}
    }
    Ok(run)
}

/// Runs `first` and all waiting jobs in one transaction, and sends their results after the commit. Only the jobs after
/// the first one need a savepoint: until then, there is nothing that a rollback must keep.
fn grouped(conn: &mut DbConn, mut first: Box<dyn Job>, waiting: &Receiver<Box<dyn Job>>) -> bool {
    if let Err(error) = transaction::begin(conn) {
        // Another process held the write lock for longer than the busy timeout.
        tracing::warn!(%error, "failed to acquire the write lock");
        first.fail(busy());
        return true;
    }
    if !matches!(first.run(conn), Run::Commit) {
        let rolled_back = transaction::rollback(conn);
        let healthy = rolled_back.is_ok();
        match rolled_back {
            Ok(()) => first.finish(),
            Err(error) => first.fail(error.into()),
        }
        return healthy;
    }
    let mut done = vec![first];
    while done.len() < GROUP_LIMIT
        && let Some(mut job) = next_begun(waiting)
    {
        match in_savepoint(conn, job.as_mut()) {
            Ok(()) => done.push(job),
            Err(error) => job.fail(error.into()),
        }
    }
    match transaction::commit(conn) {
        Ok(()) => done.into_iter().for_each(|job| job.finish()),
        Err(error) => {
            tracing::error!(%error, requests = done.len(), "failed to commit a group of writes");
            done.into_iter().for_each(|job| job.fail(busy()));
        }
    }
    true
}

/// Returns the next job whose caller is still waiting.
fn next_begun(waiting: &Receiver<Box<dyn Job>>) -> Option<Box<dyn Job>> {
    waiting.try_iter().find(|job| job.begin())
}

fn in_savepoint(conn: &mut DbConn, job: &mut dyn Job) -> diesel::QueryResult<()> {
    transaction::begin_nested(conn)?;
    match job.run(conn) {
        Run::Commit => transaction::commit(conn),
        Run::Rollback | Run::Retry | Run::Broken => transaction::rollback(conn),
    }
}

#[derive(Debug)]
struct LogPoolErrors;

impl<E: std::error::Error> r2d2::HandleError<E> for LogPoolErrors {
    fn handle_error(&self, error: E) {
        tracing::warn!(%error, "failed to connect to the database");
    }
}
