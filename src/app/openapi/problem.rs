//! The members of a problem that belong to its code (RFC 9457 section 3.2), for the document.
//!
//! Rule: every member that a problem can have stands here; a test looks for each it sees.

#![allow(dead_code, reason = "says what is sent, and sends nothing")]

use serde_json::{Value, json};
use utoipa::openapi::{Components, OpenApi};
use utoipa::{PartialSchema, ToSchema};

use crate::calendar::SlotBody;
use crate::collaboration::projects::BlockerBody;
use crate::kernel::error::Code;
use crate::kernel::ids::{AreaId, AssignmentId, CallbackRequestId, DisputeId, PersonId};
use crate::kernel::time::Day;

#[derive(ToSchema)]
struct ProblemMembers {
    /// With `forbidden`: the scope that the token lacks; absent when it is a role.
    #[schema(nullable = false, max_length = 40, pattern = "^[a-z:]+$", example = "projects:write")]
    required_scope: Option<String>,
    /// With `illegal_transition`: the present state.
    #[schema(nullable = false, max_length = 40, pattern = "^[a-z_]+$", example = "draft")]
    state: Option<String>,
    /// With `illegal_transition`: the verbs that are possible in this state.
    #[schema(nullable = false, max_items = 50)]
    allowed: Option<Vec<Verb>>,
    /// With `not_ready`: everything that is missing.
    #[schema(nullable = false, max_items = 1000)]
    blockers: Option<Vec<BlockerBody>>,
    /// With `slot_full`: windows that still have seats.
    #[schema(nullable = false, max_items = 100)]
    alternatives: Option<Vec<SlotBody>>,
    /// With `already_exists`: the member of the body whose value is taken, as a JSON Pointer.
    #[schema(nullable = false, max_length = 200, pattern = "^/[a-z_/]+$", example = "/key")]
    conflicting_member: Option<String>,
    /// With `already_exists`: who is accountable for the area at that time.
    #[schema(nullable = false)]
    owner: Option<PresentOwner>,
    /// With `conflict`: areas that would lose their accountable person.
    #[schema(nullable = false, max_items = 1000)]
    areas: Option<Vec<OrphanedArea>>,
    /// With `conflict`: open callback requests of the same number.
    #[schema(nullable = false, max_items = 10)]
    open: Option<Vec<CallbackRequestId>>,
    /// With `conflict`: the hash of what is asked now.
    #[schema(nullable = false, min_length = 64, max_length = 64, pattern = "^[0-9a-f]+$")]
    sha256: Option<String>,
    /// With `conflict`: the dispute that has to be settled first.
    #[schema(nullable = false)]
    dispute_id: Option<DisputeId>,
    /// With `events_expired`: the oldest event that is still kept.
    #[schema(nullable = false, format = Int64, minimum = 1, maximum = 9_007_199_254_740_991i64)]
    oldest_sequence: Option<i64>,
    /// With `wrong_intent`: what the visitor asked for.
    #[schema(nullable = false, max_length = 40, pattern = "^[a-z_]+$", example = "technical_support")]
    intent: Option<String>,
    /// With `wrong_intent`: the formats that such a request has.
    #[schema(nullable = false, max_items = 20)]
    formats: Option<Vec<FormatName>>,
    /// With `unavailable` of the readiness check: what is not ready.
    #[schema(nullable = false, max_length = 40, pattern = "^[a-z_]+$", example = "database")]
    check: Option<String>,
}

/// A verb of an operation.
#[derive(ToSchema)]
#[schema(max_length = 40, pattern = "^[a-z_-]+$", example = "propose")]
struct Verb(String);

/// A format of a record.
#[derive(ToSchema)]
#[schema(max_length = 40, pattern = "^[a-z-]+$", example = "zammad-ticket")]
struct FormatName(String);

/// Who is accountable for an area already.
#[derive(ToSchema)]
struct PresentOwner {
    assignment_id: AssignmentId,
    person_id: PersonId,
    valid_from: Day,
    /// The first day on which it is not so any more; null without an end.
    #[schema(required)]
    valid_to: Option<Day>,
}

/// An area that would lose its accountable person.
#[derive(ToSchema)]
struct OrphanedArea {
    id: AreaId,
    #[schema(min_length = 1, max_length = 60, pattern = "^[a-z0-9-]+$", example = "customer-data")]
    key: String,
}

/// Schemas that only problems refer to.
pub fn add_schemas(document: &mut OpenApi) {
    let mut schemas = Vec::new();
    ProblemMembers::schemas(&mut schemas);
    document.components.get_or_insert_with(Components::new).schemas.extend(schemas);
}

/// Completes the schema of problems with these members and with all codes there are.
pub fn complete(problem: &mut Value) {
    let members = serde_json::to_value(ProblemMembers::schema()).unwrap_or_default();
    if let (Some(known), Value::Object(more)) = (problem["properties"].as_object_mut(), members["properties"].clone()) {
        known.extend(more);
    }
    // Clients must bear new ones, so this is no `enum`.
    let codes: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    problem["properties"]["code"]["x-extensible-enum"] = json!(codes);
}
