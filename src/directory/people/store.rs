//! Rows of people and their home positions.

use diesel::prelude::*;

use super::dto::PersonQuery;
use crate::kernel::db::DbConn;
use crate::kernel::db::errors::Constraint;
use crate::kernel::db::schema::{home_positions, people};
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::ids::{DepartmentId, HomePositionId, PersonId};
use crate::kernel::page::Page;
use crate::kernel::time::{Day, UtcTime};
use crate::load_kept;

const EMAIL_TAKEN: Constraint = Constraint::new("people_email_key", "people.email");
const SUBJECT_TAKEN: Constraint = Constraint::new("people_subject_key", "people.subject");
const OVERLAP: Constraint = Constraint::new("home_positions_no_overlap", "home_positions_no_overlap");

/// A person.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = people, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Person {
    pub id: PersonId,
    pub display_name: String,
    /// In lower case.
    pub email: String,
    /// `sub` of the person's tokens.
    pub subject: Option<String>,
    pub version: i64,
    pub created_at: UtcTime,
    pub updated_at: UtcTime,
    /// When the person left the company.
    pub deactivated_at: Option<UtcTime>,
    /// When the person was taken out.
    pub erased_at: Option<UtcTime>,
}

/// Where a person works at home, on the days `[valid_from, valid_to)`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = home_positions, treat_none_as_default_value = false)]
pub struct HomePosition {
    pub id: HomePositionId,
    pub person_id: PersonId,
    pub department_id: DepartmentId,
    pub title: String,
    pub manager: Option<String>,
    pub valid_from: Day,
    pub valid_to: Option<Day>,
    pub created_at: UtcTime,
}

pub fn insert(conn: &mut DbConn, person: &Person) -> Result<(), Error> {
    diesel::insert_into(people::table).values(person).execute(conn).map_err(explain)?;
    Ok(())
}

pub fn update(conn: &mut DbConn, person: &Person) -> Result<(), Error> {
    diesel::update(people::table.filter(people::id.eq(person.id))).set(person).execute(conn).map_err(explain)?;
    Ok(())
}

fn explain(error: diesel::result::Error) -> Error {
    if EMAIL_TAKEN.violated_by(&error) {
        Problem::new(Code::AlreadyExists)
            .because("Another person has this e-mail address.", "Tuto e-mailovou adresu už má někdo jiný.")
            .with("conflicting_member", "/email")
            .into()
    } else if SUBJECT_TAKEN.violated_by(&error) {
        Problem::new(Code::AlreadyExists)
            .because("Another person has this subject.", "Tento subject už má někdo jiný.")
            .with("conflicting_member", "/subject")
            .into()
    } else {
        error.into()
    }
}

pub fn find(conn: &mut DbConn, id: PersonId) -> Result<Option<Person>, Error> {
    Ok(people::table.filter(people::id.eq(id)).select(Person::as_select()).get_result(conn).optional()?)
}

/// People by their ids, taken for the rest of the transaction in that order.
pub fn lock_many(conn: &mut DbConn, ids: &[PersonId]) -> Result<Vec<Person>, Error> {
    let wanted = people::table.filter(people::id.eq_any(ids)).order(people::id);
    Ok(load_kept!(conn, wanted.select(Person::as_select()))?)
}

pub fn find_many(conn: &mut DbConn, ids: &[PersonId]) -> Result<Vec<Person>, Error> {
    Ok(people::table.filter(people::id.eq_any(ids)).select(Person::as_select()).load(conn)?)
}

/// Whether there is nobody at all.
pub fn is_empty(conn: &mut DbConn) -> Result<bool, Error> {
    let anybody: Option<PersonId> = people::table.select(people::id).first(conn).optional()?;
    Ok(anybody.is_none())
}

/// The person who signs in with this subject and has not left.
pub fn by_subject(conn: &mut DbConn, subject: &str) -> Result<Option<Person>, Error> {
    Ok(people::table
        .filter(people::subject.eq(subject))
        .filter(people::deactivated_at.is_null())
        .select(Person::as_select())
        .get_result(conn)
        .optional()?)
}

/// Takes the row for the rest of the transaction (the version is set for good by [`update`]).
pub fn lock(conn: &mut DbConn, id: PersonId) -> Result<Option<Person>, Error> {
    Ok(diesel::update(people::table.filter(people::id.eq(id)))
        .set(people::version.eq(people::version))
        .returning(people::all_columns)
        .get_result(conn)
        .optional()?)
}

