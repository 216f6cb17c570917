//! Department rows.

use diesel::prelude::*;

use crate::kernel::db::DbConn;
use crate::kernel::db::errors::Constraint;
use crate::kernel::db::schema::departments::{self, dsl};
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::page::Page;
use crate::kernel::time::UtcTime;

const KEY_TAKEN: Constraint = Constraint::new("departments_key_key", "departments.key");

#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = departments, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Department {
    pub id: DepartmentId,
    pub key: String,
    pub name: String,
    pub head_title: Option<String>,
    pub version: i64,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
    pub head_person_id: Option<PersonId>,
}

pub fn insert(conn: &mut DbConn, department: &Department) -> Result<(), Error> {
    match diesel::insert_into(departments::table).values(department).execute(conn) {
        Ok(_) => Ok(()),
        Err(error) if KEY_TAKEN.violated_by(&error) => Err(Problem::new(Code::AlreadyExists)
            .because("There is a department with this key already.", "Oddělení s tímto klíčem už existuje.")
            .with("conflicting_member", "/key")
            .into()),
        Err(error) => Err(error.into()),
    }
}

pub fn find(conn: &mut DbConn, id: DepartmentId) -> Result<Option<Department>, Error> {
    Ok(dsl::departments.filter(dsl::id.eq(id)).select(Department::as_select()).get_result(conn).optional()?)
}

pub fn find_many(conn: &mut DbConn, ids: &[DepartmentId]) -> Result<Vec<Department>, Error> {
    Ok(dsl::departments.filter(dsl::id.eq_any(ids)).select(Department::as_select()).load(conn)?)
}

/// Takes the row for the rest of the transaction (the version is set for good by [`update`]).
pub fn lock(conn: &mut DbConn, id: DepartmentId) -> Result<Option<Department>, Error> {
    Ok(diesel::update(dsl::departments.filter(dsl::id.eq(id)))
        .set(dsl::version.eq(dsl::version))
        .returning(departments::all_columns)
        .get_result(conn)
        .optional()?)
}

pub fn update(conn: &mut DbConn, department: &Department) -> Result<(), Error> {
    diesel::update(dsl::departments.filter(dsl::id.eq(department.id))).set(department).execute(conn)?;
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
