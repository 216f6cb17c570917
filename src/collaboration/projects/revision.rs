//! Versions of the charter: writing one, and the project taking it over.

use super::area_sync;
use super::charter::{Content, Sealed};
use super::dto::CharterBody;
use super::service::Whole;
use super::store::{self, CharterRow, Project, Side};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::events::types;
use crate::kernel::ids::{AreaId, DepartmentId, ProjectId};
use crate::kernel::record::Change;
use crate::kernel::tx::Tx;

/// The newest version.
///
/// # Errors
/// 404 when there is none.
pub fn newest(conn: &mut DbConn, project: &Project) -> Result<CharterRow, Error> {
    store::charter(conn, project.id, project.charter_version)?.ok_or_else(Error::not_found)
}

/// What the newest version says.
pub fn content(conn: &mut DbConn, project: &Project) -> Result<Content, Error> {
    let row = store::charter(conn, project.id, project.charter_version)?;
    Content::unseal(&row.ok_or_else(|| Error::internal("a project without its charter"))?.content)
}

/// Writes the version after `current`. A project that is not running takes it over at once; a running one waits for all
/// sides. Returns the charter and the project as it is now.
pub fn write(
    tx: &mut Tx<'_>,
    before: &Whole,
    current: CharterRow,
    content: Content,
    sealed: Sealed,
) -> Result<(CharterBody, Project), Error> {
    let Whole { project, sides } = before;
    let row = write_version(tx, project, current.version + 1, sealed)?;
    let after = if project.state.is_running() {
        Project { charter_version: row.version, charter_sha256: row.sha256.clone(), ..project.clone() }
    } else {
        follow(tx, project.id, &content)?;
        takes_over(project, content, &row)
    };
    let after = Project { version: project.version + 1, updated_at: tx.now, ..after };
    store::update(tx.conn, &after)?;
    let (old, new) = (CharterBody::try_from(current)?, CharterBody::try_from(row)?);
    tx.record_change(&Change::updated(types::CHARTER_REVISED, project.id.as_str(), &old, &new)?)?;
    record_update(tx, project, &after, sides)?;
    Ok((new, after))
}

/// All sides have signed a version. A project that is not running yet waits for its activation; a running one takes it
/// over at once, and is returned as it is then.
///
/// # Errors
/// 409 when the new last day of a running project has passed.
pub fn agreed(tx: &mut Tx<'_>, project: &Project, version: i32) -> Result<Option<Project>, Error> {
    store::mark_agreed(tx.conn, project.id, version, Some(tx.now))?;
    if project.state.is_running() { come_into_force(tx, project, version).map(Some) } else { Ok(None) }
}

fn come_into_force(tx: &mut Tx<'_>, before: &Project, version: i32) -> Result<Project, Error> {
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
    follow(tx, before.id, &content)?;
    let after = Project {
        in_force_version: Some(version),
        in_force_sha256: Some(row.sha256.clone()),
        version: before.version + 1,
        updated_at: tx.now,
        ..takes_over(before, content, &row)
    };
    store::update(tx.conn, &after)?;
    let sides = store::sides(tx.conn, before.id)?;
    let old = Whole { project: before.clone(), sides: sides.clone() }.body();
    let new = Whole { project: after.clone(), sides }.body();
    tx.record_change(&Change::updated(types::PROJECT_AMENDED, before.id.as_str(), &old, &new)?)?;
    Ok(after)
}

/// Writes the charter in force once more, with an area that belongs to another side. Returns the number of the version.
pub fn move_area(tx: &mut Tx<'_>, project: &Project, area: AreaId, side: DepartmentId) -> Result<i32, Error> {
    let in_force = project.in_force_version.ok_or_else(|| Error::internal("a running project without a charter"))?;
    let row = store::charter(tx.conn, project.id, in_force)?;
    let row = row.ok_or_else(|| Error::internal("a charter in force that is not there"))?;
    let areas = store::areas(tx.conn, project.id)?;
    let key = areas.into_iter().find(|row| row.id == area).map(|row| row.key);
    let mut content = Content::unseal(&row.content)?;
    for area in content.areas.iter_mut().filter(|area| Some(&area.key) == key.as_ref()) {
        area.department_id = side;
    }
    let new = write_version(tx, project, project.charter_version + 1, content.seal()?)?;
    let version = new.version;
    let (old, body) = (CharterBody::try_from(row)?, CharterBody::try_from(new)?);
    tx.record_change(&Change::updated(types::CHARTER_REVISED, project.id.as_str(), &old, &body)?)?;
    Ok(version)
}

/// Keeps a version of the charter.
fn write_version(tx: &mut Tx<'_>, project: &Project, version: i32, sealed: Sealed) -> Result<CharterRow, Error> {
    let row = CharterRow {
        project_id: project.id,
        version,
        content: sealed.text,
        sha256: sealed.sha256,
        created_at: tx.now,
        agreed_at: None,
    };
    store::insert_charter(tx.conn, &row)?;
    Ok(row)
}

/// The project as a charter says.
fn takes_over(project: &Project, content: Content, row: &CharterRow) -> Project {
    Project {
        name: content.name,
        starts_on: content.starts_on,
        ends_on: content.ends_on,
        parity_tolerance: content.parity_tolerance,
        parity_measure: content.parity_measure,
        charter_version: project.charter_version.max(row.version),
        charter_sha256: if row.version >= project.charter_version {
            row.sha256.clone()
        } else {
            project.charter_sha256.clone()
        },
        ..project.clone()
    }
}

/// Makes the areas those of the charter.
fn follow(tx: &mut Tx<'_>, id: ProjectId, content: &Content) -> Result<(), Error> {
    let existing = store::areas(tx.conn, id)?;
    let plan = area_sync::plan(id, &existing, &content.areas, tx.now, || tx.new_id());
    for area in &plan.changed {
        store::update_area(tx.conn, area)?;
    }
    store::insert_areas(tx.conn, &plan.added)
}

fn record_update(tx: &mut Tx<'_>, before: &Project, after: &Project, sides: &[Side]) -> Result<(), Error> {
    let told = |row: &Project| (row.name.clone(), row.starts_on, row.ends_on, row.parity_tolerance, row.parity_measure);
    if told(before) == told(after) {
        return Ok(());
    }
    let old = Whole { project: before.clone(), sides: sides.to_vec() }.body();
    let new = Whole { project: after.clone(), sides: sides.to_vec() }.body();
    tx.record_change(&Change::updated(types::PROJECT_UPDATED, before.id.as_str(), &old, &new)?)
}
