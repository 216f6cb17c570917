//! Queries on the panels of charters.

use diesel::prelude::*;

use super::CharterRow;
use crate::collaboration::projects::state::State;
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::{charter_panels, projects};
use crate::kernel::error::Error;
use crate::kernel::ids::{PersonId, ProjectId};
use crate::with_backend;

/// Row of an arbiter on the panel of a version of a charter.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = charter_panels, treat_none_as_default_value = false)]
struct PanelRow {
    project_id: ProjectId,
    version: i32,
    person_id: PersonId,
}

/// Inserts the panel of a version of a charter.
pub fn insert(conn: &mut DbConn, charter: &CharterRow, panel: &[PersonId]) -> Result<(), Error> {
    let row =
        |person: &PersonId| PanelRow { project_id: charter.project_id, version: charter.version, person_id: *person };
    let rows: Vec<_> = panel.iter().map(row).collect();
    if !rows.is_empty() {
        with_backend!(conn, |c| diesel::insert_into(charter_panels::table).values(&rows).execute(c))?;
    }
    Ok(())
}

/// Returns the projects that have not ended, and on whose panel a person is by the charter in force or the newest one.
pub fn of_person(conn: &mut DbConn, person: PersonId, most: i64) -> Result<Vec<ProjectId>, Error> {
    let in_force = charter_panels::version.nullable().eq(projects::in_force_version);
    let counts = charter_panels::version.eq(projects::charter_version).or(in_force);
    Ok(with_backend!(conn, |conn| charter_panels::table
        .inner_join(projects::table.on(projects::id.eq(charter_panels::project_id)))
        .filter(charter_panels::person_id.eq(person))
        .filter(counts)
        .filter(projects::state.ne(State::Closed).and(projects::state.ne(State::Cancelled)))
        .order(charter_panels::project_id)
        .limit(most)
        .select(charter_panels::project_id)
        .distinct()
        .load(conn))?)
}
