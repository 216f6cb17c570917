//! Relations of people to projects, for permissions and for the list of projects.

use diesel::backend::Backend;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment};
use diesel::sql_types::{Bool, Date, Integer, Nullable, Text, Timestamp};

use super::{Project, SideStanding};
use crate::collaboration::projects::state::State;
use crate::collaboration::states::MembershipDecision;
use crate::kernel::auth::Login;
use crate::kernel::authz::Relations;
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::{
    delegations, departments, home_positions, memberships, people, project_sides, projects,
};
use crate::kernel::error::Error;
use crate::kernel::ids::{DepartmentId, PersonId, ProjectId};
use crate::kernel::time::UtcTime;
use crate::{fixed, with_backend};

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

/// Joins sides with the delegations of their sponsors for all projects.
macro_rules! for_all_projects {
    () => {
        delegations::project_id
            .is_null()
            .and(delegations::sponsor_person_id.nullable().eq(project_sides::sponsor_person_id))
            .and(delegations::department_id.eq(project_sides::department_id))
    };
}

/// Selects the id of the person with this login, unless they are deactivated.
macro_rules! caller {
    ($login:expr) => {
        people::table
            .filter(people::login.eq($login.subject))
            .filter(people::login_issuer.eq($login.issuer))
            .filter(people::deactivated_at.is_null())
            .select(people::id)
    };
}

/// The id of the caller in a query that begins with `WITH caller`, or null if there is no such person. One value instead
/// of `IN`, so that the planners expect the projects of one person.
macro_rules! caller_id {
    () => {
        sql::<Nullable<Text>>("(SELECT caller.id FROM caller)")
    };
}

/// Selects the projects in which the caller has a role: sponsor or proposed sponsor, head of a side, member, invitee,
/// delegate, lead, or author of a draft. A union, because with OR the planner of PostgreSQL passes over all projects;
/// with duplicates, because to remove them SQLite would pass over all sides in the order of their projects.
macro_rules! roles {
    ($now:expr) => {{
        let sponsored = project_sides::table
            .filter(project_sides::sponsor_person_id.eq(caller_id!()))
            .filter(project_sides::standing.ne(SideStanding::Left))
            .select(project_sides::project_id);
        let proposed = project_sides::table
            .filter(project_sides::successor_person_id.eq(caller_id!()))
            .filter(project_sides::standing.ne(SideStanding::Left))
            .select(project_sides::project_id);
        let joined = memberships::table
            .filter(memberships::person_id.nullable().eq(caller_id!()))
            .filter(current_membership!($now))
            .select(memberships::project_id);
        let delegated = delegations::table
            .filter(delegations::delegate_person_id.nullable().eq(caller_id!()))
            .filter(active_delegation!($now))
            .filter(delegations::project_id.is_not_null())
            .select(delegations::project_id.assume_not_null());
        let delegated_for_all = project_sides::table
            .inner_join(delegations::table.on(for_all_projects!()))
            .filter(delegations::delegate_person_id.nullable().eq(caller_id!()))
            .filter(active_delegation!($now))
            .filter(project_sides::standing.eq(SideStanding::Current))
            .select(project_sides::project_id);
        let led = projects::table.filter(projects::lead_person_id.eq(caller_id!())).select(projects::id);
        let drafted = projects::table
            .filter(projects::created_by.eq(caller_id!()))
            .filter(projects::state.eq(State::Draft))
            .select(projects::id);
        let headed = project_sides::table
            .inner_join(departments::table.on(departments::id.eq(project_sides::department_id)))
            .filter(departments::head_person_id.eq(caller_id!()))
            .filter(project_sides::standing.ne(SideStanding::Left))
            .select(project_sides::project_id);
        let roles = sponsored.union_all(proposed).union_all(joined).union_all(delegated).union_all(delegated_for_all);
        roles.union_all(led).union_all(drafted).union_all(headed)
    }};
}
pub(super) use {active_delegation, caller, caller_id, current_membership, for_all_projects, roles};

/// Returns the ids of the projects in which the caller has a role.
pub fn of_caller(conn: &mut DbConn, login: Login<'_>, now: UtcTime) -> Result<Vec<ProjectId>, Error> {
    let (caller, roles) = (caller!(login), roles!(now));
    let mut found: Vec<ProjectId> = with_backend!(conn, |conn| fixed!(OfCaller { caller, roles }).load(conn))?;
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Projects of the caller, who is read once, and not by each part of the union.
struct OfCaller<C, R> {
    caller: C,
    roles: R,
}

impl<DB: Backend, C: QueryFragment<DB>, R: QueryFragment<DB>> QueryFragment<DB> for OfCaller<C, R> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        pass.push_sql("WITH caller AS MATERIALIZED (");
        self.caller.walk_ast(pass.reborrow())?;
        pass.push_sql(") ");
        self.roles.walk_ast(pass)
    }
}

