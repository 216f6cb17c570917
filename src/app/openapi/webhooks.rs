//! The `webhooks` section: one entry per event type, with the schema of its data.

use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{Components, OpenApi};

use crate::callbacks::requests::{CallAttemptEvent, CallbackRequestEvent};
use crate::integrations::webhooks::registry::EndpointNotice;
use crate::kernel::events::{EventBody, types};
use crate::kernel::http::problem::{ProblemBody, ViolationBody};

/// Schemas that no route returns by itself.
pub fn add_schemas(document: &mut OpenApi) {
    let components = document.components.get_or_insert_with(Components::new);
    let mut schemas = Vec::new();
    for (name, schema) in [
        (EventBody::name(), <EventBody as utoipa::PartialSchema>::schema()),
        (EndpointNotice::name(), <EndpointNotice as utoipa::PartialSchema>::schema()),
        (ProblemBody::name(), <ProblemBody as utoipa::PartialSchema>::schema()),
        (ViolationBody::name(), <ViolationBody as utoipa::PartialSchema>::schema()),
        (CallbackRequestEvent::name(), <CallbackRequestEvent as utoipa::PartialSchema>::schema()),
        (CallAttemptEvent::name(), <CallAttemptEvent as utoipa::PartialSchema>::schema()),
    ] {
        schemas.push((name.into_owned(), schema));
    }
    EventBody::schemas(&mut schemas);
    CallbackRequestEvent::schemas(&mut schemas);
    CallAttemptEvent::schemas(&mut schemas);
    EndpointNotice::schemas(&mut schemas);
    components.schemas.extend(schemas);
}

/// One POST to the receiver per event type.
pub fn section() -> Value {
    types::ALL
        .iter()
        .map(|kind| (kind.name.to_owned(), json!({ "post": operation(kind) })))
        .collect::<Map<_, _>>()
        .into()
}

fn operation(kind: &types::EventType) -> Value {
    let id = format!("receive_{}", kind.name.replace('.', "_"));
    json!({
        "tags": ["Events"],
        "operationId": id,
        "summary": kind.summary,
        "description": "Sent to every endpoint that asked for this type, signed after https://www.standardwebhooks.com: headers `webhook-id` (the same on every try), `webhook-timestamp` and `webhook-signature`. Answer 2xx within 15 seconds; anything else is tried again.",
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
            "204": { "description": "Received." },
            "4XX": { "description": "Not taken; it will be sent again. 410 disables the endpoint." }
        }
    })
}
