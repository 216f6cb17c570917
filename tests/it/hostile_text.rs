//! Text that databases, parsers and logs treat differently: NUL, halves of surrogate pairs, overlong UTF-8, and very
//! long text, in each place of a request. It is refused or is only text; it never causes a 5xx.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::support::app::{ALL_SCOPES, claims, token};
use super::support::*;

/// Percent-encoded text for paths and queries: NUL, overlong NUL, a slash in two bytes, half of a surrogate pair, a
/// byte that is never valid, escapes of JSON, a character outside the BMP, and directions of writing.
const ENCODED: [&str; 9] =
    ["%00", "a%00b", "%C0%80", "%C0%AF", "%ED%A0%80", "%FF", "%5Cu0000%5Cud800", "%F0%9F%98%80", "%E2%80%AE"];

/// Returns each `GET` operation of the document with its path.
fn reads() -> Vec<(String, Value)> {
    let document = entente::app::openapi::document().unwrap();
    let paths = document["paths"].as_object().unwrap().clone();
    paths
        .into_iter()
        .filter(|(path, item)| path.starts_with("/v1/") && item["get"].is_object())
        .map(|(path, item)| (path, item["get"].clone()))
        .collect()
}

/// Replaces each parameter of a path.
fn filled(path: &str, value: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { value } else { part }).collect::<Vec<_>>().join("/")
}

fn assert_refused_or_text(reply: &Reply, path: &str) {
    assert!(matches!(reply.status, 200 | 204 | 400 | 401 | 403 | 404), "{path}: {} {}", reply.status, reply.text);
}

#[apply(both)]
async fn hostile_path_parameters_name_nothing(app: TestApp) {
    let admin = app.admin();
    let long = "a".repeat(20_000);
    for (path, _) in reads().iter().filter(|(path, _)| path.contains('{')) {
        for value in ENCODED.into_iter().chain([long.as_str()]) {
            let reply = admin.get(&filled(path, value)).await;
            let start: String = format!("{path} {value}").chars().take(120).collect();
            assert!(matches!(reply.status, 400 | 401 | 403 | 404), "{start}: {} {}", reply.status, reply.text);
        }
    }
}

#[apply(both)]
async fn hostile_query_parameters_are_refused_or_match_nothing(app: TestApp) {
    let admin = app.admin();
    let long = "a".repeat(20_000);
    for (path, operation) in &reads() {
        let path = filled(path, "x");
        for parameter in operation["parameters"].as_array().into_iter().flatten().filter(|one| one["in"] == "query") {
            let name = parameter["name"].as_str().unwrap();
            for value in ENCODED.into_iter().chain([long.as_str()]) {
                let reply = admin.get(&format!("{path}?{name}={value}")).await;
                assert_refused_or_text(&reply, &format!("{path}?{name}"));
                if value.contains("%00") {
                    assert_ne!(reply.status, 200, "{path}?{name}={value}");
                }
            }
        }
    }
    for name in ENCODED {
        admin.get(&format!("/v1/departments?{name}=1")).await.refused(400, "invalid_parameter");
    }
}

#[apply(both)]
async fn bodies_that_are_not_utf_8_are_refused(app: TestApp) {
    for bytes in [&b"\xc0\x80"[..], b"\xc0\xaf", b"\xed\xa0\x80", b"\xed\xb0\x80", b"\xf4\x90\x80\x80", b"\xff"] {
        let body = [&b"{\"key\":\"a\",\"name\":\""[..], bytes, b"\"}"].concat();
        let request = app.admin().request("POST", "/v1/departments").bytes("application/json", body);
        request.send().await.refused(400, "malformed_request").violates("/name", "malformed_json");
    }
    assert_eq!(app.drained_feed().await, Vec::<Value>::new());
}

/// Characters that look like an attack, but are text.
#[apply(both)]
async fn unusual_characters_are_stored_as_they_are(app: TestApp) {
    for (number, name) in
        ["\u{1f600} \u{202e}abc", "\u{fffd}\u{ffff}", "\\u0000", "%00 ' \" $1 ?1"].into_iter().enumerate()
    {
        let body = json!({"key": format!("d{number}"), "name": name});
        let reply = app.admin().post("/v1/departments", body).await;
        if reply.status != 201 {
            reply.refused(422, "validation_failed");
            continue;
        }
        let path = reply.header("location").to_owned();
        assert_eq!(app.admin().get(&path).await.expect(200).body["name"], name);
    }
}

/// Header values that clients send as bytes: they are not always text.
const HEADER_VALUES: [&[u8]; 7] =
    [b"\\u0000", b"%00", b"\xc0\x80", b"\xed\xa0\x80", b"\xff\xfe", b"\"\xf0\x9f\x98\x80\"", b"','\"--;"];

#[apply(both)]
async fn hostile_headers_never_cause_an_error_of_the_server(app: TestApp) {
    let long = "a".repeat(30_000);
    let credentials = format!("Bearer {}", token(&claims("admin", ALL_SCOPES)));
    for name in [
        "Idempotency-Key",
        "Caused-By",
        "Request-Id",
        "If-Match",
        "If-None-Match",
        "Manage-Token",
        "Accept-Language",
        "Origin",
        "X-Forwarded-For",
        "Forwarded",
        "traceparent",
        "Cookie",
    ] {
        for value in HEADER_VALUES.into_iter().chain([long.as_bytes()]) {
            for method in ["GET", "POST"] {
                let head = format!(
                    "{method} /v1/departments HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: {credentials}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n{name}: "
                );
                let request = [head.as_bytes(), value, b"\r\n\r\n{}"].concat();
                let received = exchange(&app, &request).await;
                let status = received.get(9..12).unwrap_or_default();
                assert!(["200", "304", "400", "422", "431"].contains(&status), "{method} {name} {value:?}: {received}");
            }
        }
    }
    // A control character ends the request, whatever the header is.
    for value in ["a\0b", "a\rb", "a\x0bb"] {
        let request = format!("GET /v1/slots HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: {value}\r\n\r\n");
        assert!(exchange(&app, request.as_bytes()).await.starts_with("HTTP/1.1 400 "), "{value:?}");
    }
    let credentials =
        "GET /v1/me HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer ".as_bytes();
    for value in HEADER_VALUES {
        let received = exchange(&app, &[credentials, value, b"\r\n\r\n"].concat()).await;
        assert!(received.starts_with("HTTP/1.1 401 "), "{value:?}: {received}");
    }
}

/// Sends bytes on a new connection and returns what is received until the service closes it.
async fn exchange(app: &TestApp, bytes: &[u8]) -> String {
    let mut stream = tokio::net::TcpStream::connect(app.address()).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut received = Vec::new();
    stream.read_to_end(&mut received).await.unwrap();
    String::from_utf8(received).unwrap()
}
