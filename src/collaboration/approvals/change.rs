//! What every change of an approval does: lock its project, find out whom the caller represents, check that it is open,
//! write it with its event.

use super::delegations;
use super::dto::{ConsentAnswerBody, ConsentBody};
use super::rules::{self, RepresentedSide, Seat, Standing};
use super::state::{ConsentAnswer, ConsentState};
use super::store::{self, Answer, AnsweredForAnotherSide, Asked, Consent, Which};
use crate::collaboration::projects::{Project, Side, service as projects};
use crate::kernel::authz::{Action, Facts};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::events::types;
use crate::kernel::ids::{ConsentId, PersonId, ProjectId};
use crate::kernel::record::Change;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Locks the project of an approval and lets the caller through.
///
/// # Errors
/// 403, 404; a replay of the stored response.
pub fn take(tx: &mut Tx<'_>, id: ConsentId, action: Action) -> Result<(Project, Facts), Error> {
    let project = store::project_of(tx.conn, id)?.ok_or_else(Error::not_found)?;
    projects::take(tx, project, action)
}

/// Loads an approval with its sides and their responses.
///
/// # Errors
/// 404.
pub fn find(conn: &mut DbConn, id: ConsentId) -> Result<Asked, Error> {
    store::load(conn, &Which::One(id))?.into_iter().next().ok_or_else(Error::not_found)
}

/// The caller and the side that they represent, if there is one.
pub fn represented_side(
    tx: &mut Tx<'_>,
    project: ProjectId,
    caller: Option<PersonId>,
    sides: &[Side],
) -> Result<Option<(PersonId, RepresentedSide)>, Error> {
    let Some(person) = caller else { return Ok(None) };
    let seats: Vec<_> =
        sides.iter().map(|side| Seat { department_id: side.department_id, sponsor: side.seated() }).collect();
    if let Some(own) = rules::represented_side(person, &seats, &[]) {
        return Ok(Some((person, own)));
    }
    let standing: Vec<Standing> = delegations::service::standing(tx.conn, project, tx.now.day())?;
    Ok(rules::represented_side(person, &seats, &standing).map(|side| (person, side)))
}

/// Refuses a verb when an approval is not open any more, or overdue.
///
/// # Errors
/// 409 `illegal_transition`.
pub fn require_open(asked: &Asked, now: UtcTime, verb: &str) -> Result<(), Error> {
    if asked.row.state != ConsentState::Open {
        return Err(Problem::illegal_transition(asked.row.state.as_str(), verb, &[]).into());
    }
    if asked.row.due_at.is_some_and(|due| due <= now) {
        return Err(Problem::illegal_transition("overdue", verb, &[]).into());
    }
    Ok(())
}

/// Builds the response of a side.
pub fn response(
    tx: &Tx<'_>,
    consent: &Consent,
    person: PersonId,
    side: RepresentedSide,
    answer: ConsentAnswer,
    reason: Option<String>,
) -> Answer {
    Answer {
        id: tx.new_id(),
        consent_id: consent.id,
        project_id: consent.project_id,
        department_id: side.department_id,
        person_id: person,
        delegation_id: side.delegation_id,
        answer,
        reason,
        answered_at: tx.now,
        superseded_at: None,
    }
}

/// Writes a response in place of an earlier one of the same side.
///
/// # Errors
/// 409 when the person has responded for another side.
pub fn put(tx: &mut Tx<'_>, asked: &mut Asked, answer: Answer) -> Result<(), Error> {
    let slot = asked.sides.iter_mut().find(|(side, _)| *side == answer.department_id);
    let slot = slot.ok_or_else(|| Error::internal("an answer from no side of the project"))?;
    if let Some(before) = slot.1.take() {
        supersede(tx, before)?;
    }
    store::insert_answer(tx.conn, &answer)?.map_err(|AnsweredForAnotherSide| answered_for_another_side())?;
    let body = ConsentAnswerBody::from(answer.clone());
    tx.record_change(&Change::created(types::CONSENT_ANSWERED, body.id.as_str(), &body)?)?;
    slot.1 = Some(answer);
    Ok(())
}

/// Makes a response count no more.
pub fn supersede(tx: &mut Tx<'_>, before: Answer) -> Result<(), Error> {
    store::supersede(tx.conn, &[before.id], tx.now)?;
    let after = Answer { superseded_at: Some(tx.now), ..before.clone() };
    let (old, new) = (ConsentAnswerBody::from(before), ConsentAnswerBody::from(after));
    tx.record_change(&Change::updated(types::CONSENT_ANSWERED, new.id.as_str(), &old, &new)?)
}

/// Ends an open approval in its final state.
pub fn end(tx: &mut Tx<'_>, asked: &mut Asked, state: ConsentState, event: &'static str) -> Result<(), Error> {
    let before = asked.clone();
    asked.row.state = state;
    asked.row.settled_at = Some(tx.now);
    save(tx, &before, asked, event)
}

/// Writes an approval in its next version, with its event.
pub fn save(tx: &mut Tx<'_>, before: &Asked, asked: &mut Asked, event: &'static str) -> Result<(), Error> {
    asked.row.version += 1;
    store::update(tx.conn, &asked.row)?;
    let (old, new) = (ConsentBody::try_from(before)?, ConsentBody::try_from(&*asked)?);
    tx.record_change(&Change::updated(event, new.id.as_str(), &old, &new)?)
}

fn answered_for_another_side() -> Problem {
    Problem::new(Code::Conflict).because(
        "You have answered this for another side; one person never speaks for two.",
        "Odpověděli jste už za jinou stranu; jeden člověk nikdy nemluví za dvě.",
    )
}
