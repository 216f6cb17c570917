//! Headers of responses.
//!
//! Rule: the headers follow from the operation and from the schema of the response, so no route has to list them. The
//! tests compare them with the headers of every response of the service.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// Headers of every response, with the components that describe them.
const EVERY_RESPONSE: [(&str, &str); 4] = [
    // The linter recognises this header by the name of the component.
    ("Access-Control-Allow-Origin", "Access-Control-Allow-Origin"),
    ("RateLimit", "RateLimit"),
    ("RateLimit-Policy", "RateLimitPolicy"),
    ("Request-Id", "RequestId"),
];

/// Schemas that contain a versioned resource, and are returned with its `ETag`.
const CONTAIN_VERSIONED: [&str; 3] = ["ApiKeyWithSecret", "RaisedDecision", "WebhookEndpointWithSecret"];

/// `POST` operations that ignore the `Idempotency-Key`.
const NEVER_REPLAYED: [&str; 4] =
    ["create_blocked_number", "erase_data_subject", "export_data_subject", "search_callback_requests"];

/// The properties of an operation that determine its headers.
pub struct Traits<'a> {
    /// Schemas that are returned with an `ETag`.
    pub versioned: &'a BTreeSet<String>,
    /// Accepts an `Idempotency-Key`.
    pub post: bool,
    /// Returns a page of a list.
    pub paged: bool,
}

/// Returns the schemas that are returned with an `ETag`: those of every resource whose read can return 304, and those
/// that contain such a resource.
pub fn versioned_schemas(paths: &Value) -> BTreeSet<String> {
    let operations = paths.as_object().into_iter().flatten().flat_map(|(_, item)| item.as_object()).flatten();
    operations
        .filter(|(_, operation)| operation["responses"].get("304").is_some())
        .filter_map(|(_, operation)| schema_of(&operation["responses"]["200"]))
        // A read with `expand`, or of a resource with a draw, returns another schema than the other operations.
        .flat_map(|name| [name, name.trim_end_matches("WithIncluded"), name.trim_end_matches("WithDraw")])
        .chain(CONTAIN_VERSIONED)
        .map(str::to_owned)
        .collect()
}

fn schema_of(response: &Value) -> Option<&str> {
    response["content"]["application/json"]["schema"]["$ref"].as_str()?.strip_prefix("#/components/schemas/")
}

/// Adds the headers of a response. Those that the route lists itself take precedence.
pub fn add(id: &str, traits: &Traits<'_>, status: &str, response: &mut Value) {
    let mut headers =
        if status >= "400" { of_error(status, traits.post) } else { of_success(id, traits, status, response) };
    if let Some(listed) = response.get_mut("headers").and_then(Value::as_object_mut) {
        headers.append(listed);
    }
    response["headers"] = Value::Object(headers);
}

fn of_success(id: &str, traits: &Traits<'_>, status: &str, response: &Value) -> Map<String, Value> {
    let mut headers = of_every_response();
    let mut add = |name: &str, component: &str| headers.insert(name.to_owned(), reference(component));
    if status == "304" || schema_of(response).is_some_and(|name| traits.versioned.contains(name)) {
        add("ETag", "ETag");
    }
    if traits.post && !NEVER_REPLAYED.contains(&id) {
        add("Idempotent-Replayed", "IdempotentReplayed");
    }
    if status == "200" && traits.paged {
        add("Link", "Link");
    }
    if status == "201" {
        add("Location", "Location");
    }
    headers
}

/// Returns the headers of an error response. `post` tells whether the operation accepts an `Idempotency-Key`.
pub fn of_error(status: &str, post: bool) -> Map<String, Value> {
    let mut headers = of_every_response();
    let mut add = |name: &str, component: &str| headers.insert(name.to_owned(), reference(component));
    match status {
        "401" => add("WWW-Authenticate", "WWWAuthenticate"),
        "403" => add("WWW-Authenticate", "InsufficientScope"),
        "409" if post => add("Retry-After", "RetryAfterInProgress"),
        "412" | "428" => add("ETag", "CurrentETag"),
        "415" => add("Accept", "Accept"),
        "429" | "503" => add("Retry-After", "RetryAfter"),
        _ => None,
    };
    headers
}

