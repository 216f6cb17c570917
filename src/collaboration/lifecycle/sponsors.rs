//! Assigning and removing sponsors.

use crate::collaboration::approvals::lapse;
use crate::collaboration::memberships;
use crate::collaboration::projects::permit::{Standing, permit};
use crate::collaboration::projects::service::{self as projects, Whole};
use crate::collaboration::projects::{Project, ProjectVerb, Side, sponsors};
use crate::directory::people::{self, Person};
use crate::kernel::auth::Scope;
use crate::kernel::authz::{Action, Relations};
use crate::kernel::error::{Code, Error, Problem, Violation};
use crate::kernel::events::types;
use crate::kernel::http::etag::IfMatch;
use crate::kernel::ids::{DepartmentId, PersonId, ProjectId};
use crate::kernel::tx::Tx;

/// Assigns the sponsor of a side. Responses of the previous sponsor to open approvals no longer count, so the new
/// sponsor has to respond again.
///
/// # Errors
/// 403, 404, 412, 428; 409 when the project has ended, or the person is a member or the sponsor of another side; 422
/// for an unknown or deactivated person.
pub fn assign(tx: &mut Tx<'_>, id: ProjectId, side: DepartmentId, person: PersonId) -> Result<Whole, Error> {
    let permit = permit(tx, Action::EditCharter, |tx| {
        let standing = Standing::read(tx, id)?;
        let sides = projects::sides(tx.conn, id)?;
        Ok(standing.about(sides))
    })?;
    require_changeable(tx, permit.standing(), side, person)?;
    // Locked until the end of the transaction, so that a person cannot be assigned and deactivated at the same time.
    // Locked before the project, in the same order as a deactivation does.
    let found = people::service::lock(tx.conn, person)?;
    let Standing { project, relations, about: sides } = permit.lock(tx)?;
    IfMatch::check(tx.meta.if_match.as_ref(), project.version)?;
    let before = sides.iter().find(|row| row.department_id == side).ok_or_else(Error::not_found)?.clone();
    project.state.require(ProjectVerb::AssignSponsor)?;
    if before.active_sponsor() == Some(person) {
        return Ok(Whole { project, sides });
    }
    require_replaceable(tx, &project, &before, relations)?;
    require_eligible(tx, &project, person, found)?;
    let after = Side { sponsor_person_id: Some(person), vacant_since: None, ..before.clone() };
    change(tx, Whole { project, sides }, before, after, types::SPONSOR_ASSIGNED, None)
}

/// Removes the sponsor of a side without naming a successor.
///
/// # Errors
/// 403 unless the caller is an administrator, 404; 409 when the project has ended or the side has no sponsor.
pub fn remove(tx: &mut Tx<'_>, id: ProjectId, side: DepartmentId, reason: &str) -> Result<Whole, Error> {
    let (project, _) = projects::lock_project(tx, id, Action::RemoveSponsor)?;
    let sides = projects::sides(tx.conn, id)?;
    let before = sides.iter().find(|row| row.department_id == side).ok_or_else(Error::not_found)?.clone();
    project.state.require(ProjectVerb::RemoveSponsor)?;
    if before.sponsor_person_id.is_none() {
        return Err(Problem::illegal_transition(
            "sponsor",
            "vacant",
            ProjectVerb::RemoveSponsor.as_str(),
            &["assign_sponsor"],
        )
        .into());
    }
    let vacant_since = before.vacant_since.or(Some(tx.now));
    let after = Side { sponsor_person_id: None, vacant_since, ..before.clone() };
    change(tx, Whole { project, sides }, before, after, types::SPONSOR_REMOVED, Some(reason))
}

fn change(
    tx: &mut Tx<'_>,
    whole: Whole,
    before: Side,
    after: Side,
    event: &'static str,
    reason: Option<&str>,
) -> Result<Whole, Error> {
    let side = after.department_id;
    let whole = sponsors::change(tx, whole, before, after, event, reason)?;
    lapse::sponsor_changed(tx, &whole.project, side)?;
    Ok(whole)
}

/// Checks without a lock that the caller may assign this person, unless that changes nothing.
///
/// # Errors
/// 403; 404 for an unknown side.
fn require_changeable(
    tx: &Tx<'_>,
    standing: &Standing<Vec<Side>>,
    side: DepartmentId,
    person: PersonId,
) -> Result<(), Error> {
    let row = standing.about.iter().find(|row| row.department_id == side).ok_or_else(Error::not_found)?;
    if row.active_sponsor() == Some(person) {
        return Ok(());
    }
    require_replaceable(tx, &standing.project, row, standing.relations)
}

/// Checks that the caller may assign the sponsor of a side, because no side decides who represents another: the current
/// sponsor names a successor. A vacant side is filled by anyone who may edit the charter until the project is running,
/// then only by an administrator.
///
/// # Errors
/// 403.
fn require_replaceable(tx: &Tx<'_>, project: &Project, side: &Side, caller: Relations) -> Result<(), Error> {
    let allowed = match side.active_sponsor() {
        Some(sponsor) => caller.person == Some(sponsor),
        None => !project.state.is_running(),
    };
    if allowed || tx.actor.has(Scope::Admin) {
        return Ok(());
    }
    Err(Error::forbidden("forbidden-replace-sponsor"))
}

fn require_eligible(tx: &mut Tx<'_>, project: &Project, person: PersonId, found: Option<Person>) -> Result<(), Error> {
    match found {
        None => return Err(Error::violation(Violation::unknown_reference("/person_id", "violation-unknown-person"))),
        Some(row) if row.deactivated_at.is_some() => {
            return Err(Error::violation(people::deactivated_person("/person_id")));
        }
        Some(_) => {}
    }
    if memberships::service::stays(tx.conn, project.id, person)?.iter().any(|(_, _, end)| *end > tx.now.day()) {
        return Err(Problem::new(Code::Conflict).because("detail-sponsor-is-member").into());
    }
    Ok(())
}
