//! What can be done with memberships, and by whom.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::dto::{MembershipBody, MembershipEnd, MembershipQuery, Parity, SideStrength};
pub use super::invite::invite;
use super::parity;
use super::state::{Decision, MembershipState, Phase};
use super::store;
pub use super::store::Membership;
use crate::auth::Actor;
use crate::authz::Action;
use crate::db::DbConn;
use crate::error::{Code, Error, Problem, Text, Violation};
use crate::events::types;
use crate::http::etag::ETag;
use crate::http::page::PageRequest;
use crate::ids::{DepartmentId, MembershipId, PersonId, ProjectId};
use crate::ownership;
use crate::people;
use crate::projects::State;
use crate::projects::readiness;
use crate::projects::service::{self as projects, Project};
use crate::time::{Day, UtcTime};
use crate::tx::{Change, Tx};

/// A membership with what is computed for it.
#[derive(Debug, Clone)]
pub struct Member {
    pub row: Membership,
    pub state: MembershipState,
    /// The sponsors of all sides.
    pub answers_to: Vec<PersonId>,
}

impl Member {
    /// As it is answered and told in events.
    #[must_use]
    pub fn body(&self) -> MembershipBody {
        MembershipBody::new(self.row.clone(), self.state, self.answers_to.clone())
    }

    /// The state follows from time, so the version of the row alone does not tell two answers apart.
    #[must_use]
    pub fn etag(&self) -> ETag {
        ETag::of_state(self.row.version, self.state.as_str())
    }
}

/// What the state of a project means for its members.
#[must_use]
pub fn phase(state: State) -> Phase {
    match state {
        State::Draft | State::Proposed => Phase::Preparing,
        State::Active | State::OnHold | State::Closing => Phase::Running,
        State::Closed | State::Cancelled => Phase::Over,
    }
}

pub(super) fn sponsors(seats: impl Iterator<Item = Option<PersonId>>) -> Vec<PersonId> {
    seats.flatten().collect()
}

/// One page of the memberships of a project, past ones included.
///
/// # Errors
/// 403, 404.
pub fn list(
    conn: &mut DbConn,
    actor: &Actor,
    project: ProjectId,
    query: &MembershipQuery,
    now: UtcTime,
    page: &PageRequest,
) -> Result<Vec<Member>, Error> {
    projects::require(conn, actor, Action::ReadProject, project, now)?;
    let (state, answers_to) = store::project_and_sponsors(conn, project)?.ok_or_else(Error::not_found)?;
    let phase = phase(state);
    let filter = store::Filter { project, state: query.state, department: query.department_id, phase, now };
    let rows = store::list(conn, &filter, page)?;
    Ok(rows
        .into_iter()
        .map(|row| Member { state: row.state(phase, now), row, answers_to: answers_to.clone() })
        .collect())
}

/// One membership.
///
/// # Errors
/// 403, 404.
pub fn get(conn: &mut DbConn, actor: &Actor, id: MembershipId, now: UtcTime) -> Result<Member, Error> {
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    projects::require(conn, actor, Action::ReadProject, row.project_id, now)?;
    let (state, answers_to) = store::project_and_sponsors(conn, row.project_id)?.ok_or_else(Error::not_found)?;
    Ok(Member { state: row.state(phase(state), now), row, answers_to })
}

/// Whether the sides of a project are equally strong now.
///
/// # Errors
/// 403, 404.
pub fn parity(conn: &mut DbConn, actor: &Actor, project: ProjectId, now: UtcTime) -> Result<Parity, Error> {
    projects::require(conn, actor, Action::ReadProject, project, now)?;
    let sides = store::sides(conn, project)?;
    let &(state, tolerance, _) = sides.first().ok_or_else(Error::not_found)?;
    let phase = phase(state);
    let mut strength: HashMap<DepartmentId, u32> = HashMap::new();
    for row in store::live(conn, project)? {
        let in_the_team = matches!(row.state(phase, now), MembershipState::Accepted | MembershipState::Active);
        if row.counts_for_parity && in_the_team {
            *strength.entry(row.department_id).or_default() += 1;
        }
    }
    let sides: Vec<_> = sides
        .into_iter()
        .map(|(_, _, department_id)| SideStrength {
            department_id,
            members: strength.get(&department_id).copied().unwrap_or_default(),
        })
        .collect();
    let counts: Vec<_> = sides.iter().map(|side| side.members).collect();
    let tolerance = tolerance.unsigned_abs();
    Ok(Parity { project_id: project, holds: parity::holds(&counts, tolerance), tolerance, sides })
}

