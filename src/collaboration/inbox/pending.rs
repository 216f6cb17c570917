//! The pending actions of a person from each slice, as items of the inbox.

use super::dto::{Item, ItemKind};
use crate::collaboration::approvals;
use crate::collaboration::approvals::ApprovalRow;
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

/// Loads the pending actions of a person, at most `most` of each kind; a fixed number of statements.
pub fn items(conn: &mut DbConn, person: PersonId, now: UtcTime, most: i64) -> Result<Vec<Item>, Error> {
    let mut items: Vec<Item> = Vec::new();
    items.extend(approvals::service::pending_for_sponsor(conn, person, now, most)?.iter().map(approval));
    items.extend(approvals::service::pending_for_delegate(conn, person, now, most)?.iter().map(approval));
    let members = memberships::service::live_of(conn, person, now)?;
    items.extend(members.iter().filter_map(|member| membership(member, now)).take(most as usize));
    items.extend(transfers::service::offered_to(conn, person, now, most)?.iter().map(offer));
    let disputes = disputes::service::arbitrated_by(conn, person, most)?;
    // The arbiter can decide only after the deadline.
    items.extend(disputes.iter().filter(|row| row.deadline <= now).map(dispute));
    items.extend(decisions::service::escalated_to(conn, person, most)?.iter().map(decision));
    Ok(items)
}

fn approval(row: &ApprovalRow) -> Item {
    let requested_by = row.requested_by;
    Item { requested_by, ..item(ItemKind::Approval, row.id, row.project_id, row.requested_at, row.due_at) }
}

/// Builds the item for an open invitation or an unconfirmed return.
fn membership(Member { row, state, .. }: &Member, now: UtcTime) -> Option<Item> {
    let item = match state {
        MembershipState::Invited => {
            item(ItemKind::Invitation, row.id, row.project_id, row.invited_at, Some(row.expires_at))
        }
        MembershipState::Returning | MembershipState::ReturnBlocked => {
            let since = row.returning_at.unwrap_or(row.valid_to.start().min(now));
            item(ItemKind::Return, row.id, row.project_id, since, None)
        }
        _ => return None,
    };
    Some(Item { department_id: Some(row.department_id), ..item })
}

fn offer(row: &Transfer) -> Item {
    let (department_id, requested_by) = (Some(row.to_department_id), row.offered_by);
    let item = item(ItemKind::Transfer, row.id, row.project_id, row.offered_at, Some(row.expires_at));
    Item { department_id, requested_by, ..item }
}

fn dispute(row: &Dispute) -> Item {
    let (department_id, requested_by) = (Some(row.department_id), row.raised_by);
    Item { department_id, requested_by, ..item(ItemKind::Dispute, row.id, row.project_id, row.deadline, None) }
}

fn decision(row: &Decision) -> Item {
    let (department_id, requested_by) = (Some(row.department_id), row.raised_by);
    let since = row.escalated_at.unwrap_or(row.raised_at);
    Item { department_id, requested_by, ..item(ItemKind::Decision, row.id, row.project_id, since, None) }
}

/// Builds an item without side and person. The names of the projects are added later, for all items at once.
fn item<K: Kind>(kind: ItemKind, id: Id<K>, project_id: ProjectId, since: UtcTime, due_at: Option<UtcTime>) -> Item {
    let (project_name, department_id, requested_by) = (String::new(), None, None);
    Item { kind, id: id.to_string(), project_id, project_name, department_id, requested_by, since, due_at }
}
