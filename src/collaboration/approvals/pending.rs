//! Queries on the open approvals that wait for a person.

use diesel::dsl::{exists, not, sql};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Date, Text};

use super::state::{ApprovalKind, ApprovalState};
use super::store::ApprovalRow;
use crate::collaboration::projects::{SideStanding, in_projects_of};
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::{approval_responses, approvals, project_sides, projects};
use crate::kernel::error::Error;
use crate::kernel::ids::PersonId;
use crate::kernel::time::UtcTime;
use crate::{fixed, with_backend};

/// Selects open approvals without a response of the side, unless they no longer accept responses: some end when they
/// are due, see [`ApprovalKind::ends_when_due`].
macro_rules! awaits_response {
    ($side:expr, $now:expr) => {
        approvals::state
            .eq(ApprovalState::Open)
            .and(
                approvals::kind
                    .ne(ApprovalKind::Decision)
                    .and(approvals::kind.ne(ApprovalKind::Arbiter))
                    .or(approvals::due_at.gt($now)),
            )
            .and(not(exists(
                approval_responses::table
                    .filter(approval_responses::approval_id.eq(approvals::id))
                    .filter(approval_responses::department_id.eq($side))
                    .filter(approval_responses::superseded_at.is_null()),
            )))
    };
}

/// Selects the sides that an approval asks. A side that joins the project signs its charter and is asked nothing else.
macro_rules! is_asked {
    () => {
        project_sides::standing
            .eq(SideStanding::Current)
            .or(project_sides::standing.eq(SideStanding::Joining).and(approvals::kind.eq(ApprovalKind::Charter)))
    };
}

/// Returns the open approvals that wait for a person as the sponsor of a side, each with the name of its project.
pub fn pending_for_sponsor(
    conn: &mut DbConn,
    person: PersonId,
    now: UtcTime,
    most: i64,
) -> Result<Vec<(ApprovalRow, String)>, Error> {
    Ok(with_backend!(conn, |conn| approvals::table
        .inner_join(project_sides::table.on(project_sides::project_id.eq(approvals::project_id)))
        .inner_join(projects::table.on(projects::id.eq(approvals::project_id)))
        .filter(project_sides::sponsor_person_id.eq(person))
        .filter(project_sides::vacant_since.is_null())
        .filter(is_asked!())
        .filter(awaits_response!(project_sides::department_id, now))
        .order((approvals::due_at, approvals::id))
        .limit(most)
        .select((ApprovalRow::as_select(), projects::name))
        .load(conn))?)
}

/// Returns the open approvals that wait for a person as the sponsor or today's delegate of a side, each with the name
/// of its project; one statement. A delegation for all projects does not count for a side that has a delegate of its
/// own, or if the delegate is the lead.
pub fn pending_for(
    conn: &mut DbConn,
    person: PersonId,
    now: UtcTime,
    most: i64,
) -> Result<Vec<(ApprovalRow, String)>, Error> {
    let today = now.day();
    let in_own_projects = in_projects_of!("approvals", person);
    let of_own_side = sql::<Bool>("((project_sides.vacant_since IS NULL AND project_sides.sponsor_person_id = ")
        .bind::<Text, _>(person)
        .sql(
            ") OR EXISTS (SELECT 1 FROM delegations AS delegated WHERE project_sides.standing = 'current' \
             AND delegated.department_id = project_sides.department_id AND delegated.revoked_at IS NULL \
             AND delegated.delegate_person_id = ",
        )
        .bind::<Text, _>(person)
        .sql(" AND delegated.valid_from <= ")
        .bind::<Date, _>(today)
        .sql(" AND delegated.valid_to > ")
        .bind::<Date, _>(today)
        .sql(
            " AND (delegated.project_id = project_sides.project_id OR (delegated.project_id IS NULL \
             AND delegated.sponsor_person_id = project_sides.sponsor_person_id AND project_sides.vacant_since IS NULL \
             AND (projects.lead_person_id IS NULL OR projects.lead_person_id <> delegated.delegate_person_id) \
             AND NOT EXISTS (SELECT 1 FROM delegations AS nearer WHERE nearer.project_id = project_sides.project_id \
             AND nearer.department_id = project_sides.department_id AND nearer.revoked_at IS NULL \
             AND nearer.valid_from <= ",
        )
        .bind::<Date, _>(today)
        .sql(" AND nearer.valid_to > ")
        .bind::<Date, _>(today)
        .sql(")))))");
    Ok(with_backend!(conn, |conn| fixed!(
        approvals::table
            .inner_join(project_sides::table.on(project_sides::project_id.eq(approvals::project_id)))
            .inner_join(projects::table.on(projects::id.eq(approvals::project_id)))
            .filter(in_own_projects)
            .filter(of_own_side)
            .filter(is_asked!())
            .filter(awaits_response!(project_sides::department_id, now))
            .order((approvals::due_at, approvals::id))
            .limit(most)
            .select((ApprovalRow::as_select(), projects::name))
    )
    .load(conn))?)
}
