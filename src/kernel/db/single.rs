//! Runs one job, a write in its own transaction.
//!
//! Rules: what was certainly not committed is run again, on the same connection after a serialisation failure or
//! deadlock, and once on a fresh connection when the connection is lost. When the connection is lost during the commit,
//! only a job whose repetition is safe is run again. A job that waits too long for a lock is not.

use super::errors;
use super::faults::{self, Faults};
use super::job::{Job, Kind, Run};
use super::transaction::{LockWait, NotCommitted, Transactional};
use crate::kernel::error::Error;

/// Maximum number of attempts to run a closure.
const ATTEMPTS: u32 = 5;

/// The connection of a thread.
pub(super) trait Connections<C> {
    /// Returns the connection; opens one if there is none.
    ///
    /// # Errors
    /// 503 or 507 when none can be opened.
    fn get(&mut self) -> Result<&mut C, Error>;

    /// Closes the connection.
    fn discard(&mut self);
}

/// What became of one attempt.
enum Attempt {
    /// The job has its result.
    Done,
    /// The job has its result, but the connection cannot be used any more.
    DoneAndBroken,
    /// Rolled back; the job can be retried.
    Again,
    /// Rolled back after a short wait for a lock.
    Blocked,
    /// Rolled back, because the commit failed.
    Refused(diesel::result::Error),
    /// The connection was lost, before the commit.
    Lost,
    /// The connection was lost during the commit.
    Unknown,
}

/// Runs a job. Returns it if it waited for a lock for longer than a brief `wait`; it is then rolled back.
pub(super) fn run<C: Transactional>(
    connections: &mut impl Connections<C>,
    mut job: Box<dyn Job<C>>,
    wait: LockWait,
    faults: &Faults,
) -> Option<Box<dyn Job<C>>> {
    let (mut attempts, mut replaced, mut unsettled) = (0, false, false);
    let unavailable = |unsettled| if unsettled { faults::outcome_unknown() } else { faults::unavailable() };
    loop {
        let conn = match connections.get() {
            Ok(conn) => conn,
            Err(error) => {
                job.fail(if unsettled { faults::outcome_unknown() } else { error });
                return None;
            }
        };
        match attempt(conn, job.as_mut(), wait, faults) {
            Attempt::Done => {
                job.finish(unsettled);
                return None;
            }
            Attempt::DoneAndBroken => {
                job.finish(unsettled);
                connections.discard();
                return None;
            }
            Attempt::Blocked if wait == LockWait::Brief && !unsettled => return Some(job),
            Attempt::Blocked => {
                job.finish(unsettled);
                return None;
            }
            Attempt::Again if attempts + 1 < ATTEMPTS => attempts += 1,
            Attempt::Again => {
                job.fail(unavailable(unsettled));
                return None;
            }
            Attempt::Refused(error) => {
                job.fail(if unsettled { faults::outcome_unknown() } else { faults.explain(error) });
                return None;
            }
            Attempt::Lost if replaced => {
                connections.discard();
                job.fail(unavailable(unsettled));
                return None;
            }
            // Also if the connection was replaced after a loss before the commit.
            Attempt::Unknown if replaced => {
                connections.discard();
                job.fail(faults::outcome_unknown());
                return None;
            }
            Attempt::Lost => {
                tracing::warn!("the database connection is lost; it is replaced, and the work is repeated");
                connections.discard();
                replaced = true;
            }
            Attempt::Unknown => {
                connections.discard();
                if job.kind() != (Kind::Write { repeatable: true }) {
                    job.fail(faults::outcome_unknown());
                    return None;
                }
                (replaced, unsettled) = (true, true);
            }
        }
    }
}

fn attempt<C: Transactional>(conn: &mut C, job: &mut dyn Job<C>, wait: LockWait, faults: &Faults) -> Attempt {
    if job.kind() == Kind::Read {
        return match job.run(conn, faults) {
            Run::Commit => Attempt::Done,
            Run::Broken => Attempt::Lost,
            _ if conn.is_unusable() => Attempt::Lost,
            Run::Retry => Attempt::Again,
            Run::Rollback | Run::Blocked => Attempt::Done,
        };
    }
    if let Err(error) = conn.begin(wait) {
        tracing::warn!(%error, "failed to begin a transaction");
        return Attempt::Lost;
    }
    let run = job.run(conn, faults);
    if run == Run::Commit {
        return commit(conn);
    }
    // The closure may have hidden the error of a lost connection, but then this fails, too.
    if run == Run::Broken || conn.rollback().is_err() {
        return Attempt::Lost;
    }
    match run {
        Run::Retry => Attempt::Again,
        Run::Blocked => Attempt::Blocked,
        _ if conn.is_unusable() => Attempt::DoneAndBroken,
        _ => Attempt::Done,
    }
}

fn commit(conn: &mut impl Transactional) -> Attempt {
    match conn.commit() {
        Ok(()) => Attempt::Done,
        Err(NotCommitted::RolledBack(error)) if errors::is_retryable(&error) => Attempt::Again,
        Err(NotCommitted::RolledBack(error)) => Attempt::Refused(error),
        Err(NotCommitted::Unknown(error)) => {
            tracing::error!(%error, "the database connection was lost during a commit");
            Attempt::Unknown
        }
    }
}

#[cfg(test)]
#[path = "single_tests.rs"]
mod tests;
