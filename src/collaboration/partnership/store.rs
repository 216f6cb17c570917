//! What the report reads that no other slice has to tell: the sides with the names of their
//! departments, in one statement.

use diesel::prelude::*;

use crate::kernel::db::DbConn;
use crate::kernel::db::schema::{departments, project_sides};
use crate::kernel::error::Error;
use crate::kernel::ids::{DepartmentId, ProjectId};

/// The sides of a project and what their departments are called, in order.
pub fn sides(conn: &mut DbConn, project: ProjectId) -> Result<Vec<(DepartmentId, String)>, Error> {
    Ok(project_sides::table
        .inner_join(departments::table.on(departments::id.eq(project_sides::department_id)))
        .filter(project_sides::project_id.eq(project))
        .order(project_sides::position)
        .select((departments::id, departments::name))
        .load(conn)?)
}
