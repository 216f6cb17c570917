//! Rows of projects, sides, charters, areas and closure reports.

mod relations;

use diesel::prelude::*;

use super::charter::ParityMeasure;
use super::state::State;
use crate::kernel::db::DbConn;
use crate::kernel::db::errors::Constraint;
use crate::kernel::db::schema::{areas, charter_versions, closure_reports, project_sides, projects};
use crate::kernel::error::Error;
use crate::kernel::ids::{AreaId, DepartmentId, PersonId, ProjectId};
use crate::kernel::time::{Day, UtcTime};
use crate::with_backend;
pub use relations::{concerning, find, list};

const TWO_SEATS: Constraint =
    Constraint::new("project_sides_one_seat_each", "project_sides.project_id, project_sides.sponsor_person_id");

/// A project.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = projects, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Project {
    pub id: ProjectId,
    pub name: String,
    pub state: State,
    /// The first day.
    pub starts_on: Day,
    /// The first day after it.
    pub ends_on: Day,
    /// Most that two sides may differ by, in the unit of `parity_measure`.
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
    pub parity_measure: ParityMeasure,
    pub activated_at: Option<UtcTime>,
    /// Since when it is on hold.
    pub held_since: Option<UtcTime>,
    /// When all sides agreed to close it.
    pub closing_since: Option<UtcTime>,
    pub closed_at: Option<UtcTime>,
    /// Since when the sides are out of parity, and when the grace for it was over.
    pub parity_breached_at: Option<UtcTime>,
    pub parity_grace_ended_at: Option<UtcTime>,
    /// When the scheduler has to look; every write to the project sets it to its own time.
    pub check_at: Option<UtcTime>,
}

/// One side of a project.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = project_sides, treat_none_as_default_value = false)]
pub struct Side {
    pub project_id: ProjectId,
    pub department_id: DepartmentId,
    /// The order in which the sides were named, from 0.
    pub position: i32,
    /// Who sits in the seat; `None` while it is empty.
    pub sponsor_person_id: Option<PersonId>,
    /// Since when nobody can speak for the side, though the name of a leaver may still be there.
    pub vacant_since: Option<UtcTime>,
}

impl Side {
    /// Who speaks for the side as its sponsor.
    #[must_use]
    pub fn seated(&self) -> Option<PersonId> {
        self.sponsor_person_id.filter(|_| self.vacant_since.is_none())
    }
}

/// An area that the charter gives to one side.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = areas, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Area {
    pub id: AreaId,
    pub project_id: ProjectId,
    pub key: String,
    pub name: String,
    pub description: Option<String>,
    pub department_id: DepartmentId,
    /// When a newer charter left it out.
    pub retired_at: Option<UtcTime>,
    pub data_asset: Option<String>,
}

/// One version of a charter.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = charter_versions, treat_none_as_default_value = false)]
pub struct CharterRow {
    pub project_id: ProjectId,
    pub version: i32,
    /// Canonical JSON.
    pub content: String,
    pub sha256: String,
    pub created_at: UtcTime,
    /// When all sides had signed it.
    pub agreed_at: Option<UtcTime>,
}

/// Writes a project with its sides, its first charter and its areas.
pub fn insert(
    conn: &mut DbConn,
    project: &Project,
    sides: &[Side],
    charter: &CharterRow,
    areas: &[Area],
) -> Result<(), Error> {
    diesel::insert_into(projects::table).values(project).execute(conn)?;
    with_backend!(conn, |c| diesel::insert_into(project_sides::table).values(sides).execute(c))?;
    insert_charter(conn, charter)?;
    insert_areas(conn, areas)
}

pub fn insert_charter(conn: &mut DbConn, charter: &CharterRow) -> Result<(), Error> {
    diesel::insert_into(charter_versions::table).values(charter).execute(conn)?;
    Ok(())
}

pub fn insert_areas(conn: &mut DbConn, new: &[Area]) -> Result<(), Error> {
    if !new.is_empty() {
        with_backend!(conn, |c| diesel::insert_into(areas::table).values(new).execute(c))?;
    }
    Ok(())
}

pub fn update_area(conn: &mut DbConn, area: &Area) -> Result<(), Error> {
    diesel::update(areas::table.filter(areas::id.eq(area.id))).set(area).execute(conn)?;
    Ok(())
}

pub fn update(conn: &mut DbConn, project: &Project) -> Result<(), Error> {
    diesel::update(projects::table.filter(projects::id.eq(project.id))).set(project).execute(conn)?;
    Ok(())
}

/// Takes the row for the rest of the transaction (the version is set for good by [`update`]).
pub fn hold(conn: &mut DbConn, id: ProjectId, now: UtcTime) -> Result<Option<Project>, Error> {
    Ok(diesel::update(projects::table.filter(projects::id.eq(id)))
        .set(projects::check_at.eq(now))
        .returning(projects::all_columns)
        .get_result(conn)
        .optional()?)
}

/// Takes the row for the rest of the transaction and makes a new version of it.
pub fn lock(conn: &mut DbConn, id: ProjectId, now: UtcTime) -> Result<Option<Project>, Error> {
    Ok(diesel::update(projects::table.filter(projects::id.eq(id)))
        .set((projects::version.eq(projects::version + 1), projects::updated_at.eq(now), projects::check_at.eq(now)))
        .returning(projects::all_columns)
        .get_result(conn)
        .optional()?)
}

/// The sides of several projects.
pub fn sides_of(conn: &mut DbConn, ids: &[ProjectId]) -> Result<Vec<Side>, Error> {
    Ok(project_sides::table
        .filter(project_sides::project_id.eq_any(ids))
        .order(project_sides::position)
        .select(Side::as_select())
        .load(conn)?)
}

