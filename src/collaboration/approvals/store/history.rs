//! Every approval with every response, also those that no longer count, for the figures.

use diesel::prelude::*;

use super::ApprovalResponse;
use crate::kernel::db::schema::{approval_responses, approvals};
use crate::kernel::db::{DbConn, any_of};
use crate::kernel::error::Error;
use crate::kernel::ids::{ApprovalId, ProjectId};
use crate::kernel::time::UtcTime;
use crate::with_backend;

/// An approval and one of its responses; an approval without responses has one row.
#[derive(Debug, Clone)]
pub struct HistoryRow {
    pub approval_id: ApprovalId,
    pub requested_at: UtcTime,
    pub ended_at: Option<UtcTime>,
    pub response: Option<ApprovalResponse>,
}

/// Returns every approval of a project with every response, in the order of requests and responses.
pub fn history(conn: &mut DbConn, project: ProjectId) -> Result<Vec<HistoryRow>, Error> {
    type Row = (ApprovalId, UtcTime, Option<UtcTime>, Option<ApprovalResponse>);
    let rows: Vec<Row> = with_backend!(conn, |conn| approvals::table
        .left_join(approval_responses::table)
        .filter(approvals::project_id.eq(project))
        .order((approvals::id, approval_responses::id))
        .select((approvals::id, approvals::requested_at, approvals::ended_at, Option::<ApprovalResponse>::as_select()))
        .load(conn))?;
    let row = |(approval_id, requested_at, ended_at, response): Row| HistoryRow {
        approval_id,
        requested_at,
        ended_at,
        response,
    };
    Ok(rows.into_iter().map(row).collect())
}

/// Returns every approval of projects that was requested in `[from, to)`, with every response, in the order of requests
/// and responses.
pub fn history_between(
    conn: &mut DbConn,
    ids: &[ProjectId],
    from: UtcTime,
    to: UtcTime,
) -> Result<Vec<HistoryRow>, Error> {
    type Row = (ApprovalId, UtcTime, Option<UtcTime>, Option<ApprovalResponse>);
    let of_projects = any_of(approvals::project_id, ids)?;
    let rows: Vec<Row> = with_backend!(conn, |conn| approvals::table
        .left_join(approval_responses::table)
        .filter(of_projects)
        .filter(approvals::requested_at.ge(from))
        .filter(approvals::requested_at.lt(to))
        .order((approvals::id, approval_responses::id))
        .select((approvals::id, approvals::requested_at, approvals::ended_at, Option::<ApprovalResponse>::as_select()))
        .load(conn))?;
    let row = |(approval_id, requested_at, ended_at, response): Row| HistoryRow {
        approval_id,
        requested_at,
        ended_at,
        response,
    };
    Ok(rows.into_iter().map(row).collect())
}
