//! The days of projects in blocks, for the list of projects on a day.

use diesel::prelude::*;

use super::Project;
use crate::collaboration::projects::day_blocks;
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::project_days;
use crate::kernel::error::Error;
use crate::kernel::ids::ProjectId;
use crate::with_backend;

/// Row of a block of days of a project.
#[derive(Insertable)]
#[diesel(table_name = project_days, treat_none_as_default_value = false)]
struct Block {
    block: i64,
    project_id: ProjectId,
}

/// Inserts the days of a project.
pub fn insert(conn: &mut DbConn, project: &Project) -> Result<(), Error> {
    let block = |block| Block { block, project_id: project.id };
    let blocks: Vec<Block> = day_blocks::of_days(project.starts_on, project.ends_on).into_iter().map(block).collect();
    let rows = blocks.as_slice();
    with_backend!(conn, |conn| diesel::insert_into(project_days::table).values(rows).execute(conn))?;
    Ok(())
}

/// Replaces the days of a project, if its first or last day has changed.
pub fn replace(conn: &mut DbConn, before: &Project, after: &Project) -> Result<(), Error> {
    if (before.starts_on, before.ends_on) == (after.starts_on, after.ends_on) {
        return Ok(());
    }
    let old = project_days::table.filter(project_days::project_id.eq(before.id));
    with_backend!(conn, |conn| diesel::delete(old).execute(conn))?;
    insert(conn, after)
}
