//! The `webhooks` section of the API document: one entry per event type, with the schema of its data.

use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{Components, OpenApi};

use crate::callbacks::requests::{CallEvent, CallbackRequestEvent};
use crate::collaboration::approvals::ApprovalResponseNotice;
use crate::collaboration::approvals::delegations::DelegationNotice;
use crate::collaboration::ownership::ConflictBody;
use crate::collaboration::projects::dto::{CalendarNotice, SponsorNotice};
use crate::collaboration::reminders::ReminderBody;
use crate::integrations::webhooks::registry::EndpointEvent;
use crate::kernel::events::{EventBody, types};
use crate::kernel::http::problem::{ProblemBody, ViolationBody};

/// Adds the schemas that no route returns.
pub fn add_schemas(document: &mut OpenApi) {
    let components = document.components.get_or_insert_with(Components::new);
    let mut schemas = Vec::new();
    for (name, schema) in [
        (EventBody::name(), <EventBody as utoipa::PartialSchema>::schema()),
        (EndpointEvent::name(), <EndpointEvent as utoipa::PartialSchema>::schema()),
        (ApprovalResponseNotice::name(), <ApprovalResponseNotice as utoipa::PartialSchema>::schema()),
        (DelegationNotice::name(), <DelegationNotice as utoipa::PartialSchema>::schema()),
        (CalendarNotice::name(), <CalendarNotice as utoipa::PartialSchema>::schema()),
        (SponsorNotice::name(), <SponsorNotice as utoipa::PartialSchema>::schema()),
        (ProblemBody::name(), <ProblemBody as utoipa::PartialSchema>::schema()),
        (ViolationBody::name(), <ViolationBody as utoipa::PartialSchema>::schema()),
        (CallbackRequestEvent::name(), <CallbackRequestEvent as utoipa::PartialSchema>::schema()),
        (CallEvent::name(), <CallEvent as utoipa::PartialSchema>::schema()),
        (ReminderBody::name(), <ReminderBody as utoipa::PartialSchema>::schema()),
        (ConflictBody::name(), <ConflictBody as utoipa::PartialSchema>::schema()),
    ] {
        schemas.push((name.into_owned(), schema));
    }
    EventBody::schemas(&mut schemas);
    CallbackRequestEvent::schemas(&mut schemas);
    CallEvent::schemas(&mut schemas);
    EndpointEvent::schemas(&mut schemas);
    ApprovalResponseNotice::schemas(&mut schemas);
    DelegationNotice::schemas(&mut schemas);
    CalendarNotice::schemas(&mut schemas);
    SponsorNotice::schemas(&mut schemas);
    ReminderBody::schemas(&mut schemas);
    ConflictBody::schemas(&mut schemas);
    components.schemas.extend(schemas);
}

/// Returns one operation per event type.
pub fn section() -> Value {
    types::documented()
        .map(|kind| (kind.name.to_owned(), json!({ "post": operation(kind) })))
        .collect::<Map<_, _>>()
        .into()
}

/// Tags of the section. No path uses them: generators write one class per tag, and would overwrite the class of the
/// operations of a path with the same tag.
pub const TAGS: [(&str, &str); 10] = [
    ("Directory events", "Webhooks about departments, people and their regular positions."),
    ("Project events", "Webhooks about projects, their charters, sponsors and closure reports."),
    ("Approval events", "Webhooks about approvals, responses and delegations."),
    ("Membership events", "Webhooks about invitations and team members."),
    ("Ownership events", "Webhooks about assignments, transfers, disputes and conflicts of areas."),
    ("Decision events", "Webhooks about decisions and their escalation."),
    ("Calendar events", "Webhooks about opening hours and closed days."),
    ("Callback events", "Webhooks about queues, callback requests, calls, blocked numbers, agents and the form."),
    ("Privacy events", "Webhooks about privacy notices and retention periods."),
    ("Integration events", "Webhooks about webhook endpoints, API keys and references to other systems."),
];

/// Returns the tag of an event type, by the kind of resource that its name starts with.
fn tag(event: &str) -> &'static str {
    match event.split('.').next().unwrap_or_default() {
        "department" | "person" | "home_position" => "Directory events",
        "approval" | "delegation" => "Approval events",
        "membership" => "Membership events",
        "ownership" | "transfer" | "dispute" => "Ownership events",
        "decision" => "Decision events",
        "calendar" | "closed_day" => "Calendar events",
        "callback_request" | "call" | "promise" | "queue" | "blocked_number" | "agent" | "form_settings" => {
            "Callback events"
        }
        "privacy_notice" | "retention" => "Privacy events",
        "webhook_endpoint" | "api_key" | "external_reference" => "Integration events",
        _ => "Project events",
    }
}

/// Describes when the event is sent and what `data` contains. The introduction describes the delivery of all events.
fn description(kind: &types::EventType) -> String {
    let types::EventType { summary, details, data, .. } = kind;
    let about = [*summary, *details].join(" ");
    format!("{}\n\n`data` has the schema `{data}`.", about.trim_end())
}

fn operation(kind: &types::EventType) -> Value {
    let id = format!("receive_{}", kind.name.replace('.', "_"));
    json!({
        "tags": [tag(kind.name)],
        "operationId": id,
        "summary": kind.summary,
        "description": description(kind),
        "security": [{}],
        "requestBody": {
            "required": true,
            "content": { "application/json": { "schema": {
                "allOf": [
                    { "$ref": "#/components/schemas/Event" },
                    {
                        "type": "object",
                        "properties": {
                            "type": { "type": "string", "const": kind.name },
                            "data": { "$ref": format!("#/components/schemas/{}", kind.data) }
                        }
                    }
                ]
            } } }
        },
        "responses": {
            "204": { "description": "The receiver accepted the event." },
            "4XX": { "description": "The receiver did not accept the event. Any response without a 2xx status, or none within 15 seconds, is a failed attempt and is retried. 410 disables the endpoint." }
        }
    })
}
