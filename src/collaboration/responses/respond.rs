//! Responding to an approval, and what happens with the last response.
//!
//! Rules: a response names the hash of what was read; the last one settles the approval, and what was asked happens in the
//! same transaction: if it is not possible any more, the response is not taken either. Everything that a response sets
//! off is called from here, and nothing of it calls back.

use super::dto::NewConsentAnswer;
use crate::collaboration::approvals::change;
use crate::collaboration::approvals::rules::{self, Tally};
use crate::collaboration::approvals::{Answer, Asked, Consent, ConsentState, Terms};
use crate::collaboration::decisions;
use crate::collaboration::lifecycle::{amendment, joint};
use crate::collaboration::ownership::{disputes, transfers};
use crate::collaboration::projects::{Project, service as projects};
use crate::collaboration::releases::release;
use crate::kernel::authz::{Action, not_for_you};
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::events::types;
use crate::kernel::ids::ConsentId;
use crate::kernel::tx::Tx;

/// Responds for the side that the caller represents. The last response settles the matter, and what was asked happens
/// with it.
///
/// # Errors
/// 403, 404; 409 `illegal_transition` when it is not open any more, `conflict` when it is about
/// something else than what the caller has read, `not_ready` while a seat is vacant.
pub fn respond(tx: &mut Tx<'_>, id: ConsentId, new: &NewConsentAnswer) -> Result<Asked, Error> {
    let (project, facts) = change::take(tx, id, Action::AnswerConsent)?;
    let mut asked = change::find(tx.conn, id)?;
    change::require_open(&asked, tx.now, "answer")?;
    if new.sha256 != asked.row.sha256 {
        return Err(something_else(&asked));
    }
    let sides = projects::sides(tx.conn, project.id)?;
    projects::refuse_while_vacant(tx, &project, &sides)?;
    let represented = change::represented_side(tx, project.id, facts.person, &sides)?;
    let (person, side) = represented.ok_or_else(|| not_for_you(Action::AnswerConsent))?;
    let answer = change::response(tx, &asked.row, person, side, new.answer, new.reason.clone());
    let same = |before: &Answer| {
        (before.department_id, before.person_id, before.answer, &before.reason)
            == (answer.department_id, answer.person_id, answer.answer, &answer.reason)
    };
    if asked.answers().any(same) {
        return Ok(asked);
    }
    change::put(tx, &mut asked, answer)?;
    settle(tx, &project, &mut asked)?;
    Ok(asked)
}

fn something_else(asked: &Asked) -> Error {
    Problem::new(Code::Conflict)
        .because(
            "What is asked is not what this hash is of. Read the consent again, and send the sha256 of the consent itself, not of the charter in it.",
            "Tento otisk nepatří k tomu, na co se ptáme. Znovu si to přečtěte a pošlete sha256 souhlasu, ne listiny v něm.",
        )
        .with("sha256", asked.row.sha256.as_str())
        .into()
}

/// Settles the approval when the last answer is in, and does what was asked.
fn settle(tx: &mut Tx<'_>, project: &Project, asked: &mut Asked) -> Result<(), Error> {
    let responses: Vec<_> = asked.sides.iter().map(|(_, given)| given.as_ref().map(|given| given.answer)).collect();
    let tally = rules::tally(&responses);
    match tally {
        Tally::Waiting => return Ok(()),
        Tally::Agreed => change::end(tx, asked, ConsentState::Agreed, types::CONSENT_AGREED)?,
        Tally::Rejected | Tally::Divided => change::end(tx, asked, ConsentState::Refused, types::CONSENT_REFUSED)?,
    }
    carry_out(tx, project, &asked.row, tally)
}

/// Carries out what was agreed, or tells the slice that asked that it was refused.
fn carry_out(tx: &mut Tx<'_>, project: &Project, consent: &Consent, tally: Tally) -> Result<(), Error> {
    let (agreed, subject) = (tally == Tally::Agreed, consent.subject.as_str());
    match consent.terms()? {
        Terms::Transfer(_) => transfers::service::consented(tx, project, subject, agreed),
        Terms::Decision(_) => decisions::service::answered(tx, subject, tally),
        _ if !agreed => Ok(()),
        Terms::Charter(_) => amendment::agreed(tx, project, consent.number),
        Terms::Resume => joint::resumed(tx, project),
        Terms::Close => joint::closing(tx, project),
        Terms::Release(terms) => release::released(tx, project, subject, &terms),
        Terms::Settlement(terms) => disputes::service::settled(tx, project, subject, &terms, consent.reason.as_deref()),
    }
}
