//! Which side of a project a caller represents.

use super::delegations;
use super::rules::{self, RepresentedSide, Seat, Standing};
use crate::collaboration::projects::Side;
use crate::kernel::error::Error;
use crate::kernel::ids::{PersonId, ProjectId};
use crate::kernel::tx::Tx;

/// The caller and the side that they represent, if there is one.
pub fn represented_side(
    tx: &mut Tx<'_>,
    project: ProjectId,
    caller: Option<PersonId>,
    sides: &[Side],
) -> Result<Option<(PersonId, RepresentedSide)>, Error> {
    let Some(person) = caller else { return Ok(None) };
    let seats: Vec<_> =
        sides.iter().map(|side| Seat { department_id: side.department_id, sponsor: side.seated() }).collect();
    if let Some(own) = rules::represented_side(person, &seats, &[]) {
        return Ok(Some((person, own)));
    }
    let standing: Vec<Standing> = delegations::service::standing(tx.conn, project, tx.now.day())?;
    Ok(rules::represented_side(person, &seats, &standing).map(|side| (person, side)))
}
