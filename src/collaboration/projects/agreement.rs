//! How the sides agree: seats and the charter. The answers under a charter are `consents`.

use super::amendment;
use super::area_sync;
use super::charter::{Content, Sealed};
use super::dto::{CharterBody, CharterText, SideBody};
use super::service::{Whole, take};
use super::state::{State, Verb};
use super::store::{self, CharterRow, Project, Side};
use crate::collaboration::approvals::ask::{self, Ask};
use crate::collaboration::approvals::{CharterTerms, ConsentKind, Terms, lapse, sponsor_change};
use crate::collaboration::memberships;
use crate::directory::people::{self, Person};
use crate::kernel::auth::Scope;
use crate::kernel::authz::{Action, Facts};
use crate::kernel::error::{Code, Error, Problem, Violation, refuse_if_any};
use crate::kernel::events::types;
use crate::kernel::http::etag::IfMatch;
use crate::kernel::ids::{DepartmentId, PersonId, ProjectId};
use crate::kernel::record::Change;
use crate::kernel::tx::Tx;

/// Writes a new version of the charter; the same text again changes nothing. A proposed or running
/// project asks all sides to sign it; a running one stays on the version in force until they have.
/// Gives the charter and the version of its project.
///
/// # Errors
/// 403, 404, 412, 428; 409 when the project has gone too far or the amendment lacks something; 422
/// for contradictions.
pub fn revise(tx: &mut Tx<'_>, id: ProjectId, text: &CharterText) -> Result<(CharterBody, i64), Error> {
    let (project, facts) = take(tx, id, Action::EditCharter)?;
    IfMatch::check(tx.meta.if_match.as_ref(), project.version)?;
    project.state.require(Verb::ReviseCharter)?;
    let sides = store::sides(tx.conn, id)?;
    let content = content_of(text, sides.iter().map(|side| side.department_id).collect());
    refuse_if_any(content.contradictions())?;
    if project.state.is_running() {
        amendment::refuse_unless_possible(tx, &project, &content)?;
    }
    let sealed = content.seal()?;
    let current = store::charter(tx.conn, id, project.charter_version)?.ok_or_else(Error::not_found)?;
    if sealed.sha256 == current.sha256 && !amendment::is_refused(tx, &project)? {
        return Ok((CharterBody::try_from(current)?, project.version));
    }
    let row = write_version(tx, &project, current.version + 1, sealed)?;
    let after = if project.state.is_running() {
        Project { charter_version: row.version, charter_sha256: row.sha256.clone(), ..project.clone() }
    } else {
        follow(tx, id, &content)?;
        takes_over(&project, content, &row)
    };
    let after = Project { version: project.version + 1, updated_at: tx.now, ..after };
    store::update(tx.conn, &after)?;
    let (old, new) = (CharterBody::try_from(current)?, CharterBody::try_from(row)?);
    tx.record(&Change::updated(types::CHARTER_REVISED, id.as_str(), &old, &new)?)?;
    record_update(tx, &project, &after, &sides)?;
    if project.state != State::Draft {
        lapse::lapse_where(tx, id, |open| open.kind == ConsentKind::Charter)?;
        ask_to_sign(tx, &after, facts)?;
    }
    Ok((new, after.version))
}

fn record_update(tx: &mut Tx<'_>, before: &Project, after: &Project, sides: &[Side]) -> Result<(), Error> {
    let told = |row: &Project| (row.name.clone(), row.starts_on, row.ends_on, row.parity_tolerance, row.parity_measure);
    if told(before) == told(after) {
        return Ok(());
    }
    let old = Whole { project: before.clone(), sides: sides.to_vec() }.body();
    let new = Whole { project: after.clone(), sides: sides.to_vec() }.body();
    tx.record(&Change::updated(types::PROJECT_UPDATED, before.id.as_str(), &old, &new)?)
}

/// Keeps a version of the charter.
pub(super) fn write_version(
    tx: &mut Tx<'_>,
    project: &Project,
    version: i32,
    sealed: Sealed,
) -> Result<CharterRow, Error> {
    let row = CharterRow {
        project_id: project.id,
        version,
        content: sealed.text,
        sha256: sealed.sha256,
        created_at: tx.now,
        agreed_at: None,
    };
    store::insert_charter(tx.conn, &row)?;
    Ok(row)
}

/// Asks the sides to sign the newest charter. Whoever puts it to them has not signed by that.
pub(super) fn ask_to_sign(tx: &mut Tx<'_>, project: &Project, facts: Facts) -> Result<(), Error> {
    let ask = Ask {
        subject: project.id.as_str(),
        number: Some(project.charter_version),
        terms: Terms::Charter(CharterTerms { sha256: project.charter_sha256.clone() }),
        reason: None,
        due_at: None,
        asking_agrees: false,
    };
    ask::ask(tx, project, facts.person, ask).map(drop)
}

fn content_of(text: &CharterText, sides: Vec<DepartmentId>) -> Content {
    let CharterText { name, purpose, starts_on, ends_on, parity_tolerance, parity_measure, .. } = text.clone();
    let CharterText { goals, milestones, areas, .. } = text.clone();
    Content { name, purpose, starts_on, ends_on, parity_tolerance, parity_measure, sides, goals, milestones, areas }
}

/// The project as a charter says.
pub(super) fn takes_over(project: &Project, content: Content, row: &CharterRow) -> Project {
    Project {
        name: content.name,
        starts_on: content.starts_on,
        ends_on: content.ends_on,
        parity_tolerance: content.parity_tolerance,
        parity_measure: content.parity_measure,
        charter_version: project.charter_version.max(row.version),
        charter_sha256: if row.version >= project.charter_version {
            row.sha256.clone()
        } else {
            project.charter_sha256.clone()
        },
        ..project.clone()
    }
}

