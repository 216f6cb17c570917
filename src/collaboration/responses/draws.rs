//! What the sides say about a drawn arbiter.
//!
//! Rules: until the arbiter can decide, each side can strike the arbiter, once for a question, or waive striking. After
//! a strike, another arbiter is drawn, and the time starts again; also for what has kept the same draw. When all sides
//! have waived it, the arbiter can decide at once.

use super::dto::{DrawChoice, NewDrawResponse};
use crate::collaboration::approvals::change;
use crate::collaboration::arbitration::service::{self as arbitration, Terms};
use crate::collaboration::arbitration::{Arbiter, Draw, DrawBody};
use crate::collaboration::lifecycle::arbiters::Subject;
use crate::collaboration::projects::permit::{Standing, permit};
use crate::collaboration::projects::{Project, Side, new_head, service as projects};
use crate::kernel::authz::{Action, not_for_you};
use crate::kernel::error::{Code, Error, Problem, Text};
use crate::kernel::ids::DrawId;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Strikes a drawn arbiter on behalf of the side that the caller represents, or waives it.
///
/// # Errors
/// 403, 404; 409 when the draw is no longer the current one, the arbiter can decide already, or the side has struck an
/// arbiter for this question before.
pub fn respond(tx: &mut Tx<'_>, id: DrawId, new: &NewDrawResponse) -> Result<DrawBody, Error> {
    let permitted = permit(tx, Action::RespondToDraw, |tx| {
        let draw = arbitration::find(tx.conn, id)?;
        Standing::read(tx, draw.project_id)
    })?;
    let Standing { project, relations, .. } = permitted.lock(tx)?;
    let draw = arbitration::find(tx.conn, id)?;
    let sides = projects::sides(tx.conn, project.id, tx.now.day())?;
    let represented = change::represented_side(tx, project.id, relations.person, &sides)?;
    let (person, side) = represented.ok_or_else(|| not_for_you(Action::RespondToDraw))?;
    let subject = Subject::parse(&draw.subject).ok_or_else(|| Error::internal("a draw about something else"))?;
    let current = subject.arbiter(tx.conn, tx.now)?.map(|(_, arbiter)| arbiter);
    let Some(current) = current.filter(|arbiter| arbiter.draw_id == Some(id) && arbiter.person_id.is_some()) else {
        return Err(Problem::new(Code::Conflict).because("detail-draw-has-ended").into());
    };
    refuse_too_late(tx, &project, &sides, current)?;
    let terms = Terms::read(tx.conn, project.id, tx.now)?;
    match new.response {
        DrawChoice::Strike => {
            let topic = draw.topic();
            let others = arbitration::strike(tx, draw, side.department_id, person)?;
            let next = arbitration::draw_for(tx, &project, &terms, subject_id(&subject), &topic)?;
            subject.change_arbiter(tx, not_before(&terms, next, current))?;
            others.iter().try_for_each(|other| replace(tx, &project, &sides, &terms, other))?;
        }
        DrawChoice::Waive => {
            let waived = arbitration::waive(tx, &draw, side.department_id, person)?;
            if sides.iter().all(|side| waived.contains(&side.department_id)) {
                subject.change_arbiter(tx, terms.ruling(current, tx.now))?;
            }
        }
    }
    arbitration::body(tx.conn, id)
}

/// Refuses to strike an arbiter who can decide already, or to waive it.
///
/// # Errors
/// 409.
fn refuse_too_late(tx: &mut Tx<'_>, project: &Project, sides: &[Side], current: Arbiter) -> Result<(), Error> {
    let since = decides_from(tx, project, sides, current)?;
    let Some(since) = since.filter(|since| *since <= tx.now) else { return Ok(()) };
    let text = Text::new("detail-strike-too-late").with("since", since.to_string());
    Err(Problem::new(Code::Conflict).because(text).into())
}

/// Returns from when an arbiter can decide.
fn decides_from(
    tx: &mut Tx<'_>,
    project: &Project,
    sides: &[Side],
    arbiter: Arbiter,
) -> Result<Option<UtcTime>, Error> {
    let planned = arbiter.ruling_from;
    planned.map(|planned| new_head::panel_decides_from(tx.conn, project.id, sides, planned)).transpose()
}

/// Replaces an arbiter who was struck for another subject of the same series, unless they can decide already: a side
/// has one strike for all of them.
fn replace(tx: &mut Tx<'_>, project: &Project, sides: &[Side], terms: &Terms, draw: &Draw) -> Result<(), Error> {
    let Some(subject) = Subject::parse(&draw.subject) else { return Ok(()) };
    let current = subject.arbiter(tx.conn, tx.now)?.map(|(_, arbiter)| arbiter);
    let is_same = |arbiter: &Arbiter| arbiter.draw_id == Some(draw.id) && arbiter.person_id.is_some();
    let Some(current) = current.filter(is_same) else { return Ok(()) };
    if decides_from(tx, project, sides, current)?.is_none_or(|since| since <= tx.now) {
        return Ok(());
    }
    arbitration::ended(tx, &draw.subject, false)?;
    let next = arbitration::draw_for(tx, project, terms, &draw.subject, &draw.topic())?;
    subject.change_arbiter(tx, not_before(terms, next, current))
}

/// Returns the next arbiter, who cannot decide earlier than the one before.
fn not_before(terms: &Terms, next: Arbiter, before: Arbiter) -> Arbiter {
    match next.ruling_from.max(before.ruling_from) {
        Some(from) if next.person_id.is_some() => terms.ruling(next, from),
        _ => next,
    }
}

fn subject_id(subject: &Subject) -> &str {
    match subject {
        Subject::Decision(id) => id.as_str(),
        Subject::Dispute(id) => id.as_str(),
        Subject::Approval(id) => id.as_str(),
    }
}