/// The invitee says yes to role and dates.
///
/// # Errors
/// 403 for everybody else, 404; 409 when the invitation is not open, or the invitee has become a
/// sponsor.
pub fn accept(tx: &mut Tx<'_>, id: MembershipId) -> Result<Member, Error> {
    let (project, before) = take(tx, id, Action::AnswerInvitation)?;
    allow(&before, MembershipState::Invited, "accept")?;
    if before.answers_to.contains(&before.row.person_id) {
        return Err(Problem::new(Code::Conflict)
            .because(
                "You have become a sponsor of this project; one person never holds two seats.",
                "Stali jste se sponzorem tohoto projektu; jeden člověk nikdy nezastává dvě místa.",
            )
            .into());
    }
    answer(tx, &project, before, Decision::Accepted, types::MEMBERSHIP_ACCEPTED)
}

/// The invitee says no.
///
/// # Errors
/// 403 for everybody else, 404; 409 when the invitation is not open.
pub fn decline(tx: &mut Tx<'_>, id: MembershipId) -> Result<Member, Error> {
    let (project, before) = take(tx, id, Action::AnswerInvitation)?;
    allow(&before, MembershipState::Invited, "decline")?;
    answer(tx, &project, before, Decision::Declined, types::MEMBERSHIP_DECLINED)
}

/// Takes an invitation back.
///
/// # Errors
/// 403, 404; 409 when the invitation is not open.
pub fn withdraw(tx: &mut Tx<'_>, id: MembershipId) -> Result<Member, Error> {
    let (project, before) = take(tx, id, Action::InviteMember)?;
    allow(&before, MembershipState::Invited, "withdraw")?;
    let mut row = before.row.clone();
    row.decision = Decision::Withdrawn;
    save(tx, &project, &before, row, types::MEMBERSHIP_WITHDRAWN, None)
}

/// Sets the day from which a member is none any more.
///
/// # Errors
/// 403, 404; 422 for a day that is past or outside the membership; 409 when the member would
/// leave an area without its accountable person, naming the areas.
pub fn end(tx: &mut Tx<'_>, id: MembershipId, end: &MembershipEnd) -> Result<Member, Error> {
    let (project, before) = take(tx, id, Action::EndMembership)?;
    if !matches!(before.state, MembershipState::Accepted | MembershipState::Active) {
        return Err(illegal(&before, "end"));
    }
    let earliest = before.row.valid_from.max(tx.now.day());
    if end.on < earliest || end.on > before.row.valid_to {
        let detail = Text::new(
            format!("This must be between {earliest} and {}.", before.row.valid_to),
            format!("Toto musí být mezi {earliest} a {}.", before.row.valid_to),
        );
        return Err(Error::violation(Violation::at("/on", "dates_out_of_range", detail)));
    }
    if end.on == before.row.valid_to {
        return Ok(before);
    }
    let areas = ownership::service::areas_owned_after(tx.conn, project.id, before.row.person_id, end.on)?;
    if !areas.is_empty() {
        let areas: Vec<_> = areas.iter().map(|area| serde_json::json!({"id": area.id, "key": area.key})).collect();
        return Err(Problem::new(Code::Conflict)
            .because(
                "Areas would lose their accountable person. End these assignments first and name successors.",
                "Oblasti by přišly o svého odpovědného člověka. Nejprve tato přiřazení ukončete a určete nástupce.",
            )
            .with("areas", areas)
            .into());
    }
    let mut row = before.row.clone();
    row.valid_to = end.on;
    save(tx, &project, &before, row, types::MEMBERSHIP_ENDED, Some(&end.reason))
}

