//! Request parameters and response bodies of the inbox.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::directory::expand::{Expansion, WithIncluded};
use crate::kernel::ids::{DepartmentId, PersonId, ProjectId};
use crate::kernel::time::UtcTime;

/// Kind of a pending action: `approval` (respond to an approval for your side, or as the arbiter for silent sides),
/// `invitation` (accept or decline an invitation), `transfer` (accept or reject an area), `dispute` (decide a dispute
/// as its arbiter), `decision` (decide an escalated decision), `draw` (strike a drawn arbiter, or waive your strike),
/// `return` (confirm the return to your regular position).
///
/// Reminders are about your project, your side or yourself: `approval_overdue` (an approval is overdue),
/// `membership_ending_soon`, `milestone_due_soon`, `milestone_missed`, `home_position_ending_soon` (a member will have
/// no regular position), `project_past_end` (close the project or extend it), `ownership_gap` (an area has no owner on
/// some days), `ownership_orphan` (the owner of an area is not a member on some days), `return_blocked` (a member has
/// no regular position to return to).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = InboxItemKind)]
pub enum ItemKind {
    Approval,
    Invitation,
    Transfer,
    Dispute,
    Decision,
    Draw,
    Return,
    ApprovalOverdue,
    MembershipEndingSoon,
    MilestoneDueSoon,
    MilestoneMissed,
    HomePositionEndingSoon,
    ProjectPastEnd,
    OwnershipGap,
    OwnershipOrphan,
    ReturnBlocked,
}

/// A pending action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = InboxItem)]
pub struct Item {
    /// Kind of the action.
    pub kind: ItemKind,
    /// Identifier of the approval, membership, transfer, dispute, decision, draw, area or regular position to act on;
    /// for milestones and the end of a project, the identifier of the project.
    #[schema(max_length = 40, pattern = "^[a-z]{2,4}_[0-9a-z]{26}$")]
    pub id: String,
    /// The project the action belongs to.
    pub project_id: ProjectId,
    /// Name of the project.
    #[schema(min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "One view of the customer")]
    pub project_name: String,
    /// The side concerned: the side of the invitation, membership or return, the side that can strike the drawn
    /// arbiter, the side that the area belongs to or would belong to after the transfer, or the side that raised the
    /// dispute or decision. Null for approvals, milestones and the end of a project, which concern all sides.
    #[schema(required)]
    pub department_id: Option<DepartmentId>,
    /// The person who requested the approval, offered the transfer, or raised the dispute or decision; null for
    /// invitations, draws, returns and reminders, and if an administrator or an application that is not in the
    /// directory did.
    #[schema(required)]
    pub requested_by: Option<PersonId>,
    /// The person concerned: the arbiter of a draw or, for reminders, the member, the holder of the regular position or
    /// the owner of the area. Null for other kinds.
    #[schema(required)]
    pub person_id: Option<PersonId>,
    /// Name of the milestone; null for other kinds.
    #[schema(required, min_length = 1, max_length = 120, pattern = r"^[^\x00-\x1f]+$", example = "One database")]
    pub milestone: Option<String>,
    /// When the action became pending.
    pub since: UtcTime,
    /// When the action is or was due; for a reminder, the time that it is about. Null if there is no due time.
    #[schema(required)]
    pub due_at: Option<UtcTime>,
}

/// The pending actions of a person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Inbox {
    /// Pending actions: first those with a due time, the earliest first; then those without one, the longest pending
    /// first.
    #[schema(max_items = 100)]
    pub data: Vec<Item>,
    /// Whether there are more pending actions than were returned. There is no next page; actions that you complete
    /// leave the inbox.
    pub has_more: bool,
}

/// The inbox, with the people and departments that its items refer to.
pub type InboxWithIncluded = WithIncluded<Inbox>;

/// Query parameters of the inbox of a person.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PersonInboxQuery {
    /// The person whose inbox to read.
    #[param(example = json!(PersonId::demo(1)))]
    pub person_id: PersonId,
    /// Maximum number of pending actions to return.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 100, default = 100)]
    #[param(nullable = false, format = Int32, minimum = 1, maximum = 100, default = 100)]
    pub limit: Option<i64>,
    /// Objects to add to the response in `included`: the `people`, the `departments`, or both, whose identifiers are in
    /// the response. Separate values with a comma, or repeat the parameter.
    #[serde(default)]
    #[schema(nullable = false, max_items = 10)]
    #[param(nullable = false, max_items = 10, example = json!(["people"]))]
    pub expand: Option<Vec<Expansion>>,
}

/// Query parameters of the inbox.
#[derive(Debug, Clone, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InboxQuery {
    /// Maximum number of pending actions to return.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 100, default = 100)]
    #[param(nullable = false, format = Int32, minimum = 1, maximum = 100, default = 100)]
    pub limit: Option<i64>,
    /// Objects to add to the response in `included`: the `people`, the `departments`, or both, whose identifiers are in
    /// the response. Separate values with a comma, or repeat the parameter.
    #[serde(default)]
    #[schema(nullable = false, max_items = 10)]
    #[param(nullable = false, max_items = 10, example = json!(["people"]))]
    pub expand: Option<Vec<Expansion>>,
}
