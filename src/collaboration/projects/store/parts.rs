//! In which projects a caller has a part without a role, now or recently.

use diesel::backend::Backend;
use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment};
use diesel::sql_types::{Bool, Nullable, Text, Timestamp};
use diesel::sqlite::Sqlite;

use super::relations::{active_delegation, caller, caller_id, current_membership, for_all_projects, roles};
use super::{Project, SideStanding};
use crate::collaboration::projects::state::State;
use crate::collaboration::states::MembershipDecision;
use crate::kernel::auth::Login;
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::{
    charter_panels, delegations, departments, draws, home_positions, memberships, people, project_sides, projects,
};
use crate::kernel::error::Error;
use crate::kernel::ids::{PersonId, ProjectId};
use crate::kernel::time::UtcTime;
use crate::{fixed, with_backend};

/// Selects the projects, or whether the one project, in which a person has a part now or after `$since`: their regular
/// position is or was in the department of a side, they were a member or delegate, or they are on the panel or a drawn
/// arbiter. A project can occur more than once.
macro_rules! parts {
    ($person:expr, $now:expr, $since:expr $(, $project:expr)?) => {{
        let of_department = project_sides::table
            .inner_join(home_positions::table.on(home_positions::department_id.eq(project_sides::department_id)))
            $(.filter(project_sides::project_id.eq($project)))?
            .filter(home_positions::person_id.nullable().eq($person))
            .filter(project_sides::standing.eq(SideStanding::Current))
            .filter(home_positions::valid_from.le($now.day()))
            .filter(
                home_positions::valid_to
                    .is_null()
                    .or(home_positions::valid_to.gt($since.day()))
                    .or(home_positions::end_set_at.gt($since)),
            )
            .select(project_sides::project_id);
        let joined = memberships::table
            $(.filter(memberships::project_id.eq($project)))?
            .filter(memberships::person_id.nullable().eq($person))
            .filter(memberships::state.ne(MembershipDecision::Invited))
            .filter(memberships::state.ne(MembershipDecision::Declined))
            .filter(memberships::state.ne(MembershipDecision::Withdrawn))
            .filter(memberships::state.ne(MembershipDecision::Expired))
            .filter(memberships::valid_to.gt(memberships::valid_from))
            .filter(memberships::valid_to.gt($since.day()))
            .select(memberships::project_id);
        let delegated = delegations::table
            $(.filter(delegations::project_id.eq($project)))?
            .filter(delegations::delegate_person_id.nullable().eq($person))
            .filter(delegations::project_id.is_not_null())
            .filter(delegations::valid_from.le($now.day()))
            .filter(delegations::valid_to.gt($since.day()))
            .filter(delegations::revoked_at.is_null().or(delegations::revoked_at.gt($since)))
            .select(delegations::project_id.assume_not_null());
        let drawn = draws::table
            $(.filter(draws::project_id.eq($project)))?
            .filter(draws::person_id.nullable().eq($person))
            .filter(draws::ended_at.is_null().or(draws::ended_at.gt($since)))
            .select(draws::project_id);
        let before_in_force =
            projects::in_force_version.is_null().and(charter_panels::version.eq(projects::charter_version));
        let on_panel = charter_panels::table
            .inner_join(projects::table.on(projects::id.eq(charter_panels::project_id)))
            $(.filter(charter_panels::project_id.eq($project)))?
            .filter(charter_panels::person_id.nullable().eq($person))
            .filter(before_in_force.or(charter_panels::version.nullable().eq(projects::in_force_version)))
            .select(charter_panels::project_id);
        of_department.union_all(joined).union_all(delegated).union_all(drawn).union_all(on_panel)
    }};
}

/// Returns the projects in which the caller has a part, now or after `since`, but no role. A project can occur more than
/// once.
pub fn with_part_only(
    conn: &mut DbConn,
    login: Login<'_>,
    now: UtcTime,
    since: UtcTime,
) -> Result<Vec<ProjectId>, Error> {
    let (caller, parts, roles) = (caller!(login), parts!(caller_id!(), now, since), roles!(now));
    Ok(with_backend!(conn, |conn| fixed!(PartOnly { caller, parts, roles }).load(conn))?)
}

/// The projects in which the caller has a part, without those in which they have a role.
struct PartOnly<C, P, R> {
    caller: C,
    parts: P,
    roles: R,
}

/// The text around the caller, the parts and the roles. Without `MATERIALIZED`, PostgreSQL would read the roles again for
/// each kind of part; with it, SQLite would write the parts to a table first.
trait ReadOnce: Backend {
    const TEXT: [&'static str; 4];
}

impl ReadOnce for Pg {
    const TEXT: [&'static str; 4] = [
        "WITH caller AS MATERIALIZED (",
        "), parts AS MATERIALIZED (",
        ") SELECT project_id FROM parts WHERE project_id NOT IN (",
        ")",
    ];
}

impl ReadOnce for Sqlite {
    const TEXT: [&'static str; 4] = [
        "WITH caller AS MATERIALIZED (",
        ") SELECT project_id FROM (",
        " LIMIT -1) AS parts WHERE project_id NOT IN (",
        ")",
    ];
}

impl<DB, C, P, R> QueryFragment<DB> for PartOnly<C, P, R>
where
    DB: ReadOnce,
    C: QueryFragment<DB>,
    P: QueryFragment<DB>,
    R: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let [caller, parts, roles, end] = DB::TEXT;
        pass.push_sql(caller);
        self.caller.walk_ast(pass.reborrow())?;
        pass.push_sql(parts);
        self.parts.walk_ast(pass.reborrow())?;
        pass.push_sql(roles);
        self.roles.walk_ast(pass.reborrow())?;
        pass.push_sql(end);
        Ok(())
    }
}

impl<C, P: Query, R> Query for PartOnly<C, P, R> {
    type SqlType = P::SqlType;
}

/// Returns whether a person has a part in a project without a role, now or after `since`, or was its lead.
pub fn had_part(
    conn: &mut DbConn,
    project: &Project,
    person: PersonId,
    now: UtcTime,
    since: UtcTime,
) -> Result<bool, Error> {
    // The lead by a charter that an amendment has replaced. The text of a charter is canonical JSON.
    let led = projects::table
        .filter(projects::id.eq(project.id))
        .filter(
            sql::<Bool>(
                "EXISTS (SELECT 1 FROM charter_versions AS amended INNER JOIN charter_versions AS former \
                 ON former.project_id = amended.project_id AND former.version < amended.version \
                 WHERE amended.project_id = projects.id AND amended.version = projects.in_force_version \
                 AND former.signed_at IS NOT NULL AND former.content LIKE ",
            )
            .bind::<Text, _>(format!("%\"lead_person_id\":\"{person}\"%"))
            .sql(" AND amended.signed_at > ")
            .bind::<Timestamp, _>(since)
            .sql(")"),
        )
        .select(projects::id);
    let all = parts!(Some(person), now, since, project.id).union_all(led);
    let found: Vec<ProjectId> = with_backend!(conn, |conn| fixed!(all).load(conn))?;
    Ok(!found.is_empty())
}
