//! The event types, for the webhooks section of the OpenAPI document and for the validation of event filters.
//!
//! Rule: every change names its event with a constant of this file, so that no undocumented event can be sent.

/// An event type.
#[derive(Debug, Clone, Copy)]
pub struct EventType {
    /// Name of the type, as in the `type` field of an event.
    pub name: &'static str,
    /// When the event is sent.
    pub summary: &'static str,
    /// Name of the schema of its `data` field.
    pub data: &'static str,
}

macro_rules! event_types {
    ($($constant:ident = $name:literal, $data:literal, $summary:literal;)*) => {
        $(#[doc = $summary] pub const $constant: &str = $name;)*

        /// All event types.
        pub const ALL: &[EventType] = &[$(EventType { name: $name, summary: $summary, data: $data },)*];
    };
}

event_types! {
    // Directory.
    DEPARTMENT_CREATED = "department.created", "Department", "A department was created.";
    DEPARTMENT_UPDATED = "department.updated", "Department", "A department was updated.";
    PERSON_CREATED = "person.created", "Person", "A person was created.";
    PERSON_UPDATED = "person.updated", "Person", "A person was updated.";
    PERSON_DEACTIVATED = "person.deactivated", "Person", "A person was deactivated. Their responsibilities were not reassigned.";
    PERSON_REACTIVATED = "person.reactivated", "Person", "A deactivated person was reactivated.";
    HOME_POSITION_ENDED = "home_position.ended", "HomePosition", "The end of a person's regular position was set; `valid_to` is the first day after it.";
    HOME_POSITION_ADDED = "home_position.added", "HomePosition", "A regular position was added for a person.";

    // Projects.
    PROJECT_CREATED = "project.created", "Project", "A project was created as a draft.";
    PROJECT_UPDATED = "project.updated", "Project", "The name, the dates or the parity rule of a project were changed by a new version of its charter.";
    PROJECT_PROPOSED = "project.proposed", "Project", "A project was proposed, and its charter was submitted to the sponsors for signature.";
    PROJECT_ACTIVATED = "project.activated", "Project", "A project was activated: all sides had signed the charter and no readiness check failed.";
    PROJECT_CANCELLED = "project.cancelled", "Project", "A project was cancelled.";
    CHARTER_REVISED = "charter.revised", "Charter", "A new version of a charter was created. It takes effect when all sides have signed it.";
    PROJECT_AMENDED = "project.amended", "Project", "A new version of the charter of a running project came into force, because all sides approved it.";
    PROJECT_HELD = "project.held", "Project", "A project was put on hold by a side, or automatically because a side had no sponsor for too long.";
    PROJECT_RESUMED = "project.resumed", "Project", "A project on hold was resumed, because all sides approved it.";
    PROJECT_CLOSING = "project.closing", "Project", "All sides approved closing a project; its members return to their regular positions.";
    PROJECT_CLOSED = "project.closed", "Project", "A project was closed: all members had returned and the closure report had been submitted.";
    PROJECT_PARITY_BREACHED = "project.parity_breached", "Project", "The sides of an active project differ by more than the charter allows; a grace period of 10 business days begins.";
    PROJECT_PARITY_RESTORED = "project.parity_restored", "Project", "The sides of an active project are in parity again.";
    PROJECT_PARITY_GRACE_ENDED = "project.parity_grace_ended", "Project", "The grace period after a parity breach ended, and the sides are still not in parity.";
    CLOSURE_REPORT_SUBMITTED = "closure_report.submitted", "ClosureReport", "The closure report of a project was submitted or replaced.";
    SPONSOR_ASSIGNED = "sponsor.assigned", "ProjectSide", "A sponsor was assigned to a side of a project, or became active again after being reactivated.";
    SPONSOR_REMOVED = "sponsor.removed", "ProjectSide", "A side of a project lost its sponsor: the sponsor was removed or deactivated.";

    // Approvals.
    APPROVAL_REQUESTED = "approval.requested", "Approval", "The approval of all sides of a project was requested.";
    APPROVAL_RESPONDED = "approval.responded", "ApprovalResponse", "A side responded to an approval, or an earlier response was superseded.";
    APPROVAL_APPROVED = "approval.approved", "Approval", "All sides approved.";
    APPROVAL_REJECTED = "approval.rejected", "Approval", "All sides responded, and at least one of them rejected.";
    APPROVAL_REOPENED = "approval.reopened", "Approval", "The approval of a charter was reopened, because a side changed its sponsor before the charter came into force.";
    APPROVAL_WITHDRAWN = "approval.withdrawn", "Approval", "An approval was withdrawn before all sides had responded.";
    APPROVAL_LAPSED = "approval.lapsed", "Approval", "An approval lapsed, because its subject changed or ended; responses no longer count.";
    DELEGATION_CREATED = "delegation.created", "Delegation", "A sponsor named a delegate who can respond to approvals in their place.";
    DELEGATION_REVOKED = "delegation.revoked", "Delegation", "A delegation was revoked, or ended because the side changed its sponsor.";

    // Memberships.
    MEMBERSHIP_INVITED = "membership.invited", "Membership", "A person was invited to a project.";
    MEMBERSHIP_ACCEPTED = "membership.accepted", "Membership", "An invitee accepted an invitation with its role and dates.";
    MEMBERSHIP_DECLINED = "membership.declined", "Membership", "An invitee declined an invitation.";
    MEMBERSHIP_WITHDRAWN = "membership.withdrawn", "Membership", "An invitation was withdrawn before the invitee responded.";
    MEMBERSHIP_EXPIRED = "membership.expired", "Membership", "An invitation expired without a response.";
    MEMBERSHIP_STARTED = "membership.started", "Membership", "A membership became active: its first day was reached and the project is active.";
    MEMBERSHIP_RETURNING = "membership.returning", "Membership", "A membership ended, or the project is closing; the member returns to their regular position.";
    MEMBERSHIP_RETURNED = "membership.returned", "Membership", "The return of a member to their regular position was confirmed.";
    MEMBERSHIP_LEFT_ORGANISATION = "membership.left_organisation", "Membership", "A membership ended because the member was deactivated.";
    MEMBERSHIP_ENDED = "membership.ended", "Membership", "The end of a membership was set; `valid_to` is the first day after it.";

    // Ownership.
    OWNERSHIP_ASSIGNED = "ownership.assigned", "Assignment", "A responsibility for an area was assigned to a person.";
    OWNERSHIP_CORRECTED = "ownership.corrected", "Assignment", "The days of an assignment were corrected; earlier versions are kept.";
    OWNERSHIP_TRANSFERRED = "ownership.transferred", "Assignment", "An area was handed over to a successor; `data` is the assignment of the successor.";
    TRANSFER_OFFERED = "transfer.offered", "Transfer", "The transfer of an area was offered to a person.";
    TRANSFER_ACCEPTED = "transfer.accepted", "Transfer", "The incoming person accepted a transfer to another side, and the approval of all sides was requested.";
    TRANSFER_COMPLETED = "transfer.completed", "Transfer", "A transfer was completed: the area has its new owner.";
    TRANSFER_REJECTED = "transfer.rejected", "Transfer", "The incoming person rejected a transfer.";
    TRANSFER_NOT_APPROVED = "transfer.not_approved", "Transfer", "Not all sides approved the transfer of an area to another side.";
    TRANSFER_WITHDRAWN = "transfer.withdrawn", "Transfer", "A transfer was withdrawn.";
    TRANSFER_EXPIRED = "transfer.expired", "Transfer", "The offer of a transfer expired without a response.";
    TRANSFER_LAPSED = "transfer.lapsed", "Transfer", "A transfer lapsed, because the project is closing or was cancelled, or because of a dispute about the area.";
    DISPUTE_RAISED = "dispute.raised", "Dispute", "A side raised a dispute about the ownership of an area, which cannot change until the dispute ends.";
    DISPUTE_SETTLED = "dispute.settled", "Dispute", "A dispute was settled by the approval of all sides or by the arbiter.";
    DISPUTE_WITHDRAWN = "dispute.withdrawn", "Dispute", "A dispute was withdrawn.";
    DISPUTE_LAPSED = "dispute.lapsed", "Dispute", "A dispute lapsed, because the project is closing or was cancelled.";
    OWNERSHIP_ENDED = "ownership.ended", "Assignment", "The end of an assignment was set; `valid_to` is the first day after it.";

    // Decisions.
    DECISION_RAISED = "decision.raised", "Decision", "A side raised a question for all sides to decide.";
    DECISION_DECIDED = "decision.decided", "Decision", "A decision was made by the sides, by the person it was escalated to, or by the settlement of a dispute.";
    DECISION_DEADLOCKED = "decision.deadlocked", "Decision", "A decision is deadlocked: the sides differ, or a side did not respond in time.";
    DECISION_ESCALATED = "decision.escalated", "Decision", "A deadlocked decision was escalated to a person who decides in place of the sides.";
    DECISION_WITHDRAWN = "decision.withdrawn", "Decision", "A decision was withdrawn, or its project is closing or was cancelled.";

    // Calendar, callback requests and agents.
    CALENDAR_UPDATED = "calendar.updated", "Calendar", "The opening hours or booking rules of a calendar were changed.";
    CLOSED_DAY_ADDED = "closed_day.added", "ClosedDay", "A closed day was added to a calendar.";
    CLOSED_DAY_REMOVED = "closed_day.removed", "ClosedDay", "A closed day was removed from a calendar.";
    CALLBACK_REQUEST_RECEIVED = "callback_request.received", "CallbackRequestEvent", "A callback request was received from a visitor, released from quarantine, or created by rerouting; `state` is `scheduled` if a time slot was booked, and `queued_asap` for a call as soon as possible.";
    CALLBACK_REQUEST_QUARANTINED = "callback_request.quarantined", "CallbackRequestEvent", "A callback request that looks like spam was quarantined until an agent releases or cancels it.";
    CALLBACK_REQUEST_ASSIGNED = "callback_request.assigned", "CallbackRequestEvent", "A callback request was assigned to an agent.";
    CALLBACK_REQUEST_UNASSIGNED = "callback_request.unassigned", "CallbackRequestEvent", "A callback request has no agent: no agent is on duty when it is due, an agent returned it to the queue, or it was not worked on for hours.";
    CALLBACK_REQUEST_RESCHEDULED = "callback_request.rescheduled", "CallbackRequestEvent", "The visitor or an agent moved a callback to another time.";
    CALLBACK_REQUEST_ATTEMPTED = "callback_request.attempted", "CallAttemptEvent", "A call attempt was recorded.";
    CALLBACK_REQUEST_COMPLETED = "callback_request.completed", "CallbackRequestEvent", "The visitor was reached.";
    CALLBACK_REQUEST_RETRY_SCHEDULED = "callback_request.retry_scheduled", "CallbackRequestEvent", "The visitor was not reached, and another call was scheduled.";
    CALLBACK_REQUEST_MISSED = "callback_request.missed", "CallbackRequestEvent", "The promised time passed without a call; the request moved to the front of the queue.";
    CALLBACK_REQUEST_UNREACHABLE = "callback_request.unreachable", "CallbackRequestEvent", "A callback request was closed without reaching the visitor: the number was wrong, or three call attempts failed.";
    CALLBACK_REQUEST_CANCELLED = "callback_request.cancelled", "CallbackRequestEvent", "The visitor or an agent cancelled a callback request.";
    CALLBACK_REQUEST_REROUTED = "callback_request.rerouted", "CallbackRequestEvent", "A callback request was closed and continues as a new request with another intent; `rerouted_to` is the new request.";
    CALLBACK_REQUEST_UNLINKED = "callback_request.unlinked", "CallbackRequestEvent", "A callback request was separated from the request whose call was to cover both, because that call was moved or will not take place.";
    CALLBACK_REQUEST_FLAGGED = "callback_request.flagged", "CallbackRequestEvent", "The day of a booked time slot was closed or opened again; see `flags`.";
    CALLBACK_REQUEST_CONSENT_WITHDRAWN = "callback_request.consent_withdrawn", "CallbackRequestEvent", "The visitor withdrew a consent; the callback itself is not affected.";
    CALLBACK_REQUEST_ERASED = "callback_request.erased", "CallbackRequestEvent", "The personal data of a callback request was erased. Erase your copies as well.";
    AGENT_ADDED = "agent.added", "Agent", "An agent was added to the roster.";
    AGENT_UPDATED = "agent.updated", "Agent", "The duty times of an agent were changed, or whether requests are assigned to them automatically.";
    AGENT_REMOVED = "agent.removed", "Agent", "An agent was removed from the roster.";
    AGENT_CALENDAR_LINKED = "agent.calendar_linked", "Agent", "A new secret address was created for the calendar of an agent; the previous one no longer works.";

    // Privacy.
    PRIVACY_NOTICE_PUBLISHED = "privacy_notice.published", "PrivacyNotice", "A new version of the privacy notice was published.";
    RETENTION_UPDATED = "retention.updated", "Retention", "The retention periods were changed.";
    PERSON_ERASED = "person.erased", "Person", "The name, e-mail address and login of a person were erased. Erase your copies as well.";

    // Webhooks.
    WEBHOOK_ENDPOINT_CREATED = "webhook_endpoint.created", "WebhookEndpointNotice", "A webhook endpoint was created.";
    WEBHOOK_ENDPOINT_UPDATED = "webhook_endpoint.updated", "WebhookEndpointNotice", "A webhook endpoint was updated.";
    WEBHOOK_ENDPOINT_DELETED = "webhook_endpoint.deleted", "WebhookEndpointNotice", "A webhook endpoint was deleted.";
    WEBHOOK_ENDPOINT_SECRET_ROTATED = "webhook_endpoint.secret_rotated", "WebhookEndpointNotice", "The signing secret of a webhook endpoint was rotated.";
    WEBHOOK_ENDPOINT_SECRET_REVOKED = "webhook_endpoint.secret_revoked", "WebhookEndpointNotice", "The previous signing secret of a webhook endpoint was revoked.";
    WEBHOOK_ENDPOINT_FAILING = "webhook_endpoint.failing", "WebhookEndpointNotice", "Deliveries to a webhook endpoint failed ten times in a row: its circuit breaker opened, deliveries are held, and the endpoint is probed periodically.";
    WEBHOOK_ENDPOINT_RECOVERED = "webhook_endpoint.recovered", "WebhookEndpointNotice", "A failing webhook endpoint responded successfully again; held deliveries are being sent.";
    WEBHOOK_ENDPOINT_DISABLED = "webhook_endpoint.disabled", "WebhookEndpointNotice", "A webhook endpoint was disabled, because it responded with 410 or had no successful delivery for five days; see `disabled_reason`.";

    // References.
    EXTERNAL_REFERENCE_RECORDED = "external_reference.recorded", "ExternalReference", "A reference of another system to a callback request or a project was created or updated.";
    EXTERNAL_REFERENCE_REMOVED = "external_reference.removed", "ExternalReference", "A reference of another system to a callback request or a project was deleted.";
}
