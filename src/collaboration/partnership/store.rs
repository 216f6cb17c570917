//! The query of the report that no other slice provides: the sides with names, decisions raised and members.

use diesel::prelude::*;

use crate::collaboration::memberships::{TeamMember, took_part_for_side};
use crate::collaboration::projects::SideStanding;
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::{decisions, departments, memberships, project_sides};
use crate::kernel::error::Error;
use crate::kernel::ids::{DepartmentId, ProjectId};
use crate::with_backend;

/// A side of a project and one of its members.
#[derive(Debug, Clone)]
pub struct SideRow {
    pub department_id: DepartmentId,
    /// Name of the department.
    pub name: String,
    /// Number of decisions that the side has raised.
    pub decisions_raised: i64,
    /// Someone who ever accepted a membership for the side.
    pub member: Option<TeamMember>,
}

/// Loads the sides of a project in their order, one row for each member; a side without members has one row.
pub fn sides(conn: &mut DbConn, project: ProjectId) -> Result<Vec<SideRow>, Error> {
    let raised = decisions::table
        .filter(decisions::project_id.eq(project_sides::project_id))
        .filter(decisions::department_id.eq(project_sides::department_id))
        .count()
        .single_value();
    type Row = (DepartmentId, String, Option<i64>, Option<TeamMember>);
    let rows: Vec<Row> = with_backend!(conn, |conn| project_sides::table
        .inner_join(departments::table.on(departments::id.eq(project_sides::department_id)))
        .left_join(memberships::table.on(took_part_for_side!()))
        .filter(project_sides::project_id.eq(project))
        .filter(project_sides::standing.eq(SideStanding::Current))
        .order((project_sides::position, memberships::id))
        .select((departments::id, departments::name, raised, Option::<TeamMember>::as_select()))
        .load(conn))?;
    let side = |(department_id, name, raised, member): Row| SideRow {
        department_id,
        name,
        decisions_raised: raised.unwrap_or_default(),
        member,
    };
    Ok(rows.into_iter().map(side).collect())
}
