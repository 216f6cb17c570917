//! Versions of the charter: creating them, and applying them to the project.

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

/// Returns the newest version of the charter.
///
/// # Errors
/// 404 when there is none.
pub fn newest(conn: &mut DbConn, project: &Project) -> Result<CharterRow, Error> {
    store::charter(conn, project.id, project.charter_version)?.ok_or_else(Error::not_found)
}

/// Returns the content of the newest version.
pub fn content(conn: &mut DbConn, project: &Project) -> Result<Content, Error> {
    let row = store::charter(conn, project.id, project.charter_version)?;
    Content::unseal(&row.ok_or_else(|| Error::internal("the charter of a project is missing"))?.content)
}

/// Creates the version after `current`. It applies at once to a project that is not running; a running project changes
/// only when all sides have signed. Returns the new charter and the updated project.
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
        sync_areas(tx, project.id, &content)?;
        with_charter(project, content, &row)
    };
    let after = Project { version: project.version + 1, updated_at: tx.now, ..after };
    store::update(tx.conn, &after)?;
    store::replace_days(tx.conn, project, &after)?;
    let (old, new) = (CharterBody::try_from(current)?, CharterBody::try_from(row)?);
    tx.record_change(&Change::updated(types::CHARTER_REVISED, project.id.as_str(), &old, &new)?)?;
    record_update(tx, project, &after, sides)?;
    Ok((new, after))
}

/// Marks a version as signed by all sides. It comes into force at once in a running project, which is returned;
/// otherwise it comes into force with the activation.
///
/// # Errors
/// 409 when the new last day of a running project has passed.
pub fn sign(tx: &mut Tx<'_>, project: &Project, version: i32) -> Result<Option<Project>, Error> {
    store::mark_signed(tx.conn, project.id, version, Some(tx.now))?;
    if project.state.is_running() { come_into_force(tx, project, version).map(Some) } else { Ok(None) }
}

fn come_into_force(tx: &mut Tx<'_>, before: &Project, version: i32) -> Result<Project, Error> {
    let row = store::charter(tx.conn, before.id, version)?;
    let row = row.ok_or_else(|| Error::internal("a signed charter version is missing"))?;
    let content = Content::unseal(&row.content)?;
    if content.ends_on <= tx.now.day() {
        return Err(Problem::new(Code::Conflict).because("detail-amendment-too-late").into());
    }
    sync_areas(tx, before.id, &content)?;
    let after = Project {
        in_force_version: Some(version),
        in_force_sha256: Some(row.sha256.clone()),
        version: before.version + 1,
        updated_at: tx.now,
        ..with_charter(before, content, &row)
    };
    store::update(tx.conn, &after)?;
    store::replace_days(tx.conn, before, &after)?;
    let sides = store::sides(tx.conn, before.id, tx.now.day())?;
    let old = Whole { project: before.clone(), sides: sides.clone() }.body();
    let new = Whole { project: after.clone(), sides }.body();
    tx.record_change(&Change::updated(types::PROJECT_AMENDED, before.id.as_str(), &old, &new)?)?;
    Ok(after)
}

/// Creates a version of the charter in force in which an area belongs to another side. Returns its version number.
pub fn move_area(tx: &mut Tx<'_>, project: &Project, area: AreaId, side: DepartmentId) -> Result<i32, Error> {
    let in_force =
        project.in_force_version.ok_or_else(|| Error::internal("a running project has no charter in force"))?;
    let row = store::charter(tx.conn, project.id, in_force)?;
    let row = row.ok_or_else(|| Error::internal("the charter version in force is missing"))?;
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

/// Stores a version of the charter.
fn write_version(tx: &mut Tx<'_>, project: &Project, version: i32, sealed: Sealed) -> Result<CharterRow, Error> {
    let row = CharterRow {
        project_id: project.id,
        version,
        content: sealed.text,
        sha256: sealed.sha256,
        created_at: tx.now,
        signed_at: None,
    };
    store::insert_charter(tx.conn, &row)?;
    Ok(row)
}

/// Returns the project with the fields that a charter determines.
fn with_charter(project: &Project, content: Content, row: &CharterRow) -> Project {
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

/// Updates the area rows to those of the charter.
fn sync_areas(tx: &mut Tx<'_>, id: ProjectId, content: &Content) -> Result<(), Error> {
    let existing = store::areas(tx.conn, id)?;
    let plan = area_sync::plan(id, &existing, &content.areas, tx.now, || tx.new_id());
    for area in &plan.changed {
        store::update_area(tx.conn, area)?;
    }
    store::insert_areas(tx.conn, &plan.added)
}

/// Records a change of the project, unless the charter changes none of its own fields.
fn record_update(tx: &mut Tx<'_>, before: &Project, after: &Project, sides: &[Side]) -> Result<(), Error> {
    let fields =
        |row: &Project| (row.name.clone(), row.starts_on, row.ends_on, row.parity_tolerance, row.parity_measure);
    if fields(before) == fields(after) {
        return Ok(());
    }
    let old = Whole { project: before.clone(), sides: sides.to_vec() }.body();
    let new = Whole { project: after.clone(), sides: sides.to_vec() }.body();
    tx.record_change(&Change::updated(types::PROJECT_UPDATED, before.id.as_str(), &old, &new)?)
}
