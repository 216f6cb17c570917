//! Proposing an arbiter to all sides, when no one of the panel can decide.

use super::dto::NewArbiter;
use crate::collaboration::approvals::request::{self, NewApproval};
use crate::collaboration::approvals::{Approval, ArbiterTerms, Terms as ApprovalTerms};
use crate::collaboration::arbitration::Arbiter;
use crate::collaboration::arbitration::service::{self as arbitration, Terms};
use crate::collaboration::decisions;
use crate::collaboration::lifecycle::arbiters::Subject;
use crate::collaboration::memberships::neutrality;
use crate::collaboration::projects::{Project, ProjectVerb, service as projects};
use crate::kernel::authz::Action;
use crate::kernel::error::{Code, Error, Problem, Violation, refuse_if_any};
use crate::kernel::ids::ProjectId;
use crate::kernel::tx::Tx;

/// Requests the approval of all sides for an arbiter.
///
/// # Errors
/// 403, 404; 422 for something that is not stuck between the sides, and for a person who is not neutral; 409 when
/// someone of the panel can decide, or a proposal of this side is already open.
pub fn propose(tx: &mut Tx<'_>, id: ProjectId, new: &NewArbiter) -> Result<Approval, Error> {
    let (project, relations) = projects::lock_project(tx, id, Action::RequestApproval)?;
    project.state.require(ProjectVerb::CreateDecision)?;
    let subject = Subject::parse(&new.subject);
    let found = match subject {
        Some(subject @ (Subject::Decision(_) | Subject::Dispute(_))) => subject.arbiter(tx.conn, tx.now)?,
        // Only the panel decides for the sides that do not respond to an approval.
        Some(Subject::Approval(_)) | None => None,
    };
    let (Some(subject), Some((_, current))) = (subject, found.filter(|(of, _)| *of == project.id)) else {
        return Err(Error::violation(Violation::unknown_reference("/subject", "violation-nothing-to-arbitrate")));
    };
    let terms = Terms::read(tx.conn, project.id, tx.now)?;
    if panel_decides(tx, &project, &terms, subject, current)? {
        return Err(Problem::new(Code::Conflict).because("detail-panel-decides").into());
    }
    refuse_if_any(neutrality::unfit_arbiter(tx, &project, new.person_id, "/person_id")?.into_iter().collect())?;
    let sides = projects::sides(tx.conn, project.id, tx.now.day())?;
    let new = NewApproval {
        subject: &new.subject,
        number: None,
        terms: ApprovalTerms::Arbiter(ArbiterTerms { person_id: new.person_id }),
        reason: None,
        due_at: Some(terms.earliest(tx.now)),
        approves: relations.person,
    };
    request::request(tx, &project, &sides, relations.person, new)
}

/// Returns whether someone of the panel can decide: the arbiter, unless they have been silent or are no longer neutral,
/// or someone who can still be drawn.
fn panel_decides(
    tx: &mut Tx<'_>,
    project: &Project,
    terms: &Terms,
    subject: Subject,
    current: Arbiter,
) -> Result<bool, Error> {
    match (current.person_id, subject) {
        (Some(person), _) => {
            let sides = projects::sides(tx.conn, project.id, tx.now.day())?;
            let is_silent = arbitration::is_silent(tx.conn, project.id, &sides, current, tx.now)?;
            Ok(!is_silent && neutrality::is_neutral(tx.conn, project, person, tx.now)?)
        }
        (None, Subject::Decision(id)) => decisions::service::can_escalate(tx, project, terms, id),
        // The arbiter of a dispute is drawn when it is raised.
        (None, Subject::Dispute(_) | Subject::Approval(_)) => Ok(false),
    }
}
