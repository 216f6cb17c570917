//! Permission for writes to a project: checked before the project is locked, so that a caller without permission cannot
//! make others wait, and again under the lock if it may have changed in between.
//!
//! Rule: a new sponsor or a moved area raises the version of the project, and so does a new lead. While the version is
//! the same, only memberships, delegations and the directory can have changed.
//!
//! The relations are those of the caller as a person: an administrator who has a part in the project has only the
//! rights of that part (see `authz`).

use super::service::{self, lock};
use super::store::{self, Project, Side};
use crate::kernel::authz::{self, Action, Relations, Verdict};
use crate::kernel::error::Error;
use crate::kernel::ids::{DepartmentId, ProjectId};
use crate::kernel::tx::Tx;

/// A project with the relations of the caller to it.
pub struct Standing<T = ()> {
    pub project: Project,
    pub relations: Relations,
    /// What else was read to determine the relations.
    pub about: T,
}

impl Standing {
    /// Reads a project without locking it, and the relations of the caller to it. One SQL statement.
    ///
    /// # Errors
    /// 404 when the project does not exist.
    pub fn read(tx: &mut Tx<'_>, id: ProjectId) -> Result<Self, Error> {
        let (project, relations) = service::find(tx.conn, id, tx.actor, tx.now)?.ok_or_else(Error::not_found)?;
        Ok(Self { project, relations, about: () })
    }

    /// Reads the sides if they matter, and limits the relations to one of them.
    pub fn of_side(self, tx: &mut Tx<'_>, side: DepartmentId) -> Result<Self, Error> {
        if !self.relations.sponsor && !self.relations.delegate {
            return Ok(self);
        }
        let sides = store::sides(tx.conn, self.project.id, tx.now.day())?;
        Ok(self.in_side(side, &sides))
    }

    /// Limits the relations to one of these sides, see [`service::in_side`].
    #[must_use]
    pub fn in_side(self, side: DepartmentId, sides: &[Side]) -> Self {
        Self { relations: service::in_side(self.relations, side, sides), ..self }
    }

    /// Limits the role of a sponsor: without `is_sponsor`, a sponsor has the rights of a member.
    #[must_use]
    pub fn sponsoring(self, is_sponsor: bool) -> Self {
        let Relations { sponsor, member, .. } = self.relations;
        let (sponsor, member) = (sponsor && is_sponsor, sponsor || member);
        Self { relations: Relations { sponsor, member, ..self.relations }, ..self }
    }

    /// Limits the role of a sponsor to one side.
    #[must_use]
    pub fn sponsoring_side(self, side: &Side) -> Self {
        let is_sponsor = side.active_sponsor().is_some() && side.active_sponsor() == self.relations.person;
        self.sponsoring(is_sponsor)
    }

    /// Says whether the caller represents the side concerned, as its sponsor or delegate.
    #[must_use]
    pub fn representing(self, represents: bool) -> Self {
        Self { relations: Relations { represents, ..self.relations }, ..self }
    }

    /// Says whether the caller is the person whom the action is about.
    #[must_use]
    pub fn concerning(self, oneself: bool) -> Self {
        Self { relations: Relations { oneself, ..self.relations }, ..self }
    }

    /// Adds what else was read.
    #[must_use]
    pub fn about<T>(self, about: T) -> Standing<T> {
        Standing { project: self.project, relations: self.relations, about }
    }
}

/// A permission that was checked without a lock.
pub struct Permit<T, F> {
    action: Action,
    standing: Standing<T>,
    read: F,
}

/// Checks that the caller has permission for an action on a project, without locking anything, and that the request is
/// not a repetition. `read` reads the relations; it runs again if they may have changed before the lock.
///
/// # Errors
/// 403, 404; a replay of the stored response for a repeated idempotency key.
pub fn permit<T, F>(tx: &mut Tx<'_>, action: Action, mut read: F) -> Result<Permit<T, F>, Error>
where
    F: FnMut(&mut Tx<'_>) -> Result<Standing<T>, Error>,
{
    authz::require_scope(tx.actor, action)?;
    let standing = read(tx)?;
    tx.authorize_and_deduplicate(action, &standing.relations)?;
    Ok(Permit { action, standing, read })
}

impl<T, F> Permit<T, F>
where
    F: FnMut(&mut Tx<'_>) -> Result<Standing<T>, Error>,
{
    /// Returns what was read without a lock.
    pub fn standing(&self) -> &Standing<T> {
        &self.standing
    }

    /// Locks the project for the rest of the transaction and increments its version.
    ///
    /// # Errors
    /// 403 or 404 when the permission was lost in the meantime.
    pub fn lock_and_raise(self, tx: &mut Tx<'_>) -> Result<Standing<T>, Error> {
        let project = lock(tx, self.standing.project.id)?;
        let before = project.version - 1;
        self.confirmed(tx, project, before)
    }

    /// Locks the project for the rest of the transaction without incrementing its version, for writes that may turn out
    /// to change nothing.
    ///
    /// # Errors
    /// 403 or 404 when the permission was lost in the meantime.
    pub fn lock(self, tx: &mut Tx<'_>) -> Result<Standing<T>, Error> {
        let project = service::lock_unchanged(tx, self.standing.project.id)?;
        let before = project.version;
        self.confirmed(tx, project, before)
    }

    /// Returns the standing under the lock. `version` is the one before the lock.
    fn confirmed(mut self, tx: &mut Tx<'_>, project: Project, version: i64) -> Result<Standing<T>, Error> {
        let is_certain = version == self.standing.project.version && self.holds_without_membership(tx);
        let standing = if is_certain {
            self.standing
        } else {
            let standing = (self.read)(tx)?;
            authz::require(tx.actor, self.action, &standing.relations)?;
            standing
        };
        Ok(Standing { project, ..standing })
    }

    /// Whether the permission does not depend on relations that can change without a new version of the project.
    fn holds_without_membership(&self, tx: &Tx<'_>) -> bool {
        let Relations { represents, sponsor, .. } = self.standing.relations;
        let lasting = Relations {
            member: false,
            delegate: false,
            // A delegate can lose the delegation.
            represents: represents && sponsor,
            ..self.standing.relations
        };
        authz::can(tx.actor, self.action, &lasting) == Verdict::Allow
    }
}
