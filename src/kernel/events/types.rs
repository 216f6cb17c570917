//! The list of event types, for the document's webhooks section and for the check of filters.
//!
//! Rule: a change names its event with a constant from here, so nothing can be sent that is not
//! in the document.

/// One type of event.
#[derive(Debug, Clone, Copy)]
pub struct EventType {
    pub name: &'static str,
    /// When it is sent.
    pub summary: &'static str,
    /// Name of the schema of its `data`.
    pub data: &'static str,
}

macro_rules! event_types {
    ($($constant:ident = $name:literal, $data:literal, $summary:literal;)*) => {
        $(#[doc = $summary] pub const $constant: &str = $name;)*

        /// Every event type.
        pub const ALL: &[EventType] = &[$(EventType { name: $name, summary: $summary, data: $data },)*];
    };
}

event_types! {
    DEPARTMENT_CREATED = "department.created", "Department", "A department was added to the directory.";
    DEPARTMENT_UPDATED = "department.updated", "Department", "A department was changed.";
    PERSON_CREATED = "person.created", "Person", "A person was added to the directory.";
    PERSON_UPDATED = "person.updated", "Person", "A person was changed.";
    PERSON_DEACTIVATED = "person.deactivated", "Person", "A person has left the company; nothing was reassigned.";
    PERSON_REACTIVATED = "person.reactivated", "Person", "A person is back.";
    HOME_POSITION_ENDED = "home_position.ended", "HomePosition", "The end of a home position was set; `valid_to` says which day.";
    HOME_POSITION_ADDED = "home_position.added", "HomePosition", "A person got a home position.";
    // Projects.
    PROJECT_CREATED = "project.created", "Project", "A project was drafted.";
    PROJECT_UPDATED = "project.updated", "Project", "A project was changed in what its charter says.";
    PROJECT_PROPOSED = "project.proposed", "Project", "A project was put to its sponsors for signature.";
    PROJECT_ACTIVATED = "project.activated", "Project", "All sides have signed, nothing was missing: the project runs.";
    PROJECT_CANCELLED = "project.cancelled", "Project", "A project was given up.";
    CHARTER_REVISED = "charter.revised", "Charter", "A charter got a new version, which all sides have to sign.";
    PROJECT_AMENDED = "project.amended", "Project", "All sides have signed an amendment: the project runs on the new charter.";
    PROJECT_HELD = "project.held", "Project", "A project was put on hold, by a side or because a seat stayed vacant for too long.";
    PROJECT_RESUMED = "project.resumed", "Project", "All sides agreed to go on after a hold.";
    PROJECT_CLOSING = "project.closing", "Project", "All sides agreed to close: the members return to their home positions.";
    PROJECT_CLOSED = "project.closed", "Project", "Everybody has returned and the closure report is there: the project is over.";
    PROJECT_PARITY_BREACHED = "project.parity_breached", "Project", "The sides of a running project differ by more than the charter allows; 10 business days of grace begin.";
    PROJECT_PARITY_RESTORED = "project.parity_restored", "Project", "The sides of a running project are in parity again.";
    PROJECT_PARITY_GRACE_ENDED = "project.parity_grace_ended", "Project", "The grace is over and the sides are still not in parity.";
    CLOSURE_REPORT_SUBMITTED = "closure_report.submitted", "ClosureReport", "The closure report was written, or written anew.";
    SPONSOR_SEATED = "sponsor.seated", "ProjectSide", "A side of a project got a sponsor.";
    SPONSOR_VACATED = "sponsor.vacated", "ProjectSide", "The seat of a side became vacant.";

    // Consents.
    CONSENT_REQUESTED = "consent.requested", "Consent", "The sides of a project were asked for their consent.";
    CONSENT_ANSWERED = "consent.answered", "ConsentAnswer", "A side answered, or answered anew.";
    CONSENT_AGREED = "consent.agreed", "Consent", "All sides agreed.";
    CONSENT_REFUSED = "consent.refused", "Consent", "All sides have answered, and not all agreed.";
    CONSENT_REOPENED = "consent.reopened", "Consent", "A new sponsor has to sign anew what was signed by all before.";
    CONSENT_WITHDRAWN = "consent.withdrawn", "Consent", "Whoever asked takes the question back.";
    CONSENT_LAPSED = "consent.lapsed", "Consent", "What was asked about has changed or is over, so no answer counts any more.";
    DELEGATION_GRANTED = "delegation.granted", "Delegation", "A sponsor lets somebody answer in their place.";
    DELEGATION_REVOKED = "delegation.revoked", "Delegation", "A delegation was taken back, or ended with its sponsor's seat.";

    // Memberships.
    MEMBERSHIP_INVITED = "membership.invited", "Membership", "A person was invited to work in a project.";
    MEMBERSHIP_ACCEPTED = "membership.accepted", "Membership", "The invitee accepted role and dates.";
    MEMBERSHIP_DECLINED = "membership.declined", "Membership", "The invitee declined.";
    MEMBERSHIP_WITHDRAWN = "membership.withdrawn", "Membership", "An invitation was withdrawn before it was answered.";
    MEMBERSHIP_EXPIRED = "membership.expired", "Membership", "An invitation lapsed unanswered after its 14 days.";
    MEMBERSHIP_STARTED = "membership.started", "Membership", "The first day of a member has come.";
    MEMBERSHIP_RETURNING = "membership.returning", "Membership", "The last day of a member is over, or the project is closing: they return home.";
    MEMBERSHIP_RETURNED = "membership.returned", "Membership", "A member is back in their home position.";
    MEMBERSHIP_LEFT_ORGANISATION = "membership.left_organisation", "Membership", "A member has left the company.";
    MEMBERSHIP_ENDED = "membership.ended", "Membership", "The last day of a member was set; `valid_to` says which.";

    // Ownership.
    OWNERSHIP_ASSIGNED = "ownership.assigned", "Assignment", "A person got a responsibility for an area.";
    OWNERSHIP_CORRECTED = "ownership.corrected", "Assignment", "The days of a responsibility were recorded wrongly and are corrected; what was known before is kept.";
    OWNERSHIP_TRANSFERRED = "ownership.transferred", "Assignment", "An area changed hands: the successor's responsibility, which begins where the other ends.";
    TRANSFER_OFFERED = "transfer.offered", "Transfer", "An area was offered to another person.";
    TRANSFER_ACCEPTED = "transfer.accepted", "Transfer", "The incoming person accepted; as they work for another side, all sides are asked.";
    TRANSFER_COMPLETED = "transfer.completed", "Transfer", "The area has its new owner.";
    TRANSFER_REJECTED = "transfer.rejected", "Transfer", "The incoming person rejected the offer.";
    TRANSFER_REFUSED = "transfer.refused", "Transfer", "Not all sides agreed that the area goes to another side.";
    TRANSFER_WITHDRAWN = "transfer.withdrawn", "Transfer", "The offer was taken back.";
    TRANSFER_EXPIRED = "transfer.expired", "Transfer", "The offer was not answered in time.";
    TRANSFER_LAPSED = "transfer.lapsed", "Transfer", "The project closes or is given up, so nothing changes hands any more.";
    DISPUTE_RAISED = "dispute.raised", "Dispute", "A side contests who owns an area, which is frozen until that is settled.";
    DISPUTE_SETTLED = "dispute.settled", "Dispute", "It is settled who owns the area, by all sides or by the arbiter.";
    DISPUTE_WITHDRAWN = "dispute.withdrawn", "Dispute", "The side contests the area no more.";
    DISPUTE_LAPSED = "dispute.lapsed", "Dispute", "The project closes or is given up with the dispute unsettled.";
    OWNERSHIP_ENDED = "ownership.ended", "Assignment", "The end of a responsibility was set; `valid_to` says which day.";

    // Decisions.
    DECISION_RAISED = "decision.raised", "Decision", "A side put a question to all sides.";
    DECISION_DECIDED = "decision.decided", "Decision", "The question is decided, by the sides or by whoever it was escalated to.";
    DECISION_DEADLOCKED = "decision.deadlocked", "Decision", "The sides differ, or one has not answered in time.";
    DECISION_ESCALATED = "decision.escalated", "Decision", "Somebody is to decide in place of the sides.";
    DECISION_WITHDRAWN = "decision.withdrawn", "Decision", "The question is asked no more.";

    // Callback requests and calendar.
    CALENDAR_UPDATED = "calendar.updated", "Calendar", "Opening hours or booking rules were changed.";
    CLOSURE_ADDED = "closure.added", "Closure", "A day was closed.";
    CLOSURE_REMOVED = "closure.removed", "Closure", "A closed day was opened again.";
    CALLBACK_REQUEST_RECEIVED = "callback_request.received", "CallbackRequestEvent", "A visitor asked to be called back, or a request that was kept back was let in; `state` is `scheduled` for a window, `queued_asap` for as soon as possible.";
    CALLBACK_REQUEST_QUARANTINED = "callback_request.quarantined", "CallbackRequestEvent", "A request is kept back, because it looks like abuse; an agent decides.";
    CALLBACK_REQUEST_ASSIGNED = "callback_request.assigned", "CallbackRequestEvent", "An agent took a request, or got it handed out.";
    CALLBACK_REQUEST_UNASSIGNED = "callback_request.unassigned", "CallbackRequestEvent", "A request is nobody's: nobody is on duty when it is due, or an agent put it back.";
    CALLBACK_REQUEST_RESCHEDULED = "callback_request.rescheduled", "CallbackRequestEvent", "The visitor or an agent moved the call to another time.";
    CALLBACK_REQUEST_ATTEMPTED = "callback_request.attempted", "CallAttemptEvent", "An agent tried to call.";
    CALLBACK_REQUEST_COMPLETED = "callback_request.completed", "CallbackRequestEvent", "The visitor was reached.";
    CALLBACK_REQUEST_RETRY_SCHEDULED = "callback_request.retry_scheduled", "CallbackRequestEvent", "The visitor was not reached and will be called again.";
    CALLBACK_REQUEST_MISSED = "callback_request.missed", "CallbackRequestEvent", "The promised time is over and nobody has called; the request goes first now.";
    CALLBACK_REQUEST_UNREACHABLE = "callback_request.unreachable", "CallbackRequestEvent", "The visitor will not be called again: wrong number, or three attempts in vain.";
    CALLBACK_REQUEST_CANCELLED = "callback_request.cancelled", "CallbackRequestEvent", "The visitor or an agent cancelled the request.";
    CALLBACK_REQUEST_REROUTED = "callback_request.rerouted", "CallbackRequestEvent", "The request goes on as another one with the other intent, named in `rerouted_to`.";
    CALLBACK_REQUEST_UNLINKED = "callback_request.unlinked", "CallbackRequestEvent", "The call that was to answer this request too will not be made, or at another time.";
    CALLBACK_REQUEST_FLAGGED = "callback_request.flagged", "CallbackRequestEvent", "The day of the window was closed, or opened again; `flags` says which.";
    CALLBACK_REQUEST_CONSENT_WITHDRAWN = "callback_request.consent_withdrawn", "CallbackRequestEvent", "The visitor withdrew a consent; the call stays as it is.";
    CALLBACK_REQUEST_ERASED = "callback_request.erased", "CallbackRequestEvent", "The visitor was taken out; delete your copy, too.";
    AGENT_ADDED = "agent.added", "Agent", "An agent was put on the roster.";
    AGENT_UPDATED = "agent.updated", "Agent", "Duty times of an agent were changed, or whether requests are handed out to them.";
    AGENT_REMOVED = "agent.removed", "Agent", "An agent was taken off the roster.";
    AGENT_CALENDAR_LINKED = "agent.calendar_linked", "Agent", "The calendar of an agent got a new address.";

    // Privacy.
    PRIVACY_NOTICE_PUBLISHED = "privacy_notice.published", "PrivacyNotice", "Visitors read another privacy notice from now on.";
    RETENTION_UPDATED = "retention.updated", "Retention", "The retention periods were changed.";
    PERSON_ERASED = "person.erased", "Person", "Name, address and subject of a person were taken out; delete your copy, too.";

    // Webhooks.
    WEBHOOK_ENDPOINT_CREATED = "webhook_endpoint.created", "WebhookEndpointNotice", "A webhook endpoint was added.";
    WEBHOOK_ENDPOINT_UPDATED = "webhook_endpoint.updated", "WebhookEndpointNotice", "A webhook endpoint was changed.";
    WEBHOOK_ENDPOINT_DELETED = "webhook_endpoint.deleted", "WebhookEndpointNotice", "A webhook endpoint was removed.";
    WEBHOOK_ENDPOINT_SECRET_ROTATED = "webhook_endpoint.secret_rotated", "WebhookEndpointNotice", "A webhook endpoint got a new secret.";
    WEBHOOK_ENDPOINT_SECRET_REVOKED = "webhook_endpoint.secret_revoked", "WebhookEndpointNotice", "The secret before the last rotation signs no more.";
    WEBHOOK_ENDPOINT_FAILING = "webhook_endpoint.failing", "WebhookEndpointNotice", "A receiver failed ten times in a row: events are held, and it is probed now and then.";
    WEBHOOK_ENDPOINT_RECOVERED = "webhook_endpoint.recovered", "WebhookEndpointNotice", "A receiver that was failing answers again; what was held is on its way.";
    WEBHOOK_ENDPOINT_DISABLED = "webhook_endpoint.disabled", "WebhookEndpointNotice", "An endpoint was disabled, because its receiver answered 410 or had no success for five days; `disabled_reason` says which.";

    // References.
    EXTERNAL_REFERENCE_RECORDED = "external_reference.recorded", "ExternalReference", "Another system told its id, link or status of a callback request or a project, or told it anew.";
    EXTERNAL_REFERENCE_REMOVED = "external_reference.removed", "ExternalReference", "What another system calls a record was removed.";
}
