//! Decision rows.

use diesel::prelude::*;

use super::filter::DecisionQuery;
use super::state::DecisionOutcome;
use crate::collaboration::states::DecisionState;
use crate::kernel::db::schema::decisions::{self, dsl};
use crate::kernel::db::{CachedDsl, DbConn};
use crate::kernel::error::Error;
use crate::kernel::ids::{DecisionId, DepartmentId, DrawId, PersonId, ProjectId};
use crate::kernel::page::Page;
use crate::kernel::time::UtcTime;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = decisions, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Decision {
    pub id: DecisionId,
    pub project_id: ProjectId,
    pub question: String,
    pub department_id: DepartmentId,
    pub raised_by: Option<PersonId>,
    pub raised_at: UtcTime,
    pub due_at: UtcTime,
    pub state: DecisionState,
    pub outcome: Option<DecisionOutcome>,
    pub decided_by: Option<PersonId>,
    pub rationale: Option<String>,
    pub decided_at: Option<UtcTime>,
    pub deadlocked_at: Option<UtcTime>,
    pub escalated_to: Option<PersonId>,
    pub escalated_at: Option<UtcTime>,
    pub version: i64,
    /// The newest draw of an arbiter.
    pub draw_id: Option<DrawId>,
    /// From when the arbiter can decide.
    pub ruling_from: Option<UtcTime>,
    /// From when the arbiter counts as silent.
    pub ruling_until: Option<UtcTime>,
}

pub fn insert(conn: &mut DbConn, row: &Decision) -> Result<(), Error> {
    diesel::insert_into(decisions::table).values(row).execute(conn)?;
    Ok(())
}

pub fn update(conn: &mut DbConn, row: &Decision) -> Result<(), Error> {
    diesel::update(dsl::decisions.filter(dsl::id.eq(row.id))).set(row).cached().execute(conn)?;
    Ok(())
}

pub fn find(conn: &mut DbConn, id: DecisionId) -> Result<Option<Decision>, Error> {
    Ok(dsl::decisions.filter(dsl::id.eq(id)).select(Decision::as_select()).get_result(conn).optional()?)
}

/// Loads the decisions of a project that are stored as open.
pub fn open(conn: &mut DbConn, project: ProjectId) -> Result<Vec<Decision>, Error> {
    Ok(dsl::decisions
        .filter(dsl::project_id.eq(project))
        .filter(dsl::state.eq(DecisionState::Open))
        .order(dsl::due_at)
        .select(Decision::as_select())
        .load(conn)?)
}

/// Loads the decisions of a project that are neither decided nor withdrawn.
pub fn undecided(conn: &mut DbConn, project: ProjectId) -> Result<Vec<Decision>, Error> {
    let undecided = [DecisionState::Open, DecisionState::Deadlocked, DecisionState::Escalated];
    Ok(dsl::decisions
        .filter(dsl::project_id.eq(project))
        .filter(dsl::state.eq_any(undecided))
        .order(dsl::id)
        .select(Decision::as_select())
        .cached()
        .load(conn)?)
}

/// Loads one page of the decisions of a project. The conditions on `state` are the SQL form of `DecisionState::at`.
pub fn list(
    conn: &mut DbConn,
    project: ProjectId,
    query: &DecisionQuery,
    now: UtcTime,
    page: &Page,
) -> Result<Vec<Decision>, Error> {
    let mut rows = dsl::decisions
        .filter(dsl::project_id.eq(project))
        .order(dsl::id)
        .limit(page.fetch())
        .select(Decision::as_select())
        .into_boxed();
    if let Some(side) = query.department_id {
        rows = rows.filter(dsl::department_id.eq(side));
    }
    rows = match query.state {
        None => rows,
        Some(DecisionState::Open) => rows.filter(dsl::state.eq(DecisionState::Open)).filter(dsl::due_at.gt(now)),
        Some(DecisionState::Deadlocked) => rows.filter(
            dsl::state.eq(DecisionState::Deadlocked).or(dsl::state.eq(DecisionState::Open).and(dsl::due_at.le(now))),
        ),
        Some(state) => rows.filter(dsl::state.eq(state)),
    };
    if let Some(after) = page.after.as_deref() {
        rows = rows.filter(dsl::id.gt(after));
    }
    Ok(rows.load(conn)?)
}

/// Returns the decisions that a person raised and that are neither decided nor withdrawn.
pub fn raised_by(conn: &mut DbConn, person: PersonId, most: i64) -> Result<Vec<DecisionId>, Error> {
    let undecided = [DecisionState::Open, DecisionState::Deadlocked, DecisionState::Escalated];
    Ok(dsl::decisions
        .filter(dsl::raised_by.eq(person))
        .filter(dsl::state.eq_any(undecided))
        .order(dsl::id)
        .limit(most)
        .select(dsl::id)
        .cached()
        .load(conn)?)
}
