//! Queries on the approvals about a subject, and on the draw of an approval that ends.

use diesel::prelude::*;

use super::state::{ApprovalKind, ApprovalState};
use crate::kernel::db::schema::{approvals, draws};
use crate::kernel::db::{CachedDsl, DbConn};
use crate::kernel::error::Error;
use crate::kernel::ids::{ApprovalId, ProjectId};
use crate::kernel::time::UtcTime;

/// Returns the state, the due time and the end of every approval of one kind about a subject.
pub fn about(
    conn: &mut DbConn,
    project: ProjectId,
    kind: ApprovalKind,
    subject: &str,
) -> Result<Vec<(ApprovalState, UtcTime, Option<UtcTime>)>, Error> {
    Ok(approvals::table
        .filter(approvals::project_id.eq(project))
        .filter(approvals::kind.eq(kind))
        .filter(approvals::subject.eq(subject))
        .select((approvals::state, approvals::due_at, approvals::ended_at))
        .load(conn)?)
}

/// Records when the approval of draws ended.
pub fn end_draws(conn: &mut DbConn, approval: ApprovalId, now: UtcTime) -> Result<(), Error> {
    let of_approval = draws::table.filter(draws::subject.eq(approval.to_string()));
    diesel::update(of_approval).set(draws::ended_at.eq(now)).cached().execute(conn)?;
    Ok(())
}
