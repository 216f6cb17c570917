//! Relations of people to projects, for permissions and for the list of projects.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::Project;
use crate::collaboration::states::{DecisionState, DisputeState, MembershipDecision};
use crate::kernel::auth::Login;
use crate::kernel::authz::Relations;
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::{decisions, delegations, disputes, memberships, people, project_sides, projects};
use crate::kernel::error::Error;
use crate::kernel::ids::{PersonId, ProjectId};
use crate::kernel::time::UtcTime;
use crate::with_backend;

/// Selects current memberships: open invitations, and accepted memberships that have not ended.
macro_rules! current_membership {
    ($now:expr) => {
        memberships::valid_to
            .gt($now.day())
            // An empty interval is a membership that was ended on or before its first day.
            .and(memberships::valid_to.gt(memberships::valid_from))
            .and(
                memberships::state
                    .eq(MembershipDecision::Accepted)
                    .or(memberships::state.eq(MembershipDecision::Invited).and(memberships::expires_at.gt($now))),
            )
    };
}

/// Selects delegations that are in force today.
macro_rules! active_delegation {
    ($now:expr) => {
        delegations::revoked_at
            .is_null()
            .and(delegations::valid_from.le($now.day()))
            .and(delegations::valid_to.gt($now.day()))
    };
}

/// The id of the person with this login, or null if there is none or they are deactivated. One value instead of `IN`, so
/// that the planners expect the projects of one person.
macro_rules! caller_id {
    ($login:expr) => {
        people::table
            .filter(people::login.eq($login.subject))
            .filter(people::login_issuer.eq($login.issuer))
            .filter(people::deactivated_at.is_null())
            .select(people::id.nullable())
            .single_value()
    };
}

/// Returns the ids of the projects in which the caller is a sponsor, member, invitee, delegate or lead. A union, because
/// with OR the planner of PostgreSQL passes over all projects.
pub fn of_caller(conn: &mut DbConn, login: Login<'_>, now: UtcTime) -> Result<Vec<ProjectId>, Error> {
    let sponsored = project_sides::table
        .filter(project_sides::sponsor_person_id.eq(caller_id!(login)))
        .select(project_sides::project_id);
    let joined = memberships::table
        .filter(memberships::person_id.nullable().eq(caller_id!(login)))
        .filter(current_membership!(now))
        .select(memberships::project_id);
    let delegated = delegations::table
        .filter(delegations::delegate_person_id.nullable().eq(caller_id!(login)))
        .filter(active_delegation!(now))
        .select(delegations::project_id);
    let led = projects::table.filter(projects::lead_person_id.eq(caller_id!(login))).select(projects::id);
    let all = sponsored.union(joined).union(delegated).union(led);
    Ok(with_backend!(conn, |conn| all.load(conn))?)
}

/// Returns a project.
pub fn find(conn: &mut DbConn, id: ProjectId) -> Result<Option<Project>, Error> {
    let project = projects::table.filter(projects::id.eq(id));
    Ok(with_backend!(conn, |conn| project.get_result(conn).optional())?)
}

/// Returns a project and the relations of the person with this login to it. The person is joined once, because every
/// relation needs it.
pub fn find_with_relations(
    conn: &mut DbConn,
    id: ProjectId,
    login: Login<'_>,
    now: UtcTime,
) -> Result<Option<(Project, Relations)>, Error> {
    let person = people::id.nullable();
    let sponsor = project_sides::table
        .filter(project_sides::project_id.eq(id))
        .filter(project_sides::sponsor_person_id.eq(person));
    let member = memberships::table
        .filter(memberships::project_id.eq(id))
        .filter(memberships::person_id.nullable().eq(person))
        .filter(current_membership!(now));
    let delegate = delegations::table
        .filter(delegations::project_id.eq(id))
        .filter(delegations::delegate_person_id.nullable().eq(person))
        .filter(active_delegation!(now));
    let arbiter = disputes::table
        .filter(disputes::project_id.eq(id))
        .filter(disputes::arbiter_person_id.nullable().eq(person))
        .filter(disputes::state.eq(DisputeState::Open));
    let decision_arbiter = decisions::table
        .filter(decisions::project_id.eq(id))
        .filter(decisions::escalated_to.eq(person))
        .filter(decisions::state.eq(DecisionState::Escalated));
    type Row = (Project, bool, bool, bool, bool, Option<PersonId>);
    let caller = people::login
        .eq(login.subject)
        .and(people::login_issuer.eq(login.issuer))
        .and(people::deactivated_at.is_null());
    let query = projects::table.left_join(people::table.on(caller)).filter(projects::id.eq(id)).select((
        projects::all_columns,
        exists(sponsor),
        exists(member),
        exists(delegate),
        exists(arbiter).or(exists(decision_arbiter)),
        person,
    ));
    let found: Option<Row> = with_backend!(conn, |conn| query.get_result(conn).optional())?;
    Ok(found.map(|(project, sponsor, member, delegate, arbiter, person)| {
        let lead = person.is_some() && project.lead_person_id == person;
        let member = member || delegate;
        (project, Relations { sponsor, lead, member, delegate, arbiter, oneself: false, person })
    }))
}
