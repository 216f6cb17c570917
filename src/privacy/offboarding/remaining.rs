//! What remains after a hand-over, and who has to act. A pure function of the offboarding report.

use super::dto::OffboardingReport;
use super::offboard_dto::{Needs, RemainingItem, RemainingKind};
use crate::collaboration::memberships::state::MembershipState;
use crate::collaboration::ownership::transfers::TransferState;
use crate::kernel::ids::ProjectId;

/// Returns everything in the report with who has to act. What the sides decide together is never handed over.
#[must_use]
pub fn remaining(report: &OffboardingReport) -> Vec<RemainingItem> {
    use RemainingKind::{
        Agent, Approval, Assignment, CallbackRequest, Decision, Delegation, Department, Dispute, ManagedPerson,
        Membership, Panel, ProjectLed, SponsorRole, Transfer,
    };
    let item = |kind, id: &dyn ToString, project_id: Option<ProjectId>, needs| RemainingItem {
        kind,
        id: id.to_string(),
        project_id,
        needs,
    };
    let mut items = Vec::new();
    items.extend(
        report.sponsor_roles.iter().map(|one| item(SponsorRole, &one.department_id, Some(one.project_id), Needs::Side)),
    );
    items.extend(report.projects_led.iter().map(|id| item(ProjectLed, id, Some(*id), Needs::AllSides)));
    // The panel is part of the charter, which all sides sign.
    items.extend(report.panels.iter().map(|id| item(Panel, id, Some(*id), Needs::AllSides)));
    let delegations = report.delegations_given.iter().chain(&report.delegations_received);
    items.extend(delegations.map(|one| item(Delegation, &one.id, one.project_id, Needs::Side)));
    items.extend(
        report
            .areas
            .iter()
            .map(|one| item(Assignment, &one.assignment.id, Some(one.assignment.project_id), Needs::Successor)),
    );
    items.extend(report.transfers.iter().map(|one| {
        let needs = if one.state == TransferState::Accepted { Needs::AllSides } else { Needs::Side };
        item(Transfer, &one.id, Some(one.project_id), needs)
    }));
    let waiting = report.approvals.iter().chain(&report.approvals_as_delegate);
    items.extend(waiting.map(|id| item(Approval, id, None, Needs::Side)));
    // Another arbiter is drawn when this one stays silent.
    items.extend(report.approvals_arbitrated.iter().map(|id| item(Approval, id, None, Needs::Side)));
    items.extend(report.approvals_requested.iter().map(|id| item(Approval, id, None, Needs::AllSides)));
    let decisions = report.decisions.iter().chain(&report.decisions_raised);
    items.extend(decisions.map(|id| item(Decision, id, None, Needs::AllSides)));
    items.extend(report.disputes.iter().map(|id| item(Dispute, id, None, Needs::AllSides)));
    items.extend(
        report.departments_headed.iter().map(|one| item(Department, &one.department_id, None, Needs::Successor)),
    );
    items.extend(report.people_managed.iter().map(|id| item(ManagedPerson, id, None, Needs::Successor)));
    items.extend(report.agent_id.iter().map(|id| item(Agent, id, None, Needs::Administrator)));
    items.extend(report.callback_requests.iter().map(|id| item(CallbackRequest, id, None, Needs::Successor)));
    items.extend(report.memberships.iter().map(|one| {
        // An early end of a membership that has begun is joint.
        let needs = if one.state == MembershipState::Active { Needs::AllSides } else { Needs::Side };
        item(Membership, &one.id, Some(one.project_id), needs)
    }));
    items
}
