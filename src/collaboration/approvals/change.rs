//! Steps that every change of an approval shares: locking its project, finding the side the caller represents, checking
//! that it is open, and saving it with its event.

use data_encoding::HEXLOWER;

use super::delegations;
use super::digest::SALT_BYTES;
use super::dto::{ApprovalBody, ApprovalResponseNotice};
use super::ended;
use super::rules::{self, ActiveDelegation, RepresentedSide, SideSponsor};
use super::state::{ApprovalChoice, ApprovalKind, ApprovalState};
use super::store::{self, Approval, ApprovalResponse, ApprovalRow, RespondedForAnotherSide, Which};
use crate::collaboration::projects::permit::{Standing, permit};
use crate::collaboration::projects::{Project, Side, service as projects};
use crate::directory::people;
use crate::kernel::authz::{Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::events::types;
use crate::kernel::ids::{ApprovalId, PersonId, ProjectId};
use crate::kernel::record::Change;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Authorises the caller and locks the project of an approval.
///
/// # Errors
/// 403, 404; a replay of the stored response for a repeated idempotency key.
pub fn lock_by_id(tx: &mut Tx<'_>, id: ApprovalId, action: Action) -> Result<(Project, Relations), Error> {
    let permitted = permit(tx, action, |tx| {
        let (project, requested_by, requested_for, arbiter) =
            store::origin_of(tx.conn, id)?.ok_or_else(Error::not_found)?;
        let standing = Standing::read(tx, project)?;
        let Relations { sponsor_of, delegate_of, lead, person, .. } = standing.relations;
        // A person who no longer has a role in the project cannot withdraw what they requested.
        let is_own = (lead || sponsor_of.is_some() || delegate_of.is_some()) && person == requested_by;
        let is_of_side = requested_for.is_some() && [sponsor_of, delegate_of].contains(&requested_for);
        let is_concerned = match action {
            // Having asked is no reason to respond for another side.
            Action::RespondToApproval => person == arbiter,
            _ => is_own || is_of_side,
        };
        Ok(standing.concerning(person.is_some() && is_concerned))
    })?;
    let Standing { project, relations, .. } = permitted.lock(tx)?;
    Ok((project, relations))
}

/// Loads an approval with its sides and their current responses.
///
/// # Errors
/// 404.
pub fn find(conn: &mut DbConn, id: ApprovalId) -> Result<Approval, Error> {
    find_if_any(conn, id)?.ok_or_else(Error::not_found)
}

/// As [`find`]; `None` if there is no such approval.
pub fn find_if_any(conn: &mut DbConn, id: ApprovalId) -> Result<Option<Approval>, Error> {
    Ok(store::load(conn, &Which::One(id))?.into_iter().next())
}

/// Returns the caller and the side they represent, or `None` if they represent none.
pub fn represented_side(
    tx: &mut Tx<'_>,
    project: ProjectId,
    caller: Option<PersonId>,
    sides: &[Side],
) -> Result<Option<(PersonId, RepresentedSide)>, Error> {
    let Some(person) = caller else { return Ok(None) };
    let sponsors: Vec<_> = sides
        .iter()
        .map(|side| SideSponsor { department_id: side.department_id, sponsor: side.active_sponsor() })
        .collect();
    if let Some(own) = rules::represented_side(person, &sponsors, &[]) {
        return Ok(Some((person, own)));
    }
    let active: Vec<ActiveDelegation> = delegations::service::standing(tx.conn, project, tx.now.day())?;
    let Some(side) = rules::represented_side(person, &sponsors, &active) else { return Ok(None) };
    // A delegate who has moved to another department no longer responds for this one.
    let homes = people::service::home_position_on(tx.conn, &[person], tx.now.day())?;
    let is_own = homes.iter().any(|home| home.department_id == side.department_id);
    Ok(is_own.then_some((person, side)))
}

/// Checks that an approval is open, and accepts responses: some kinds end when they are due.
///
/// # Errors
/// 409 `illegal_transition`.
pub fn require_open(approval: &Approval, now: UtcTime, verb: &str) -> Result<(), Error> {
    if approval.row.state != ApprovalState::Open {
        return Err(Problem::illegal_transition("approval", approval.row.state.as_str(), verb, &[]).into());
    }
    if approval.row.kind.ends_when_due() && approval.row.due_at <= now {
        return Err(Problem::illegal_transition("approval", "overdue", verb, &[]).into());
    }
    Ok(())
}

/// Builds the response of a side, without saving it.
pub fn response(
    tx: &Tx<'_>,
    approval: &ApprovalRow,
    person: PersonId,
    side: RepresentedSide,
    response: ApprovalChoice,
    reason: Option<String>,
) -> ApprovalResponse {
    ApprovalResponse {
        id: tx.new_id(),
        approval_id: approval.id,
        project_id: approval.project_id,
        department_id: side.department_id,
        person_id: person,
        delegation_id: side.delegation_id,
        response,
        reason,
        responded_at: tx.now,
        superseded_at: None,
        sealed: approval.sealed,
        salt: HEXLOWER.encode(&tx.environment.bytes::<SALT_BYTES>()),
        draw_id: None,
    }
}

/// Saves a response, which supersedes an earlier one of the same side.
///
/// # Errors
/// 409 when the person has already responded for another side.
pub fn put(tx: &mut Tx<'_>, approval: &mut Approval, response: ApprovalResponse) -> Result<(), Error> {
    let slot = approval.sides.iter_mut().find(|(side, _)| *side == response.department_id);
    let slot = slot.ok_or_else(|| Error::internal("a response from a department that is not a side of the project"))?;
    if let Some(before) = slot.1.take() {
        supersede(tx, before)?;
    }
    store::insert_response(tx.conn, &response)?.map_err(|RespondedForAnotherSide| responded_for_another_side())?;
    // Event and audit entry say that the side responded, not what.
    let notice = ApprovalResponseNotice::from(&response);
    tx.record_change(&Change::created(types::APPROVAL_RESPONDED, notice.id.as_str(), &notice)?)?;
    slot.1 = Some(response);
    Ok(())
}

/// Marks a response as superseded, so that it no longer counts.
pub fn supersede(tx: &mut Tx<'_>, before: ApprovalResponse) -> Result<(), Error> {
    store::supersede(tx.conn, before.id, tx.now)?;
    let after = ApprovalResponse { superseded_at: Some(tx.now), ..before.clone() };
    let (old, new) = (ApprovalResponseNotice::from(&before), ApprovalResponseNotice::from(&after));
    tx.record_change(&Change::updated(types::APPROVAL_RESPONDED, new.id.as_str(), &old, &new)?)
}

/// Ends an open approval in its final state. When all sides have a response, the responses are opened; those to an
/// approval that is withdrawn or lapses stay sealed. Sides that would have joined by a charter that is not approved do
/// not join.
pub fn end(tx: &mut Tx<'_>, approval: &mut Approval, state: ApprovalState, event: &'static str) -> Result<(), Error> {
    let before = approval.clone();
    approval.row.state = state;
    approval.row.ended_at = Some(tx.now);
    if approval.row.draw_id.is_some() {
        ended::end_draws(tx.conn, approval.row.id, tx.now)?;
    }
    if matches!(state, ApprovalState::Approved | ApprovalState::Rejected) {
        disclose(tx, approval)?;
    }
    if approval.row.kind == ApprovalKind::Charter && state != ApprovalState::Approved {
        projects::drop_joining(tx, approval.row.project_id)?;
    }
    save(tx, &before, approval, event)
}

/// Opens all responses to an approval.
fn disclose(tx: &mut Tx<'_>, approval: &mut Approval) -> Result<(), Error> {
    if !approval.row.sealed {
        return Ok(());
    }
    store::disclose(tx.conn, approval.row.id)?;
    for response in approval.sides.iter_mut().filter_map(|(_, response)| response.as_mut()) {
        response.sealed = false;
    }
    Ok(())
}

/// Saves the next version of an open approval after its responses have changed, for its `ETag`.
pub fn raise(tx: &mut Tx<'_>, approval: &mut Approval) -> Result<(), Error> {
    approval.row.version += 1;
    store::update(tx.conn, &approval.row)
}

/// Saves the next version of an approval, with its event, which shows no sealed response.
pub fn save(tx: &mut Tx<'_>, before: &Approval, approval: &mut Approval, event: &'static str) -> Result<(), Error> {
    approval.row.version += 1;
    store::update(tx.conn, &approval.row)?;
    let (old, new) = (ApprovalBody::try_from(before)?, ApprovalBody::try_from(&*approval)?);
    tx.record_change(&Change::updated(event, new.id.as_str(), &old, &new)?)
}

fn responded_for_another_side() -> Problem {
    Problem::new(Code::Conflict).because("detail-voted-for-other-side")
}
