//! Asking all sides, answering for one, and what follows.

use super::delegations;
use super::dto::{ConsentAnswerBody, ConsentBody, NewConsentAnswer};
use super::effects;
use super::filter::ConsentQuery;
pub use super::queries::{
    HistoryRow, charter_is_refused, history, proposed_settlements, signatures, waiting_for, waiting_ids,
};
use super::rules::{self, Seat, Standing, Tally, Voice};
use super::state::{ConsentAnswer, ConsentKind, ConsentState};
pub use super::store::Asked;
use super::store::{self, Answer, Consent, Which};
use super::terms::{Particulars, Terms};
use crate::collaboration::projects::service::{self as projects, Project, Side};
use crate::kernel::auth::{Actor, Scope};
use crate::kernel::authz::{Action, Facts, not_for_you};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::events::types;
use crate::kernel::ids::{ConsentId, DepartmentId, PersonId, ProjectId};
use crate::kernel::page::Page;
use crate::kernel::record::Change;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// A question to all sides.
pub struct Ask<'a> {
    /// Id of what it is about.
    pub subject: &'a str,
    /// The version of a charter; otherwise the next number is taken.
    pub number: Option<i32>,
    pub particulars: Particulars,
    pub reason: Option<&'a str>,
    pub due_at: Option<UtcTime>,
    /// Whether a sponsor or delegate who asks has agreed by asking.
    pub asking_agrees: bool,
}

/// Asks all sides of a project that the caller has taken.
///
/// # Errors
/// 409 `already_exists` while the same is being asked, `not_ready` while a seat of a running
/// project is vacant.
pub fn ask(tx: &mut Tx<'_>, project: &Project, caller: Option<PersonId>, ask: Ask<'_>) -> Result<Asked, Error> {
    let sides = projects::sides(tx.conn, project.id)?;
    projects::refuse_while_vacant(tx, project, &sides)?;
    let kind = ask.particulars.kind();
    let number = match ask.number {
        Some(number) => number,
        None => store::asked_before(tx.conn, project.id, kind, ask.subject)? + 1,
    };
    let (terms, sha256) = Terms::new(project.id, ask.subject, number, ask.particulars).seal()?;
    let row = Consent {
        id: tx.new_id(),
        project_id: project.id,
        kind,
        subject: ask.subject.to_owned(),
        number,
        terms,
        sha256,
        state: ConsentState::Open,
        asked_by: caller,
        asked_at: tx.now,
        reason: ask.reason.map(str::to_owned),
        due_at: ask.due_at,
        settled_at: None,
        version: 1,
    };
    store::insert(tx.conn, &row)?;
    let mut asked = Asked { row, sides: sides.iter().map(|side| (side.department_id, None)).collect() };
    tx.record(&Change::created(types::CONSENT_REQUESTED, asked.row.id.as_str(), &ConsentBody::try_from(&asked)?)?)?;
    if ask.asking_agrees
        && let Some((person, voice)) = speaker(tx, project.id, caller, &sides)?
    {
        let answer = given(tx, &asked.row, person, voice, ConsentAnswer::Agree, None);
        put(tx, &mut asked, answer)?;
    }
    Ok(asked)
}

/// Answers for the side that the caller speaks for. The last answer settles the matter, and what
/// was asked happens with it.
///
/// # Errors
/// 403, 404; 409 `illegal_transition` when it is not open any more, `conflict` when it is about
/// something else than what the caller has read, `not_ready` while a seat is vacant.
pub fn answer(tx: &mut Tx<'_>, id: ConsentId, new: &NewConsentAnswer) -> Result<Asked, Error> {
    let (project, facts) = take(tx, id, Action::AnswerConsent)?;
    let mut asked = one(tx.conn, id)?;
    require_open(&asked, tx.now, "answer")?;
    if new.sha256 != asked.row.sha256 {
        return Err(something_else(&asked));
    }
    let sides = projects::sides(tx.conn, project.id)?;
    projects::refuse_while_vacant(tx, &project, &sides)?;
    let (person, voice) =
        speaker(tx, project.id, facts.person, &sides)?.ok_or_else(|| not_for_you(Action::AnswerConsent))?;
    let answer = given(tx, &asked.row, person, voice, new.answer, new.reason.clone());
    let same = |before: &Answer| {
        (before.department_id, before.person_id, before.answer, &before.reason)
            == (answer.department_id, answer.person_id, answer.answer, &answer.reason)
    };
    if asked.answers().any(same) {
        return Ok(asked);
    }
    put(tx, &mut asked, answer)?;
    settle(tx, &project, &mut asked)?;
    Ok(asked)
}

