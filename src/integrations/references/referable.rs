//! The records to which other systems can refer: callback requests and projects.

use crate::callbacks::requests;
use crate::collaboration::projects;
use crate::kernel::auth::Actor;
use crate::kernel::authz::Action;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::{CallbackRequestId, ProjectId};
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// A record to which other systems can refer.
#[derive(Debug, Clone, Copy)]
pub enum Referable {
    CallbackRequest(CallbackRequestId),
    Project(ProjectId),
}

impl From<CallbackRequestId> for Referable {
    fn from(id: CallbackRequestId) -> Self {
        Self::CallbackRequest(id)
    }
}

impl From<ProjectId> for Referable {
    fn from(id: ProjectId) -> Self {
        Self::Project(id)
    }
}

impl Referable {
    pub fn as_str(&self) -> &str {
        match self {
            Self::CallbackRequest(id) => id.as_str(),
            Self::Project(id) => id.as_str(),
        }
    }

    /// Rejects a caller who cannot read the record.
    pub fn require_visible(&self, conn: &mut DbConn, actor: &Actor, now: UtcTime) -> Result<(), Error> {
        match self {
            Self::CallbackRequest(id) => requests::service::for_agents(conn, actor, *id).map(drop),
            Self::Project(id) => projects::service::visible(conn, actor, *id, now).map(drop),
        }
    }

    /// Locks the record until the end of the transaction; rejects a caller who cannot write its references.
    pub fn lock(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        match self {
            Self::CallbackRequest(id) => requests::service::lock(tx, *id),
            Self::Project(id) => projects::service::lock_project(tx, *id, Action::WriteProjectReferences).map(drop),
        }
    }
}
