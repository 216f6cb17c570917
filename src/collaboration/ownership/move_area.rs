//! Moving an area to another side.

use crate::collaboration::approvals::{ApprovalKind, lapse};
use crate::collaboration::projects::{Project, revision};
use crate::kernel::error::Error;
use crate::kernel::ids::{AreaId, DepartmentId};
use crate::kernel::tx::Tx;

/// Moves an area to another side after all sides have approved it. The charter in force gets a new version that names
/// the new side. An open amendment lapses, because it is based on the previous version.
pub fn move_area(tx: &mut Tx<'_>, project: &Project, area: AreaId, side: DepartmentId) -> Result<(), Error> {
    let version = revision::move_area(tx, project, area, side)?;
    lapse::lapse_where(tx, project.id, |open| open.kind == ApprovalKind::Charter)?;
    // The new version has the same days as the charter in force, so no membership or assignment has to be shortened.
    revision::sign(tx, project, version).map(drop)
}
