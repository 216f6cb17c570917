//! Department rows.

use diesel::prelude::*;

use super::rows::Department;
use crate::kernel::db::errors::Constraint;
use crate::kernel::db::schema::departments::{self, dsl};
use crate::kernel::db::{CachedDsl, DbConn, any_of};
use crate::kernel::error::Error;
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::page::Page;
use crate::kernel::time::UtcTime;
use crate::with_backend;

const KEY_TAKEN: Constraint = Constraint::new("departments_key_key", "departments.key");

/// Another department has the key.
#[derive(Debug)]
pub struct KeyTaken;

pub fn insert(conn: &mut DbConn, department: &Department) -> Result<Result<(), KeyTaken>, Error> {
    match diesel::insert_into(departments::table).values(department).execute(conn) {
        Ok(_) => Ok(Ok(())),
        Err(error) if KEY_TAKEN.violated_by(&error) => Ok(Err(KeyTaken)),
        Err(error) => Err(error.into()),
    }
}

pub fn find(conn: &mut DbConn, id: DepartmentId) -> Result<Option<Department>, Error> {
    Ok(dsl::departments.filter(dsl::id.eq(id)).select(Department::as_select()).get_result(conn).optional()?)
}

pub fn find_many(conn: &mut DbConn, ids: &[DepartmentId]) -> Result<Vec<Department>, Error> {
    Ok(with_backend!(conn, |conn| dsl::departments
        .filter(any_of(dsl::id, ids)?)
        .select(Department::as_select())
        .load(conn))?)
}

pub fn find_by_keys(conn: &mut DbConn, keys: &[&str]) -> Result<Vec<Department>, Error> {
    Ok(dsl::departments.filter(dsl::key.eq_any(keys.to_vec())).select(Department::as_select()).load(conn)?)
}

pub fn headed_by(conn: &mut DbConn, person: PersonId, most: i64) -> Result<Vec<Department>, Error> {
    Ok(dsl::departments
        .filter(dsl::head_person_id.eq(person))
        .order(dsl::id)
        .limit(most)
        .select(Department::as_select())
        .load(conn)?)
}

/// Returns the departments whose head is one of these people, in order.
pub fn headed_by_any(conn: &mut DbConn, people: &[PersonId]) -> Result<Vec<DepartmentId>, Error> {
    let of_people = any_of(dsl::head_person_id, people)?;
    Ok(with_backend!(conn, |conn| departments::table.filter(of_people).order(dsl::id).select(dsl::id).load(conn))?)
}

/// Records when the heads of departments changed.
pub fn set_head_changed(conn: &mut DbConn, ids: &[DepartmentId], now: UtcTime) -> Result<(), Error> {
    let wanted = any_of(dsl::id, ids)?;
    with_backend!(conn, |conn| diesel::update(departments::table)
        .filter(wanted)
        .set((dsl::head_changed_at.eq(now), dsl::head_is_first.eq(false)))
        .cached()
        .execute(conn))?;
    Ok(())
}

/// Locks a department until the end of the transaction.
pub fn lock(conn: &mut DbConn, id: DepartmentId) -> Result<Option<Department>, Error> {
    Ok(diesel::update(dsl::departments.filter(dsl::id.eq(id)))
        .set(dsl::version.eq(dsl::version))
        .returning(departments::all_columns)
        .cached()
        .get_result(conn)
        .optional()?)
}

pub fn update(conn: &mut DbConn, department: &Department) -> Result<(), Error> {
    diesel::update(dsl::departments.filter(dsl::id.eq(department.id))).set(department).cached().execute(conn)?;
    Ok(())
}

pub fn list(conn: &mut DbConn, key: Option<&str>, page: &Page) -> Result<Vec<Department>, Error> {
    let mut query = dsl::departments.select(Department::as_select()).order(dsl::id).limit(page.fetch()).into_boxed();
    if let Some(key) = key {
        query = query.filter(dsl::key.eq(key));
    }
    if let Some(after) = page.after.as_deref() {
        query = query.filter(dsl::id.gt(after));
    }
    Ok(query.load(conn)?)
}
