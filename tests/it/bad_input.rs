//! Invalid input: every rejection has a code and a location, is never a 5xx, and changes nothing.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::support::*;

/// Body, status, code of the problem, location and code of the violation.
const BODIES: &[(&str, u16, &str, &str, &str)] = &[
    ("", 400, "malformed_request", "", "malformed_json"),
    ("{", 400, "malformed_request", "", "malformed_json"),
    ("{\"key\":", 400, "malformed_request", "/key", "malformed_json"),
    ("{'key': 1}", 400, "malformed_request", "", "malformed_json"),
    ("[]", 422, "validation_failed", "", "wrong_type"),
    ("null", 422, "validation_failed", "", "wrong_type"),
    ("{}", 422, "validation_failed", "/key", "required"),
    ("{}", 422, "validation_failed", "/name", "required"),
    (r#"{"key":"a","name":"A","colour":1}"#, 422, "validation_failed", "/colour", "unknown_field"),
    (r#"{"key":1,"name":"A"}"#, 422, "validation_failed", "/key", "wrong_type"),
    (r#"{"key":null,"name":"A"}"#, 422, "validation_failed", "/key", "wrong_type"),
    (r#"{"key":"Upper","name":"A"}"#, 422, "validation_failed", "/key", "pattern_mismatch"),
    (r#"{"key":"a","name":""}"#, 422, "validation_failed", "/name", "too_short"),
    (r#"{"key":"a","name":"A","name":"B"}"#, 422, "validation_failed", "/name", "duplicate_field"),
    (r#"{"key":"a","name":"\u0000"}"#, 422, "validation_failed", "/name", "nul_character"),
    (r#"{"key":"a","name":"\ud800"}"#, 422, "validation_failed", "/name", "lone_surrogate"),
    (r#"{"key":"a","name":"\udc00"}"#, 422, "validation_failed", "/name", "lone_surrogate"),
    (r#"{"key":"a","name":"\ud800\u0041"}"#, 422, "validation_failed", "/name", "lone_surrogate"),
    (r#"{"\ud800":1}"#, 422, "validation_failed", "", "lone_surrogate"),
    (r#"{"\u0000":1}"#, 422, "validation_failed", "", "nul_character"),
    (r#"{"key":"a","name":"A","\u006eame":"B"}"#, 422, "validation_failed", "/name", "duplicate_field"),
    (r#"{"key":"a","name":1e999}"#, 400, "malformed_request", "/name", "malformed_json"),
    ("{\"key\":\"a\",\"name\":\"\0\"}", 400, "malformed_request", "/name", "malformed_json"),
    (r#"{"key":"a","name":"A\nB"}"#, 422, "validation_failed", "/name", "pattern_mismatch"),
];

/// Query, parameter, code of the violation.
const QUERIES: &[(&str, &str, &str)] = &[
    ("limit=0", "limit", "too_small"),
    ("limit=101", "limit", "too_large"),
    ("limit=ten", "limit", "wrong_type"),
    ("limit=1&limit=2", "limit", "duplicate_parameter"),
    ("limit=99999999999999999999", "limit", "wrong_type"),
    ("colour=red", "colour", "unknown_parameter"),
    ("key=UPPER", "key", "pattern_mismatch"),
    ("key=%00", "key", "nul_character"),
    ("cursor=%20", "cursor", "pattern_mismatch"),
];

#[apply(both)]
async fn invalid_bodies_are_rejected_and_change_nothing(app: TestApp) {
    for (body, status, code, place, violation) in BODIES {
        let reply = app.admin().request("POST", "/v1/departments").bytes("application/json", *body).send().await;
        assert_eq!(reply.status, *status, "{body}: {}", reply.text);
        reply.refused(*status, code).violates(place, violation);
    }
    let deep = "[".repeat(5000);
    app.admin()
        .request("POST", "/v1/departments")
        .bytes("application/json", deep)
        .send()
        .await
        .refused(422, "validation_failed");
    assert_eq!(app.drained_feed().await, Vec::<Value>::new());
}

#[apply(both)]
async fn all_violations_are_reported_at_once(app: TestApp) {
    let body = json!({"key": "UPPER", "head_title": "", "colour": 1});
    let reply = app.admin().post("/v1/departments", body).await.expect(422);
    let mut places: Vec<_> = reply.violations().into_iter().map(|(place, _)| place).collect();
    places.sort();
    places.dedup();
    assert_eq!(places, ["/colour", "/head_title", "/key", "/name"]);
}

#[apply(both)]
async fn an_operation_without_input_names_the_unknown_fields(app: TestApp) {
    let body = json!({"queue": "sales", "a/b": 1});
    let refused = app.admin().post("/v1/callback-requests/next", body).await.refused(422, "validation_failed");
    let refused = refused.violates("/queue", "unknown_field").violates("/a~1b", "unknown_field");
    let errors = refused.body["errors"].as_array().unwrap();
    assert!(errors.iter().all(|error| error["detail"] == "This field does not exist."), "{}", refused.text);
    assert_eq!(errors.len(), 2);
}

#[apply(both)]
async fn a_value_has_one_violation_of_its_form(app: TestApp) {
    for (body, place, code) in [
        (json!({"email_field": true}), "/email_field", "wrong_type"),
        (json!({"thank_you_url": "/danke"}), "/thank_you_url", "pattern_mismatch"),
    ] {
        let refused = app.admin().patch("/v1/form-settings", "*", body).await.expect(422);
        assert_eq!(refused.violations(), [(place.to_owned(), code.to_owned())]);
    }
    let search = app.admin().post("/v1/callback-requests/search", json!({})).await.expect(422);
    assert_eq!(search.violations(), [(String::new(), "empty_object".to_owned())]);
}

#[apply(both)]
async fn a_path_with_an_unknown_value_lists_the_values(app: TestApp) {
    let request = "/v1/callback-requests/cbr_01m7fgq4e8f4r9v3zk8x2c6b7d";
    let format = app.admin().get(&format!("{request}/projections/zammad")).await.refused(404, "not_found");
    let format = format.violates("format", "unknown_value");
    let detail = format.body["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("\"zammad-ticket\"") && detail.contains("\"jira-request\""), "{detail}");
    let purpose = app.admin().delete(&format!("{request}/consents/foo")).await.refused(404, "not_found");
    purpose.violates("purpose", "unknown_value");
}

#[apply(both)]
async fn invalid_queries_are_rejected(app: TestApp) {
    for (query, place, violation) in QUERIES {
        app.admin()
            .get(&format!("/v1/departments?{query}"))
            .await
            .refused(400, "invalid_parameter")
            .violates(place, violation);
    }
    app.admin().get("/v1/departments?%ff=%ff").await.expect(400);
    app.admin()
        .request("POST", "/v1/departments?dry=1")
        .json(json!({}))
        .send()
        .await
        .refused(400, "invalid_parameter")
        .violates("dry", "unknown_parameter");
}

#[apply(both)]
async fn invalid_ids_are_not_found(app: TestApp) {
    for id in [
        "x",
        "dpt_",
        "prj_01m7fgq4e8f4r9v3zk8x2c6b7d",
        "dpt_01m7fgq4e8f4r9v3zk8x2c6b7D",
        "dpt_01m7fgq4e8f4r9v3zk8x2c6b7d0",
        "%00",
        "%ff",
        "..%2f",
    ] {
        app.admin().get(&format!("/v1/departments/{id}")).await.refused(404, "not_found");
    }
    app.admin().get("/v1/departments/x").await.violates("id", "invalid_id");
    app.admin().get("/v1/departments/dpt_01m7fgq4e8f4r9v3zk8x2c6b7d").await.refused(404, "not_found");
}

#[apply(both)]
async fn at_most_one_hundred_violations_are_reported(app: TestApp) {
    // Matches no variant of the preference.
    let preference: Value =
        (0..4000).map(|number| (format!("m{number}"), json!(1))).collect::<serde_json::Map<_, _>>().into();
    let body = json!({"full_name": "A", "phone": "601 123 456", "intent": "sales", "preference": preference});
    let refused = app.anonymous().post("/v1/callback-requests", body).await.refused(422, "validation_failed");
    assert_eq!(refused.body["errors"].as_array().unwrap().len(), 100);
}

#[apply(both)]
async fn sql_in_values_is_only_text(app: TestApp) {
    let admin = app.admin();
    let name = "'); DELETE FROM people; -- \" $1 ?1 %s \\' OR '1'='1";
    let body = json!({"login": "jana", "display_name": name, "email": "jana@example.com"});
    let person = admin.post("/v1/people", body).await.expect(201);
    let path = person.header("location").to_owned();
    admin.patch(&path, "*", json!({"display_name": format!("{name}, '0'")})).await.expect(200);
    assert_eq!(admin.get(&path).await.expect(200).body["display_name"], format!("{name}, '0'"));
    // A filter that became part of a statement would return rows.
    for filter in ["people?login=", "audit-entries?actor="] {
        let list = admin.get(&format!("/v1/{filter}jana%27%20OR%20%271%27=%271")).await;
        assert!(list.status == 400 || list.body["data"] == json!([]), "{filter}: {}", list.text);
    }
    assert_eq!(admin.get("/v1/people?login=jana").await.expect(200).body["data"].as_array().unwrap().len(), 1);
}

#[apply(both)]
async fn unsupported_media_types_and_large_bodies_are_rejected(app: TestApp) {
    let body = r#"{"key":"a","name":"A"}"#;
    for kind in [
        "text/plain",
        "application/xml",
        "application/json; charset=latin1",
        "application/merge-patch+json",
        "application/x-www-form-urlencoded",
    ] {
        let reply = app.admin().request("POST", "/v1/departments").bytes(kind, body).send().await;
        assert!(reply.refused(415, "unsupported_media_type").header("accept").contains("application/json"));
    }
    app.admin()
        .request("POST", "/v1/departments")
        .header("Content-Encoding", "gzip")
        .bytes("application/json", body)
        .send()
        .await
        .expect(415);
    let large = json!({"key": "a", "name": "x".repeat(1024 * 1024)}).to_string();
    app.admin()
        .request("POST", "/v1/departments")
        .bytes("application/json", large)
        .send()
        .await
        .refused(413, "payload_too_large");
    app.admin()
        .request("POST", "/v1/departments")
        .bytes("application/json; charset=UTF-8", body)
        .send()
        .await
        .expect(201);
}

#[apply(both)]
async fn invalid_idempotency_keys_are_rejected(app: TestApp) {
    for key in ["", " ", "a b", &"x".repeat(256)] {
        let reply = app
            .admin()
            .request("POST", "/v1/departments")
            .header("Idempotency-Key", key)
            .json(json!({"key": "a", "name": "A"}))
            .send()
            .await;
        reply.refused(400, "malformed_request").violates("Idempotency-Key", "malformed_idempotency_key");
    }
}

/// As the introduction of the API document says.
#[apply(both)]
async fn requests_that_are_not_valid_http_get_a_status_only(app: TestApp) {
    let line = |target: &str| format!("GET {target} HTTP/1.1\r\n");
    let headers = |count: usize| (0..count).map(|number| format!("X-{number}: 1\r\n")).collect::<String>();
    let host = "Host: localhost\r\n";
    let connected = |lines: String| {
        let address = app.address();
        async move {
            let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
            stream.write_all(lines.as_bytes()).await.unwrap();
            let mut received = Vec::new();
            stream.read_to_end(&mut received).await.unwrap();
            String::from_utf8(received).unwrap()
        }
    };
    let path = "/v1/departments";
    for (request, expected) in [
        ("hello\r\n\r\n".to_owned(), "400 Bad Request"),
        (format!("{}\r\n", line(path)), "400 Bad Request"),
        (format!("{}{host}Bad Name: 1\r\n\r\n", line(path)), "400 Bad Request"),
        (format!("{}{host}\r\n", line(&format!("{path}?{}", "a".repeat(65_536)))), "400 Bad Request"),
        (format!("{}{host}{}\r\n", line(path), headers(96)), "431 Request Header Fields Too Large"),
    ] {
        let start: String = request.chars().take(60).collect();
        let (head, body) = connected(request).await.split_once("\r\n\r\n").map(owned).unwrap();
        assert!(head.starts_with(&format!("HTTP/1.1 {expected}\r\n")), "{start}: {head}");
        assert_eq!(body, "", "{start}");
        assert!(!head.to_lowercase().contains("request-id"), "{start}: {head}");
    }
    let most = format!("{}{host}Connection: close\r\n{}\r\n", line(path), headers(94));
    assert!(connected(most).await.starts_with("HTTP/1.1 401 "));
}

fn owned((head, body): (&str, &str)) -> (String, String) {
    (head.to_owned(), body.to_owned())
}
