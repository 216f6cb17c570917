//! Amendments: a charter that all sides of a running project have signed comes into force.
//!
//! Rules: until then the project runs on the version before; the first day of a project that has
//! begun stays, and its new end is not past; what reaches beyond a new end is cut there.

use crate::collaboration::approvals::service as approvals;
use crate::collaboration::memberships::scheduled;
use crate::collaboration::ownership::disputes::guard;
use crate::collaboration::ownership::handover;
use crate::collaboration::projects::charter::Content;
use crate::collaboration::projects::readiness::{self, Blocker};
use crate::collaboration::projects::{Project, State, revision, service as projects};
use crate::kernel::error::{Error, Text, Violation, refuse_if_any};
use crate::kernel::tx::Tx;

/// What an amendment of a running project must not do, and must not lack.
///
/// # Errors
/// 422 for its dates, 409 `not_ready` for an incomplete plan.
pub fn refuse_unless_possible(tx: &mut Tx<'_>, project: &Project, content: &Content) -> Result<(), Error> {
    let mut violations = Vec::new();
    if content.starts_on != project.starts_on {
        let text = Text::new("The project has begun; this day stays.", "Projekt už začal; tento den zůstává.");
        violations.push(Violation::at("/starts_on", "has_begun", text));
    }
    if content.ends_on <= tx.now.day() {
        let text = Text::new("This day is past.", "Tento den už minul.");
        violations.push(Violation::at("/ends_on", "dates_out_of_range", text));
    }
    violations.extend(moved_areas(tx, project, content)?);
    refuse_if_any(violations)?;
    let (goals, milestones) = content.due_days();
    let blockers: Vec<Blocker> = readiness::plan_blockers(content.starts_on, content.ends_on, &goals, &milestones);
    projects::refuse_unless_ready(tx, &blockers)
}

/// An area changes sides together with its owner, by a transfer; a disputed one does not change at all.
fn moved_areas(tx: &mut Tx<'_>, project: &Project, content: &Content) -> Result<Vec<Violation>, Error> {
    let areas = projects::areas(tx.conn, project.id)?;
    let live: Vec<_> = areas.into_iter().filter(|area| area.retired_at.is_none()).collect();
    let mut found = Vec::new();
    for (index, wanted) in content.areas.iter().enumerate() {
        if live.iter().any(|area| area.key == wanted.key && area.department_id != wanted.department_id) {
            let text = Text::new(
                "While the project runs an area goes to another side by a transfer.",
                "Dokud projekt běží, přechází oblast na jinou stranu předáním.",
            );
            found.push(Violation::at(format!("/areas/{index}/department_id"), "use_a_transfer", text));
        }
    }
    for area in live.iter().filter(|area| content.areas.iter().all(|wanted| wanted.key != area.key)) {
        guard::refuse_while_disputed(tx.conn, area.id)?;
    }
    Ok(found)
}

/// Whether the sides have refused the newest charter, so that even the same text is a new question.
pub fn is_refused(tx: &mut Tx<'_>, project: &Project) -> Result<bool, Error> {
    Ok(project.state != State::Draft && approvals::charter_is_refused(tx.conn, project.id, project.charter_version)?)
}

/// All sides have signed a version: a running project goes over to it, and what reaches beyond an earlier end is cut.
///
/// # Errors
/// 409 when the new last day of a running project has passed.
pub fn agreed(tx: &mut Tx<'_>, before: &Project, version: i32) -> Result<(), Error> {
    match revision::agreed(tx, before, version)? {
        Some(after) if after.ends_on < before.ends_on => {
            handover::end_by(tx, &after, after.ends_on)?;
            scheduled::end_by(tx, &after, after.ends_on)
        }
        _ => Ok(()),
    }
}
