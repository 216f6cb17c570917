//! What other slices need of projects.

use super::store;
pub use super::store::{Area, Project, Side};
use crate::auth::Actor;
use crate::authz::{self, Action, Facts};
use crate::db::DbConn;
use crate::error::Error;
use crate::ids::ProjectId;
use crate::tx::Tx;

/// Takes a project for the rest of the transaction and makes a new version of it. Every write to a
/// project or to what belongs to it begins here, so that such writes happen one after another.
///
/// # Errors
/// 404 when there is no such project.
pub fn lock(tx: &mut Tx<'_>, id: ProjectId) -> Result<Project, Error> {
    store::lock(tx.conn, id, tx.now)?.ok_or_else(Error::not_found)
}

/// How the caller stands to a project; `None` when there is no such project. One statement.
///
/// # Errors
/// Those of the database.
pub fn facts(conn: &mut DbConn, id: ProjectId, actor: &Actor) -> Result<Option<Facts>, Error> {
    store::facts(conn, id, &actor.subject)
}

/// Lets the caller through if they may do this to the project; for reads (a write asks
/// `Tx::admit` with [`facts`]).
///
/// # Errors
/// 403, 404.
pub fn require(conn: &mut DbConn, actor: &Actor, action: Action, id: ProjectId) -> Result<Facts, Error> {
    let facts = facts(conn, id, actor)?.ok_or_else(Error::not_found)?;
    authz::require(actor, action, &facts)?;
    Ok(facts)
}

/// The sides of a project, in the order in which they were named.
///
/// # Errors
/// Those of the database.
pub fn sides(conn: &mut DbConn, id: ProjectId) -> Result<Vec<Side>, Error> {
    store::sides(conn, id)
}

/// The areas of a project, retired ones included.
///
/// # Errors
/// Those of the database.
pub fn areas(conn: &mut DbConn, id: ProjectId) -> Result<Vec<Area>, Error> {
    store::areas(conn, id)
}