/// Takes a question back.
///
/// # Errors
/// 403, 404; 409 when it is not open, or belongs to something else that is taken back instead.
pub fn withdraw(tx: &mut Tx<'_>, id: ConsentId) -> Result<Asked, Error> {
    let (project, facts) = take(tx, id, Action::AskJointly)?;
    let mut asked = one(tx.conn, id)?;
    // Another side that does not want it disagrees, and says why.
    if asked.row.asked_by != facts.person && !facts.lead && !tx.actor.has(Scope::Admin) {
        return Err(Error::forbidden(
            "Whoever asked, the lead or an administrator takes it back; another side disagrees, and says why.",
            "Zpět to bere ten, kdo se ptal, vedoucí projektu nebo správce; jiná strana nesouhlasí a uvede důvod.",
        ));
    }
    require_open(&asked, tx.now, "withdraw")?;
    let by_itself = match asked.row.kind {
        ConsentKind::Resume | ConsentKind::Close | ConsentKind::Release | ConsentKind::Settlement => true,
        ConsentKind::Charter => project.in_force_version.is_some(),
        ConsentKind::Transfer | ConsentKind::Decision => false,
    };
    if !by_itself {
        return Err(Problem::new(Code::Conflict)
            .because(
                "This question belongs to a proposal, a transfer or a decision; withdraw or revise that.",
                "Tato otázka patří k návrhu, předání nebo rozhodnutí; vezměte zpět nebo upravte to.",
            )
            .into());
    }
    end(tx, &mut asked, ConsentState::Withdrawn, types::CONSENT_WITHDRAWN)?;
    Ok(asked)
}

/// One consent.
///
/// # Errors
/// 403, 404.
pub fn get(conn: &mut DbConn, actor: &Actor, id: ConsentId, now: UtcTime) -> Result<Asked, Error> {
    let asked = one(conn, id)?;
    projects::require(conn, actor, Action::ReadProject, asked.row.project_id, now)?;
    Ok(asked)
}

/// One page of the consents of a project.
///
/// # Errors
/// 403, 404.
pub fn list(
    conn: &mut DbConn,
    actor: &Actor,
    project: ProjectId,
    query: &ConsentQuery,
    now: UtcTime,
    page: &Page,
) -> Result<Vec<Asked>, Error> {
    projects::require(conn, actor, Action::ReadProject, project, now)?;
    store::load(conn, &Which::Page(project, query, page))
}

/// One page of all answers to a consent.
///
/// # Errors
/// 403, 404.
pub fn answers(
    conn: &mut DbConn,
    actor: &Actor,
    id: ConsentId,
    now: UtcTime,
    page: &Page,
) -> Result<Vec<Answer>, Error> {
    let project = store::project_of(conn, id)?.ok_or_else(Error::not_found)?;
    projects::require(conn, actor, Action::ReadProject, project, now)?;
    store::answers(conn, id, page)
}

/// Ends every open question that `matters` picks: what it was about has changed or is over.
///
/// # Errors
/// Those of the database.
pub fn lapse(tx: &mut Tx<'_>, project: ProjectId, matters: impl Fn(&Consent) -> bool) -> Result<(), Error> {
    for mut asked in store::load(tx.conn, &Which::Open(project))? {
        if matters(&asked.row) {
            end(tx, &mut asked, ConsentState::Lapsed, types::CONSENT_LAPSED)?;
        }
    }
    Ok(())
}

/// Ends the open question about one thing.
///
/// # Errors
/// Those of the database.
pub fn lapse_about(tx: &mut Tx<'_>, project: ProjectId, subject: &str) -> Result<(), Error> {
    lapse(tx, project, |row| row.subject == subject)
}

/// A side has another sponsor, or none: what it has said on open questions counts no more, and
/// neither does its signature under a charter that is not in force yet.
///
/// # Errors
/// Those of the database.
pub fn seat_changed(tx: &mut Tx<'_>, project: &Project, side: DepartmentId) -> Result<(), Error> {
    delegations::service::end_with_seat(tx, project.id, side)?;
    let mut open = store::load(tx.conn, &Which::Open(project.id))?;
    if project.in_force_version.is_none() {
        let signed = store::load(tx.conn, &Which::Charter(project.id, project.charter_version))?;
        open.extend(signed.into_iter().filter(|asked| asked.row.state == ConsentState::Agreed));
    }
    for mut asked in open {
        let Some(slot) = asked.sides.iter_mut().find(|(one, _)| *one == side) else { continue };
        let Some(answer) = slot.1.take() else { continue };
        withdraw_answer(tx, answer)?;
        if asked.row.state == ConsentState::Agreed {
            let before = asked.clone();
            asked.row.state = ConsentState::Open;
            asked.row.settled_at = None;
            projects::charter_is_unsigned(tx, project)?;
            save(tx, &before, &mut asked, types::CONSENT_REOPENED)?;
        }
    }
    Ok(())
}

