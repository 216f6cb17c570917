//! Revising the charter, and requesting signatures from all sides.

use super::amendment;
use super::dto::NewCharterVersion;
use super::lead;
use super::side_changes;
use crate::collaboration::approvals::request::{self, NewApproval};
use crate::collaboration::approvals::{ApprovalKind, CharterTerms, Terms, lapse, service as approvals};
use crate::collaboration::memberships::neutrality;
use crate::collaboration::projects::charter::Content;
use crate::collaboration::projects::dto::CharterBody;
use crate::collaboration::projects::permit::{Standing, permit};
use crate::collaboration::projects::service::{self as projects, Whole};
use crate::collaboration::projects::{Project, ProjectVerb, Side, State, revision};
use crate::kernel::authz::{Action, Relations};
use crate::kernel::error::{Code, Error, Problem, refuse_if_any};
use crate::kernel::http::etag::IfMatch;
use crate::kernel::ids::{DepartmentId, ProjectId};
use crate::kernel::tx::Tx;

/// Creates a new version of the charter; identical text changes nothing. If the project is proposed or running, an
/// approval is requested from all sides; a running project stays on the version in force until all have signed.
/// Returns the charter and the row version of its project.
///
/// # Errors
/// 403, 404, 412, 428; 409 when the state of the project does not allow it, the amendment is incomplete, another side
/// has proposed an amendment, or a side that leaves has members or areas; 422 for contradictions, for a lead who is
/// unknown or represents a side, and for an arbiter who is not neutral.
pub fn revise(tx: &mut Tx<'_>, id: ProjectId, text: &NewCharterVersion) -> Result<(CharterBody, i64), Error> {
    let permitted = permit(tx, Action::EditCharter, |tx| Standing::read(tx, id))?;
    let people = side_changes::lock_people(tx, text)?;
    let Standing { project, relations, .. } = permitted.lock(tx)?;
    if project.state == State::Proposed && !relations.sponsor {
        return Err(Error::forbidden("forbidden-proposed-charter"));
    }
    IfMatch::check(tx.meta.if_match.as_ref(), project.version)?;
    project.state.require(ProjectVerb::ReplaceCharter)?;
    let sides = projects::sides(tx.conn, id, tx.now.day())?;
    let plan = side_changes::plan(tx, &project, &sides, text, &people)?;
    lead::refuse_unless_eligible(tx, &project, &sides, text, &people)?;
    let content = content_of(text, plan.departments);
    let mut violations = content.contradictions();
    violations.extend(neutrality::panel_violations(tx, &project, &content)?);
    refuse_if_any(violations)?;
    if project.state.is_running() {
        amendment::refuse_unless_possible(tx, &project, &content)?;
    }
    let sealed = content.seal()?;
    let current = revision::newest(tx.conn, &project)?;
    if sealed.sha256 == current.sha256 && !amendment::is_rejected(tx, &project)? {
        return Ok((CharterBody::try_from(current)?, project.version));
    }
    refuse_to_replace_amendment(tx, &project, relations)?;
    let before = Whole { project, sides };
    let (charter, after) = revision::write(tx, &before, current, content, sealed)?;
    if before.project.state != State::Draft {
        // The sides that would have joined by the previous version no longer do.
        lapse::lapse_where(tx, id, |open| open.kind == ApprovalKind::Charter)?;
        let asked = revision::add_joining(tx, &after, before.sides, &plan.joining, relations.person)?;
        request_signatures(tx, &after, &asked, relations)?;
    }
    Ok((charter, after.version))
}

/// Refuses to replace an amendment that another side has proposed: that would withdraw it. The side can reject it
/// instead.
fn refuse_to_replace_amendment(tx: &mut Tx<'_>, project: &Project, caller: Relations) -> Result<(), Error> {
    if project.state.is_running()
        && approvals::awaits_charter_of_another_side(tx.conn, project.id, caller.sponsor_of, tx.now)?
    {
        return Err(Problem::new(Code::Conflict).because("detail-amendment-of-another-side").into());
    }
    Ok(())
}

/// Requests the signatures of all sides for the newest charter. Requesting them does not sign for any side.
pub fn request_signatures(
    tx: &mut Tx<'_>,
    project: &Project,
    sides: &[Side],
    relations: Relations,
) -> Result<(), Error> {
    let new = NewApproval {
        subject: project.id.as_str(),
        number: Some(project.charter_version),
        terms: Terms::Charter(CharterTerms { sha256: project.charter_sha256.clone() }),
        reason: None,
        due_at: None,
        approves: None,
    };
    request::request(tx, project, sides, relations.person, new).map(drop)
}

fn content_of(text: &NewCharterVersion, sides: Vec<DepartmentId>) -> Content {
    let NewCharterVersion { name, purpose, starts_on, ends_on, parity_tolerance, parity_measure, .. } = text.clone();
    let NewCharterVersion { goals, milestones, areas, lead_person_id, sealed, .. } = text.clone();
    let NewCharterVersion { panel, response_days, .. } = text.clone();
    Content {
        name,
        purpose,
        starts_on,
        ends_on,
        parity_tolerance,
        parity_measure,
        sides,
        goals,
        milestones,
        areas,
        lead_person_id,
        sealed,
        panel,
        response_days,
    }
}
