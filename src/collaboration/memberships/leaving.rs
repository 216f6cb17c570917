//! Leaving before the agreed day.
//!
//! Rules: while a project is prepared, its sides change their team as they like; an early release
//! from a running one takes the consent of all sides, because it takes somebody from a team that
//! all of them agreed to (an administrator may still record what has happened). Nobody leaves an
//! area without its accountable person unless the successor is named in the same call.

use super::change;
use super::dto::{MembershipEnd, MembershipEndBatch, Successor};
use super::service::{Member, phase};
use super::state::MembershipState;
use super::store::{self, Loaded};
use crate::collaboration::approvals::ask::{self, Ask};
use crate::collaboration::approvals::{Asked, ReleaseTerms, Terms, lapse};
use crate::collaboration::ownership;
use crate::collaboration::projects::{Project, ProjectVerb, service as projects};
use crate::kernel::auth::Scope;
use crate::kernel::authz::Action;
use crate::kernel::error::{Code, Error, Problem, Text, Violation};
use crate::kernel::events::types;
use crate::kernel::ids::{MembershipId, ProjectId};
use crate::kernel::time::Day;
use crate::kernel::tx::Tx;

/// Sets the day from which a member is none any more.
///
/// # Errors
/// 403, 404; 422 for a day that is past or outside the membership; 409 `consent_required` in a
/// running project, `conflict` when the member would leave an area without its accountable person,
/// naming the areas.
pub fn end(tx: &mut Tx<'_>, id: MembershipId, end: &MembershipEnd) -> Result<Member, Error> {
    let (project, before) = change::take(tx, id, Action::EndMembership)?;
    end_one(tx, &project, before, end, "")
}

/// Ends several memberships of a project, all or none.
///
/// # Errors
/// Those of [`end`], with pointers into the batch; 422 for a membership of another project.
pub fn end_batch(tx: &mut Tx<'_>, id: ProjectId, batch: &MembershipEndBatch) -> Result<Vec<Member>, Error> {
    let project = projects::lock(tx, id)?;
    let facts = projects::facts(tx.conn, id, tx.actor, tx.now)?.ok_or_else(Error::not_found)?;
    tx.admit(Action::EndMembership, &facts)?;
    let answers_to = change::answers_to(tx, id)?;
    let ids: Vec<_> = batch.items.iter().map(|item| item.membership_id).collect();
    let mut found = store::find_many(tx.conn, &ids, tx.now.day())?;
    let mut ended = Vec::with_capacity(batch.items.len());
    for (index, item) in batch.items.iter().enumerate() {
        let place = format!("/items/{index}");
        let row = found.iter().position(|one| one.row.id == item.membership_id && one.row.project_id == id);
        let Some(row) = row else {
            let pointer = format!("{place}/membership_id");
            return Err(Error::violation(Violation::unknown_reference(pointer, "membership", "členství")));
        };
        let loaded: Loaded = found.swap_remove(row);
        let of_side = projects::facts_of_side(tx.conn, id, tx.actor, loaded.row.department_id, tx.now)?;
        crate::kernel::authz::require(tx.actor, Action::EndMembership, &of_side.ok_or_else(Error::not_found)?)?;
        let before = Member::new(loaded, phase(&project), answers_to.clone(), tx.now);
        let end = MembershipEnd { on: item.on, reason: item.reason.clone(), successors: item.successors.clone() };
        ended.push(end_one(tx, &project, before, &end, &place)?);
    }
    Ok(ended)
}

fn end_one(
    tx: &mut Tx<'_>,
    project: &Project,
    before: Member,
    end: &MembershipEnd,
    place: &str,
) -> Result<Member, Error> {
    possible(tx, project, &before, end.on, "end", place)?;
    if end.on == before.row.valid_to {
        return Ok(before);
    }
    if project.state.is_running() && !tx.actor.has(Scope::Admin) {
        return Err(Code::ConsentRequired.into());
    }
    leave(tx, project, &before, end.on, &end.successors, &end.reason)
}

/// Asks all sides to release a member before the agreed day.
///
/// # Errors
/// 403, 404; 422 for the day; 409 unless the project runs, while the sides are being asked, or when
/// an area would lose its accountable person.
pub fn ask_release(tx: &mut Tx<'_>, id: MembershipId, end: &MembershipEnd) -> Result<Asked, Error> {
    let (project, before) = change::take(tx, id, Action::EndMembership)?;
    possible(tx, &project, &before, end.on, "release", "")?;
    if !project.state.is_running() || end.on == before.row.valid_to {
        return Err(Problem::new(Code::Conflict)
            .because(
                "Nobody needs to agree to this; end the membership instead.",
                "K tomu není třeba souhlas stran; členství rovnou ukončete.",
            )
            .into());
    }
    refuse_orphans(tx, &project, &before, end.on, &end.successors)?;
    let facts = projects::facts(tx.conn, project.id, tx.actor, tx.now)?.ok_or_else(Error::not_found)?;
    let successors = end.successors.iter().map(|one| (one.area_id, one.person_id).into()).collect();
    let terms = ReleaseTerms { person_id: before.row.person_id, leaves_on: end.on, successors };
    let ask = Ask {
        subject: id.as_str(),
        number: None,
        terms: Terms::Release(terms),
        reason: Some(&end.reason),
        due_at: None,
        asking_agrees: true,
    };
    ask::ask(tx, &project, facts.person, ask)
}

