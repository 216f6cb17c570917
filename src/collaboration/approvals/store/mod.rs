//! Queries on approvals; those on the responses of the sides, and on the history of both, are in files of their own.

mod history;
mod responses;

use diesel::dsl::{case_when, count, count_star, min, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::asked;
use super::filter::ApprovalQuery;
use super::state::{ApprovalKind, ApprovalState};
use crate::kernel::db::errors::Constraint;
use crate::kernel::db::schema::{approval_responses, approvals};
use crate::kernel::db::{CachedDsl, DbConn};
use crate::kernel::error::Error;
use crate::kernel::ids::{ApprovalId, DepartmentId, DrawId, PersonId, ProjectId};
use crate::kernel::page::Page;
use crate::kernel::time::UtcTime;
use crate::with_backend;

pub use history::{HistoryRow, history, history_between};
pub use responses::{
    ApprovalResponse, RespondedForAnotherSide, disclose, insert_response, responses, responses_of_person, signatures,
    supersede,
};

const ONE_OPEN: Constraint =
    Constraint::new("approvals_one_open", "approvals.project_id, approvals.kind, approvals.subject");
const ONE_OPEN_PER_SIDE: Constraint =
    Constraint::new("approvals_one_open_per_side", "index 'approvals_one_open_per_side'");

/// Maximum number of sides of a project.
const MOST_SIDES: i64 = 8;

/// Row of an approval.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = approvals, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ApprovalRow {
    pub id: ApprovalId,
    pub project_id: ProjectId,
    pub kind: ApprovalKind,
    pub subject: String,
    pub number: i32,
    /// The departments that are asked, see [`asked`].
    pub sides: String,
    /// Canonical JSON of the terms.
    pub terms: String,
    pub sha256: String,
    pub state: ApprovalState,
    pub requested_by: Option<PersonId>,
    /// The side on whose behalf it was requested; `None` for the lead and for administrators.
    pub requested_for: Option<DepartmentId>,
    pub requested_at: UtcTime,
    pub reason: Option<String>,
    pub due_at: UtcTime,
    pub ended_at: Option<UtcTime>,
    pub version: i64,
    /// Whether responses stay hidden from the other sides until all sides have responded.
    pub sealed: bool,
    /// From when the sides without a response count as silent; `None` for kinds that the panel cannot decide.
    pub silent_from: Option<UtcTime>,
    /// The arbiter who decides for the silent sides.
    pub arbiter_person_id: Option<PersonId>,
    /// The newest draw of an arbiter.
    pub draw_id: Option<DrawId>,
    /// From when the arbiter can decide.
    pub ruling_from: Option<UtcTime>,
    /// From when the arbiter counts as silent.
    pub ruling_until: Option<UtcTime>,
}

/// An approval with every side of the project and the current response of each.
#[derive(Debug, Clone)]
pub struct Approval {
    pub row: ApprovalRow,
    /// The sides that are asked, in their order.
    pub sides: Vec<(DepartmentId, Option<ApprovalResponse>)>,
}

impl Approval {
    /// Returns the responses that count, sealed ones included.
    pub fn responses(&self) -> impl Iterator<Item = &ApprovalResponse> {
        self.sides.iter().filter_map(|(_, response)| response.as_ref())
    }

    /// Returns the sides that have responded.
    #[must_use]
    pub fn responded(&self) -> Vec<DepartmentId> {
        self.responses().map(|response| response.department_id).collect()
    }

    /// Returns the sides that have not responded.
    #[must_use]
    pub fn waiting_for(&self) -> Vec<DepartmentId> {
        self.sides.iter().filter(|(_, response)| response.is_none()).map(|(side, _)| *side).collect()
    }
}

/// Selects the approvals to load.
pub enum Which<'a> {
    One(ApprovalId),
    Page(ProjectId, &'a ApprovalQuery, &'a Page),
    /// All open approvals of a project.
    Open(ProjectId),
    /// All approvals of a project.
    All(ProjectId),
    /// The approval of a version of the charter, in any state.
    Charter(ProjectId, i32),
}

/// Loads approvals with their sides and responses, in the order of the requests; one SQL statement.
pub fn load(conn: &mut DbConn, which: &Which<'_>) -> Result<Vec<Approval>, Error> {
    let rows: Vec<(ApprovalRow, Option<ApprovalResponse>)> = with_backend!(conn, |conn| {
        let counting =
            approval_responses::approval_id.eq(approvals::id).and(approval_responses::superseded_at.is_null());
        let mut query = approvals::table
            .left_join(approval_responses::table.on(counting))
            .order((approvals::id, approval_responses::id))
            .select((ApprovalRow::as_select(), Option::<ApprovalResponse>::as_select()))
            .into_boxed();
        match which {
            Which::One(id) => query = query.filter(approvals::id.eq(*id)),
            Which::Open(project) => {
                query =
                    query.filter(approvals::project_id.eq(*project)).filter(approvals::state.eq(ApprovalState::Open));
            }
            Which::All(project) => query = query.filter(approvals::project_id.eq(*project)),
            Which::Charter(project, version) => {
                query = query
                    .filter(approvals::project_id.eq(*project))
                    .filter(approvals::kind.eq(ApprovalKind::Charter))
                    .filter(approvals::subject.eq(project.to_string()))
                    .filter(approvals::number.eq(*version));
            }
            Which::Page(project, wanted, page) => {
                // At most one row per side, so this limit loads the whole page and one more approval.
                query = query.filter(approvals::project_id.eq(*project)).limit(page.fetch() * MOST_SIDES);
                if let Some(states) = &wanted.state {
                    query = query.filter(approvals::state.eq_any(states));
                }
                if let Some(kinds) = &wanted.kind {
                    query = query.filter(approvals::kind.eq_any(kinds));
                }
                if let Some(after) = page.after.as_deref() {
                    query = query.filter(approvals::id.gt(after.to_owned()));
                }
            }
        }
        query.cached().load(conn)
    })?;
    let mut all: Vec<Approval> = Vec::new();
    for (row, response) in rows {
        if all.last().is_none_or(|approval| approval.row.id != row.id) {
            let sides = asked::departments(&row.sides)?;
            all.push(Approval { row, sides: sides.into_iter().map(|side| (side, None)).collect() });
        }
        if let (Some(approval), Some(response)) = (all.last_mut(), response)
            && let Some(slot) = approval.sides.iter_mut().find(|(side, _)| *side == response.department_id)
        {
            slot.1 = Some(response);
        }
    }
    if let Which::Page(_, _, page) = which {
        all.truncate(page.limit + 1);
    }
    Ok(all)
}

