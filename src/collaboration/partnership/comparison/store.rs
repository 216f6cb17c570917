//! The queries of the comparison that no other slice provides.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::collaboration::states::MembershipDecision;
use crate::kernel::db::schema::{decisions, disputes, memberships, project_sides, projects};
use crate::kernel::db::{DbConn, any_of};
use crate::kernel::error::Error;
use crate::kernel::ids::{DepartmentId, PersonId, ProjectId};
use crate::kernel::time::{Day, UtcTime};
use crate::with_backend;

diesel::alias!(project_sides as others: OtherSides);

/// Returns the activated projects in which both departments are sides, or were until they left. A department that was
/// only invited to join has never had members, and learns nothing.
pub fn shared_projects(conn: &mut DbConn, one: DepartmentId, other: DepartmentId) -> Result<Vec<ProjectId>, Error> {
    let with_other = others
        .field(project_sides::project_id)
        .eq(project_sides::project_id)
        .and(others.field(project_sides::department_id).eq(other));
    Ok(project_sides::table
        .inner_join(others.on(with_other))
        .inner_join(projects::table.on(projects::id.eq(project_sides::project_id)))
        .filter(project_sides::department_id.eq(one))
        .filter(sql::<Bool>(
            "(project_sides.standing = 'current' OR (project_sides.standing = 'left' AND EXISTS (SELECT 1 \
             FROM memberships AS stay WHERE stay.project_id = project_sides.project_id \
             AND stay.department_id = project_sides.department_id)))",
        ))
        .filter(sql::<Bool>(
            "(others.standing = 'current' OR (others.standing = 'left' AND EXISTS (SELECT 1 \
             FROM memberships AS stay WHERE stay.project_id = others.project_id \
             AND stay.department_id = others.department_id)))",
        ))
        .filter(projects::activated_at.is_not_null())
        .order(projects::id)
        .select(projects::id)
        .load(conn)?)
}

/// A question that a side raised.
#[derive(Debug, Clone, Copy, Queryable)]
pub struct RaisedDecision {
    pub department_id: DepartmentId,
    pub raised_at: UtcTime,
    pub decided_at: Option<UtcTime>,
    /// The arbiter; `None` if the sides decided.
    pub decided_by: Option<PersonId>,
}

/// Loads the questions of projects, including those that record the settlement of a dispute.
pub fn raised_decisions(conn: &mut DbConn, ids: &[ProjectId]) -> Result<Vec<RaisedDecision>, Error> {
    let of_projects = any_of(decisions::project_id, ids)?;
    Ok(with_backend!(conn, |conn| decisions::table
        .filter(of_projects)
        .select((decisions::department_id, decisions::raised_at, decisions::decided_at, decisions::decided_by))
        .load(conn))?)
}

/// A dispute that a side raised.
#[derive(Debug, Clone, Copy, Queryable)]
pub struct RaisedDispute {
    pub department_id: DepartmentId,
    pub raised_at: UtcTime,
    /// The side that owns the area after the settlement.
    pub outcome_department_id: Option<DepartmentId>,
    /// The arbiter; `None` if the sides settled the dispute, or nothing is settled.
    pub decided_by: Option<PersonId>,
    pub decided_at: Option<UtcTime>,
}

/// Loads the disputes of projects.
pub fn raised_disputes(conn: &mut DbConn, ids: &[ProjectId]) -> Result<Vec<RaisedDispute>, Error> {
    let of_projects = any_of(disputes::project_id, ids)?;
    Ok(with_backend!(conn, |conn| disputes::table
        .left_join(decisions::table.on(disputes::decision_id.eq(decisions::id.nullable())))
        .filter(of_projects)
        .select((
            disputes::department_id,
            disputes::raised_at,
            disputes::outcome_department_id,
            decisions::decided_by.nullable(),
            decisions::decided_at.nullable(),
        ))
        .load(conn))?)
}

/// A membership that was accepted: the side, and the days `[valid_from, valid_to)`.
pub type Stay = (DepartmentId, Day, Day);

/// Loads every membership of projects that was ever accepted.
pub fn stays(conn: &mut DbConn, ids: &[ProjectId]) -> Result<Vec<Stay>, Error> {
    let of_projects = any_of(memberships::project_id, ids)?;
    let accepted = memberships::state
        .eq(MembershipDecision::Accepted)
        .or(memberships::state.eq(MembershipDecision::Returned))
        .or(memberships::state.eq(MembershipDecision::LeftOrganisation));
    Ok(with_backend!(conn, |conn| memberships::table
        .filter(of_projects)
        .filter(accepted)
        .select((memberships::department_id, memberships::valid_from, memberships::valid_to))
        .load(conn))?)
}
