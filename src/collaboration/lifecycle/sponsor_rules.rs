//! Who may name and confirm the sponsor of a side, and whom.

use crate::collaboration::memberships::{self, neutrality};
use crate::collaboration::projects::new_head::Standing as HeadStanding;
use crate::collaboration::projects::readiness::{Code as BlockerCode, SideSponsor};
use crate::collaboration::projects::{Project, Side, SideStanding, service as projects, sponsors};
use crate::directory::people::{self, Person};
use crate::kernel::authz::{self, Action, Relations, not_for_you};
use crate::kernel::error::{Code, Error, Problem, Text, Violation};
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Returns whether naming this person changes nothing: they are proposed already, or in office without a successor.
pub(super) fn keeps(side: &Side, person: PersonId) -> bool {
    let is_complete = side.sponsor_accepted_at.is_some() && side.sponsor_confirmed_at.is_some();
    let is_candidate = side.candidate() == Some(person);
    is_candidate && (side.active_sponsor().is_some() || side.successor_person_id.is_some() || !is_complete)
}

/// Returns a side whose head acts for no other side; a head of two sides confirms for neither.
pub(super) fn without_shared_head(side: &Side, sides: &[Side]) -> Side {
    if is_head_shared(side, sides) { Side { head: None, ..side.clone() } } else { side.clone() }
}

fn is_head_shared(side: &Side, sides: &[Side]) -> bool {
    with_same_head(side, sides).any(|row| row.department_id != side.department_id)
}

/// Returns the sides whose head is that of this side, which is one of them; none without a head.
fn with_same_head<'a>(side: &'a Side, sides: &'a [Side]) -> impl Iterator<Item = &'a Side> {
    sides.iter().filter(move |row| side.head.is_some() && row.head == side.head)
}

/// Checks that the caller may name the sponsor of a side. A sponsor in office, or one whom the department has
/// confirmed, is replaced by the sponsor themselves, by the head of the department, or by an administrator. Otherwise
/// the person who drafts the project and the other sponsors may propose someone, until the project is running.
///
/// # Errors
/// 403; 409 for a new head.
pub(super) fn require_replaceable(
    tx: &mut Tx<'_>,
    project: &Project,
    side: &Side,
    caller: Relations,
) -> Result<(), Error> {
    // A successor whom the head has confirmed is not withdrawn by the sponsor who is to be replaced.
    let is_own = side.active_sponsor().is_some()
        && side.active_sponsor() == caller.person
        && side.successor_confirmed_at.is_none();
    if is_own {
        return Ok(());
    }
    let belongs_to_department = side.active_sponsor().is_some() || side.sponsor_confirmed_at.is_some();
    let is_head = caller.person.is_some() && side.head == caller.person;
    let is_administrator = authz::administers(tx.actor, &caller);
    if (is_head || (is_administrator && !side.head_is_first)) && belongs_to_department {
        let standing = match HeadStanding::of(side, tx.now) {
            HeadStanding::Waiting(_) if !is_head && side.active_sponsor().is_none() => {
                HeadStanding::for_administrator(std::iter::once(side), tx.now)
            }
            standing => standing,
        };
        return match standing {
            HeadStanding::Waiting(until) => Err(new_head_waits(until)),
            HeadStanding::Settled(_) | HeadStanding::Missing => Ok(()),
        };
    }
    if is_administrator {
        return Ok(());
    }
    let may_propose = (caller.creator || caller.sponsor) && !project.state.is_running() && !belongs_to_department;
    if is_head || may_propose { Ok(()) } else { Err(Error::forbidden("forbidden-replace-sponsor")) }
}

