//! Assignment rows: the current versions, and the versions known at an earlier instant.

mod conflict_rows;
mod conflicts;
mod lookup;
mod owned_areas;

use diesel::prelude::*;

use crate::collaboration::ownership::filter::AssignmentQuery;
use crate::collaboration::ownership::responsibility::Responsibility;
use crate::collaboration::projects::{Area, State};
use crate::kernel::db::errors::Constraint;
use crate::kernel::db::schema::assignments::{self, dsl};
use crate::kernel::db::schema::{areas, projects};
use crate::kernel::db::{CachedDsl, DbConn};
use crate::kernel::error::Error;
use crate::kernel::ids::{AreaId, AssignmentId, DepartmentId, PersonId, ProjectId};
use crate::kernel::page::Page;
use crate::kernel::time::{Day, UtcTime};
pub use conflict_rows::{ConflictRow, insert_conflicts, open_conflicts, projects_about, resolve_conflicts};
pub use conflicts::{Counterpart, counterparts};
pub use lookup::{AssetOwner, asset_owners};
pub use owned_areas::{OwnedArea, Owner, areas_on, owned_areas};

const ONE_ACCOUNTABLE: Constraint = Constraint::new("assignments_one_accountable", "assignments_one_accountable");
const NO_REPEAT: Constraint = Constraint::new("assignments_no_repeat", "assignments_no_repeat");

/// One version of an assignment.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = assignments, treat_none_as_default_value = false)]
pub struct Assignment {
    pub id: AssignmentId,
    pub area_id: AreaId,
    pub project_id: ProjectId,
    pub person_id: PersonId,
    pub responsibility: Responsibility,
    pub valid_from: Day,
    pub valid_to: Option<Day>,
    pub version: i64,
    pub created_at: UtcTime,
    /// When this version was recorded, and when a newer one replaced it.
    pub recorded_at: UtcTime,
    pub superseded_at: Option<UtcTime>,
}

impl Assignment {
    /// Returns whether the assignment includes a day.
    #[must_use]
    pub fn covers(&self, day: Day) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|end| end > day)
    }
}

/// Another assignment that an assignment conflicts with on some of its days.
#[derive(Debug, Clone, Copy)]
pub enum Conflict {
    /// Another accountable person.
    SecondOwner,
    /// The same responsibility of the same person for the area.
    Repeated,
}

pub fn insert(conn: &mut DbConn, row: &Assignment) -> Result<Result<(), Conflict>, Error> {
    match diesel::insert_into(assignments::table).values(row).execute(conn) {
        Ok(_) => Ok(Ok(())),
        Err(error) if ONE_ACCOUNTABLE.violated_by(&error) => Ok(Err(Conflict::SecondOwner)),
        Err(error) if NO_REPEAT.violated_by(&error) => Ok(Err(Conflict::Repeated)),
        Err(error) => Err(error.into()),
    }
}

/// Replaces the current version by a new one. The replaced version is kept.
pub fn supersede(conn: &mut DbConn, before: &Assignment, after: &Assignment) -> Result<Result<(), Conflict>, Error> {
    let current = dsl::assignments.filter(dsl::id.eq(before.id)).filter(dsl::version.eq(before.version));
    diesel::update(current).set(dsl::superseded_at.eq(after.recorded_at)).cached().execute(conn)?;
    insert(conn, after)
}

pub fn area(conn: &mut DbConn, id: AreaId) -> Result<Option<Area>, Error> {
    Ok(areas::table.filter(areas::id.eq(id)).select(Area::as_select()).get_result(conn).optional()?)
}

/// Loads the current version of an assignment.
pub fn find(conn: &mut DbConn, id: AssignmentId) -> Result<Option<Assignment>, Error> {
    Ok(dsl::assignments
        .filter(dsl::id.eq(id))
        .filter(dsl::superseded_at.is_null())
        .select(Assignment::as_select())
        .get_result(conn)
        .optional()?)
}

/// Loads the assignment by which a person took over from one that has ended, if they did.
pub fn taken_over(conn: &mut DbConn, ended: &Assignment, by: PersonId) -> Result<Option<Assignment>, Error> {
    let Some(day) = ended.valid_to else { return Ok(None) };
    Ok(dsl::assignments
        .filter(dsl::area_id.eq(ended.area_id))
        .filter(dsl::responsibility.eq(ended.responsibility))
        .filter(dsl::person_id.eq(by))
        .filter(dsl::valid_from.eq(day))
        .filter(dsl::superseded_at.is_null())
        .order(dsl::id)
        .select(Assignment::as_select())
        .first(conn)
        .optional()?)
}

