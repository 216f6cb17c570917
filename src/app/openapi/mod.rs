//! The API document: the routes that utoipa collects, and the conventions that apply to all of them.
//!
//! Rule: a route documents its own bodies, success responses and specific errors. The parts that follow from
//! conventions (authentication, preconditions, idempotency, limits, headers of every response) are added here, so that
//! no route can omit them.

mod common;
mod examples;
mod problem;
mod scopes;
mod webhooks;

use serde_json::{Map, Value, json};
use utoipa::openapi::{Components, OpenApi};
use utoipa::{PartialSchema, ToSchema};
use utoipa_swagger_ui::Config;

use crate::app::routes;
use crate::integrations::projections::ProjectionFormat;
use crate::kernel::page::Sort;

/// Builds the API document, as it is served and committed.
///
/// # Errors
/// When a part cannot be serialised.
pub fn document() -> Result<Value, String> {
    let mut collected = routes::collect();
    webhooks::add_schemas(&mut collected);
    add_schemas_of_parameters(&mut collected);
    problem::add_schemas(&mut collected);
    let collected = serde_json::to_value(collected).map_err(|error| error.to_string())?;
    let mut document = head();
    document["paths"] = collected["paths"].clone();
    let mut schemas = sorted(pages_by_reference(collected["components"]["schemas"].clone()));
    problem::complete(&mut schemas["Problem"]);
    say_open(&mut schemas);
    examples::add(&mut document["paths"], &schemas);
    for (path, methods) in document["paths"].as_object_mut().into_iter().flatten() {
        for (method, operation) in methods.as_object_mut().into_iter().flatten() {
            common::complete(path, method, operation, &schemas);
            scopes::add(path, method, operation);
        }
    }
    document["components"]["schemas"] = schemas;
    document["webhooks"] = webhooks::section();
    let components =
        [("responses", common::responses()), ("parameters", common::parameters()), ("headers", common::headers())];
    for (kind, all) in components {
        let text = document.to_string();
        document["components"][kind] = used(all, kind, &text);
    }
    Ok(renamed(document))
}

/// Formats the document as in `openapi/openapi.json`.
pub fn pretty(document: &Value) -> Result<String, String> {
    serde_json::to_string_pretty(document).map(|text| text + "\n").map_err(|error| error.to_string())
}

/// Returns the configuration of Swagger UI.
#[must_use]
pub fn swagger_config() -> Config<'static> {
    Config::new(["/openapi.json"])
        .try_it_out_enabled(true)
        .persist_authorization(true)
        .display_request_duration(true)
        .default_models_expand_depth(-1)
        .doc_expansion("none")
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
            "description": "The server that serves this document.",
            "x-internal": "false"
        }],
        "security": [{ "bearer": [] }],
        "tags": tags(),
        "paths": {},
        "components": {
            "schemas": {},
            "securitySchemes": {
                "manage_token": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Manage-Token",
                    "description": "Secret of a callback request, which the visitor receives when creating the request. It gives access to that request only."
                },
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "JSON Web Token (RFC 7519) from your identity provider, validated as recommended in RFC 8725. For development, `entente token` prints a token."
                }
            }
        }
    })
}

fn tags() -> Value {
    let tags = [
        ("Directory", "Departments, people and their regular positions (`home_position`)."),
        ("Projects", "Shared projects, their sides, sponsors and charters, from draft to closure report."),
        ("Approvals", "Approvals that all sides have to give, the responses of their sponsors, and delegations."),
        ("Members", "Team members of a project, from the invitation to the return to their regular position."),
        ("Ownership", "Areas of a project and their owners: assignments, transfers and disputes."),
        ("Decisions", "Questions that the sides decide together, and their escalation if the sides cannot agree."),
        ("Partnership", "Reports and charts about the cooperation of the sides, and your inbox of pending actions."),
        ("Calendar", "Opening hours, closed days, and the time slots that visitors can choose."),
        ("Callbacks", "Callback requests from website visitors: submission, queue, call attempts, agents and reports."),
        ("Privacy", "Privacy notices, data export, erasure and retention periods."),
        ("Events", "The event feed, which has every change in order and without gaps, and the audit trail."),
        ("Webhooks", "Endpoints that receive events as signed HTTP requests, and their deliveries."),
        ("Operations", "Health checks and metrics."),
    ];
    tags.iter().map(|(name, description)| json!({ "name": name, "description": description })).collect()
}

/// Adds the schemas of parameters. utoipa collects those of bodies only.
fn add_schemas_of_parameters(document: &mut OpenApi) {
    let components = document.components.get_or_insert_with(Components::new);
    components.schemas.insert(ProjectionFormat::name().into_owned(), ProjectionFormat::schema());
    components.schemas.insert(Sort::name().into_owned(), Sort::schema());
}

/// Adds `additionalProperties: true` to objects without listed properties. Client generators would create empty types
/// for them otherwise.
fn say_open(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(say_open),
        Value::Object(members) => {
            members.values_mut().for_each(say_open);
            let is_object = members.get("type").is_some_and(|kind| {
                kind == "object" || kind.as_array().is_some_and(|kinds| kinds.iter().any(|one| one == "object"))
            });
            let lists = ["properties", "additionalProperties", "allOf"].iter().any(|name| members.contains_key(*name));
            if is_object && !lists {
                members.insert("additionalProperties".into(), json!(true));
            }
        }
        _ => {}
    }
}

/// Replaces the inline item schema of pages by a reference, so that client generators create one type per item. utoipa
/// inlines the items of generic types.
fn pages_by_reference(mut schemas: Value) -> Value {
    for (name, schema) in schemas.as_object_mut().into_iter().flatten() {
        if let Some(item) = name.strip_prefix("Page_") {
            schema["properties"]["data"]["items"] = json!({ "$ref": format!("#/components/schemas/{item}") });
        }
    }
    schemas
}

/// Returns the components that the document refers to.
fn used(components: Value, kind: &str, document: &str) -> Value {
    let Value::Object(components) = components else { return components };
    let is_used = |name: &str| document.contains(&format!("\"#/components/{kind}/{name}\""));
    Value::Object(components.into_iter().filter(|(name, _)| is_used(name)).collect())
}

/// Sorts the names, so that the diff of the committed file has actual changes only.
fn sorted(object: Value) -> Value {
    let Value::Object(object) = object else { return object };
    let mut members: Vec<_> = object.into_iter().collect();
    members.sort_by(|(a, _), (b, _)| a.cmp(b));
    Value::Object(members.into_iter().collect())
}

/// Renames generic types: utoipa calls them `Page_Department`, the document `DepartmentPage`.
fn renamed(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(match text.strip_prefix("#/components/schemas/Page_") {
            Some(item) => format!("#/components/schemas/{item}Page"),
            None => text,
        }),
        Value::Array(items) => items.into_iter().map(renamed).collect(),
        Value::Object(members) => {
            let rename = |name: String| name.strip_prefix("Page_").map(|item| format!("{item}Page")).unwrap_or(name);
            Value::Object(
                members.into_iter().map(|(name, value)| (rename(name), renamed(value))).collect::<Map<_, _>>(),
            )
        }
        other => other,
    }
}
