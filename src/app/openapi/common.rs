//! The parts of an operation that follow from conventions: parameters, error responses and headers.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{errors, headers};

/// Adds the conventions to an operation. `versioned` has the schemas that are returned with an `ETag`.
pub fn complete(path: &str, method: &str, operation: &mut Value, schemas: &Value, versioned: &BTreeSet<String>) {
    let name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        .as_str()
        .and_then(|reference| reference.strip_prefix("#/components/schemas/"));
    // A missing body is read as `{}`.
    let takes_nothing =
        |schema: &Value| ["required", "minProperties"].iter().all(|keyword| schema.get(keyword).is_none());
    if name.is_some_and(|name| takes_nothing(&schemas[name])) {
        operation["requestBody"]["required"] = json!(false);
    }
    let relations = Relations::of(path, method, operation);
    add_parameters(operation, &relations);
    add_refusals(operation, &relations);
    add_headers(path, operation, &relations, versioned);
}

/// The properties of an operation that determine which conventions apply.
struct Relations {
    api: bool,
    /// Needs credentials.
    secured: bool,
    /// Accepts a bearer token, needed or not.
    takes_token: bool,
    has_body: bool,
    post: bool,
    change: bool,
    /// Requires `If-Match`.
    conditional: bool,
    /// Creates with `If-None-Match: *`.
    creates: bool,
    cacheable: bool,
    has_path_parameter: bool,
    paged: bool,
}

impl Relations {
    fn of(path: &str, method: &str, operation: &Value) -> Self {
        let cacheable = operation["responses"].get("304").is_some();
        let conditional = method == "patch" || method == "put";
        // Operations without `security` have that of the document, a bearer token.
        let options = operation["security"].as_array();
        Self {
            api: path.starts_with("/v1/"),
            secured: options
                .is_none_or(|options| options.iter().all(|option| option.as_object().is_some_and(|o| !o.is_empty()))),
            takes_token: options.is_none_or(|options| options.iter().any(|option| option.get("bearer").is_some())),
            has_body: operation.get("requestBody").is_some(),
            post: method == "post",
            change: method != "get",
            conditional,
            creates: method == "put" && operation["responses"].get("201").is_some(),
            cacheable,
            has_path_parameter: path.contains('{'),
            paged: operation["parameters"].as_array().is_some_and(|all| all.iter().any(|one| one["name"] == "cursor")),
        }
    }
}

fn add_parameters(operation: &mut Value, relations: &Relations) {
    let mut names = vec!["AcceptLanguage", "RequestId"];
    if relations.post {
        names.push("IdempotencyKey");
    }
    if relations.conditional {
        names.extend(if relations.creates { &["IfMatchToReplace", "IfNoneMatchToCreate"][..] } else { &["IfMatch"] });
    }
    if relations.change && relations.takes_token {
        names.push("CausedBy");
    }
    if relations.cacheable {
        names.push("IfNoneMatch");
    }
    if !relations.api {
        return;
    }
    let references = names.iter().map(|name| json!({ "$ref": format!("#/components/parameters/{name}") }));
    match operation["parameters"].as_array_mut() {
        Some(parameters) => parameters.extend(references),
        None => operation["parameters"] = references.collect(),
    }
}

