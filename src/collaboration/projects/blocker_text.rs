//! Texts that say how to resolve a blocker.

use super::readiness::Code;
use crate::kernel::error::Text;

/// Returns the text for a blocker code.
#[must_use]
pub fn of(code: Code) -> Text {
    Text::new(match code {
        Code::SponsorVacant => "blocker-sponsor_vacant",
        Code::SponsorNotAccepted => "blocker-sponsor_not_accepted",
        Code::SponsorNotConfirmed => "blocker-sponsor_not_confirmed",
        Code::SponsorNotInDepartment => "blocker-sponsor_not_in_department",
        Code::LeadDeactivated => "blocker-lead_deactivated",
        Code::ArbiterNotNeutral => "blocker-arbiter_not_neutral",
        Code::SponsorSamePerson => "blocker-sponsor_same_person",
        Code::GoalMissing => "blocker-goal_missing",
        Code::MilestoneMissing => "blocker-milestone_missing",
        Code::DatesOutOfRange => "blocker-dates_out_of_range",
        Code::SignatureMissing => "blocker-signature_missing",
        Code::SignatureStale => "blocker-signature_stale",
        Code::SideEmpty => "blocker-side_empty",
        Code::ParityBreached => "blocker-parity_breached",
        Code::HomePositionMissing => "blocker-home_position_missing",
        Code::OwnershipGap => "blocker-ownership_gap",
        Code::OwnerNotActiveMember => "blocker-owner_not_active_member",
        Code::SideMismatch => "blocker-side_mismatch",
    })
}
