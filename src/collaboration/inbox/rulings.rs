//! Query on the questions that a person decides as their arbiter.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::query_dsl::positional_order_dsl::PositionalOrderDsl;
use diesel::sql_types::{Nullable, Text};

use crate::collaboration::approvals::ApprovalState;
use crate::collaboration::states::{DecisionState, DisputeState};
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::{approvals, decisions, disputes, projects};
use crate::kernel::error::Error;
use crate::kernel::ids::{ApprovalId, DecisionId, DepartmentId, DisputeId, PersonId, ProjectId};
use crate::kernel::time::UtcTime;
use crate::{fixed, with_backend};

/// A question that an arbiter decides: exactly one of the first three identifiers is present.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Ruling {
    /// An approval, in which the arbiter decides for the sides that do not respond.
    pub approval_id: Option<ApprovalId>,
    /// An escalated decision.
    pub decision_id: Option<DecisionId>,
    pub dispute_id: Option<DisputeId>,
    pub project_id: ProjectId,
    pub project_name: String,
    /// The side that raised the question; `None` for an approval.
    pub department_id: Option<DepartmentId>,
    pub requested_by: Option<PersonId>,
    /// From when the arbiter can decide, after the sides have had their time.
    pub ruling_from: UtcTime,
    pub ruling_until: Option<UtcTime>,
}

/// No identifier, in the place of one.
macro_rules! none {
    () => {
        sql::<Nullable<Text>>("CAST(NULL AS TEXT)")
    };
}

/// Returns the undecided questions whose arbiter is a person, the earliest ruling first; one statement.
pub fn assigned_to(conn: &mut DbConn, person: PersonId, most: i64) -> Result<Vec<Ruling>, Error> {
    let of_approvals = approvals::table
        .inner_join(projects::table.on(projects::id.eq(approvals::project_id)))
        .filter(approvals::arbiter_person_id.eq(person))
        .filter(approvals::state.eq(ApprovalState::Open))
        .select((
            approvals::id.nullable(),
            none!(),
            none!(),
            approvals::project_id,
            projects::name,
            none!(),
            approvals::requested_by,
            approvals::ruling_from.assume_not_null(),
            approvals::ruling_until,
        ));
    let of_decisions = decisions::table
        .inner_join(projects::table.on(projects::id.eq(decisions::project_id)))
        .filter(decisions::escalated_to.eq(person))
        .filter(decisions::state.eq(DecisionState::Escalated))
        .select((
            none!(),
            decisions::id.nullable(),
            none!(),
            decisions::project_id,
            projects::name,
            decisions::department_id.nullable(),
            decisions::raised_by,
            decisions::ruling_from.assume_not_null(),
            decisions::ruling_until,
        ));
    let of_disputes = disputes::table
        .inner_join(projects::table.on(projects::id.eq(disputes::project_id)))
        .filter(disputes::arbiter_person_id.eq(person))
        .filter(disputes::state.eq(DisputeState::Open))
        .select((
            none!(),
            none!(),
            disputes::id.nullable(),
            disputes::project_id,
            projects::name,
            disputes::department_id.nullable(),
            disputes::raised_by,
            disputes::ruling_from.assume_not_null(),
            disputes::ruling_until,
        ));
    // By the time and the identifiers.
    let all = of_approvals.union_all(of_decisions).union_all(of_disputes).positional_order_by((8, 1, 2, 3));
    Ok(with_backend!(conn, |conn| fixed!(all.limit(most)).load(conn))?)
}