/// Checks that the caller may confirm the sponsor of a side.
///
/// # Errors
/// 403; 409 for a new head, and for the head of two sides; 422 for an administrator without a reason.
pub(super) fn require_confirming(
    tx: &mut Tx<'_>,
    side: &Side,
    sides: &[Side],
    caller: Relations,
    reason: Option<&str>,
) -> Result<(), Error> {
    let is_shared = is_head_shared(side, sides);
    if caller.oneself && is_shared {
        return Err(Problem::new(Code::Conflict).because("detail-same-head").into());
    }
    let is_uninvolved = authz::administers(tx.actor, &caller);
    // Without this head, an administrator could have confirmed, too.
    let is_first = side.head_is_first && !is_shared && is_uninvolved && !caller.oneself;
    let standing = if is_shared {
        HeadStanding::shared(with_same_head(side, sides), tx.now)
    } else {
        HeadStanding::of(side, tx.now)
    };
    let standing = match standing {
        HeadStanding::Waiting(_) if is_first => HeadStanding::Missing,
        HeadStanding::Waiting(_) if is_uninvolved && !caller.oneself && side.active_sponsor().is_none() => {
            HeadStanding::for_administrator(std::iter::once(side).chain(with_same_head(side, sides)), tx.now)
        }
        standing => standing,
    };
    match standing {
        HeadStanding::Settled(_) if caller.oneself => Ok(()),
        HeadStanding::Waiting(until) if caller.oneself || is_uninvolved => Err(new_head_waits(until)),
        HeadStanding::Settled(_) | HeadStanding::Waiting(_) => Err(not_for_you(Action::ConfirmSponsor)),
        HeadStanding::Missing if !is_uninvolved => Err(not_for_you(Action::ConfirmSponsor)),
        HeadStanding::Missing if reason.is_none() => {
            Err(Error::violation(Violation::at("/reason", "required", "violation-reason-to-confirm")))
        }
        HeadStanding::Missing => Ok(()),
    }
}

fn new_head_waits(until: UtcTime) -> Error {
    let until = until.to_string();
    Problem::new(Code::Conflict).because(Text::new("detail-new-head").with("until", until)).into()
}

/// Refuses a sponsor whose regular position today is not in the department.
///
/// # Errors
/// 409 `not_ready` with the blocker.
pub(super) fn refuse_elsewhere(tx: &Tx<'_>, side: &Side) -> Result<(), Error> {
    let mut blockers = SideSponsor::from(side).blockers();
    blockers.retain(|blocker| blocker.code == BlockerCode::SponsorNotInDepartment);
    projects::refuse_unless_ready(tx, &blockers)
}

/// Refuses to replace a sponsor in office by a person who would make an arbiter not neutral while one is needed. A side
/// without a sponsor in office can name any person of its department, because it cannot act before it has one.
///
/// # Errors
/// 409 with the arbiter.
pub(super) fn refuse_biasing(
    tx: &mut Tx<'_>,
    project: &Project,
    side: &Side,
    person: Option<PersonId>,
) -> Result<(), Error> {
    let is_replaced = side.active_sponsor().is_some() && side.standing == SideStanding::Current;
    match person.filter(|_| is_replaced) {
        Some(person) => neutrality::refuse_biasing_sponsor(tx, project, side.department_id, person),
        None => Ok(()),
    }
}

pub(super) fn require_eligible(
    tx: &mut Tx<'_>,
    project: &Project,
    side: DepartmentId,
    (person, found): (PersonId, Option<Person>),
    pointer: &str,
) -> Result<(), Error> {
    match found {
        None => return Err(Error::violation(Violation::unknown_reference(pointer, "violation-unknown-person"))),
        Some(row) if row.deactivated_at.is_some() => {
            return Err(Error::violation(people::deactivated_person(pointer)));
        }
        Some(_) => {}
    }
    let homes = people::service::home_position_on(tx.conn, &[person], tx.now.day())?;
    if homes.iter().all(|home| home.department_id != side) {
        return Err(Error::violation(sponsors::elsewhere(pointer)));
    }
    if project.lead_person_id == Some(person) {
        return Err(Problem::new(Code::Conflict).because("detail-sponsor-is-lead").into());
    }
    if memberships::service::stays(tx.conn, project.id, person)?.iter().any(|(_, _, end)| *end > tx.now.day()) {
        return Err(Problem::new(Code::Conflict).because("detail-sponsor-is-member").into());
    }
    Ok(())
}
