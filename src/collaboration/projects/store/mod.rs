//! Queries on project, side, charter, area and closure report rows.

mod arbitrated;
mod concerned;
mod days;
mod list;
mod panels;
mod parts;
mod relations;
mod represented;
mod side_summaries;
mod sides;

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::charter::ParityMeasure;
use super::state::State;
use crate::kernel::db::schema::{areas, charter_versions, closure_reports, project_sides, projects};
use crate::kernel::db::{CachedDsl, DbConn, any_of};
use crate::kernel::error::Error;
use crate::kernel::ids::{AreaId, DepartmentId, PersonId, ProjectId};
use crate::kernel::time::{Day, UtcTime};
use crate::with_backend;
pub use arbitrated::awaited as awaited_arbiters;
pub use concerned::{Concerned, concerned, running};
pub use days::replace as replace_days;
pub use list::list;
pub use panels::of_person as panels_of;
pub use parts::{had_part, with_part_only};
pub use relations::{find, find_with_relations, of_caller};
pub(crate) use represented::in_projects_of;
pub use side_summaries::{SideSummary, of_project as side_summaries, of_projects as side_summaries_of};
pub use sides::{
    Side, SideRow, SideStanding, SponsorOfAnotherSide, drop_joining, put_vacant_side, set_head_wait, set_may_hold_from,
    set_sponsor, set_standing, sides, sides_and_joining, sides_of, sides_of_departments, sides_of_sponsors,
    sides_of_successors,
};

/// Row of a project.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = projects, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Project {
    pub id: ProjectId,
    pub name: String,
    pub state: State,
    /// First day of the project.
    pub starts_on: Day,
    /// First day after the project (exclusive end).
    pub ends_on: Day,
    /// Maximum difference in strength between any two sides, in the unit of `parity_measure`.
    pub parity_tolerance: i32,
    /// The lead by the charter in force, or by the newest charter before.
    pub lead_person_id: Option<PersonId>,
    /// Newest version of the charter.
    pub charter_version: i32,
    pub charter_sha256: String,
    /// Version of the charter that is in force.
    pub in_force_version: Option<i32>,
    pub in_force_sha256: Option<String>,
    pub version: i64,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
    pub parity_measure: ParityMeasure,
    pub activated_at: Option<UtcTime>,
    /// When the current hold began.
    pub held_since: Option<UtcTime>,
    /// When all sides approved the closing of the project.
    pub closing_since: Option<UtcTime>,
    pub closed_at: Option<UtcTime>,
    /// When the current parity breach began.
    pub parity_breached_at: Option<UtcTime>,
    /// When the grace period of the current parity breach ended.
    pub parity_grace_ended_at: Option<UtcTime>,
    /// When the scheduler checks the project next; every write to the project sets it to the time of the write.
    pub check_at: Option<UtcTime>,
    /// The person who drafted the project; `None` for an application.
    pub created_by: Option<PersonId>,
    /// The side that put the project on hold; `None` if the system did.
    pub held_by_department_id: Option<DepartmentId>,
    /// When the hold of a side ends by itself; a hold by the system has no end.
    pub hold_ends_at: Option<UtcTime>,
    /// Whether the same charter seals the responses to approvals until all sides have responded.
    pub sealed_responses: bool,
    /// When an approval last ended a hold.
    pub resumed_at: Option<UtcTime>,
}

/// Row of an area of responsibility that one side owns by the charter.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = areas, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Area {
    pub id: AreaId,
    pub project_id: ProjectId,
    pub key: String,
    pub name: String,
    pub description: Option<String>,
    pub department_id: DepartmentId,
    /// When a newer version of the charter left the area out.
    pub retired_at: Option<UtcTime>,
    pub data_asset: Option<String>,
}

/// Row of a version of the charter.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = charter_versions, treat_none_as_default_value = false)]
pub struct CharterRow {
    pub project_id: ProjectId,
    pub version: i32,
    /// Canonical JSON of the charter.
    pub content: String,
    pub sha256: String,
    pub created_at: UtcTime,
    /// When the last side signed this version.
    pub signed_at: Option<UtcTime>,
}

/// Returns the number of projects in each of these states; states without projects are left out.
pub fn count_by_state(conn: &mut DbConn, states: &[State]) -> Result<Vec<(State, i64)>, Error> {
    Ok(with_backend!(conn, |conn| projects::table
        .filter(projects::state.eq_any(states))
        .group_by(projects::state)
        .select((projects::state, count_star()))
        .load(conn))?)
}

/// Inserts a project with its sides, its days, its first charter and its areas.
pub fn insert(
    conn: &mut DbConn,
    project: &Project,
    sides: &[SideRow],
    (charter, panel): (&CharterRow, &[PersonId]),
    areas: &[Area],
) -> Result<(), Error> {
    diesel::insert_into(projects::table).values(project).execute(conn)?;
    with_backend!(conn, |c| diesel::insert_into(project_sides::table).values(sides).execute(c))?;
    days::insert(conn, project)?;
    insert_charter(conn, charter, panel)?;
    insert_areas(conn, areas)
}

