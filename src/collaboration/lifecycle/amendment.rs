//! Amendments: changing the charter of a running project.
//!
//! Rules: a new version comes into force when all sides have signed it; until then the project runs on the previous
//! version. The first day of a running project cannot change, and its new end must be in the future. Memberships and
//! assignments that last longer than a new, earlier end are shortened to it. Sides can join and leave, see
//! [`side_changes`].

use super::lead;
use super::side_changes;
use crate::collaboration::approvals::service as approvals;
use crate::collaboration::memberships::scheduled;
use crate::collaboration::ownership::disputes::guard;
use crate::collaboration::ownership::handover;
use crate::collaboration::projects::charter::Content;
use crate::collaboration::projects::readiness::{self, Blocker};
use crate::collaboration::projects::{Project, State, revision, service as projects};
use crate::kernel::error::{Error, Text, Violation, refuse_if_any};
use crate::kernel::tx::Tx;

/// Checks that an amendment is allowed for a running project.
///
/// # Errors
/// 422 for invalid dates and for areas that move to another side; 409 `conflict` when an area that is left out is
/// disputed, `not_ready` for an incomplete plan.
pub fn refuse_unless_possible(tx: &mut Tx<'_>, project: &Project, content: &Content) -> Result<(), Error> {
    let mut violations = Vec::new();
    if content.starts_on != project.starts_on {
        let text = Text::new("violation-start-is-fixed");
        violations.push(Violation::at("/starts_on", "already_started", text));
    }
    if content.ends_on <= tx.now.day() {
        let text = Text::new("violation-past-day");
        violations.push(Violation::at("/ends_on", "dates_out_of_range", text));
    }
    violations.extend(moved_areas(tx, project, content)?);
    refuse_if_any(violations)?;
    let (goals, milestones) = content.due_days();
    let blockers: Vec<Blocker> = readiness::plan_blockers(content.starts_on, content.ends_on, &goals, &milestones);
    projects::refuse_unless_ready(tx, &blockers)
}

/// Returns a violation for every area that moves to another side; that needs a transfer, which also changes the owner.
///
/// # Errors
/// 409 when an area that is left out is disputed.
fn moved_areas(tx: &mut Tx<'_>, project: &Project, content: &Content) -> Result<Vec<Violation>, Error> {
    let areas = projects::areas(tx.conn, project.id)?;
    let live: Vec<_> = areas.into_iter().filter(|area| area.retired_at.is_none()).collect();
    let mut found = Vec::new();
    for (index, wanted) in content.areas.iter().enumerate() {
        if live.iter().any(|area| area.key == wanted.key && area.department_id != wanted.department_id) {
            let text = Text::new("violation-use-a-transfer");
            found.push(Violation::at(format!("/areas/{index}/department_id"), "transfer_required", text));
        }
    }
    for area in live.iter().filter(|area| content.areas.iter().all(|wanted| wanted.key != area.key)) {
        guard::refuse_while_disputed(tx.conn, area.id)?;
    }
    Ok(found)
}

/// Returns whether the newest charter was rejected or its approval withdrawn, so that the same text can be signed
/// again.
pub fn is_rejected(tx: &mut Tx<'_>, project: &Project) -> Result<bool, Error> {
    Ok(project.state != State::Draft && approvals::charter_not_approved(tx.conn, project.id, project.charter_version)?)
}

/// Applies a charter version that all sides have signed: a running project changes to it, and memberships and
/// assignments are shortened if the project now ends earlier.
///
/// # Errors
/// 409 when the new last day of a running project has passed, a side that leaves has members again, or the new lead has
/// become a sponsor or delegate.
pub fn approved(tx: &mut Tx<'_>, before: &Project, version: i32) -> Result<(), Error> {
    let Some(amended) = revision::sign(tx, before, version)? else { return Ok(()) };
    lead::refuse_if_represents(tx, before, &amended.project)?;
    let after = &amended.project;
    if after.ends_on < before.ends_on {
        handover::end_by(tx, after, after.ends_on)?;
        scheduled::end_by(tx, after, after.ends_on)?;
    }
    side_changes::took_effect(tx, &amended)
}
