//! The rows of people and their regular positions.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::upsert::excluded;

use super::filter::PersonFilter;
use super::rows::{HomePosition, Person, Standing};
use crate::kernel::auth::Login;
use crate::kernel::db::errors::Constraint;
use crate::kernel::db::schema::{home_positions, people};
use crate::kernel::db::{CachedDsl, DbConn, any_of};
use crate::kernel::error::Error;
use crate::kernel::ids::{DepartmentId, HomePositionId, PersonId};
use crate::kernel::page::Page;
use crate::kernel::time::{Day, UtcTime};
use crate::load_locked;
use crate::with_backend;

/// Rows per statement that inserts several.
const ROWS: usize = 500;

const EMAIL_TAKEN: Constraint = Constraint::new("people_email_key", "people.email");
const LOGIN_TAKEN: Constraint = Constraint::new("people_login_key", "people.login, people.login_issuer");
const NUMBER_TAKEN: Constraint = Constraint::new("people_employee_number_key", "people.employee_number");
const POSITIONS_OVERLAP: Constraint = Constraint::new("home_positions_no_overlap", "home_positions_no_overlap");

/// A unique value that another person already has.
#[derive(Debug)]
pub enum Taken {
    Email,
    Login,
    EmployeeNumber,
}

/// The person has another position on some of the days.
#[derive(Debug)]
pub struct Overlap;

pub fn insert(conn: &mut DbConn, person: &Person) -> Result<Result<(), Taken>, Error> {
    written(diesel::insert_into(people::table).values(person).execute(conn))
}

pub fn update(conn: &mut DbConn, person: &Person) -> Result<Result<(), Taken>, Error> {
    written(diesel::update(people::table.filter(people::id.eq(person.id))).set(person).cached().execute(conn))
}

fn written(outcome: QueryResult<usize>) -> Result<Result<(), Taken>, Error> {
    match outcome {
        Ok(_) => Ok(Ok(())),
        Err(error) if EMAIL_TAKEN.violated_by(&error) => Ok(Err(Taken::Email)),
        Err(error) if LOGIN_TAKEN.violated_by(&error) => Ok(Err(Taken::Login)),
        Err(error) if NUMBER_TAKEN.violated_by(&error) => Ok(Err(Taken::EmployeeNumber)),
        Err(error) => Err(error.into()),
    }
}

pub fn find(conn: &mut DbConn, id: PersonId) -> Result<Option<Person>, Error> {
    Ok(people::table.filter(people::id.eq(id)).select(Person::as_select()).get_result(conn).optional()?)
}

/// Locks people until the end of the transaction, in the order of their ids.
pub fn lock_many(conn: &mut DbConn, ids: &[PersonId]) -> Result<Vec<Person>, Error> {
    let wanted = people::table.filter(people::id.eq_any(ids)).order(people::id);
    Ok(load_locked!(conn, wanted.select(Person::as_select()))?)
}

pub fn find_many(conn: &mut DbConn, ids: &[PersonId]) -> Result<Vec<Person>, Error> {
    Ok(with_backend!(conn, |conn| people::table
        .filter(any_of(people::id, ids)?)
        .select(Person::as_select())
        .load(conn))?)
}

/// Returns whether the directory has no people.
pub fn is_empty(conn: &mut DbConn) -> Result<bool, Error> {
    let first: Option<PersonId> = people::table.select(people::id).first(conn).optional()?;
    Ok(first.is_none())
}

/// Returns the person with this login, unless the person is deactivated.
pub fn by_login(conn: &mut DbConn, login: Login<'_>) -> Result<Option<Person>, Error> {
    Ok(with_backend!(conn, |conn| people::table
        .filter(people::login.eq(login.subject))
        .filter(people::login_issuer.eq(login.issuer))
        .filter(people::deactivated_at.is_null())
        .select(Person::as_select())
        .get_result(conn)
        .optional())?)
}