/// Inserts a version of a charter with its panel.
pub fn insert_charter(conn: &mut DbConn, charter: &CharterRow, panel: &[PersonId]) -> Result<(), Error> {
    diesel::insert_into(charter_versions::table).values(charter).execute(conn)?;
    panels::insert(conn, charter, panel)
}

pub fn insert_areas(conn: &mut DbConn, new: &[Area]) -> Result<(), Error> {
    if !new.is_empty() {
        with_backend!(conn, |c| diesel::insert_into(areas::table).values(new).execute(c))?;
    }
    Ok(())
}

pub fn update_area(conn: &mut DbConn, area: &Area) -> Result<(), Error> {
    diesel::update(areas::table.filter(areas::id.eq(area.id))).set(area).cached().execute(conn)?;
    Ok(())
}

pub fn update(conn: &mut DbConn, project: &Project) -> Result<(), Error> {
    let update = diesel::update(projects::table.filter(projects::id.eq(project.id))).set(project).cached();
    with_backend!(conn, |conn| update.execute(conn))?;
    Ok(())
}

/// Locks the project for the rest of the transaction without changing its version, which [`update`] does.
pub fn lock(conn: &mut DbConn, id: ProjectId, now: UtcTime) -> Result<Option<Project>, Error> {
    Ok(with_backend!(conn, |conn| diesel::update(projects::table.filter(projects::id.eq(id)))
        .set(projects::check_at.eq(now))
        .returning(projects::all_columns)
        .cached()
        .get_result(conn)
        .optional())?)
}

/// Locks the project for the rest of the transaction and increments its version.
pub fn lock_and_bump(conn: &mut DbConn, id: ProjectId, now: UtcTime) -> Result<Option<Project>, Error> {
    let changes =
        (projects::version.eq(projects::version + 1), projects::updated_at.eq(now), projects::check_at.eq(now));
    Ok(with_backend!(conn, |conn| diesel::update(projects::table.filter(projects::id.eq(id)))
        .set(changes)
        .returning(projects::all_columns)
        .cached()
        .get_result(conn)
        .optional())?)
}

pub fn charter(conn: &mut DbConn, id: ProjectId, version: i32) -> Result<Option<CharterRow>, Error> {
    Ok(charter_versions::table
        .filter(charter_versions::project_id.eq(id))
        .filter(charter_versions::version.eq(version))
        .select(CharterRow::as_select())
        .get_result(conn)
        .optional()?)
}

/// Returns the charter that all sides of a project have signed: the version in force or, before the activation, the
/// newest one if it is signed.
pub fn signed_content(conn: &mut DbConn, id: ProjectId) -> Result<Option<String>, Error> {
    Ok(signed_contents(conn, &[id])?.pop().map(|(_, content)| content))
}

/// Returns the charter that all sides have signed, as [`signed_content`], of each of these projects that has one.
pub fn signed_contents(conn: &mut DbConn, ids: &[ProjectId]) -> Result<Vec<(ProjectId, String)>, Error> {
    let of_projects = any_of(charter_versions::project_id, ids)?;
    let newest = projects::in_force_version
        .is_null()
        .and(charter_versions::signed_at.is_not_null())
        .and(charter_versions::version.eq(projects::charter_version));
    let signed = newest.or(charter_versions::version.nullable().eq(projects::in_force_version));
    Ok(with_backend!(conn, |conn| charter_versions::table
        .inner_join(projects::table.on(projects::id.eq(charter_versions::project_id)))
        .filter(of_projects)
        .filter(signed)
        .select((charter_versions::project_id, charter_versions::content))
        .load(conn))?)
}

/// Returns every version of the charter, in order.
pub fn charters(conn: &mut DbConn, id: ProjectId) -> Result<Vec<CharterRow>, Error> {
    Ok(charter_versions::table
        .filter(charter_versions::project_id.eq(id))
        .order(charter_versions::version)
        .select(CharterRow::as_select())
        .load(conn)?)
}

pub fn areas(conn: &mut DbConn, id: ProjectId) -> Result<Vec<Area>, Error> {
    Ok(with_backend!(conn, |conn| areas::table
        .filter(areas::project_id.eq(id))
        .order(areas::id)
        .select(Area::as_select())
        .load(conn))?)
}

/// Marks a version as signed by all sides at `at`, or as no longer signed by all if `at` is `None`.
pub fn mark_signed(conn: &mut DbConn, id: ProjectId, version: i32, at: Option<UtcTime>) -> Result<(), Error> {
    let row = charter_versions::table
        .filter(charter_versions::project_id.eq(id))
        .filter(charter_versions::version.eq(version));
    diesel::update(row).set(charter_versions::signed_at.eq(at)).cached().execute(conn)?;
    Ok(())
}

