//! The kinds of reminders.

use crate::kernel::events::types;

crate::text_enum! {
    /// Kind of a reminder.
    pub enum ReminderKind {
        ApprovalDueSoon,
        ApprovalOverdue,
        DecisionDueSoon,
        MembershipEndingSoon,
        MilestoneDueSoon,
        MilestoneMissed,
        HomePositionEndingSoon,
        ProjectPastEnd,
        OwnershipGap,
        OwnershipOrphan,
        ReturnBlocked,
    }
}

impl ReminderKind {
    /// Returns the event that is sent when the reminder begins to apply.
    #[must_use]
    pub fn event(self) -> &'static str {
        match self {
            Self::ApprovalDueSoon => types::APPROVAL_DUE_SOON,
            Self::ApprovalOverdue => types::APPROVAL_OVERDUE,
            Self::DecisionDueSoon => types::DECISION_DUE_SOON,
            Self::MembershipEndingSoon => types::MEMBERSHIP_ENDING_SOON,
            Self::MilestoneDueSoon => types::MILESTONE_DUE_SOON,
            Self::MilestoneMissed => types::MILESTONE_MISSED,
            Self::HomePositionEndingSoon => types::HOME_POSITION_ENDING_SOON,
            Self::ProjectPastEnd => types::PROJECT_PAST_END,
            Self::OwnershipGap => types::OWNERSHIP_GAP_FOUND,
            Self::OwnershipOrphan => types::OWNERSHIP_ORPHAN_FOUND,
            Self::ReturnBlocked => types::MEMBERSHIP_RETURN_BLOCKED,
        }
    }

    /// Returns the event that is sent when the reminder no longer applies.
    #[must_use]
    pub fn resolved_event(self) -> Option<&'static str> {
        match self {
            Self::OwnershipGap => Some(types::OWNERSHIP_GAP_RESOLVED),
            Self::OwnershipOrphan => Some(types::OWNERSHIP_ORPHAN_RESOLVED),
            _ => None,
        }
    }

    /// Returns whether the same problem can occur again and is then sent again. Other kinds are about a date, which
    /// passes once.
    #[must_use]
    pub fn can_recur(self) -> bool {
        matches!(self, Self::OwnershipGap | Self::OwnershipOrphan | Self::ReturnBlocked)
    }
}