/// The person sits for another side of the project.
#[derive(Debug)]
pub struct SitsForAnotherSide;

/// Writes who sits in a seat, and since when it is vacant.
pub fn seat(conn: &mut DbConn, side: &Side) -> Result<Result<(), SitsForAnotherSide>, Error> {
    let row = project_sides::table
        .filter(project_sides::project_id.eq(side.project_id))
        .filter(project_sides::department_id.eq(side.department_id));
    let seat = (
        project_sides::sponsor_person_id.eq(side.sponsor_person_id),
        project_sides::vacant_since.eq(side.vacant_since),
    );
    match diesel::update(row).set(seat).execute(conn) {
        Ok(_) => Ok(Ok(())),
        Err(error) if TWO_SEATS.violated_by(&error) => Ok(Err(SitsForAnotherSide)),
        Err(error) => Err(error.into()),
    }
}

pub fn charter(conn: &mut DbConn, id: ProjectId, version: i32) -> Result<Option<CharterRow>, Error> {
    Ok(charter_versions::table
        .filter(charter_versions::project_id.eq(id))
        .filter(charter_versions::version.eq(version))
        .select(CharterRow::as_select())
        .get_result(conn)
        .optional()?)
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

/// Marks a version as signed by all sides, or as not signed by all any more.
pub fn mark_agreed(conn: &mut DbConn, id: ProjectId, version: i32, at: Option<UtcTime>) -> Result<(), Error> {
    let row = charter_versions::table
        .filter(charter_versions::project_id.eq(id))
        .filter(charter_versions::version.eq(version));
    diesel::update(row).set(charter_versions::agreed_at.eq(at)).execute(conn)?;
    Ok(())
}

/// The newest version and every one that all sides have signed, in order.
pub fn signed_charters(conn: &mut DbConn, id: ProjectId, newest: i32) -> Result<Vec<CharterRow>, Error> {
    Ok(charter_versions::table
        .filter(charter_versions::project_id.eq(id))
        .filter(charter_versions::agreed_at.is_not_null().or(charter_versions::version.eq(newest)))
        .order(charter_versions::version)
        .select(CharterRow::as_select())
        .load(conn)?)
}

/// A closure report as it is kept.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = closure_reports, treat_none_as_default_value = false)]
pub struct ReportRow {
    pub project_id: ProjectId,
    /// JSON.
    pub content: String,
    pub submitted_at: UtcTime,
    pub version: i64,
}

pub fn closure_report(conn: &mut DbConn, id: ProjectId) -> Result<Option<ReportRow>, Error> {
    Ok(closure_reports::table
        .filter(closure_reports::project_id.eq(id))
        .select(ReportRow::as_select())
        .get_result(conn)
        .optional()?)
}

/// Writes the first report, or another in place of it.
pub fn put_closure_report(conn: &mut DbConn, row: &ReportRow) -> Result<(), Error> {
    if row.version == 1 {
        diesel::insert_into(closure_reports::table).values(row).execute(conn)?;
    } else {
        diesel::update(closure_reports::table.filter(closure_reports::project_id.eq(row.project_id)))
            .set(row)
            .execute(conn)?;
    }
    Ok(())
}

/// Projects that the clock has to look at, the most urgent first.
pub fn due(conn: &mut DbConn, now: UtcTime, limit: i64) -> Result<Vec<ProjectId>, Error> {
    Ok(projects::table
        .filter(projects::check_at.le(now))
        .order(projects::check_at)
        .limit(limit)
        .select(projects::id)
        .load(conn)?)
}

/// Takes a project that is still due, for the rest of the transaction.
pub fn take_due(conn: &mut DbConn, id: ProjectId, now: UtcTime) -> Result<Option<Project>, Error> {
    Ok(diesel::update(projects::table.filter(projects::id.eq(id)).filter(projects::check_at.le(now)))
        .set(projects::check_at.eq(now))
        .returning(projects::all_columns)
        .get_result(conn)
        .optional()?)
}

/// Writes when to look next, unless the look itself has ended the project.
pub fn look_again(conn: &mut DbConn, id: ProjectId, now: UtcTime, next: Option<UtcTime>) -> Result<(), Error> {
    diesel::update(projects::table.filter(projects::id.eq(id)).filter(projects::check_at.le(now)))
        .set(projects::check_at.eq(next))
        .execute(conn)?;
    Ok(())
}

pub fn state(conn: &mut DbConn, id: ProjectId) -> Result<Option<State>, Error> {
    Ok(projects::table.filter(projects::id.eq(id)).select(projects::state).get_result(conn).optional()?)
}

/// Ids and names of projects.
pub fn names(conn: &mut DbConn, ids: &[ProjectId]) -> Result<Vec<(ProjectId, String)>, Error> {
    Ok(projects::table.filter(projects::id.eq_any(ids)).select((projects::id, projects::name)).load(conn)?)
}

/// The seats that have a person's name, in projects that are not over.
pub fn seats_of(conn: &mut DbConn, person: PersonId) -> Result<Vec<Side>, Error> {
    Ok(project_sides::table
        .inner_join(projects::table.on(projects::id.eq(project_sides::project_id)))
        .filter(project_sides::sponsor_person_id.eq(person))
        .filter(projects::state.ne(State::Closed).and(projects::state.ne(State::Cancelled)))
        .order(project_sides::project_id)
        .select(Side::as_select())
        .load(conn)?)
}