/// Returns version `newest` and every version that all sides have signed, in order.
pub fn signed_charters(conn: &mut DbConn, id: ProjectId, newest: i32) -> Result<Vec<CharterRow>, Error> {
    Ok(with_backend!(conn, |conn| charter_versions::table
        .filter(charter_versions::project_id.eq(id))
        .filter(charter_versions::signed_at.is_not_null().or(charter_versions::version.eq(newest)))
        .order(charter_versions::version)
        .select(CharterRow::as_select())
        .load(conn))?)
}

/// Returns every charter version of several projects that all sides have signed, in order.
pub fn all_signed_charters(conn: &mut DbConn, ids: &[ProjectId]) -> Result<Vec<CharterRow>, Error> {
    let of_projects = any_of(charter_versions::project_id, ids)?;
    Ok(with_backend!(conn, |conn| charter_versions::table
        .filter(of_projects)
        .filter(charter_versions::signed_at.is_not_null())
        .order((charter_versions::project_id, charter_versions::version))
        .select(CharterRow::as_select())
        .load(conn))?)
}

/// Row of a closure report.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = closure_reports, treat_none_as_default_value = false)]
pub struct ReportRow {
    pub project_id: ProjectId,
    /// The report as JSON.
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

/// Inserts the first closure report of a project, or updates it.
pub fn put_closure_report(conn: &mut DbConn, row: &ReportRow) -> Result<(), Error> {
    if row.version == 1 {
        diesel::insert_into(closure_reports::table).values(row).execute(conn)?;
    } else {
        diesel::update(closure_reports::table.filter(closure_reports::project_id.eq(row.project_id)))
            .set(row)
            .cached()
            .execute(conn)?;
    }
    Ok(())
}

/// Returns at most `limit` projects that are due for a check, the longest overdue first.
pub fn due(conn: &mut DbConn, now: UtcTime, limit: i64) -> Result<Vec<ProjectId>, Error> {
    Ok(projects::table
        .filter(projects::check_at.le(now))
        .order(projects::check_at)
        .limit(limit)
        .select(projects::id)
        .load(conn)?)
}

/// Locks a project for the rest of the transaction if it is still due for a check.
pub fn lock_due(conn: &mut DbConn, id: ProjectId, now: UtcTime) -> Result<Option<Project>, Error> {
    Ok(diesel::update(projects::table.filter(projects::id.eq(id)).filter(projects::check_at.le(now)))
        .set(projects::check_at.eq(now))
        .returning(projects::all_columns)
        .cached()
        .get_result(conn)
        .optional()?)
}

/// Makes those of these projects due for a check that have not ended and that no other transaction has locked.
pub fn check_soon(conn: &mut DbConn, ids: &[ProjectId], now: UtcTime) -> Result<(), Error> {
    let wanted = any_of(projects::id, ids)?;
    let free: Vec<ProjectId> = match conn {
        DbConn::Postgres(conn) => {
            let free = projects::table.filter(wanted).order(projects::id).select(projects::id);
            free.for_no_key_update().skip_locked().load(conn)?
        }
        // SQLite has only one writer.
        DbConn::Sqlite(_) => ids.to_vec(),
    };
    let due = any_of(projects::id, &free)?;
    with_backend!(conn, |conn| diesel::update(projects::table)
        .filter(due)
        .filter(projects::check_at.is_not_null())
        .set(projects::check_at.eq(now))
        .cached()
        .execute(conn))?;
    Ok(())
}

/// Sets the time of the next check, unless the check itself has ended the project.
pub fn set_next_check(conn: &mut DbConn, id: ProjectId, now: UtcTime, next: Option<UtcTime>) -> Result<(), Error> {
    diesel::update(projects::table.filter(projects::id.eq(id)).filter(projects::check_at.le(now)))
        .set(projects::check_at.eq(next))
        .cached()
        .execute(conn)?;
    Ok(())
}

pub fn state(conn: &mut DbConn, id: ProjectId) -> Result<Option<State>, Error> {
    Ok(projects::table.filter(projects::id.eq(id)).select(projects::state).get_result(conn).optional()?)
}

/// Returns the projects that a person leads and that have not ended, at most `most` of them.
pub fn led_by(conn: &mut DbConn, person: PersonId, most: i64) -> Result<Vec<ProjectId>, Error> {
    Ok(projects::table
        .filter(projects::lead_person_id.eq(person))
        .filter(projects::state.ne(State::Closed).and(projects::state.ne(State::Cancelled)))
        .order(projects::id)
        .limit(most)
        .select(projects::id)
        .load(conn)?)
}