/// Status, component name and description of the error responses that follow from conventions.
const REFUSALS: [(&str, &str, &str); 16] = [
    (
        "400",
        "BadRequest",
        "`malformed_request`: the JSON or a header is malformed. `invalid_parameter`: a query parameter is unknown or invalid. `invalid_cursor`: the cursor is invalid or belongs to another query.",
    ),
    (
        "401",
        "Unauthorized",
        "`unauthenticated`: the bearer token is missing or not valid. `person_deactivated`: the person of the token is deactivated. `token_revoked`: the sessions of the person were ended after the token was issued.",
    ),
    (
        "403",
        "Forbidden",
        "`forbidden`: the token lacks the required scope, or you lack the required role. `person_unknown`: the operation needs a role, and no person in the directory has the login of the token.",
    ),
    ("404", "NotFound", "`not_found`: the resource does not exist, or you do not have access to it."),
    ("408", "RequestTimeout", "`request_timeout`: the body took too long to arrive."),
    ("409", "Conflict", "`idempotency_in_progress`: the first request with this `Idempotency-Key` is still running."),
    (
        "412",
        "PreconditionFailed",
        "`stale_version`: `If-Match` does not match the current version, or `If-None-Match: *` was sent for a resource that exists. The `ETag` header has the current version.",
    ),
    ("413", "PayloadTooLarge", "`payload_too_large`: the body is larger than 64 KiB."),
    (
        "415",
        "UnsupportedMediaType",
        "`unsupported_media_type`: the media type or encoding of the body is not supported.",
    ),
    (
        "422",
        "UnprocessableContent",
        "`validation_failed`: one or more values are invalid; see `errors`. `idempotency_mismatch`: the `Idempotency-Key` was used for another request.",
    ),
    ("428", "PreconditionRequired", "`precondition_required`: `If-Match` is missing."),
    ("429", "TooManyRequests", "`too_many_requests`: the rate limit is exceeded. Retry after `Retry-After` seconds."),
    ("500", "InternalServerError", "`internal_error`: an unexpected error occurred. Nothing was changed."),
    (
        "503",
        "ServiceUnavailable",
        "`unavailable`: the service is busy. Nothing was changed. Retry after `Retry-After` seconds.",
    ),
    (
        "503",
        OUTCOME_UNKNOWN,
        "`unavailable`: the service is busy. Nothing was changed. Retry after `Retry-After` seconds. `outcome_unknown`: the connection to the database failed during the change. It may have been done. Repeat the request with the same `Idempotency-Key`, or read first.",
    ),
    ("507", "InsufficientStorage", "`insufficient_storage`: the storage of the service is full. Nothing was changed."),
];

/// The component of 503 for operations that change data.
const OUTCOME_UNKNOWN: &str = "ServiceUnavailableOrOutcomeUnknown";

fn add_refusals(operation: &mut Value, relations: &Relations) {
    let applies = |status: &str, name: &str| match status {
        "400" => true,
        "503" => relations.api && relations.change == (name == OUTCOME_UNKNOWN),
        "507" => relations.api,
        "401" => relations.api && (relations.secured || relations.takes_token),
        "403" => relations.api && relations.secured && relations.takes_token,
        "404" => relations.api && relations.has_path_parameter,
        "408" | "413" | "415" => relations.has_body,
        // A mismatch of the Idempotency-Key is possible without a body, too.
        "422" => relations.has_body || relations.post,
        "409" => relations.post,
        "412" | "428" => relations.conditional,
        _ => true,
    };
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for (status, name, _) in REFUSALS {
        if applies(status, name) && !responses.contains_key(status) {
            responses.insert(status.into(), json!({ "$ref": format!("#/components/responses/{name}") }));
        }
    }
    let mut ordered: Vec<_> = std::mem::take(responses).into_iter().collect();
    ordered.sort_by(|(a, _), (b, _)| a.cmp(b));
    *responses = ordered.into_iter().collect();
}

fn add_headers(path: &str, operation: &mut Value, relations: &Relations, versioned: &BTreeSet<String>) {
    let path = path_of_example(path, operation);
    let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
    let traits = headers::Traits { versioned, post: relations.post, paged: relations.paged };
    let period = period_of(operation);
    for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        if response.get("$ref").is_some() {
            continue;
        }
        if status.as_str() >= "400" {
            let description = response["description"].as_str().unwrap_or_default().to_owned();
            response["content"] = errors::content(status, &description, &path, period);
        }
        headers::add(&id, &traits, status, response);
    }
}

/// Returns the path with the examples of its parameters, which are added before.
fn path_of_example(path: &str, operation: &Value) -> String {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    parameters.filter(|parameter| parameter["in"] == "path").fold(path.to_owned(), |path, parameter| {
        let name = parameter["name"].as_str().unwrap_or_default();
        path.replace(&format!("{{{name}}}"), parameter["example"].as_str().unwrap_or("example"))
    })
}