/// Locks the project of a membership, lets the caller through, and reads the membership.
fn take(tx: &mut Tx<'_>, id: MembershipId, action: Action) -> Result<(Project, Member), Error> {
    let project = store::project_of(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let project = projects::lock(tx, project)?;
    let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let facts = projects::facts_of_side(tx.conn, project.id, tx.actor, row.department_id, tx.now)?;
    let mut facts = facts.ok_or_else(Error::not_found)?;
    if action == Action::AnswerInvitation {
        let caller = people::service::by_subject(tx.conn, &tx.actor.subject)?;
        facts.oneself = caller.is_some_and(|caller| caller.id == row.person_id);
    }
    tx.admit(action, &facts)?;
    let sides = projects::sides(tx.conn, project.id)?;
    let answers_to = sponsors(sides.iter().map(|side| side.sponsor_person_id));
    let member = Member { state: row.state(phase(project.state), tx.now), row, answers_to };
    Ok((project, member))
}

fn allow(member: &Member, wanted: MembershipState, verb: &str) -> Result<(), Error> {
    if member.state == wanted { Ok(()) } else { Err(illegal(member, verb)) }
}

fn illegal(member: &Member, verb: &str) -> Error {
    Problem::illegal_transition(member.state.as_str(), verb, member.state.verbs()).into()
}

fn answer(
    tx: &mut Tx<'_>,
    project: &Project,
    before: Member,
    decision: Decision,
    event: &'static str,
) -> Result<Member, Error> {
    let mut row = before.row.clone();
    row.decision = decision;
    row.answered_at = Some(tx.now);
    save(tx, project, &before, row, event, None)
}

fn save(
    tx: &mut Tx<'_>,
    project: &Project,
    before: &Member,
    mut row: Membership,
    event: &'static str,
    reason: Option<&str>,
) -> Result<Member, Error> {
    row.version += 1;
    row.updated_at = tx.now;
    store::update(tx.conn, &row)?;
    let state = row.state(phase(project.state), tx.now);
    let after = Member { row, state, answers_to: before.answers_to.clone() };
    let change = Change::updated(event, after.row.id.as_str(), &before.body(), &after.body())?;
    tx.record(&Change { reason, ..change })?;
    Ok(after)
}

/// The accepted memberships of one person in a project as `(side, first day, first day after)`,
/// for other slices.
///
/// # Errors
/// Those of the database.
pub fn stays(conn: &mut DbConn, project: ProjectId, person: PersonId) -> Result<Vec<(DepartmentId, Day, Day)>, Error> {
    let rows = store::taken(conn, project, &[person])?;
    let accepted = rows.into_iter().filter(|row| row.decision == Decision::Accepted);
    Ok(accepted.map(|row| (row.department_id, row.valid_from, row.valid_to)).collect())
}

/// The team as the readiness list sees it: open invitations and members who have not left.
/// Somebody has a position to return to when a home position covers the day of the return.
///
/// # Errors
/// Those of the database.
pub fn for_readiness(conn: &mut DbConn, project: ProjectId, now: UtcTime) -> Result<Vec<readiness::Member>, Error> {
    // What is not over yet counts, whether or not the project has begun.
    let live = |row: &Membership| {
        matches!(row.state(Phase::Preparing, now), MembershipState::Invited | MembershipState::Accepted)
    };
    let rows: Vec<_> = store::live(conn, project)?.into_iter().filter(live).collect();
    let mut by_day: BTreeMap<Day, Vec<PersonId>> = BTreeMap::new();
    for row in &rows {
        by_day.entry(row.valid_to).or_default().push(row.person_id);
    }
    let mut returning = HashSet::new();
    for (day, ids) in by_day {
        let homes = people::service::home_position_on(conn, &ids, day)?;
        returning.extend(homes.into_iter().map(|home| (home.person_id, day)));
    }
    let member = |row: Membership| readiness::Member {
        person_id: row.person_id,
        department_id: row.department_id,
        accepted: row.decision == Decision::Accepted,
        counts_for_parity: row.counts_for_parity,
        has_home_position: returning.contains(&(row.person_id, row.valid_to)),
    };
    Ok(rows.into_iter().map(member).collect())
}
