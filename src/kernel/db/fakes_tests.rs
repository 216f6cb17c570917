//! Connections and jobs that fail as a test needs it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};

use diesel::QueryResult;
use diesel::result::{DatabaseErrorKind, Error as DbError};

use super::faults::{self, Faults};
use super::job::{Job, Kind, Progress, Run};
use super::single::Connections;
use super::transaction::{LockWait, NotCommitted, Transactional};
use crate::kernel::error::Error;

pub const WRITE: Kind = Kind::Write { repeatable: false };
pub const KEYED: Kind = Kind::Write { repeatable: true };

pub fn error(message: &str) -> DbError {
    DbError::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message.to_owned()))
}

/// A step of the transaction that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fails {
    Nothing,
    Begin,
    /// The transaction has ended by itself.
    Open,
    Savepoint,
    Release,
    Rollback,
    /// The database refuses the commit.
    Commit(&'static str),
    /// The connection is lost during the commit.
    CommitLost,
}

/// A connection that counts what was committed.
pub struct FakeConn {
    pub fails: Fails,
    pub usable: bool,
    pub steps: Vec<&'static str>,
}

impl FakeConn {
    fn step(&mut self, step: &'static str, failing: Fails) -> QueryResult<()> {
        self.steps.push(step);
        if self.fails == failing { Err(error(step)) } else { Ok(()) }
    }
}

impl Transactional for FakeConn {
    fn begin(&mut self, _: LockWait) -> QueryResult<()> {
        self.step("begin", Fails::Begin)
    }

    fn require_open(&mut self) -> QueryResult<()> {
        self.step("open", Fails::Open)
    }

    fn begin_nested(&mut self) -> QueryResult<()> {
        self.step("savepoint", Fails::Savepoint)
    }

    fn release(&mut self) -> QueryResult<()> {
        self.step("release", Fails::Release)
    }

    fn rollback(&mut self) -> QueryResult<()> {
        let step = self.step("rollback", Fails::Rollback);
        self.usable &= step.is_ok();
        step
    }

    fn commit(&mut self) -> Result<(), NotCommitted> {
        self.steps.push("commit");
        match self.fails {
            Fails::Commit(message) => Err(NotCommitted::RolledBack(error(message))),
            Fails::CommitLost => Err(NotCommitted::Unknown(error("server closed the connection unexpectedly"))),
            _ => Ok(()),
        }
    }

    fn abort(&mut self) {
        self.steps.push("abort");
    }

    fn is_unusable(&mut self) -> bool {
        !self.usable
    }
}

/// Connections that are opened one after the other.
#[derive(Default)]
pub struct FakeConnections {
    next: VecDeque<FakeConn>,
    current: Option<FakeConn>,
    pub opened: usize,
    pub discarded: Vec<Vec<&'static str>>,
}

impl FakeConnections {
    /// Connections on which these steps fail. After them, none can be opened.
    pub fn that(fail: &[Fails]) -> Self {
        let next = fail.iter().map(|fails| FakeConn { fails: *fails, usable: true, steps: Vec::new() });
        Self { next: next.collect(), ..Self::default() }
    }

    pub fn steps(&self) -> &[&'static str] {
        self.current.as_ref().map_or(&[][..], |conn| &conn.steps[..])
    }
}

impl Connections<FakeConn> for FakeConnections {
    fn get(&mut self) -> Result<&mut FakeConn, Error> {
        let conn = match self.current.take() {
            Some(conn) => conn,
            None => {
                self.opened += 1;
                self.next.pop_front().ok_or_else(faults::unavailable)?
            }
        };
        Ok(self.current.insert(conn))
    }

    fn discard(&mut self) {
        self.discarded.extend(self.current.take().map(|conn| conn.steps));
    }
}

/// A job whose runs end as given, and with success after them.
pub struct FakeJob {
    kind: Kind,
    progress: Arc<Progress>,
    runs: VecDeque<Run>,
    result: Sender<String>,
}

/// Returns a job and where its result arrives: `done`, `settled` after an unknown outcome, or the code of an error.
pub fn job(kind: Kind, runs: &[Run]) -> (Box<dyn Job<FakeConn>>, Receiver<String>) {
    let (result, received) = mpsc::channel();
    (Box::new(FakeJob { kind, progress: Arc::default(), runs: runs.iter().copied().collect(), result }), received)
}

impl Job<FakeConn> for FakeJob {
    fn progress(&self) -> Arc<Progress> {
        self.progress.clone()
    }

    fn kind(&self) -> Kind {
        self.kind
    }

    fn run(&mut self, conn: &mut FakeConn, _: &Faults) -> Run {
        conn.steps.push("run");
        self.runs.pop_front().unwrap_or(Run::Commit)
    }

    fn finish(self: Box<Self>, unsettled: bool) {
        self.result.send(if unsettled { "settled" } else { "done" }.to_owned()).unwrap();
    }

    fn fail(self: Box<Self>, error: Error) {
        self.result.send(error.as_problem().code.as_str().to_owned()).unwrap();
    }
}
