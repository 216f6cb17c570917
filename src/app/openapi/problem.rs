//! The extension fields of problems, which depend on their code (RFC 9457 section 3.2), for the API document.
//!
//! Rule: every field that a problem can have is defined here. A test checks the fields of all problems that it
//! receives.

#![allow(dead_code, reason = "only used as schemas")]

use serde_json::{Value, json};
use utoipa::openapi::{Components, OpenApi};
use utoipa::{PartialSchema, ToSchema};

use crate::calendar::SlotBody;
use crate::collaboration::projects::BlockerBody;
use crate::kernel::error::{Code, VIOLATION_CODES};
use crate::kernel::ids::{
    AreaId, AssignmentId, BlockedNumberId, CallId, CallbackRequestId, DisputeId, MembershipId, PersonId, ProjectId,
};
use crate::kernel::time::{Day, UtcTime};

#[derive(ToSchema)]
struct ProblemFields {
    /// For `forbidden`: the scope that the token lacks; absent if a role is missing instead.
    #[schema(nullable = false, max_length = 40, pattern = "^[a-z:]+$", example = "projects:write")]
    required_scope: Option<String>,
    /// For `illegal_transition`: the current state.
    #[schema(nullable = false, max_length = 40, pattern = "^[a-z_]+$", example = "draft")]
    state: Option<String>,
    /// For `illegal_transition`: the operations (`operationId`) that are possible in this state.
    #[schema(nullable = false, max_items = 50)]
    allowed: Option<Vec<OperationId>>,
    /// For `not_ready`: all requirements that are not met.
    #[schema(nullable = false, max_items = 1000)]
    blockers: Option<Vec<BlockerBody>>,
    /// For `slot_full`: time slots that still have capacity.
    #[schema(nullable = false, max_items = 100)]
    alternatives: Option<Vec<SlotBody>>,
    /// For `already_exists`: JSON Pointer to the field of the body whose value is already in use. For a problem of one
    /// item of a hand-over: JSON Pointer to the item.
    #[schema(nullable = false, max_length = 200, pattern = "^/[a-z0-9_/]+$", example = "/key")]
    conflicting_field: Option<String>,
    /// For `already_exists`: identifier of the blocked number.
    #[schema(nullable = false)]
    blocked_number_id: Option<BlockedNumberId>,
    /// For `conflict`: the current assignment of the person who is already accountable for the area on some of the
    /// requested days.
    #[schema(nullable = false)]
    owner: Option<CurrentOwner>,
    /// For `conflict`: the areas that would lose their accountable person, or that a side that should leave still has.
    #[schema(nullable = false, max_items = 1000)]
    areas: Option<Vec<OrphanedArea>>,
    /// For `conflict`: the memberships and invitations of a side that should leave.
    #[schema(nullable = false, max_items = 1000)]
    members: Option<Vec<PresentMember>>,
    /// For `conflict`: from when the side may put the project on hold again.
    #[schema(nullable = false)]
    may_hold_from: Option<UtcTime>,
    /// For `conflict`: the project in which the person is a sponsor and cannot be a delegate.
    #[schema(nullable = false)]
    project_id: Option<ProjectId>,
    /// For `conflict`: when the next call to the visitor is due.
    #[schema(nullable = false)]
    due_from: Option<UtcTime>,
    /// For `conflict`: the recorded call of this time.
    #[schema(nullable = false)]
    call_id: Option<CallId>,
    /// For `conflict`: the end of the promised time, from which the visitor can submit feedback.
    #[schema(nullable = false)]
    promised_by: Option<UtcTime>,
    /// For `conflict`: identifiers of the open callback requests with the same phone number.
    #[schema(nullable = false, max_items = 10)]
    open_request_ids: Option<Vec<CallbackRequestId>>,
    /// For `conflict`: SHA-256 of the current terms of the approval, in hexadecimal.
    #[schema(nullable = false, min_length = 64, max_length = 64, pattern = "^[0-9a-f]+$")]
    sha256: Option<String>,
    /// For `conflict`: identifier of the dispute that has to end first.
    #[schema(nullable = false)]
    dispute_id: Option<DisputeId>,
    /// For `events_expired`: sequence of the oldest event that is still kept.
    #[schema(nullable = false, format = Int64, minimum = 1, maximum = 9_007_199_254_740_991i64)]
    oldest_sequence: Option<i64>,
    /// For `position_unknown`: sequence of the last event.
    #[schema(nullable = false, format = Int64, minimum = 0, maximum = 9_007_199_254_740_991i64)]
    last_sequence: Option<i64>,
    /// For `wrong_intent`: the intent of the callback request.
    #[schema(nullable = false, max_length = 40, pattern = "^[a-z_]+$", example = "technical_support")]
    intent: Option<String>,
    /// For `wrong_intent`: the formats that are available for this intent.
    #[schema(nullable = false, max_items = 20)]
    formats: Option<Vec<FormatName>>,
    /// For `unavailable` of `GET /readyz`: the check that failed.
    #[schema(nullable = false, max_length = 40, pattern = "^[a-z_]+$", example = "database")]
    check: Option<String>,
}

/// `operationId` of an operation.
#[derive(ToSchema)]
#[schema(max_length = 40, pattern = "^[a-z_]+$", example = "propose_project")]
struct OperationId(String);

/// Name of a record format.
#[derive(ToSchema)]
#[schema(max_length = 40, pattern = "^[a-z-]+$", example = "zammad-ticket")]
struct FormatName(String);

/// The assignment of the person who is already accountable for an area.
#[derive(ToSchema)]
struct CurrentOwner {
    /// Identifier of the assignment.
    assignment_id: AssignmentId,
    /// Identifier of the accountable person.
    person_id: PersonId,
    /// First day of the assignment.
    valid_from: Day,
    /// First day after the assignment (exclusive end); null if it lasts until the end of the project.
    #[schema(required)]
    valid_to: Option<Day>,
}

/// A member or invitee of a side that should leave.
#[derive(ToSchema)]
struct PresentMember {
    /// Unique identifier of the membership.
    id: MembershipId,
    /// The member or invitee.
    person_id: PersonId,
}

/// An area that would lose its accountable person, or that a side that should leave still has.
#[derive(ToSchema)]
struct OrphanedArea {
    /// Unique identifier of the area.
    id: AreaId,
    /// Key of the area, unique within its project.
    #[schema(min_length = 1, max_length = 60, pattern = "^[a-z0-9-]+$", example = "customer-data")]
    key: String,
}

/// Adds the schemas that only problems refer to.
pub fn add_schemas(document: &mut OpenApi) {
    let mut schemas = Vec::new();
    ProblemFields::schemas(&mut schemas);
    document.components.get_or_insert_with(Components::new).schemas.extend(schemas);
}

/// Adds the extension fields and all codes to the schema of problems.
pub fn complete(problem: &mut Value) {
    let fields = serde_json::to_value(ProblemFields::schema()).unwrap_or_default();
    if let (Some(known), Value::Object(more)) = (problem["properties"].as_object_mut(), fields["properties"].clone()) {
        known.extend(more);
    }
    // Not an `enum`, because clients must accept new codes.
    let codes: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    problem["properties"]["code"]["x-extensible-enum"] = json!(codes);
}

/// Adds all codes to the schema of violations.
pub fn complete_violation(violation: &mut Value) {
    violation["properties"]["code"]["x-extensible-enum"] = json!(VIOLATION_CODES);
}
