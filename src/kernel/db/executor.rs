//! A few threads that own a connection each and work off a queue of closures.
//!
//! `Single` gives every write a transaction of its own and retries what PostgreSQL asks to be
//! retried. `Grouped` (the SQLite writer) takes all that is waiting into one transaction, a
//! savepoint each, and commits once: as durable as single commits and several times faster.

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

/// What database work ends with.
pub type DbResult<T> = Result<T, Error>;

/// How a thread treats its queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Single,
    Grouped,
}

/// As many requests share one commit at most; bounds the time the first one waits.
const GROUP_LIMIT: usize = 128;
/// How often a closure is run again when the database asks for it.
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
        // Fail at start with the real reason instead of with r2d2's "timed out".
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

    pub(super) async fn submit<T, F>(&self, work: F, transaction: bool) -> DbResult<T>
    where
        T: Send + 'static,
        F: FnMut(&mut DbConn) -> Result<T, Error> + Send + 'static,
    {
        let turn = Arc::new(AtomicU8::new(WAITING));
        let (answer, mut answered) = oneshot::channel();
        let job = Task { work, result: None, answer: Some(answer), turn: turn.clone(), transaction };
        self.queue.send(Box::new(job)).map_err(|_| Error::internal("the database threads are gone"))?;
        match tokio::time::timeout(self.wait, &mut answered).await {
            Ok(answer) => answer.unwrap_or_else(|_| Err(Error::internal("a database thread dropped its work"))),
            // Whoever changes the turn first decides: a job that has begun is awaited to its end,
            // one that has not is never begun.
            Err(_) if turn.compare_exchange(WAITING, ABANDONED, Ordering::SeqCst, Ordering::SeqCst).is_ok() => {
                Err(busy())
            }
            Err(_) => answered.await.unwrap_or_else(|_| Err(Error::internal("a database thread dropped its work"))),
        }
    }
}

fn busy() -> Error {
    Problem::new(Code::Unavailable).header("Retry-After", 1).into()
}

const WAITING: u8 = 0;
const RUNNING: u8 = 1;
const ABANDONED: u8 = 2;

/// How one run of a closure ended, as far as the transaction is concerned.
enum Run {
    /// Keep what it did.
    Commit,
    /// It refused: undo what it did, the answer stands.
    Rollback,
    /// The database wants it run again.
    Retry,
    /// The connection is gone.
    Broken,
}

/// A closure with the place for its result, its type erased.
trait Job: Send {
    /// False when the caller has given up.
    fn begin(&self) -> bool;
    fn wants_transaction(&self) -> bool;
    fn run(&mut self, conn: &mut DbConn) -> Run;
    /// Sends the result of the last run.
    fn answer(self: Box<Self>);
    /// Sends an error instead.
    fn fail(self: Box<Self>, error: Error);
}

struct Task<T, F> {
    work: F,
    result: Option<Result<T, Error>>,
    answer: Option<oneshot::Sender<Result<T, Error>>>,
    turn: Arc<AtomicU8>,
    transaction: bool,
}

impl<T, F> Job for Task<T, F>
where
    T: Send,
    F: FnMut(&mut DbConn) -> Result<T, Error> + Send,
{
    fn begin(&self) -> bool {
        self.turn.compare_exchange(WAITING, RUNNING, Ordering::SeqCst, Ordering::SeqCst).is_ok()
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

    fn answer(mut self: Box<Self>) {
        if let (Some(answer), Some(result)) = (self.answer.take(), self.result.take()) {
            // The caller may have gone away; the work stands all the same.
            let _ = answer.send(result);
        }
    }

    fn fail(mut self: Box<Self>, error: Error) {
        if let Some(answer) = self.answer.take() {
            let _ = answer.send(Err(error));
        }
    }
}

struct Worker {
    pool: r2d2::Pool<Manager>,
    jobs: Receiver<Box<dyn Job>>,
    mode: Mode,
}

impl Worker {
    /// Keeps its connection as long as it is healthy and asks r2d2 for another when it is not.
    fn run(self) {
        let mut held: Option<r2d2::PooledConnection<Manager>> = None;
        while let Ok(job) = self.jobs.recv() {
            if !job.begin() {
                continue;
            }
            let mut conn = match held.take().map_or_else(|| self.pool.get(), Ok) {
                Ok(conn) => conn,
                Err(error) => {
                    tracing::error!(%error, "no database connection");
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
                held = Some(conn);
            } else {
                tracing::warn!("a database connection broke and is replaced");
                *broken = true;
            }
        }
    }
}

/// Runs one job; false when the connection cannot be used again.
fn single(conn: &mut DbConn, mut job: Box<dyn Job>) -> bool {
    for _ in 0..ATTEMPTS {
        match run_single(conn, job.as_mut()) {
            Ok(Run::Commit | Run::Rollback) => {
                job.answer();
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

/// Runs `first` and everything that waits behind it in one transaction; answers after the commit.
fn grouped(conn: &mut DbConn, first: Box<dyn Job>, waiting: &Receiver<Box<dyn Job>>) -> bool {
    if let Err(error) = transaction::begin(conn) {
        // Another process holds the write lock for longer than the busy timeout.
        tracing::warn!(%error, "the write lock could not be had");
        first.fail(busy());
        return true;
    }
    let mut done: Vec<Box<dyn Job>> = Vec::new();
    let mut next = Some(first);
    while let Some(mut job) = next {
        match in_savepoint(conn, job.as_mut()) {
            Ok(()) => done.push(job),
            Err(error) => job.fail(error.into()),
        }
        next = if done.len() < GROUP_LIMIT { next_begun(waiting) } else { None };
    }
    match transaction::commit(conn) {
        Ok(()) => done.into_iter().for_each(|job| job.answer()),
        Err(error) => {
            tracing::error!(%error, requests = done.len(), "a group of writes could not be committed");
            done.into_iter().for_each(|job| job.fail(busy()));
        }
    }
    true
}

/// The next job that somebody still waits for.
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
        tracing::warn!(%error, "connecting to the database failed");
    }
}
