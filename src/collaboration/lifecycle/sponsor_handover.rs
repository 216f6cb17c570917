//! Proposing the successor of a sponsor who leaves the company.
//!
//! Rule: a hand-over puts no sponsor in office. As after every other proposal, the person accepts and the head of the
//! department confirms, and a sponsor in office stays until then.

use super::sponsors;
use crate::collaboration::projects::dto::SideBody;
use crate::collaboration::projects::service::{self as projects, Whole};
use crate::collaboration::projects::{Project, ProjectVerb};
use crate::directory::people;
use crate::kernel::authz::Relations;
use crate::kernel::error::{Error, Violation};
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::tx::Tx;

/// Proposes a successor for a person who is named for a side, in a project that the caller has locked and to which they
/// have these relations. The successor is locked, too. Returns the project and the side as they are then. Repeating it
/// changes nothing.
///
/// # Errors
/// 422 with `pointer` when neither person is named for the side, and for a successor of another department; 409 when
/// the project has ended, the successor is the lead, a member or the sponsor of another side, or the head of the
/// department is new.
pub fn hand_over(
    tx: &mut Tx<'_>,
    project: Project,
    side: DepartmentId,
    (leaving, successor): (PersonId, PersonId),
    caller: Relations,
    (reason, pointer): (&str, &str),
) -> Result<(Project, SideBody), Error> {
    let sides = projects::sides_and_joining(tx.conn, project.id, tx.now.day())?;
    let found = sides.iter().find(|row| row.department_id == side && (row.names(leaving) || row.names(successor)));
    let before = found.cloned().ok_or_else(|| {
        let pointer = format!("{pointer}/department_id");
        Error::violation(Violation::unknown_reference(pointer, "violation-not-sponsor"))
    })?;
    if !before.names(leaving) {
        return Ok((project, SideBody::from(before)));
    }
    project.state.require_for(ProjectVerb::AssignSponsor, "offboard_person")?;
    let person = people::service::find(tx.conn, successor)?;
    let whole = Whole { project, sides };
    let Whole { project, .. } =
        sponsors::propose(tx, whole, before, (successor, person), caller, (Some(reason), pointer))?;
    // Read again, because what is returned leaves out a side that only joins the project.
    let sides = projects::sides_and_joining(tx.conn, project.id, tx.now.day())?;
    let after = sides.into_iter().find(|row| row.department_id == side).ok_or_else(Error::not_found)?;
    Ok((project, SideBody::from(after)))
}
