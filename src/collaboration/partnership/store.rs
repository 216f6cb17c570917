//! The query of the report that no other slice provides: the sides with the names of their departments.

use diesel::prelude::*;

use crate::kernel::db::DbConn;
use crate::kernel::db::schema::{departments, project_sides};
use crate::kernel::error::Error;
use crate::kernel::ids::{DepartmentId, ProjectId};
use crate::with_backend;

/// Loads the sides of a project with the names of their departments, in the order of the sides; one statement.
pub fn sides(conn: &mut DbConn, project: ProjectId) -> Result<Vec<(DepartmentId, String)>, Error> {
    Ok(with_backend!(conn, |conn| project_sides::table
        .inner_join(departments::table.on(departments::id.eq(project_sides::department_id)))
        .filter(project_sides::project_id.eq(project))
        .order(project_sides::position)
        .select((departments::id, departments::name))
        .load(conn))?)
}
