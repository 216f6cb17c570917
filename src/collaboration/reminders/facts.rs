//! What the reminders of a project are computed from.

use crate::collaboration::approvals::service as approvals;
use crate::collaboration::decisions::service as decisions;
use crate::collaboration::memberships::state::MembershipState;
use crate::collaboration::memberships::{Membership, service as memberships};
use crate::collaboration::ownership::check_coverage;
use crate::collaboration::ownership::{AreaCoverage, CoverageQuery};
use crate::collaboration::projects::{Project, State, service as projects};
use crate::directory::people;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::{ApprovalId, DecisionId, HomePositionId, PersonId};
use crate::kernel::time::{Day, UtcTime};

/// A regular position on the days `[from, to)`.
#[derive(Debug, Clone, Copy)]
pub struct Home {
    pub id: HomePositionId,
    pub person: PersonId,
    pub from: Day,
    pub to: Option<Day>,
}

/// The state of a project that its reminders depend on.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Open approvals as `(id, requested_at, due_at)`.
    pub approvals: Vec<(ApprovalId, UtcTime, UtcTime)>,
    /// Open decisions as `(id, raised_at, due_at)`.
    pub decisions: Vec<(DecisionId, UtcTime, UtcTime)>,
    pub members: Vec<(Membership, MembershipState)>,
    /// Regular positions of the members that have not ended.
    pub homes: Vec<Home>,
    /// The milestones of the charter in force, with their due dates.
    pub milestones: Vec<(String, Day)>,
    /// The ownership of the areas.
    pub areas: Vec<AreaCoverage>,
}

/// Returns whether the project works, or would without a hold: what happens in it can be too late.
#[must_use]
pub fn is_at_work(project: &Project) -> bool {
    matches!(project.state, State::Active | State::OnHold)
}

/// Loads the facts of a project with a fixed number of statements: none for a draft or a project that has ended.
pub fn load(conn: &mut DbConn, project: &Project, now: UtcTime) -> Result<Facts, Error> {
    if !project.state.is_running() && project.state != State::Proposed {
        return Ok(Facts::default());
    }
    let open = Facts {
        approvals: approvals::open_with_due_time(conn, project.id)?,
        decisions: decisions::open(conn, project.id)?,
        ..Facts::default()
    };
    if project.state == State::Proposed {
        return Ok(open);
    }
    let members = memberships::live_in(conn, project, now)?;
    if !is_at_work(project) {
        return Ok(Facts { members, ..open });
    }
    let milestones = projects::milestones_of(conn, project)?.data.into_iter();
    let team = memberships::team(conn, project.id)?;
    let coverage = check_coverage::coverage_of(conn, project, &team, &CoverageQuery::default(), now)?;
    Ok(Facts {
        homes: homes(conn, &members, now.day())?,
        members,
        milestones: milestones.map(|milestone| (milestone.name, milestone.due_on)).collect(),
        areas: coverage.areas,
        ..open
    })
}

/// Loads the regular positions of the active members that have not ended.
fn homes(conn: &mut DbConn, members: &[(Membership, MembershipState)], today: Day) -> Result<Vec<Home>, Error> {
    let active = members.iter().filter(|(_, state)| *state == MembershipState::Active);
    let people: Vec<_> = active.map(|(row, _)| row.person_id).collect();
    let rows = people::service::home_positions_from(conn, &people, today)?.into_iter();
    Ok(rows.map(|row| Home { id: row.id, person: row.person_id, from: row.valid_from, to: row.valid_to }).collect())
}
