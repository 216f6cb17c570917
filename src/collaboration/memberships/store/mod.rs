//! Membership rows.

mod sides;

use diesel::dsl::exists;
use diesel::prelude::*;

use super::member::{phase_of, sponsors};
use super::state::{MembershipState, Phase, Times};
use crate::collaboration::projects::{SideStanding, State};
use crate::collaboration::states::MembershipDecision;
use crate::kernel::db::errors::Constraint;
use crate::kernel::db::schema::memberships::{self, dsl};
use crate::kernel::db::schema::{home_positions, people, project_sides, projects};
use crate::kernel::db::{CachedDsl, DbConn, any_of};
use crate::kernel::error::Error;
use crate::kernel::ids::{DepartmentId, HomePositionId, MembershipId, PersonId, ProjectId};
use crate::kernel::page::Page;
use crate::kernel::time::{Day, UtcTime};
use crate::with_backend;
pub(crate) use sides::took_part_for_side;
pub use sides::{TeamMember, sides_with_members};

const NO_OVERLAP: Constraint = Constraint::new("memberships_no_overlap", "memberships_no_overlap");

#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = memberships, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Membership {
    pub id: MembershipId,
    pub project_id: ProjectId,
    pub person_id: PersonId,
    pub department_id: DepartmentId,
    #[diesel(column_name = state)]
    pub decision: MembershipDecision,
    pub project_role: String,
    pub counts_for_parity: bool,
    pub fte_percent: i32,
    pub valid_from: Day,
    pub valid_to: Day,
    pub home_department_id: DepartmentId,
    pub home_title: String,
    pub home_manager_person_id: Option<PersonId>,
    pub invited_at: UtcTime,
    pub expires_at: UtcTime,
    pub responded_at: Option<UtcTime>,
    pub version: i64,
    pub updated_at: UtcTime,
    pub started_at: Option<UtcTime>,
    pub returning_at: Option<UtcTime>,
    pub returned_on: Option<Day>,
    pub returned_home_id: Option<HomePositionId>,
}

/// A membership, and whether the person has a regular position on the day of the query or of the return.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub row: Membership,
    pub has_home: bool,
}

impl From<(Membership, bool)> for Loaded {
    fn from((row, has_home): (Membership, bool)) -> Self {
        Self { row, has_home }
    }
}

impl Loaded {
    /// Computes the state at `now`.
    pub fn state(&self, phase: Phase, now: UtcTime) -> MembershipState {
        let times = Times { valid: (self.row.valid_from, self.row.valid_to), expires_at: self.row.expires_at };
        super::state::state(self.row.decision, times, phase, self.has_home, now)
    }
}

/// Whether the person of a membership has a regular position on a day.
macro_rules! has_home_on {
    ($day:expr) => {
        exists(
            home_positions::table
                .filter(home_positions::person_id.eq(memberships::person_id))
                .filter(home_positions::valid_from.le($day))
                .filter(home_positions::valid_to.is_null().or(home_positions::valid_to.gt($day))),
        )
    };
}

/// Selects the row of a membership and whether the person has a regular position on a day.
macro_rules! with_home_on {
    ($day:expr) => {
        (Membership::as_select(), has_home_on!($day))
    };
}

fn loaded(rows: Vec<(Membership, bool)>) -> Vec<Loaded> {
    rows.into_iter().map(Loaded::from).collect()
}

/// The person is already a member or invited on some of the days.
#[derive(Debug)]
pub struct AlreadyMember;

pub fn insert(conn: &mut DbConn, rows: &[Membership]) -> Result<Result<(), AlreadyMember>, Error> {
    match with_backend!(conn, |conn| diesel::insert_into(memberships::table).values(rows).execute(conn)) {
        Ok(_) => Ok(Ok(())),
        Err(error) if NO_OVERLAP.violated_by(&error) => Ok(Err(AlreadyMember)),
        Err(error) => Err(error.into()),
    }
}

