//! Rows of projects, sides, charters, signatures and areas.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::state::State;
use crate::authz::Facts;
use crate::db::DbConn;
use crate::db::schema::{areas, memberships, people, project_sides, projects};
use crate::error::Error;
use crate::ids::{AreaId, DepartmentId, PersonId, ProjectId};
use crate::time::{Day, UtcTime};

/// A project.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = projects, treat_none_as_null = true)]
pub struct Project {
    pub id: ProjectId,
    pub name: String,
    pub state: State,
    /// The first day.
    pub starts_on: Day,
    /// The first day after it.
    pub ends_on: Day,
    /// Most that counted members per side may differ by.
    pub parity_tolerance: i32,
    pub lead_person_id: Option<PersonId>,
    /// The newest charter.
    pub charter_version: i32,
    pub charter_sha256: String,
    /// The charter all sides have signed, which the project runs on.
    pub in_force_version: Option<i32>,
    pub in_force_sha256: Option<String>,
    pub version: i64,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
}

/// One side of a project.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = project_sides)]
pub struct Side {
    pub project_id: ProjectId,
    pub department_id: DepartmentId,
    /// The order in which the sides were named, from 0.
    pub position: i32,
    /// Who sits in the seat; `None` while it is vacant.
    pub sponsor_person_id: Option<PersonId>,
}

/// An area that the charter gives to one side.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = areas, treat_none_as_null = true)]
pub struct Area {
    pub id: AreaId,
    pub project_id: ProjectId,
    pub key: String,
    pub name: String,
    pub description: Option<String>,
    pub department_id: DepartmentId,
    /// When a newer charter left it out.
    pub retired_at: Option<UtcTime>,
}

/// Takes the row for the rest of the transaction and makes a new version of it.
pub fn lock(conn: &mut DbConn, id: ProjectId, now: UtcTime) -> Result<Option<Project>, Error> {
    Ok(diesel::update(projects::table.filter(projects::id.eq(id)))
        .set((projects::version.eq(projects::version + 1), projects::updated_at.eq(now)))
        .returning(projects::all_columns)
        .get_result(conn)
        .optional()?)
}

/// How the person with this token subject stands to a project; `None` when there is no project.
pub fn facts(conn: &mut DbConn, id: ProjectId, subject: &str) -> Result<Option<Facts>, Error> {
    let caller = || people::table.filter(people::subject.eq(subject)).select(people::id.nullable());
    let sponsor = project_sides::table
        .filter(project_sides::project_id.eq(id))
        .filter(project_sides::sponsor_person_id.eq_any(caller()));
    let member = memberships::table
        .filter(memberships::project_id.eq(id))
        .filter(memberships::person_id.nullable().eq_any(caller()))
        .filter(memberships::state.eq_any(["invited", "accepted", "active"]));
    let found: Option<(bool, Option<bool>, bool)> = projects::table
        .filter(projects::id.eq(id))
        .select((exists(sponsor), projects::lead_person_id.eq_any(caller()), exists(member)))
        .get_result(conn)
        .optional()?;
    Ok(found.map(|(sponsor, lead, member)| Facts { sponsor, lead: lead == Some(true), member, ..Facts::default() }))
}

pub fn sides(conn: &mut DbConn, id: ProjectId) -> Result<Vec<Side>, Error> {
    Ok(project_sides::table
        .filter(project_sides::project_id.eq(id))
        .order(project_sides::position)
        .select(Side::as_select())
        .load(conn)?)
}

pub fn areas(conn: &mut DbConn, id: ProjectId) -> Result<Vec<Area>, Error> {
    Ok(areas::table.filter(areas::project_id.eq(id)).order(areas::id).select(Area::as_select()).load(conn)?)
}
