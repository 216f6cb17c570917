//! Queries on delegation rows.

use diesel::prelude::*;

use super::filter::DelegationQuery;
use crate::collaboration::projects::SideStanding;
use crate::kernel::db::errors::Constraint;
use crate::kernel::db::schema::delegations::{self, dsl};
use crate::kernel::db::schema::{project_sides, projects};
use crate::kernel::db::{CachedDsl, DbConn, any_of};
use crate::kernel::error::Error;
use crate::kernel::ids::{DelegationId, DepartmentId, PersonId, ProjectId};
use crate::kernel::page::Page;
use crate::kernel::time::{Day, UtcTime};
use crate::with_backend;

const ONE_PER_SIDE: Constraint = Constraint::new("delegations_one_per_side", "delegations_one_per_side");
const ONE_FOR_ALL: Constraint = Constraint::new("delegations_one_for_all", "delegations_one_for_all");
const ONE_PER_DELEGATE: Constraint = Constraint::new("delegations_one_per_delegate", "delegations_one_per_delegate");

#[derive(Debug, Clone, Copy, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = delegations, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Delegation {
    pub id: DelegationId,
    /// `None` for all projects in which the sponsor represents the department.
    pub project_id: Option<ProjectId>,
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
    SponsorHasDelegate,
    DelegateOfAnotherSide,
}

pub fn insert(conn: &mut DbConn, row: &Delegation) -> Result<Result<(), Conflict>, Error> {
    match diesel::insert_into(delegations::table).values(row).execute(conn) {
        Ok(_) => Ok(Ok(())),
        Err(error) if ONE_PER_SIDE.violated_by(&error) => Ok(Err(Conflict::SideHasDelegate)),
        Err(error) if ONE_FOR_ALL.violated_by(&error) => Ok(Err(Conflict::SponsorHasDelegate)),
        Err(error) if ONE_PER_DELEGATE.violated_by(&error) => Ok(Err(Conflict::DelegateOfAnotherSide)),
        Err(error) => Err(error.into()),
    }
}

/// Revokes a delegation; returns false if it is already revoked.
pub fn revoke(conn: &mut DbConn, row: &Delegation) -> Result<bool, Error> {
    let current = dsl::delegations.filter(dsl::id.eq(row.id)).filter(dsl::revoked_at.is_null());
    Ok(diesel::update(current).set(row).cached().execute(conn)? > 0)
}

pub fn find(conn: &mut DbConn, id: DelegationId) -> Result<Option<Delegation>, Error> {
    Ok(dsl::delegations.filter(dsl::id.eq(id)).select(Delegation::as_select()).get_result(conn).optional()?)
}

pub fn find_many(conn: &mut DbConn, ids: &[DelegationId]) -> Result<Vec<Delegation>, Error> {
    let wanted = any_of(delegations::id, ids)?;
    Ok(with_backend!(conn, |conn| delegations::table
        .filter(wanted)
        .order(delegations::id)
        .select(Delegation::as_select())
        .load(conn))?)
}

/// Returns the delegations of a sponsor for all of their projects that are in force on `day` or later.
pub fn for_all_of_sponsor(conn: &mut DbConn, sponsor: PersonId, day: Day) -> Result<Vec<Delegation>, Error> {
    Ok(dsl::delegations
        .filter(dsl::sponsor_person_id.eq(sponsor))
        .filter(dsl::project_id.is_null())
        .filter(dsl::revoked_at.is_null())
        .filter(dsl::valid_to.gt(day))
        .order(dsl::id)
        .select(Delegation::as_select())
        .load(conn)?)
}

/// Selects the delegations of a project: its own, and those of the sponsors of its sides for all of their projects,
/// unless the delegate is the lead, who represents no side. The sponsors are listed in addition, so that an index finds
/// their delegations.
macro_rules! of_project {
    ($project:expr) => {{
        let sponsors = project_sides::table
            .filter(project_sides::project_id.eq($project))
            .select(project_sides::sponsor_person_id);
        let represented = project_sides::table
            .inner_join(projects::table.on(projects::id.eq(project_sides::project_id)))
            .filter(project_sides::project_id.eq($project))
            .filter(project_sides::standing.eq(SideStanding::Current))
            .filter(project_sides::sponsor_person_id.eq(delegations::sponsor_person_id.nullable()))
            .filter(project_sides::department_id.eq(delegations::department_id))
            .filter(
                projects::lead_person_id
                    .is_null()
                    .or(projects::lead_person_id.ne(delegations::delegate_person_id.nullable())),
            );
        let for_all = delegations::project_id
            .is_null()
            .and(delegations::sponsor_person_id.nullable().eq_any(sponsors))
            .and(diesel::dsl::exists(represented));
        delegations::project_id.eq($project).or(for_all)
    }};
}

/// Returns the delegations of a project that are in force on a day, those for all projects last.
pub fn on(conn: &mut DbConn, project: ProjectId, day: Day) -> Result<Vec<Delegation>, Error> {
    let mut rows: Vec<Delegation> = with_backend!(conn, |conn| delegations::table
        .filter(of_project!(project))
        .filter(delegations::revoked_at.is_null())
        .filter(delegations::valid_from.le(day))
        .filter(delegations::valid_to.gt(day))
        .order(delegations::id)
        .select(Delegation::as_select())
        .load(conn))?;
    rows.sort_by_key(|row| row.project_id.is_none());
    Ok(rows)
}

/// Returns whether a person is a delegate in a project on `day` or later.
pub fn is_delegate(conn: &mut DbConn, project: ProjectId, person: PersonId, day: Day) -> Result<bool, Error> {
    let current = delegations::table
        .filter(of_project!(project))
        .filter(delegations::delegate_person_id.eq(person))
        .filter(delegations::revoked_at.is_null())
        .filter(delegations::valid_to.gt(day));
    Ok(with_backend!(conn, |conn| diesel::select(diesel::dsl::exists(current)).get_result(conn))?)
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

/// Returns the delegations by and to a person that are in force on `day` or later, oldest first.
pub fn current_of_person(conn: &mut DbConn, person: PersonId, day: Day, most: i64) -> Result<Vec<Delegation>, Error> {
    Ok(dsl::delegations
        .filter(dsl::sponsor_person_id.eq(person).or(dsl::delegate_person_id.eq(person)))
        .filter(dsl::revoked_at.is_null())
        .filter(dsl::valid_to.gt(day))
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
    Ok(with_backend!(conn, |conn| {
        let mut rows = delegations::table
            .filter(of_project!(project))
            .order(delegations::id)
            .limit(page.fetch())
            .select(Delegation::as_select())
            .into_boxed();
        if let Some(day) = query.as_of {
            rows = rows
                .filter(delegations::revoked_at.is_null())
                .filter(delegations::valid_from.le(day))
                .filter(delegations::valid_to.gt(day));
        }
        if let Some(after) = page.after.as_deref() {
            rows = rows.filter(delegations::id.gt(after));
        }
        rows.load(conn)
    })?)
}