pub fn find(conn: &mut DbConn, id: MembershipId, today: Day) -> Result<Option<Loaded>, Error> {
    let found: Option<(Membership, bool)> =
        dsl::memberships.filter(dsl::id.eq(id)).select(with_home_on!(today)).get_result(conn).optional()?;
    Ok(found.map(Loaded::from))
}

/// Loads a membership with the phase of its project and the sponsors of all sides.
pub fn find_with_project(
    conn: &mut DbConn,
    id: MembershipId,
    today: Day,
) -> Result<Option<(Loaded, Phase, Vec<PersonId>)>, Error> {
    type Row = (Membership, bool, State, Option<UtcTime>, Option<UtcTime>, UtcTime, Option<PersonId>);
    let rows: Vec<Row> = with_backend!(conn, |conn| dsl::memberships
        .inner_join(projects::table.on(projects::id.eq(dsl::project_id)))
        .inner_join(project_sides::table.on(project_sides::project_id.eq(dsl::project_id)))
        .filter(dsl::id.eq(id))
        .filter(project_sides::standing.eq(SideStanding::Current))
        .order(project_sides::position)
        .select((
            Membership::as_select(),
            has_home_on!(today),
            projects::state,
            projects::activated_at,
            projects::closing_since,
            projects::updated_at,
            project_sides::sponsor_person_id,
        ))
        .load(conn))?;
    let answers_to = sponsors(rows.iter().map(|row| row.6));
    Ok(rows.into_iter().next().map(|(row, has_home, state, activated, closing, updated, _)| {
        (Loaded { row, has_home }, phase_of(state, activated, closing, updated), answers_to)
    }))
}

pub fn find_many(conn: &mut DbConn, ids: &[MembershipId], today: Day) -> Result<Vec<Loaded>, Error> {
    Ok(loaded(dsl::memberships.filter(dsl::id.eq_any(ids)).select(with_home_on!(today)).load(conn)?))
}

/// Loads the memberships of these people that occupy days: all except declined, withdrawn and expired ones.
pub fn taken(conn: &mut DbConn, project: ProjectId, people: &[PersonId], today: Day) -> Result<Vec<Loaded>, Error> {
    let rows = with_backend!(conn, |conn| dsl::memberships
        .filter(dsl::project_id.eq(project))
        .filter(any_of(dsl::person_id, people)?)
        .filter(dsl::state.eq_any([
            MembershipDecision::Invited,
            MembershipDecision::Accepted,
            MembershipDecision::Returned,
            MembershipDecision::LeftOrganisation,
        ]))
        .select(with_home_on!(today))
        .cached()
        .load(conn))?;
    Ok(loaded(rows))
}

/// One side of a project with the columns of the project that the states of its memberships depend on.
#[derive(Debug, Clone, Queryable)]
pub struct ProjectContext {
    pub project_id: ProjectId,
    pub state: State,
    pub activated_at: Option<UtcTime>,
    pub closing_since: Option<UtcTime>,
    pub updated_at: UtcTime,
    pub sponsor_person_id: Option<PersonId>,
}

/// Loads the contexts of projects, one row for each side in order; one statement.
pub fn project_contexts(conn: &mut DbConn, ids: &[ProjectId]) -> Result<Vec<ProjectContext>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(with_backend!(conn, |conn| projects::table
        .inner_join(project_sides::table.on(project_sides::project_id.eq(projects::id)))
        .filter(any_of(projects::id, ids)?)
        .filter(project_sides::standing.eq(SideStanding::Current))
        .order((projects::id, project_sides::position))
        .select((
            projects::id,
            projects::state,
            projects::activated_at,
            projects::closing_since,
            projects::updated_at,
            project_sides::sponsor_person_id,
        ))
        .load(conn))?)
}