pub fn list(conn: &mut DbConn, query: &PersonQuery, today: Day, page: &Page) -> Result<Vec<Person>, Error> {
    let mut rows = people::table.select(Person::as_select()).order(people::id).limit(page.fetch()).into_boxed();
    if let Some(subject) = &query.subject {
        rows = rows.filter(people::subject.eq(subject.clone()));
    }
    if let Some(department) = query.department_id {
        let at_home = home_positions::table
            .filter(home_positions::department_id.eq(department))
            .filter(home_positions::valid_from.le(today))
            .filter(home_positions::valid_to.is_null().or(home_positions::valid_to.gt(today)))
            .select(home_positions::person_id);
        rows = rows.filter(people::id.eq_any(at_home));
    }
    match query.deactivated {
        Some(true) => rows = rows.filter(people::deactivated_at.is_not_null()),
        Some(false) => rows = rows.filter(people::deactivated_at.is_null()),
        None => {}
    }
    if let Some(after) = page.after.as_deref() {
        rows = rows.filter(people::id.gt(after));
    }
    Ok(rows.load(conn)?)
}

pub fn insert_position(conn: &mut DbConn, position: &HomePosition) -> Result<(), Error> {
    match diesel::insert_into(home_positions::table).values(position).execute(conn) {
        Ok(_) => Ok(()),
        Err(error) if OVERLAP.violated_by(&error) => Err(Problem::new(Code::Conflict)
            .because(
                "The person has another home position on some of these days.",
                "V některých z těchto dnů má osoba jinou domovskou pozici.",
            )
            .into()),
        Err(error) => Err(error.into()),
    }
}

pub fn positions(
    conn: &mut DbConn,
    person: PersonId,
    as_of: Option<Day>,
    page: &Page,
) -> Result<Vec<HomePosition>, Error> {
    let mut rows = home_positions::table
        .filter(home_positions::person_id.eq(person))
        .select(HomePosition::as_select())
        .order(home_positions::id)
        .limit(page.fetch())
        .into_boxed();
    if let Some(day) = as_of {
        rows = rows
            .filter(home_positions::valid_from.le(day))
            .filter(home_positions::valid_to.is_null().or(home_positions::valid_to.gt(day)));
    }
    if let Some(after) = page.after.as_deref() {
        rows = rows.filter(home_positions::id.gt(after));
    }
    Ok(rows.load(conn)?)
}

/// Whoever has left the company has no position, whatever is recorded.
pub fn positions_on(conn: &mut DbConn, people: &[PersonId], day: Day) -> Result<Vec<HomePosition>, Error> {
    Ok(home_positions::table
        .inner_join(people::table.on(people::id.eq(home_positions::person_id)))
        .filter(home_positions::person_id.eq_any(people))
        .filter(home_positions::valid_from.le(day))
        .filter(home_positions::valid_to.is_null().or(home_positions::valid_to.gt(day)))
        .filter(people::deactivated_at.is_null())
        .select(HomePosition::as_select())
        .load(conn)?)
}

pub fn position(conn: &mut DbConn, id: HomePositionId) -> Result<Option<HomePosition>, Error> {
    Ok(home_positions::table
        .filter(home_positions::id.eq(id))
        .select(HomePosition::as_select())
        .get_result(conn)
        .optional()?)
}

pub fn end_position(conn: &mut DbConn, id: HomePositionId, on: Day) -> Result<(), Error> {
    diesel::update(home_positions::table.filter(home_positions::id.eq(id)))
        .set(home_positions::valid_to.eq(on))
        .execute(conn)?;
    Ok(())
}

/// People by subject or e-mail address, for an import, taken for the rest of the transaction.
pub fn lock_known(conn: &mut DbConn, subjects: &[String], emails: &[String]) -> Result<Vec<Person>, Error> {
    let known = people::table
        .filter(people::subject.eq_any(subjects).assume_not_null().or(people::email.eq_any(emails)))
        .order(people::id);
    Ok(load_kept!(conn, known.select(Person::as_select()))?)
}

/// Home positions of people that last beyond a day, or begin on it or later.
pub fn positions_from(conn: &mut DbConn, person: PersonId, day: Day) -> Result<Vec<HomePosition>, Error> {
    Ok(home_positions::table
        .filter(home_positions::person_id.eq(person))
        .filter(home_positions::valid_to.is_null().or(home_positions::valid_to.gt(day)))
        .order(home_positions::valid_from)
        .select(HomePosition::as_select())
        .load(conn)?)
}

/// People who are at home in one of these departments on a day and have not left.
pub fn at_home_in(
    conn: &mut DbConn,
    departments: &[DepartmentId],
    day: Day,
    most: i64,
) -> Result<Vec<(DepartmentId, PersonId)>, Error> {
    Ok(home_positions::table
        .inner_join(people::table.on(people::id.eq(home_positions::person_id)))
        .filter(home_positions::department_id.eq_any(departments))
        .filter(home_positions::valid_from.le(day))
        .filter(home_positions::valid_to.is_null().or(home_positions::valid_to.gt(day)))
        .filter(people::deactivated_at.is_null())
        .order(people::id)
        .limit(most)
        .select((home_positions::department_id, people::id))
        .load(conn)?)
}

/// Takes a manager's name out of the positions that name it.
pub fn forget_manager(conn: &mut DbConn, name: &str) -> Result<usize, Error> {
    Ok(diesel::update(home_positions::table.filter(home_positions::manager.eq(name)))
        .set(home_positions::manager.eq(None::<String>))
        .execute(conn)?)
}
