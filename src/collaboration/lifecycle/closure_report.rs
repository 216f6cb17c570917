//! Submitting the closure report, which can close the project.

use crate::collaboration::memberships::returning;
use crate::collaboration::projects::closure_report::{self, Submitted};
use crate::collaboration::projects::dto::{ClosureReportBody, NewClosureReport};
use crate::kernel::error::Error;
use crate::kernel::ids::ProjectId;
use crate::kernel::tx::Tx;

/// Creates or replaces the closure report, and closes the project if every member has returned. Also returns whether
/// the report was created.
///
/// # Errors
/// 403, 404, 412, 428; 409 unless the project is closing; 422 unless there is one outcome per goal.
pub fn submit(tx: &mut Tx<'_>, id: ProjectId, new: &NewClosureReport) -> Result<(ClosureReportBody, i64, bool), Error> {
    let Submitted { project, report, version, is_new } = closure_report::submit(tx, id, new)?;
    if is_new {
        returning::close_if_done(tx, &project)?;
    }
    Ok((report, version, is_new && version == 1))
}
