//! The API document: the routes that utoipa collects, and the conventions that apply to all of them.
//!
//! Rule: a route documents its own bodies, success responses and specific errors. The parts that follow from
//! conventions (authentication, preconditions, idempotency, limits, headers of every response) are added here, so that
//! no route can omit them.

mod common;
mod enums;
mod errors;
mod examples;
mod headers;
mod lean;
mod permissions;
mod problem;
mod recorded;
mod schemas;
#[cfg(test)]
mod tests;
mod v3_0;
mod webhooks;

use serde_json::{Value, json};
use utoipa::openapi::{Components, OpenApi};
use utoipa::{PartialSchema, ToSchema};

use crate::app::routes;
use crate::calendar::CalendarRef;
use crate::directory::expand::Expansion;
use crate::integrations::projections::ProjectionFormat;
use crate::kernel::audit::AuditExpansion;
use crate::kernel::page::Sort;

/// A form of the API document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rendering {
    /// OpenAPI 3.1, from which the others derive.
    V3_1,
    /// OpenAPI 3.0.3.
    V3_0,
    /// Only the parts that Swagger UI shows.
    Lean,
}

/// Builds a rendering of the API document.
///
/// # Errors
/// When a part cannot be serialised.
pub fn rendering(rendering: Rendering) -> Result<Value, String> {
    Ok(match rendering {
        Rendering::V3_1 => document()?,
        Rendering::V3_0 => v3_0::downgraded(document()?),
        Rendering::Lean => lean::lean(v3_0::downgraded(document()?)),
    })
}

/// Builds the API document in OpenAPI 3.1.
///
/// # Errors
/// When a part cannot be serialised, or an operation has no permission.
pub fn document() -> Result<Value, String> {
    let mut collected = routes::collect().openapi;
    webhooks::add_schemas(&mut collected);
    add_schemas_of_parameters(&mut collected);
    problem::add_schemas(&mut collected);
    let collected = serde_json::to_value(collected).map_err(|error| error.to_string())?;
    let mut document = head();
    document["paths"] = collected["paths"].clone();
    let mut schemas = schemas::sorted(schemas::pages_by_reference(collected["components"]["schemas"].clone()));
    problem::complete(&mut schemas["Problem"]);
    problem::complete_violation(&mut schemas["Violation"]);
    schemas::say_open(&mut schemas);
    schemas::describe_nullable_references(&mut schemas);
    examples::add(&mut document["paths"], &schemas);
    let versioned = headers::versioned_schemas(&document["paths"]);
    for (path, methods) in document["paths"].as_object_mut().into_iter().flatten() {
        for (method, operation) in methods.as_object_mut().into_iter().flatten() {
            common::complete(path, method, operation, &schemas, &versioned);
            recorded::add(operation);
            permissions::add(operation)?;
        }
    }
    recorded::add_of_same_body(&mut document["paths"]);
    document["components"]["schemas"] = schemas;
    document["webhooks"] = webhooks::section();
    enums::open_in_responses(&mut document);
    let components =
        [("responses", common::responses()), ("parameters", common::parameters()), ("headers", headers::components())];
    for (kind, all) in components {
        let text = document.to_string();
        document["components"][kind] = used(all, kind, &text);
    }
    Ok(schemas::renamed(document))
}

/// Formats a rendering as in the folder `openapi`.
pub fn pretty(document: &Value) -> Result<String, String> {
    serde_json::to_string_pretty(document).map(|text| text + "\n").map_err(|error| error.to_string())
}

fn head() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Entente",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "System of record for projects that two or more departments own together.",
            "description": include_str!("introduction.md"),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
            "contact": { "name": "The Entente contributors" }
        },
        "servers": [{
            "url": "/",
            "description": "The server that serves this document: production, staging or local.",
            "x-internal": "false"
        }],
        "security": [{ "bearer": [] }],
        "tags": tags(),
        "externalDocs": { "description": "Standard Webhooks, the format of webhook signatures", "url": "https://www.standardwebhooks.com" },
        "paths": {},
        "components": {
            "schemas": {},
            "securitySchemes": {
                "manage_token": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Manage-Token",
                    "description": "Secret of a callback request, which the visitor receives when creating the request. It gives access to that request only. Other credentials of the request are ignored."
                },
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT or API key",
                    "description": "JSON Web Token (RFC 7519) from your identity provider, validated as recommended in RFC8725, or an API key of an application. For development, `entente token` prints a token."
                }
            }
        }
    })
}

fn tags() -> Value {
    let tags = [
        ("Directory", "Departments, people and their regular positions (home positions)."),
        ("Projects", "Shared projects, their sides, sponsors and charters, from draft to closure report."),
        ("Approvals", "Requests that all sides have to approve, the responses of the sides, and delegations."),
        ("Members", "Team members of a project, from the invitation to the return to their regular position."),
        ("Ownership", "Areas of a project and the people accountable for them: assignments, transfers, disputes."),
        ("Decisions", "Questions that the sides decide together, and their escalation if the sides cannot agree."),
        ("Partnership", "Reports and charts about the cooperation of the sides, and your inbox of pending actions."),
        ("Calendar", "Opening hours, closed days, and the time slots that visitors can choose."),
        ("Callbacks", "Callback requests from website visitors: submission, queues, calls, agents, reports and form."),
        ("Privacy", "Privacy notices, data export, erasure and retention periods."),
        ("Events", "The event feed, which has every change in order and without gaps, and the audit trail."),
        ("Webhooks", "Endpoints that receive events as signed HTTP requests, and their deliveries."),
        ("API keys", "Keys with which applications authenticate without an identity provider."),
        ("Monitoring", "Health checks and metrics."),
    ];
    let tags = tags.iter().chain(&webhooks::TAGS);
    tags.map(|(name, description)| json!({ "name": name, "description": description })).collect()
}

/// Adds the schemas of parameters. utoipa collects those of bodies only.
fn add_schemas_of_parameters(document: &mut OpenApi) {
    let components = document.components.get_or_insert_with(Components::new);
    components.schemas.insert(ProjectionFormat::name().into_owned(), ProjectionFormat::schema());
    components.schemas.insert(Sort::name().into_owned(), Sort::schema());
    components.schemas.insert(Expansion::name().into_owned(), Expansion::schema());
    components.schemas.insert(AuditExpansion::name().into_owned(), AuditExpansion::schema());
    components.schemas.insert(CalendarRef::name().into_owned(), CalendarRef::schema());
}

/// Returns the components that the document refers to.
fn used(components: Value, kind: &str, document: &str) -> Value {
    let Value::Object(components) = components else { return components };
    let is_used = |name: &str| document.contains(&format!("\"#/components/{kind}/{name}\""));
    Value::Object(components.into_iter().filter(|(name, _)| is_used(name)).collect())
}