/// Loads all invitations and accepted memberships of a project.
pub fn live(conn: &mut DbConn, project: ProjectId, today: Day) -> Result<Vec<Loaded>, Error> {
    let rows = with_backend!(conn, |conn| dsl::memberships
        .filter(dsl::project_id.eq(project))
        .filter(dsl::state.eq(MembershipDecision::Invited).or(dsl::state.eq(MembershipDecision::Accepted)))
        .select(with_home_on!(today))
        .order(dsl::id)
        .load(conn))?;
    Ok(loaded(rows))
}

/// Loads all invitations and accepted memberships of a project, each with whether the person has a regular position to
/// return to on the day on which the membership ends. A deactivated person has none, even if one is recorded.
pub fn live_with_return(conn: &mut DbConn, project: ProjectId) -> Result<Vec<Loaded>, Error> {
    let home = home_positions::table
        .inner_join(people::table.on(people::id.eq(home_positions::person_id)))
        .filter(home_positions::person_id.eq(memberships::person_id))
        .filter(home_positions::valid_from.le(memberships::valid_to))
        .filter(home_positions::valid_to.is_null().or(home_positions::valid_to.gt(memberships::valid_to.nullable())))
        .filter(people::deactivated_at.is_null());
    let rows = with_backend!(conn, |conn| dsl::memberships
        .filter(dsl::project_id.eq(project))
        .filter(dsl::state.eq(MembershipDecision::Invited).or(dsl::state.eq(MembershipDecision::Accepted)))
        .select((Membership::as_select(), exists(home)))
        .order(dsl::id)
        .load(conn))?;
    Ok(loaded(rows))
}

/// Loads all invitations and accepted memberships of a person, in all projects.
pub fn live_of_person(conn: &mut DbConn, person: PersonId, today: Day) -> Result<Vec<Loaded>, Error> {
    let rows = with_backend!(conn, |conn| dsl::memberships
        .filter(dsl::person_id.eq(person))
        .filter(dsl::state.eq(MembershipDecision::Invited).or(dsl::state.eq(MembershipDecision::Accepted)))
        .select(with_home_on!(today))
        .order((dsl::project_id, dsl::id))
        .load(conn))?;
    Ok(loaded(rows))
}

/// Loads all invitations and accepted memberships of a person, each with the phase and the name of its project.
pub fn live_with_projects(
    conn: &mut DbConn,
    person: PersonId,
    today: Day,
) -> Result<Vec<(Loaded, Phase, String)>, Error> {
    type Row = (Membership, bool, State, Option<UtcTime>, Option<UtcTime>, UtcTime, String);
    let rows: Vec<Row> = with_backend!(conn, |conn| dsl::memberships
        .inner_join(projects::table.on(projects::id.eq(dsl::project_id)))
        .filter(dsl::person_id.eq(person))
        .filter(dsl::state.eq(MembershipDecision::Invited).or(dsl::state.eq(MembershipDecision::Accepted)))
        .select((
            Membership::as_select(),
            has_home_on!(today),
            projects::state,
            projects::activated_at,
            projects::closing_since,
            projects::updated_at,
            projects::name,
        ))
        .order((dsl::project_id, dsl::id))
        .load(conn))?;
    let with_project = |(row, has_home, state, activated, closing, updated, name): Row| {
        (Loaded { row, has_home }, phase_of(state, activated, closing, updated), name)
    };
    Ok(rows.into_iter().map(with_project).collect())
}

pub fn update(conn: &mut DbConn, row: &Membership) -> Result<(), Error> {
    diesel::update(dsl::memberships.filter(dsl::id.eq(row.id))).set(row).cached().execute(conn)?;
    Ok(())
}

/// Filter for a list of memberships.
pub struct Filter {
    pub project: ProjectId,
    pub state: Option<MembershipState>,
    pub department: Option<DepartmentId>,
    /// Only accepted memberships that include this day.
    pub as_of: Option<Day>,
    pub phase: Phase,
    pub now: UtcTime,
}

