//! What waits for a person in each slice, as items of the inbox.

use super::dto::{Item, ItemKind};
use crate::collaboration::approvals;
use crate::collaboration::approvals::Consent;
use crate::collaboration::decisions;
use crate::collaboration::decisions::Decision;
use crate::collaboration::memberships;
use crate::collaboration::memberships::member::Member;
use crate::collaboration::memberships::state::MembershipState;
use crate::collaboration::ownership::disputes::{self, Dispute};
use crate::collaboration::ownership::transfers::{self, Transfer};
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::{Id, Kind, PersonId, ProjectId};
use crate::kernel::time::UtcTime;

/// Everything that waits for a person, at most `most` items of each kind; a fixed number of statements.
pub fn items(conn: &mut DbConn, person: PersonId, now: UtcTime, most: i64) -> Result<Vec<Item>, Error> {
    let mut items: Vec<Item> = Vec::new();
    items.extend(approvals::service::waiting_for_sponsor(conn, person, now, most)?.iter().map(approval));
    items.extend(approvals::service::waiting_for_delegate(conn, person, now, most)?.iter().map(approval));
    let members = memberships::service::live_of(conn, person, now)?;
    items.extend(members.iter().filter_map(|member| membership(member, now)).take(most as usize));
    items.extend(transfers::service::offered_to(conn, person, now, most)?.iter().map(offer));
    let disputes = disputes::service::arbitrated_by(conn, person, most)?;
    // The sides have until the deadline to agree among themselves.
    items.extend(disputes.iter().filter(|row| row.deadline <= now).map(dispute));
    items.extend(decisions::service::escalated_to(conn, person, most)?.iter().map(decision));
    Ok(items)
}

fn approval(row: &Consent) -> Item {
    item(ItemKind::Consent, row.id, row.project_id, row.asked_at, row.due_at)
}

/// An invitation that is not answered, or a return that is not confirmed.
fn membership(Member { row, state, .. }: &Member, now: UtcTime) -> Option<Item> {
    match state {
        MembershipState::Invited => {
            Some(item(ItemKind::Invitation, row.id, row.project_id, row.invited_at, Some(row.expires_at)))
        }
        MembershipState::Returning | MembershipState::ReturnBlocked => {
            let since = row.returning_at.unwrap_or(row.valid_to.start().min(now));
            Some(item(ItemKind::Return, row.id, row.project_id, since, None))
        }
        _ => None,
    }
}

fn offer(row: &Transfer) -> Item {
    item(ItemKind::Transfer, row.id, row.project_id, row.offered_at, Some(row.expires_at))
}

fn dispute(row: &Dispute) -> Item {
    item(ItemKind::Dispute, row.id, row.project_id, row.deadline, None)
}

fn decision(row: &Decision) -> Item {
    item(ItemKind::Decision, row.id, row.project_id, row.escalated_at.unwrap_or(row.raised_at), None)
}

/// The name of the project is added for all items at once.
fn item<K: Kind>(kind: ItemKind, id: Id<K>, project_id: ProjectId, since: UtcTime, due_at: Option<UtcTime>) -> Item {
    Item { kind, id: id.to_string(), project_id, project_name: String::new(), since, due_at }
}
