//! Membership rows.

use diesel::prelude::*;

use super::state::{Decision, MembershipState, Phase, Times};
use crate::db::DbConn;
use crate::db::errors::Constraint;
use crate::db::schema::memberships::{self, dsl};
use crate::db::schema::{project_sides, projects};
use crate::error::{Code, Error, Problem};
use crate::http::page::PageRequest;
use crate::ids::{DepartmentId, MembershipId, PersonId, ProjectId};
use crate::projects::State;
use crate::time::{Day, UtcTime};
use crate::with_backend;

const NO_OVERLAP: Constraint = Constraint::new("memberships_no_overlap", "memberships_no_overlap");

#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = memberships, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Membership {
    pub id: MembershipId,
    pub project_id: ProjectId,
    pub person_id: PersonId,
    pub department_id: DepartmentId,
    #[diesel(column_name = state)]
    pub decision: Decision,
    pub project_role: String,
    pub counts_for_parity: bool,
    pub fte_percent: i32,
    pub valid_from: Day,
    pub valid_to: Day,
    pub home_department_id: DepartmentId,
    pub home_title: String,
    pub home_manager: Option<String>,
    pub invited_at: UtcTime,
    pub expires_at: UtcTime,
    pub answered_at: Option<UtcTime>,
    pub version: i64,
    pub updated_at: UtcTime,
}

impl Membership {
    /// Where it stands at `now`.
    pub fn state(&self, phase: Phase, now: UtcTime) -> MembershipState {
        let times = Times { valid: (self.valid_from, self.valid_to), expires_at: self.expires_at };
        super::state::state(self.decision, times, phase, now)
    }
}

pub fn insert(conn: &mut DbConn, rows: &[Membership]) -> Result<(), Error> {
    match with_backend!(conn, |conn| diesel::insert_into(memberships::table).values(rows).execute(conn)) {
        Ok(_) => Ok(()),
        Err(error) if NO_OVERLAP.violated_by(&error) => Err(already_member().into()),
        Err(error) => Err(error.into()),
    }
}

/// The refusal of a second membership on the same days.
pub fn already_member() -> Problem {
    Problem::new(Code::AlreadyExists).because(
        "A person is a member of a project, or invited to it, at most once on any day.",
        "Člověk je v každém dni členem projektu nebo pozvaným nejvýše jednou.",
    )
}

pub fn find(conn: &mut DbConn, id: MembershipId) -> Result<Option<Membership>, Error> {
    Ok(dsl::memberships.filter(dsl::id.eq(id)).select(Membership::as_select()).get_result(conn).optional()?)
}

/// Open invitations and accepted memberships of these people.
pub fn taken(conn: &mut DbConn, project: ProjectId, people: &[PersonId]) -> Result<Vec<Membership>, Error> {
    Ok(dsl::memberships
        .filter(dsl::project_id.eq(project))
        .filter(dsl::person_id.eq_any(people))
        .filter(dsl::state.eq_any([Decision::Invited, Decision::Accepted]))
        .select(Membership::as_select())
        .load(conn)?)
}

/// Which project a membership is of.
pub fn project_of(conn: &mut DbConn, id: MembershipId) -> Result<Option<ProjectId>, Error> {
    Ok(dsl::memberships.filter(dsl::id.eq(id)).select(dsl::project_id).get_result(conn).optional()?)
}

/// The state of a project and who its sponsors are, in one statement.
pub fn project_and_sponsors(conn: &mut DbConn, id: ProjectId) -> Result<Option<(State, Vec<PersonId>)>, Error> {
    let rows: Vec<(State, Option<PersonId>)> = projects::table
        .inner_join(project_sides::table.on(project_sides::project_id.eq(projects::id)))
        .filter(projects::id.eq(id))
        .order(project_sides::position)
        .select((projects::state, project_sides::sponsor_person_id))
        .load(conn)?;
    let state = rows.first().map(|(state, _)| *state);
    Ok(state.map(|state| (state, rows.into_iter().filter_map(|(_, sponsor)| sponsor).collect())))
}

/// State and parity tolerance of a project, once for each of its sides.
pub fn sides(conn: &mut DbConn, id: ProjectId) -> Result<Vec<(State, i32, DepartmentId)>, Error> {
    Ok(projects::table
        .inner_join(project_sides::table.on(project_sides::project_id.eq(projects::id)))
        .filter(projects::id.eq(id))
        .order(project_sides::position)
        .select((projects::state, projects::parity_tolerance, project_sides::department_id))
        .load(conn)?)
}

/// All open invitations and accepted memberships of a project.
pub fn live(conn: &mut DbConn, project: ProjectId) -> Result<Vec<Membership>, Error> {
    Ok(dsl::memberships
        .filter(dsl::project_id.eq(project))
        .filter(dsl::state.eq_any([Decision::Invited, Decision::Accepted]))
        .select(Membership::as_select())
        .order(dsl::id)
        .load(conn)?)
}

pub fn update(conn: &mut DbConn, row: &Membership) -> Result<(), Error> {
    diesel::update(dsl::memberships.filter(dsl::id.eq(row.id))).set(row).execute(conn)?;
    Ok(())
}

/// Which memberships of a project a list shows.
pub struct Filter {
    pub project: ProjectId,
    pub state: Option<MembershipState>,
    pub department: Option<DepartmentId>,
    pub phase: Phase,
    pub now: UtcTime,
}

/// One page. The conditions on `state` say in SQL what `state::state` says of one row.
pub fn list(conn: &mut DbConn, filter: &Filter, page: &PageRequest) -> Result<Vec<Membership>, Error> {
    let (now, today) = (filter.now, filter.now.day());
    let over = filter.phase == Phase::Over;
    let running = filter.phase == Phase::Running;
    let mut query = dsl::memberships
        .filter(dsl::project_id.eq(filter.project))
        .select(Membership::as_select())
        .order(dsl::id)
        .limit(page.fetch())
        .into_boxed();
    if let Some(department) = filter.department {
        query = query.filter(dsl::department_id.eq(department));
    }
    if let Some(after) = page.after_id() {
        query = query.filter(dsl::id.gt(after));
    }
    let lapsed = dsl::expires_at.le(now).or(dsl::valid_to.le(today)).or(over.into_sql::<diesel::sql_types::Bool>());
    query = match filter.state {
        None => query,
        Some(MembershipState::Declined) => query.filter(dsl::state.eq(Decision::Declined)),
        Some(MembershipState::Withdrawn) => query.filter(dsl::state.eq(Decision::Withdrawn)),
        Some(MembershipState::Expired) => {
            query.filter(dsl::state.eq(Decision::Expired).or(dsl::state.eq(Decision::Invited).and(lapsed)))
        }
        Some(MembershipState::Invited) => query.filter(dsl::state.eq(Decision::Invited).and(diesel::dsl::not(lapsed))),
        Some(accepted) => {
            query = query.filter(dsl::state.eq(Decision::Accepted));
            let ended = dsl::valid_to
                .le(today)
                .or(dsl::valid_to.le(dsl::valid_from))
                .or(over.into_sql::<diesel::sql_types::Bool>());
            let begun = dsl::valid_from.le(today).and(running.into_sql::<diesel::sql_types::Bool>());
            match accepted {
                MembershipState::Ended => query.filter(ended),
                MembershipState::Active => query.filter(diesel::dsl::not(ended).and(begun)),
                _ => query.filter(diesel::dsl::not(ended).and(diesel::dsl::not(begun))),
            }
        }
    };
    Ok(query.load(conn)?)
}
