//! Putting a question to all sides.

use super::dto::{DecisionBody, NewDecision};
use super::store::{self, Decision};
use crate::collaboration::approvals::ask::{self, Ask};
use crate::collaboration::approvals::{Asked, QuestionTerms, Terms, delegations};
use crate::collaboration::memberships::service as memberships;
use crate::collaboration::projects::{Project, ProjectVerb, service as projects};
use crate::collaboration::states::DecisionState;
use crate::kernel::auth::Scope;
use crate::kernel::authz::{Action, Facts};
use crate::kernel::error::{Error, Text, Violation};
use crate::kernel::events::types;
use crate::kernel::ids::{DepartmentId, PersonId, ProjectId};
use crate::kernel::record::Change;
use crate::kernel::tx::Tx;

/// Puts a question to all sides. Whoever asks has not answered by that.
///
/// # Errors
/// 403, 404; 422 for a day that is past, or when it is not clear which side asks; 409 unless the
/// project is proposed or runs with every seat filled.
pub fn raise(tx: &mut Tx<'_>, project: ProjectId, new: &NewDecision) -> Result<(Decision, Asked), Error> {
    let (project, facts) = projects::take(tx, project, Action::RaiseDecision)?;
    project.state.require(ProjectVerb::RaiseDecision)?;
    if new.due_at <= tx.now {
        let text = Text::new("This instant is past.", "Tento okamžik už minul.");
        return Err(Error::violation(Violation::at("/due_at", "in_the_past", text)));
    }
    let row = Decision {
        id: tx.new_id(),
        project_id: project.id,
        question: new.question.clone(),
        department_id: asking_side(tx, &project, facts, new.department_id)?,
        raised_by: facts.person,
        raised_at: tx.now,
        due_at: new.due_at,
        state: DecisionState::Open,
        outcome: None,
        decided_by: None,
        rationale: None,
        decided_at: None,
        deadlocked_at: None,
        escalated_to: None,
        escalated_at: None,
        version: 1,
    };
    store::insert(tx.conn, &row)?;
    let body = DecisionBody::new(row.clone(), tx.now);
    tx.record_change(&Change::created(types::DECISION_RAISED, row.id.as_str(), &body)?)?;
    let ask = Ask {
        subject: row.id.as_str(),
        number: None,
        terms: Terms::Decision(QuestionTerms { question: row.question.clone() }),
        reason: None,
        due_at: Some(row.due_at),
        asking_agrees: false,
    };
    let asked = ask::ask(tx, &project, facts.person, ask)?;
    Ok((row, asked))
}

/// The side of the caller: that of their seat, or that which they work for.
fn asking_side(
    tx: &mut Tx<'_>,
    project: &Project,
    facts: Facts,
    named: Option<DepartmentId>,
) -> Result<DepartmentId, Error> {
    let sides = projects::sides(tx.conn, project.id)?;
    let seat = sides.iter().find(|side| side.sponsor_person_id.is_some() && side.sponsor_person_id == facts.person);
    let own = match (seat, facts.person) {
        (Some(seat), _) => Some(seat.department_id),
        (None, Some(person)) => side_today(tx, project.id, person)?,
        (None, None) => None,
    };
    let is_side = |wanted: &DepartmentId| sides.iter().any(|side| side.department_id == *wanted);
    match (named, own) {
        // Nobody asks in the name of another side.
        (Some(named), Some(own)) if named != own && !facts.lead => {
            Err(Error::forbidden("Nobody asks in the name of another side.", "Za jinou stranu se nikdo neptá."))
        }
        (_, None) if !facts.lead && !tx.actor.has(Scope::Admin) => Err(Error::forbidden(
            "Today you belong to no side of the project.",
            "Dnes nepatříte k žádné straně projektu.",
        )),
        (Some(named), _) if is_side(&named) => Ok(named),
        (None, Some(own)) => Ok(own),
        _ => {
            let text = Text::new("Say which side of the project asks.", "Uveďte, která strana projektu se ptá.");
            Err(Error::violation(Violation::at("/department_id", "not_a_side", text)))
        }
    }
}

/// The side that somebody stands in or works for today.
fn side_today(tx: &mut Tx<'_>, project: ProjectId, person: PersonId) -> Result<Option<DepartmentId>, Error> {
    let today = tx.now.day();
    let standing = delegations::service::standing(tx.conn, project, today)?;
    if let Some(standing) = standing.iter().find(|one| one.delegate == person) {
        return Ok(Some(standing.department_id));
    }
    let stays = memberships::stays(tx.conn, project, person)?;
    Ok(stays.into_iter().find(|(_, from, to)| *from <= today && today < *to).map(|stay| stay.0))
}
