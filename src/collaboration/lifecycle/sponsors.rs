//! Proposing, confirming and removing sponsors.
//!
//! Rules: a name gives no rights. The person accepts, and the head of the department confirms; for a department without
//! a head, an administrator confirms who has no part in the project. For some days after the head has changed, neither
//! of them does. So no side names the sponsor of another. For a side without a sponsor, the administrator does not wait
//! without end while the head changes again and again. The same holds for a side that joins by an amendment. A side
//! does not replace its sponsor by a person who would make an arbiter not neutral while something waits for an arbiter.

use super::hold;
use super::sponsor_rules::{
    keeps, refuse_biasing, refuse_elsewhere, require_confirming, require_eligible, require_replaceable,
    without_shared_head,
};
use crate::collaboration::approvals::{delegations, lapse};
use crate::collaboration::projects::permit::{Standing, permit};
use crate::collaboration::projects::service::{self as projects, Whole};
use crate::collaboration::projects::{Project, ProjectVerb, Side, SideStanding, sponsors};
use crate::directory::people::{self, Person};
use crate::kernel::authz::{Action, Relations};
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::events::types;
use crate::kernel::http::etag::IfMatch;
use crate::kernel::ids::{DepartmentId, PersonId, ProjectId};
use crate::kernel::tx::Tx;

/// Proposes a person as the sponsor of a side. A sponsor in office stays until this person is in office; naming the
/// sponsor in office withdraws the proposal.
///
/// # Errors
/// 403, 404, 412, 428; 409 when the project has ended, the person is the lead, a member or the sponsor of another side,
/// would make an arbiter not neutral, or a new head replaces a sponsor; 422 for an unknown or deactivated person, and
/// for one of another department.
pub fn assign(tx: &mut Tx<'_>, id: ProjectId, side: DepartmentId, person: PersonId) -> Result<Whole, Error> {
    let permit = permit(tx, Action::NameSponsor, |tx| {
        let standing = read(tx, id, side)?;
        let (caller, head) = (standing.relations.person, find(&standing.about, side)?.head);
        // The head of a department that joins acts for that side only.
        let is_head = standing.relations.head || (caller.is_some() && head == caller);
        let Standing { project, relations, about } = standing;
        Ok(Standing { project, relations: Relations { head: is_head, ..relations }, about })
    })?;
    let (row, caller) = (find(&permit.standing().about, side)?.clone(), permit.standing().relations);
    if !keeps(&row, person) {
        let project = permit.standing().project.clone();
        require_replaceable(tx, &project, &row, caller)?;
    }
    // Locked until the end of the transaction, so that a person cannot be assigned and deactivated at the same time.
    // Locked before the project, in the same order as a deactivation does.
    let found = people::service::lock(tx.conn, person)?;
    let Standing { project, relations, about: sides } = permit.lock(tx)?;
    IfMatch::check(tx.meta.if_match.as_ref(), project.version)?;
    let before = find(&sides, side)?.clone();
    project.state.require(ProjectVerb::AssignSponsor)?;
    propose(tx, Whole { project, sides }, before, (person, found), relations, (None, ""))
}

/// Proposes a person for a side of a project that is locked, on behalf of a caller with these relations to it. The
/// reason is for the audit trail, and the pointer is that of the object that names the person.
///
/// # Errors
/// 403; 409 when the person is the lead, a member or the sponsor of another side, or a new head replaces a sponsor; 422
/// for an unknown or deactivated person, and for one of another department.
pub(super) fn propose(
    tx: &mut Tx<'_>,
    whole: Whole,
    before: Side,
    (person, found): (PersonId, Option<Person>),
    caller: Relations,
    (reason, pointer): (Option<&str>, &str),
) -> Result<Whole, Error> {
    if keeps(&before, person) {
        return settled(tx, whole);
    }
    require_replaceable(tx, &whole.project, &before, caller)?;
    if before.active_sponsor() == Some(person) {
        let after = sponsors::without_successor(&before);
        return changed(tx, whole, before, after, types::SPONSOR_DECLINED, reason);
    }
    let pointer = format!("{pointer}/person_id");
    require_eligible(tx, &whole.project, before.department_id, (person, found), &pointer)?;
    refuse_biasing(tx, &whole.project, &before, Some(person))?;
    let after = sponsors::proposed(&without_shared_head(&before, &whole.sides), person, caller.person, tx.now);
    changed(tx, whole, before, after, types::SPONSOR_PROPOSED, reason)
}

