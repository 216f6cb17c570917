//! An area goes to another side.

use crate::collaboration::approvals::{ConsentKind, lapse};
use crate::collaboration::projects::{Project, revision};
use crate::kernel::error::Error;
use crate::kernel::ids::{AreaId, DepartmentId};
use crate::kernel::tx::Tx;

/// The sides have agreed that an area belongs to another side: the charter in force says so from
/// now on, in a version of its own. An amendment that was being signed is of an older text and
/// lapses.
pub fn move_area(tx: &mut Tx<'_>, project: &Project, area: AreaId, side: DepartmentId) -> Result<(), Error> {
    let version = revision::move_area(tx, project, area, side)?;
    lapse::lapse_where(tx, project.id, |open| open.kind == ConsentKind::Charter)?;
    // The days are those of the charter in force, so there is nothing to cut.
    revision::agreed(tx, project, version).map(drop)
}
