//! What must be recorded when time passes: finds the projects that have to be looked at, and looks.
//!
//! Rules: one short transaction per project; any number of processes on one database do the same
//! and each project is looked at once; a project that cannot be looked at does not keep the others
//! waiting.

use crate::auth::Actor;
use crate::clock::World;
use crate::db::Db;
use crate::error::Error;
use crate::projects::clock;
use crate::tx::{Meta, Tx};

/// Projects per round.
const BATCH: i64 = 100;

/// Looks at what is due; returns how many projects that were.
///
/// # Errors
/// Those of the database when it cannot be asked what is due; a fault with one project is logged.
pub async fn run_once(db: &Db, world: &World) -> Result<usize, Error> {
    let now = world.now();
    let due = db.read(move |conn| clock::due(conn, now, BATCH)).await?;
    let mut looked = 0;
    for id in due {
        let world = world.clone();
        let tick = move |conn: &mut crate::db::DbConn| {
            let (actor, meta) = (Actor::system("scheduler"), Meta::background("scheduler"));
            clock::tick(&mut Tx { conn, now: world.now(), actor: &actor, meta: &meta, world: &world }, id)
        };
        match db.write(tick).await {
            Ok(true) => looked += 1,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, project = %id, "the clock could not be followed for a project"),
        }
    }
    Ok(looked)
}
