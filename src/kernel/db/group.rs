//! Runs waiting writes in one transaction of SQLite, separated by savepoints, and commits once (group commit).
//!
//! Rule: after any failed step of the transaction, or if SQLite has rolled it back by itself, all of it is rolled back,
//! and every caller gets an error.

use super::faults::Faults;
use super::job::{Job, Run};
use super::single::Connections;
use super::transaction::{LockWait, NotCommitted, Transactional};
use crate::kernel::error::Error;

/// Maximum number of writes per group commit, which limits how long the first one waits.
pub(super) const GROUP_LIMIT: usize = 128;

/// Runs `first` and the jobs that `next` returns in one transaction, and sends their results after the commit. Only the
/// jobs after the first one need a savepoint: until then, there is nothing that a rollback must keep.
pub(super) fn run<C: Transactional>(
    connections: &mut impl Connections<C>,
    mut first: Box<dyn Job<C>>,
    mut next: impl FnMut() -> Option<Box<dyn Job<C>>>,
    faults: &Faults,
) {
    let conn = match connections.get() {
        Ok(conn) => conn,
        Err(error) => return first.fail(error),
    };
    if let Err(error) = conn.begin(LockWait::Usual) {
        // Usually, another process held the write lock for longer than the busy timeout.
        first.fail(faults.explain_step(&error)());
        return connections.discard();
    }
    if first.run(conn, faults) != Run::Commit {
        // Fails if SQLite has rolled back by itself, as it does when the disk is full.
        let _ = conn.rollback();
        let unusable = conn.is_unusable();
        first.finish(false);
        if unusable {
            connections.discard();
        }
        return;
    }
    let mut done = vec![first];
    while done.len() < GROUP_LIMIT
        && let Some(mut job) = next()
    {
        // The first job can have hidden an error after which SQLite rolled back the transaction. The release of a
        // savepoint notices the same of a later job, and the commit that of a job that is alone.
        let is_open = if done.len() == 1 { conn.require_open() } else { Ok(()) };
        let kept = is_open.and_then(|()| in_savepoint(conn, job.as_mut(), faults));
        done.push(job);
        if let Err(error) = kept {
            conn.abort();
            fail_all(done, faults.explain_step(&error));
            return connections.discard();
        }
    }
    match conn.commit() {
        Ok(()) => done.into_iter().for_each(|job| job.finish(false)),
        // SQLite tells whether it has committed, so this is never unknown.
        Err(NotCommitted::RolledBack(error) | NotCommitted::Unknown(error)) => {
            let unusable = conn.is_unusable();
            fail_all(done, faults.explain_step(&error));
            if unusable {
                connections.discard();
            }
        }
    }
}

fn in_savepoint<C: Transactional>(conn: &mut C, job: &mut dyn Job<C>, faults: &Faults) -> diesel::QueryResult<()> {
    conn.begin_nested()?;
    match job.run(conn, faults) {
        Run::Commit => conn.release(),
        Run::Rollback | Run::Retry | Run::Blocked | Run::Broken => conn.rollback(),
    }
}

fn fail_all<C>(jobs: Vec<Box<dyn Job<C>>>, error: fn() -> Error) {
    for job in jobs {
        job.fail(error());
    }
}

#[cfg(test)]
#[path = "group_tests.rs"]
mod tests;
