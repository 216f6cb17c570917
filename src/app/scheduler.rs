//! What must be recorded when time passes: finds the projects and callback requests that have to be
//! looked at, and looks; assigns waiting requests to the agents on duty.
//!
//! Rules: one short transaction per project, request, or round of assignments; any number of
//! processes on one database do the same and each thing is looked at once; one that cannot be looked
//! at does not keep the others waiting.

use crate::callbacks::requests;
use crate::collaboration::lifecycle::scheduled;
use crate::kernel::auth::Actor;
use crate::kernel::db::{Db, DbConn};
use crate::kernel::environment::Environment;
use crate::kernel::error::Error;
use crate::kernel::tx::{Meta, Tx};

/// Things of a kind per round.
const BATCH: i64 = 100;

/// Looks at what is due; returns how many things that were.
///
/// # Errors
/// Those of the database when it cannot be asked what is due; a fault with one thing is logged.
pub async fn run_once(db: &Db, environment: &Environment) -> Result<usize, Error> {
    let now = environment.now();
    let (projects, uncalled, waiting) = db
        .read(move |conn| {
            let projects = scheduled::due(conn, now, BATCH)?;
            let uncalled = requests::scheduled::uncalled(conn, now, BATCH)?;
            Ok((projects, uncalled, requests::scheduled::is_waiting(conn, now)?))
        })
        .await?;
    let mut looked = 0;
    for id in projects {
        let tick = unit(environment, move |tx| scheduled::tick(tx, id));
        match db.write(tick).await {
            Ok(changed) => looked += usize::from(changed),
            Err(error) => tracing::error!(%error, project = %id, "the clock could not be followed for a project"),
        }
    }
    for id in uncalled {
        match db.write(unit(environment, move |tx| requests::scheduled::miss(tx, id))).await {
            Ok(changed) => looked += usize::from(changed),
            Err(error) => tracing::error!(%error, request = %id, "the clock could not be followed for a request"),
        }
    }
    if waiting {
        match db.write(unit(environment, requests::scheduled::assign_waiting)).await {
            Ok(handed) => looked += handed,
            Err(error) => tracing::error!(%error, "requests could not be handed out"),
        }
    }
    Ok(looked)
}

/// One unit of work in the name of the scheduler.
pub fn unit<T>(
    environment: &Environment,
    mut work: impl FnMut(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
) -> impl FnMut(&mut DbConn) -> Result<T, Error> + Send + 'static {
    let environment = environment.clone();
    move |conn: &mut DbConn| {
        let (actor, meta) = (Actor::system("scheduler"), Meta::background("scheduler"));
        work(&mut Tx { conn, now: environment.now(), actor: &actor, meta: &meta, environment: &environment })
    }
}