/// Makes the areas those of the charter.
pub(super) fn follow(tx: &mut Tx<'_>, id: ProjectId, content: &Content) -> Result<(), Error> {
    let existing = store::areas(tx.conn, id)?;
    let plan = area_sync::plan(id, &existing, &content.areas, tx.now, || tx.new_id());
    for area in &plan.changed {
        store::update_area(tx.conn, area)?;
    }
    store::insert_areas(tx.conn, &plan.added)
}

/// Puts a person into the seat of a side. Whoever sat there before does not speak for the side any
/// more: their successor answers anew what is still open.
///
/// # Errors
/// 403, 404, 412, 428; 409 when the project is over, or the person sits elsewhere or is a member;
/// 422 for an unknown person.
pub fn seat(tx: &mut Tx<'_>, id: ProjectId, side: DepartmentId, person: PersonId) -> Result<Whole, Error> {
    // Held to the end of the transaction, so that nobody is seated while they leave; before the project, as
    // whoever leaves is.
    let held = people::service::hold(tx.conn, person)?;
    let (project, facts) = take(tx, id, Action::EditCharter)?;
    IfMatch::check(tx.meta.if_match.as_ref(), project.version)?;
    let sides = store::sides(tx.conn, id)?;
    let before = sides.iter().find(|row| row.department_id == side).ok_or_else(Error::not_found)?.clone();
    project.state.require(Verb::SeatSponsor)?;
    if before.seated() == Some(person) {
        return Ok(Whole { project, sides });
    }
    refuse_to_unseat(tx, &project, &before, facts)?;
    fit_for_a_seat(tx, &project, person, held)?;
    let after = Side { sponsor_person_id: Some(person), vacant_since: None, ..before.clone() };
    change_seat(tx, Whole { project, sides }, before, after, types::SPONSOR_SEATED, None)
}

/// Empties a seat without naming a successor.
///
/// # Errors
/// 403 for everybody but administrators, 404, 409 when the project is over or the seat is empty.
pub fn vacate(tx: &mut Tx<'_>, id: ProjectId, side: DepartmentId, reason: &str) -> Result<Whole, Error> {
    let (project, _) = take(tx, id, Action::VacateSeat)?;
    let sides = store::sides(tx.conn, id)?;
    let before = sides.iter().find(|row| row.department_id == side).ok_or_else(Error::not_found)?.clone();
    project.state.require(Verb::VacateSeat)?;
    if before.sponsor_person_id.is_none() {
        return Err(Problem::illegal_transition("vacant", Verb::VacateSeat.as_str(), &["seat_sponsor"]).into());
    }
    let vacant_since = before.vacant_since.or(Some(tx.now));
    let after = Side { sponsor_person_id: None, vacant_since, ..before.clone() };
    change_seat(tx, Whole { project, sides }, before, after, types::SPONSOR_VACATED, Some(reason))
}

fn change_seat(
    tx: &mut Tx<'_>,
    mut whole: Whole,
    before: Side,
    after: Side,
    event: &'static str,
    reason: Option<&str>,
) -> Result<Whole, Error> {
    store::seat(tx.conn, &after)?;
    whole.project.version += 1;
    whole.project.updated_at = tx.now;
    store::update(tx.conn, &whole.project)?;
    let (old, new) = (SideBody::from(before), SideBody::from(after.clone()));
    let change = Change::updated(event, whole.project.id.as_str(), &old, &new)?;
    tx.record(&Change { reason, ..change })?;
    sponsor_change::sponsor_changed(tx, &whole.project, after.department_id)?;
    for side in &mut whole.sides {
        if side.department_id == after.department_id {
            *side = after.clone();
        }
    }
    Ok(whole)
}

/// No side decides who speaks for another: a taken seat is given on by whoever holds it, or by an
/// administrator, who also fills the vacant ones of a running project. While a project is prepared,
/// whoever drafts it fills the empty seats.
fn refuse_to_unseat(tx: &Tx<'_>, project: &Project, seat: &Side, caller: Facts) -> Result<(), Error> {
    let allowed = match seat.seated() {
        Some(holder) => caller.person == Some(holder),
        None => !project.state.is_running(),
    };
    if allowed || tx.actor.has(Scope::Admin) {
        return Ok(());
    }
    Err(Error::forbidden(
        "A taken seat is given on by whoever holds it, or by an administrator, who also fills the vacant ones of a running project.",
        "Obsazené místo předává ten, kdo je zastává, nebo správce; ten také obsazuje uprázdněná místa běžícího projektu.",
    ))
}

fn fit_for_a_seat(tx: &mut Tx<'_>, project: &Project, person: PersonId, held: Option<Person>) -> Result<(), Error> {
    match held {
        None => return Err(Error::violation(Violation::unknown_reference("/person_id", "person", "osoba"))),
        Some(found) if found.deactivated_at.is_some() => {
            return Err(Error::violation(people::has_left("/person_id")));
        }
        Some(_) => {}
    }
    if memberships::service::stays(tx.conn, project.id, person)?.iter().any(|(_, _, end)| *end > tx.now.day()) {
        return Err(Problem::new(Code::Conflict)
            .because(
                "This person is a member of the team; one person never holds two seats.",
                "Tato osoba je členem týmu; jeden člověk nikdy nezastává dvě místa.",
            )
            .into());
    }
    Ok(())
}
