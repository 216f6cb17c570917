//! Transfer rows.

use diesel::prelude::*;

use super::filter::TransferQuery;
use super::state::TransferState;
use crate::kernel::db::errors::Constraint;
use crate::kernel::db::schema::projects;
use crate::kernel::db::schema::transfers::{self, dsl};
use crate::kernel::db::{CachedDsl, DbConn};
use crate::kernel::error::Error;
use crate::kernel::ids::{AreaId, DepartmentId, PersonId, ProjectId, TransferId};
use crate::kernel::page::Page;
use crate::kernel::time::{Day, UtcTime};
use crate::with_backend;

const ONE_OPEN: Constraint = Constraint::new("transfers_one_open", "transfers.area_id");

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = transfers, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Transfer {
    pub id: TransferId,
    pub project_id: ProjectId,
    pub area_id: AreaId,
    pub from_person_id: PersonId,
    pub to_person_id: PersonId,
    pub to_department_id: DepartmentId,
    pub effective_on: Day,
    pub note: Option<String>,
    pub state: TransferState,
    pub offered_by: Option<PersonId>,
    pub offered_at: UtcTime,
    pub expires_at: UtcTime,
    pub ended_at: Option<UtcTime>,
    pub version: i64,
}

/// The area already has an open transfer.
#[derive(Debug)]
pub struct AlreadyOffered;

pub fn insert(conn: &mut DbConn, row: &Transfer) -> Result<Result<(), AlreadyOffered>, Error> {
    match diesel::insert_into(transfers::table).values(row).execute(conn) {
        Ok(_) => Ok(Ok(())),
        Err(error) if ONE_OPEN.violated_by(&error) => Ok(Err(AlreadyOffered)),
        Err(error) => Err(error.into()),
    }
}

pub fn update(conn: &mut DbConn, row: &Transfer) -> Result<(), Error> {
    diesel::update(dsl::transfers.filter(dsl::id.eq(row.id))).set(row).cached().execute(conn)?;
    Ok(())
}

pub fn find(conn: &mut DbConn, id: TransferId) -> Result<Option<Transfer>, Error> {
    Ok(dsl::transfers.filter(dsl::id.eq(id)).select(Transfer::as_select()).get_result(conn).optional()?)
}

/// Loads the transfers of a project that are stored as open, including offers that have expired since.
pub fn open(conn: &mut DbConn, project: ProjectId) -> Result<Vec<Transfer>, Error> {
    Ok(dsl::transfers
        .filter(dsl::project_id.eq(project))
        .filter(dsl::state.eq_any([TransferState::Offered, TransferState::Accepted]))
        .order(dsl::id)
        .select(Transfer::as_select())
        .cached()
        .load(conn)?)
}

/// Loads the open transfers from or to a person, or that they offered, without offers that have expired.
pub fn open_of_person(conn: &mut DbConn, person: PersonId, now: UtcTime, most: i64) -> Result<Vec<Transfer>, Error> {
    let names_person = dsl::from_person_id.eq(person).or(dsl::to_person_id.eq(person)).or(dsl::offered_by.eq(person));
    let is_open =
        dsl::state.eq(TransferState::Accepted).or(dsl::state.eq(TransferState::Offered).and(dsl::expires_at.gt(now)));
    Ok(with_backend!(conn, |conn| dsl::transfers
        .filter(names_person)
        .filter(is_open)
        .order(dsl::id)
        .limit(most)
        .select(Transfer::as_select())
        .load(conn))?)
}

pub fn list(conn: &mut DbConn, project: ProjectId, query: &TransferQuery, page: &Page) -> Result<Vec<Transfer>, Error> {
    let mut rows = dsl::transfers
        .filter(dsl::project_id.eq(project))
        .order(dsl::id)
        .limit(page.fetch())
        .select(Transfer::as_select())
        .into_boxed();
    if let Some(area) = query.area_id {
        rows = rows.filter(dsl::area_id.eq(area));
    }
    if let Some(after) = page.after.as_deref() {
        rows = rows.filter(dsl::id.gt(after));
    }
    Ok(rows.load(conn)?)
}

/// Loads the offers that a person can still accept, the earliest expiry first, each with the name of its
/// project.
pub fn offered_to(
    conn: &mut DbConn,
    person: PersonId,
    now: UtcTime,
    most: i64,
) -> Result<Vec<(Transfer, String)>, Error> {
    Ok(with_backend!(conn, |conn| dsl::transfers
        .inner_join(projects::table.on(projects::id.eq(dsl::project_id)))
        .filter(dsl::to_person_id.eq(person))
        .filter(dsl::state.eq(TransferState::Offered))
        .filter(dsl::expires_at.gt(now))
        .order(dsl::expires_at)
        .limit(most)
        .select((Transfer::as_select(), projects::name))
        .load(conn))?)
}
