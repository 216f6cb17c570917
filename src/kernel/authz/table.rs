//! The permission table: for each action, the scope that the token needs, who can take it, and the operations that
//! take it.
//!
//! The decision, the texts of refusals, the API document and docs/reference/permissions.md are derived from it.

use super::role::Role::{
    self, Admin, Anyone, Application, Arbiter, Auditor, Concerned, Creator, Delegate, Head, Lead, Member,
    ProposedSponsor, Side, SideSponsor, Sponsor,
};
use crate::kernel::auth::Scope::{
    self, AuditRead, CallbacksRead, CallbacksWork, DirectoryWrite, ProjectsRead, ProjectsWrite, WebhooksManage,
};

/// A row of the table.
#[derive(Debug)]
pub struct Permission {
    pub action: Action,
    /// What the caller does.
    pub description: &'static str,
    /// The scope that the token needs; `None` for an action without a token.
    pub scope: Option<Scope>,
    /// Who can take the action with this scope: callers with one of these roles.
    pub who: &'static [Role],
    pub others: Others,
    /// Key of the text that says who can take the action.
    pub refusal: &'static str,
    /// The operations that take the action, by `operationId`.
    pub operations: &'static [&'static str],
}

/// The response to callers with the scope but without the role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    /// 404, so that they do not learn that the resource exists; 403 if they can read the project.
    Hidden,
    /// 403.
    Refused,
}

macro_rules! permissions {
    ($($action:ident: $description:literal, $scope:expr, $who:expr, $others:ident, $refusal:literal, $operations:expr;)*) => {
        /// An action that needs permission: a row of [`TABLE`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action {
            $(#[doc = $description] $action,)*
        }

        /// The permission table, in the order of [`Action`].
        pub const TABLE: &[Permission] = &[
            $(Permission {
                action: Action::$action,
                description: $description,
                scope: $scope,
                who: $who,
                others: Others::$others,
                refusal: $refusal,
                operations: $operations,
            },)*
        ];
    };
}

/// Callers who can edit the charter and everything that concerns the whole project.
const LEAD_AND_SPONSORS: &[Role] = &[Lead, Sponsor, Admin];
/// Callers who can change a project before it runs.
const DRAFTERS: &[Role] = &[Creator, Lead, Sponsor, Admin];

