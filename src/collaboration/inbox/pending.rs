//! The pending actions of a person from each slice, as items of the inbox.

use super::dto::{Item, ItemKind};
use super::rulings::{self, Ruling};
use crate::collaboration::approvals;
use crate::collaboration::approvals::ApprovalRow;
use crate::collaboration::arbitration::{self, PendingDraw};
use crate::collaboration::memberships::state::MembershipState;
use crate::collaboration::memberships::{self, Membership};
use crate::collaboration::ownership::transfers::{self, Transfer};
use crate::collaboration::reminders::{self, Reminder, ReminderKind};
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::{PersonId, ProjectId};
use crate::kernel::time::UtcTime;

/// Loads the pending actions of a person, at most `most` of each kind; one statement for each source.
pub fn items(conn: &mut DbConn, person: PersonId, now: UtcTime, most: i64) -> Result<Vec<Item>, Error> {
    let mut items: Vec<Item> = Vec::new();
    items.extend(approvals::service::pending_for(conn, person, now, most)?.into_iter().map(approval));
    // An arbiter can decide only after the sides have had their time.
    let rulings = rulings::assigned_to(conn, person, most)?.into_iter();
    items.extend(rulings.filter(|ruling| ruling.ruling_from <= now).filter_map(ruling));
    let memberships = memberships::service::pending_for(conn, person, now)?.into_iter();
    items.extend(memberships.map(|pending| membership(pending, now)).take(most as usize));
    items.extend(transfers::service::offered_to(conn, person, now, most)?.into_iter().map(offer));
    items.extend(arbitration::service::pending_for(conn, person, now, most)?.into_iter().map(draw));
    items.extend(reminders::service::standing_for(conn, person, most)?.into_iter().filter_map(reminder));
    Ok(items)
}

fn approval((row, name): (ApprovalRow, String)) -> Item {
    let requested_by = row.requested_by;
    Item {
        requested_by,
        ..item(ItemKind::Approval, &row.id, (row.project_id, name), row.requested_at, Some(row.due_at))
    }
}

/// Builds the item for a question that the person decides as its arbiter.
fn ruling(row: Ruling) -> Option<Item> {
    let (kind, id): (_, &dyn ToString) = match &row {
        Ruling { approval_id: Some(id), .. } => (ItemKind::Approval, id),
        Ruling { decision_id: Some(id), .. } => (ItemKind::Decision, id),
        Ruling { dispute_id: Some(id), .. } => (ItemKind::Dispute, id),
        _ => return None,
    };
    let item = item(kind, id, (row.project_id, row.project_name.clone()), row.ruling_from, row.ruling_until);
    Some(Item { department_id: row.department_id, requested_by: row.requested_by, ..item })
}

/// Builds the item for an open invitation or an unconfirmed return.
fn membership((row, state, name): (Membership, MembershipState, String), now: UtcTime) -> Item {
    let project = (row.project_id, name);
    let item = if state == MembershipState::Invited {
        item(ItemKind::Invitation, &row.id, project, row.invited_at, Some(row.expires_at))
    } else {
        let since = row.returning_at.unwrap_or(row.valid_to.start().min(now));
        item(ItemKind::Return, &row.id, project, since, None)
    };
    Item { department_id: Some(row.department_id), ..item }
}

fn offer((row, name): (Transfer, String)) -> Item {
    let (department_id, requested_by) = (Some(row.to_department_id), row.offered_by);
    let item = item(ItemKind::Transfer, &row.id, (row.project_id, name), row.offered_at, Some(row.expires_at));
    Item { department_id, requested_by, ..item }
}

/// Builds the item for an arbiter whom the side can strike until they can decide.
fn draw(row: PendingDraw) -> Item {
    let (department_id, person_id) = (Some(row.department_id), Some(row.person_id));
    let project = (row.project_id, row.project_name);
    let item = item(ItemKind::Draw, &row.id, project, row.drawn_at, Some(row.ruling_from));
    Item { department_id, person_id, ..item }
}

/// Builds the item for a reminder; `None` for kinds whose subject is an item of its own.
fn reminder((row, project_name): (Reminder, String)) -> Option<Item> {
    let kind = match row.kind {
        ReminderKind::ApprovalDueSoon | ReminderKind::DecisionDueSoon => return None,
        ReminderKind::ApprovalOverdue => ItemKind::ApprovalOverdue,
        ReminderKind::MembershipEndingSoon => ItemKind::MembershipEndingSoon,
        ReminderKind::MilestoneDueSoon => ItemKind::MilestoneDueSoon,
        ReminderKind::MilestoneMissed => ItemKind::MilestoneMissed,
        ReminderKind::HomePositionEndingSoon => ItemKind::HomePositionEndingSoon,
        ReminderKind::ProjectPastEnd => ItemKind::ProjectPastEnd,
        ReminderKind::OwnershipGap => ItemKind::OwnershipGap,
        ReminderKind::OwnershipOrphan => ItemKind::OwnershipOrphan,
        ReminderKind::ReturnBlocked => ItemKind::ReturnBlocked,
    };
    let milestone = row.milestone();
    Some(Item {
        kind,
        id: row.subject,
        project_id: row.project_id,
        project_name,
        department_id: row.department_id,
        requested_by: None,
        person_id: row.person_id,
        milestone,
        since: row.sent_at,
        due_at: Some(row.about),
    })
}

/// Builds an item without side and person.
fn item(
    kind: ItemKind,
    id: &dyn ToString,
    (project_id, project_name): (ProjectId, String),
    since: UtcTime,
    due_at: Option<UtcTime>,
) -> Item {
    let id = id.to_string();
    let (department_id, requested_by, person_id, milestone) = (None, None, None, None);
    Item { kind, id, project_id, project_name, department_id, requested_by, person_id, milestone, since, due_at }
}