/// Returns the standing of the person with this login, deactivated or not.
pub fn standing(conn: &mut DbConn, login: Login<'_>) -> Result<Option<Standing>, Error> {
    Ok(with_backend!(conn, |conn| people::table
        .filter(people::login.eq(login.subject))
        .filter(people::login_issuer.eq(login.issuer))
        .select(Standing::as_select())
        .get_result(conn)
        .optional())?)
}

/// The person with this e-mail address (in lower case), if they can be linked: active, and never had a login.
macro_rules! linkable {
    ($email:expr) => {
        people::table
            .filter(people::email.eq($email))
            .filter(people::login_set_at.is_null())
            .filter(people::deactivated_at.is_null())
            .filter(people::erased_at.is_null())
    };
}

/// Returns whether a person with this e-mail address (in lower case) can be linked.
pub fn is_linkable(conn: &mut DbConn, email: &str) -> Result<bool, Error> {
    let person = linkable!(email).select(people::id);
    let found: Option<PersonId> = with_backend!(conn, |conn| person.get_result(conn).optional())?;
    Ok(found.is_some())
}

/// Returns whether the person with this e-mail address (in lower case) was deactivated and never had a login.
pub fn has_left(conn: &mut DbConn, email: &str) -> Result<bool, Error> {
    let person = people::table
        .filter(people::email.eq(email))
        .filter(people::login_set_at.is_null())
        .filter(people::deactivated_at.is_not_null())
        .select(people::id);
    let found: Option<PersonId> = with_backend!(conn, |conn| person.get_result(conn).optional())?;
    Ok(found.is_some())
}

/// Locks the person with this e-mail address (in lower case) until the end of the transaction, if they can be linked.
pub fn lock_linkable(conn: &mut DbConn, email: &str) -> Result<Option<Person>, Error> {
    Ok(diesel::update(linkable!(email))
        .set(people::version.eq(people::version))
        .returning(people::all_columns)
        .cached()
        .get_result(conn)
        .optional()?)
}

/// Locks a person until the end of the transaction.
pub fn lock(conn: &mut DbConn, id: PersonId) -> Result<Option<Person>, Error> {
    Ok(diesel::update(people::table.filter(people::id.eq(id)))
        .set(people::version.eq(people::version))
        .returning(people::all_columns)
        .cached()
        .get_result(conn)
        .optional()?)
}

/// Restricts a query on people to those that match the login and the status of a filter.
macro_rules! matching {
    ($rows:expr, $filter:expr) => {{
        let mut rows = $rows;
        if let Some(login) = &$filter.login {
            rows = rows.filter(people::login.eq(login.clone()));
        }
        match $filter.deactivated {
            Some(true) => rows = rows.filter(people::deactivated_at.is_not_null()),
            Some(false) => rows = rows.filter(people::deactivated_at.is_null()),
            None => {}
        }
        rows
    }};
}

pub fn list(conn: &mut DbConn, filter: &PersonFilter, today: Day, page: &Page) -> Result<Vec<Person>, Error> {
    if let Some(department) = filter.department_id {
        return of_department(conn, department, filter, today, page);
    }
    let all = people::table.select(Person::as_select()).order(people::id).limit(page.fetch()).into_boxed();
    let mut rows = matching!(all, filter);
    if let Some(after) = page.after.as_deref() {
        rows = rows.filter(people::id.gt(after));
    }
    Ok(rows.load(conn)?)
}

/// Returns the people of [`list`] in a department. The index on positions has them in the order of the list; a person
/// has only one position on a day.
fn of_department(
    conn: &mut DbConn,
    department: DepartmentId,
    filter: &PersonFilter,
    today: Day,
    page: &Page,
) -> Result<Vec<Person>, Error> {
    let in_department = home_positions::table
        .inner_join(people::table.on(people::id.eq(home_positions::person_id)))
        .filter(home_positions::department_id.eq(department))
        .filter(home_positions::valid_from.le(today))
        .filter(home_positions::valid_to.is_null().or(home_positions::valid_to.gt(today)))
        .order(home_positions::person_id)
        .limit(page.fetch())
        .select(Person::as_select())
        .into_boxed();
    let mut rows = matching!(in_department, filter);
    if let Some(after) = page.after.as_deref() {
        // Both columns, so that PostgreSQL does not pass over the people before the page.
        rows = rows.filter(home_positions::person_id.gt(after)).filter(people::id.gt(after));
    }
    Ok(rows.load(conn)?)
}