permissions! {
    // Without a token.
    ReadPublic: "Read public data", None, &[Anyone], Refused, "forbidden-scope-holders",
        &["list_slots", "get_callback_challenge", "get_agent_calendar", "get_current_privacy_notice", "get_privacy_notice",
          "get_evidence_key", "check_liveness", "check_readiness", "get_metrics"];
    SubmitCallback: "Request a call and manage the request with its manage token", None, &[Anyone], Refused,
        "forbidden-scope-holders", &["create_callback_request", "submit_callback_feedback"];

    // Directory.
    ReadDirectory: "Read the directory", Some(ProjectsRead), &[Anyone], Refused, "forbidden-scope-holders",
        &["list_departments", "get_department", "get_me", "get_inbox", "list_people", "get_person",
          "list_home_positions", "list_person_memberships", "list_person_assignments"];
    // For applications such as chat bots. People read their own inbox.
    ReadInboxes: "Read the inbox of a person", Some(ProjectsRead), &[Application], Refused, "forbidden-applications",
        &["get_person_inbox"];
    // A person who could change logins could sign as another sponsor.
    WriteDirectory: "Change the directory", Some(DirectoryWrite), &[Application, Admin], Refused,
        "forbidden-write-directory",
        &["create_department", "update_department", "create_person", "update_person", "create_home_position",
          "end_home_position", "import_people", "deactivate_person", "reactivate_person"];
    ManageApiKeys: "Manage the API keys of applications", Some(Scope::Admin), &[Anyone], Refused,
        "forbidden-scope-holders",
        &["list_api_keys", "create_api_key", "get_api_key", "delete_api_key", "rotate_api_key"];

    // Projects.
    CreateProject: "Create a project", Some(ProjectsWrite), &[Anyone], Refused, "forbidden-scope-holders",
        &["create_project"];
    ListProjects: "List the projects to which the caller has access", Some(ProjectsRead), &[Anyone], Refused,
        "forbidden-scope-holders", &["list_projects"];
    ReadProject: "Read a project and everything in it", Some(ProjectsRead),
        &[Sponsor, ProposedSponsor, Head, Creator, Lead, Member, Arbiter, Application, Admin], Hidden,
        "forbidden-scope-holders",
        &["get_project", "get_charter", "list_milestones", "get_readiness", "get_closure_report", "list_approvals",
          "get_approval", "list_approval_responses", "list_delegations", "list_memberships", "get_parity",
          "get_membership", "list_areas", "list_assignments", "get_assignment", "get_ownership_coverage",
          "list_ownership", "list_data_conflicts", "list_transfers", "get_transfer", "list_disputes", "get_dispute",
          "list_decisions", "get_decision", "get_partnership", "get_partnership_chart", "list_project_references",
          "get_project_reference"];
    // The evidence contains the audit trail of the project, so a member cannot read it.
    ReadEvidence: "Read the evidence of a project", Some(ProjectsRead), &[Sponsor, Head, Auditor, Admin], Hidden,
        "forbidden-read-evidence", &["get_evidence"];
    EditCharter: "Edit the charter", Some(ProjectsWrite), DRAFTERS, Hidden, "forbidden-drafters",
        &["replace_charter"];
    ProposeProject: "Propose a project", Some(ProjectsWrite), DRAFTERS, Hidden, "forbidden-drafters",
        &["propose_project"];
    // A name gives no rights: the person accepts, and the head of the department confirms.
    NameSponsor: "Propose or replace the sponsor of a side", Some(ProjectsWrite), &[Creator, Head, Sponsor, Admin],
        Hidden, "forbidden-name-sponsor", &["assign_sponsor"];
    RespondToSponsorship: "Accept or decline the role of a sponsor", Some(ProjectsWrite),
        &[Concerned("the proposed sponsor")], Hidden, "forbidden-respond-to-sponsorship",
        &["accept_sponsor", "decline_sponsor"];
    ConfirmSponsor: "Confirm a sponsor", Some(ProjectsWrite), &[Concerned("the head of the department"), Admin], Hidden,
        "forbidden-confirm-sponsor", &["confirm_sponsor"];
    ActivateProject: "Activate a project", Some(ProjectsWrite), LEAD_AND_SPONSORS, Hidden, "forbidden-lead-sponsors",
        &["activate_project"];
    // A hold is the right of a side. The lead and administrators represent none.
    HoldProject: "Put a project on hold", Some(ProjectsWrite), &[Sponsor], Hidden, "forbidden-hold-project",
        &["hold_project"];
    CancelProject: "Cancel a project", Some(ProjectsWrite), DRAFTERS, Hidden, "forbidden-drafters",
        &["cancel_project"];
    RemoveSponsor: "Remove a sponsor without naming a successor", Some(ProjectsWrite), &[Admin], Hidden,
        "forbidden-administrators", &["remove_sponsor"];
    WriteClosureReport: "Write the closure report", Some(ProjectsWrite), LEAD_AND_SPONSORS, Hidden,
        "forbidden-lead-sponsors", &["replace_closure_report"];
    WriteProjectReferences: "Set the reference to a project in another system", Some(ProjectsWrite),
        &[Lead, Sponsor, Application, Admin], Hidden, "forbidden-refer-to-project",
        &["replace_project_reference", "delete_project_reference"];

    // Approvals. Only the sponsor or a delegate can respond for a side, not even an administrator; for a silent side,
    // an arbiter can.
    RequestApproval: "Request the approval of all sides", Some(ProjectsWrite), LEAD_AND_SPONSORS, Hidden,
        "forbidden-lead-sponsors", &["resume_project", "extend_hold", "close_project", "propose_settlement", "propose_arbiter"];
    RespondToApproval: "Respond to an approval for a side", Some(ProjectsWrite),
        &[Sponsor, Delegate, Concerned("the arbiter drawn for the silent sides")], Hidden,
        "forbidden-respond-to-approval", &["respond_to_approval"];
    EscalateApproval: "Escalate an approval to which a side has not responded", Some(ProjectsWrite),
        &[Concerned("the side, or the lead, that requested it")], Hidden, "forbidden-escalate-approval",
        &["escalate_approval"];
    RespondToDraw: "Strike a drawn arbiter for a side, or waive its strike", Some(ProjectsWrite), &[Sponsor, Delegate], Hidden,
        "forbidden-respond-to-draw", &["respond_to_draw"];
    WithdrawApproval: "Withdraw a requested approval", Some(ProjectsWrite),
        &[Concerned("the side, or the lead, that requested it")], Hidden, "forbidden-withdraw-approval", &["withdraw_approval"];
    CreateDelegation: "Let another person respond for a side", Some(ProjectsWrite), &[SideSponsor], Hidden,
        "forbidden-create-delegation", &["create_delegation", "create_sponsor_delegation", "revoke_delegation"];

    // Members. Each side manages its own people.
    InviteMember: "Invite members and withdraw invitations", Some(ProjectsWrite), &[Side], Hidden,
        "forbidden-own-side", &["invite_member", "invite_members", "withdraw_membership"];
    RespondToInvitation: "Accept or decline an invitation", Some(ProjectsWrite), &[Concerned("the invitee")], Hidden,
        "forbidden-respond-to-invitation", &["accept_membership", "decline_membership"];
    EndMembership: "End memberships early", Some(ProjectsWrite), &[Side, Admin], Hidden, "forbidden-end-membership",
        &["end_membership", "end_memberships", "release_member"];
    UpdateMembership: "Change the role and the working time of members", Some(ProjectsWrite), &[Side], Hidden,
        "forbidden-own-side", &["update_membership"];
    ConfirmReturn: "Confirm the return of a member", Some(ProjectsWrite),
        &[Concerned("the member"), Side, Admin], Hidden, "forbidden-confirm-return", &["return_member"];

    // Ownership. Each side names its own owners. Who is accountable for data is not a secret of a project.
    LookUpOwners: "Look up who is accountable for data", Some(ProjectsRead), &[Anyone], Refused,
        "forbidden-scope-holders", &["list_data_owners"];
    AssignOwner: "Assign responsibilities for areas", Some(ProjectsWrite), &[Side], Hidden,
        "forbidden-own-side", &["create_assignment", "end_assignment", "correct_assignment"];
    OfferTransfer: "Offer an area to another member", Some(ProjectsWrite),
        &[Concerned("the accountable person"), Side], Hidden, "forbidden-offer-transfer",
        &["offer_transfer", "withdraw_transfer"];
    RespondToTransfer: "Accept or reject an offered area", Some(ProjectsWrite),
        &[Concerned("the person to whom the area is offered")], Hidden, "forbidden-respond-to-transfer",
        &["accept_transfer", "reject_transfer"];
    RaiseDispute: "Raise a dispute about an area", Some(ProjectsWrite), &[Sponsor], Hidden,
        "forbidden-raise-dispute", &["raise_dispute"];
    WithdrawDispute: "Withdraw a dispute", Some(ProjectsWrite), &[Side], Hidden,
        "forbidden-withdraw-dispute", &["withdraw_dispute"];
    Arbitrate: "Decide in place of the sides", Some(ProjectsWrite), &[Concerned("the arbiter")],
        Hidden, "forbidden-arbitrate", &["arbitrate_dispute", "decide_decision"];

    // Decisions.
    RaiseDecision: "Raise a decision", Some(ProjectsWrite), &[Lead, Sponsor, Member], Hidden,
        "forbidden-participants", &["create_decision"];
    EscalateDecision: "Escalate a decision", Some(ProjectsWrite), LEAD_AND_SPONSORS, Hidden,
        "forbidden-lead-sponsors", &["escalate_decision"];
    WithdrawDecision: "Withdraw a decision", Some(ProjectsWrite), &[Concerned("the lead who raised it"), Side], Hidden,
        "forbidden-withdraw-decision", &["withdraw_decision"];

    CompareDepartments: "Compare two departments over all their projects", Some(ProjectsRead),
        &[Concerned("the heads of the departments"), Application, Admin], Refused, "forbidden-compare-departments",
        &["compare_departments", "export_department_comparison"];

    // Callbacks. The reasons of closed days are internal and not shown to visitors.
    ReadClosedDays: "Read closed days", Some(CallbacksRead), &[Anyone], Refused, "forbidden-scope-holders",
        &["list_closed_days", "get_closed_day"];
    ManageCalendar: "Change calendars and their closed days", Some(Scope::Admin), &[Anyone], Refused,
        "forbidden-scope-holders",
        &["create_calendar", "update_calendar", "create_closed_day", "import_closed_days", "delete_closed_day"];
    // The names of internal queues and calendars are not shown to visitors.
    ReadQueues: "Read queues and calendars", Some(CallbacksRead), &[Anyone], Refused, "forbidden-scope-holders",
        &["list_queues", "get_queue", "list_calendars", "get_calendar"];
    ManageQueues: "Change queues", Some(Scope::Admin), &[Anyone], Refused, "forbidden-scope-holders",
        &["create_queue", "update_queue"];
    ReadAgents: "Read the roster of agents", Some(CallbacksRead), &[Anyone], Refused, "forbidden-scope-holders",
        &["list_agents", "get_agent"];
    ManageAgents: "Change the roster of agents", Some(Scope::Admin), &[Anyone], Refused, "forbidden-scope-holders",
        &["create_agent", "update_agent", "delete_agent"];
    ManageForm: "Change the callback form", Some(Scope::Admin), &[Anyone], Refused, "forbidden-scope-holders",
        &["get_form_settings", "update_form_settings"];
    // The calendar of an agent is private.
    LinkAgentCalendar: "Create the link to the calendar of an agent", Some(CallbacksRead),
        &[Concerned("the agent"), Admin], Refused, "forbidden-link-agent-calendar", &["create_agent_calendar_link"];
    ReadCallbacks: "Read callback requests", Some(CallbacksRead), &[Anyone], Refused, "forbidden-scope-holders",
        &["list_callback_requests", "search_callback_requests", "get_callback_request", "get_callback_receipt",
          "get_callback_receipt_calendar", "list_callback_slots", "export_callback_requests", "list_calls",
          "list_blocked_numbers", "get_callback_report", "export_callback_report", "list_callback_references",
          "get_callback_reference", "get_callback_projection"];
    WorkCallbacks: "Work on callback requests", Some(CallbacksWork), &[Anyone], Refused, "forbidden-scope-holders",
        &["reschedule_callback_request", "cancel_callback_request", "withdraw_callback_consent",
          "claim_callback_request", "assign_callback_request", "unassign_callback_request",
          "release_callback_request", "reroute_callback_request", "create_call", "end_call", "cancel_callback_network",
          "create_callback_manage_link", "create_blocked_number", "delete_blocked_number",
          "replace_callback_reference", "delete_callback_reference"];

    // Privacy.
    ManagePrivacy: "Manage personal data and privacy notices", Some(Scope::Admin), &[Anyone], Refused,
        "forbidden-scope-holders",
        &["list_privacy_notices", "publish_privacy_notice", "export_data_subject", "erase_data_subject",
          "erase_person", "get_offboarding_report", "get_retention", "update_retention"];
    // Also checked for each project whose areas or sponsor roles are handed over, because administrators act for no
    // side.
    OffboardPerson: "Hand over what a person who leaves is responsible for", Some(Scope::Admin), &[Admin], Refused,
        "forbidden-administrators", &["offboard_person"];

    // Events. They cover all projects, also those that a person cannot read.
    ReadEvents: "Read the event feed", Some(WebhooksManage), &[Application, Admin], Refused, "forbidden-all-projects",
        &["list_events"];
    ReadAudit: "Read the audit trail", Some(AuditRead), &[Anyone], Refused, "forbidden-scope-holders",
        &["list_audit_entries"];
    ManageWebhooks: "Manage webhook endpoints and deliveries", Some(WebhooksManage), &[Application, Admin], Refused,
        "forbidden-all-projects",
        &["list_webhook_endpoints", "create_webhook_endpoint", "get_webhook_endpoint", "delete_webhook_endpoint",
          "update_webhook_endpoint", "get_webhook_health", "test_webhook_endpoint", "rotate_webhook_secret",
          "revoke_previous_webhook_secret", "list_webhook_deliveries", "replay_webhook_events",
          "list_webhook_attempts", "redeliver_webhook_delivery", "cancel_webhook_delivery",
          "get_endpoint_projection"];
}

