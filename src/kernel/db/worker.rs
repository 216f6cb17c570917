//! A thread that runs jobs on its own connection.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Weak};

use super::connection::{DbConn, Manager, Session};
use super::executor::{Mode, Work};
use super::faults::{self, Faults};
use super::group;
use super::job::Progress;
use super::queues::{Entrances, Queues};
use super::single::{self, Connections};
use super::transaction::LockWait;
use crate::kernel::error::Error;

pub(super) struct Worker {
    pub(super) queues: Queues<Work>,
    /// Where jobs go that wait too long for a lock on a reserved thread.
    pub(super) entrances: Weak<Entrances<Work>>,
    pub(super) mode: Mode,
    pub(super) wait: LockWait,
    pub(super) faults: Faults,
    /// The number of threads that were replaced because of a job that does not end.
    pub(super) lost: Arc<AtomicU32>,
}

/// Whether a job has ended on this thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Served {
    Ended,
    HandedOver,
    /// The job expired before it could be handed over.
    Expired,
}

impl Worker {
    /// Runs jobs until no more can arrive, or until this thread has been replaced. A failure that is not the job's own
    /// costs the connection, not the thread.
    pub(super) fn run(self, pool: r2d2::Pool<Manager>) {
        let mut connection = OwnConnection { pool, faults: self.faults.clone(), current: None };
        while let Some(job) = self.queues.next() {
            let progress = job.progress();
            progress.run_on(self.wait == LockWait::Brief);
            if !job.begin() {
                continue;
            }
            let is_replaced = match self.serve_safely(&mut connection, job, &progress) {
                Served::Ended => !progress.end(),
                Served::HandedOver => false,
                Served::Expired => true,
            };
            if is_replaced {
                tracing::warn!("a database thread that was replaced has ended");
                self.lost.fetch_sub(1, Ordering::SeqCst);
                return connection.discard();
            }
        }
    }

    fn serve_safely(&self, connection: &mut OwnConnection, job: Work, progress: &Progress) -> Served {
        catch_unwind(AssertUnwindSafe(|| self.serve(connection, job, progress))).unwrap_or_else(|_| {
            tracing::error!("a database thread failed while it ran a job; it continues with a new connection");
            connection.discard();
            Served::Ended
        })
    }

    fn serve(&self, connection: &mut OwnConnection, job: Work, progress: &Progress) -> Served {
        match self.mode {
            Mode::Single => match single::run(connection, job, self.wait, &self.faults) {
                // Before the job is in the queue, where another thread can take it at once.
                Some(blocked) if progress.hand_over() => {
                    self.hand_over(blocked);
                    return Served::HandedOver;
                }
                Some(_) => return Served::Expired,
                None => {}
            },
            Mode::Grouped => {
                let next = || std::iter::from_fn(|| self.queues.try_next()).find(|job| job.begin());
                group::run(connection, job, next, &self.faults);
            }
        }
        Served::Ended
    }

    /// Lets a thread that is not reserved wait for the lock.
    fn hand_over(&self, job: Work) {
        let refused = match self.entrances.upgrade() {
            Some(entrances) => entrances.hand_over(job).err(),
            None => Some(job),
        };
        if let Some(job) = refused {
            job.fail(faults::unavailable());
        }
    }
}

/// The connection of a thread, which it gets from the pool.
struct OwnConnection {
    pool: r2d2::Pool<Manager>,
    faults: Faults,
    current: Option<r2d2::PooledConnection<Manager>>,
}

impl Connections<DbConn> for OwnConnection {
    fn get(&mut self) -> Result<&mut DbConn, Error> {
        let conn = match self.current.take() {
            Some(conn) => conn,
            None => self.pool.get().map_err(|error| self.faults.explain_connecting(&error))?,
        };
        let session: &mut Session = self.current.insert(conn);
        Ok(&mut session.conn)
    }

    fn discard(&mut self) {
        let Some(mut conn) = self.current.take() else { return };
        conn.broken = true;
        // diesel panics if SQLite cannot close a connection.
        if catch_unwind(AssertUnwindSafe(|| drop(conn))).is_err() {
            tracing::error!("failed to close a database connection");
        }
    }
}

#[cfg(test)]
#[path = "worker_tests.rs"]
mod tests;
