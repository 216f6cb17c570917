//! Asking all sides of a project.

use super::change;
use super::dto::ConsentBody;
use super::state::{ConsentAnswer, ConsentState};
use super::store::{self, AlreadyOpen, Asked, Consent};
use super::terms::{Terms, TermsDocument};
use crate::collaboration::projects::{Project, service as projects};
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::events::types;
use crate::kernel::ids::PersonId;
use crate::kernel::record::Change;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// A question to all sides.
pub struct Ask<'a> {
    /// Id of what it is about.
    pub subject: &'a str,
    /// The version of a charter; otherwise the next number is taken.
    pub number: Option<i32>,
    pub terms: Terms,
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
    let kind = ask.terms.kind();
    let number = match ask.number {
        Some(number) => number,
        None => store::asked_before(tx.conn, project.id, kind, ask.subject)? + 1,
    };
    let (terms, sha256) = TermsDocument::new(project.id, ask.subject, number, ask.terms).seal()?;
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
    store::insert(tx.conn, &row)?.map_err(|AlreadyOpen| already_asked())?;
    let mut asked = Asked { row, sides: sides.iter().map(|side| (side.department_id, None)).collect() };
    tx.record_change(&Change::created(
        types::CONSENT_REQUESTED,
        asked.row.id.as_str(),
        &ConsentBody::try_from(&asked)?,
    )?)?;
    if ask.asking_agrees
        && let Some((person, side)) = change::represented_side(tx, project.id, caller, &sides)?
    {
        let answer = change::response(tx, &asked.row, person, side, ConsentAnswer::Agree, None);
        change::put(tx, &mut asked, answer)?;
    }
    Ok(asked)
}

fn already_asked() -> Problem {
    Problem::new(Code::AlreadyExists).because("The sides are being asked this already.", "Na to už se stran někdo ptá.")
}