const OF_AGENTS: &str = "An agent without the scope `admin` can do this only if they have the request, or if it has no \
                         agent and is in one of their queues.";
const OF_VISITORS_AND_AGENTS: &str = "A visitor needs no token, but the manage token of the request. An agent without \
                                      the scope `admin` can do this only if they have the request, or if it has no \
                                      agent and is in one of their queues.";

/// Conditions in addition to the table, which depend on the state or on the request; by `operationId`.
pub const CONDITIONS: &[(&str, &str)] = &[
    (
        "create_callback_request",
        "An application with the scope `callbacks:create` needs no proof of work, and the limits for visitors and networks do not apply to it.",
    ),
    (
        "list_slots",
        "With the scope `callbacks:create` or `callbacks:read`, also lists the slots of queues that are not public.",
    ),
    ("get_callback_receipt", "A visitor needs no token, but the manage token of the request."),
    ("get_callback_receipt_calendar", "A visitor needs no token, but the manage token of the request."),
    ("list_callback_slots", "A visitor needs no token, but the manage token of the request."),
    ("reschedule_callback_request", OF_VISITORS_AND_AGENTS),
    ("cancel_callback_request", OF_VISITORS_AND_AGENTS),
    ("withdraw_callback_consent", "A visitor needs no token, but the manage token of the request."),
    ("assign_callback_request", OF_AGENTS),
    ("unassign_callback_request", OF_AGENTS),
    ("release_callback_request", OF_AGENTS),
    ("reroute_callback_request", OF_AGENTS),
    ("create_callback_manage_link", OF_AGENTS),
    ("submit_callback_feedback", "The visitor needs the manage token of the request. Bearer tokens are ignored."),
    ("list_person_memberships", "Includes the projects that the caller can read, and all of their own memberships."),
    ("list_person_assignments", "Includes the projects that the caller can read, and all of their own assignments."),
    ("list_data_owners", "`project` is null for projects that the caller cannot read."),
    ("get_membership", "People can also read their own memberships after they have left the project."),
    ("create_project", "A person who is not in the directory must be an administrator."),
    (
        "assign_sponsor",
        "Only the sponsor in office, the head of the department and administrators can replace a sponsor. In a running project, only they can fill a vacant role.",
    ),
    ("cancel_project", "After the project was activated, all sides have to approve."),
    (
        "hold_project",
        "The hold ends after 20 business days, unless all sides extend it. After that, the same side cannot put the project on hold again for 20 business days.",
    ),
    ("raise_dispute", "A sponsor can raise disputes only for their own side."),
    (
        "replace_charter",
        "After the project was proposed, the person who drafted it can no longer edit the charter. Until the project is activated, only sponsors can.",
    ),
    (
        "confirm_sponsor",
        "If the department has no head, an administrator can confirm, with a reason. After the head has changed, neither can confirm for `response_days` business days, except that an administrator can if the department had no head before.",
    ),
    ("create_decision", "Only the lead can raise decisions for a side to which they do not belong."),
    ("revoke_delegation", "Only the sponsor who created the delegation can revoke it."),
    ("end_membership", "In a running project, all sides have to approve, unless an administrator ends the membership."),
    (
        "end_memberships",
        "In a running project, all sides have to approve, unless an administrator ends the memberships.",
    ),
    (
        "offboard_person",
        "An administrator with a part in a project (a role, or a regular position in one of its departments) hands over no area of it, and proposes no sponsor in it.",
    ),
    ("withdraw_transfer", "The person who offered the area can also withdraw the offer."),
    ("claim_callback_request", "The caller must be an agent on the roster, and gets requests of their queues only."),
    (
        "assign_callback_request",
        "Without `agent_id`, the caller must be an agent who works in the queue of the request.",
    ),
    (
        "create_call",
        "The caller must be the agent to whom the request is assigned, or an agent of its queue if it has no agent. Only applications record past calls.",
    ),
    ("end_call", "The caller must be the agent who makes the call, an application or an administrator."),
    ("create_webhook_endpoint", "For the format of a CRM or ITSM tool, the scope `callbacks:read` is also needed."),
    ("update_webhook_endpoint", "For the format of a CRM or ITSM tool, the scope `callbacks:read` is also needed."),
    ("replay_webhook_events", "For the format of a CRM or ITSM tool, the scope `callbacks:read` is also needed."),
    ("redeliver_webhook_delivery", "For the format of a CRM or ITSM tool, the scope `callbacks:read` is also needed."),
    ("get_endpoint_projection", "The scope `callbacks:read` is also needed."),
];

