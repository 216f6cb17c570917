//! The `webhooks` section of the API document: one entry per event type, with the schema of its data.

use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{Components, OpenApi};

use crate::callbacks::requests::{CallAttemptEvent, CallbackRequestEvent};
use crate::integrations::webhooks::registry::EndpointNotice;
use crate::kernel::events::{EventBody, types};
use crate::kernel::http::problem::{ProblemBody, ViolationBody};

/// Adds the schemas that no route returns.
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

/// Returns one operation per event type.
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
        "description": "Sent to every endpoint that subscribes to this event type, and signed as defined by [Standard Webhooks](https://www.standardwebhooks.com) in the headers `webhook-id` (the same on every attempt), `webhook-timestamp` and `webhook-signature`. Respond with a 2xx status within 15 seconds. Any other response is a failed attempt, which is retried.",
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
            "4XX": { "description": "The receiver did not accept the event, and the delivery is retried. 410 disables the endpoint." }
        }
    })
}
