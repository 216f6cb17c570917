//! The document: what utoipa collects from the routes, and what holds for all of them.
//!
//! Rule: an endpoint says what is its own (its bodies, its successes, its special refusals);
//! everything that follows from a convention (authentication, preconditions, idempotency, limits,
//! the headers of every answer) is added here, once, so that no endpoint can forget it.

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

/// The whole document, as it is served and committed.
///
/// # Errors
/// When a part cannot be serialised, which is a fault of ours.
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

/// The document as text, as the command prints it and the repository keeps it.
pub fn pretty(document: &Value) -> Result<String, String> {
    serde_json::to_string_pretty(document).map(|text| text + "\n").map_err(|error| error.to_string())
}

/// How Swagger UI shows it.
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
            "summary": "System of record for projects that two departments own together.",
            "description": include_str!("introduction.md"),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
            "contact": { "name": "The Entente contributors" }
        },
        "servers": [{
            "url": "/",
            "description": "The service that serves this document, be it local, staging or production.",
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
                    "description": "The secret of one callback request, as its visitor was given it. It opens that request only."
                },
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "A JSON Web Token (RFC7519) of your identity provider, checked after RFC8725. For development, `entente token` mints one."
                }
            }
        }
    })
}

fn tags() -> Value {
    let tags = [
        ("Directory", "Departments, people and the home positions they return to."),
        ("Projects", "Shared projects: sides, sponsors, charter, readiness, from the draft to the closure report."),
        ("Consents", "What all sides have to agree to, who answers for each, and who stands in for them."),
        ("Members", "Who is on the team of a project, from invitation to return."),
        ("Ownership", "Exactly one accountable owner for every area, at every instant."),
        ("Decisions", "Questions that the sides decide together, and who decides when they cannot."),
        ("Partnership", "How the sides work together, in figures and as a picture, and what waits for you."),
        ("Calendar", "Business days, closures and the slots that visitors can choose."),
        (
            "Callbacks",
            "\"One of our experts will call you\": intake, queue, attempts, agents, and whether promises are kept.",
        ),
        ("Privacy", "Notices that visitors read, access, erasure, and how long what is kept."),
        ("Events", "Everything that happened, in order and without gaps."),
        ("Webhooks", "The same events, sent to you and signed."),
        ("Operations", "Health and metrics."),
    ];
    tags.iter().map(|(name, description)| json!({ "name": name, "description": description })).collect()
}

/// utoipa collects the schemas of bodies only.
fn add_schemas_of_parameters(document: &mut OpenApi) {
    let components = document.components.get_or_insert_with(Components::new);
    components.schemas.insert(ProjectionFormat::name().into_owned(), ProjectionFormat::schema());
    components.schemas.insert(Sort::name().into_owned(), Sort::schema());
}

/// Objects whose members are not listed: generators make a type without members of one that does not say so.
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

/// utoipa writes the item of a generic type out; a reference gives generated clients one type.
fn pages_by_reference(mut schemas: Value) -> Value {
    for (name, schema) in schemas.as_object_mut().into_iter().flatten() {
        if let Some(item) = name.strip_prefix("Page_") {
            schema["properties"]["data"]["items"] = json!({ "$ref": format!("#/components/schemas/{item}") });
        }
    }
    schemas
}

/// The components that something refers to.
fn used(components: Value, kind: &str, document: &str) -> Value {
    let Value::Object(components) = components else { return components };
    let is_used = |name: &str| document.contains(&format!("\"#/components/{kind}/{name}\""));
    Value::Object(components.into_iter().filter(|(name, _)| is_used(name)).collect())
}

/// Names in alphabetical order, so that the committed file changes only where something changed.
fn sorted(object: Value) -> Value {
    let Value::Object(object) = object else { return object };
    let mut members: Vec<_> = object.into_iter().collect();
    members.sort_by(|(a, _), (b, _)| a.cmp(b));
    Value::Object(members.into_iter().collect())
}

/// `Page_Department` (how utoipa names a generic type) reads better as `DepartmentPage`.
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