fn of_every_response() -> Map<String, Value> {
    EVERY_RESPONSE.into_iter().map(|(name, component)| (name.to_owned(), reference(component))).collect()
}

fn reference(component: &str) -> Value {
    json!({ "$ref": format!("#/components/headers/{component}") })
}

/// `components.headers`. A header that is `required` is in every response that refers to it.
pub fn components() -> Value {
    let header = |required: bool, description: &str, schema: Value, example: Value| {
        let mut header = json!({ "description": description, "schema": schema, "example": example });
        if required {
            header["required"] = json!(true);
        }
        header
    };
    let text = |required: bool, description: &str, pattern: &str, max: u32, example: &str| {
        let schema = json!({ "type": "string", "maxLength": max, "pattern": pattern });
        header(required, description, schema, json!(example))
    };
    let seconds = |required: bool, description: &str| {
        let schema = json!({ "type": "integer", "format": "int32", "minimum": 0, "maximum": 86400 });
        header(required, description, schema, json!(1))
    };
    json!({
        "Accept": text(false, "Media types that the operation accepts.", "^[a-z+-]+/[a-z+-]+(, [a-z+-]+/[a-z+-]+)*$", 100, "application/json"),
        "Access-Control-Allow-Origin": text(false, "Origin of the caller, if the operator allows it; absent otherwise.", "^https?://.+$", 300, "https://www.example.com"),
        "CurrentETag": text(false, "Current version of the resource; absent if the resource does not exist.", ETAG, 60, "\"v2\""),
        "ETag": text(true, "Version of the resource in the body. Send it in `If-Match` to update the resource, or in `If-None-Match` to get it only if it has changed.", ETAG, 60, "\"v1\""),
        "IdempotentReplayed": text(false, "`true` if this is the stored response to an earlier request with the same `Idempotency-Key`; absent otherwise.", "^true$", 4, "true"),
        "InsufficientScope": text(false, "Challenge with the missing scope (RFC 6750); absent if the token has the scope and only a role is missing.", "^Bearer .*$", 300, "Bearer realm=\"entente\", error=\"insufficient_scope\", scope=\"projects:write\""),
        "Link": text(false, "Link to the next page, `<...>; rel=\"next\"` (RFC 8288); absent on the last page.", "^<.+>; rel=\"next\"$", 4000, "</v1/departments?limit=20&cursor=WyJhIl0>; rel=\"next\""),
        "Location": text(true, "Path of the new resource, or of the list that contains it if it has no path of its own.", "^/v1/.+$", 300, "/v1/departments/dpt_01kdvdna00e008000000000001"),
        "RateLimit": text(false, "Remaining requests (`r`) of each budget that the request uses, and seconds until more requests are available (`t`), as defined in draft-ietf-httpapi-ratelimit-headers-10; absent if there is no limit.", "^\"(address|caller|credentials|expensive|writes)\";r=[0-9]+;t=[0-9]+(, \"(address|caller|credentials|expensive|writes)\";r=[0-9]+;t=[0-9]+)?$", 100, "\"caller\";r=5999;t=1"),
        "RateLimitPolicy": text(false, "Budgets that the request uses: number of requests (`q`) per window of `w` seconds; absent if there is no limit.", "^\"(address|caller|credentials|expensive|writes)\";q=[0-9]+;w=60(, \"(address|caller|credentials|expensive|writes)\";q=[0-9]+;w=60)?$", 100, "\"caller\";q=6000;w=60"),
        "RequestId": text(true, "Identifier of this request. Include it when you report an error.", "^[A-Za-z0-9._-]+$", 64, "b7f3a0c29d5e4d0f8f0b6a1c2d3e4f50"),
        "RetryAfter": seconds(true, "Seconds to wait before you retry."),
        "RetryAfterInProgress": seconds(false, "Seconds to wait before you retry, for `idempotency_in_progress`; absent for other codes."),
        "WWWAuthenticate": text(true, "Authentication challenge (RFC 6750).", "^Bearer .*$", 300, "Bearer realm=\"entente\"")
    })
}

/// Pattern of the entity tags of resources.
const ETAG: &str = "^\"v[0-9]+(-[a-z0-9_]+)?\"$";
