//! Accepting, rejecting, withdrawing and completing transfers.

use super::dto::TransferBody;
use super::filter::TransferQuery;
use super::state::TransferState;
use super::store::{self, Transfer};
use crate::collaboration::approvals::request::{self, NewApproval};
use crate::collaboration::approvals::{HandoverTerms, Terms, lapse};
use crate::collaboration::ownership::disputes::guard;
use crate::collaboration::ownership::{handover, move_area, owners, store as assignments};
use crate::collaboration::projects::permit::{Standing, permit};
use crate::collaboration::projects::{Area, Project, ProjectVerb, service as projects};
use crate::kernel::auth::Actor;
use crate::kernel::authz::{Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::events::types;
use crate::kernel::ids::{AreaId, PersonId, ProjectId, TransferId};
use crate::kernel::page::Page;
use crate::kernel::record::Change;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Accepts a transfer on behalf of the incoming person. Completes it when they work for the side that owns the area;
/// otherwise requests the approval of all sides; an offer by a sponsor counts as the approval of that side.
///
/// # Errors
/// 403 unless the caller is the incoming person, 404; 409 when the transfer is no longer offered, or the owner has
/// changed.
pub fn accept(tx: &mut Tx<'_>, id: TransferId) -> Result<Transfer, Error> {
    let Locked { project, area, transfer: before, relations } = lock_by_id(tx, id, Action::RespondToTransfer)?;
    require(&before, tx.now, "accept_transfer")?;
    project.state.require(ProjectVerb::OfferTransfer)?;
    guard::refuse_while_disputed(tx.conn, area.id)?;
    if before.to_department_id == area.department_id {
        return complete(tx, &project, area, before);
    }
    let terms = HandoverTerms {
        area_id: area.id,
        person_id: before.to_person_id,
        department_id: before.to_department_id,
        effective_on: before.effective_on,
    };
    let accepted = save(tx, before, TransferState::Accepted, types::TRANSFER_ACCEPTED)?;
    let new = NewApproval {
        subject: accepted.id.as_str(),
        number: None,
        terms: Terms::Transfer(terms),
        reason: accepted.note.as_deref(),
        due_at: None,
        // The offer asks the other sides, not its acceptance.
        approves: accepted.offered_by,
    };
    let sides = projects::sides(tx.conn, project.id, tx.now.day())?;
    request::request(tx, &project, &sides, relations.person, new)?;
    Ok(accepted)
}

/// Rejects a transfer on behalf of the incoming person.
///
/// # Errors
/// 403 unless the caller is the incoming person, 404; 409 when the transfer is no longer offered.
pub fn reject(tx: &mut Tx<'_>, id: TransferId) -> Result<Transfer, Error> {
    let before = lock_by_id(tx, id, Action::RespondToTransfer)?.transfer;
    require(&before, tx.now, "reject_transfer")?;
    save(tx, before, TransferState::Rejected, types::TRANSFER_REJECTED)
}

/// Withdraws a transfer, including one that is waiting for the approval of the sides.
///
/// # Errors
/// 403, 404; 409 when the transfer has ended.
pub fn withdraw(tx: &mut Tx<'_>, id: TransferId) -> Result<Transfer, Error> {
    let Locked { project, transfer: before, .. } = lock_by_id(tx, id, Action::OfferTransfer)?;
    if before.state != TransferState::Accepted {
        require(&before, tx.now, "withdraw_transfer")?;
    }
    lapse::lapse_about(tx, project.id, before.id.as_str())?;
    save(tx, before, TransferState::Withdrawn, types::TRANSFER_WITHDRAWN)
}

/// Completes or ends a transfer to another side after all sides have responded to the approval.
///
/// # Errors
/// 409 when the owner or the memberships have changed, so that the transfer is no longer possible.
pub fn approval_ended(tx: &mut Tx<'_>, project: &Project, subject: &str, approved: bool) -> Result<(), Error> {
    let id: TransferId = subject.parse().map_err(Error::internal)?;
    let before = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if !approved {
        return save(tx, before, TransferState::NotApproved, types::TRANSFER_NOT_APPROVED).map(drop);
    }
    let area = assignments::area(tx.conn, before.area_id)?.ok_or_else(Error::not_found)?;
    move_area::move_area(tx, project, area.id, before.to_department_id)?;
    let area = Area { department_id: before.to_department_id, ..area };
    complete(tx, project, area, before).map(drop)
}

fn complete(tx: &mut Tx<'_>, project: &Project, area: Area, before: Transfer) -> Result<Transfer, Error> {
    let on = before.effective_on.max(tx.now.day());
    let owner = owners::owner_on(tx.conn, area.id, on)?.filter(|owner| owner.person_id == before.from_person_id);
    let owner = owner.ok_or_else(owner_mismatch)?;
    handover::hand_over(tx, project, &area, &owner, before.to_person_id, on, "")?;
    save(tx, before, TransferState::Completed, types::TRANSFER_COMPLETED)
}

/// Returns one page of the transfers of a project.
///
/// # Errors
/// 403, 404.
pub fn list(
    conn: &mut DbConn,
    actor: &Actor,
    project: ProjectId,
    query: &TransferQuery,
    now: UtcTime,
    page: &Page,
) -> Result<Vec<Transfer>, Error> {
    projects::require(conn, actor, Action::ReadProject, project, now)?;
    store::list(conn, project, query, page)
}

/// Returns one transfer.
///
/// # Errors
/// 403, 404.
pub fn get(conn: &mut DbConn, actor: &Actor, id: TransferId, now: UtcTime) -> Result<Transfer, Error> {
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    projects::require_to_read(conn, actor, row.project_id, now)?;
    Ok(row)
}

/// Records the expired offers of a project. Returns the next instant at which an offer expires.
pub fn by_time(tx: &mut Tx<'_>, project: &Project) -> Result<Option<UtcTime>, Error> {
    let mut next: Option<UtcTime> = None;
    for row in store::open(tx.conn, project.id)? {
        match row.state.at(row.expires_at, tx.now) {
            TransferState::Expired => save(tx, row, TransferState::Expired, types::TRANSFER_EXPIRED).map(drop)?,
            TransferState::Offered => next = Some(next.map_or(row.expires_at, |next| next.min(row.expires_at))),
            _ => {}
        }
    }
    Ok(next)
}

/// Marks every open transfer of a project as lapsed.
pub fn lapse_all(tx: &mut Tx<'_>, project: ProjectId) -> Result<(), Error> {
    for row in store::open(tx.conn, project)? {
        save(tx, row, TransferState::Lapsed, types::TRANSFER_LAPSED)?;
    }
    Ok(())
}

/// Marks every open transfer of an area as lapsed, because a dispute was raised or settled.
pub fn lapse_of_area(tx: &mut Tx<'_>, project: ProjectId, area: AreaId) -> Result<(), Error> {
    for row in store::open(tx.conn, project)?.into_iter().filter(|row| row.area_id == area) {
        lapse::lapse_about(tx, project, row.id.as_str())?;
        save(tx, row, TransferState::Lapsed, types::TRANSFER_LAPSED)?;
    }
    Ok(())
}

/// A transfer whose project is locked.
struct Locked {
    project: Project,
    area: Area,
    transfer: Transfer,
    relations: Relations,
}

/// Authorises the caller and locks the project of a transfer.
///
/// # Errors
/// 403, 404.
fn lock_by_id(tx: &mut Tx<'_>, id: TransferId, action: Action) -> Result<Locked, Error> {
    let permitted = permit(tx, action, |tx| {
        let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
        let area = assignments::area(tx.conn, row.area_id)?.ok_or_else(Error::not_found)?;
        let standing = Standing::read(tx, row.project_id)?.of_side(tx, area.department_id)?;
        let Relations { sponsor, lead, member, person, .. } = standing.relations;
        let is_party = match action {
            Action::RespondToTransfer => person == Some(row.to_person_id),
            _ => person == Some(row.from_person_id) || (row.offered_by.is_some() && person == row.offered_by),
        };
        // A person who no longer has a role in the project cannot act on its transfers either.
        Ok(standing.concerning(is_party && (member || lead || sponsor)).about(area))
    })?;
    let Standing { project, relations, about: area } = permitted.lock_and_raise(tx)?;
    let transfer = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    Ok(Locked { project, area, transfer, relations })
}

fn require(row: &Transfer, now: UtcTime, verb: &str) -> Result<(), Error> {
    match row.state.at(row.expires_at, now) {
        TransferState::Offered => Ok(()),
        state => Err(Problem::illegal_transition("transfer", state.as_str(), verb, state.verbs()).into()),
    }
}

/// Builds the problem for an area whose accountable person on that day is missing, or differs from the offer.
pub(super) fn owner_mismatch() -> Error {
    Problem::new(Code::Conflict).because("detail-owner-changed").into()
}

pub(super) fn save(
    tx: &mut Tx<'_>,
    before: Transfer,
    state: TransferState,
    event: &'static str,
) -> Result<Transfer, Error> {
    let ended = !matches!(state, TransferState::Offered | TransferState::Accepted);
    let ended_at = ended.then_some(tx.now);
    let after = Transfer { state, ended_at, version: before.version + 1, ..before.clone() };
    store::update(tx.conn, &after)?;
    let (old, new) = (TransferBody::new(before, tx.now), TransferBody::new(after.clone(), tx.now));
    tx.record_change(&Change::updated(event, after.id.as_str(), &old, &new)?)?;
    Ok(after)
}

/// Returns the open transfers from or to a person, or that they offered, for other slices.
pub fn open_of_person(conn: &mut DbConn, person: PersonId, now: UtcTime, most: i64) -> Result<Vec<Transfer>, Error> {
    store::open_of_person(conn, person, now, most)
}

/// Returns the offers that a person can still accept, each with the name of its project, for other slices.
pub fn offered_to(
    conn: &mut DbConn,
    person: PersonId,
    now: UtcTime,
    most: i64,
) -> Result<Vec<(Transfer, String)>, Error> {
    store::offered_to(conn, person, now, most)
}
