//! Relations of people to projects, for permissions and for the list of projects.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::{Project, SideStanding};
use crate::collaboration::projects::state::State;
use crate::collaboration::states::{DecisionState, DisputeState, MembershipDecision};
use crate::kernel::auth::Login;
use crate::kernel::authz::Relations;
use crate::kernel::db::schema::{
    approvals, decisions, delegations, departments, disputes, home_positions, memberships, people, project_sides,
    projects,
};
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::{DepartmentId, PersonId, ProjectId};
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

/// Joins sides with the delegations of their sponsors for all projects.
macro_rules! for_all_projects {
    () => {
        delegations::project_id
            .is_null()
            .and(delegations::sponsor_person_id.nullable().eq(project_sides::sponsor_person_id))
            .and(delegations::department_id.eq(project_sides::department_id))
    };
}

/// The id of the person with this login, or null if there is none or they are deactivated. One value instead of `IN`,
/// so that the planners expect the projects of one person.
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
pub(super) use caller_id;

/// Returns the ids of the projects in which the caller has a role: sponsor or proposed sponsor, head of a side, member,
/// invitee, delegate, lead, or author of a draft. A union, because with OR the planner of PostgreSQL passes over all
/// projects; with duplicates, because to remove them SQLite would pass over all sides in the order of their projects.
pub fn of_caller(conn: &mut DbConn, login: Login<'_>, now: UtcTime) -> Result<Vec<ProjectId>, Error> {
    let sponsored = project_sides::table
        .filter(project_sides::sponsor_person_id.eq(caller_id!(login)))
        .filter(project_sides::standing.ne(SideStanding::Left))
        .select(project_sides::project_id);
    let proposed = project_sides::table
        .filter(project_sides::successor_person_id.eq(caller_id!(login)))
        .filter(project_sides::standing.ne(SideStanding::Left))
        .select(project_sides::project_id);
    let joined = memberships::table
        .filter(memberships::person_id.nullable().eq(caller_id!(login)))
        .filter(current_membership!(now))
        .select(memberships::project_id);
    let delegated = delegations::table
        .filter(delegations::delegate_person_id.nullable().eq(caller_id!(login)))
        .filter(active_delegation!(now))
        .filter(delegations::project_id.is_not_null())
        .select(delegations::project_id.assume_not_null());
    let delegated_for_all = project_sides::table
        .inner_join(delegations::table.on(for_all_projects!()))
        .filter(delegations::delegate_person_id.nullable().eq(caller_id!(login)))
        .filter(active_delegation!(now))
        .filter(project_sides::standing.eq(SideStanding::Current))
        .select(project_sides::project_id);
    let led = projects::table.filter(projects::lead_person_id.eq(caller_id!(login))).select(projects::id);
    let drafted = projects::table
        .filter(projects::created_by.eq(caller_id!(login)))
        .filter(projects::state.eq(State::Draft))
        .select(projects::id);
    let headed = project_sides::table
        .inner_join(departments::table.on(departments::id.eq(project_sides::department_id)))
        .filter(departments::head_person_id.eq(caller_id!(login)))
        .filter(project_sides::standing.ne(SideStanding::Left))
        .select(project_sides::project_id);
    let roles = sponsored.union_all(proposed).union_all(joined).union_all(delegated).union_all(delegated_for_all);
    let all = roles.union_all(led).union_all(drafted).union_all(headed);
    let mut found: Vec<ProjectId> = with_backend!(conn, |conn| all.load(conn))?;
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Returns a project.
pub fn find(conn: &mut DbConn, id: ProjectId) -> Result<Option<Project>, Error> {
    let project = projects::table.filter(projects::id.eq(id));
    Ok(with_backend!(conn, |conn| project.get_result(conn).optional())?)
}

/// What the database says about a caller and a project.
#[derive(Debug, Queryable)]
struct Found {
    /// Named as a sponsor or the successor of one, also of a side that joins.
    named: bool,
    sponsor_of: Option<DepartmentId>,
    /// Sponsor in office of a side that joins.
    joining: bool,
    insider: bool,
    head: bool,
    /// Head of a department that joins.
    joining_head: bool,
    member: bool,
    /// Side of a delegation in this project.
    delegate_of: Option<DepartmentId>,
    /// Delegate by a delegation for all projects.
    delegate_for_all: bool,
    /// Delegate of the side of their own department by a delegation for all projects.
    for_own_side: bool,
    arbiter: bool,
    person: Option<PersonId>,
    home: Option<DepartmentId>,
}

impl Found {
    fn relations(self, project: &Project) -> Relations {
        let Self { named, sponsor_of, joining, insider, head, joining_head, .. } = self;
        let Self { member, arbiter, person, .. } = self;
        let is_caller = |one: Option<PersonId>| person.is_some() && one == person;
        let lead = is_caller(project.lead_person_id);
        // The lead represents no side. A delegation in one project is never given to its lead.
        let (for_all, for_own_side) = (self.delegate_for_all && !lead, self.for_own_side && !lead);
        let is_delegate = self.delegate_of.is_some() || for_all;
        let delegate_of = self.delegate_of.or(self.home.filter(|_| for_own_side));
        // A delegate who has moved to another department no longer responds for this one.
        let responds = |home: &DepartmentId| joining || [sponsor_of, delegate_of].contains(&Some(*home));
        Relations {
            sponsor: sponsor_of.is_some(),
            sponsor_of,
            represents: false,
            // Until the amendment is signed, the sponsor of a side that joins can read the project and respond to that
            // approval, like a delegate, and nothing else. The head of the department can read it, too.
            proposed: (named || (joining_head && !head)) && sponsor_of.is_none(),
            head,
            creator: project.state == State::Draft && is_caller(project.created_by),
            insider,
            had_part: false,
            lead,
            member: member || is_delegate,
            delegate: is_delegate || joining,
            delegate_of,
            own_side: self.home.filter(responds),
            arbiter,
            oneself: false,
            person,
        }
    }
}

/// Returns a project and the relations of the person with this login to it, without a part that has ended. The person
/// and their regular position today are joined once, because every relation needs them.
pub fn find_with_relations(
    conn: &mut DbConn,
    id: ProjectId,
    login: Login<'_>,
    now: UtcTime,
) -> Result<Option<(Project, Relations)>, Error> {
    let (person, home) = (people::id.nullable(), home_positions::department_id.nullable());
    let today = now.day();
    let sides = || {
        project_sides::table
            .filter(project_sides::project_id.eq(id))
            .filter(project_sides::standing.ne(SideStanding::Left))
    };
    // One side alone can propose a side that joins, so its people get no rights from it, and lose none.
    let of_standing = |standing: SideStanding| {
        project_sides::table.filter(project_sides::project_id.eq(id)).filter(project_sides::standing.eq(standing))
    };
    let named =
        sides().filter(project_sides::sponsor_person_id.eq(person).or(project_sides::successor_person_id.eq(person)));
    // In office, with a regular position in the department of the side. A person is the sponsor of one side only.
    let in_office = || {
        project_sides::table
            .filter(project_sides::project_id.eq(id))
            .filter(project_sides::sponsor_person_id.eq(person))
            .filter(project_sides::vacant_since.is_null())
            .filter(project_sides::department_id.nullable().eq(home))
    };
    let sponsor_of = in_office()
        .filter(project_sides::standing.eq(SideStanding::Current))
        .select(project_sides::department_id.nullable())
        .single_value();
    let joining = in_office().filter(project_sides::standing.eq(SideStanding::Joining));
    let insider = of_standing(SideStanding::Current).filter(project_sides::department_id.nullable().eq(home));
    let head_of = |standing: SideStanding| {
        departments::table
            .filter(departments::head_person_id.eq(person))
            .filter(departments::id.eq_any(of_standing(standing).select(project_sides::department_id)))
    };
    let member = memberships::table
        .filter(memberships::project_id.eq(id))
        .filter(memberships::person_id.nullable().eq(person))
        .filter(current_membership!(now));
    // A person is the delegate of one side of a project at a time, and a side has one delegate at a time.
    let delegate_of = delegations::table
        .filter(delegations::project_id.eq(id))
        .filter(delegations::delegate_person_id.nullable().eq(person))
        .filter(active_delegation!(now))
        .select(delegations::department_id.nullable())
        .single_value();
    let delegate_for_all = || {
        project_sides::table
            .inner_join(delegations::table.on(for_all_projects!()))
            .filter(project_sides::project_id.eq(id))
            .filter(project_sides::standing.eq(SideStanding::Current))
            .filter(delegations::delegate_person_id.nullable().eq(person))
            .filter(active_delegation!(now))
    };
    // A delegation for all projects does not count for a side that has a delegate of its own in this project.
    let for_own_side = delegate_for_all().filter(project_sides::department_id.nullable().eq(home));
    let delegated_here = delegations::table
        .filter(delegations::project_id.eq(id))
        .filter(delegations::department_id.nullable().eq(home))
        .filter(active_delegation!(now));
    let arbiter = disputes::table
        .filter(disputes::project_id.eq(id))
        .filter(disputes::arbiter_person_id.eq(person))
        .filter(disputes::state.eq(DisputeState::Open));
    let decision_arbiter = decisions::table
        .filter(decisions::project_id.eq(id))
        .filter(decisions::escalated_to.eq(person))
        .filter(decisions::state.eq(DecisionState::Escalated));
    // An approval without an end is open.
    let approval_arbiter = approvals::table
        .filter(approvals::project_id.eq(id))
        .filter(approvals::arbiter_person_id.eq(person))
        .filter(approvals::ended_at.is_null());
    // A condition of a join owns its values.
    let caller = people::login
        .eq(login.subject.to_owned())
        .and(people::login_issuer.eq(login.issuer.to_owned()))
        .and(people::deactivated_at.is_null());
    let position = home_positions::person_id
        .nullable()
        .eq(person)
        .and(home_positions::valid_from.le(today))
        .and(home_positions::valid_to.is_null().or(home_positions::valid_to.gt(today)));
    let query = projects::table
        .left_join(people::table.on(caller))
        .left_join(home_positions::table.on(position))
        .filter(projects::id.eq(id))
        .select((
            projects::all_columns,
            (
                exists(named),
                sponsor_of,
                exists(joining),
                exists(insider),
                exists(head_of(SideStanding::Current)),
                exists(head_of(SideStanding::Joining)),
                exists(member),
                delegate_of,
                exists(delegate_for_all()),
                exists(for_own_side).and(not(exists(delegated_here))),
                exists(arbiter).or(exists(decision_arbiter)).or(exists(approval_arbiter)),
                person,
                home,
            ),
        ));
    let found: Option<(Project, Found)> = with_backend!(conn, |conn| query.get_result(conn).optional())?;
    Ok(found.map(|(project, found)| {
        let relations = found.relations(&project);
        (project, relations)
    }))
}
