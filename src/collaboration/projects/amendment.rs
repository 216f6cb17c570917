//! Amendments: a charter that all sides of a running project have signed comes into force.
//!
//! Rules: until then the project runs on the version before; the first day of a project that has
//! begun stays, and its new end is not past; what reaches beyond a new end is cut there.

use super::agreement;
use super::charter::Content;
use super::dto::CharterBody;
use super::readiness::{self, Blocker};
use super::service::{Whole, refuse_unless_ready};
use super::state::State;
use super::store::{self, Project};
use crate::collaboration::approvals::{ConsentKind, lapse, service as approvals};
use crate::collaboration::memberships;
use crate::collaboration::ownership;
use crate::kernel::error::{Code, Error, Problem, Text, Violation, refuse_if_any};
use crate::kernel::events::types;
use crate::kernel::ids::{AreaId, DepartmentId};
use crate::kernel::record::Change;
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
    refuse_unless_ready(tx, &blockers)
}

/// An area changes sides together with its owner, by a transfer; a disputed one does not change at all.
fn moved_areas(tx: &mut Tx<'_>, project: &Project, content: &Content) -> Result<Vec<Violation>, Error> {
    let areas = store::areas(tx.conn, project.id)?;
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
        ownership::disputes::service::refuse_while_disputed(tx.conn, area.id)?;
    }
    Ok(found)
}

/// Whether the sides have refused the newest charter, so that even the same text is a new question.
///
/// # Errors
/// Those of the database.
pub fn is_refused(tx: &mut Tx<'_>, project: &Project) -> Result<bool, Error> {
    Ok(project.state != State::Draft && approvals::charter_is_refused(tx.conn, project.id, project.charter_version)?)
}

/// All sides have signed a version. A project that is not running yet waits for its activation; a
/// running one goes over to it at once.
///
/// # Errors
/// Those of the database.
pub fn agreed(tx: &mut Tx<'_>, project: &Project, version: i32) -> Result<(), Error> {
    store::mark_agreed(tx.conn, project.id, version, Some(tx.now))?;
    if project.state.is_running() { come_into_force(tx, project, version) } else { Ok(()) }
}

fn come_into_force(tx: &mut Tx<'_>, before: &Project, version: i32) -> Result<(), Error> {
    let row = store::charter(tx.conn, before.id, version)?;
    let row = row.ok_or_else(|| Error::internal("an agreed charter that is not there"))?;
    let content = Content::unseal(&row.content)?;
    if content.ends_on <= tx.now.day() {
        return Err(Problem::new(Code::Conflict)
            .because(
                "The new last day has passed meanwhile. Propose another amendment.",
                "Nový poslední den už mezitím minul. Navrhněte jiný dodatek.",
            )
            .into());
    }
    agreement::follow(tx, before.id, &content)?;
    let ends_on = content.ends_on;
    let after = Project {
        in_force_version: Some(version),
        in_force_sha256: Some(row.sha256.clone()),
        version: before.version + 1,
        updated_at: tx.now,
        ..agreement::takes_over(before, content, &row)
    };
    store::update(tx.conn, &after)?;
    let sides = store::sides(tx.conn, before.id)?;
    let old = Whole { project: before.clone(), sides: sides.clone() }.body();
    let new = Whole { project: after.clone(), sides }.body();
    tx.record(&Change::updated(types::PROJECT_AMENDED, before.id.as_str(), &old, &new)?)?;
    if ends_on < before.ends_on {
        ownership::service::end_by(tx, &after, ends_on)?;
        memberships::service::end_by(tx, &after, ends_on)?;
    }
    Ok(())
}

/// The sides have agreed that an area belongs to another side: the charter in force says so from
/// now on, in a version of its own. An amendment that was being signed is of an older text and
/// lapses.
///
/// # Errors
/// Those of the database.
pub fn move_area(tx: &mut Tx<'_>, project: &Project, area: AreaId, side: DepartmentId) -> Result<(), Error> {
    let in_force = project.in_force_version.ok_or_else(|| Error::internal("a running project without a charter"))?;
    let row = store::charter(tx.conn, project.id, in_force)?;
    let row = row.ok_or_else(|| Error::internal("a charter in force that is not there"))?;
    let areas = store::areas(tx.conn, project.id)?;
    let key = areas.into_iter().find(|row| row.id == area).map(|row| row.key);
    let mut content = Content::unseal(&row.content)?;
    for area in content.areas.iter_mut().filter(|area| Some(&area.key) == key.as_ref()) {
        area.department_id = side;
    }
    let new = agreement::write_version(tx, project, project.charter_version + 1, content.seal()?)?;
    let version = new.version;
    let (old, body) = (CharterBody::try_from(row)?, CharterBody::try_from(new)?);
    tx.record(&Change::updated(types::CHARTER_REVISED, project.id.as_str(), &old, &body)?)?;
    lapse::lapse_where(tx, project.id, |open| open.kind == ConsentKind::Charter)?;
    agreed(tx, project, version)
}