/// Returns the query parameters that are the start and the end of a period, of an operation without a body.
fn period_of(operation: &Value) -> Option<[&'static str; 2]> {
    let has = |name: &str| operation["parameters"].as_array().into_iter().flatten().any(|one| one["name"] == name);
    let periods = [["from", "to"], ["created_from", "created_to"]];
    periods.into_iter().find(|period| operation.get("requestBody").is_none() && period.iter().all(|name| has(name)))
}

/// Path in the examples of shared responses.
const EXAMPLE_PATH: &str = "/v1/projects";

/// `components.responses`.
pub fn responses() -> Value {
    REFUSALS
        .iter()
        .map(|(status, name, description)| {
            (
                (*name).to_owned(),
                json!({
                    "description": description,
                    // Only `POST` operations refer to the shared 409.
                    "headers": headers::of_error(status, true),
                    "content": errors::content(status, description, EXAMPLE_PATH, None)
                }),
            )
        })
        .collect::<Map<_, _>>()
        .into()
}

/// Pattern and maximum length of headers that are ignored if they are not valid. The length is the usual limit of
/// proxies.
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
    // No example, because Swagger UI sends examples, and these values must differ between requests.
    let blank = |name: &str, description: &str, pattern: &str, max: u32| {
        let mut parameter = header(name, false, description, pattern, max, "");
        if let Some(parameter) = parameter.as_object_mut() {
            parameter.remove("example");
        }
        parameter
    };
    json!({
        "AcceptLanguage": header("Accept-Language", false, "Preferred language of texts in the response (RFC 9110 section 12.5.4): one of the values of `Locale`. The default is `en`; for texts that visitors read, the default of the service. A value that is not valid is ignored.", ANYTHING, LENIENT, "en"),
        "CausedBy": blank("Caused-By", "Name of the external system that caused this change. The value is stored in the field `caused_by` of the event, and the event is not sent to webhook endpoints with the same `system`, which prevents synchronisation loops. If absent, the name of the application that makes the request: the client of its API key, or the client ID of its token. Only applications can set it; it is ignored if a person makes the request.", "^[a-z0-9][a-z0-9._-]*$", 40),
        "IdempotencyKey": blank("Idempotency-Key", "Makes retries safe: if you repeat a request with the same key and the same body, byte for byte, you get the stored response. Use a new UUID for each new request. Keys are kept for 7 days. 409 `idempotency_in_progress` means that the first request is still running, 422 `idempotency_mismatch` that the key was used for another request.", "^[!-~]{1,255}$", 255),
        "IfMatch": header("If-Match", true, "The `ETag` of the version that you change; `*` matches any version.", "^(\\*|(W/)?\"[!#-~]*\"( *, *(W/)?\"[!#-~]*\")*)$", 300, "*"),
        "IfMatchToReplace": header("If-Match", false, "The `ETag` of the version that you replace; `*` matches any version, but not a resource that does not exist.", "^(\\*|(W/)?\"[!#-~]*\"( *, *(W/)?\"[!#-~]*\")*)$", 300, "*"),
        "IfNoneMatchToCreate": header("If-None-Match", false, "`*` creates the resource only if it does not exist yet (RFC 9110 section 13.1.2). One of `If-Match` and `If-None-Match` is required.", "^\\*$", 1, "*"),
        "IfNoneMatch": blank("If-None-Match", "The `ETag` of the version that you have. If it is still current, the response is 304 (RFC 9110 section 13.1.2).", ANYTHING, LENIENT),
        "RequestId": blank("Request-Id", "Your identifier for this request: 8 to 64 letters, digits, dots, underscores or hyphens. It appears in the response, the logs, events and the audit trail. Any other value is ignored, and the service generates an identifier.", ANYTHING, LENIENT)
    })
}
