//! Assignment rows.

use diesel::prelude::*;

use super::dto::AssignmentQuery;
use super::responsibility::Responsibility;
use crate::db::DbConn;
use crate::db::errors::Constraint;
use crate::db::schema::assignments::{self, dsl};
use crate::db::schema::{areas, projects};
use crate::error::{Code, Error, Problem};
use crate::http::page::PageRequest;
use crate::ids::{AreaId, AssignmentId, PersonId, ProjectId};
use crate::projects::service::Area;
use crate::time::{Day, UtcTime};

const ONE_ACCOUNTABLE: Constraint = Constraint::new("assignments_one_accountable", "assignments_one_accountable");
const NO_REPEAT: Constraint = Constraint::new("assignments_no_repeat", "assignments_no_repeat");

#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = assignments, treat_none_as_null = true, treat_none_as_default_value = false)]
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
    pub updated_at: UtcTime,
}

pub fn insert(conn: &mut DbConn, row: &Assignment) -> Result<(), Error> {
    match diesel::insert_into(assignments::table).values(row).execute(conn) {
        Ok(_) => Ok(()),
        Err(error) if ONE_ACCOUNTABLE.violated_by(&error) => Err(already_owned().into()),
        Err(error) if NO_REPEAT.violated_by(&error) => Err(Problem::new(Code::AlreadyExists)
            .because(
                "This person has this responsibility on some of these days already.",
                "Tento člověk už v některém z těchto dní tuto odpovědnost má.",
            )
            .into()),
        Err(error) => Err(error.into()),
    }
}

/// The refusal of a second accountable person.
pub fn already_owned() -> Problem {
    Problem::new(Code::Conflict).because(
        "Somebody else is accountable for this area on some of these days. End that assignment first.",
        "Za tuto oblast v některém z těchto dní odpovídá někdo jiný. Nejprve to přiřazení ukončete.",
    )
}

pub fn area(conn: &mut DbConn, id: AreaId) -> Result<Option<Area>, Error> {
    Ok(areas::table.filter(areas::id.eq(id)).select(Area::as_select()).get_result(conn).optional()?)
}

/// First day of a project and first day after it.
pub fn project_days(conn: &mut DbConn, id: ProjectId) -> Result<Option<(Day, Day)>, Error> {
    Ok(projects::table
        .filter(projects::id.eq(id))
        .select((projects::starts_on, projects::ends_on))
        .get_result(conn)
        .optional()?)
}

pub fn find(conn: &mut DbConn, id: AssignmentId) -> Result<Option<Assignment>, Error> {
    Ok(dsl::assignments.filter(dsl::id.eq(id)).select(Assignment::as_select()).get_result(conn).optional()?)
}

pub fn update(conn: &mut DbConn, row: &Assignment) -> Result<(), Error> {
    diesel::update(dsl::assignments.filter(dsl::id.eq(row.id))).set(row).execute(conn)?;
    Ok(())
}

/// Every accountable assignment of a project, past and planned; those that never began are left out.
pub fn accountable(conn: &mut DbConn, project: ProjectId) -> Result<Vec<Assignment>, Error> {
    Ok(dsl::assignments
        .filter(dsl::project_id.eq(project))
        .filter(dsl::responsibility.eq(Responsibility::Accountable))
        .filter(dsl::valid_to.is_null().or(dsl::valid_to.gt(dsl::valid_from.nullable())))
        .order((dsl::area_id, dsl::valid_from))
        .select(Assignment::as_select())
        .load(conn)?)
}

/// Who is accountable for an area on some of the days `[from, to)`.
pub fn owners_between(conn: &mut DbConn, area: AreaId, from: Day, to: Option<Day>) -> Result<Vec<Assignment>, Error> {
    let mut query = dsl::assignments
        .filter(dsl::area_id.eq(area))
        .filter(dsl::responsibility.eq(Responsibility::Accountable))
        .filter(dsl::valid_to.is_null().or(dsl::valid_to.gt(dsl::valid_from.nullable()).and(dsl::valid_to.gt(from))))
        .order(dsl::valid_from)
        .select(Assignment::as_select())
        .into_boxed();
    if let Some(to) = to {
        query = query.filter(dsl::valid_from.lt(to));
    }
    Ok(query.load(conn)?)
}

/// The areas a person is accountable for on `day` or later.
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
        .filter(dsl::valid_to.is_null().or(dsl::valid_to.gt(dsl::valid_from.nullable()).and(dsl::valid_to.gt(day))))
        .order(areas::id)
        .select(Area::as_select())
        .load(conn)?;
    found.dedup_by_key(|area| area.id);
    Ok(found)
}

pub fn list(
    conn: &mut DbConn,
    area: AreaId,
    filter: &AssignmentQuery,
    page: &PageRequest,
) -> Result<Vec<Assignment>, Error> {
    let mut query = dsl::assignments
        .filter(dsl::area_id.eq(area))
        .select(Assignment::as_select())
        .order(dsl::id)
        .limit(page.fetch())
        .into_boxed();
    if let Some(responsibility) = filter.responsibility {
        query = query.filter(dsl::responsibility.eq(responsibility));
    }
    if let Some(day) = filter.as_of {
        query = query.filter(dsl::valid_from.le(day)).filter(dsl::valid_to.is_null().or(dsl::valid_to.gt(day)));
    }
    if let Some(after) = page.after_id() {
        query = query.filter(dsl::id.gt(after));
    }
    Ok(query.load(conn)?)
}