/// Changes who is named for a side. Responses of a sponsor who was replaced to open approvals no longer count, so the
/// new sponsor has to respond again.
fn changed(
    tx: &mut Tx<'_>,
    whole: Whole,
    before: Side,
    after: Side,
    otherwise: &'static str,
    reason: Option<&str>,
) -> Result<Whole, Error> {
    let (side, is_other) = (before.department_id, before.sponsor_person_id != after.sponsor_person_id);
    let takes_office = after.vacant_since.is_none() && (is_other || before.vacant_since.is_some());
    let event = if takes_office { types::SPONSOR_ASSIGNED } else { otherwise };
    let sponsor = after.sponsor_person_id.filter(|_| takes_office);
    let whole = sponsors::change(tx, whole, before, after, event, reason)?;
    if is_other {
        lapse::sponsor_changed(tx, &whole.project, side)?;
    }
    if let Some(sponsor) = sponsor {
        delegations::notices::sponsor_took_office(tx, whole.project.id, sponsor)?;
    }
    settled(tx, whole)
}

/// Accepts the role of a sponsor on behalf of the person who is named; repeating it changes nothing.
///
/// # Errors
/// 403 unless the caller is that person, 404; 409 when the project has ended, or the person has no regular position in
/// the department today.
pub fn accept(tx: &mut Tx<'_>, id: ProjectId, side: DepartmentId) -> Result<Whole, Error> {
    let Locked { project, sides, before, .. } = lock_named(tx, id, side, Action::RespondToSponsorship)?;
    project.state.require_for(ProjectVerb::AssignSponsor, "accept_sponsor")?;
    let candidate = sponsors::candidate(tx, &before)?;
    if candidate.sponsor_accepted_at.is_some() {
        return settled(tx, Whole { project, sides });
    }
    refuse_elsewhere(tx, &candidate)?;
    refuse_biasing(tx, &project, &before, candidate.sponsor_person_id)?;
    let after = sponsors::accepted(&without_shared_head(&before, &sides), &candidate, tx.now);
    changed(tx, Whole { project, sides }, before, after, types::SPONSOR_ACCEPTED, None)
}

/// Declines the role of a sponsor on behalf of the person who is named. A sponsor in office stays; otherwise the role
/// is vacant.
///
/// # Errors
/// 403 unless the caller is that person, 404; 409 when the person is in office, or the project has ended.
pub fn decline(tx: &mut Tx<'_>, id: ProjectId, side: DepartmentId) -> Result<Whole, Error> {
    let Locked { project, sides, before, .. } = lock_named(tx, id, side, Action::RespondToSponsorship)?;
    project.state.require_for(ProjectVerb::AssignSponsor, "decline_sponsor")?;
    let after = if before.successor_person_id.is_some() {
        sponsors::without_successor(&before)
    } else if before.vacant_since.is_some() {
        sponsors::vacated(&before, tx.now)
    } else {
        let allowed = [ProjectVerb::AssignSponsor.as_str()];
        return Err(Problem::illegal_transition("sponsor", "in_office", "decline_sponsor", &allowed).into());
    };
    let whole = sponsors::change(tx, Whole { project, sides }, before, after, types::SPONSOR_DECLINED, None)?;
    settled(tx, whole)
}

/// Confirms the sponsor of a side on behalf of its department; repeating it changes nothing.
///
/// # Errors
/// 403 unless the caller is the head of the department or, while there is none who can act, an administrator without a
/// part in the project; 404; 409 when the project has ended, no one is named, the head is new or is the head of another
/// side, too, or the person has no regular position in the department today; 422 for an administrator without a reason.
pub fn confirm(tx: &mut Tx<'_>, id: ProjectId, side: DepartmentId, reason: Option<&str>) -> Result<Whole, Error> {
    let Locked { project, sides, before, relations } = lock_named(tx, id, side, Action::ConfirmSponsor)?;
    project.state.require_for(ProjectVerb::AssignSponsor, "confirm_sponsor")?;
    if before.sponsor_person_id.is_none() {
        let allowed = [ProjectVerb::AssignSponsor.as_str()];
        return Err(Problem::illegal_transition("sponsor", "vacant", "confirm_sponsor", &allowed).into());
    }
    let candidate = sponsors::candidate(tx, &before)?;
    if candidate.sponsor_confirmed_at.is_some() {
        return settled(tx, Whole { project, sides });
    }
    require_confirming(tx, &before, &sides, relations, reason)?;
    refuse_elsewhere(tx, &candidate)?;
    refuse_biasing(tx, &project, &before, candidate.sponsor_person_id)?;
    let after = sponsors::confirmed(&before, &candidate, relations.person, tx.now);
    changed(tx, Whole { project, sides }, before, after, types::SPONSOR_CONFIRMED, reason)
}