impl<C, R: Query> Query for OfCaller<C, R> {
    type SqlType = R::SqlType;
}

/// Returns a project.
pub fn find(conn: &mut DbConn, id: ProjectId) -> Result<Option<Project>, Error> {
    let project = projects::table.filter(projects::id.eq(id));
    Ok(with_backend!(conn, |conn| project.get_result(conn).optional())?)
}

/// What the database says about a caller and a project.
#[derive(Debug, Queryable)]
struct Found {
    /// What the sides say about the person: a sum of the numbers below.
    of_sides: Option<i32>,
    member: bool,
    /// Side of a delegation in this project.
    delegate_of: Option<DepartmentId>,
    /// Delegate by a delegation for all projects: [`FOR_OWN_SIDE`] of the side of their own department.
    delegate_for_all: Option<i32>,
    arbiter: bool,
    person: Option<PersonId>,
    home: Option<DepartmentId>,
}

/// Named as a sponsor or the successor of one, also of a side that joins.
const NAMED: i32 = 1;
/// Sponsor in office of the side of their own department.
const SPONSOR: i32 = 2;
/// Sponsor in office of a side that joins.
const JOINING: i32 = 4;
/// Works in the department of a side.
const INSIDER: i32 = 8;
const HEAD: i32 = 16;
/// Head of a department that joins.
const JOINING_HEAD: i32 = 32;
const FOR_OWN_SIDE: i32 = 2;

impl Found {
    fn relations(self, project: &Project) -> Relations {
        let Self { member, arbiter, person, home, .. } = self;
        let is = |fact: i32| self.of_sides.unwrap_or_default() & fact != 0;
        let is_caller = |one: Option<PersonId>| person.is_some() && one == person;
        let (sponsor_of, joining, head) = (home.filter(|_| is(SPONSOR)), is(JOINING), is(HEAD));
        let lead = is_caller(project.lead_person_id);
        // The lead represents no side. A delegation in one project is never given to its lead.
        let for_all = self.delegate_for_all.filter(|_| !lead);
        let is_delegate = self.delegate_of.is_some() || for_all.is_some();
        let delegate_of = self.delegate_of.or(home.filter(|_| for_all == Some(FOR_OWN_SIDE)));
        // A delegate who has moved to another department no longer responds for this one.
        let responds = |home: &DepartmentId| joining || [sponsor_of, delegate_of].contains(&Some(*home));
        Relations {
            sponsor: sponsor_of.is_some(),
            sponsor_of,
            represents: false,
            // Until the amendment is signed, the sponsor of a side that joins can read the project and respond to that
            // approval, like a delegate, and nothing else. The head of the department can read it, too.
            proposed: (is(NAMED) || (is(JOINING_HEAD) && !head)) && sponsor_of.is_none(),
            head,
            creator: project.state == State::Draft && is_caller(project.created_by),
            insider: is(INSIDER),
            had_part: false,
            lead,
            member: member || is_delegate,
            delegate: is_delegate || joining,
            delegate_of,
            own_side: home.filter(responds),
            arbiter,
            oneself: false,
            person,
        }
    }
}

/// The SQL type of [`Found`].
type Facts = (Nullable<Integer>, Bool, Nullable<Text>, Nullable<Integer>, Bool, Nullable<Text>, Nullable<Text>);

/// A number if a condition is true for a side of the project, or else 0.
macro_rules! any_side {
    ($number:literal, $condition:literal) => {
        concat!("MAX(CASE WHEN ", $condition, " THEN ", $number, " ELSE 0 END)")
    };
}

