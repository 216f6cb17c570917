//! Changes of memberships without a request for the membership: transitions caused by time, which are recorded exactly
//! once, an earlier end of the project, and the deactivation of a person.

use std::collections::BTreeSet;

use super::change;
use super::member::{Member, phase};
use super::state::MembershipState;
use super::store::{self, Loaded};
use crate::collaboration::approvals::lapse;
use crate::collaboration::projects::{Project, service as projects};
use crate::collaboration::states::MembershipDecision;
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::ids::{PersonId, ProjectId};
use crate::kernel::time::{Day, UtcTime};
use crate::kernel::tx::Tx;

/// Records the transitions caused by time in a project that the caller has locked: expired invitations, memberships
/// that have begun, and memberships that have ended. Returns the next instant at which an invitation expires.
pub fn by_time(tx: &mut Tx<'_>, project: &Project) -> Result<Option<UtcTime>, Error> {
    let answers_to = change::answers_to(tx, project.id)?;
    let mut next = None;
    for loaded in store::live(tx.conn, project.id, tx.now.day())? {
        let member = Member::new(loaded, phase(project), answers_to.clone(), tx.now);
        match member.state {
            MembershipState::Invited => next = earlier(next, member.row.expires_at),
            MembershipState::Expired => {
                record(tx, project, member, types::MEMBERSHIP_EXPIRED, |row, _| {
                    row.decision = MembershipDecision::Expired
                })?;
            }
            MembershipState::Active if member.row.started_at.is_none() => {
                record(tx, project, member, types::MEMBERSHIP_STARTED, |row, now| row.started_at = Some(now))?;
            }
            MembershipState::Returning | MembershipState::ReturnBlocked if member.row.returning_at.is_none() => {
                lapse::lapse_about(tx, project.id, member.row.id.as_str())?;
                record(tx, project, member, types::MEMBERSHIP_RETURNING, |row, now| row.returning_at = Some(now))?;
            }
            _ => {}
        }
    }
    Ok(next)
}

fn earlier(a: Option<UtcTime>, b: UtcTime) -> Option<UtcTime> {
    Some(a.map_or(b, |a| a.min(b)))
}

fn record(
    tx: &mut Tx<'_>,
    project: &Project,
    before: Member,
    event: &'static str,
    change: impl Fn(&mut store::Membership, UtcTime),
) -> Result<(), Error> {
    let mut row = before.row.clone();
    change(&mut row, tx.now);
    super::change::save(tx, project, &before, row, event, None).map(drop)
}

/// Records that an invitation has expired, so that the person can be invited again for the same days.
pub fn expire(tx: &mut Tx<'_>, project: &Project, loaded: Loaded) -> Result<(), Error> {
    let answers_to = change::answers_to(tx, project.id)?;
    let member = Member::new(loaded, phase(project), answers_to, tx.now);
    record(tx, project, member, types::MEMBERSHIP_EXPIRED, |row, _| row.decision = MembershipDecision::Expired)
}

/// Shortens memberships that last beyond the new end of a project.
pub fn end_by(tx: &mut Tx<'_>, project: &Project, day: Day) -> Result<(), Error> {
    let answers_to = change::answers_to(tx, project.id)?;
    for loaded in store::live(tx.conn, project.id, tx.now.day())? {
        if loaded.row.valid_to > day {
            let before = Member::new(loaded, phase(project), answers_to.clone(), tx.now);
            let mut row = before.row.clone();
            row.valid_to = day.max(row.valid_from);
            change::save_end(tx, project, &before, row, "The project ends earlier.")?;
        }
    }
    Ok(())
}

/// Ends the memberships of a deactivated person today, and withdraws open invitations.
pub fn person_deactivated(tx: &mut Tx<'_>, person: PersonId) -> Result<(), Error> {
    let live = store::live_of_person(tx.conn, person, tx.now.day())?;
    let affected: BTreeSet<ProjectId> = live.iter().map(|loaded| loaded.row.project_id).collect();
    for project in affected {
        // Closed and cancelled projects are read-only.
        if !projects::is_over(tx.conn, project)? {
            leave_project(tx, project, person)?;
        }
    }
    Ok(())
}

fn leave_project(tx: &mut Tx<'_>, project: ProjectId, person: PersonId) -> Result<(), Error> {
    let project = projects::lock(tx, project)?;
    // Reads again under the lock: the person may have responded in the meantime.
    for loaded in store::taken(tx.conn, project.id, &[person], tx.now.day())? {
        if !matches!(loaded.row.decision, MembershipDecision::Invited | MembershipDecision::Accepted) {
            continue;
        }
        lapse::lapse_about(tx, project.id, loaded.row.id.as_str())?;
        let answers_to = change::answers_to(tx, project.id)?;
        let before = Member::new(loaded, phase(&project), answers_to, tx.now);
        let mut row = before.row.clone();
        let event = if row.decision == MembershipDecision::Invited {
            row.decision = MembershipDecision::Withdrawn;
            types::MEMBERSHIP_WITHDRAWN
        } else {
            row.decision = MembershipDecision::LeftOrganisation;
            row.valid_to = row.valid_to.min(tx.now.day()).max(row.valid_from);
            types::MEMBERSHIP_LEFT_ORGANISATION
        };
        change::save(tx, &project, &before, row, event, Some("The person was deactivated."))?;
    }
    Ok(())
}
