//! Offering transfers.

use super::dto::{NewTransfer, TransferBody};
use super::service::{owner_mismatch, save};
use super::state::TransferState;
use super::store::{self, AlreadyOffered, Transfer};
use crate::collaboration::ownership::coverage::Interval;
use crate::collaboration::ownership::disputes::guard;
use crate::collaboration::ownership::{owners, store as assignments};
use crate::collaboration::projects::permit::{Standing, permit};
use crate::collaboration::projects::{Project, ProjectVerb};
use crate::kernel::authz::{Action, Relations};
use crate::kernel::error::{Code, Error, Problem, Text, Violation};
use crate::kernel::events::types;
use crate::kernel::ids::AreaId;
use crate::kernel::record::Change;
use crate::kernel::time::Day;
use crate::kernel::tx::Tx;

/// Seconds until an offer without a response expires: 14 days.
const OFFER_SECONDS: i64 = 14 * 24 * 60 * 60;

/// Offers an area to a member of the project.
///
/// # Errors
/// 403, 404; 422 for a person who is not a member on all of the days; 409 when the area has no accountable person on
/// that day, while another transfer or a dispute is open, or unless the project is active or on hold.
pub fn offer(tx: &mut Tx<'_>, area: AreaId, new: &NewTransfer) -> Result<Transfer, Error> {
    let permitted = permit(tx, Action::OfferTransfer, |tx| {
        let area = assignments::area(tx.conn, area)?.ok_or_else(Error::not_found)?;
        let standing = Standing::read(tx, area.project_id)?.of_side(tx, area.department_id)?;
        let effective_on = first_day(tx, new, &standing.project);
        let owner = owners::owner_on(tx.conn, area.id, effective_on)?;
        let Relations { person, member, .. } = standing.relations;
        let is_owner = owner.is_some_and(|owner| person == Some(owner.person_id));
        Ok(standing.concerning(is_owner && member).about(area))
    })?;
    let Standing { project, relations, about: area } = permitted.lock_and_raise(tx)?;
    let effective_on = first_day(tx, new, &project);
    // Reads again under the lock: the area may have another owner in the meantime.
    let owner = owners::owner_on(tx.conn, area.id, effective_on)?;
    project.state.require(ProjectVerb::OfferTransfer)?;
    if effective_on < tx.now.day() {
        let text = Text::new("violation-past-day");
        return Err(Error::violation(Violation::at("/effective_on", "dates_out_of_range", text)));
    }
    owners::inside(&project, effective_on)?;
    let owner = owner.ok_or_else(owner_mismatch)?;
    if owner.person_id == new.to_person_id {
        return Err(Problem::new(Code::Conflict).because("detail-same-owner").into());
    }
    guard::refuse_while_disputed(tx.conn, area.id)?;
    let days = Interval { from: effective_on, to: owner.valid_to.unwrap_or(project.ends_on) };
    let to_department_id = owners::side_of(tx, &project, new.to_person_id, days, "/to_person_id")?;
    owners::at_once_across_sides(tx, &area, to_department_id, effective_on)?;
    expire_old_offers(tx, &project, area.id)?;
    let row = Transfer {
        id: tx.new_id(),
        project_id: project.id,
        area_id: area.id,
        from_person_id: owner.person_id,
        to_person_id: new.to_person_id,
        to_department_id,
        effective_on,
        note: new.note.clone(),
        state: TransferState::Offered,
        offered_by: relations.person,
        offered_at: tx.now,
        expires_at: tx.now.plus_seconds(OFFER_SECONDS),
        ended_at: None,
        version: 1,
    };
    store::insert(tx.conn, &row)?.map_err(|AlreadyOffered| already_offered())?;
    let body = TransferBody::new(row.clone(), tx.now);
    tx.record_change(&Change::created(types::TRANSFER_OFFERED, row.id.as_str(), &body)?)?;
    Ok(row)
}

/// Returns the first day on which the other person is to own the area.
fn first_day(tx: &Tx<'_>, new: &NewTransfer, project: &Project) -> Day {
    new.effective_on.unwrap_or(tx.now.day().max(project.starts_on))
}

/// Records expired offers of an area, so that a new one can be created even before the scheduler has recorded them.
fn expire_old_offers(tx: &mut Tx<'_>, project: &Project, area: AreaId) -> Result<(), Error> {
    for row in store::open(tx.conn, project.id)?.into_iter().filter(|row| row.area_id == area) {
        if row.state.at(row.expires_at, tx.now) == TransferState::Expired {
            save(tx, row, TransferState::Expired, types::TRANSFER_EXPIRED)?;
        }
    }
    Ok(())
}

fn already_offered() -> Problem {
    Problem::new(Code::AlreadyExists).because("detail-transfer-exists")
}
