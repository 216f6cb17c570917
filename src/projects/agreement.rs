//! How the sides agree: seats, the charter and the signatures under it.

use super::area_sync;
use super::charter::Content;
use super::dto::{CharterBody, CharterText, CharterToSign, SideBody, SignatureBody};
use super::service::{Whole, take};
use super::state::{State, Verb};
use super::store::{self, CharterRow, Project, Signature};
use crate::auth::Scope;
use crate::authz::Action;
use crate::error::{Code, Error, Problem, Violation, refuse_if_any};
use crate::events::types;
use crate::http::etag::IfMatch;
use crate::ids::{DepartmentId, PersonId, ProjectId};
use crate::people;
use crate::tx::{Change, Tx};

/// Writes a new version of the charter; the same text again changes nothing. Gives the charter and
/// the version of its project.
///
/// # Errors
/// 403, 404, 412, 428; 409 when the project has gone too far; 422 for contradictions.
pub fn revise(tx: &mut Tx<'_>, id: ProjectId, text: &CharterText) -> Result<(CharterBody, i64), Error> {
    let project = take(tx, id, Action::EditCharter)?;
    IfMatch::check(tx.meta.if_match.as_ref(), project.version)?;
    project.state.require(Verb::Revise)?;
    let sides = store::sides(tx.conn, id)?;
    let content = content_of(text, sides.iter().map(|side| side.department_id).collect());
    refuse_if_any(content.contradictions())?;
    let sealed = content.seal()?;
    let current = store::charter(tx.conn, id, project.charter_version)?.ok_or_else(Error::not_found)?;
    if sealed.sha256 == current.sha256 {
        return Ok((CharterBody::try_from(current)?, project.version));
    }
    let version = current.version + 1;
    let row = CharterRow { project_id: id, version, content: sealed.text, sha256: sealed.sha256, created_at: tx.now };
    store::insert_charter(tx.conn, &row)?;
    follow(tx, id, &content)?;
    let after = Project {
        name: content.name,
        starts_on: content.starts_on,
        ends_on: content.ends_on,
        parity_tolerance: content.parity_tolerance,
        charter_version: version,
        charter_sha256: row.sha256.clone(),
        version: project.version + 1,
        updated_at: tx.now,
        ..project.clone()
    };
    store::update(tx.conn, &after)?;
    let (old, new) = (CharterBody::try_from(current)?, CharterBody::try_from(row)?);
    tx.record(&Change::updated(types::CHARTER_REVISED, id.as_str(), &old, &new)?)?;
    let version = after.version;
    let told = |row: &Project| (row.name.clone(), row.starts_on, row.ends_on, row.parity_tolerance);
    if told(&project) != told(&after) {
        let old = Whole { project, sides: sides.clone() }.body();
        let new = Whole { project: after, sides }.body();
        tx.record(&Change::updated(types::PROJECT_UPDATED, id.as_str(), &old, &new)?)?;
    }
    Ok((new, version))
}

fn content_of(text: &CharterText, sides: Vec<DepartmentId>) -> Content {
    let CharterText { name, purpose, starts_on, ends_on, parity_tolerance, goals, milestones, areas } = text.clone();
    Content { name, purpose, starts_on, ends_on, parity_tolerance, sides, goals, milestones, areas }
}

/// Makes the areas those of the charter.
fn follow(tx: &mut Tx<'_>, id: ProjectId, content: &Content) -> Result<(), Error> {
    let existing = store::areas(tx.conn, id)?;
    let plan = area_sync::plan(id, &existing, &content.areas, tx.now, || tx.new_id());
    for area in &plan.changed {
        store::update_area(tx.conn, area)?;
    }
    store::insert_areas(tx.conn, &plan.added)
}

