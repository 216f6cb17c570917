//! Revising the charter, and asking all sides to sign it.

use super::amendment;
use super::dto::CharterText;
use crate::collaboration::approvals::ask::{self, Ask};
use crate::collaboration::approvals::{CharterTerms, ConsentKind, Terms, lapse};
use crate::collaboration::projects::charter::Content;
use crate::collaboration::projects::dto::CharterBody;
use crate::collaboration::projects::service::{self as projects, Whole};
use crate::collaboration::projects::{Project, ProjectVerb, State, revision};
use crate::kernel::authz::{Action, Facts};
use crate::kernel::error::{Error, refuse_if_any};
use crate::kernel::http::etag::IfMatch;
use crate::kernel::ids::{DepartmentId, ProjectId};
use crate::kernel::tx::Tx;

/// Writes a new version of the charter; the same text again changes nothing. A proposed or running
/// project asks all sides to sign it; a running one stays on the version in force until they have.
/// Gives the charter and the version of its project.
///
/// # Errors
/// 403, 404, 412, 428; 409 when the project has gone too far or the amendment lacks something; 422
/// for contradictions.
pub fn revise(tx: &mut Tx<'_>, id: ProjectId, text: &CharterText) -> Result<(CharterBody, i64), Error> {
    let (project, facts) = projects::take(tx, id, Action::EditCharter)?;
    IfMatch::check(tx.meta.if_match.as_ref(), project.version)?;
    project.state.require(ProjectVerb::ReviseCharter)?;
    let sides = projects::sides(tx.conn, id)?;
    let content = content_of(text, sides.iter().map(|side| side.department_id).collect());
    refuse_if_any(content.contradictions())?;
    if project.state.is_running() {
        amendment::refuse_unless_possible(tx, &project, &content)?;
    }
    let sealed = content.seal()?;
    let current = revision::newest(tx.conn, &project)?;
    if sealed.sha256 == current.sha256 && !amendment::is_refused(tx, &project)? {
        return Ok((CharterBody::try_from(current)?, project.version));
    }
    let before = Whole { project, sides };
    let (charter, after) = revision::write(tx, &before, current, content, sealed)?;
    if before.project.state != State::Draft {
        lapse::lapse_where(tx, id, |open| open.kind == ConsentKind::Charter)?;
        ask_to_sign(tx, &after, facts)?;
    }
    Ok((charter, after.version))
}

/// Asks the sides to sign the newest charter. Whoever puts it to them has not signed by that.
pub fn ask_to_sign(tx: &mut Tx<'_>, project: &Project, facts: Facts) -> Result<(), Error> {
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