/// Loads every assignment of a project that lasts beyond `day`.
pub fn from_day(conn: &mut DbConn, project: ProjectId, day: Day) -> Result<Vec<Assignment>, Error> {
    Ok(dsl::assignments
        .filter(dsl::project_id.eq(project))
        .filter(dsl::superseded_at.is_null())
        .filter(dsl::valid_to.is_null().or(dsl::valid_to.gt(day)))
        .order(dsl::id)
        .select(Assignment::as_select())
        .load(conn)?)
}

/// Loads the accountable assignments of an area on some of the days `[from, to)`, in chronological order.
pub fn owners_between(conn: &mut DbConn, area: AreaId, from: Day, to: Option<Day>) -> Result<Vec<Assignment>, Error> {
    let mut query = dsl::assignments
        .filter(dsl::area_id.eq(area))
        .filter(dsl::responsibility.eq(Responsibility::Accountable))
        .filter(dsl::superseded_at.is_null())
        .filter(dsl::valid_to.is_null().or(dsl::valid_to.gt(dsl::valid_from.nullable()).and(dsl::valid_to.gt(from))))
        .order(dsl::valid_from)
        .select(Assignment::as_select())
        .into_boxed();
    if let Some(to) = to {
        query = query.filter(dsl::valid_from.lt(to));
    }
    Ok(query.load(conn)?)
}

/// Loads the areas that a person is accountable for on `day` or later.
pub fn areas_owned_after(
    conn: &mut DbConn,
    project: ProjectId,
    person: PersonId,
    day: Day,
) -> Result<Vec<Area>, Error> {
    let mut found: Vec<Area> = assignments::table
        .inner_join(areas::table)
        .filter(dsl::person_id.eq(person))
        .filter(dsl::project_id.eq(project))
        .filter(dsl::responsibility.eq(Responsibility::Accountable))
        .filter(dsl::superseded_at.is_null())
        .filter(dsl::valid_to.is_null().or(dsl::valid_to.gt(dsl::valid_from.nullable()).and(dsl::valid_to.gt(day))))
        .order(areas::id)
        .select(Area::as_select())
        .load(conn)?;
    found.dedup_by_key(|area| area.id);
    Ok(found)
}

/// Scope of a list of assignments.
pub enum Of<'a> {
    Area(AreaId),
    Project(ProjectId),
    /// The assignments of a person, only in the given projects unless `None`.
    Person(PersonId, Option<&'a [ProjectId]>),
}

/// Loads one page of the current versions, or of the versions known at an instant.
pub fn list(conn: &mut DbConn, of: Of<'_>, filter: &AssignmentQuery, page: &Page) -> Result<Vec<Assignment>, Error> {
    let mut query = dsl::assignments.select(Assignment::as_select()).order(dsl::id).limit(page.fetch()).into_boxed();
    query = match of {
        Of::Area(area) => query.filter(dsl::area_id.eq(area)),
        Of::Project(project) => query.filter(dsl::project_id.eq(project)),
        Of::Person(person, None) => query.filter(dsl::person_id.eq(person)),
        Of::Person(person, Some(projects)) => {
            query.filter(dsl::person_id.eq(person)).filter(dsl::project_id.eq_any(projects))
        }
    };
    query = match filter.known_at {
        None => query.filter(dsl::superseded_at.is_null()),
        Some(at) => {
            query.filter(dsl::recorded_at.le(at)).filter(dsl::superseded_at.is_null().or(dsl::superseded_at.gt(at)))
        }
    };
    if let Some(responsibility) = filter.responsibility {
        query = query.filter(dsl::responsibility.eq(responsibility));
    }
    if let Some(day) = filter.as_of {
        query = query.filter(dsl::valid_from.le(day)).filter(dsl::valid_to.is_null().or(dsl::valid_to.gt(day)));
    }
    if let Some(after) = page.after.as_deref() {
        query = query.filter(dsl::id.gt(after.to_owned()));
    }
    Ok(query.load(conn)?)
}

/// Loads the assignments of a person of all responsibilities on `day` or later in projects that have not ended, each
/// with the side that owns the area.
pub fn held_by(
    conn: &mut DbConn,
    person: PersonId,
    day: Day,
    most: i64,
) -> Result<Vec<(Assignment, DepartmentId)>, Error> {
    Ok(assignments::table
        .inner_join(areas::table)
        .inner_join(projects::table.on(projects::id.eq(dsl::project_id)))
        .filter(dsl::person_id.eq(person))
        .filter(dsl::superseded_at.is_null())
        .filter(dsl::valid_to.is_null().or(dsl::valid_to.gt(dsl::valid_from.nullable()).and(dsl::valid_to.gt(day))))
        .filter(projects::ends_on.gt(day))
        .filter(projects::state.ne(State::Closed).and(projects::state.ne(State::Cancelled)))
        .order(dsl::id)
        .limit(most)
        .select((Assignment::as_select(), areas::department_id))
        .load(conn)?)
}
