//! Queries on delegation rows.

use diesel::prelude::*;

use super::filter::DelegationQuery;
use crate::kernel::db::errors::Constraint;
use crate::kernel::db::schema::delegations::{self, dsl};
use crate::kernel::db::{CachedDsl, DbConn};
use crate::kernel::error::Error;
use crate::kernel::ids::{DelegationId, DepartmentId, PersonId, ProjectId};
use crate::kernel::page::Page;
use crate::kernel::time::{Day, UtcTime};

const ONE_PER_SIDE: Constraint = Constraint::new("delegations_one_per_side", "delegations_one_per_side");
const ONE_PER_DELEGATE: Constraint = Constraint::new("delegations_one_per_delegate", "delegations_one_per_delegate");

#[derive(Debug, Clone, Copy, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = delegations, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Delegation {
    pub id: DelegationId,
    pub project_id: ProjectId,
    pub department_id: DepartmentId,
    pub sponsor_person_id: PersonId,
    pub delegate_person_id: PersonId,
    pub valid_from: Day,
    pub valid_to: Day,
    pub revoked_at: Option<UtcTime>,
    pub version: i64,
    pub created_at: UtcTime,
}

/// An existing delegation that overlaps a new one.
#[derive(Debug, Clone, Copy)]
pub enum Conflict {
    SideHasDelegate,
    DelegateOfAnotherSide,
}

pub fn insert(conn: &mut DbConn, row: &Delegation) -> Result<Result<(), Conflict>, Error> {
    match diesel::insert_into(delegations::table).values(row).execute(conn) {
        Ok(_) => Ok(Ok(())),
        Err(error) if ONE_PER_SIDE.violated_by(&error) => Ok(Err(Conflict::SideHasDelegate)),
        Err(error) if ONE_PER_DELEGATE.violated_by(&error) => Ok(Err(Conflict::DelegateOfAnotherSide)),
        Err(error) => Err(error.into()),
    }
}

pub fn update(conn: &mut DbConn, row: &Delegation) -> Result<(), Error> {
    diesel::update(dsl::delegations.filter(dsl::id.eq(row.id))).set(row).cached().execute(conn)?;
    Ok(())
}

pub fn find(conn: &mut DbConn, id: DelegationId) -> Result<Option<Delegation>, Error> {
    Ok(dsl::delegations.filter(dsl::id.eq(id)).select(Delegation::as_select()).get_result(conn).optional()?)
}

/// Returns the delegations of a project that are in force on a day.
pub fn on(conn: &mut DbConn, project: ProjectId, day: Day) -> Result<Vec<Delegation>, Error> {
    Ok(dsl::delegations
        .filter(dsl::project_id.eq(project))
        .filter(dsl::revoked_at.is_null())
        .filter(dsl::valid_from.le(day))
        .filter(dsl::valid_to.gt(day))
        .select(Delegation::as_select())
        .load(conn)?)
}

/// Returns whether a person is a delegate in a project on `day` or later.
pub fn is_delegate(conn: &mut DbConn, project: ProjectId, person: PersonId, day: Day) -> Result<bool, Error> {
    let current = dsl::delegations
        .filter(dsl::project_id.eq(project))
        .filter(dsl::delegate_person_id.eq(person))
        .filter(dsl::revoked_at.is_null())
        .filter(dsl::valid_to.gt(day));
    Ok(diesel::select(diesel::dsl::exists(current)).get_result(conn)?)
}

/// Returns the delegations of a side that are in force on `day` or later.
pub fn of_side(conn: &mut DbConn, project: ProjectId, side: DepartmentId, day: Day) -> Result<Vec<Delegation>, Error> {
    Ok(dsl::delegations
        .filter(dsl::project_id.eq(project))
        .filter(dsl::department_id.eq(side))
        .filter(dsl::revoked_at.is_null())
        .filter(dsl::valid_to.gt(day))
        .select(Delegation::as_select())
        .load(conn)?)
}

/// Returns the delegations by and to a person, oldest first.
pub fn of_person(conn: &mut DbConn, person: PersonId, most: i64) -> Result<Vec<Delegation>, Error> {
    Ok(dsl::delegations
        .filter(dsl::sponsor_person_id.eq(person).or(dsl::delegate_person_id.eq(person)))
        .order(dsl::id)
        .limit(most)
        .select(Delegation::as_select())
        .load(conn)?)
}

pub fn list(
    conn: &mut DbConn,
    project: ProjectId,
    query: &DelegationQuery,
    page: &Page,
) -> Result<Vec<Delegation>, Error> {
    let mut rows = dsl::delegations
        .filter(dsl::project_id.eq(project))
        .order(dsl::id)
        .limit(page.fetch())
        .select(Delegation::as_select())
        .into_boxed();
    if let Some(day) = query.as_of {
        rows = rows.filter(dsl::revoked_at.is_null()).filter(dsl::valid_from.le(day)).filter(dsl::valid_to.gt(day));
    }
    if let Some(after) = page.after.as_deref() {
        rows = rows.filter(dsl::id.gt(after));
    }
    Ok(rows.load(conn)?)
}