/// The open approvals of all projects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenApprovals {
    pub count: i64,
    /// Those whose `due_at` has passed.
    pub overdue: i64,
    /// When the oldest one was requested.
    pub oldest: Option<UtcTime>,
}

/// Counts the open approvals of all projects.
pub fn count_open(conn: &mut DbConn, now: UtcTime) -> Result<OpenApprovals, Error> {
    let overdue = count(case_when(approvals::due_at.le(now), approvals::due_at));
    let (count, overdue, oldest): (i64, i64, Option<UtcTime>) = approvals::table
        // A literal, because with a bound value SQLite does not use the partial index. The condition on the project is
        // always true, so that the index is searched.
        .filter(sql::<Bool>("approvals.state = 'open'"))
        .filter(approvals::project_id.gt(""))
        .select((count_star(), overdue, min(approvals::requested_at)))
        .get_result(conn)?;
    Ok(OpenApprovals { count, overdue, oldest })
}

/// Returns the project of an approval.
pub fn project_of(conn: &mut DbConn, id: ApprovalId) -> Result<Option<ProjectId>, Error> {
    Ok(approvals::table.filter(approvals::id.eq(id)).select(approvals::project_id).get_result(conn).optional()?)
}

/// The project of an approval, the person who requested it, the side on whose behalf, and the arbiter.
pub type Origin = (ProjectId, Option<PersonId>, Option<DepartmentId>, Option<PersonId>);

/// Returns the project of an approval, the person who requested it, and its arbiter.
pub fn origin_of(conn: &mut DbConn, id: ApprovalId) -> Result<Option<Origin>, Error> {
    let origin =
        (approvals::project_id, approvals::requested_by, approvals::requested_for, approvals::arbiter_person_id);
    Ok(approvals::table.filter(approvals::id.eq(id)).select(origin).get_result(conn).optional()?)
}

/// Returns the highest number of an approval for this subject; 0 if there is none.
pub fn previous_number(conn: &mut DbConn, project: ProjectId, kind: ApprovalKind, subject: &str) -> Result<i32, Error> {
    let last: Option<i32> = approvals::table
        .filter(approvals::project_id.eq(project))
        .filter(approvals::kind.eq(kind))
        .filter(approvals::subject.eq(subject))
        .select(diesel::dsl::max(approvals::number))
        .get_result(conn)?;
    Ok(last.unwrap_or_default())
}

/// An approval of this kind is already open for the subject; for an arbiter, one that this side has requested.
#[derive(Debug)]
pub struct AlreadyOpen;

pub fn insert(conn: &mut DbConn, approval: &ApprovalRow) -> Result<Result<(), AlreadyOpen>, Error> {
    match diesel::insert_into(approvals::table).values(approval).execute(conn) {
        Ok(_) => Ok(Ok(())),
        Err(error) if ONE_OPEN.violated_by(&error) || ONE_OPEN_PER_SIDE.violated_by(&error) => Ok(Err(AlreadyOpen)),
        Err(error) => Err(error.into()),
    }
}

pub fn update(conn: &mut DbConn, approval: &ApprovalRow) -> Result<(), Error> {
    diesel::update(approvals::table.filter(approvals::id.eq(approval.id))).set(approval).cached().execute(conn)?;
    Ok(())
}

/// Returns the open approvals of a project as `(id, requested_at, due_at)`.
pub fn open_with_due_time(conn: &mut DbConn, project: ProjectId) -> Result<Vec<(ApprovalId, UtcTime, UtcTime)>, Error> {
    Ok(approvals::table
        .filter(approvals::project_id.eq(project))
        .filter(approvals::state.eq(ApprovalState::Open))
        .order(approvals::id)
        .select((approvals::id, approvals::requested_at, approvals::due_at))
        .load(conn)?)
}

/// Returns the subjects and due times of the open approvals of one kind in a project.
pub fn due_of_kind(conn: &mut DbConn, project: ProjectId, kind: ApprovalKind) -> Result<Vec<(String, UtcTime)>, Error> {
    Ok(approvals::table
        .filter(approvals::project_id.eq(project))
        .filter(approvals::state.eq(ApprovalState::Open))
        .filter(approvals::kind.eq(kind))
        .order(approvals::id)
        .select((approvals::subject, approvals::due_at))
        .load(conn)?)
}

/// Returns the open approvals that a person requested.
pub fn requested_by(conn: &mut DbConn, person: PersonId, most: i64) -> Result<Vec<ApprovalId>, Error> {
    Ok(approvals::table
        .filter(approvals::requested_by.eq(person))
        .filter(approvals::state.eq(ApprovalState::Open))
        .order(approvals::id)
        .limit(most)
        .select(approvals::id)
        .load(conn)?)
}
