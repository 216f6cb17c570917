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
    HOME_POSITION_ADDED = "home_position.added", "HomePosition", "A person got a home position.";
    // Projects.
    PROJECT_CREATED = "project.created", "Project", "A project was drafted.";
    PROJECT_UPDATED = "project.updated", "Project", "A project was changed in what its charter says.";
    PROJECT_PROPOSED = "project.proposed", "Project", "A project was put to its sponsors for signature.";
    PROJECT_ACTIVATED = "project.activated", "Project", "All sides have signed, nothing was missing: the project runs.";
    PROJECT_CANCELLED = "project.cancelled", "Project", "A project was given up.";
    CHARTER_REVISED = "charter.revised", "Charter", "A charter got a new version, which all sides have to sign.";
    CHARTER_SIGNED = "charter.signed", "Signature", "The sponsor of a side signed a version of the charter.";
    SPONSOR_SEATED = "sponsor.seated", "ProjectSide", "A side of a project got a sponsor.";

    // Memberships.
    MEMBERSHIP_INVITED = "membership.invited", "Membership", "A person was invited to work in a project.";
    MEMBERSHIP_ACCEPTED = "membership.accepted", "Membership", "The invitee accepted role and dates.";
    MEMBERSHIP_DECLINED = "membership.declined", "Membership", "The invitee declined.";
    MEMBERSHIP_WITHDRAWN = "membership.withdrawn", "Membership", "An invitation was withdrawn before it was answered.";
    MEMBERSHIP_EXPIRED = "membership.expired", "Membership", "An unanswered invitation gave way to a new one after its 14 days.";
    MEMBERSHIP_ENDED = "membership.ended", "Membership", "The last day of a member was set; `valid_to` says which.";

    // Ownership.
    OWNERSHIP_ASSIGNED = "ownership.assigned", "Assignment", "A person got a responsibility for an area.";
    OWNERSHIP_ENDED = "ownership.ended", "Assignment", "The end of a responsibility was set; `valid_to` says which day.";

    // Callback requests and calendar.
    CALENDAR_UPDATED = "calendar.updated", "Calendar", "Opening hours or booking rules were changed.";
    CLOSURE_ADDED = "closure.added", "Closure", "A day was closed.";
    CLOSURE_REMOVED = "closure.removed", "Closure", "A closed day was opened again.";
    CALLBACK_REQUEST_RECEIVED = "callback_request.received", "CallbackRequestEvent", "A visitor asked to be called back; `state` is `scheduled` for a window, `queued_asap` for as soon as possible.";
    CALLBACK_REQUEST_ASSIGNED = "callback_request.assigned", "CallbackRequestEvent", "An agent took a request.";
    CALLBACK_REQUEST_ATTEMPTED = "callback_request.attempted", "CallAttemptEvent", "An agent tried to call.";
    CALLBACK_REQUEST_COMPLETED = "callback_request.completed", "CallbackRequestEvent", "The visitor was reached.";
    CALLBACK_REQUEST_RETRY_SCHEDULED = "callback_request.retry_scheduled", "CallbackRequestEvent", "The visitor was not reached and will be called again.";
    CALLBACK_REQUEST_UNREACHABLE = "callback_request.unreachable", "CallbackRequestEvent", "The visitor will not be called again: wrong number, or three attempts in vain.";
    CALLBACK_REQUEST_CANCELLED = "callback_request.cancelled", "CallbackRequestEvent", "The visitor or an agent cancelled the request.";

    // Webhooks.
    WEBHOOK_ENDPOINT_CREATED = "webhook_endpoint.created", "WebhookEndpointNotice", "A webhook endpoint was added.";
    WEBHOOK_ENDPOINT_UPDATED = "webhook_endpoint.updated", "WebhookEndpointNotice", "A webhook endpoint was changed.";
    WEBHOOK_ENDPOINT_DELETED = "webhook_endpoint.deleted", "WebhookEndpointNotice", "A webhook endpoint was removed.";
    WEBHOOK_ENDPOINT_SECRET_ROTATED = "webhook_endpoint.secret_rotated", "WebhookEndpointNotice", "A webhook endpoint got a new secret.";
    WEBHOOK_ENDPOINT_DISABLED = "webhook_endpoint.disabled", "WebhookEndpointNotice", "A receiver answered 410, so its endpoint was disabled.";
}
