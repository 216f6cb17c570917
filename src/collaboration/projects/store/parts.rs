//! Locking a project by one of its parts, with one statement.

use diesel::prelude::*;

use super::Project;
use crate::kernel::db::schema::{
    approvals, areas, assignments, decisions, delegations, disputes, memberships, projects, transfers,
};
use crate::kernel::db::{CachedDsl, DbConn};
use crate::kernel::error::Error;
use crate::kernel::ids::{
    ApprovalId, AreaId, AssignmentId, DecisionId, DelegationId, DisputeId, MembershipId, TransferId,
};
use crate::kernel::time::UtcTime;
use crate::with_backend;

/// A part of a project. It never moves to another project.
#[derive(Debug, Clone, Copy)]
pub enum Part {
    Approval(ApprovalId),
    Area(AreaId),
    Assignment(AssignmentId),
    Decision(DecisionId),
    Delegation(DelegationId),
    Dispute(DisputeId),
    Membership(MembershipId),
    Transfer(TransferId),
}

macro_rules! lock_project_of {
    ($conn:expr, $part:ident, $id:expr, $changes:expr) => {{
        // One value, because an assignment has one row per version.
        let project = $part::table.filter($part::id.eq($id)).select($part::project_id).single_value();
        let selected = projects::table.filter(projects::id.nullable().eq(project));
        with_backend!($conn, |conn| diesel::update(selected)
            .set($changes)
            .returning(projects::all_columns)
            .cached()
            .get_result(conn)
            .optional())
    }};
}

/// Locks the project of a part for the rest of the transaction. Increments its version, except for approvals and
/// delegations, whose changes may turn out not to change the project.
pub fn lock_by_part(conn: &mut DbConn, part: Part, now: UtcTime) -> Result<Option<Project>, Error> {
    let kept = || projects::check_at.eq(now);
    let next = || (projects::version.eq(projects::version + 1), projects::updated_at.eq(now), kept());
    Ok(match part {
        Part::Approval(id) => lock_project_of!(conn, approvals, id, kept()),
        Part::Area(id) => lock_project_of!(conn, areas, id, next()),
        Part::Assignment(id) => lock_project_of!(conn, assignments, id, next()),
        Part::Decision(id) => lock_project_of!(conn, decisions, id, next()),
        Part::Delegation(id) => lock_project_of!(conn, delegations, id, kept()),
        Part::Dispute(id) => lock_project_of!(conn, disputes, id, next()),
        Part::Membership(id) => lock_project_of!(conn, memberships, id, next()),
        Part::Transfer(id) => lock_project_of!(conn, transfers, id, next()),
    }?)
}