pub fn insert_position(conn: &mut DbConn, position: &HomePosition) -> Result<Result<(), Overlap>, Error> {
    match diesel::insert_into(home_positions::table).values(position).execute(conn) {
        Ok(_) => Ok(Ok(())),
        Err(error) if POSITIONS_OVERLAP.violated_by(&error) => Ok(Err(Overlap)),
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

/// Returns the positions of people on a day. A deactivated person has none, even if one is recorded.
pub fn positions_on(conn: &mut DbConn, people: &[PersonId], day: Day) -> Result<Vec<HomePosition>, Error> {
    Ok(with_backend!(conn, |conn| home_positions::table
        .inner_join(people::table.on(people::id.eq(home_positions::person_id)))
        .filter(any_of(home_positions::person_id, people)?)
        .filter(home_positions::valid_from.le(day))
        .filter(home_positions::valid_to.is_null().or(home_positions::valid_to.gt(day)))
        .filter(people::deactivated_at.is_null())
        .select(HomePosition::as_select())
        .load(conn))?)
}

pub fn position(conn: &mut DbConn, id: HomePositionId) -> Result<Option<HomePosition>, Error> {
    Ok(home_positions::table
        .filter(home_positions::id.eq(id))
        .select(HomePosition::as_select())
        .get_result(conn)
        .optional()?)
}

pub fn end_position(conn: &mut DbConn, id: HomePositionId, on: Day, now: UtcTime) -> Result<(), Error> {
    diesel::update(home_positions::table.filter(home_positions::id.eq(id)))
        .set((home_positions::valid_to.eq(on), home_positions::end_set_at.eq(now)))
        .cached()
        .execute(conn)?;
    Ok(())
}

/// Updates the manager of a position that has not begun.
pub fn set_manager(conn: &mut DbConn, id: HomePositionId, manager: PersonId) -> Result<(), Error> {
    diesel::update(home_positions::table.filter(home_positions::id.eq(id)))
        .set(home_positions::manager_person_id.eq(manager))
        .cached()
        .execute(conn)?;
    Ok(())
}

/// Returns the ids of the people with one of these employee numbers, logins (of any issuer) or e-mail addresses (in
/// lower case). Each kind has its own statement, because SQLite finds rows by an index only if no list is empty.
pub fn ids_of(conn: &mut DbConn, numbers: &[&str], logins: &[&str], emails: &[String]) -> Result<Vec<PersonId>, Error> {
    let mut found: Vec<PersonId> = Vec::new();
    if !numbers.is_empty() {
        let with_number = people::table.filter(people::employee_number.eq_any(numbers.to_vec()));
        found.extend(with_number.select(people::id).load::<PersonId>(conn)?);
    }
    if !logins.is_empty() {
        let with_login = people::table.filter(people::login.eq_any(logins.to_vec()));
        found.extend(with_login.select(people::id).load::<PersonId>(conn)?);
    }
    if !emails.is_empty() {
        let with_email = people::table.filter(people::email.eq_any(emails));
        found.extend(with_email.select(people::id).load::<PersonId>(conn)?);
    }
    Ok(found)
}

/// Returns the people who are not deactivated, in the order of their ids.
pub fn active(conn: &mut DbConn) -> Result<Vec<Person>, Error> {
    Ok(people::table
        .filter(people::deactivated_at.is_null())
        .order(people::id)
        .select(Person::as_select())
        .load(conn)?)
}

/// Inserts new people and updates others, in their order. A unique value can move from one of them to a later one.
pub fn save_many(conn: &mut DbConn, all: &[Person]) -> Result<Result<(), Taken>, Error> {
    for rows in all.chunks(ROWS) {
        let saved = with_backend!(conn, |conn| diesel::insert_into(people::table)
            .values(rows)
            .on_conflict(people::id)
            .do_update()
            .set((
                people::display_name.eq(excluded(people::display_name)),
                people::email.eq(excluded(people::email)),
                people::login.eq(excluded(people::login)),
                people::employee_number.eq(excluded(people::employee_number)),
                people::login_issuer.eq(excluded(people::login_issuer)),
                people::login_set_at.eq(excluded(people::login_set_at)),
                people::version.eq(excluded(people::version)),
                people::updated_at.eq(excluded(people::updated_at)),
            ))
            .execute(conn));
        if let Err(taken) = written(saved)? {
            return Ok(Err(taken));
        }
    }
    Ok(Ok(()))
}

/// Returns the positions of people that end after this day or have no end, the earliest first.
pub fn positions_from(conn: &mut DbConn, people: &[PersonId], day: Day) -> Result<Vec<HomePosition>, Error> {
    Ok(with_backend!(conn, |conn| home_positions::table
        .filter(any_of(home_positions::person_id, people)?)
        .filter(home_positions::valid_to.is_null().or(home_positions::valid_to.gt(day)))
        .order(home_positions::valid_from)
        .select(HomePosition::as_select())
        .load(conn))?)
}

/// Ends several positions on one day.
pub fn end_positions(conn: &mut DbConn, ids: &[HomePositionId], on: Day, now: UtcTime) -> Result<(), Error> {
    diesel::update(home_positions::table.filter(home_positions::id.eq_any(ids)))
        .set((home_positions::valid_to.eq(on), home_positions::end_set_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

pub fn insert_positions(conn: &mut DbConn, positions: &[HomePosition]) -> Result<Result<(), Overlap>, Error> {
    for rows in positions.chunks(ROWS) {
        match with_backend!(conn, |conn| diesel::insert_into(home_positions::table).values(rows).execute(conn)) {
            Ok(_) => {}
            Err(error) if POSITIONS_OVERLAP.violated_by(&error) => return Ok(Err(Overlap)),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Ok(()))
}

/// Returns the people whose manager in a current or planned regular position is this person.
pub fn managed_by(conn: &mut DbConn, manager: PersonId, day: Day, most: i64) -> Result<Vec<PersonId>, Error> {
    Ok(home_positions::table
        .filter(home_positions::manager_person_id.eq(manager))
        .filter(home_positions::valid_to.is_null().or(home_positions::valid_to.gt(day)))
        .order(home_positions::person_id)
        .limit(most)
        .select(home_positions::person_id)
        .distinct()
        .load(conn)?)
}

/// Returns up to `most` people for each of these departments whose regular position on a day is there, without
/// deactivated people, in the order of their ids. One statement per department, because the index has its people in this
/// order.
pub fn with_position_in(
    conn: &mut DbConn,
    departments: &[DepartmentId],
    day: Day,
    most: usize,
) -> Result<Vec<(DepartmentId, PersonId)>, Error> {
    let most = i64::try_from(most).map_err(Error::internal)?;
    let mut found = Vec::new();
    for department in departments.iter().collect::<BTreeSet<_>>() {
        let people: Vec<(DepartmentId, PersonId)> = home_positions::table
            .inner_join(people::table.on(people::id.eq(home_positions::person_id)))
            .filter(home_positions::department_id.eq(*department))
            .filter(home_positions::valid_from.le(day))
            .filter(home_positions::valid_to.is_null().or(home_positions::valid_to.gt(day)))
            .filter(people::deactivated_at.is_null())
            .order(home_positions::person_id)
            .limit(most)
            .select((home_positions::department_id, home_positions::person_id))
            .load(conn)?;
        found.extend(people);
    }
    Ok(found)
}
