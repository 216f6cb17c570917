//! Time-based changes: processes projects and callback requests that are due, and assigns waiting requests to the
//! agents on duty.
//!
//! Rules: each project, callback request and round of assignments has its own short transaction. Several processes can
//! run the scheduler on one database, and each change is made once. An error in one item does not block the others.

use crate::callbacks::requests;
use crate::collaboration::lifecycle::scheduled;
use crate::kernel::auth::Actor;
use crate::kernel::db::{Db, DbConn};
use crate::kernel::environment::Environment;
use crate::kernel::error::Error;
use crate::kernel::tx::{Meta, Tx};

/// Maximum number of items of each kind per run.
const BATCH: i64 = 100;

/// Processes all items that are due and returns the number of changes.
///
/// # Errors
/// When the due items cannot be read. An error in one item is logged.
pub async fn run_once(db: &Db, environment: &Environment) -> Result<usize, Error> {
    let now = environment.now();
    let (projects, uncalled, at_risk, running, waiting) = db
        .read(move |conn| {
            let projects = scheduled::due(conn, now, BATCH)?;
            let uncalled = requests::scheduled::uncalled(conn, now, BATCH)?;
            let at_risk = requests::scheduled::at_risk(conn, now, BATCH)?;
            let running = requests::to_abandon(conn, now, BATCH)?;
            Ok((projects, uncalled, at_risk, running, requests::scheduled::is_waiting(conn, now)?))
        })
        .await?;
    let mut changes = 0;
    for id in projects {
        match write(db, environment, move |tx| scheduled::tick(tx, id)).await {
            Ok(changed) => changes += usize::from(changed),
            Err(error) => tracing::error!(%error, project = %id, "failed to process a due project"),
        }
    }
    for id in running {
        match write(db, environment, move |tx| requests::abandon(tx, id)).await {
            Ok(changed) => changes += usize::from(changed),
            Err(error) => tracing::error!(%error, call = %id, "failed to end an abandoned call"),
        }
    }
    for id in at_risk {
        match write(db, environment, move |tx| requests::scheduled::announce_risk(tx, id)).await {
            Ok(changed) => changes += usize::from(changed),
            Err(error) => tracing::error!(%error, request = %id, "failed to announce a promise at risk"),
        }
    }
    for id in uncalled {
        match write(db, environment, move |tx| requests::scheduled::miss(tx, id)).await {
            Ok(changed) => changes += usize::from(changed),
            Err(error) => tracing::error!(%error, request = %id, "failed to process a due callback request"),
        }
    }
    if waiting {
        match write(db, environment, requests::scheduled::assign_waiting).await {
            Ok(assigned) => changes += assigned,
            Err(error) => tracing::error!(%error, "failed to assign callback requests"),
        }
    }
    Ok(changes)
}

/// Runs a unit of work whose actor is the scheduler, and records its counts after the commit.
///
/// # Errors
/// The error of `work`, 503 when the database is busy.
pub async fn write<T: Send + 'static>(
    db: &Db,
    environment: &Environment,
    mut work: impl FnMut(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let counting = unit(environment, move |tx| {
        let result = work(tx)?;
        Ok((result, tx.take_counts()))
    });
    let (result, counts) = db.write(counting).await?;
    counts.record();
    Ok(result)
}

/// Wraps a unit of work whose actor is the scheduler.
pub fn unit<T>(
    environment: &Environment,
    mut work: impl FnMut(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
) -> impl FnMut(&mut DbConn) -> Result<T, Error> + Send + 'static {
    let environment = environment.clone();
    move |conn: &mut DbConn| {
        let (actor, meta) = (Actor::system("scheduler"), Meta::background("scheduler"));
        Tx::run(conn, &actor, &meta, &environment, &mut work)
    }
}
