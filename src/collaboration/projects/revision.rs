//! Versions of the charter: creating them, and applying them to the project.

use super::area_sync;
use super::charter::{Content, Sealed};
use super::dto::CharterBody;
use super::service::Whole;
use super::sponsors;
use super::store::{self, CharterRow, Project, Side, SideRow, SideStanding, SponsorOfAnotherSide};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::events::types;
use crate::kernel::ids::{AreaId, DepartmentId, PersonId, ProjectId};
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
    let row = write_version(tx, project, current.version + 1, sealed, &content.panel)?;
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

/// A running project in which a new charter came into force, and the departments whose sides joined and left with it.
pub struct Amended {
    pub project: Project,
    pub joined: Vec<DepartmentId>,
    pub left: Vec<DepartmentId>,
}

impl Amended {
    /// Returns whether a side joined or left.
    #[must_use]
    pub fn sides_changed(&self) -> bool {
        !self.joined.is_empty() || !self.left.is_empty()
    }
}

/// Stores the sides that join by the newest charter, each with the sponsor whom `by` proposes. Returns all sides that
/// sign the charter.
///
/// # Errors
/// 409 when the sponsor of one is the sponsor of another side.
pub fn add_joining(
    tx: &mut Tx<'_>,
    project: &Project,
    sides: Vec<Side>,
    joining: &[(SideRow, PersonId)],
    by: Option<PersonId>,
) -> Result<Vec<Side>, Error> {
    if joining.is_empty() {
        return Ok(sides);
    }
    for (row, _) in joining {
        store::put_vacant_side(tx.conn, row, project.state)?;
    }
    let mut asked = store::sides_and_joining(tx.conn, project.id, tx.now.day())?;
    for side in &mut asked {
        let new = joining.iter().find(|(row, _)| row.department_id == side.department_id);
        if let Some((_, person)) = new {
            *side = sponsors::propose_for_joining(tx, side, *person, by)?;
        }
    }
    Ok(asked)
}

/// Marks a version as signed by all sides. It comes into force at once in a running project, which is returned;
/// otherwise it comes into force with the activation.
///
/// # Errors
/// 409 when the new last day of a running project has passed.
pub fn sign(tx: &mut Tx<'_>, project: &Project, version: i32) -> Result<Option<Amended>, Error> {
    store::mark_signed(tx.conn, project.id, version, Some(tx.now))?;
    if project.state.is_running() { come_into_force(tx, project, version).map(Some) } else { Ok(None) }
}

fn come_into_force(tx: &mut Tx<'_>, before: &Project, version: i32) -> Result<Amended, Error> {
    let row = store::charter(tx.conn, before.id, version)?;
    let row = row.ok_or_else(|| Error::internal("a signed charter version is missing"))?;
    let content = Content::unseal(&row.content)?;
    if content.ends_on <= tx.now.day() {
        return Err(Problem::new(Code::Conflict).because("detail-amendment-too-late").into());
    }
    sync_areas(tx, before.id, &content)?;
    let old_sides = store::sides(tx.conn, before.id, tx.now.day())?;
    let (joined, left) = change_sides(tx, before.id, &old_sides, &content.sides)?;
    let is_changed = !joined.is_empty() || !left.is_empty();
    let sides = if is_changed { store::sides(tx.conn, before.id, tx.now.day())? } else { old_sides.clone() };
    let after = Project {
        in_force_version: Some(version),
        in_force_sha256: Some(row.sha256.clone()),
        version: before.version + 1,
        updated_at: tx.now,
        ..with_charter(before, content, &row)
    };
    store::update(tx.conn, &after)?;
    store::replace_days(tx.conn, before, &after)?;
    let old = Whole { project: before.clone(), sides: old_sides }.body();
    let new = Whole { project: after.clone(), sides }.body();
    tx.record_change(&Change::updated(types::PROJECT_AMENDED, before.id.as_str(), &old, &new)?)?;
    Ok(Amended { project: after, joined, left })
}

/// Lets the sides of a signed charter join that are new, and those leave that it leaves out. Returns both.
fn change_sides(
    tx: &mut Tx<'_>,
    id: ProjectId,
    current: &[Side],
    wanted: &[DepartmentId],
) -> Result<(Vec<DepartmentId>, Vec<DepartmentId>), Error> {
    let is_side = |department: &DepartmentId| current.iter().any(|side| side.department_id == *department);
    let joined: Vec<_> = wanted.iter().copied().filter(|department| !is_side(department)).collect();
    for department in &joined {
        store::set_standing(tx.conn, id, *department, SideStanding::Current)?;
    }
    let leaving: Vec<_> = current.iter().filter(|side| !wanted.contains(&side.department_id)).collect();
    for side in &leaving {
        // The person can sponsor another side from now on.
        let vacant = sponsors::vacated(side, tx.now);
        store::set_sponsor(tx.conn, &vacant.row)?
            .map_err(|SponsorOfAnotherSide| Error::internal("a vacant side has no sponsor"))?;
        store::set_standing(tx.conn, id, side.department_id, SideStanding::Left)?;
    }
    Ok((joined, leaving.iter().map(|side| side.department_id).collect()))
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
    let new = write_version(tx, project, project.charter_version + 1, content.seal()?, &content.panel)?;
    let version = new.version;
    let (old, body) = (CharterBody::try_from(row)?, CharterBody::try_from(new)?);
    tx.record_change(&Change::updated(types::CHARTER_REVISED, project.id.as_str(), &old, &body)?)?;
    Ok(version)
}

/// Stores a version of the charter.
fn write_version(
    tx: &mut Tx<'_>,
    project: &Project,
    version: i32,
    sealed: Sealed,
    panel: &[PersonId],
) -> Result<CharterRow, Error> {
    let row = CharterRow {
        project_id: project.id,
        version,
        content: sealed.text,
        sha256: sealed.sha256,
        created_at: tx.now,
        signed_at: None,
    };
    store::insert_charter(tx.conn, &row, panel)?;
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
        lead_person_id: content.lead_person_id,
        sealed_responses: content.sealed,
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
    let fields = |row: &Project| {
        let Project { starts_on, ends_on, parity_tolerance, parity_measure, lead_person_id, .. } = *row;
        (row.name.clone(), starts_on, ends_on, parity_tolerance, parity_measure, lead_person_id)
    };
    if fields(before) == fields(after) {
        return Ok(());
    }
    let old = Whole { project: before.clone(), sides: sides.to_vec() }.body();
    let new = Whole { project: after.clone(), sides: sides.to_vec() }.body();
    tx.record_change(&Change::updated(types::PROJECT_UPDATED, before.id.as_str(), &old, &new)?)
}
