//! Dispute rows.

use diesel::prelude::*;

use super::filter::DisputeQuery;
use crate::collaboration::states::DisputeState;
use crate::kernel::db::errors::Constraint;
use crate::kernel::db::schema::disputes::{self, dsl};
use crate::kernel::db::{CachedDsl, DbConn};
use crate::kernel::error::Error;
use crate::kernel::ids::{AreaId, DecisionId, DepartmentId, DisputeId, DrawId, PersonId, ProjectId};
use crate::kernel::page::Page;
use crate::kernel::time::UtcTime;

const ONE_OPEN: Constraint = Constraint::new("disputes_one_open", "disputes.area_id");

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = disputes, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Dispute {
    pub id: DisputeId,
    pub project_id: ProjectId,
    pub area_id: AreaId,
    pub department_id: DepartmentId,
    pub raised_by: Option<PersonId>,
    pub claim: String,
    pub arbiter_person_id: Option<PersonId>,
    pub deadline: UtcTime,
    pub state: DisputeState,
    pub outcome_person_id: Option<PersonId>,
    pub outcome_department_id: Option<DepartmentId>,
    pub decision_id: Option<DecisionId>,
    pub raised_at: UtcTime,
    pub ended_at: Option<UtcTime>,
    pub version: i64,
    /// The newest draw of an arbiter.
    pub draw_id: Option<DrawId>,
    /// From when the arbiter can decide.
    pub ruling_from: Option<UtcTime>,
    /// From when the arbiter counts as silent.
    pub ruling_until: Option<UtcTime>,
}

/// The area already has an open dispute.
#[derive(Debug)]
pub struct AlreadyDisputed;

pub fn insert(conn: &mut DbConn, row: &Dispute) -> Result<Result<(), AlreadyDisputed>, Error> {
    match diesel::insert_into(disputes::table).values(row).execute(conn) {
        Ok(_) => Ok(Ok(())),
        Err(error) if ONE_OPEN.violated_by(&error) => Ok(Err(AlreadyDisputed)),
        Err(error) => Err(error.into()),
    }
}

pub fn update(conn: &mut DbConn, row: &Dispute) -> Result<(), Error> {
    diesel::update(dsl::disputes.filter(dsl::id.eq(row.id))).set(row).cached().execute(conn)?;
    Ok(())
}

pub fn find(conn: &mut DbConn, id: DisputeId) -> Result<Option<Dispute>, Error> {
    Ok(dsl::disputes.filter(dsl::id.eq(id)).select(Dispute::as_select()).get_result(conn).optional()?)
}

/// Returns the open dispute about an area, if there is one.
pub fn open_about(conn: &mut DbConn, area: AreaId) -> Result<Option<DisputeId>, Error> {
    Ok(dsl::disputes
        .filter(dsl::area_id.eq(area))
        .filter(dsl::state.eq(DisputeState::Open))
        .select(dsl::id)
        .get_result(conn)
        .optional()?)
}

/// Returns when the last dispute of a side about an area ended; `None` if there was none. One that lapsed was not ended
/// by the side.
pub fn last_end(conn: &mut DbConn, area: AreaId, side: DepartmentId) -> Result<Option<UtcTime>, Error> {
    Ok(dsl::disputes
        .filter(dsl::area_id.eq(area))
        .filter(dsl::department_id.eq(side))
        .filter(dsl::ended_at.is_not_null())
        .filter(dsl::state.ne(DisputeState::Lapsed))
        .order(dsl::ended_at.desc())
        .select(dsl::ended_at.assume_not_null())
        .first(conn)
        .optional()?)
}

/// Loads the open disputes of a project.
pub fn open(conn: &mut DbConn, project: ProjectId) -> Result<Vec<Dispute>, Error> {
    Ok(dsl::disputes
        .filter(dsl::project_id.eq(project))
        .filter(dsl::state.eq(DisputeState::Open))
        .order(dsl::id)
        .select(Dispute::as_select())
        .load(conn)?)
}

pub fn list(conn: &mut DbConn, project: ProjectId, query: &DisputeQuery, page: &Page) -> Result<Vec<Dispute>, Error> {
    let mut rows = dsl::disputes
        .filter(dsl::project_id.eq(project))
        .order(dsl::id)
        .limit(page.fetch())
        .select(Dispute::as_select())
        .into_boxed();
    if let Some(state) = query.state {
        rows = rows.filter(dsl::state.eq(state));
    }
    if let Some(after) = page.after.as_deref() {
        rows = rows.filter(dsl::id.gt(after));
    }
    Ok(rows.load(conn)?)
}