/// Puts a person into the seat of a side. Whoever sat there before has not signed for the side any
/// more: their successor signs anew.
///
/// # Errors
/// 403, 404, 412, 428; 409 when the project has gone too far or the person sits elsewhere; 422 for
/// an unknown person.
pub fn seat(tx: &mut Tx<'_>, id: ProjectId, side: DepartmentId, person: PersonId) -> Result<Whole, Error> {
    let mut project = take(tx, id, Action::EditCharter)?;
    IfMatch::check(tx.meta.if_match.as_ref(), project.version)?;
    let mut sides = store::sides(tx.conn, id)?;
    let seat = sides.iter_mut().find(|row| row.department_id == side).ok_or_else(Error::not_found)?;
    project.state.require(Verb::Seat)?;
    if seat.sponsor_person_id == Some(person) {
        return Ok(Whole { project, sides });
    }
    refuse_to_unseat(tx, seat.sponsor_person_id)?;
    if people::service::existing(tx.conn, &[person])?.is_empty() {
        return Err(Error::violation(Violation::unknown_reference("/person_id", "person", "osoba")));
    }
    store::seat(tx.conn, seat, person)?;
    let before = SideBody::from(seat.clone());
    if project.state == State::Proposed {
        store::supersede(tx.conn, seat, tx.now)?;
    }
    seat.sponsor_person_id = Some(person);
    let after = SideBody::from(seat.clone());
    project.version += 1;
    project.updated_at = tx.now;
    store::update(tx.conn, &project)?;
    tx.record(&Change::updated(types::SPONSOR_SEATED, id.as_str(), &before, &after)?)?;
    Ok(Whole { project, sides })
}

/// No side decides who speaks for another: a taken seat is given on by whoever holds it, or by an
/// administrator.
fn refuse_to_unseat(tx: &mut Tx<'_>, holder: Option<PersonId>) -> Result<(), Error> {
    let Some(holder) = holder else { return Ok(()) };
    if tx.actor.has(Scope::Admin) {
        return Ok(());
    }
    let caller = people::service::by_subject(tx.conn, &tx.actor.subject)?;
    if caller.is_some_and(|caller| caller.id == holder) { Ok(()) } else { Err(Code::Forbidden.into()) }
}

/// Signs the newest charter for the side whose seat the caller has. Gives the signature and the
/// version of its project.
///
/// # Errors
/// 403, 404; 409 when the charter is another one by now, or the side has signed it.
pub fn sign(tx: &mut Tx<'_>, id: ProjectId, what: &CharterToSign) -> Result<(Signature, i64), Error> {
    let mut project = take(tx, id, Action::SignCharter)?;
    project.state.require(Verb::Sign)?;
    if (what.charter_version, what.charter_sha256.as_str()) != (project.charter_version, &project.charter_sha256) {
        return Err(another_charter(&project));
    }
    let signer = people::service::by_subject(tx.conn, &tx.actor.subject)?.ok_or(Code::Forbidden)?;
    let sides = store::sides(tx.conn, id)?;
    let side = sides.iter().find(|side| side.sponsor_person_id == Some(signer.id)).ok_or(Code::Forbidden)?;
    let signature = Signature {
        id: tx.new_id(),
        project_id: id,
        department_id: side.department_id,
        person_id: signer.id,
        charter_version: project.charter_version,
        charter_sha256: project.charter_sha256.clone(),
        signed_at: tx.now,
        superseded_at: None,
    };
    store::insert_signature(tx.conn, &signature)?;
    project.version += 1;
    project.updated_at = tx.now;
    store::update(tx.conn, &project)?;
    let body = SignatureBody::from(signature.clone());
    tx.record(&Change::created(types::CHARTER_SIGNED, signature.id.as_str(), &body)?)?;
    Ok((signature, project.version))
}

fn another_charter(project: &Project) -> Error {
    Problem::new(Code::Conflict)
        .because(
            "This is not the newest charter. Read it again before you sign.",
            "Toto není nejnovější zakládací listina. Než ji podepíšete, znovu si ji přečtěte.",
        )
        .with("charter_version", project.charter_version)
        .with("charter_sha256", project.charter_sha256.as_str())
        .into()
}