/// Selects [`Found`] about the person and the regular position that are joined to a project, as text: diesel visits each
/// part of a query for every execution, which took longer than the execution. All sides are read by one subquery:
/// PostgreSQL took twice the time for one subquery per fact, because it opens the tables and indexes of each.
macro_rules! facts {
    ($now:expr) => {
        sql::<Facts>(concat!(
            "(SELECT ",
            any_side!(
                1,
                "side.standing <> 'left' AND (side.sponsor_person_id = people.id OR side.successor_person_id = people.id)"
            ),
            " + ",
            // In office, with a regular position in the department of the side. A person is the sponsor of one side only.
            any_side!(
                2,
                "side.standing = 'current' AND side.sponsor_person_id = people.id AND side.vacant_since IS NULL \
                 AND side.department_id = home_positions.department_id"
            ),
            " + ",
            // One side alone can propose a side that joins, so its people get no rights from it, and lose none.
            any_side!(
                4,
                "side.standing = 'joining' AND side.sponsor_person_id = people.id AND side.vacant_since IS NULL \
                 AND side.department_id = home_positions.department_id"
            ),
            " + ",
            any_side!(8, "side.standing = 'current' AND side.department_id = home_positions.department_id"),
            " + ",
            any_side!(16, "side.standing = 'current' AND departments.head_person_id = people.id"),
            " + ",
            any_side!(32, "side.standing = 'joining' AND departments.head_person_id = people.id"),
            " FROM project_sides AS side INNER JOIN departments ON departments.id = side.department_id \
             WHERE side.project_id = projects.id), \
             EXISTS (SELECT 1 FROM memberships AS stay WHERE stay.project_id = projects.id \
             AND stay.person_id = people.id AND stay.valid_to > stay.valid_from AND stay.valid_to > ",
        ))
        .bind::<Date, _>($now.day())
        .sql(" AND (stay.state = 'accepted' OR (stay.state = 'invited' AND stay.expires_at > ")
        .bind::<Timestamp, _>($now)
        // A person is the delegate of one side of a project at a time, and a side has one delegate at a time.
        .sql(
            "))), (SELECT here.department_id FROM delegations AS here WHERE here.project_id = projects.id \
             AND here.delegate_person_id = people.id AND here.revoked_at IS NULL AND here.valid_from <= ",
        )
        .bind::<Date, _>($now.day())
        .sql(" AND here.valid_to > ")
        .bind::<Date, _>($now.day())
        // A delegation for all projects does not count for a side that has a delegate of its own in this project.
        .sql(
            " LIMIT 1), (SELECT MAX(CASE WHEN side.department_id = home_positions.department_id \
             AND NOT EXISTS (SELECT 1 FROM delegations AS here WHERE here.project_id = projects.id \
             AND here.department_id = home_positions.department_id AND here.revoked_at IS NULL AND here.valid_from <= ",
        )
        .bind::<Date, _>($now.day())
        .sql(" AND here.valid_to > ")
        .bind::<Date, _>($now.day())
        .sql(
            ") THEN 2 ELSE 1 END) FROM delegations AS everywhere \
             INNER JOIN project_sides AS side ON side.sponsor_person_id = everywhere.sponsor_person_id \
             AND side.department_id = everywhere.department_id WHERE side.project_id = projects.id \
             AND side.standing = 'current' AND everywhere.project_id IS NULL \
             AND everywhere.delegate_person_id = people.id AND everywhere.revoked_at IS NULL \
             AND everywhere.valid_from <= ",
        )
        .bind::<Date, _>($now.day())
        .sql(" AND everywhere.valid_to > ")
        .bind::<Date, _>($now.day())
        // An approval without an end is open.
        .sql(
            "), (EXISTS (SELECT 1 FROM disputes WHERE disputes.project_id = projects.id \
             AND disputes.arbiter_person_id = people.id AND disputes.state = 'open') \
             OR EXISTS (SELECT 1 FROM decisions WHERE decisions.project_id = projects.id \
             AND decisions.escalated_to = people.id AND decisions.state = 'escalated') \
             OR EXISTS (SELECT 1 FROM approvals WHERE approvals.project_id = projects.id \
             AND approvals.arbiter_person_id = people.id AND approvals.ended_at IS NULL)), \
             people.id, home_positions.department_id",
        )
    };
}

/// Returns a project and the relations of the person with this login to it, without a part that has ended. The person
/// and their regular position today are joined once, because every relation needs them.
pub fn find_with_relations(
    conn: &mut DbConn,
    id: ProjectId,
    login: Login<'_>,
    now: UtcTime,
) -> Result<Option<(Project, Relations)>, Error> {
    let today = now.day();
    // A condition of a join owns its values.
    let caller = people::login
        .eq(login.subject.to_owned())
        .and(people::login_issuer.eq(login.issuer.to_owned()))
        .and(people::deactivated_at.is_null());
    let position = home_positions::person_id
        .nullable()
        .eq(people::id.nullable())
        .and(home_positions::valid_from.le(today))
        .and(home_positions::valid_to.is_null().or(home_positions::valid_to.gt(today)));
    let query = fixed!(
        projects::table
            .left_join(people::table.on(caller))
            .left_join(home_positions::table.on(position))
            .filter(projects::id.eq(id))
            .select((projects::all_columns, facts!(now)))
    );
    let found: Option<(Project, Found)> = with_backend!(conn, |conn| query.get_result(conn).optional())?;
    Ok(found.map(|(project, found)| {
        let relations = found.relations(&project);
        (project, relations)
    }))
}
