//! What conventions add to every operation: parameters, refusals, headers.

use serde_json::{Map, Value, json};

/// Completes one operation.
pub fn complete(path: &str, method: &str, operation: &mut Value, schemas: &Value) {
    let name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        .as_str()
        .and_then(|reference| reference.strip_prefix("#/components/schemas/"));
    // No body is read like `{}`.
    let takes_nothing =
        |schema: &Value| ["required", "minProperties"].iter().all(|keyword| schema.get(keyword).is_none());
    if name.is_some_and(|name| takes_nothing(&schemas[name])) {
        operation["requestBody"]["required"] = json!(false);
    }
    let facts = Facts::of(path, method, operation);
    add_parameters(operation, &facts);
    add_refusals(operation, &facts);
    add_headers(operation, &facts);
}

/// What can be told of an operation from its own description.
struct Facts {
    api: bool,
    secured: bool,
    has_body: bool,
    post: bool,
    change: bool,
    /// Changes a version that the caller must name.
    conditional: bool,
    /// Answers with a version.
    versioned: bool,
    cacheable: bool,
    has_path_parameter: bool,
    paged: bool,
}

impl Facts {
    fn of(path: &str, method: &str, operation: &Value) -> Self {
        let cacheable = operation["responses"].get("304").is_some();
        let conditional = method == "patch" || method == "put";
        Self {
            api: path.starts_with("/v1/"),
            secured: operation["security"]
                .as_array()
                .is_none_or(|options| options.iter().all(|option| option.as_object().is_some_and(|o| !o.is_empty()))),
            has_body: operation.get("requestBody").is_some(),
            post: method == "post",
            change: method != "get",
            conditional,
            versioned: conditional || cacheable,
            cacheable,
            has_path_parameter: path.contains('{'),
            paged: operation["parameters"].as_array().is_some_and(|all| all.iter().any(|one| one["name"] == "cursor")),
        }
    }
}

fn add_parameters(operation: &mut Value, facts: &Facts) {
    let mut names = vec!["AcceptLanguage", "RequestId"];
    if facts.post {
        names.push("IdempotencyKey");
    }
    if facts.conditional {
        names.push("IfMatch");
    }
    if facts.change && facts.secured {
        names.push("CausedBy");
    }
    if facts.cacheable {
        names.push("IfNoneMatch");
    }
    if !facts.api {
        return;
    }
    let references = names.iter().map(|name| json!({ "$ref": format!("#/components/parameters/{name}") }));
    match operation["parameters"].as_array_mut() {
        Some(parameters) => parameters.extend(references),
        None => operation["parameters"] = references.collect(),
    }
}

/// Status, component name and meaning of the refusals that conventions bring.
const REFUSALS: [(&str, &str, &str); 14] = [
    (
        "400",
        "BadRequest",
        "The request cannot be read: malformed JSON, an unknown or wrong query parameter, a malformed header.",
    ),
    ("401", "Unauthorized", "No valid bearer token."),
    ("403", "Forbidden", "The token lacks the scope, or the caller the role, for this."),
    ("404", "NotFound", "There is no such thing, or none that the caller may know of."),
    ("408", "RequestTimeout", "The body took too long to arrive."),
    (
        "409",
        "Conflict",
        "The present state does not allow it, or the first request with this Idempotency-Key still runs.",
    ),
    ("412", "PreconditionFailed", "`If-Match` names an older version; the header `ETag` has the present one."),
    ("413", "PayloadTooLarge", "The body is larger than 64 KiB."),
    ("415", "UnsupportedMediaType", "The body is not JSON."),
    ("422", "UnprocessableContent", "The request can be read but breaks rules; `errors` has all of them."),
    ("428", "PreconditionRequired", "`If-Match` is missing."),
    ("429", "TooManyRequests", "Too many requests; wait for `Retry-After` seconds."),
    ("500", "InternalServerError", "A fault of the service; nothing was changed."),
    ("503", "ServiceUnavailable", "The service is busy; nothing was changed. Try again after `Retry-After` seconds."),
];

