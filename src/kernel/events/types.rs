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
    /// More about the event: its subject, if that is not the resource in `data`, and the events that are sent with it.
    pub details: &'static str,
    /// Name of the schema of its `data` field.
    pub data: &'static str,
}

macro_rules! event_types {
    ($($constant:ident = $name:literal, $data:literal, $summary:literal $(, $details:literal)?;)*) => {
        $(#[doc = $summary] pub const $constant: &str = $name;)*

        /// All types of events in the feed, to which endpoints can subscribe.
        pub const ALL: &[EventType] = &[
            $(EventType { name: $name, summary: $summary, details: concat!("" $(, $details)?), data: $data },)*
        ];
    };
}

event_types! {
    // Directory.
    DEPARTMENT_CREATED = "department.created", "Department", "A department was created.";
    DEPARTMENT_UPDATED = "department.updated", "Department", "A department was updated.";
    PERSON_CREATED = "person.created", "Person", "A person was created.",
        "Also sent for each person that an import creates.";
    PERSON_UPDATED = "person.updated", "Person", "A person was updated.",
        "Also sent for each person that an import changes.";
    PERSON_DEACTIVATED = "person.deactivated", "Person", "A person was deactivated. Their responsibilities were not reassigned.",
        "Followed by `sponsor.removed` for each side that loses its sponsor, and by `membership.left_organisation` or `membership.withdrawn` for each membership or invitation of the person.";
    PERSON_REACTIVATED = "person.reactivated", "Person", "A deactivated person was reactivated.",
        "Followed by `sponsor.assigned` for each side that the person sponsors again.";
    HOME_POSITION_ENDED = "home_position.ended", "HomePosition", "The end of a person's regular position was set; `valid_to` is the first day after it.",
        "Sent when the end is set, not when it is reached.";
    HOME_POSITION_CREATED = "home_position.created", "HomePosition", "A regular position was added for a person.";
    HOME_POSITION_UPDATED = "home_position.updated", "HomePosition", "The manager in a regular position was changed before the position had begun, or on its first day.",
        "Sent when the people of a manager who leaves are handed over. A position that has begun is not changed: `home_position.ended` and `home_position.created` are sent instead.";
    HOME_POSITION_ENDING_SOON = "home_position.ending_soon", "Reminder", "The regular position of an active member of a project ends within 10 business days, and no other position follows.",
        "Sent once for each project of the person. `about` is the first day after the position.";

    // Projects.
    PROJECT_CREATED = "project.created", "Project", "A project was created as a draft.";
    PROJECT_UPDATED = "project.updated", "Project", "The name, the dates or the parity rule of a project were changed by a new version of its charter.",
        "Not sent once the project is activated: then `project.amended` is sent when the new version comes into force.";
    PROJECT_PROPOSED = "project.proposed", "Project", "A project was proposed, and its charter was submitted to the sponsors for signature.",
        "Followed by `approval.requested` of kind `charter`.";
    PROJECT_ACTIVATED = "project.activated", "Project", "A project was activated: all sides had signed the charter and no readiness check failed.",
        "Members whose first day has been reached become active shortly afterwards (`membership.started`).";
    PROJECT_CANCELLED = "project.cancelled", "Project", "A project was cancelled.",
        "If the project was activated before, this event follows `approval.approved` of kind `cancel`. Everything that was open ends: `approval.lapsed`, `decision.withdrawn`, `transfer.lapsed` and `dispute.lapsed` follow.";
    CHARTER_REVISED = "charter.revised", "Charter", "A new version of a charter was created.",
        "`subject` is the project. In a draft or proposed project the new content applies at once, and `project.updated` follows if it changes the project. In an activated project it applies when `project.amended` is sent. `approval.requested` follows, so that the sides can sign, unless the project is a draft or the new version only moves an area to another side; in the latter case, `project.amended` follows at once.";
    PROJECT_AMENDED = "project.amended", "Project", "A new version of the charter came into force in an activated project: all sides signed it, or an area moved to another side.",
        "Follows `approval.approved` or, for an area that moved, `charter.revised`. If the project now ends earlier, `ownership.ended` and `membership.ended` follow for everything that lasts longer. If sides joined or left, everything that was open ends: `approval.lapsed`, `decision.withdrawn`, `transfer.lapsed` and `dispute.lapsed` follow.";
    PROJECT_HELD = "project.held", "Project", "A project was put on hold by a side, or automatically because a side had no sponsor for too long.",
        "`held_since` is when the hold began, and `hold_ends_at` when the hold of a side ends by itself. It ends with `project.resumed`, `project.closing` or `project.cancelled`.";
    PROJECT_HOLD_EXTENDED = "project.hold_extended", "Project", "All sides extended the hold of a project; `hold_ends_at` is its new end.",
        "Follows `approval.approved` of kind `extend_hold`.";
    PROJECT_RESUMED = "project.resumed", "Project", "A project on hold was resumed: all sides approved it, the hold of a side reached its end, or every side has a sponsor again.",
        "Follows `approval.approved` of kind `resume` or, after a hold by the system, `sponsor.assigned`. At the end of a hold it is sent shortly afterwards, and open approvals of the kinds `resume` and `extend_hold` lapse (`approval.lapsed`).";
    PROJECT_CLOSING = "project.closing", "Project", "All sides approved the closing of a project; its members return to their regular positions.",
        "Follows `approval.approved` of kind `close`. Everything else that was open ends: `approval.lapsed`, `decision.withdrawn`, `transfer.lapsed` and `dispute.lapsed` follow, and shortly afterwards `membership.returning` for each member.";
    PROJECT_CLOSED = "project.closed", "Project", "A project was closed: all members had returned and the closure report had been submitted.",
        "Usually follows the last `membership.returned`, or `closure_report.submitted` if that came later.";
    PROJECT_PARITY_BREACHED = "project.parity_breached", "Project", "The sides of an active project differ by more than the charter allows; a grace period of 10 business days begins.",
        "Followed by `project.parity_restored`, or by `project.parity_grace_ended` if the sides are not in parity after the grace period.";
    PROJECT_PARITY_RESTORED = "project.parity_restored", "Project", "The sides of an active project are in parity again.",
        "Sent once per breach, also after the end of the grace period.";
    PROJECT_PARITY_GRACE_ENDED = "project.parity_grace_ended", "Project", "The grace period after a parity breach ended, and the sides are still not in parity.",
        "Sent once per breach. The breach itself lasts until `project.parity_restored`.";
    CLOSURE_REPORT_SUBMITTED = "closure_report.submitted", "ClosureReport", "The closure report of a project was submitted or replaced.",
        "`subject` is the project. Followed by `project.closed` if all members have returned.";
    PROJECT_PAST_END = "project.past_end", "Reminder", "The end of a project was reached, and it is still active or on hold.",
        "`about` is the first day after the project.";
    MILESTONE_DUE_SOON = "milestone.due_soon", "Reminder", "A milestone of an active project or a project on hold is due within 10 business days.",
        "`subject` is the project, and `about` is the due day. Sent again if an amendment changes the due day.";
    MILESTONE_MISSED = "milestone.missed", "Reminder", "The due day of a milestone passed in an active project or a project on hold.",
        "`subject` is the project, and `about` is the day after the due day. An amendment of the charter sets a later due day.";
    SPONSOR_PROPOSED = "sponsor.proposed", "ProjectSide", "A person was proposed as the sponsor of a side of a project.",
        "`subject` is the project. If the side has a sponsor in office, this person is `successor_person_id`, and the sponsor stays in office until the person has accepted and is confirmed.";
    SPONSOR_ACCEPTED = "sponsor.accepted", "ProjectSide", "A proposed sponsor accepted the role, and the head of the department has not confirmed yet.",
        "`subject` is the project. If this was all that was missing, `sponsor.assigned` is sent instead.";
    SPONSOR_DECLINED = "sponsor.declined", "ProjectSide", "A proposed sponsor declined the role, or the proposal was withdrawn.",
        "`subject` is the project. A sponsor in office stays; otherwise the role is vacant.";
    SPONSOR_CONFIRMED = "sponsor.confirmed", "ProjectSide", "A proposed sponsor was confirmed on behalf of the department, and has not accepted yet.",
        "`subject` is the project. If this was all that was missing, `sponsor.assigned` is sent instead.";
    SPONSOR_ASSIGNED = "sponsor.assigned", "ProjectSide", "A sponsor took office: they have accepted and are confirmed, were reactivated, or are back in the department.",
        "`subject` is the project. If the side had another sponsor before, `delegation.revoked`, `approval.responded` (for superseded responses) and `approval.reopened` follow where they apply.";
    SPONSOR_DIRECTORY_CHANGED = "sponsor.directory_changed", "SponsorNotice", "A change of the directory affects who acts in a project: the head of a department changed, or the login, a regular position, the deactivation or the accepted tokens of a sponsor, head, delegate, lead or arbiter.",
        "`subject` is the project. Sent for each project that has not ended, after the event of the change in the directory.";
    PROJECT_CALENDAR_CHANGED = "project.calendar_changed", "CalendarNotice", "The company calendar changed, which determines how much time the sides of a running project have.",
        "`subject` is the project. Sent for each running project, after the event of the change. Stored times, such as `due_at` and `ruling_from`, do not change.";
    PROJECT_DELEGATE_CHANGED = "project.delegate_changed", "DelegationNotice", "A sponsor of the project has, or no longer has, a delegate for all of their projects.",
        "`subject` is the project. Sent for each project in which the delegate can respond, after `delegation.created`, `delegation.revoked` or `sponsor.assigned`.";
    SPONSOR_REMOVED = "sponsor.removed", "ProjectSide", "A side of a project lost its sponsor: the sponsor was removed or deactivated, or has left the department.",
        "`subject` is the project. If the sponsor was removed, `delegation.revoked`, `approval.responded` (for superseded responses) and `approval.reopened` follow where they apply.";

    // Approvals.
    APPROVAL_REQUESTED = "approval.requested", "Approval", "The approval of all sides of a project was requested.",
        "Follows the event of its cause, such as `project.proposed`, `charter.revised`, `transfer.accepted` or `decision.raised`. If the request counts as the response of a side, `approval.responded` follows at once.";
    APPROVAL_RESPONDED = "approval.responded", "ApprovalResponseNotice", "A side responded to an approval, or an earlier response was superseded.",
        "`data` contains which side responded, but not its response. `approval.approved` and `approval.rejected` contain the responses of all sides. `subject` is the response, not the approval. If a side changes its response, this event is sent twice: for the old response, with `superseded_at`, and for the new one. After the last response, `approval.approved` or `approval.rejected` follows.";
    APPROVAL_APPROVED = "approval.approved", "Approval", "All sides approved an approval, or an arbiter approved for the silent sides.",
        "Follows the last `approval.responded`, and contains all responses that count. The event of the approved action follows, for example `project.resumed`, `project.hold_extended`, `project.closing`, `project.cancelled`, `project.amended`, `membership.ended`, `transfer.completed`, `dispute.settled` or `decision.decided`. The first charter takes effect only with `project.activated`.";
    APPROVAL_REJECTED = "approval.rejected", "Approval", "All sides have a response, and at least one of them is a rejection.",
        "Follows the last `approval.responded`, and contains all responses that count. For a transfer, `transfer.not_approved` follows; for a decision, `decision.decided` if all sides rejected, otherwise `decision.deadlocked`.";
    APPROVAL_ESCALATED = "approval.escalated", "Approval", "An approval was escalated to an arbiter who can respond for the silent sides, or the arbiter changed or can decide earlier.",
        "Follows `arbiter.drawn`, `arbiter.struck` or `arbiter.waived`. If there is no arbiter, each person on the panel was struck or is not neutral. When the arbiter responds, `approval.responded` follows for each silent side, and then `approval.approved` or `approval.rejected`.";
    APPROVAL_REOPENED = "approval.reopened", "Approval", "The approval of a charter was reopened, because a side changed its sponsor before the charter came into force.",
        "Follows `approval.responded` for the superseded response of the side. The approval is `open` again until the new sponsor responds.";
    APPROVAL_WITHDRAWN = "approval.withdrawn", "Approval", "An approval was withdrawn before all sides had responded.",
        "Sealed responses to it stay sealed.";
    APPROVAL_LAPSED = "approval.lapsed", "Approval", "An approval lapsed, because its subject changed or ended or its deadline passed; responses no longer count.",
        "Sent with the event of its cause, such as `charter.revised`, `transfer.withdrawn` or `decision.deadlocked`. Sealed responses to it stay sealed.";
    APPROVAL_DUE_SOON = "approval.due_soon", "Reminder", "Half of the time to respond to an approval has passed, and not all sides have responded.",
        "`about` is `due_at` of the approval. Sent again if `due_at` changes.";
    APPROVAL_OVERDUE = "approval.overdue", "Reminder", "An approval is overdue: `due_at` passed, and not all sides have responded. Sent again every 5 business days.",
        "`about` is `due_at` of the approval; for each repetition, it is the same local time 5 business days later. After an interruption of the service, only the latest event is sent.";
    DELEGATION_CREATED = "delegation.created", "Delegation", "A sponsor named a delegate who can respond to approvals in their place.";
    DELEGATION_REVOKED = "delegation.revoked", "Delegation", "A delegation was revoked, or ended because the side changed its sponsor.",
        "A delegation that ends with its last day sends no event.";

    // Memberships.
    MEMBERSHIP_INVITED = "membership.invited", "Membership", "A person was invited to a project.",
        "Followed by `membership.accepted`, `membership.declined`, `membership.withdrawn` or `membership.expired`.";
    MEMBERSHIP_ACCEPTED = "membership.accepted", "Membership", "An invitee accepted an invitation with its role and dates.",
        "Followed by `membership.started` when the first day is reached and the project is active.";
    MEMBERSHIP_DECLINED = "membership.declined", "Membership", "An invitee declined an invitation.";
    MEMBERSHIP_WITHDRAWN = "membership.withdrawn", "Membership", "An invitation was withdrawn before the invitee responded, or a membership ended on or before its first day.",
        "Also sent if the invitee was deactivated. A membership that is withdrawn sends no `membership.ended` and no `membership.returning`.";
    MEMBERSHIP_EXPIRED = "membership.expired", "Membership", "An invitation expired without a response.",
        "Sent by the scheduler shortly after `expires_at`, or when the person is invited again.";
    MEMBERSHIP_STARTED = "membership.started", "Membership", "A membership became active: its first day was reached and the project is active.",
        "Sent by the scheduler shortly after the first day begins or the project is activated.";
    MEMBERSHIP_RETURNING = "membership.returning", "Membership", "The end of a membership was reached, or the project is closing; the member returns to their regular position.",
        "Sent by the scheduler when the end is reached, not when it is set. Followed by `membership.returned` when the return is confirmed.";
    MEMBERSHIP_RETURNED = "membership.returned", "Membership", "The return of a member to their regular position was confirmed.",
        "Followed by `project.closed` if it was the last return of a closing project whose closure report has been submitted.";
    MEMBERSHIP_LEFT_ORGANISATION = "membership.left_organisation", "Membership", "A membership ended because the member was deactivated.",
        "Follows `person.deactivated`. The areas of the person stay assigned to them.";
    MEMBERSHIP_ENDING_SOON = "membership.ending_soon", "Reminder", "An active membership ends within 10 business days.",
        "`about` is the first day after the membership. Sent again if the end changes.";
    MEMBERSHIP_RETURN_BLOCKED = "membership.return_blocked", "Reminder", "A membership ended, and the member has no regular position to return to.",
        "`about` is the first day after the membership. Sent again if the return is blocked again after it was possible.";
    MEMBERSHIP_ENDED = "membership.ended", "Membership", "The end of a membership was moved to an earlier day; `valid_to` is the first day after the membership.",
        "Sent when the end is set, not when it is reached: do not revoke access before `valid_to`. `membership.returning` is sent when it is reached. Preceded by `ownership.ended` and `ownership.transferred` for each area with a successor.";

    MEMBERSHIP_UPDATED = "membership.updated", "Membership", "The role or the working time of a member was changed.",
        "Followed by `project.parity_breached` or `project.parity_restored` if it changes the parity of an active project.";

    // Ownership.
    OWNERSHIP_ASSIGNED = "ownership.assigned", "Assignment", "A responsibility for an area was assigned to a person.",
        "Also sent if the settlement of a dispute makes a person accountable for an area that had no accountable person.";
    OWNERSHIP_CORRECTED = "ownership.corrected", "Assignment", "The dates of an assignment were corrected; earlier versions are kept.",
        "Other assignments are not changed.";
    OWNERSHIP_TRANSFERRED = "ownership.transferred", "Assignment", "An area was handed over to a successor; `data` is the assignment of the successor.",
        "Follows `ownership.ended` for the assignment of the predecessor.";
    OWNERSHIP_CONFLICT_FOUND = "ownership.conflict_found", "OwnershipConflict", "Two projects that run at the same time assign the same data asset to different departments.",
        "Sent by the scheduler, once for each area and other department. Each project receives events about itself, which do not name the other project. Followed by `ownership.conflict_resolved`.";
    OWNERSHIP_CONFLICT_RESOLVED = "ownership.conflict_resolved", "OwnershipConflict", "A data ownership conflict ended: one of the projects changed the area or its dates, is closing, or was cancelled.",
        "Sent once, by the scheduler or with the event that ended the conflict.";
    TRANSFER_OFFERED = "transfer.offered", "Transfer", "The transfer of an area was offered to a person.",
        "Followed by `transfer.accepted`, `transfer.completed`, `transfer.rejected`, `transfer.withdrawn`, `transfer.expired` or `transfer.lapsed`.";
    TRANSFER_ACCEPTED = "transfer.accepted", "Transfer", "The incoming person accepted a transfer to another side, and the approval of all sides was requested.",
        "Followed by `approval.requested` of kind `transfer`. Not sent for a transfer within one side, which is completed at once.";
    TRANSFER_COMPLETED = "transfer.completed", "Transfer", "A transfer was completed: the incoming person is accountable for the area.",
        "Preceded by `ownership.ended` and `ownership.transferred` and, if the area moved to another side, by `charter.revised` and `project.amended`.";
    TRANSFER_REJECTED = "transfer.rejected", "Transfer", "The incoming person rejected a transfer.";
    TRANSFER_NOT_APPROVED = "transfer.not_approved", "Transfer", "Not all sides approved the transfer of an area to another side.",
        "Follows `approval.rejected`.";
    TRANSFER_WITHDRAWN = "transfer.withdrawn", "Transfer", "A transfer was withdrawn.",
        "Preceded by `approval.lapsed` if the approval of the sides was open.";
    TRANSFER_EXPIRED = "transfer.expired", "Transfer", "The offer of a transfer expired without a response.",
        "Sent by the scheduler shortly after `expires_at`, or when the area is offered again.";
    TRANSFER_LAPSED = "transfer.lapsed", "Transfer", "A transfer lapsed, because the project is closing or was cancelled, its sides changed, or because of a dispute about the area.",
        "Preceded by `approval.lapsed` if the approval of the sides was open.";
    DISPUTE_RAISED = "dispute.raised", "Dispute", "A side raised a dispute about the ownership of an area, which cannot change until the dispute ends.",
        "Preceded by `transfer.lapsed` for an open transfer of the area, and by `arbiter.drawn` if there is a panel.";
    DISPUTE_SETTLED = "dispute.settled", "Dispute", "A dispute was settled by the approval of all sides or by the arbiter.",
        "Preceded by `decision.decided`, which records the outcome. The events of the new ownership follow, such as `ownership.ended` and `ownership.transferred`, if the ownership changes.";
    DISPUTE_WITHDRAWN = "dispute.withdrawn", "Dispute", "A dispute was withdrawn.",
        "Preceded by `approval.lapsed` if the approval of a settlement was open.";
    DISPUTE_LAPSED = "dispute.lapsed", "Dispute", "A dispute lapsed, because the project is closing or was cancelled, or its sides changed.";
    OWNERSHIP_ENDED = "ownership.ended", "Assignment", "The end of an assignment was set; `valid_to` is the first day after the assignment.",
        "Sent when the end is set, not when it is reached. If a successor takes over, `ownership.transferred` follows.";
    OWNERSHIP_GAP_FOUND = "ownership.gap_found", "Reminder", "An area of an active project or a project on hold has no accountable person on some days, now or in the future.",
        "`subject` is the area, and `about` is the first of these days. Followed by `ownership.gap_resolved`, unless the project ends.";
    OWNERSHIP_GAP_RESOLVED = "ownership.gap_resolved", "Reminder", "The days of an area without an accountable person are covered or have passed.",
        "`data` is that of `ownership.gap_found`. If other days have a gap, `ownership.gap_found` follows.";
    OWNERSHIP_ORPHAN_FOUND = "ownership.orphan_found", "Reminder", "The accountable person of an area of an active project or a project on hold is not a member on some days, now or in the future.",
        "`subject` is the area, and `about` is the first of these days. Followed by `ownership.orphan_resolved`, unless the project ends.";
    OWNERSHIP_ORPHAN_RESOLVED = "ownership.orphan_resolved", "Reminder", "The accountable person of an area is a member on all days again, or the days have passed.",
        "`data` is that of `ownership.orphan_found`. If other days are affected, `ownership.orphan_found` follows.";

    // Arbitration.
    ARBITER_DRAWN = "arbiter.drawn", "Draw", "An arbiter was drawn from the panel, or all sides approved an arbiter (`approved_by_all`). Also sent if a question, dispute or request is raised again and keeps its arbiter.",
        "`data` contains the candidates and the random seed. `decision.escalated`, `dispute.raised` or `approval.escalated` follows; after a strike, `decision.escalated`, `dispute.escalated` or `approval.escalated`.";
    ARBITER_STRUCK = "arbiter.struck", "Draw", "A side struck a drawn arbiter.",
        "Followed by `arbiter.drawn` if another person on the panel can decide.";
    ARBITER_WAIVED = "arbiter.waived", "Draw", "A side waived its strike of a drawn arbiter.",
        "When all sides have waived their strikes, the arbiter can decide at once, and `decision.escalated`, `dispute.escalated` or `approval.escalated` follows.";
    DISPUTE_ESCALATED = "dispute.escalated", "Dispute", "The arbiter of a dispute changed, or can decide earlier.",
        "Follows `arbiter.drawn`, `arbiter.struck` or `arbiter.waived`, or `approval.approved` of kind `arbiter`.";
    DISPUTE_UNRESOLVED = "dispute.unresolved", "Dispute", "A dispute ended without a settlement, because the sides did not approve an arbiter. The owner of the area stays the same.",
        "Follows `approval.rejected` of kind `arbiter`, or `approval.lapsed` if a response was missing at the deadline.";

    // Decisions.
    DECISION_RAISED = "decision.raised", "Decision", "A side raised a question for all sides to decide.",
        "Followed by `approval.requested` of kind `decision`.";
    DECISION_DECIDED = "decision.decided", "Decision", "A decision was made by the sides, by the person it was escalated to, or by the settlement of a dispute.",
        "Follows `approval.approved` or `approval.rejected` if the sides decided. If it records the settlement of a dispute, it is the first event of the decision, and `dispute.settled` follows.";
    DECISION_DEADLOCKED = "decision.deadlocked", "Decision", "A decision is deadlocked: the sides differ, or a side did not respond in time.",
        "Follows `approval.rejected` if the sides differ, `approval.lapsed` if a response was missing at the deadline, or `arbiter.struck` if no other person on the panel can decide.";
    DECISION_ESCALATED = "decision.escalated", "Decision", "A deadlocked decision was escalated to an arbiter who decides in place of the sides, or the arbiter changed or can decide earlier.",
        "Follows `arbiter.drawn`, `arbiter.waived`, or `approval.approved` of kind `arbiter`. Followed by `decision.decided` or `decision.withdrawn`, or by `decision.deadlocked` if a side struck the last arbiter who could decide.";
    DECISION_WITHDRAWN = "decision.withdrawn", "Decision", "A decision was withdrawn, or its project is closing or was cancelled, or the sides of the project changed.",
        "Preceded by `approval.lapsed` if the approval was open.";
    DECISION_DUE_SOON = "decision.due_soon", "Reminder", "Half of the time to decide a question has passed, and not all sides have responded.",
        "`about` is `due_at` of the decision. `approval.due_soon` is sent for its approval.";

    // Calendar, callback requests and agents.
    CALENDAR_CREATED = "calendar.created", "Calendar", "A calendar was created.";
    CALENDAR_UPDATED = "calendar.updated", "Calendar", "The opening hours or the name of a calendar were changed.",
        "Followed by `callback_request.flagged` for each open callback request whose window is not within the opening hours any more, or is again.";
    CLOSED_DAY_CREATED = "closed_day.created", "ClosedDay", "A closed day was added to a calendar.",
        "Followed by `callback_request.flagged` for each open callback request on that day. An import sends one event per day.";
    CLOSED_DAY_DELETED = "closed_day.deleted", "ClosedDay", "A closed day was removed from a calendar.",
        "`data` is the closed day before the removal. Followed by `callback_request.flagged` for each open callback request on that day.";
    QUEUE_CREATED = "queue.created", "Queue", "A queue of callback requests was created.";
    QUEUE_UPDATED = "queue.updated", "Queue", "A queue of callback requests was changed.";
    CALLBACK_REQUEST_RECEIVED = "callback_request.received", "CallbackRequestEvent", "A callback request was received from a visitor, released from quarantine, or created by rerouting; `state` is `scheduled` if a time slot was booked, and `queued_asap` for a call as soon as possible.",
        "This is the first event of a request, unless it was quarantined. After rerouting, it follows `callback_request.rerouted` of the old request.";
    CALLBACK_REQUEST_QUARANTINED = "callback_request.quarantined", "CallbackRequestEvent", "A callback request that may be abuse was quarantined until an agent releases or cancels it; see `quarantine_reason`.",
        "Sent at once, so that the desk can check the request before the promised time. This is usually the first event of a request, but also sent if the visitor moves a request to a day on which the network has its share of the capacity. Followed by `callback_request.received` if an agent releases the request.";
    CALLBACK_REQUEST_ASSIGNED = "callback_request.assigned", "CallbackRequestEvent", "A callback request was assigned to an agent.",
        "Sent for manual, claimed and automatic assignments, also from one agent to another.";
    CALLBACK_REQUEST_UNASSIGNED = "callback_request.unassigned", "CallbackRequestEvent", "A callback request has no agent: no agent is on duty when it is due, an agent returned it to the queue, or it was not worked on for hours.",
        "Followed by `callback_request.assigned` when the request is assigned again.";
    CALLBACK_REQUEST_RESCHEDULED = "callback_request.rescheduled", "CallbackRequestEvent", "The visitor or an agent moved a callback to another time.",
        "If other requests were linked to this one, `callback_request.unlinked` follows for each of them.";
    CALL_STARTED = "call.started", "CallEvent", "An agent started a call to a visitor.",
        "`subject` is the call, not the callback request. Followed by `callback_request.calling`.";
    CALL_ENDED = "call.ended", "CallEvent", "A call to a visitor ended; see `outcome`. Also sent for a past call that an application recorded.",
        "`subject` is the call, not the callback request. Followed by `callback_request.completed`, `callback_request.retry_scheduled` or `callback_request.unreachable`.";
    CALLBACK_REQUEST_CALLING = "callback_request.calling", "CallbackRequestEvent", "An agent is calling the visitor; `agent_id` is the agent, who may have taken the request from the queue with the call.",
        "Follows `call.started`.";
    PROMISE_AT_RISK = "promise.at_risk", "CallbackRequestEvent", "The promised time of a callback request ends within 10 minutes, and no call was started in opening hours.",
        "`subject` is the callback request. Sent once for a promise. If no call starts in time, `callback_request.missed` follows.";
    CALLBACK_REQUEST_COMPLETED = "callback_request.completed", "CallbackRequestEvent", "The visitor was reached.",
        "Follows `call.ended`. Also sent for each request that was linked to the completed one.";
    CALLBACK_REQUEST_RETRY_SCHEDULED = "callback_request.retry_scheduled", "CallbackRequestEvent", "The visitor was not reached, and another call was scheduled.",
        "Follows `call.ended`. `due_from` is the time of the next call; the request has no agent.";
    CALLBACK_REQUEST_MISSED = "callback_request.missed", "CallbackRequestEvent", "The promised time passed without a call in opening hours; the request moved to the front of the queue.",
        "Sent once per promised time, by the scheduler. A pending `promise` becomes `broken`.";
    CALLBACK_REQUEST_UNREACHABLE = "callback_request.unreachable", "CallbackRequestEvent", "A callback request was closed without reaching the visitor: the number was wrong, or as many calls failed as the queue allows.",
        "Follows `call.ended`. Also sent for each request that was linked to the closed one.";
    CALLBACK_REQUEST_CANCELLED = "callback_request.cancelled", "CallbackRequestEvent", "The visitor or an agent cancelled a callback request.",
        "If other requests were linked to this one, `callback_request.unlinked` follows for each of them. Also sent for each request of a network whose requests are cancelled together, and for each request for a number that is blocked.";
    CALLBACK_REQUEST_REROUTED = "callback_request.rerouted", "CallbackRequestEvent", "A callback request was closed and continues as a new request in another queue; `rerouted_to` is the new request.",
        "Followed by `callback_request.received` for the new request.";
    CALLBACK_REQUEST_UNLINKED = "callback_request.unlinked", "CallbackRequestEvent", "A callback request was separated from the request whose call was to cover both, because that call was moved or will not take place.",
        "The request then has a call of its own, or is linked to another request; see `linked_to`.";
    CALLBACK_REQUEST_FLAGGED = "callback_request.flagged", "CallbackRequestEvent", "The window of a request is outside the opening hours after a change, or within them again; see `flags`.",
        "Sent after `closed_day.created` or `closed_day.deleted`.";
    CALLBACK_REQUEST_CONSENT_WITHDRAWN = "callback_request.consent_withdrawn", "CallbackRequestEvent", "The visitor withdrew a consent; the callback itself is not affected.",
        "`data` does not contain the consents.";
    CALLBACK_REQUEST_MANAGE_LINK_CREATED = "callback_request.manage_link_created", "CallbackRequestEvent", "A new manage link of a callback request was created; the previous one no longer works.",
        "`data` does not contain the link.";
    CALLBACK_REQUEST_FEEDBACK_GIVEN = "callback_request.feedback_given", "CallbackRequestEvent", "The visitor said whether the call was on time.",
        "`data` does not contain the answer, because it is erased with the visitor. It is `called_on_time` of the callback request.";
    CALLBACK_REQUEST_ERASED = "callback_request.erased", "CallbackRequestEvent", "The personal data of a callback request was erased. Erase your copies as well.",
        "An open or quarantined request is cancelled by the erasure, without another event. Earlier events about the request contain no personal data.";
    BLOCKED_NUMBER_CREATED = "blocked_number.created", "BlockedNumber", "A phone number was blocked at the request of its owner.",
        "`data` does not contain the number. Followed by `callback_request.cancelled` for each open or quarantined request for the number.";
    BLOCKED_NUMBER_DELETED = "blocked_number.deleted", "BlockedNumber", "A phone number was unblocked.",
        "`data` is the blocked number before the deletion.";
    AGENT_CREATED = "agent.created", "Agent", "An agent was added to the roster.";
    AGENT_UPDATED = "agent.updated", "Agent", "The queues, duty times, absences or maximum number of requests of an agent were changed, or the agent was made active or inactive.";
    AGENT_DELETED = "agent.deleted", "Agent", "An agent was removed from the roster.",
        "`data` is the agent before the removal.";
    AGENT_CALENDAR_LINKED = "agent.calendar_linked", "Agent", "A new secret link to the calendar of an agent was created; the previous one no longer works.",
        "`data` does not contain the address.";
    FORM_SETTINGS_UPDATED = "form_settings.updated", "FormSettings", "The branding or the content of the callback form was changed.",
        "`subject` is a fixed identifier, because there is only one form.";

    // Privacy.
    PRIVACY_NOTICE_PUBLISHED = "privacy_notice.published", "PrivacyNotice", "A new version of the privacy notice was published.";
    RETENTION_UPDATED = "retention.updated", "Retention", "The retention periods were changed.",
        "`subject` is a fixed identifier, because there is only one set of retention periods.";
    PERSON_ERASED = "person.erased", "Person", "The name, e-mail address and login of a person were erased. Erase your copies as well.",
        "The name, e-mail address and login are also redacted in earlier events.";

    // Webhooks.
    WEBHOOK_ENDPOINT_CREATED = "webhook_endpoint.created", "WebhookEndpointEvent", "A webhook endpoint was created.";
    WEBHOOK_ENDPOINT_UPDATED = "webhook_endpoint.updated", "WebhookEndpointEvent", "A webhook endpoint was updated.";
    WEBHOOK_ENDPOINT_DELETED = "webhook_endpoint.deleted", "WebhookEndpointEvent", "A webhook endpoint was deleted.",
        "`data` is the endpoint before the deletion.";
    WEBHOOK_ENDPOINT_SECRET_ROTATED = "webhook_endpoint.secret_rotated", "WebhookEndpointEvent", "The signing secret of a webhook endpoint was rotated.",
        "`data` contains no secret.";
    WEBHOOK_ENDPOINT_SECRET_REVOKED = "webhook_endpoint.secret_revoked", "WebhookEndpointEvent", "The previous signing secret of a webhook endpoint was revoked.",
        "Not sent when the overlap of a rotation ends by itself.";
    WEBHOOK_ENDPOINT_FAILING = "webhook_endpoint.failing", "WebhookEndpointEvent", "Deliveries to a webhook endpoint failed ten times in a row: its circuit breaker opened, deliveries are held, and the endpoint is probed periodically.",
        "Followed by `webhook_endpoint.recovered` or `webhook_endpoint.disabled`.";
    WEBHOOK_ENDPOINT_RECOVERED = "webhook_endpoint.recovered", "WebhookEndpointEvent", "A failing webhook endpoint responded successfully again; held deliveries are being sent.",
        "Follows `webhook_endpoint.failing`.";
    WEBHOOK_ENDPOINT_DISABLED = "webhook_endpoint.disabled", "WebhookEndpointEvent", "A webhook endpoint was disabled, because it responded with 410 or had no successful delivery for five days; see `disabled_reason`.",
        "Sent only if the service disables the endpoint; if a caller does, `webhook_endpoint.updated` is sent.";

    // API keys.
    API_KEY_CREATED = "api_key.created", "ApiKey", "An API key was created, or a new one by a rotation.",
        "`data` does not contain the key itself. After a rotation, it follows `api_key.rotated` of the replaced key.";
    API_KEY_ROTATED = "api_key.rotated", "ApiKey", "A new API key of the application replaced this one, which remains valid until `expires_at`.",
        "`data` is the replaced key. Followed by `api_key.created` for the new key.";
    API_KEY_REVOKED = "api_key.revoked", "ApiKey", "An API key was revoked.",
        "`data` is the key before the revocation. A key that expires sends no event.";

    // References.
    EXTERNAL_REFERENCE_RECORDED = "external_reference.recorded", "ExternalReference", "A reference of another system to a callback request or a project was created or updated.",
        "`subject` is the callback request or the project.";
    EXTERNAL_REFERENCE_DELETED = "external_reference.deleted", "ExternalReference", "A reference of another system to a callback request or a project was deleted.",
        "`subject` is the callback request or the project, and `data` is the reference before the deletion.";
}

/// The type of the test ping, which is a webhook but not an event: it is not in the feed, and endpoints cannot
/// subscribe to it.
pub static PING: EventType = EventType {
    name: "webhook_endpoint.pinged",
    summary: "A webhook endpoint was tested with `POST /v1/webhook-endpoints/{id}/test`.",
    details: "Sent once to the tested endpoint. It is not in the event feed, you cannot subscribe to it, and its \
              `sequence` and `subject_sequence` are 0.",
    data: "WebhookEndpointEvent",
};

/// Returns all types that a webhook endpoint can receive, for the documentation.
pub fn documented() -> impl Iterator<Item = &'static EventType> {
    ALL.iter().chain([&PING])
}