/// Loads one page of the memberships of a project. A state that follows from time is not stored in a column: for such a
/// filter, the candidate rows of the project are loaded and their states are computed.
pub fn list(conn: &mut DbConn, filter: &Filter, page: &Page) -> Result<Vec<Loaded>, Error> {
    let today = filter.now.day();
    let mut query = dsl::memberships
        .filter(dsl::project_id.eq(filter.project))
        .select(with_home_on!(today))
        .order(dsl::id)
        .into_boxed();
    if let Some(department) = filter.department {
        query = query.filter(dsl::department_id.eq(department));
    }
    if let Some(day) = filter.as_of {
        query = query.filter(dsl::valid_from.le(day)).filter(dsl::valid_to.gt(day)).filter(dsl::state.eq_any([
            MembershipDecision::Accepted,
            MembershipDecision::Returned,
            MembershipDecision::LeftOrganisation,
        ]));
    }
    if let Some(after) = page.after.as_deref() {
        query = query.filter(dsl::id.gt(after));
    }
    match filter.state {
        None => Ok(loaded(query.limit(page.fetch()).load(conn)?)),
        Some(wanted) => {
            let stored = stored_as(wanted);
            let rows: Vec<(Membership, bool)> = query.filter(dsl::state.eq_any(stored)).load(conn)?;
            let matches = |one: &Loaded| one.state(filter.phase, filter.now) == wanted;
            Ok(rows.into_iter().map(Loaded::from).filter(matches).take(page.limit + 1).collect())
        }
    }
}

/// Returns the stored decisions that a membership in a state can have.
fn stored_as(state: MembershipState) -> Vec<MembershipDecision> {
    match state {
        MembershipState::Invited => vec![MembershipDecision::Invited],
        MembershipState::Accepted
        | MembershipState::Active
        | MembershipState::Returning
        | MembershipState::ReturnBlocked => vec![MembershipDecision::Accepted],
        MembershipState::Returned => vec![MembershipDecision::Returned, MembershipDecision::Accepted],
        MembershipState::Declined => vec![MembershipDecision::Declined],
        MembershipState::Withdrawn => vec![MembershipDecision::Withdrawn, MembershipDecision::Accepted],
        MembershipState::Expired => vec![MembershipDecision::Expired, MembershipDecision::Invited],
        MembershipState::LeftOrganisation => vec![MembershipDecision::LeftOrganisation],
    }
}

/// Loads one page of the memberships of a person, only in the given projects if `only` is not `None`.
pub fn of_person(
    conn: &mut DbConn,
    person: PersonId,
    as_of: Option<Day>,
    only: Option<&[ProjectId]>,
    today: Day,
    page: &Page,
) -> Result<Vec<Loaded>, Error> {
    let mut query = dsl::memberships
        .filter(dsl::person_id.eq(person))
        .select(with_home_on!(today))
        .order(dsl::id)
        .limit(page.fetch())
        .into_boxed();
    if let Some(projects) = only {
        query = query.filter(dsl::project_id.eq_any(projects));
    }
    if let Some(day) = as_of {
        query = query.filter(dsl::valid_from.le(day)).filter(dsl::valid_to.gt(day)).filter(dsl::state.eq_any([
            MembershipDecision::Accepted,
            MembershipDecision::Returned,
            MembershipDecision::LeftOrganisation,
        ]));
    }
    if let Some(after) = page.after.as_deref() {
        query = query.filter(dsl::id.gt(after));
    }
    Ok(loaded(query.load(conn)?))
}

/// Returns project, person and side of the accepted memberships of these projects that last beyond a day.
pub fn accepted_beyond(
    conn: &mut DbConn,
    projects: &[ProjectId],
    day: Day,
) -> Result<Vec<(ProjectId, PersonId, DepartmentId)>, Error> {
    Ok(with_backend!(conn, |conn| dsl::memberships
        .filter(any_of(dsl::project_id, projects)?)
        .filter(dsl::state.eq(MembershipDecision::Accepted))
        .filter(dsl::valid_to.gt(day))
        .order(dsl::id)
        .select((dsl::project_id, dsl::person_id, dsl::department_id))
        .load(conn))?)
}