fn add_refusals(operation: &mut Value, facts: &Facts) {
    let applies = |status: &str| match status {
        "400" => true,
        "503" => facts.api,
        "401" | "403" => facts.api && facts.secured,
        "404" => facts.api && facts.has_path_parameter,
        "408" | "413" | "415" => facts.has_body,
        // A misused Idempotency-Key is one even without a body.
        "422" => facts.has_body || facts.post,
        "409" => facts.post,
        "412" | "428" => facts.conditional,
        _ => true,
    };
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for (status, name, _) in REFUSALS {
        if applies(status) && !responses.contains_key(status) {
            responses.insert(status.into(), json!({ "$ref": format!("#/components/responses/{name}") }));
        }
    }
    let mut ordered: Vec<_> = std::mem::take(responses).into_iter().collect();
    ordered.sort_by(|(a, _), (b, _)| a.cmp(b));
    *responses = ordered.into_iter().collect();
}

/// What these make has no version of its own, or none for the one who made it.
const UNVERSIONED: [&str; 5] =
    ["create_call_attempt", "create_callback_request", "create_closure", "invite_members", "publish_privacy_notice"];

fn add_headers(operation: &mut Value, facts: &Facts) {
    let id = operation["operationId"].clone();
    for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        if response.get("$ref").is_some() {
            continue;
        }
        if status.as_str() >= "400" && response.get("content").is_none() {
            response["content"] = problem_content();
        }
        let mut headers = every_header();
        if status == "201" {
            headers.insert("Location".into(), header("Location"));
            headers.insert("Idempotent-Replayed".into(), header("IdempotentReplayed"));
        }
        let made = status == "201" && !UNVERSIONED.iter().any(|name| id == *name);
        if (facts.versioned && (status == "200" || status == "304")) || made {
            headers.insert("ETag".into(), header("ETag"));
        }
        if status == "200" && facts.paged {
            headers.insert("Link".into(), header("Link"));
        }
        if matches!(status.as_str(), "429" | "503") {
            headers.insert("Retry-After".into(), header("RetryAfter"));
        }
        response["headers"] = Value::Object(headers);
    }
}

fn header(name: &str) -> Value {
    json!({ "$ref": format!("#/components/headers/{name}") })
}

/// Headers that any answer can have, with the components that describe them.
const EVERY_HEADER: [(&str, &str); 4] = [
    // The linter knows this one by its name.
    ("Access-Control-Allow-Origin", "Access-Control-Allow-Origin"),
    ("RateLimit", "RateLimit"),
    ("RateLimit-Policy", "RateLimitPolicy"),
    ("Request-Id", "RequestId"),
];

fn every_header() -> Map<String, Value> {
    EVERY_HEADER.into_iter().map(|(name, component)| (name.to_owned(), header(component))).collect()
}

fn problem_content() -> Value {
    json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } })
}

/// `components.responses`.
pub fn responses() -> Value {
    REFUSALS
        .iter()
        .map(|(status, name, description)| {
            let mut headers = every_header();
            match *status {
                "401" => {
                    headers.insert("WWW-Authenticate".into(), header("WWWAuthenticate"));
                }
                "412" | "428" => {
                    headers.insert("ETag".into(), header("ETag"));
                }
                "429" | "503" => {
                    headers.insert("Retry-After".into(), header("RetryAfter"));
                }
                _ => {}
            }
            (
                (*name).to_owned(),
                json!({ "description": description, "headers": headers, "content": problem_content() }),
            )
        })
        .collect::<Map<_, _>>()
        .into()
}

