//! Offering an area to a member of the project.

use super::dto::{NewTransfer, TransferBody};
use super::service::{nobody_has_it, save};
use super::state::TransferState;
use super::store::{self, AlreadyOffered, Transfer};
use crate::collaboration::ownership::coverage::Interval;
use crate::collaboration::ownership::disputes::guard;
use crate::collaboration::ownership::{owners, store as assignments};
use crate::collaboration::projects::{Project, ProjectVerb, service as projects};
use crate::kernel::authz::Action;
use crate::kernel::error::{Code, Error, Problem, Text, Violation};
use crate::kernel::events::types;
use crate::kernel::ids::AreaId;
use crate::kernel::record::Change;
use crate::kernel::tx::Tx;

/// Seconds until an unanswered offer lapses: 14 days.
const OFFER_SECONDS: i64 = 14 * 24 * 60 * 60;

/// Offers an area to a member of the project.
///
/// # Errors
/// 403, 404; 422 for somebody who is no member on all of the days; 409 when nobody has the area on
/// that day, while another offer or a dispute is open, or unless the project runs.
pub fn offer(tx: &mut Tx<'_>, area: AreaId, new: &NewTransfer) -> Result<Transfer, Error> {
    let area = assignments::area(tx.conn, area)?.ok_or_else(Error::not_found)?;
    let project = projects::lock(tx, area.project_id)?;
    // Read again under the lock: the sides may have moved it meanwhile.
    let area = assignments::area(tx.conn, area.id)?.ok_or_else(Error::not_found)?;
    let effective_on = new.effective_on.unwrap_or(tx.now.day().max(project.starts_on));
    let owner = owners::owner_on(tx.conn, area.id, effective_on)?;
    let facts = projects::facts_of_side(tx.conn, project.id, tx.actor, area.department_id, tx.now)?;
    let mut facts = facts.ok_or_else(Error::not_found)?;
    let is_owner = owner.as_ref().is_some_and(|owner| facts.person == Some(owner.person_id));
    facts.oneself = is_owner && facts.member;
    tx.authorize_and_deduplicate(Action::OfferTransfer, &facts)?;
    project.state.require(ProjectVerb::OfferTransfer)?;
    if effective_on < tx.now.day() {
        let text = Text::new("This day is past.", "Tento den už minul.");
        return Err(Error::violation(Violation::at("/effective_on", "dates_out_of_range", text)));
    }
    owners::inside(&project, effective_on)?;
    let owner = owner.ok_or_else(nobody_has_it)?;
    if owner.person_id == new.to_person_id {
        return Err(Problem::new(Code::Conflict)
            .because("This person has the area already.", "Tento člověk už oblast má.")
            .into());
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
        offered_by: facts.person,
        offered_at: tx.now,
        expires_at: tx.now.plus_seconds(OFFER_SECONDS),
        settled_at: None,
        version: 1,
    };
    store::insert(tx.conn, &row)?.map_err(|AlreadyOffered| already_offered())?;
    let body = TransferBody::new(row.clone(), tx.now);
    tx.record_change(&Change::created(types::TRANSFER_OFFERED, row.id.as_str(), &body)?)?;
    Ok(row)
}

/// An offer that nobody answered makes room for another, even before the clock has recorded it.
fn expire_old_offers(tx: &mut Tx<'_>, project: &Project, area: AreaId) -> Result<(), Error> {
    for row in store::open(tx.conn, project.id)?.into_iter().filter(|row| row.area_id == area) {
        if row.state.at(row.expires_at, tx.now) == TransferState::Expired {
            save(tx, row, TransferState::Expired, types::TRANSFER_EXPIRED)?;
        }
    }
    Ok(())
}

fn already_offered() -> Problem {
    Problem::new(Code::AlreadyExists).because("This area is being offered already.", "Tato oblast se už předává.")
}