/// Removes the sponsor of a side without naming a successor.
///
/// # Errors
/// 403 unless the caller is an administrator without a part in the project, 404; 409 when the project has ended or no
/// one is named.
pub fn remove(tx: &mut Tx<'_>, id: ProjectId, side: DepartmentId, reason: &str) -> Result<Whole, Error> {
    let (project, _) = projects::lock_project(tx, id, Action::RemoveSponsor)?;
    let sides = projects::sides_and_joining(tx.conn, id, tx.now.day())?;
    let before = find(&sides, side)?.clone();
    project.state.require(ProjectVerb::RemoveSponsor)?;
    if before.sponsor_person_id.is_none() {
        let (verb, allowed) = (ProjectVerb::RemoveSponsor.as_str(), [ProjectVerb::AssignSponsor.as_str()]);
        return Err(Problem::illegal_transition("sponsor", "vacant", verb, &allowed).into());
    }
    let after = sponsors::vacated(&before, tx.now);
    let whole = Whole { project, sides };
    let whole = sponsors::change(tx, whole, before, after, types::SPONSOR_REMOVED, Some(reason))?;
    lapse::sponsor_changed(tx, &whole.project, side)?;
    settled(tx, whole)
}

/// Ends a hold by the system once every side has a sponsor in office. Returns the project with its sides, without those
/// that only join it.
fn settled(tx: &mut Tx<'_>, mut whole: Whole) -> Result<Whole, Error> {
    whole.sides.retain(|side| side.standing == SideStanding::Current);
    hold::end_if_staffed(tx, whole)
}

/// A side whose named sponsor and project are locked.
struct Locked {
    project: Project,
    sides: Vec<Side>,
    before: Side,
    relations: Relations,
}

/// Authorises the caller, and locks the person who is named, and then the project, in the same order as a deactivation
/// does.
///
/// # Errors
/// 403, 404; 401 when the person was deactivated in the meantime; 409 when another person was named in the meantime.
fn lock_named(tx: &mut Tx<'_>, id: ProjectId, side: DepartmentId, action: Action) -> Result<Locked, Error> {
    let permit = permit(tx, action, |tx| {
        let standing = read(tx, id, side)?;
        let row = find(&standing.about, side)?;
        let concerned = match action {
            Action::ConfirmSponsor => row.head,
            _ => row.candidate(),
        };
        let oneself = concerned.is_some() && concerned == standing.relations.person;
        let Standing { project, relations, about } = standing;
        Ok(Standing { project, relations: Relations { oneself, ..relations }, about })
    })?;
    let named = find(&permit.standing().about, side)?.candidate();
    let person = match named {
        Some(person) => people::service::lock(tx.conn, person)?,
        None => None,
    };
    let Standing { project, relations, about: sides } = permit.lock(tx)?;
    let before = find(&sides, side)?.clone();
    if before.candidate() != named {
        return Err(Problem::new(Code::Conflict).because("detail-other-sponsor-named").into());
    }
    if person.is_some_and(|person| person.deactivated_at.is_some()) {
        return Err(match action {
            Action::RespondToSponsorship => Code::PersonDeactivated.into(),
            _ => Problem::new(Code::Conflict).because("detail-sponsor-deactivated").into(),
        });
    }
    Ok(Locked { project, sides, before, relations })
}

/// Reads a project with its sides, of which this is one.
///
/// # Errors
/// 404 when the project does not exist.
fn read(tx: &mut Tx<'_>, id: ProjectId, side: DepartmentId) -> Result<Standing<Vec<Side>>, Error> {
    let standing = Standing::read(tx, id)?;
    let sides = projects::sides_and_joining(tx.conn, id, tx.now.day())?;
    find(&sides, side)?;
    Ok(standing.about(sides))
}

fn find(sides: &[Side], side: DepartmentId) -> Result<&Side, Error> {
    sides.iter().find(|row| row.department_id == side).ok_or_else(Error::not_found)
}