impl Permission {
    /// Returns whether the scope alone is not enough.
    #[must_use]
    pub fn needs_role(&self) -> bool {
        !self.who.contains(&Anyone)
    }

    /// Returns whether people need a relation to the resource, at least to learn that it exists, unless they are
    /// administrators.
    #[must_use]
    pub fn needs_relation(&self) -> bool {
        self.others == Others::Hidden || self.who.iter().any(|role| !matches!(role, Anyone | Application | Admin))
    }

    /// Returns who can take the action, as part of a sentence.
    #[must_use]
    pub fn callers(&self) -> String {
        let phrases: Vec<_> = self.who.iter().map(|role| role.phrase()).collect();
        match phrases.as_slice() {
            [] => String::new(),
            [only] => (*only).to_owned(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        }
    }
}

impl Action {
    /// Returns the row of the action.
    #[must_use]
    pub fn permission(self) -> &'static Permission {
        &TABLE[self as usize]
    }

    /// Returns the action that an operation takes.
    #[must_use]
    pub fn of_operation(id: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.operations.contains(&id)).map(|row| row.action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_belongs_to_its_action() {
        for (index, row) in TABLE.iter().enumerate() {
            assert_eq!(row.action as usize, index, "{:?}", row.action);
        }
    }

    #[test]
    fn an_operation_has_one_action() {
        let mut operations: Vec<_> = TABLE.iter().flat_map(|row| row.operations).collect();
        let count = operations.len();
        operations.sort_unstable();
        operations.dedup();
        assert_eq!(operations.len(), count);
        for (operation, _) in CONDITIONS {
            assert!(Action::of_operation(operation).is_some(), "{operation}");
        }
    }
}
