//! The sides of projects with their members.

use diesel::prelude::*;

use crate::collaboration::projects::SideStanding;
use crate::collaboration::states::MembershipDecision;
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::{memberships, project_sides};
use crate::kernel::error::Error;
use crate::kernel::ids::{DepartmentId, PersonId, ProjectId};
use crate::kernel::time::Day;
use crate::with_backend;

/// The columns of a membership that parity and ownership depend on.
#[derive(Debug, Clone, Copy, Queryable, Selectable)]
#[diesel(table_name = memberships)]
pub struct TeamMember {
    pub person_id: PersonId,
    pub department_id: DepartmentId,
    #[diesel(column_name = state)]
    pub decision: MembershipDecision,
    pub counts_for_parity: bool,
    pub fte_percent: i32,
    pub valid_from: Day,
    pub valid_to: Day,
}

/// Joins the sides of projects with every membership that was ever accepted.
macro_rules! took_part_for_side {
    () => {{
        use $crate::collaboration::states::MembershipDecision;
        use $crate::kernel::db::schema::{memberships, project_sides};

        memberships::project_id
            .eq(project_sides::project_id)
            .and(memberships::department_id.eq(project_sides::department_id))
            .and(
                memberships::state
                    .eq(MembershipDecision::Accepted)
                    .or(memberships::state.eq(MembershipDecision::Returned))
                    .or(memberships::state.eq(MembershipDecision::LeftOrganisation)),
            )
    }};
}
pub(crate) use took_part_for_side;

/// Loads the sides of a project in their order, each with every membership that was ever accepted; a side without any
/// has one row.
pub fn sides_with_members(
    conn: &mut DbConn,
    project: ProjectId,
) -> Result<Vec<(DepartmentId, Option<TeamMember>)>, Error> {
    Ok(with_backend!(conn, |conn| project_sides::table
        .left_join(memberships::table.on(took_part_for_side!()))
        .filter(project_sides::project_id.eq(project))
        .filter(project_sides::standing.eq(SideStanding::Current))
        .order((project_sides::position, memberships::id))
        .select((project_sides::department_id, Option::<TeamMember>::as_select()))
        .load(conn))?)
}