/// All sides agreed to a release: on the day that was named, or today if that has passed.
///
/// # Errors
/// 409 when the membership has ended, or an area would lose its accountable person by now.
pub fn released(tx: &mut Tx<'_>, project: &Project, subject: &str, terms: &ReleaseTerms) -> Result<(), Error> {
    let id: MembershipId = subject.parse().map_err(Error::internal)?;
    let found = store::find(tx.conn, id, tx.now.day())?.ok_or_else(Error::not_found)?;
    let answers_to = change::answers_to(tx, project.id)?;
    let before = Member::new(found, phase(project), answers_to, tx.now);
    if !matches!(before.state, MembershipState::Accepted | MembershipState::Active) {
        return Err(change::illegal(&before, "release"));
    }
    let on = terms.leaves_on.max(tx.now.day()).max(before.row.valid_from).min(before.row.valid_to);
    let successors: Vec<_> = terms.successors.iter().map(Successor::from).collect();
    leave(tx, project, &before, on, &successors, "All sides agreed.").map(drop)
}

/// Cuts what lasts longer than the new last day of a project.
///
/// # Errors
/// Those of the database.
pub fn end_by(tx: &mut Tx<'_>, project: &Project, day: Day) -> Result<(), Error> {
    let answers_to = change::answers_to(tx, project.id)?;
    for loaded in store::live(tx.conn, project.id, tx.now.day())? {
        if loaded.row.valid_to > day {
            let before = Member::new(loaded, phase(project), answers_to.clone(), tx.now);
            let mut row = before.row.clone();
            row.valid_to = day.max(row.valid_from);
            change::save(tx, project, &before, row, types::MEMBERSHIP_ENDED, Some("The project ends earlier."))?;
        }
    }
    Ok(())
}

fn possible(tx: &Tx<'_>, project: &Project, member: &Member, on: Day, verb: &str, place: &str) -> Result<(), Error> {
    project.state.require(ProjectVerb::ChangeTeam)?;
    if !matches!(member.state, MembershipState::Accepted | MembershipState::Active) {
        return Err(change::illegal(member, verb));
    }
    let earliest = member.row.valid_from.max(tx.now.day());
    if on < earliest || on > member.row.valid_to {
        let latest = member.row.valid_to;
        let detail = Text::new(
            format!("This must be between {earliest} and {latest}."),
            format!("Toto musí být mezi {earliest} a {latest}."),
        );
        return Err(Error::violation(Violation::at(format!("{place}/on"), "dates_out_of_range", detail)));
    }
    Ok(())
}

/// The areas that would have nobody accountable any more.
fn refuse_orphans(
    tx: &mut Tx<'_>,
    project: &Project,
    member: &Member,
    on: Day,
    successors: &[Successor],
) -> Result<(), Error> {
    let areas = ownership::service::areas_owned_after(tx.conn, project.id, member.row.person_id, on)?;
    let named = |area| successors.iter().any(|one| one.area_id == area);
    let orphans: Vec<_> = areas.iter().filter(|area| !named(area.id)).collect();
    if orphans.is_empty() {
        return Ok(());
    }
    let areas: Vec<_> = orphans.iter().map(|area| serde_json::json!({"id": area.id, "key": area.key})).collect();
    Err(Problem::new(Code::Conflict)
        .because(
            "Areas would lose their accountable person. Name a successor for each of them.",
            "Oblasti by přišly o svého odpovědného člověka. Pro každou určete nástupce.",
        )
        .with("areas", areas)
        .into())
}

fn leave(
    tx: &mut Tx<'_>,
    project: &Project,
    before: &Member,
    on: Day,
    successors: &[Successor],
    reason: &str,
) -> Result<Member, Error> {
    refuse_orphans(tx, project, before, on, successors)?;
    lapse::lapse_about(tx, project.id, before.row.id.as_str())?;
    ownership::service::succeed(tx, project, before.row.person_id, on, successors)?;
    let mut row = before.row.clone();
    row.valid_to = on;
    change::save(tx, project, before, row, types::MEMBERSHIP_ENDED, Some(reason))
}
