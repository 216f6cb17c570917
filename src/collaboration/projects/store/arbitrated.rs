//! Queries on what waits for an arbiter in a project.

use diesel::prelude::*;

use crate::collaboration::states::{DecisionState, DisputeState};
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::{approvals, decisions, disputes};
use crate::kernel::error::Error;
use crate::kernel::ids::{PersonId, ProjectId};
use crate::kernel::time::UtcTime;
use crate::with_backend;

/// Returns the arbiters of the open disputes of a project, of the decisions that are escalated or can be for the first
/// time, and of the approvals with a side that counts as silent; `None` stands for one without an arbiter. Empty if
/// nothing waits for an arbiter.
pub fn awaited(conn: &mut DbConn, project: ProjectId, now: UtcTime) -> Result<Vec<Option<PersonId>>, Error> {
    let disputed = disputes::table
        .filter(disputes::project_id.eq(project))
        .filter(disputes::state.eq(DisputeState::Open))
        .select(disputes::arbiter_person_id);
    let is_overdue = decisions::state.eq(DecisionState::Open).and(decisions::due_at.le(now));
    let is_undrawn = decisions::state.eq(DecisionState::Deadlocked).and(decisions::draw_id.is_null());
    let differed = decisions::table
        .filter(decisions::project_id.eq(project))
        .filter(decisions::state.eq(DecisionState::Escalated).or(is_undrawn).or(is_overdue))
        .select(decisions::escalated_to);
    // An approval without an end is open.
    let silent = approvals::table
        .filter(approvals::project_id.eq(project))
        .filter(approvals::ended_at.is_null())
        .filter(approvals::silent_from.le(now))
        .select(approvals::arbiter_person_id);
    Ok(with_backend!(conn, |conn| disputed.union(differed).union(silent).load(conn))?)
}