/// `components.headers`.
pub fn headers() -> Value {
    let text = |description: &str, pattern: &str, max: u32, example: &str| json!({ "description": description, "schema": { "type": "string", "maxLength": max, "pattern": pattern }, "example": example });
    json!({
        "Access-Control-Allow-Origin": text("The caller's origin, when the operator has allowed it; absent otherwise.", "^https?://.+$", 300, "https://www.example.com"),
        "ETag": text("Version of what was answered; send it back in `If-Match`.", "^\"v[0-9]+(-[a-z_]+)?\"$", 60, "\"v1\""),
        "IdempotentReplayed": text("`true` when this is the kept answer to an earlier, equal request; absent otherwise.", "^true$", 4, "true"),
        "Link": text("The next page as `<...>; rel=\"next\"` (RFC 8288); absent on the last one.", "^<.+>; rel=\"next\"$", 4000, "</v1/departments?limit=20&cursor=WyJhIl0>; rel=\"next\""),
        "Location": text("Path of the new thing.", "^/v1/.+$", 300, "/v1/departments/dpt_01kdvdna00e008000000000001"),
        "RateLimit": text("What is left of the limit (draft-ietf-httpapi-ratelimit-headers-10); absent when the operator has switched it off.", "^\"address\";r=[0-9]+;t=[0-9]+$", 60, "\"address\";r=5999;t=1"),
        "RateLimitPolicy": text("The limit; absent when the operator has switched it off.", "^\"address\";q=[0-9]+;w=60$", 60, "\"address\";q=6000;w=60"),
        "RequestId": text("Id of this request; quote it when reporting a fault.", "^[A-Za-z0-9._-]+$", 64, "b7f3a0c29d5e4d0f8f0b6a1c2d3e4f50"),
        "RetryAfter": { "description": "Seconds to wait.", "schema": { "type": "integer", "format": "int32", "minimum": 0, "maximum": 86400 }, "example": 1 },
        "WWWAuthenticate": text("The challenge (RFC 6750).", "^Bearer .*$", 300, "Bearer realm=\"entente\"")
    })
}

/// Headers that are ignored when they cannot be read have any form, and a length that proxies let through.
const ANYTHING: &str = "^.*$";
const LENIENT: u32 = 8192;

/// `components.parameters`.
pub fn parameters() -> Value {
    let header = |name: &str, required: bool, description: &str, pattern: &str, max: u32, example: &str| {
        json!({
            "name": name, "in": "header", "required": required, "description": description,
            "schema": { "type": "string", "maxLength": max, "pattern": pattern }, "example": example
        })
    };
    // Swagger UI sends every example it finds, so what must differ from request to request has none.
    let blank = |name: &str, description: &str, pattern: &str, max: u32| {
        let mut parameter = header(name, false, description, pattern, max, "");
        if let Some(parameter) = parameter.as_object_mut() {
            parameter.remove("example");
        }
        parameter
    };
    json!({
        "AcceptLanguage": header("Accept-Language", false, "Language of texts: `cs` (default) or `en` (RFC 9110 section 12.5.4). What cannot be read is ignored.", ANYTHING, LENIENT, "en"),
        "CausedBy": blank("Caused-By", "For software that brings changes over from another system: the name of that system. Webhook endpoints of this `system` are not told of the change, and events show it as `caused_by`.", "^[a-z0-9][a-z0-9._-]*$", 40),
        "IdempotencyKey": blank("Idempotency-Key", "Makes a retry safe: the same key with the very same bytes of body gives the same answer again, for 7 days. Use a new UUID for each new request, and send a retry as it was.", "^[!-~]{1,255}$", 255),
        "IfMatch": header("If-Match", true, "The `ETag` you have read; `*` for whatever the version is.", "^(\\*|(W/)?\"[!#-~]*\"( *, *(W/)?\"[!#-~]*\")*)$", 300, "*"),
        "IfNoneMatch": blank("If-None-Match", "The `ETag` you have; 304 when nothing has changed (RFC 9110 section 13.1.2).", ANYTHING, LENIENT),
        "RequestId": blank("Request-Id", "Your id for this request, 8 to 64 of the letters, digits and `._-`; taken over into logs, events and the answer. Anything else is ignored, and the request gets an id of its own.", ANYTHING, LENIENT)
    })
}