/// Locks the project of a consent and lets the caller through.
fn take(tx: &mut Tx<'_>, id: ConsentId, action: Action) -> Result<(Project, Facts), Error> {
    let project = store::project_of(tx.conn, id)?.ok_or_else(Error::not_found)?;
    projects::take(tx, project, action)
}

fn one(conn: &mut DbConn, id: ConsentId) -> Result<Asked, Error> {
    store::load(conn, &Which::One(id))?.into_iter().next().ok_or_else(Error::not_found)
}

fn require_open(asked: &Asked, now: UtcTime, verb: &str) -> Result<(), Error> {
    if asked.row.state != ConsentState::Open {
        return Err(Problem::illegal_transition(asked.row.state.as_str(), verb, &[]).into());
    }
    if asked.row.due_at.is_some_and(|due| due <= now) {
        return Err(Problem::illegal_transition("overdue", verb, &[]).into());
    }
    Ok(())
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

/// Who the caller is and which side they speak for, if any.
fn speaker(
    tx: &mut Tx<'_>,
    project: ProjectId,
    caller: Option<PersonId>,
    sides: &[Side],
) -> Result<Option<(PersonId, Voice)>, Error> {
    let Some(person) = caller else { return Ok(None) };
    let seats: Vec<_> =
        sides.iter().map(|side| Seat { department_id: side.department_id, sponsor: side.seated() }).collect();
    if let Some(own) = rules::voice(person, &seats, &[]) {
        return Ok(Some((person, own)));
    }
    let standing: Vec<Standing> = delegations::service::standing(tx.conn, project, tx.now.day())?;
    Ok(rules::voice(person, &seats, &standing).map(|voice| (person, voice)))
}

fn given(
    tx: &Tx<'_>,
    consent: &Consent,
    person: PersonId,
    voice: Voice,
    answer: ConsentAnswer,
    reason: Option<String>,
) -> Answer {
    Answer {
        id: tx.new_id(),
        consent_id: consent.id,
        project_id: consent.project_id,
        department_id: voice.department_id,
        person_id: person,
        delegation_id: voice.delegation_id,
        answer,
        reason,
        answered_at: tx.now,
        superseded_at: None,
    }
}

/// Writes an answer in place of what the side has said before.
fn put(tx: &mut Tx<'_>, asked: &mut Asked, answer: Answer) -> Result<(), Error> {
    let slot = asked.sides.iter_mut().find(|(side, _)| *side == answer.department_id);
    let slot = slot.ok_or_else(|| Error::internal("an answer from no side of the project"))?;
    if let Some(before) = slot.1.take() {
        withdraw_answer(tx, before)?;
    }
    store::insert_answer(tx.conn, &answer)?;
    let body = ConsentAnswerBody::from(answer.clone());
    tx.record(&Change::created(types::CONSENT_ANSWERED, body.id.as_str(), &body)?)?;
    slot.1 = Some(answer);
    Ok(())
}

fn withdraw_answer(tx: &mut Tx<'_>, before: Answer) -> Result<(), Error> {
    store::supersede(tx.conn, &[before.id], tx.now)?;
    let after = Answer { superseded_at: Some(tx.now), ..before.clone() };
    let (old, new) = (ConsentAnswerBody::from(before), ConsentAnswerBody::from(after));
    tx.record(&Change::updated(types::CONSENT_ANSWERED, new.id.as_str(), &old, &new)?)
}

/// Closes the question when the last answer is in, and does what was asked.
fn settle(tx: &mut Tx<'_>, project: &Project, asked: &mut Asked) -> Result<(), Error> {
    let words: Vec<_> = asked.sides.iter().map(|(_, answer)| answer.as_ref().map(|answer| answer.answer)).collect();
    let tally = rules::tally(&words);
    match tally {
        Tally::Waiting => return Ok(()),
        Tally::Agreed => end(tx, asked, ConsentState::Agreed, types::CONSENT_AGREED)?,
        Tally::Rejected | Tally::Divided => end(tx, asked, ConsentState::Refused, types::CONSENT_REFUSED)?,
    }
    effects::follow(tx, project, &asked.row, tally)
}

fn end(tx: &mut Tx<'_>, asked: &mut Asked, state: ConsentState, event: &'static str) -> Result<(), Error> {
    let before = asked.clone();
    asked.row.state = state;
    asked.row.settled_at = Some(tx.now);
    save(tx, &before, asked, event)
}

fn save(tx: &mut Tx<'_>, before: &Asked, asked: &mut Asked, event: &'static str) -> Result<(), Error> {
    asked.row.version += 1;
    store::update(tx.conn, &asked.row)?;
    let (old, new) = (ConsentBody::try_from(before)?, ConsentBody::try_from(&*asked)?);
    tx.record(&Change::updated(event, new.id.as_str(), &old, &new)?)
}
